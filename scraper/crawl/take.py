"""Taking one answer: read it, decide what it leads to, save all of it at once."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from scraper import urls
from scraper.archive import Archive
from scraper.archive.boilerplate import template_of
from scraper.archive.rereading import Page
from scraper.crawl import absent, attached
from scraper.crawl.absent import Absence
from scraper.crawl.plan import (
    BARREN_REVISIT_DAYS,
    COUNTERS,
    LISTING,
    LOOK_HOURS,
    REVISIT_DAYS,
    Budget,
    Clock,
    Scope,
    Walk,
    audit,
    begins,
    channel_of,
    channel_url,
    follow,
    front,
    left_out,
    on_origin,
    retry,
    revisit,
    shape,
    skipped,
    stamp,
    walk,
)
from scraper.crawl.shells import Shells
from scraper.crawl.twins import Twins
from scraper.errors import (
    BadAnswer,
    Blocked,
    FetchError,
    Forbidden,
    KaifaquError,
    LeavesPortal,
    TooLarge,
    TooSlow,
)
from scraper.model import Capture, Found, Listing, Reading, Row, Saved
from scraper.read import read
from scraper.read.article.counter import parse_answer
from scraper.read.listing.json_post import continued

CAUSES = {
    TooSlow: "slow",
    TooLarge: "large",
    BadAnswer: "bad-answer",
    Forbidden: "forbidden",
    Blocked: "blocked",
}
_AT_ONCE = 200_000  # bytes; fewer are read sooner than a thread takes them over
FRONT_PAGE = "the front page instead"
"""The note of a page in whose place a portal shows its front page: gone, though its bytes do not say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one answer, in a word: new changed same listing page part counter file failed gone blocked refused
    outside.

    `cause` of a failure: as in the table `failures`, or `strained` (429 and 503: the portal asks for less), or
    `closed` (401 and 403).
    """

    word: str
    title: str = ""
    cause: str | None = None


@dataclass(slots=True)
class Course:
    """What is remembered of one channel's walk: the pages seen (by their rows), pages in a row without an unseen row, and
    the rows that the portal has more than before, by its own count, and that were not met yet.

    `skipped`: pages were renumbered under the walk; `again`: so it began anew, which it does once a crawl.
    """

    marks: set[str] = field(default_factory=set)
    idle: int = 0
    awaited: int = 0
    skipped: bool = False
    again: bool = False


@dataclass(slots=True, kw_only=True)
class Taker:
    """Takes the answers of one portal. What it remembers only sharpens the stop rules; nothing of it must survive."""

    archive: Archive
    crawl_id: int
    scope: Scope
    now: Clock
    budget: Budget
    twins: Twins
    absence: Absence | None = None
    files: attached.Wanted = field(default_factory=attached.Wanted)
    shells: Shells = field(default_factory=Shells)
    set_aside: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _courses: dict[str, Course] = field(default_factory=lambda: defaultdict(Course))

    def claim(self, claimed: Collection[int], seed: Row) -> Row | None:
        """The next due row within the seed's reach, those whose shape has used up its budget set aside."""
        while True:
            row = self.archive.next_due(
                self.scope.portal,
                at=stamp(self.now()),
                exclude=claimed,
                channel=seed.url if self.scope.mode == "channel" else None,
                part_of=seed.id if self.scope.mode == "article" else None,
            )
            if row is not None and self._unwanted(row):
                self.archive.put_off(row)
                continue
            if row is None or row.kind != "page" or self.budget.allows(row.url, found_on=row.found_on):
                return row
            self.archive.set_aside(row)
            self.set_aside[shape(row.url)] += 1

    def _unwanted(self, row: Row) -> bool:
        """Whether what an earlier crawl was to ask is not for this one."""
        own = urls.same_portal(row.url, self.scope.portal)
        return (row.kind == "beacon" and not self.scope.beacons) or (own and left_out(row.url, self.scope))

    def notes(self) -> list[str]:
        """Words for people on what was left out and why."""
        return [
            f"{self.scope.portal}: {count} addresses like {name} set aside: pages of this form brought nothing new"
            for name, count in self.set_aside.items()
        ] + self.shells.notes(self.scope.portal)

    async def take(self, row: Row, answer: Capture | FetchError) -> Taken:
        """Read and save one answer. Whatever a portal sent, this returns; only a broken archive raises."""
        if isinstance(answer, FetchError):
            return self._failed(row, answer)
        if answer.status == 304:
            return self._unchanged(row, answer)
        if row.kind in COUNTERS:
            return self._counter(row, answer)
        if row.kind == "file":
            return await self._file(row, answer)
        if answer.status >= 400 and answer.status not in (404, 410, 412, 521):
            return self._bad_status(row, answer)
        try:
            reading = await self._reading(row, answer)
            return await self._read(row, answer, reading)
        except KaifaquError:
            raise
        except Exception as bug:  # a bug of ours costs its page, not the crawl: the page is kept
            return self._unread(row, answer, bug)

    async def _reading(self, row: Row, answer: Capture) -> Reading:
        work = partial(
            read,
            answer.body,
            answer.url,
            content_type=content_type(answer),
            status=answer.status,
            expect="listing" if row.kind == "listing" else None,
            template=template_of(self.archive.db.conn, row.channel),
        )
        return work() if len(answer.body) < _AT_ONCE else await asyncio.to_thread(work)

    async def _read(self, row: Row, answer: Capture, reading: Reading) -> Taken:
        if reading.kind == "blocked" or answer.status in (412, 521):
            return self._blocked(row, answer, reading)
        if row.kind == "part" and reading.kind == "article":
            return self._part(row, answer, reading)
        if row.form and row.form.startswith("{") and reading.listing is not None:
            reading = replace(reading, listing=continued(reading.listing, row.url, row.form))
        if self.shells.is_one(row, answer, reading, self.scope):
            made = await self.shells.made(row, answer, self.scope)
            if made is not None:
                self.archive.save_shell(row, answer, crawl_id=self.crawl_id)
                answer, reading = made, await self._reading(row, made)
                self.shells.note_brought(reading)
        if self.absence is not None and await self.absence.stands_for(row, reading):
            reading = absent.dead(reading)
        return self._page(row, answer, reading)

    def _page(self, row: Row, capture: Capture, reading: Reading) -> Taken:
        twin = self.twins.find(row, capture, reading, self.scope)
        if twin is not None and twin.home and row.kind == "article":
            reading = replace(reading, kind="dead", note=FRONT_PAGE)
        elif twin is not None:
            self.archive.save_twin(row, capture, reading, crawl_id=self.crawl_id, twin=twin.id)
            return Taken(word="same", title=f"as {twin.url}")
        if row.kind == "home" and reading.title:
            self.archive.update_portal(row.portal, name=reading.title, family=reading.family)
            self.scope = replace(self.scope, name=reading.title)
        reading = front(reading, row)
        going = self._walk(row, reading)
        found = follow(reading, row, self.scope, walk_on=going.go_on)
        saved = self.archive.save_page(
            row,
            capture,
            reading,
            crawl_id=self.crawl_id,
            found=(*found, *attached.found_in(reading, row, self.files)),
            channel=channel_of(reading, row, complete=going.complete, site=self.scope.name),
            next_due=self._next_due(row, reading),
            due_if_changed=stamp(revisit(row, changed=True, at=self.now())),
        )
        if row.kind == "page":
            self.budget.note(row.url, fruitful=saved.outcome == "new" or saved.new_items > 0)
        if reading.kind == "listing":
            self._walk_again(row, found, going)
        if reading.article is not None and reading.article.next_page:
            self.twins.repeats(row.id, reading)
        return Taken(word=_word(reading, saved), title=_title(reading))

    def _walk(self, row: Row, reading: Reading) -> Walk:
        listing = reading.listing
        if reading.kind != "listing" or listing is None:
            return Walk(go_on=False, complete=None)
        channel = channel_url(row)
        course = self._courses[channel]
        items = [on_origin(item.url, self.scope) for item in listing.items]
        unseen, was_complete = self.archive.unseen(channel, items)
        if begins(row):
            course.awaited = self._more_than_before(listing, channel)
        mark = hashlib.sha256("\n".join(sorted(map(urls.key, items))).encode()).hexdigest()
        repeated = mark in course.marks
        course.marks.add(mark)
        course.idle = 0 if unseen else course.idle + 1
        course.awaited -= unseen
        course.skipped |= skipped(listing, row)
        going = walk(
            listing,
            row,
            self.scope,
            unseen=unseen,
            was_complete=was_complete,
            repeated=repeated,
            idle_pages=course.idle,
            awaited=course.awaited,
            further=self._is_further(listing),
        )
        return replace(going, complete=False) if course.skipped and not going.go_on else going

    def _is_further(self, listing: Listing) -> bool:
        following = listing.next_url
        return following is not None and self.archive.row_at(on_origin(following, self.scope)) is None

    def _more_than_before(self, listing: Listing, channel: str) -> int:
        """How many rows more than at the last look the portal claims; of one that counts pages only, one if more."""
        total, pages = self.archive.claimed(channel)
        if listing.total is not None and total is not None:
            return listing.total - total
        return int(listing.page_count is not None and pages is not None and listing.page_count > pages)

    def _walk_again(self, row: Row, found: Iterable[Found], going: Walk) -> None:
        """Begin a walk anew, once, whose pages were renumbered under it; then also pages that this crawl asked count."""
        channel = channel_url(row)
        course = self._courses[channel]
        following = [one for one in found if one.kind == "listing"] if course.again else []
        if course.skipped and not course.again and not going.go_on:
            self._courses[channel] = Course(again=True)
            following = [Found(url=channel, kind="listing", page=1, priority=LISTING, again=True)]
        if following:
            self.archive.add_found(row.portal, following, at=stamp(self.now()), found_on=row.id)

    def _next_due(self, row: Row, reading: Reading) -> str | None:
        """Articles have a widening schedule, those gone too, for some return; further pages of lists their audit, also
        where they were none, for a portal's bad day is no end of a list. A crawl asks home and the channels that
        lead to articles anyway, so of the rest only what may begin to lead somewhere is asked now and then.
        """
        if row.kind == "listing" and (row.page or 1) > 1:
            return stamp(audit(row, at=self.now()))
        if row.kind == "home":
            return stamp(self.now() + timedelta(hours=LOOK_HOURS))
        if reading.kind == "other" and reading.redirect:
            return stamp(self.now() + timedelta(days=REVISIT_DAYS[-1]))
        if reading.kind in ("listing", "home") or (reading.kind == "other" and row.kind == "page"):
            return stamp(self.now() + timedelta(days=BARREN_REVISIT_DAYS))
        if reading.kind == "article" or row.kind == "article":
            return stamp(revisit(row, changed=False, at=self.now()))
        return None

    def _part(self, row: Row, capture: Capture, reading: Reading) -> Taken:
        owner, page = row.part_of or row.id, row.page or 2
        if self.twins.repeats(owner, reading):
            self.archive.save_twin(row, capture, reading, crawl_id=self.crawl_id, twin=owner)
            return Taken(word="same", title=_title(reading))
        found = (
            *follow(reading, row, self.scope, walk_on=False),
            *attached.found_in(reading, row, self.files),
        )
        self.archive.save_article_page(
            owner, page, row, capture, reading, crawl_id=self.crawl_id, found=found
        )
        return Taken(word="part", title=_title(reading))

    def _counter(self, row: Row, capture: Capture) -> Taken:
        text = capture.body[:10_000].decode("utf-8", "replace")
        number = parse_answer(text) if capture.status < 400 else None
        self.archive.save_counter(row, capture, number, crawl_id=self.crawl_id)
        return Taken(word="counter", title="" if number is None else str(number))

    async def _file(self, row: Row, capture: Capture) -> Taken:
        """A file that an article carries. A portal's error page in its place may be a wall, so it is read as a page is."""
        refused = attached.refusal(capture)
        if capture.status < 400 and refused is None:
            name = await attached.save(self.archive, row, capture, crawl_id=self.crawl_id)
            return Taken(word="file", title=name)
        if capture.status not in (200, 404, 410, 412, 521):
            return self._bad_status(row, capture)
        reading = read(capture.body, capture.url, status=capture.status)
        if reading.kind == "blocked" or capture.status in (412, 521):
            return self._blocked(row, capture, reading)
        gone = capture.status in (404, 410)
        message = f"the portal answers {capture.status}" if gone else refused or ""
        self._save_failure(row, "dead" if gone else "bad-answer", message, capture=capture)
        return Taken(word="gone" if gone else "failed", title=message, cause="dead")

    def _unchanged(self, row: Row, capture: Capture) -> Taken:
        due = self._due_unchanged(row)
        self.archive.save_unchanged(row, capture, crawl_id=self.crawl_id, at=capture.fetched_at, next_due=due)
        if row.kind in ("article", "page"):
            self._beacon_of(row)
            self.archive.ask_parts_again(
                row, at=stamp(self.now()), crawl_id=self.crawl_id, beacons=self.scope.beacons
            )
        return Taken(word="same", title=row.title or "")

    def _beacon_of(self, row: Row) -> None:
        """Find the counter of an unchanged article in its kept page: earlier crawls had no use for one that counts the
        asking."""
        kept = self.archive.newest_capture(row.url) if self.scope.beacons else None
        if kept is not None:
            reading = read(kept.body, kept.url, content_type=content_type(kept))
            found = [one for one in follow(reading, row, self.scope, walk_on=False) if one.kind == "beacon"]
            self.archive.add_found(
                row.portal, found, at=stamp(self.now()), found_on=row.id, crawl_id=self.crawl_id
            )

    def _due_unchanged(self, row: Row) -> str | None:
        if row.kind == "listing" and (row.page or 1) > 1:
            return stamp(audit(row, at=self.now()))
        if row.kind == "home":
            return stamp(self.now() + timedelta(hours=LOOK_HOURS))
        if row.kind in ("listing", "part", *COUNTERS):
            return None  # the crawl asks for them, or their article does
        return stamp(revisit(row, changed=False, at=self.now()))

    def _failed(self, row: Row, error: FetchError) -> Taken:
        if isinstance(error, LeavesPortal):
            self.archive.save_leaving(row, crawl_id=self.crawl_id, at=stamp(self.now()))
            return Taken(word="outside", title=str(error))
        cause = next((c for t, c in CAUSES.items() if isinstance(error, t)), "unreachable")
        self._save_failure(row, cause, str(error))
        word = {"forbidden": "refused", "blocked": "blocked"}.get(cause, "failed")
        return Taken(word=word, title=str(error), cause=cause)

    def _bad_status(self, row: Row, capture: Capture) -> Taken:
        message = f"the portal answers {capture.status}"
        self._save_failure(row, "bad-answer", message, capture=capture)
        told = {429: "strained", 503: "strained", 401: "closed", 403: "closed"}
        cause = told.get(capture.status, "bad-answer")
        return Taken(word="failed", title=message, cause=cause)

    def _unread(self, row: Row, capture: Capture, bug: Exception) -> Taken:
        message = f"kaifaqu failed on it ({type(bug).__name__}: {bug}): a bug; the raw page is kept"
        self._save_failure(row, "unread", message, capture=capture)
        return Taken(word="failed", title=message, cause="unread")

    def _blocked(self, row: Row, capture: Capture, reading: Reading) -> Taken:
        message = f"a wall instead of the page: {reading.note or capture.status}"
        self._save_failure(row, "blocked", message, capture=capture, kind="blocked")
        return Taken(word="blocked", title=message, cause="blocked")

    def _save_failure(
        self, row: Row, cause: str, message: str, *, capture: Capture | None = None, kind: str | None = None
    ) -> None:
        at = self.now()
        again = at + timedelta(days=30) if cause == "forbidden" else retry(row, at=at)
        self.archive.save_failure(
            row,
            crawl_id=self.crawl_id,
            at=stamp(at),
            cause=cause,
            message=message,
            status=capture.status if capture else None,
            retry_at=stamp(again),
            capture=capture,
            kind=kind,
        )


def read_again(archive: Archive, page: Page) -> Reading:
    """A page as the crawl reads it."""
    capture = archive.load_capture(page.capture)
    reading = read(
        capture.body,
        capture.url,
        content_type=content_type(capture),
        status=capture.status,
        expect="listing" if page.row.kind == "listing" else None,
        template=template_of(archive.db.conn, page.row.channel),
    )
    return front(reading, page.row)


def content_type(capture: Capture) -> str | None:
    """The Content-Type header of an answer."""
    for name, value in capture.headers:
        if name.lower() == b"content-type":
            return value.decode("latin-1")
    return None


def _title(reading: Reading) -> str:
    return (reading.article.title if reading.article else None) or reading.title or ""


def _word(reading: Reading, saved: Saved) -> str:
    if saved.outcome is not None:
        return saved.outcome
    return {"dead": "gone", "listing": "listing"}.get(reading.kind, "page")
