"""Pages that hold nothing before a browser runs their scripts: which they are, and what is done about them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from scraper import urls
from scraper.crawl.plan import Scope, leads_on
from scraper.errors import FetchError
from scraper.model import Capture, Reading, Row


class Render(Protocol):
    """Makes a page of what was fetched; `in_scope` judges what the page wants."""

    async def __call__(self, raw: Capture, *, in_scope: Callable[[str], bool]) -> Capture: ...


BARREN = 8
"""Pages of unknown kind, rendered in a row, that brought no list: then no more of them are rendered in this crawl."""

_FEW = 3  # links of the portal: a front page with so few leads nowhere, whatever it shows
# What a page that is filled by script shows in its source: a place for an application, an unfilled template, a request.
_FILLED = re.compile(
    rb"<div\s+id=[\"']?(?:app|root|__next|__nuxt|q-app)\b|\{\{|\bv-for=|\bms-repeat|\bng-repeat|:for=|\$\.(?:ajax|get|getJSON|post)\s*\("
    rb"|\bfetch\s*\(|\baxios\b|XMLHttpRequest|type=[\"']?module\b",
    re.I,
)


@dataclass(slots=True, kw_only=True)
class Shells:
    """The shells of one portal. `render`: what makes pages of them; None: they are only counted."""

    render: Render | None = None
    met: int = 0
    barren: int = 0
    failed: list[str] = field(default_factory=list)

    def is_one(self, row: Row, capture: Capture, reading: Reading, scope: Scope) -> bool:
        """Whether the page's links or rows can be had by a browser only."""
        if capture.status != 200 or reading.redirect:
            return False
        listing = reading.listing
        if reading.kind == "listing" or row.kind == "listing":
            bare = listing is None or not (listing.items or listing.next_url)
        elif row.kind == "home":
            bare = sum(leads_on(link.url, scope) for link in reading.links) <= _FEW
        else:
            bare = row.kind == "page" and reading.kind == "other" and scope.mode == "portal"
        return bare and _FILLED.search(capture.body) is not None

    async def made(self, row: Row, raw: Capture, scope: Scope) -> Capture | None:
        """The page as a browser makes it; None where there is no browser, or it fails, or such pages bring nothing."""
        self.met += 1
        if self.render is None or (row.kind == "page" and self.barren >= BARREN):
            return None
        try:
            return await self.render(raw, in_scope=lambda url: urls.same_portal(url, scope.portal))
        except FetchError as error:
            self.failed.append(str(error))
            return None

    def note_brought(self, reading: Reading) -> None:
        """Remember whether a rendered page was worth it."""
        self.barren = 0 if reading.kind in ("listing", "article") else self.barren + 1

    def notes(self, portal: str) -> list[str]:
        """Words for people."""
        told = [f"{portal}: {error}" for error in self.failed[:1]]
        if self.met and self.render is None:
            pages = "a page is" if self.met == 1 else f"{self.met} pages are"
            told.append(
                f"{portal}: {pages} made by script only; a browser can make them: pip install 'kaifaqu[render]', then crawl "
                "with --render"
            )
        return told
