"""The next page by what links say: 下一页, `>` in a pager, the number after the current one, `rel=next`, a <select>."""

from __future__ import annotations

import re
from dataclasses import replace

from scraper.read.dom import Document
from scraper.read.listing.claims import Links, Pager, claimed, survey
from scraper.read.listing.events import address
from scraper.read.listing.postback import postback
from scraper.read.rules import Page
from scraper.text import compact

_MANY = 200  # arrows that are looked at: sliders have many, a pager has one


def linked(page: Page) -> Pager | None:
    """The pager that links tell of, None where none speaks of pages."""
    doc = page.doc
    links = survey(doc)
    rule = "next link"
    target, node, dead = _first_live(page, links.says_next)
    if node < 0:
        target, node, dead = _first_live(
            page, [n for n in links.looks_next[:_MANY] if _in_pager(doc, n, links)]
        )
        rule = "next mark"
    counts = claimed(page, links, node)
    number = counts.page_number or _own_number(page, links)
    if target is None and number and (following := _numbered(page, links, number)):
        rule, target = "next number", following
    if node < 0 and target is None:
        relation = next(
            (doc.attr(n, "href") for n in doc.elements("link") if doc.attr(n, "rel") == "next"), ""
        )
        rule, target = ("rel=next", page.link(relation)) if relation else _options(page)
    if target is None and "PostBack" in doc.html:
        posted = postback(page, replace(counts, page_number=number), links)
        if posted.next_form is not None:
            return posted
    if target is None and node < 0 and counts.page_count is None and counts.total is None:
        return None
    if target is None and dead:
        last = counts.page_number is not None and counts.page_number == counts.page_count
        rule = "last page" if last else dead
    if counts.page_number and counts.page_count and counts.page_number >= counts.page_count:
        target = None
    return replace(counts, rule=rule or counts.rule, next_url=target, page_number=number)


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
        why = why or (
            "aspnet"
            if "__doPostBack" in code
            else "script"
            if re.search(r"\w\(", code) and "void(" not in code
            else "dead link"
        )
    return None, (nodes[0] if nodes else -1), why


def _in_pager(doc: Document, n: int, links: Links) -> bool:
    """Whether `>` or class=next stands in a pager: page numbers stand around it, or the box says so (sliders have arrows too)."""
    for up in doc.ancestors(n, 3):
        if re.search(r"pag(?:e|ing|ination|er)|fenye|yema", doc.marks(up)):
            return True
        if any(up < m < doc.end[up] for m, _ in links.numbered[:50]):
            return True
    return False


def _numbered(page: Page, links: Links, current: int) -> str | None:
    """The link that shows the number after the current page's."""
    for n, number in links.numbered:
        if number == current + 1:
            where = address(page.doc.attrs[n])
            url = page.link(where) if where else None
            if url and url != page.url:
                return url
    return None


def _own_number(page: Page, links: Links) -> int | None:
    """The number of the link that leads to this very page, where all numbers are links."""
    for n, number in links.numbered[:50]:
        where = address(page.doc.attrs[n])
        if where and page.link(where) == page.url:
            return number
    return None


def _options(page: Page) -> tuple[str, str | None]:
    """A pager of one <select>: its options carry the pages' addresses."""
    doc = page.doc
    for box in doc.elements("select"):
        options = list(doc.elements("option", box))
        values = [doc.attr(n, "value") for n in options]
        texts = [compact("".join(doc.data[m] for m in range(n, doc.end[n]))) for n in options]
        if len(options) < 2 or not all(re.fullmatch(r"第?\d{1,5}页?", t) for t in texts[:50]):
            continue
        chosen = next((i for i, n in enumerate(options) if "selected" in doc.attrs[n]), 0)
        if chosen + 1 < len(values) and re.search(r"[./?]", values[chosen + 1]):
            return "select", page.link(values[chosen + 1])
    return "", None
