"""What a portal claims of a listing: how many pages and articles, and which page this is. From the pager's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scraper.read.dom import TEXT, Document
from scraper.read.listing.events import address
from scraper.read.rules import Page
from scraper.text import compact, shorten


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """`page_number` from 1; `page_count` pages and `total` articles as claimed, or None; `snippet` is what said so.

    `next_form`: what is posted to `next_url`; None where that is a plain link.
    """

    rule: str
    next_url: str | None = None
    next_form: str | None = None
    page_number: int | None = None
    page_count: int | None = None
    total: int | None = None
    snippet: str = ""


NEXT = re.compile(
    r"^(?:下一?[页頁](?:>{0,3}|»|›)|[后後]一?[页頁]|下一?[页頁]\(?\d*\)?|next(?:page)?[>»›]{0,3}|[>»›＞]{1,2}|→)$",
    re.I,
)
_LAST = re.compile(r"^(?:尾页|末页|最后一?页|最末页|尾頁|last(?:page)?|end)\W{0,3}$|^[>»›]\|$", re.I)
_NEXT_CLASS = re.compile(r"(?:^|[\s_-])(?:p_)?next(?:page|_page|-page)?(?:$|[\s_-])|(?:^|\s)nextpage")
_WORD = re.compile("[上下]一?[页頁]|[尾末][页頁]")
_LONGEST = 1_000  # characters of an address
_FEW, _MANY = 5, 200  # links of one kind that are looked at: no pager has more
_FRAME = " []【】\t\r\n\u00a0"
_COUNTS, _COUNTED = ("共", "总", "每页", "总数", "共有"), ("条", "篇", "个", "记录", "项")
_PRESSED = ("span", "li", "input", "button", "img", "em")
_PLAIN = frozenset({"span", "strong", "b", "em", "font", "i", "label"})
_CURRENT = re.compile(
    r"(?:^|[\s_-])(?:current|curr?|cur|on|active|thisclass|now|selected|p_no_d|this)(?:$|[\s_-])"
)


@dataclass(slots=True)
class Links:
    """What a page's links and texts say of paging: nodes, in document order."""

    says_next: list[int]
    looks_next: list[int]
    last: list[int]
    numbered: list[tuple[int, int]]
    texts: list[int]
    words: list[int]


def survey(doc: Document) -> Links:
    """All that speaks of paging, in one pass."""
    found = Links([], [], [], [], [], [])
    for n in doc.shown:
        data = doc.data[n]
        if len(data) < 200 and ("页" in data or "条" in data or "/" in data):
            found.texts.append(n)
            if len(data) < 40 and _WORD.search(data):
                found.words.append(n)
    pressed = [n for n in doc.elements_of(_PRESSED) if "onclick" in doc.attrs[n]]
    for n in sorted([*doc.elements("a"), *pressed]):
        if doc.size(n) > 12:
            continue
        single = doc.end[n] == n + 2 and doc.tag[n + 1] == TEXT  # the common case, without the walk
        text = compact(doc.data[n + 1] if single else doc.raw_text(n))
        text = text or compact(doc.attr(n, "title") or doc.attr(n, "value") or _alt(doc, n))
        text = text.strip("[]【】()（）")
        if NEXT.match(text):
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


_TOTAL = re.compile(
    r"(?:共有?|总数|总计|总共|记录[数:：]?|合计)[^\d共页]{0,8}(\d{1,8})\s*(?:条|篇|个?记录|项|个(?!页))|(\d{1,8})\s*条(?:记录|信息|数据)"
    r"|(?:总记录数?|记录总数|总条数)\s*[:：]?\s*(\d{1,8})"
)
_ROWS = re.compile(r"(?<![\d每])(?<!每页)(\d{1,8})\s*条")
_PAGES = re.compile(
    r"(?:共有?|总页数|总共|分)[^\d共条]{0,6}(\d{1,6})\s*页|/\s*共?\s*(\d{1,6})\s*页|页[次码数]?\s*[:：]?\s*\d{1,6}\s*/\s*(\d{1,6})|页数[:：]\s*(\d{1,6})"
    r"|\bpage\s\d{1,6}\sof\s(\d{1,6})\b",
    re.I,
)
_HERE = re.compile(
    r"(?:第|当前(?:页)?[:：]?|页[次码][:：]?)\s*(\d{1,6})\s*(?:页|/)|(?<![\d/.-])(\d{1,6})\s*/\s*共?\s*\d{1,6}\s*页"
    r"|当前页\s*[:：]?\s*(\d{1,6})|\bpage\s(\d{1,6})\sof\s\d",
    re.I,
)
_FRACTION = re.compile(r"(?<![\d/.:-])(\d{1,5})\s*/\s*(\d{1,5})(?![\d/.])")


def claimed(page: Page, links: Links, node: int) -> Pager:
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
    if (
        box >= 0
        and (titled := next((n for n in range(box, doc.end[box]) if _claims(doc, n)), None)) is not None
    ):
        total = re.search(r"(\d{1,8})", doc.text(titled)) or total
    if total is None and box >= 0:
        total = next((t for n in links.texts if (t := _TOTAL.search(doc.data[n]))), None) or _ROWS.search(
            text
        )
    return Pager(
        rule="counts", page_number=number, page_count=count, total=_int(total), snippet=shorten(text)
    )


def _int(match: re.Match[str] | None) -> int | None:
    return next((int(g) for g in match.groups() if g), None) if match else None


def _words(doc: Document, links: Links, node: int) -> tuple[str, int]:
    """The text of the pager and its box: the largest box of a few words around the next link, else texts that count."""
    if node < 0:
        numbered = [n for n, _ in links.numbered if address(doc.attrs[n])]
        node = next(iter(links.last or numbered[1:2] or links.words), -1)
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


def _current(doc: Document, links: Links, box: int) -> int | None:
    """The number that is marked as current, or is no link among numbers that are; never one that counts (共46条)."""
    if box < 0:
        return None
    nodes = [n for n in doc.texts(box) if doc.chars[n + 1] > doc.chars[n]]
    words = ["", *(doc.data[n].strip(_FRAME) for n in nodes), ""]
    plain = None
    for n, before, text, after in zip(nodes, words, words[1:], words[2:], strict=False):
        if not text.isdecimal() or len(text) > 5 or before.endswith(_COUNTS) or after.startswith(_COUNTED):
            continue
        parent = doc.parent[n]
        if _claims(doc, parent):
            continue
        if _CURRENT.search(f"{doc.marks(parent)} {doc.marks(doc.parent[parent])}"):
            return int(text)
        dead = doc.tag[parent] == "a" and not doc.attr(parent, "href")
        if plain is None and links.numbered and (dead or doc.tag[parent] in _PLAIN):
            plain = int(text)
    return plain


def _claims(doc: Document, n: int) -> bool:
    """Empire puts the number of articles as `<a title="总数"><b>320</b></a>` before the page numbers."""
    return any("总数" in (t := doc.attr(m, "title")) or "Total record" in t for m in (n, doc.parent[n]))


def _last_number(page: Page, links: Links, box: int) -> int | None:
    """The number of the page that 尾页 leads to, told by the link of the same address or by `list11.htm` beside `list2.htm`."""
    doc = page.doc
    for n in links.last[:_FEW]:
        if box >= 0 and not doc.within(n, doc.parent[box] if doc.parent[box] >= 0 else box):
            continue
        where = address(doc.attrs[n])
        code = _code(doc, n)
        for m, number in links.numbered[:_MANY]:
            if number > 1 and code and _code(doc, m) == code:
                return number
        ending = _ending(where)
        for m, number in links.numbered[:_MANY] + [(m, 2) for m in links.says_next[:_FEW]]:
            beside = _ending(address(doc.attrs[m]))
            # the same address but for its number, which is the page's own or, counted from 0, one less
            if ending and beside and number > 1 and ending[0] == beside[0] and number - beside[1] in (0, 1):
                return ending[1] + number - beside[1]
    return None


_VOID = re.compile(r"^(?:#|javascript:\s?(?:void\s?\(?0?\)?)?;?)(?=\s|$)", re.I)


def _code(doc: Document, n: int) -> str:
    """What a link does, be it an address or a script; '' where it does nothing."""
    return _VOID.sub("", f"{doc.attr(n, 'href')} {doc.attr(n, 'onclick')}").strip()


def _ending(url: str) -> tuple[str, int] | None:
    """An address without its last number, and that number."""
    found = re.search(r"(?<!\d)(\d{1,6})\D{0,40}$", url) if len(url) < _LONGEST else None
    return (url[: found.start(1)] + "#" + url[found.end(1) :], int(found[1])) if found else None
