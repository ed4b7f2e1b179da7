"""What an archive holds against what the portals claim: the numbers of `status`, the gaps, the table a crawl ends with."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from scraper.archive.health import State
from scraper.archive.values import clean
from scraper.errors import UsageError
from scraper.urls import key


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatus:
    """One channel. listed: rows seen on its listing pages. archived: those that led to an article. elsewhere: those that
    lead to a file, to another site or to a page that is gone. claimed: articles as the portal says. complete: the walk
    reached the last page. failures: pages of it that could not be had, still open.
    """

    id: int
    url: str
    name: str | None
    listed: int
    archived: int
    claimed: int | None
    claimed_pages: int | None
    claimed_by: str | None
    walked_pages: int
    complete: bool
    last_crawl: str | None
    """When the last crawl that read a page of it began."""
    failures: int
    note: str | None
    elsewhere: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalStatus:
    """One portal with its channels. articles: all archived, of channels or not. unread: pages that wait for their first visit."""

    host: str
    name: str | None
    url: str
    family: str | None
    articles: int
    unread: int
    last_crawl: str | None
    outcome: str | None
    """How that crawl ended; None while it runs, or where it was killed."""
    failures: int
    channels: tuple[ChannelStatus, ...]
    state: State | None = None
    """How it is, as the last crawl of it found: ok, quiet, blocked, broken, moved, unreachable; None: not judged yet."""
    seen: str | None = None
    """What made that crawl say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A row of a listing page that led to no article, and why."""

    url: str
    title: str | None
    date: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """What one crawl did in one channel; in the line without a channel, outside of them all.

    found: listing rows seen. new, changed: articles. failed: pages that could not be had. claimed, archived, listed,
    elsewhere: as in status.
    """

    portal: str
    channel: str | None
    url: str | None
    found: int
    new: int
    changed: int
    failed: int
    claimed: int | None
    archived: int
    complete: bool
    listed: int = 0
    elsewhere: int = 0
    claimed_pages: int | None = None
    walked_pages: int = 0


def status(db: sqlite3.Connection) -> list[PortalStatus]:
    """All portals, in order of host, their channels in the order they were found."""
    portals = db.execute(
        "SELECT p.host, p.name, p.home_url, p.family, (SELECT count(*) FROM articles a WHERE a.portal = p.host), "
        "(SELECT count(*) FROM frontier f WHERE f.portal = p.host AND f.state = 'new' AND f.due_at IS NOT NULL), c.started_at, c.outcome, "
        "(SELECT count(DISTINCT coalesce(x.frontier_id, -x.id)) FROM failures x "
        "WHERE x.portal = p.host AND x.resolved_at IS NULL), r.state, r.seen "
        "FROM portals p LEFT JOIN crawls c ON c.id = p.last_crawl LEFT JOIN runs r ON r.portal = p.host "
        "AND r.crawl_id = (SELECT max(crawl_id) FROM runs WHERE portal = p.host) ORDER BY p.host"
    ).fetchall()
    failures, elsewhere = _open_failures(db), dict(db.execute(_ELSEWHERE).fetchall())
    return [
        PortalStatus(
            host=host,
            name=name,
            url=url,
            family=family,
            articles=articles,
            unread=unread,
            last_crawl=last,
            outcome=outcome,
            failures=failed,
            channels=_channels(db, host, failures, elsewhere),
            state=state,
            seen=seen,
        )
        for host, name, url, family, articles, unread, last, outcome, failed, state, seen in portals
    ]


def _open_failures(db: sqlite3.Connection) -> dict[int, int]:
    rows = db.execute(
        "SELECT f.channel_id, count(DISTINCT f.id) FROM failures x JOIN frontier f ON f.id = x.frontier_id "
        "WHERE x.resolved_at IS NULL AND f.channel_id IS NOT NULL GROUP BY f.channel_id"
    )
    return dict(rows.fetchall())


_ELSEWHERE = """
SELECT i.channel_id, count(*) FROM frontier f JOIN items i ON i.frontier_id = f.id
WHERE f.article_id IS NULL AND (f.kind IN ('file', 'external') OR f.state IN ('outside', 'gone')
  OR f.read_as IN ('file', 'external')) GROUP BY 1
"""


def _channels(
    db: sqlite3.Connection, host: str, failures: dict[int, int], elsewhere: dict[int, int]
) -> tuple[ChannelStatus, ...]:
    rows = db.execute(
        "SELECT c.id, c.url, c.name, c.listed, c.archived, c.claimed, c.claimed_pages, c.claimed_by, c.walked_pages, "
        "c.complete, r.started_at, c.note FROM channels c LEFT JOIN crawls r ON r.id = c.last_crawl "
        "WHERE c.portal = ? ORDER BY c.id",
        (host,),
    )
    return tuple(
        ChannelStatus(
            id=r[0],
            url=r[1],
            name=r[2],
            listed=r[3],
            archived=r[4],
            claimed=r[5],
            claimed_pages=r[6],
            claimed_by=r[7],
            walked_pages=r[8],
            complete=bool(r[9]),
            last_crawl=r[10],
            note=r[11],
            failures=failures.get(r[0], 0),
            elsewhere=elsewhere.get(r[0], 0),
        )
        for r in rows.fetchall()
    )


_WHY = """
CASE
  WHEN f.kind = 'file' THEN 'a file, no page'
  WHEN f.state = 'aside' THEN 'set aside: addresses of its form brought nothing'
  WHEN f.state = 'outside' THEN 'stands outside the portal'
  WHEN f.state = 'gone' THEN 'the page is gone'
  WHEN f.state IN ('failed', 'refused') THEN coalesce(
    (SELECT x.cause || ': ' || x.message FROM failures x WHERE x.frontier_id = f.id ORDER BY x.id DESC LIMIT 1),
    f.state)
  WHEN f.read_as = 'external' THEN 'leads out of the portal'
  WHEN f.state = 'read' THEN 'read as ' || coalesce(f.read_as, 'nothing')
  ELSE 'not visited yet'
END
"""


def missing(db: sqlite3.Connection, channel_id: int) -> list[Missing]:
    """Rows of a channel's listing pages that led to no article, in order of finding."""
    rows = db.execute(
        f"SELECT f.url, i.title, coalesce(i.date, f.date), {_WHY} FROM items i JOIN frontier f ON f.id = i.frontier_id "
        "WHERE i.channel_id = ? AND f.article_id IS NULL ORDER BY f.id",
        (channel_id,),
    )
    return [Missing(url=url, title=title, date=date, why=why) for url, title, date, why in rows.fetchall()]


def channel_number(db: sqlite3.Connection, url: str) -> int:
    """The id of a channel by the address of its first page, or by its name. Raises UsageError where there is none."""
    row = db.execute("SELECT id FROM channels WHERE key = ? OR name = ? ORDER BY id", (key(url), clean(url)))
    found = row.fetchone()
    if found is None:
        raise UsageError(f"no channel {url} in this archive", "see `status` for its channels")
    return int(found[0])


_NEW = "SELECT portal, channel_id, count(*) FROM articles WHERE first_crawl = ? GROUP BY 1, 2"
_CHANGED = (
    "SELECT a.portal, a.channel_id, count(DISTINCT a.id) FROM versions v JOIN articles a ON a.id = v.article_id "
    "WHERE v.crawl_id = ? GROUP BY 1, 2"
)
_FAILED = (
    "SELECT x.portal, f.channel_id, count(DISTINCT coalesce(x.frontier_id, -x.id)) FROM failures x "
    "LEFT JOIN frontier f ON f.id = x.frontier_id WHERE x.crawl_id = ? AND x.resolved_at IS NULL GROUP BY 1, 2"
)
_CHANNELS = """
SELECT portal, id, name, url, claimed, archived, complete, listed, claimed_pages, walked_pages,
  (SELECT count(*) FROM items WHERE channel_id = channels.id AND last_crawl = ?)
FROM channels WHERE last_crawl = ? ORDER BY portal, id
"""


def report(db: sqlite3.Connection, crawl_id: int) -> list[ReportLine]:
    """What one crawl did: a line per channel it walked or changed, and one per portal for what has no channel."""
    new, changed, failed = (_counts(db, query, crawl_id) for query in (_NEW, _CHANGED, _FAILED))
    walked = {(r[0], r[1]): r[2:] for r in db.execute(_CHANNELS, (crawl_id, crawl_id)).fetchall()}
    places = {*walked, *new, *changed, *failed}
    elsewhere = dict(db.execute(_ELSEWHERE).fetchall())
    lines = []
    for portal, channel in sorted(places, key=lambda place: (place[0], place[1] is None, place[1] or 0)):
        name, url, claimed, archived, complete, listed, told, seen, found = walked.get(
            (portal, channel)
        ) or _unwalked(db, channel)
        lines.append(
            ReportLine(
                portal=portal,
                channel=name,
                url=url,
                found=found,
                new=new.get((portal, channel), 0),
                changed=changed.get((portal, channel), 0),
                failed=failed.get((portal, channel), 0),
                claimed=claimed,
                archived=archived,
                complete=bool(complete),
                listed=listed,
                elsewhere=elsewhere.get(channel or 0, 0),
                claimed_pages=told,
                walked_pages=seen,
            )
        )
    return lines


def _counts(db: sqlite3.Connection, query: str, crawl_id: int) -> dict[tuple[str, int | None], int]:
    rows = db.execute(query, (crawl_id,)).fetchall()
    return {(portal, channel): count for portal, channel, count in rows}


def _unwalked(db: sqlite3.Connection, channel: int | None) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = db.execute(
        "SELECT name, url, claimed, archived, complete, listed, claimed_pages, walked_pages, 0 FROM channels "
        "WHERE id = ?",
        (channel,),
    ).fetchone()
    return row or (None, None, None, 0, 0, 0, None, 0, 0)
