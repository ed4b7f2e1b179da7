"""The archive: one SQLite file that holds pages, articles, the state of the crawl, and the search index.

`Archive` is a resource, one connection in one thread. What it does stands in the modules beside this one, as functions
on a connection; here each becomes one transaction.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

from sqlite_utils import Database

from scraper.archive import articles, coverage, frontier, pages
from scraper.archive.articles import ViewsOrigin
from scraper.archive.blobs import Blobs
from scraper.archive.coverage import Missing, PortalStatus, ReportLine
from scraper.archive.file import open_database, plain_errors, take_lock, transaction
from scraper.archive.health import Run, save_run
from scraper.archive.search import Hit, search
from scraper.archive.values import clean
from scraper.model import Capture, Channel, Found, FrontierKind, Reading, Row, Saved
from scraper.urls import host

_PORTAL_COLUMNS = frozenset("name family robots robots_at delay tls last_crawl absent absent_at".split())


class Archive:
    """An open archive. Make one with `Archive.open`; use it as a context manager, in one thread."""

    def __init__(self, db: Database, path: Path) -> None:
        self.db = db
        self.path = path
        self._connection: sqlite3.Connection = db.conn
        self._blobs = Blobs(self._connection)
        self._lock: IO[bytes] | None = None

    @classmethod
    def open(cls, path: str | Path, *, create: bool = True, write: bool = True) -> Archive:
        """Open an archive; make it where there is none and `create` says so. `write=False` works while a crawl writes.

        Raises UsageError (no such file), NotAnArchive, NewerArchive, ArchiveUnwritable, ArchiveBusy.
        """
        path = Path(path)
        return cls(open_database(path, create=create, write=write), path)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and free the lock. More than once does no harm."""
        self._connection.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def lock(self) -> None:
        """Be the only crawl of this archive until `close`, or until the process ends. Raises ArchiveBusy."""
        if self._lock is None:
            self._lock = take_lock(self.path)

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        try:
            with transaction(self._connection, self.path):
                yield self._connection
        except BaseException:
            self._blobs.forget()
            raise

    def _read(self) -> AbstractContextManager[None]:
        return plain_errors(self.path)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One moment of the archive for several questions, while a crawl writes on."""
        with self._read():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    # Crawls and portals

    def start_crawl(
        self, *, seeds: Sequence[str], options: Mapping[str, object], at: str, version: str
    ) -> int:
        """Note that a crawl begins; its id. `version` is kaifaqu's own."""
        told = (at, json.dumps(list(seeds)), json.dumps(dict(options), default=str), version)
        with self._write() as db:
            made = db.execute(
                "INSERT INTO crawls(started_at, seeds, options, version) VALUES (?, ?, ?, ?) RETURNING id",
                told,
            ).fetchone()
        return int(made[0])

    def finish_crawl(
        self,
        crawl_id: int,
        *,
        at: str,
        outcome: str,
        pages: int,
        articles_new: int,
        articles_changed: int,
        failures: int,
    ) -> None:
        """Note how a crawl ended, and with what. A crawl without this was killed."""
        with self._write() as db:
            db.execute(
                "UPDATE crawls SET finished_at = ?, outcome = ?, pages = ?, articles_new = ?, articles_changed = ?, "
                "failures = ? WHERE id = ?",
                (at, outcome, pages, articles_new, articles_changed, failures, crawl_id),
            )

    def add_portal(
        self, host: str, *, home_url: str, name: str | None = None, at_crawl: int | None = None
    ) -> None:
        """Make a portal known; of one that is, fill in what is null."""
        with self._write() as db:
            db.execute(
                "INSERT INTO portals(host, home_url, name, first_crawl, last_crawl) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET name = coalesce(name, excluded.name), "
                "first_crawl = coalesce(first_crawl, excluded.first_crawl), "
                "last_crawl = coalesce(excluded.last_crawl, last_crawl)",
                (host, home_url, clean(name), at_crawl, at_crawl),
            )

    def update_portal(self, host: str, **columns: str | float | None) -> None:
        """Set columns of a portal: name, family, robots, robots_at, delay (seconds), tls, last_crawl, absent, absent_at."""
        if unknown := columns.keys() - _PORTAL_COLUMNS:
            raise TypeError(f"no columns of a portal to set: {', '.join(sorted(unknown))}")
        values = [clean(v) if isinstance(v, str) else v for v in columns.values()]
        places = ", ".join(f"{name} = ?" for name in columns)
        with self._write() as db:
            db.execute(f"UPDATE portals SET {places} WHERE host = ?", (*values, host))

    def portals(self) -> list[str]:
        """Hosts of all portals, in order."""
        with self._read():
            return [host for (host,) in self._connection.execute("SELECT host FROM portals ORDER BY host")]

    def portal_name(self, host: str) -> str | None:
        """What a portal calls itself, if it is known."""
        with self._read():
            row = self._connection.execute("SELECT name FROM portals WHERE host = ?", (host,)).fetchone()
        return row[0] if row else None

    def portals_reached(self) -> list[tuple[str, str, str | None, str | None, str | None]]:
        """(host, home page, ways of its secure connections, robots.txt, when that was had) of each portal."""
        with self._read():
            query = "SELECT host, home_url, tls, robots, robots_at FROM portals"
            return self._connection.execute(query).fetchall()

    def portal_of(self, url: str) -> str | None:
        """The portal that an address belongs to, by its host with or without `www.`; None where no crawl knows it."""
        with self._read():
            return frontier.portal_of(self._connection, host(url))

    def seeds_of(self, portal: str) -> list[str]:
        """From where a portal is crawled: its front page, or the channels and articles that crawls began with."""
        with self._read():
            return frontier.seeds_of(self._connection, portal)

    def portals_due(self, *, at: str) -> list[str]:
        """Hosts of the portals that have a page due now."""
        with self._read():
            return frontier.portals_due(self._connection, at=at)

    def save_run(self, run: Run) -> None:
        """Keep what a crawl was like at one portal, and in which state it found it."""
        with self._write() as db:
            save_run(db, run)

    # The frontier

    def add_found(
        self,
        portal: str,
        found: Iterable[Found],
        *,
        at: str,
        found_on: int | None = None,
        crawl_id: int | None = None,
    ) -> int:
        """Make frontier rows of pages found, due `at` once; those known are filled in. How many are new."""
        with self._write() as db:
            return frontier.add_found(db, portal, found, at=at, found_on=found_on, crawl_id=crawl_id)

    def ask_again(
        self, portal: str, *, kinds: Sequence[FrontierKind], at: str, first_pages_only: bool = True
    ) -> int:
        """Make visited pages of some kinds due: at the start of a crawl, home and the listings' first pages."""
        with self._write() as db:
            return frontier.ask_again(db, portal, kinds=kinds, at=at, first_pages_only=first_pages_only)

    def ask_parts_again(self, row: Row, *, at: str, crawl_id: int, beacons: bool = False) -> int:
        """Make the further pages and counters of an article due again, once a crawl. How many."""
        with self._write() as db:
            return frontier.ask_parts_again(db, row.id, at=at, crawl_id=crawl_id, beacons=beacons)

    def next_due(
        self,
        portal: str,
        *,
        at: str,
        exclude: Collection[int] = (),
        channel: str | None = None,
        part_of: int | None = None,
    ) -> Row | None:
        """The page to ask for now: lowest priority first, of equals the longest due, then the first found.

        `channel` (its address) and `part_of` (an article's frontier id) narrow it to what belongs to them.
        """
        with self._read():
            return frontier.next_due(
                self._connection, portal, at=at, exclude=exclude, channel=channel, part_of=part_of
            )

    def unseen(self, channel: str, urls: Iterable[str]) -> tuple[int, bool]:
        """How many of these listing rows are new to a channel, and whether an earlier walk reached its end."""
        with self._read():
            return frontier.unseen(self._connection, channel, urls)

    def claimed(self, channel: str) -> tuple[int | None, int | None]:
        """(articles, pages) that a portal claimed of a channel, by its address, at the last look."""
        with self._read():
            return frontier.claimed(self._connection, channel)

    def twin(self, row: Row, capture: Capture) -> tuple[int, str] | None:
        """(id, address) of another page of the portal that answered with the same bytes, or None."""
        digest = hashlib.sha256(capture.body).hexdigest()
        with self._read():
            return frontier.twin(self._connection, row, digest) if capture.body else None

    def aside(self, portal: str, *, limit: int = 1000) -> list[str]:
        """Addresses of a portal that were set aside, the newest first."""
        with self._read():
            return frontier.aside(self._connection, portal, limit)

    def set_aside(self, row: Row) -> None:
        """Take a page out of the due ones for good: one of a form of address that brought nothing."""
        with self._write() as db:
            frontier.set_aside(db, row.id)

    def put_off(self, row: Row) -> None:
        """Take a page out of the due ones until something asks for it again."""
        with self._write() as db:
            frontier.put_off(db, row.id)

    def due_count(self, portal: str, *, at: str) -> int:
        """How many pages of a portal are due now."""
        with self._read():
            return frontier.due_count(self._connection, portal, at=at)

    def row_at(self, url: str) -> Row | None:
        """The frontier row of an address, however it is spelled."""
        with self._read():
            return frontier.row_at(self._connection, url)

    # Visits

    def save_page(
        self,
        row: Row,
        capture: Capture,
        reading: Reading,
        *,
        crawl_id: int,
        found: Iterable[Found] = (),
        channel: Channel | None = None,
        next_due: str | None = None,
        due_if_changed: str | None = None,
        views_origin: ViewsOrigin = "page",
    ) -> Saved:
        """Store one visit whole: bytes, capture, article or listing rows, what was found, the row's own next date
        (`due_if_changed` where it is an article that changed).
        """
        with self._write() as db:
            return pages.save_page(
                db,
                self._blobs,
                row,
                capture,
                reading,
                crawl_id=crawl_id,
                found=found,
                channel=channel,
                next_due=next_due,
                due_if_changed=due_if_changed,
                views_origin=views_origin,
            )

    def save_article_page(
        self,
        article_frontier_id: int,
        page: int,
        row: Row,
        capture: Capture,
        reading: Reading,
        *,
        crawl_id: int,
        found: Iterable[Found] = (),
        next_due: str | None = None,
    ) -> Saved:
        """Store page 2 or later of the article that frontier row `article_frontier_id` gave, joined to its body."""
        with self._write() as db:
            return pages.save_article_page(
                db,
                self._blobs,
                article_frontier_id,
                page,
                row,
                capture,
                reading,
                crawl_id=crawl_id,
                found=found,
                next_due=next_due,
            )

    def save_twin(self, row: Row, capture: Capture, reading: Reading, *, crawl_id: int, twin: int) -> int:
        """Store a visit of a page that stands under another address too (frontier row `twin`): it gives nothing new."""
        with self._write() as db:
            return pages.save_twin(db, self._blobs, row, capture, reading, crawl_id=crawl_id, twin=twin)

    def save_shell(self, row: Row, capture: Capture, *, crawl_id: int) -> None:
        """Store a page as it came that a browser makes another of: that one is saved as the visit."""
        with self._write() as db:
            pages.save_capture(db, self._blobs, row, capture, crawl_id=crawl_id, kind="shell")

    def save_counter(self, row: Row, capture: Capture, views: int | None, *, crawl_id: int) -> None:
        """Store what a view counter answered; `views` None where it told no number."""
        with self._write() as db:
            pages.save_counter(db, self._blobs, row, capture, views, crawl_id=crawl_id)

    def save_unchanged(
        self, row: Row, capture: Capture, *, crawl_id: int, at: str, next_due: str | None
    ) -> int:
        """Store a visit that found the page as it was (304, or the same bytes); the id of its capture."""
        with self._write() as db:
            return pages.save_unchanged(
                db, self._blobs, row, capture, crawl_id=crawl_id, at=at, next_due=next_due
            )

    def save_leaving(self, row: Row, *, crawl_id: int, at: str) -> None:
        """Store that a page redirects out of its portal."""
        with self._write() as db:
            pages.save_leaving(db, row, crawl_id=crawl_id, at=at)

    def save_failure(
        self,
        row: Row,
        *,
        crawl_id: int,
        at: str,
        cause: str,
        message: str,
        status: int | None,
        retry_at: str | None,
        capture: Capture | None = None,
        kind: str | None = None,
    ) -> None:
        """Store a visit that failed, with its answer where there was one. `retry_at` None: given up for this time."""
        with self._write() as db:
            pages.save_failure(
                db,
                self._blobs,
                row,
                crawl_id=crawl_id,
                at=at,
                cause=cause,
                message=message,
                status=status,
                retry_at=retry_at,
                capture=capture,
                kind=kind,
            )

    def save_views(self, article_id: int, views: int, *, at: str, origin: ViewsOrigin) -> None:
        """Add a point to the history of an article's view count."""
        with self._write() as db:
            articles.save_views(db, article_id, views, at=at, origin=origin)

    # What is there

    def status(self) -> list[PortalStatus]:
        """All portals with their channels: archived, listed, claimed, open failures."""
        with self._read():
            return coverage.status(self._connection)

    def missing(self, channel: int | str) -> list[Missing]:
        """Listed but not archived, and why, of a channel by its id, its address or its name."""
        with self._read():
            number = (
                coverage.channel_number(self._connection, channel) if isinstance(channel, str) else channel
            )
            return coverage.missing(self._connection, number)

    def report(self, crawl_id: int) -> list[ReportLine]:
        """What one crawl did, a line per channel."""
        with self._read():
            return coverage.report(self._connection, crawl_id)

    def search(self, words: str, *, limit: int = 20, portal: str | None = None) -> list[Hit]:
        """Articles that hold all words, best first. Words stand between blanks; "quoted words" are one."""
        with self._read():
            return search(self._connection, words, limit=limit, portal=portal)

    def articles(
        self, *, portal: str | None = None, since: str | None = None, until: str | None = None
    ) -> Iterator[dict[str, object]]:
        """Rows of `articles` by id, one at a time, with `attachments` as JSON; see `articles.stream`."""
        with self._read():
            yield from articles.stream(self._connection, portal=portal, since=since, until=until)

    def article_columns(self) -> list[str]:
        """The keys of what `articles` gives, in order."""
        with self._read():
            return articles.columns(self._connection)

    def load_blob(self, digest: str) -> bytes:
        """The bytes of a page, checked against their digest. Raises UsageError where missing or damaged."""
        with self._read():
            return self._blobs.load(digest)

    def newest_capture(self, url: str) -> Capture | None:
        """The last answer with a body that an address gave, however it is spelled; None where there is none."""
        with self._read():
            number = pages.newest_capture(self._connection, url)
            return None if number is None else pages.load_capture(self._connection, self._blobs, number)

    def load_capture(self, capture_id: int) -> Capture:
        """One answer as it came. Raises UsageError where there is none of that id."""
        with self._read():
            return pages.load_capture(self._connection, self._blobs, capture_id)
