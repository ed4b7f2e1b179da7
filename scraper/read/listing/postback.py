"""Pagers of ASP.NET: the next page comes by posting the page's own form (`__doPostBack`), as its script would.

Only what a pager's link asks for is posted, the form's values as they stand and no button: nothing is changed by it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from urllib.parse import quote_plus

from scraper.read.dom import Document
from scraper.read.listing.claims import Links, Pager
from scraper.read.rules import Page
from scraper.text import shorten

LARGEST_FORM = 256 << 10
"""Characters; a page's state that is larger is not the state of a list, and each page walked would send it back."""

_CALL = re.compile(
    r"""(?:__doPostBack|WebForm_PostBackOptions)\(\s*["']([\w$:.-]{1,200})["']\s*,\s*["']([\w$-]{0,40})["']"""
)
_NUMBER = re.compile(r"(?:^|\$)(\d{1,6})$")  # `5`, or `Page$5` of a GridView
_NEVER = frozenset({"submit", "button", "image", "reset", "file", "password"})


@dataclass(frozen=True, slots=True)
class _Call:
    """What a link of the pager tells the server."""

    node: int
    target: str
    argument: str

    @property
    def number(self) -> int | None:
        """The page it names, if it does so by number."""
        found = _NUMBER.search(self.argument)
        return int(found[1]) if found else None


def postback(page: Page, pager: Pager, links: Links) -> Pager:
    """The pager with the form that brings the next page, if links of it post one; else as it was."""
    doc = page.doc
    calls = [call for n in links.says_next if (call := _call(doc, n))]
    if not calls and pager.page_number:
        wanted = [n for n, number in links.numbered if number == pager.page_number + 1]
        calls = [call for n in wanted if (call := _call(doc, n))]
    if not calls:
        return pager
    call = calls[0]
    own = pager.page_number or (call.number - 1 if call.number else None)
    ends = [c for n in links.last if (c := _call(doc, n)) and c.target == call.target and c.number]
    count = pager.page_count or (ends[0].number if ends else None)
    form = _form(page, call)
    if form is None or (own and count and own >= count) or (own and call.number and call.number <= own):
        return replace(pager, page_number=own, page_count=count)
    url = page.link(_action(doc, call.node) or page.url)
    snippet = shorten(f"__doPostBack('{call.target}','{call.argument}')")
    return replace(
        pager,
        rule="postback",
        next_url=url,
        next_form=form,
        page_number=own,
        page_count=count,
        snippet=snippet,
    )


def _call(doc: Document, n: int) -> _Call | None:
    attrs = doc.attrs[n]
    if "disabled" in attrs:
        return None
    found = _CALL.search(html.unescape(f"{attrs.get('href', '')} {attrs.get('onclick', '')}"))
    return _Call(n, found[1], found[2]) if found else None


def _holder(doc: Document, n: int) -> int:
    return next((up for up in doc.ancestors(n) if doc.tag[up] == "form"), -1)


def _action(doc: Document, n: int) -> str:
    holder = _holder(doc, n)
    return doc.attr(holder, "action") if holder >= 0 else ""


def _form(page: Page, call: _Call) -> str | None:
    """The form as a browser would send it; None where there is none, or it is too large, or no page of ASP.NET."""
    doc, holder = page.doc, _holder(page.doc, call.node)
    if holder < 0 or doc.attr(holder, "method").lower() != "post":
        return None
    fields = {"__EVENTTARGET": call.target, "__EVENTARGUMENT": call.argument}
    for n in doc.elements("input", holder):
        name, kind = doc.attr(n, "name"), doc.attr(n, "type").lower()
        checked = kind not in ("checkbox", "radio") or "checked" in doc.attrs[n]
        if name and checked and kind not in _NEVER and "disabled" not in doc.attrs[n]:
            fields.setdefault(name, doc.attr(n, "value"))
    for n in doc.elements("select", holder):
        options = list(doc.elements("option", n))
        chosen = next((m for m in options if "selected" in doc.attrs[m]), options[0] if options else None)
        if chosen is not None and (name := doc.attr(n, "name")):
            fields.setdefault(name, doc.attrs[chosen].get("value", doc.text(chosen)))
    if "__VIEWSTATE" not in fields:
        return None
    form = "&".join(f"{_sent(page, name)}={_sent(page, value)}" for name, value in fields.items())
    return form if len(form) <= LARGEST_FORM else None


def _sent(page: Page, text: str) -> str:
    """As a form of the page's charset sends it."""
    return quote_plus(text, encoding=page.charset.name, errors="replace")
