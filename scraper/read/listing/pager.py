"""How a listing's next page is reached, and what the portal claims of its size.

Order tried: what a CMS's script is told (createPageHTML and its kin, where base and signature differ: TRS counts from 0,
UCAP from 1 and names an element first), AJAX lists (Hanweb, jpaas, Lonsun), then any link that says 下一页, then the number
after the current one. VSB and others that count down are followed by their links. Lists of ASP.NET are posted for
(`next_form`). Pages that can only be reached by a script of the site's own are named with `next_url` None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from scraper.model import Evidence, Listing
from scraper.read.listing.ajax_pager import gkmlpt, hanweb, jpaas, lonsun
from scraper.read.listing.claims import NEXT, Pager
from scraper.read.listing.events import address
from scraper.read.listing.json_post import irs
from scraper.read.listing.next_link import linked
from scraper.read.rules import Page
from scraper.text import compact, shorten

__all__ = ["Pager", "find_article_next", "find_pager", "with_pager"]


def find_pager(page: Page) -> Pager | None:
    """The pager of a listing, None where the page shows none. `next_url` None = last page, or reached by script only."""
    html = page.doc.html
    for token, finder in _SCRIPTED:
        if token in html and (pager := finder(page, html)) is not None:
            return pager
    return linked(page)


def with_pager(listing: Listing, pager: Pager | None) -> Listing:
    """A listing together with how its next page is reached."""
    if pager is None:
        return listing
    evidence = {**listing.evidence, "next_url": Evidence(rule=pager.rule, snippet=pager.snippet)}
    return replace(
        listing, next_url=pager.next_url, next_form=pager.next_form, page_number=pager.page_number, page_count=pager.page_count,
        total=pager.total, evidence=evidence,
    )  # fmt: skip


# --- scripts that are told the numbers ---------------------------------------------------------------------------

_CALL = re.compile(
    r"createPage(?<!function createPage)(?<!\wcreatePage)(?:HTML|r|Html)?\w{0,8}\s*\(([^()]{3,300})\)"
)


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
        total = (
            int(last) if len(rest) > 2 and last.isdecimal() and len(last) < 9 and int(last) >= count else None
        )
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


def _file(url: str, usual: str = "html") -> tuple[str, str]:
    """Name (without its page number) and extension of a listing's file: `index` and the system's `usual` one for a folder."""
    stem, dot, ext = urlsplit(url).path.rpartition("/")[2].rpartition(".")
    return (re.sub(r"_\d{1,5}$", "", stem), ext) if dot else ("index", usual)


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
    return _one_based(page, "PageInp", int(current), int(count[0]), doc.text(counts[0]), "shtml")


def _one_based(page: Page, rule: str, current: int, count: int, snippet: str, ext: str = "html") -> Pager:
    name, ext = _file(page.url, ext)
    target = page.link(f"{name}_{current + 1}.{ext}") if current < count else None
    return Pager(rule=rule, next_url=target, page_number=current, page_count=count, snippet=shorten(snippet))


_SCRIPTED: tuple[tuple[str, Callable[[Page, str], Pager | None]], ...] = (
    ("createPage", _created),
    ("countPage", _counted),
    ("dataproxy.jsp", hanweb),
    ("/build/unit", jpaas),
    ("Ls.pagination", lonsun),
    ("_CONFIG", gkmlpt),
    ("/irs/front/list", irs),
    ("setPage", _set_page),
    ("PageInp", _page_inp),
)

# --- articles of several pages -----------------------------------------------------------------------------------


def find_article_next(page: Page, body: int) -> str | None:
    """The next page of an article that has several; `body` is its body's node. Never the next article (下一篇).

    A next page shares the article's file name (`123.html` → `123_2.html`) or differs in a page parameter only.
    """
    doc, own = page.doc, _bare(page.url)
    if "createPage" in doc.html:
        for pager in _calls(page, doc.html):
            name = _first(_bare(pager.next_url)) if pager.next_url else ""
            if name and (own == name or (own.startswith(name) and _PART.fullmatch(own[len(name) :]))):
                return pager.next_url
    links = list(_links_behind(page, body))
    first = _first(own)
    if first == own or all(_bare(url) != first for _, url in links):
        first = own  # a number at the end of a name is a part's only where the first part is linked
    parts = [(text, url) for text, url in links if _is_part(url, page.url, first)]
    for text, url in parts:
        if NEXT.match(text):
            return url
    here = _number(page.url, own == first)
    return next((url for text, url in parts if text.strip("[]【】第页") == str(here + 1)), None)


def _links_behind(page: Page, body: int) -> Iterator[tuple[str, str]]:
    """(text, address) of the short links in the body and behind it, within three boxes around it."""
    doc, holder = page.doc, body
    for up in doc.ancestors(body, 3):
        if doc.tag[up] != "body":
            holder = up
    for n in doc.elements("a", holder):
        if n >= body and doc.size(n) <= 8 and (where := address(doc.attrs[n])):
            url = page.link(where)
            if url and url != page.url:
                yield compact(doc.text(n)), url


_PART = re.compile(r"[_-](\d{1,3})$")
_PAGE_PARAMETER = re.compile(r"[?&](?:page|p|pageno|currentpage|curpage)=(\d{1,4})(?=&|$)", re.I)


def _bare(url: str) -> str:
    """Host and path without extension."""
    parts = urlsplit(url)
    stem, dot, ext = parts.path.rpartition(".")
    return parts.netloc + (stem if dot and "/" not in ext else parts.path)


def _first(bare: str) -> str:
    """The bare address of an article's first part."""
    return _PART.sub("", bare)


def _number(url: str, is_first: bool) -> int:
    """Which part an address is, from its page parameter or, where it isn't the first part's, its name."""
    found = _PAGE_PARAMETER.search(url) or (None if is_first else _PART.search(_bare(url)))
    return int(found[1]) if found else 1


def _is_part(url: str, own: str, first: str) -> bool:
    """Whether an address is a part of the article whose first part is `first`."""
    if _bare(url) == _bare(own):
        return _PAGE_PARAMETER.sub("", url).rstrip("?&") == _PAGE_PARAMETER.sub("", own).rstrip("?&")
    return _first(_bare(url)) == first and _bare(url) != first
