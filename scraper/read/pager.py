"""How a listing's next page is reached, and what the portal claims of its size.

Order tried: what a CMS's script is told (createPageHTML and its kin, where base and signature differ: TRS counts from 0,
UCAP from 1 and names an element first), AJAX lists (Hanweb, jpaas, Lonsun), then any link that says 下一页, then the number
after the current one. VSB and others that count down are followed by their links. Pages that can only be reached by a
post (ASP.NET) or by a script of the site's own are named with `next_url` None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from scraper.model import Evidence, Listing
from scraper.read import ajax_pager
from scraper.read.dom import TEXT, Document
from scraper.read.rows import address
from scraper.read.rules import Page
from scraper.text import compact, shorten


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """`page_number` from 1; `page_count` pages and `total` articles as claimed, or None; `snippet` is what said so."""

    rule: str
    next_url: str | None = None
    page_number: int | None = None
    page_count: int | None = None
    total: int | None = None
    snippet: str = ""


def find_pager(page: Page) -> Pager | None:
    """The pager of a listing, None where the page shows none. `next_url` None = last page, or reached by script only."""
    html = page.doc.html
    for token, finder in _SCRIPTED:
        if token in html and (pager := finder(page, html)) is not None:
            return pager
    return _linked(page)


def with_pager(listing: Listing, pager: Pager | None) -> Listing:
    """A listing together with how its next page is reached."""
    if pager is None:
        return listing
    evidence = {**listing.evidence, "next_url": Evidence(rule=pager.rule, snippet=pager.snippet)}
    return replace(
        listing, next_url=pager.next_url, page_number=pager.page_number, page_count=pager.page_count,
        total=pager.total, evidence=evidence,
    )  # fmt: skip


# --- scripts that are told the numbers ---------------------------------------------------------------------------

_CALL = re.compile(r"(?<!function )\bcreatePage(?:HTML|r|Html)?\w{0,8}\s*\(([^()]{3,300})\)")


def _created(page: Page, html: str) -> Pager | None:
    return next(_calls(page, html), None)


def _calls(page: Page, html: str) -> Iterator[Pager]:
    """`createPageHTML(9, 0, "index", "html")` (TRS, from 0) or `createPageHTML('id', 9, 1, 'list', 'shtml', 180)` (UCAP, from 1)."""
    for call in _CALL.finditer(html):
        args = [a.strip().strip("'\"").strip() for a in call[1].split(",")]
        ucap = not args[0].isdecimal()
        numbers, rest = (args[1:3], args[3:]) if ucap else (args[:2], args[2:])
        if len(numbers) < 2 or len(rest) < 2 or not all(n.isdecimal() and len(n) < 8 for n in numbers):
            continue
        count, current = int(numbers[0]), int(numbers[1])
        last = rest[-1]
        total = int(last) if len(rest) > 2 and last.isdecimal() and len(last) < 9 and int(last) >= count else None
        file = f"{rest[0]}_{current + 1}.{rest[1].lstrip('.')}"
        more = current < count if ucap else current + 1 < count
        yield Pager(
            rule="createPageHTML:1" if ucap else "createPageHTML:0",
            next_url=page.link(file) if more else None,
            page_number=current if ucap else current + 1,
            page_count=count,
            total=total,
            snippet=shorten(call[0]),
        )  # fmt: skip


_COUNT_VAR = re.compile(r"\bcountPage\s*[=:]\s*(?:parseInt\()?\s*['\"]?(\d{1,6})")
_CURRENT_VAR = re.compile(r"\bcurrentPage\s*[=:]\s*(?:parseInt\()?\s*['\"]?(\d{1,6})")


def _counted(page: Page, html: str) -> Pager | None:
    """TRS with its function written into the page: `var currentPage = 0; var countPage = 9`, or `pager_options = {…}`; from 0."""
    count, current = _COUNT_VAR.search(html), _CURRENT_VAR.search(html)
    if not count or not current:
        return None
    options = dict(re.findall(r"\b(PAGE_NAME|PAGE_EXT)\s*:\s*['\"](\w{1,40})", html))
    name, ext = _file(page.url)
    k, n = int(current[1]), int(count[1])
    target = f"{options.get('PAGE_NAME', name)}_{k + 1}.{options.get('PAGE_EXT', ext)}"
    return Pager(
        rule="countPage:0", next_url=page.link(target) if k + 1 < n else None, page_number=k + 1, page_count=n,
        snippet=f"{current[0]}; {count[0]}",
    )  # fmt: skip


def _file(url: str) -> tuple[str, str]:
    """Name (without its page number) and extension of a listing's file: `index`, `html` for a folder."""
    stem, dot, ext = urlsplit(url).path.rpartition("/")[2].rpartition(".")
    return (re.sub(r"_\d{1,5}$", "", stem), ext) if dot else ("index", "html")


_SET_PAGE = re.compile(r"""\.pagination\(\s*["']setPage["']\s*,\s*['"]?(\d{1,6})['"]?\s*,\s*['"]?(\d{1,6})""")


def _set_page(page: Page, html: str) -> Pager | None:
    """`$(".pagination").pagination("setPage", 1, 322)` (上海 and others): `index_k.html`, from 1."""
    if not (call := _SET_PAGE.search(html)):
        return None
    return _one_based(page, "setPage", int(call[1]), int(call[2]), call[0])


def _page_inp(page: Page, html: str) -> Pager | None:
    """`<input id="PageInp" value="1">` and `.pageCount`: `index_k.shtml`, from 1."""
    doc = page.doc
    inputs, counts = doc.select("#PageInp"), doc.select(".pageCount")
    if not inputs or not counts:
        return None
    current, count = doc.attr(inputs[0], "value"), re.search(r"\d{1,6}", doc.text(counts[0]))
    if not current.isdecimal() or not count:
        return None
    return _one_based(page, "PageInp", int(current), int(count[0]), doc.text(counts[0]))


def _one_based(page: Page, rule: str, current: int, count: int, snippet: str) -> Pager:
    name, ext = _file(page.url)
    target = page.link(f"{name}_{current + 1}.{ext}") if current < count else None
    return Pager(rule=rule, next_url=target, page_number=current, page_count=count, snippet=shorten(snippet))


def _asked(rule: str, ask: Callable[[Page, str], ajax_pager.Request | None]) -> Callable[[Page, str], Pager | None]:
    """An AJAX list's next request as a pager."""

    def find(page: Page, html: str) -> Pager | None:
        request = ask(page, html)
        if request is None:
            return None
        return Pager(
            rule=rule, next_url=request.url, page_number=request.page_number, page_count=request.page_count,
            total=request.total, snippet=shorten(request.snippet),
        )  # fmt: skip

    return find


_SCRIPTED: tuple[tuple[str, Callable[[Page, str], Pager | None]], ...] = (
    ("createPage", _created),
    ("countPage", _counted),
    ("dataproxy.jsp", _asked("dataproxy", ajax_pager.hanweb)),
    ("/build/unit", _asked("build/unit", ajax_pager.jpaas)),
    ("Ls.pagination", _asked("Ls.pagination", ajax_pager.lonsun)),
    ("setPage", _set_page),
    ("PageInp", _page_inp),
)

# --- links that say next -----------------------------------------------------------------------------------------

_NEXT = re.compile(r"^(?:下一?[页頁](?:>{0,3}|»|›)|[后後]一?[页頁]|下一?[页頁]\(?\d*\)?|next(?:page)?[>»›]{0,3}|[>»›＞]{1,2}|→)$", re.I)
_LAST = re.compile(r"^(?:尾页|末页|最后一?页|最末页|尾頁|last(?:page)?|end)\W{0,3}$|^[>»›]\|$", re.I)
_NEXT_CLASS = re.compile(r"(?:^|[\s_-])(?:p_)?next(?:page|_page|-page)?(?:$|[\s_-])|(?:^|\s)nextpage")
_CURRENT = re.compile(r"(?:^|[\s_-])(?:current|curr?|cur|on|active|thisclass|now|selected|p_no_d|this)(?:$|[\s_-])")


@dataclass(slots=True)
class _Links:
    """What a page's links and texts say of paging: nodes, in document order."""

    says_next: list[int]
    looks_next: list[int]
    last: list[int]
    numbered: list[tuple[int, int]]
    texts: list[int]


def _survey(doc: Document) -> _Links:
    found = _Links([], [], [], [], [])
    for n, name in enumerate(doc.tag):
        if name == TEXT:
            data = doc.data[n]
            if ("页" in data or "条" in data or "/" in data) and len(data) < 200 and doc.chars[n + 1] > doc.chars[n]:
                found.texts.append(n)
            continue
        if name != "a" and not (name in ("span", "li", "input", "button", "img", "em") and "onclick" in doc.attrs[n]):
            continue
        if doc.size(n) > 12:
            continue
        text = compact(doc.text(n)) or compact(doc.attr(n, "title") or doc.attr(n, "value") or _alt(doc, n))
        if _NEXT.match(text):
            (found.says_next if re.search("[页頁]|next", text, re.I) else found.looks_next).append(n)
        elif text.isdecimal() and len(text) < 6:
            found.numbered.append((n, int(text)))
        elif _LAST.match(text):
            found.last.append(n)
        elif _NEXT_CLASS.search(doc.marks(n)) and not re.search(r"[篇条个]", text):
            found.looks_next.append(n)
    return found


def _alt(doc: Document, n: int) -> str:
    return next((doc.attr(m, "alt") for m in range(n, min(doc.end[n], n + 6)) if doc.tag[m] == "img"), "")


def _linked(page: Page) -> Pager | None:
    doc = page.doc
    links = _survey(doc)
    rule = "next link"
    target, node, dead = _first_live(page, links.says_next)
    if node < 0:
        target, node, dead = _first_live(page, [n for n in links.looks_next if _in_pager(doc, n, links)])
        rule = "next mark"
    counts = _counts(page, links, node)
    if target is None and counts.page_number and (following := _numbered(page, links, counts.page_number)):
        rule, target = "next number", following
    if node < 0 and target is None:
        relation = next((doc.attr(n, "href") for n in doc.elements("link") if doc.attr(n, "rel") == "next"), "")
        rule, target = ("rel=next", page.link(relation)) if relation else _options(page)
    if target is None and node < 0 and counts.page_count is None and counts.total is None:
        return None
    if target is None and dead:
        last = counts.page_number is not None and counts.page_number == counts.page_count
        rule = "last page" if last else dead
    if counts.page_number and counts.page_count and counts.page_number >= counts.page_count:
        target = None
    return replace(counts, rule=rule or counts.rule, next_url=target)


def _first_live(page: Page, nodes: list[int]) -> tuple[str | None, int, str]:
    """(address, node, why it has none) of the first link that leads to another page; the first link's if none does."""
    why = ""
    for n in nodes:
        attrs = page.doc.attrs[n]
        where = address(attrs)
        url = page.link(where) if where else None
        if url and url != page.url:
            return url, n, ""
        code = f"{attrs.get('href', '')} {attrs.get('onclick', '')}"
        why = why or ("aspnet" if "__doPostBack" in code else "script" if re.search(r"\w\(", code) and "void(" not in code else "dead link")
    return None, (nodes[0] if nodes else -1), why


def _in_pager(doc: Document, n: int, links: _Links) -> bool:
    """Whether `>` or class=next stands in a pager: page numbers stand around it, or the box says so (sliders have arrows too)."""
    for up in doc.ancestors(n, 3):
        if re.search(r"pag(?:e|ing|ination|er)|fenye|yema", doc.marks(up)):
            return True
        if any(up < m < doc.end[up] for m, _ in links.numbered[:50]):
            return True
    return False


def _numbered(page: Page, links: _Links, current: int) -> str | None:
    """The link that shows the number after the current page's."""
    for n, number in links.numbered:
        if number == current + 1:
            where = address(page.doc.attrs[n])
            url = page.link(where) if where else None
            if url and url != page.url:
                return url
    return None


def _options(page: Page) -> tuple[str, str | None]:
    """A pager of one <select>: its options carry the pages' addresses."""
    doc = page.doc
    for box in doc.elements("select"):
        options = [n for n in doc.elements("option", box)]
        values = [doc.attr(n, "value") for n in options]
        texts = [compact("".join(doc.data[m] for m in range(n, doc.end[n]))) for n in options]
        if len(options) < 2 or not all(re.fullmatch(r"第?\d{1,5}页?", t) for t in texts[:50]):
            continue
        chosen = next((i for i, n in enumerate(options) if "selected" in doc.attrs[n]), 0)
        if chosen + 1 < len(values) and re.search(r"[./?]", values[chosen + 1]):
            return "select", page.link(values[chosen + 1])
    return "", None


# --- what the portal claims --------------------------------------------------------------------------------------

_TOTAL = re.compile(r"(?:共有?|总数|总计|总共|记录[数:：]?|合计)[^\d共页]{0,8}(\d{1,8})\s*(?:条|篇|个?记录|项|个(?!页))|(\d{1,8})\s*条(?:记录|信息|数据)")
_ROWS = re.compile(r"(?<![\d每])(?<!每页)(\d{1,8})\s*条")
_PAGES = re.compile(r"(?:共有?|总页数|总共|分)[^\d共条]{0,6}(\d{1,6})\s*页|/\s*共?\s*(\d{1,6})\s*页|页[次码数]?\s*[:：]?\s*\d{1,6}\s*/\s*(\d{1,6})|页数[:：]\s*(\d{1,6})")
_HERE = re.compile(r"(?:第|当前(?:页)?[:：]?|页[次码][:：]?)\s*(\d{1,6})\s*(?:页|/)|(?<![\d/.-])(\d{1,6})\s*/\s*共?\s*\d{1,6}\s*页")
_FRACTION = re.compile(r"(?<![\d/.:-])(\d{1,5})\s*/\s*(\d{1,5})(?![\d/.])")


def _counts(page: Page, links: _Links, node: int) -> Pager:
    """Totals and place from the words around the pager, its current number, its last link."""
    doc = page.doc
    text, box = _words(doc, links, node)
    total, pages, here = _TOTAL.search(text), _PAGES.search(text), _HERE.search(text)
    number = _int(here) or _current(doc, links, box)
    count = _int(pages)
    if fraction := _FRACTION.search(text):
        a, b = int(fraction[1]), int(fraction[2])
        if 1 <= a <= b:
            number, count = number or a, count or b
    count = count or _last_number(page, links, box)
    if number and count and number > count:
        number = None
    if box >= 0 and (titled := next((n for n in range(box, doc.end[box]) if _claims(doc, n)), None)) is not None:
        total = re.search(r"(\d{1,8})", doc.text(titled)) or total
    if total is None:
        total = next((t for n in links.texts if (t := _TOTAL.search(doc.data[n]))), None) or _ROWS.search(text)
    return Pager(rule="counts", page_number=number, page_count=count, total=_int(total), snippet=shorten(text))


def _int(match: re.Match[str] | None) -> int | None:
    return next((int(g) for g in match.groups() if g), None) if match else None


def _words(doc: Document, links: _Links, node: int) -> tuple[str, int]:
    """The text of the pager and its box: the largest box of a few words around the next link, else texts that count."""
    if node < 0:
        numbered = [n for n, _ in links.numbered if address(doc.attrs[n])]
        node = links.last[0] if links.last else numbered[0] if len(numbered) > 1 else -1
    if node >= 0:
        box = node
        for up in doc.ancestors(node, 5):
            if doc.size(up) > 240 or doc.tag[up] == "body":
                break
            box = up
        return doc.text(box, " "), box
    for n in links.texts:
        text = doc.text(doc.parent[n], " ")[:240]
        if _PAGES.search(text) or (_TOTAL.search(text) and "页" in text):
            return text, doc.parent[n]
    return "", -1


def _current(doc: Document, links: _Links, box: int) -> int | None:
    """The number that is marked as current, or is no link among numbers that are."""
    if box < 0:
        return None
    for n in range(box, doc.end[box]):
        if doc.tag[n] == TEXT:
            text = doc.data[n].strip(" []【】\t\r\n\u00a0")
            parent = doc.parent[n]
            if text.isdecimal() and len(text) < 6:
                if _claims(doc, parent):
                    continue
                marks = f"{doc.marks(parent)} {doc.marks(doc.parent[parent])}"
                plain = doc.tag[parent] in ("span", "strong", "b", "em", "font", "i", "label")
                dead = doc.tag[parent] == "a" and not doc.attr(parent, "href")
                if _CURRENT.search(marks) or ((plain or dead) and len(links.numbered) > 0):
                    return int(text)
    return None


def _claims(doc: Document, n: int) -> bool:
    """Empire puts the number of articles as `<a title="总数"><b>320</b></a>` before the page numbers."""
    return any("总数" in (t := doc.attr(m, "title")) or "Total record" in t for m in (n, doc.parent[n]))


def _last_number(page: Page, links: _Links, box: int) -> int | None:
    """The number of the page that 尾页 leads to, told by the link of the same address or by `list11.htm` beside `list2.htm`."""
    doc = page.doc
    for n in links.last:
        if box >= 0 and not doc.within(n, doc.parent[box] if doc.parent[box] >= 0 else box):
            continue
        where = address(doc.attrs[n])
        code = _code(doc, n)
        for m, number in links.numbered:
            if number > 1 and code and _code(doc, m) == code:
                return number
        shape = re.sub(r"\d+(?=\D*$)", "#", where)
        for m, number in links.numbered + [(m, 2) for m in links.says_next]:
            other = address(doc.attrs[m])
            same = re.sub(r"\d+(?=\D*$)", "#", other) == shape and shape != where
            if same and _tail(other) == number and number > 1:
                return _tail(where)
    return None


def _code(doc: Document, n: int) -> str:
    """What a link does, be it an address or a script."""
    return f"{doc.attr(n, 'href')} {doc.attr(n, 'onclick')}".strip()


def _tail(url: str) -> int | None:
    found = re.search(r"(\d{1,6})(?=\D*$)", url)
    return int(found[1]) if found else None


# --- articles of several pages -----------------------------------------------------------------------------------


def find_article_next(page: Page, body: int) -> str | None:
    """The next page of an article that has several; `body` is its body's node. Never the next article (下一篇).

    A next page shares the article's file name (`123.html` → `123_2.html`) or differs in a page parameter only.
    """
    doc = page.doc
    if "createPage" in doc.html:
        stem = _stem(page.url)
        for pager in _calls(page, doc.html):
            if pager.next_url and _stem(pager.next_url) == stem:
                return pager.next_url
    holder = body
    for up in doc.ancestors(body, 3):
        if doc.tag[up] != "body":
            holder = up
    numbers: list[tuple[int, str]] = []
    for n in doc.elements("a", holder):
        if n < body or doc.size(n) > 8:
            continue
        text = compact(doc.text(n))
        url = page.link(where) if (where := address(doc.attrs[n])) else None
        if not url or url == page.url or not _same_article(url, page.url):
            continue
        if _NEXT.match(text):
            return url
        if (bare := text.strip("[]【】第页")).isdecimal() and len(bare) < 4:
            numbers.append((int(bare), url))
    here = _part(page.url)
    return next((url for number, url in numbers if number == here + 1), None)


_PART = re.compile(r"[_-](\d{1,3})$")
_PAGE_PARAMETER = re.compile(r"[?&](?:page|p|pageno|currentpage|curpage)=(\d{1,4})(?=&|$)", re.I)


def _stem(url: str) -> str:
    """An article's address without extension and part number: what its pages share."""
    path = urlsplit(url).path
    stem, dot, ext = path.rpartition(".")
    return _PART.sub("", stem if dot and "/" not in ext else path)


def _part(url: str) -> int:
    path = urlsplit(url).path.rpartition(".")[0]
    found = _PAGE_PARAMETER.search(url) or _PART.search(path)
    return int(found[1]) if found and int(found[1]) > 1 else 1


def _same_article(url: str, own: str) -> bool:
    a, b = urlsplit(url), urlsplit(own)
    if a.netloc != b.netloc:
        return False
    if a.path == b.path:
        return _PAGE_PARAMETER.sub("", url).rstrip("?&") == _PAGE_PARAMETER.sub("", own).rstrip("?&")
    bare = urlsplit(own).path.rpartition(".")[0]
    return not a.query == "" != b.query and a.path.rpartition(".")[0] != bare and _stem(url) in (_stem(own), bare)
