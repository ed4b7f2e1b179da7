"""A listing: the column's own articles, read from rows that repeat, wherever they are hidden.

Order tried: the rows one sees; where they are few or weak, the rows kept in `<script type="text/xml">` (Hanweb's
datastore), in comments (rows that a script copies into the page), or as JSON in a script. Side lists, menus, breadcrumbs and footers lose by
what surrounds them. `read_listing` knows nothing of pagers: `pager.find_pager` does, and whoever calls both joins them
(`read/__init__`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from scraper.model import Evidence, Listing
from scraper.read.dom import parse
from scraper.read.listing.fragment import hidden_html, read_fragment
from scraper.read.listing.items import items_of
from scraper.read.listing.json_rows import script_items
from scraper.read.listing.rows import Rows, find_rows
from scraper.read.rules import Page
from scraper.urls import hostname

__all__ = ["read_fragment", "read_listing"]

WORTH_READING = 0.2  # below this strength no one takes the page for a listing, and its rows are not read
_ARTICLE_URL = re.compile(
    r"/t\d{8}_\d+(?:_\d+)?\.s?html?$|/art/\d{4}/|/content_\d+\.|/content/m?post_\d+\.|/[0-9a-f]{32}\.s?html|/info/\d+/\d+\.html?$"
    r"|/c\d+a\d+/page\.|/(?:content|detail|show|view|article|news)[-_/]?\d+\.|/\d{4}[-/]\d\d[-/]\d\d/\d+\.s?html?$"
)
# A folder or a numbered list within a folder; the portal's own root is a home page as like as a listing.
_LISTING_NAME = re.compile(
    r"/[^/?]+/(?:(?:index|list|more)(?![a-rt-z])[^/]*)?$|/list\d*[./]|/col/col|/channels?/|/column/|newslist",
    re.I,
)
# the same, and numbers: articles are numbered too
_LISTING_URL = re.compile(
    r"/[^/?]+/(?:(?:index|list|node|col|default|more|lists?)?(?:[-_]?\d{1,4})?(?:\.\w{3,5})?)?$|/list\d*\.|/col/col|/channels?/|/column/|newslist"
    r"|[?&]page(?:index|no|num)?=",
    re.I,
)


def read_listing(page: Page, *, expected: bool = False) -> tuple[Listing, float]:
    """The page's main list, and how sure (0..1) one may be that this page is a listing. `expected`: the asker knows it to be
    one, so its rows are read however few they are.
    """
    doc, rows, rule = page.doc, find_rows(page.doc), "rows"
    if rows is None or rows.dated < 3:
        for hidden_rule, html in hidden_html(page.doc):
            hidden_doc = parse(html)
            hidden = find_rows(hidden_doc)
            if hidden and hidden.dated >= 3 and hidden.score > (rows.score if rows else 0.0):
                doc, rows, rule = hidden_doc, hidden, hidden_rule
    if rule == "rows" and (rows is None or rows.dated < 3):
        items = script_items(page.doc, _elsewhere(page))
        if sum(1 for item in items if item.date) >= 3:
            evidence = {"items": Evidence(rule="script", snippet=f"{len(items)} rows")}
            return Listing(url=page.url, items=items, evidence=evidence), 0.6
    if rows is None:
        return Listing(url=page.url), _shell(page)
    strength = 0.85 if rule != "rows" else max(_strength(page, rows), _shell(page))
    items = items_of(doc, rows, _elsewhere(page)) if expected or strength >= WORTH_READING else ()
    evidence = {"items": Evidence(rule=rule, snippet=f"{len(rows.rows)} rows, {rows.dated} dated")}
    return Listing(url=page.url, items=items, evidence=evidence), strength


def _elsewhere(page: Page) -> Callable[[str], str | None]:
    """Links of the page that lead to another page than itself and the front page."""
    front = page.link("/")

    def link(href: str) -> str | None:
        url = page.link(href)
        return None if url in (page.url, front) else url

    return link


def _strength(page: Page, rows: Rows) -> float:
    """Many dated rows, a pager behind them, little text but them: a listing."""
    doc, n = page.doc, len(rows.rows)
    share = rows.dated / n
    named = _LISTING_NAME.search(_path(page.url))
    # many rows, and as long as headlines are: a list even without dates
    headlines = n >= 8 and rows.score >= 0.35 * n
    undated = 0.6 if headlines else 0.35
    base = min(1.0, 0.25 + 0.12 * n) * (undated + (1 - undated) * share)
    if rows.pager:
        base = 0.5 + 0.5 * base if n >= 3 else base + 0.2
    elif n == 1 and not named:
        base *= 0.5  # one link with a date near it: nothing repeats
    own = sum(doc.size(r.start) if doc.end[r.start] >= r.stop else 0 for r in rows.rows)
    if rows.prose > 200 and 3 * rows.prose > own:
        base *= 0.4
    if rows.aside or rows.score < 0.2 * n:
        base *= 0.5  # undated words of less than six characters each: a menu, whatever its box is called
    if not rows.pager:
        # a front page has many lists, and each is a small part of its links
        linked = sum(doc.link_chars[r.stop] - doc.link_chars[r.start] for r in rows.rows)
        base *= min(1.0, 0.4 + 2.4 * linked / max(1, _own_links(page)))
    if rows.share < 0.4 and not rows.pager and rows.score < 1.5 * n:
        base *= 0.5
    if _ARTICLE_URL.search(page.url):
        base *= 0.4
    elif (n > 2 or named) and (rows.share >= 0.5 or headlines) and _LISTING_URL.search(_path(page.url)):
        base += 0.15
    return min(1.0, base)


def _own_links(page: Page) -> int:
    """Characters of links that stay on the page's host: friendly links say nothing about what a page is."""
    doc, own = page.doc, hostname(page.url)
    hrefs = ((n, doc.attr(n, "href")[:200]) for n in doc.elements("a"))
    return sum(doc.size(n) for n, href in hrefs if "//" not in href[:8] or own in href)


_SHELLS = (
    ("/build/unit", re.compile(r"tagId[^,}]{0,40}列表")),
    ("dataproxy.jsp", re.compile(r"\.jpage\(")),
    ("/gkmlpt/", re.compile(r"window\._CONFIG\s*=")),
    ("/irs/front/list", re.compile(r"\btableName\b")),
)


def _shell(page: Page) -> float:
    """How surely the page is the empty shell of a list that a script fills (jpaas, Hanweb, gkmlpt)."""
    html = page.doc.html
    if _ARTICLE_URL.search(page.url):
        return 0.0
    return 0.5 if any(token in html and rest.search(html) for token, rest in _SHELLS) else 0.0


def _path(url: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
