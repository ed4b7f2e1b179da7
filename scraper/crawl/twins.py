"""One page under several addresses: told by its bytes, or by what it leads to, for bytes may hold the time of day."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from scraper import urls
from scraper.archive import Archive
from scraper.crawl.plan import Scope, on_origin, same_address
from scraper.fetch.forms import identity
from scraper.model import Capture, Reading, Row
from scraper.text import compact


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The page that another one is: its frontier id, its address, and whether it is the front page."""

    id: int
    url: str
    home: bool = False


@dataclass(slots=True, kw_only=True)
class Twins:
    """Remembers what each page of one crawl leads to, and the texts of articles of several pages.

    All links and the next page alike make a list or a landing page the same. An article needs the same bytes and an
    address that differs in parameters only: equal bytes at unlike addresses are two posts.
    """

    archive: Archive
    _pages: dict[str, Twin] = field(default_factory=dict)
    _parts: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def find(self, row: Row, capture: Capture, reading: Reading, scope: Scope) -> Twin | None:
        """The page seen before that this one is. Only pages that are asked for the first time are looked at."""
        if reading.kind not in ("article", "listing", "home", "other"):
            return None
        asked = row.fresh and row.kind in ("page", "article")
        equal = self.archive.twin(row, capture) if asked else None
        if reading.kind == "article":
            return Twin(id=equal[0], url=equal[1]) if equal and same_address(equal[1], row.url) else None
        here = Twin(id=row.id, url=row.url, home=row.kind == "home")
        known = self._pages.setdefault(_leads(reading, scope), here) if reading.links else here
        if not asked:
            return None
        if known != here:
            return known
        return Twin(id=equal[0], url=equal[1]) if equal else None

    def repeats(self, owner: int, reading: Reading) -> bool:
        """Whether a page of the article at row `owner` shows what an earlier one did: a server that ignores its number."""
        if reading.article is None:
            return False
        shown = compact(reading.article.body) + " ".join(image.url for image in reading.article.images)
        mark = hashlib.sha256(shown.encode()).hexdigest()
        known = mark in self._parts[owner]
        self._parts[owner].add(mark)
        return known


def _leads(reading: Reading, scope: Scope) -> str:
    """A digest of all that a page leads to."""
    links = sorted({urls.key(on_origin(link.url, scope)) for link in reading.links})
    listing = reading.listing
    following = (listing.next_url, identity(listing.next_form or "")) if listing else ()
    told = "\n".join([*links, *filter(None, (*following, reading.redirect))])
    return hashlib.sha256(told.encode()).hexdigest()
