"""What a portal answers for an address that can't exist, where it says 200 and shows an error in an article's dress.

The reader knows such a page by its words. Where a portal's words are others, the page gives itself away: its headline is not
that of the row which led there. Then one address that can't exist is asked for, once a month at most of a portal; what its
answer says, no article says.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from scraper.archive import Archive
from scraper.archive.health import known_absent
from scraper.crawl.plan import Clock, stamp
from scraper.errors import FetchError
from scraper.model import Capture, Found, Reading, Row
from scraper.read import read
from scraper.text import compact, squeeze

KEPT_DAYS = 30
"""So long the answer is taken to hold; error pages are redesigned more seldom."""
NOTE = "what the portal answers for an address that can't exist"
_NO_NUMBER, _NO_NAME = "987654321", "no-such-page"
_NUMBER = re.compile(r"\d+")


def impossible(url: str) -> str:
    """An address of the same form at which nothing can stand: its longest number, or its name, is another."""
    head, mark, query = url.partition("?")
    folder, slash, name = head.rpartition("/") if urlsplit(url).path else (head, "", "")
    tail = name + mark + query
    numbers = sorted(_NUMBER.finditer(tail), key=lambda found: (-len(found[0]), found.start()))
    if numbers:
        tail = tail[: numbers[0].start()] + _NO_NUMBER + tail[numbers[0].end() :]
    else:
        tail = _NO_NAME + (f".{name.rpartition('.')[2]}" if "." in name else "") + mark + query
    return folder + slash + tail


def doubtful(row: Row, reading: Reading) -> bool:
    """Whether a page that reads as an article may stand in place of another: its headline and the row that led to it have
    less than half of their pairs of characters in common, counted by the shorter one, for rows are cut."""
    if reading.kind != "article" or reading.article is None or not row.title or row.part_of is not None:
        return False
    told, shown = _pairs(compact(row.title)), _pairs(compact(reading.article.title or ""))
    return 2 * len(told & shown) < min(len(told), len(shown)) or not shown


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def words_of(reading: Reading) -> str:
    """A digest of what a page says, without numbers, for error pages name the time; '' of one that is honestly none."""
    article = reading.article
    if reading.kind != "article" or article is None:
        return ""
    said = _NUMBER.sub("0", squeeze(f"{article.title or ''} {article.body}"))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


@dataclass(slots=True, kw_only=True)
class Absence:
    """What one portal answers for what is not there: as the archive knows it, or as `ask` brings it, once a crawl."""

    archive: Archive
    crawl_id: int
    now: Clock
    ask: Callable[[str], Awaitable[Capture | FetchError]]
    _known: str | None = None
    _looked: bool = False
    _asked: bool = False

    async def stands_for(self, row: Row, reading: Reading) -> bool:
        """Whether this page is that answer, in place of the article which its address named."""
        if reading.kind != "article":
            return False
        if not self._looked:
            self._looked, self._known = True, known_absent(self.archive, row.portal, since=self._since())
        if self._known is None and not self._asked and doubtful(row, reading):
            self._asked, self._known = True, await self._ask(row)
        return bool(self._known) and words_of(reading) == self._known

    def _since(self) -> str:
        return stamp(self.now() - timedelta(days=KEPT_DAYS))

    async def _ask(self, row: Row) -> str | None:
        """Ask and keep the answer, as every other; None where none came."""
        url = impossible(row.url)
        capture = await self.ask(url)
        if isinstance(capture, FetchError):
            return None
        reading = await asyncio.to_thread(read, capture.body, capture.url, status=capture.status)
        said = words_of(reading) if capture.status < 400 else ""
        at = stamp(self.now())
        found = Found(url=url, kind="page", due=False)
        self.archive.add_found(row.portal, [found], at=at, found_on=row.id)
        made = self.archive.row_at(url)
        if made is not None:
            self.archive.save_page(made, capture, dead(reading), crawl_id=self.crawl_id)
        self.archive.update_portal(row.portal, absent=said, absent_at=at)
        return said


def dead(reading: Reading) -> Reading:
    """The reading of such a page."""
    return replace(reading, kind="dead", article=None, note=NOTE)
