"""Crawling the zoo: one crawl into one archive, and what the archive then holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo import Channel, Dialect, Portal, Stand, Story, invent

from scraper.crawl import Options
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
