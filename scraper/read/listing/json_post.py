"""Lists that a script asks for by posting JSON: TRS `irs/front/list` (Guizhou, Guangxi, Chongqing).

The page holds the request as an object of its script: `{pageNo: 1, pageSize: 15, tableName: 't_…', sorts: […]}`. It is posted
as it stands there, with the number of the page; nothing is made up that the page doesn't hold.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from scraper.model import Evidence, Listing
from scraper.read.listing.claims import Pager
from scraper.read.rules import Page
from scraper.text import shorten

_ADDRESS = re.compile(r"""["']((?:https?:)?[\w./:-]{0,200}/irs/front/list)(?:\?[^"']{0,200})?["']""")
_MARK = "tableName"
_WIDEST = 4_000  # characters of a request on either side of its mark
_OCCURRENCES = 10
_KEY = re.compile(r"([{,]\s*)([A-Za-z_$][\w$]{0,60})\s*:")
_SINGLE = re.compile(r"'([^'\\\n]{0,500})'")
_TRAILING = re.compile(r",\s*(?=[}\]])")
_WORD = re.compile(r"(:\s*)(?!(?:true|false|null)\b)([A-Za-z_$][\w$]{0,60})(?=\s*[,}\]])")
_VALUE = r"""(?<![\w$.]){}\s*=\s*("[^"\n]{{0,200}}"|'[^'\n]{{0,200}}'|\d{{1,9}})\s*[;,\n]"""


def irs(page: Page, html: str) -> Pager | None:
    """The request for the list's first page, which the page itself does not hold."""
    address = _ADDRESS.search(html)
    at = html.find(_MARK)
    for _ in range(_OCCURRENCES):
        if at < 0 or address is None:
            return None
        asked = _object(html, at)
        if asked is not None and "pageNo" in asked:
            form = json.dumps({**asked, "pageNo": 1}, ensure_ascii=False, separators=(",", ":"))
            return Pager(rule="irs", next_url=page.link(address[1]), next_form=form, snippet=shorten(form))
        at = html.find(_MARK, at + len(_MARK))
    return None


def continued(listing: Listing, url: str, form: str) -> Listing:
    """A page of the list, which was posted for by `form`, with the form for the page after it: where the counts, or a page
    that is full, say that there is one.
    """
    try:
        asked = json.loads(form)
        number, size = int(asked["pageNo"]), int(asked.get("pageSize") or 0)
    except (ValueError, KeyError, TypeError, AttributeError):
        return listing
    pages = listing.page_count or (-(-listing.total // size) if listing.total and size else None)
    more = number < pages if pages else len(listing.items) >= max(size, 1)
    following = json.dumps({**asked, "pageNo": number + 1}, ensure_ascii=False, separators=(",", ":"))
    evidence = {
        **listing.evidence,
        "next_url": Evidence(rule="irs", snippet=f"page {number} of {pages or '?'}"),
    }
    return replace(
        listing,
        next_url=url if more and listing.items else None,
        next_form=following if more and listing.items else None,
        page_number=number,
        page_count=pages,
        evidence=evidence,
    )


def _object(html: str, at: int) -> dict[str, Any] | None:
    """The outermost object of the script around a place, as far as it is JSON but for its dress."""
    left = html[max(0, at - _WIDEST) : at]
    start = _opening(left)
    if start is None:
        return None
    text = left[start:] + html[at : at + _WIDEST]
    text = _SINGLE.sub(lambda found: json.dumps(found[1], ensure_ascii=False), text)
    text = _TRAILING.sub("", _KEY.sub(r'\1"\2":', text))
    text = _WORD.sub(lambda found: found[1] + _value(html, found[2]), text)
    try:
        found, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _opening(left: str) -> int | None:
    """Where the object begins that is still open at the end of a text."""
    depth = 0
    for n in range(len(left) - 1, -1, -1):
        if left[n] in "}]":
            depth += 1
        elif left[n] in "{[":
            if depth == 0:
                return n if left[n] == "{" else None
            depth -= 1
    return None


def _value(html: str, name: str) -> str:
    """What the page sets a variable to, as JSON; the name itself, which is none, where it does not say."""
    found = re.search(_VALUE.format(re.escape(name)), html)
    return (
        json.dumps(found[1].strip("\"'"), ensure_ascii=False)
        if found and not found[1].isdecimal()
        else found[1]
        if found
        else name
    )
