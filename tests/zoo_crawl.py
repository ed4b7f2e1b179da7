"""Crawling the zoo: one crawl into one archive, and what the archive then holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from fault_server import FakeClock
from zoo import Channel, Dialect, Portal, Stand, Story, invent

from scraper.crawl import Options, Report
from scraper.crawl.run import run
from scraper.fetch import Fetcher, Limits
from scraper.text import compact

FAST = Options(delay=0)


def rows(db: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The answer of an archive to a query."""
    connection = sqlite3.connect(db)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def path_of(url: str) -> str:
    """Path and query of an address."""
    return "/" + url.split("/", 3)[3]


def make_portal(dialect: Dialect, *, stories: int = 18, channels: int = 2, **given: Any) -> Portal:
    """A portal of `channels` channels in one dialect, the second a page shorter than the first."""
    names = (("新闻动态", "xwdt"), ("通知公告", "tzgg"), ("招商引资", "zsyz"))[:channels]
    return Portal(
        name="栖霞湾开发区",
        channels=[
            Channel(
                name=name,
                slug=slug,
                dialect=dialect,
                stories=[invent(n, of=k) for n in range(1, stories - 5 * k + 1)],
                **given,
            )
            for k, (name, slug) in enumerate(names)
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One article of an archive."""

    title: str | None
    source: str | None
    author: str | None
    date: str | None
    body: str


def articles(db: Path, stand: Stand) -> dict[str, Found]:
    """The articles of one portal, by path."""
    sql = "select url, title, source, author, date, body from articles where portal = ?"
    return {
        path_of(url): Found(title=title, source=source, author=author, date=date, body=compact(body))
        for url, title, source, author, date, body in rows(db, sql, stand.host)
    }


def true(stories: Mapping[str, Story]) -> dict[str, Found]:
    """What `articles` gives where all was found and read right."""
    return {
        path: Found(
            title=s.title, source=s.source, author=s.author, date=s.date, body=compact("".join(s.body))
        )
        for path, s in stories.items()
    }


SMALL = Limits(max_body=1 << 20, total_seconds=0.6, read_seconds=0.4, connect_seconds=0.4)


@dataclass(slots=True, kw_only=True)
class Crawler:
    """Crawls as a user does over the days, but never really waits: `clock` keeps what was slept, `now` goes by `later`."""

    db: Path
    limits: Limits = SMALL
    clock: FakeClock = field(default_factory=FakeClock)
    now: datetime = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def crawl(self, *seeds: Stand | str, options: Options = FAST) -> Report:
        """One crawl of these portals or addresses."""
        made = partial(
            Fetcher,
            limits=self.limits,
            monotonic=self.clock.monotonic,
            sleep=self.clock.sleep,
            random=lambda: 0.0,
            now=lambda: self.now,
        )
        addresses: Sequence[str] = [seed.url if isinstance(seed, Stand) else seed for seed in seeds]
        return run(addresses, self.db, options, lambda event: None, now=lambda: self.now, fetcher=made)

    def later(self, **span: float) -> None:
        """Let time go by: `days=3`, `hours=2`."""
        self.now += timedelta(**span)
