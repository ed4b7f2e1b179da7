"""What is to be known of a portal to say how it is: what one crawl saw of it, beside its own past; and all runs so far."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from itertools import pairwise, takewhile
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

from scraper.archive.blobs import Blobs
from scraper.archive.values import clean
from scraper.errors import UsageError
from scraper.read.template import kept

if TYPE_CHECKING:
    from scraper.archive.store import Archive

State = Literal["ok", "quiet", "blocked", "broken", "moved", "unreachable"]

PAST = 500
"""Articles of a portal that stand for its past: the newest, a year or more of most portals' news."""
_MOST_NOW = 500
_MOST_DAYS = 500
_MOST_PAGES = 9  # whose make is compared: the front page and the largest channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One article, as far as its health goes: its channel's id, which fields it has, characters in its body."""

    channel: int | None
    title: bool
    source: bool
    date: bool
    body: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A channel that had rows in earlier crawls and gave none in this one, though its page answered. `paged`: it has
    further pages or tells a total, as columns do and landing pages do not; `gone`: its page was taken down."""

    name: str
    paged: bool
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the archive knows of a portal after a crawl.

    now: articles that this crawl read for the first time, or found changed, no older than those of `before`: the newest that
    earlier crawls read. days: (day, articles published on it), China time, newest first. lists: channels with rows of
    earlier crawls whose first page was read again; lost: those of them without a row now. kept: of the front page and of
    channels' first pages, which part of their class names stood on them at the last look. families: their CMS then and now.
    """

    now: Sequence[Sign] = ()
    before: Sequence[Sign] = ()
    days: Sequence[tuple[str, int]] = ()
    lists: int = 0
    lost: Sequence[Lost] = ()
    kept: Sequence[float] = ()
    families: Sequence[tuple[str | None, str | None]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One crawl at one portal; the columns of the table `runs`."""

    crawl_id: int
    portal: str
    started_at: str
    finished_at: str
    outcome: str
    pages: int
    articles_new: int
    articles_changed: int
    failures: int
    walls: int
    titled: int
    sourced: int
    dated: int
    body_median: int | None
    state: State
    seen: str


_COLUMNS = tuple(field.name for field in fields(Run))


def facts(archive: Archive, portal: str, crawl_id: int, *, today: str) -> Facts:
    """What crawl `crawl_id` saw of a portal, and its past; `today` is a day in China, `2024-03-05`."""
    db = archive.db.conn
    with archive.snapshot():
        before, floor = _before(db, portal, crawl_id)
        lists = _lists(db, portal, crawl_id)
        pairs = _pairs(db, portal, crawl_id)
        return Facts(
            now=_now(db, portal, crawl_id, floor),
            before=before,
            days=_days(db, portal, today),
            lists=len(lists),
            lost=[lost for lost in lists if lost is not None],
            kept=[kept(old, new) for old, new, _, _ in pairs],
            families=[(then, now) for _, _, then, now in pairs],
        )


# Of an article that changed in this crawl, `changed` has what stood before.
_SIGN = "a.channel_id, a.title, a.source, a.date, length(a.body)"
_BEFORE = f"""
SELECT {_SIGN}, v.changed FROM articles a LEFT JOIN (
  SELECT article_id, changed, min(id) FROM versions WHERE crawl_id = :crawl GROUP BY article_id
) v ON v.article_id = a.id
WHERE a.portal = :portal AND a.date IS {{}} NULL AND a.first_crawl < :crawl ORDER BY a.date DESC, a.id DESC LIMIT :most
"""
_NOW = f"""
SELECT {_SIGN}, NULL FROM articles a JOIN frontier f ON f.id = a.frontier_id WHERE a.portal = :portal AND a.id IN (
  SELECT id FROM articles WHERE first_crawl = :crawl UNION SELECT article_id FROM versions WHERE crawl_id = :crawl
) AND coalesce(a.date, iif(length(f.date) >= 10, f.date, NULL), :floor) >= :floor ORDER BY a.id DESC LIMIT :most
"""


def _before(db: sqlite3.Connection, portal: str, crawl_id: int) -> tuple[list[Sign], str]:
    """The newest articles that earlier crawls read, as they were then, those without a date in their share; and the oldest
    date among them."""
    total, dated = db.execute(
        "SELECT count(*), count(date) FROM articles WHERE portal = ?", (portal,)
    ).fetchone()
    most = PAST * dated // max(total, 1)
    values = {"portal": portal, "crawl": crawl_id}
    rows = db.execute(_BEFORE.format("NOT"), values | {"most": most}).fetchall()
    rows += db.execute(_BEFORE.format(""), values | {"most": PAST - most}).fetchall()
    then = [_then(row) for row in rows]
    return [_sign(row) for row in then], min((row[3] for row in then if row[3]), default="")


def _then(row: Sequence[Any]) -> Sequence[Any]:
    channel, title, source, date, body, changed = row
    old = json.loads(changed) if changed else {}
    body = len(old["body"] or "") if "body" in old else body
    return channel, old.get("title", title), old.get("source", source), old.get("date", date), body


def _now(db: sqlite3.Connection, portal: str, crawl_id: int, floor: str) -> list[Sign]:
    """What this crawl read that is no older than `floor`, by the page or by its row in a list: the oldest news of a portal
    were often made in another way."""
    values = {"portal": portal, "crawl": crawl_id, "floor": floor, "most": _MOST_NOW}
    return [_sign(row[:-1]) for row in db.execute(_NOW, values).fetchall()]


def _sign(row: Sequence[Any]) -> Sign:
    channel, title, source, date, body = row
    return Sign(
        channel=channel,
        title=title is not None,
        source=source is not None,
        date=date is not None,
        body=int(body or 0),
    )


def _days(db: sqlite3.Connection, portal: str, today: str) -> list[tuple[str, int]]:
    rows = db.execute(
        "SELECT substr(date, 1, 10) AS day, count(*) FROM articles WHERE portal = ? AND date <= ? "
        "GROUP BY day ORDER BY day DESC LIMIT ?",
        (portal, today + " 24", _MOST_DAYS),
    )
    return [(str(day), int(count)) for day, count in rows.fetchall()]


# A first page that answered with content: no 304, no wall.
_ANSWERED = (
    "SELECT 1 FROM captures x WHERE x.frontier_id = f.id AND x.crawl_id = :crawl AND x.kind <> 'blocked' "
    "AND (x.status = 200 AND x.digest IS NOT NULL OR x.kind = 'dead')"
)
_LISTS = f"""
SELECT coalesce(c.name, c.url), c.walked_pages > 1 OR c.claimed IS NOT NULL, f.state = 'gone',
  EXISTS (SELECT 1 FROM items i WHERE i.channel_id = c.id AND i.last_crawl = :crawl)
FROM channels c JOIN frontier f ON f.key = c.key
WHERE c.portal = :portal AND c.listed > 0 AND f.last_crawl = :crawl AND EXISTS ({_ANSWERED})
  AND EXISTS (SELECT 1 FROM items i WHERE i.channel_id = c.id AND i.first_crawl < :crawl)
ORDER BY c.listed DESC
"""


def _lists(db: sqlite3.Connection, portal: str, crawl_id: int) -> list[Lost | None]:
    """The channels that were looked at again: None for each that gave rows."""
    rows = db.execute(_LISTS, {"portal": portal, "crawl": crawl_id}).fetchall()
    return [
        None if given else Lost(name=name, paged=bool(paged), gone=bool(gone))
        for name, paged, gone, given in rows
    ]


_PAGES = """
SELECT f.id FROM frontier f LEFT JOIN channels c ON c.key = f.key
WHERE f.portal = ? AND f.kind IN ('home', 'listing') AND coalesce(f.page, 1) = 1 AND f.last_crawl = ?
ORDER BY f.kind, c.archived DESC LIMIT ?
"""
_LAST_TWO = (
    "SELECT digest, family, crawl_id FROM captures WHERE frontier_id = ? AND status = 200 AND digest IS NOT NULL "
    "AND kind IN ('home', 'listing', 'other') ORDER BY id DESC LIMIT 2"
)


def _pairs(
    db: sqlite3.Connection, portal: str, crawl_id: int
) -> list[tuple[bytes, bytes, str | None, str | None]]:
    """(bytes then, bytes now, CMS then, CMS now) of the portal's main pages that answered anew."""
    blobs, pairs = Blobs(db), []
    for page in db.execute(_PAGES, (portal, crawl_id, _MOST_PAGES)).fetchall():
        for new, old in pairwise(db.execute(_LAST_TWO, page).fetchall()):
            if new[2] == crawl_id > old[2]:
                with suppress(UsageError):  # a damaged page is for `verify` to tell
                    pairs.append((blobs.load(old[0]), blobs.load(new[0]), old[1], new[1]))
    return pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How many of some articles have a title, a source, a date; and the characters in the middle one of their bodies."""

    titled: int
    sourced: int
    dated: int
    body_median: int | None


def measured(signs: Sequence[Sign]) -> Measured:
    """The numbers of a run that tell of fields and bodies."""
    return Measured(
        titled=sum(sign.title for sign in signs),
        sourced=sum(sign.source for sign in signs),
        dated=sum(sign.date for sign in signs),
        body_median=int(median(sign.body for sign in signs)) if signs else None,
    )


def save_run(db: sqlite3.Connection, run: Run) -> None:
    """Keep what a crawl was like at a portal. Runs inside the caller's transaction."""
    values = [clean(v) if isinstance(v, str) else v for v in asdict(run).values()]
    db.execute(
        f"INSERT OR REPLACE INTO runs({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})",
        values,
    )


def known_absent(archive: Archive, portal: str, *, since: str) -> str | None:
    """A digest of what a portal says for an address that can't exist, '' where it says so honestly; None: not asked since."""
    with archive.snapshot():
        row = archive.db.conn.execute(
            "SELECT absent FROM portals WHERE host = ? AND absent_at >= ?", (portal, since)
        ).fetchone()
    return row[0] if row else None


_NOT_THROUGH = ("left", "unreachable", "blocked", "moved")


def trouble(archive: Archive, portal: str) -> tuple[int, str | None]:
    """How many runs in a row, up to now, did not get through to a portal (at most 10 are looked at), and when the last
    run ended."""
    with archive.snapshot():
        rows = archive.db.conn.execute(
            "SELECT outcome, finished_at FROM runs WHERE portal = ? ORDER BY crawl_id DESC LIMIT 10",
            (portal,),
        ).fetchall()
    failed = list(takewhile(lambda row: row[0] in _NOT_THROUGH, rows))
    return len(failed), rows[0][1] if rows else None


def runs(archive: Archive, *, portal: str | None = None, limit: int = 50) -> list[Run]:
    """The last runs, newest first, of one portal or of all."""
    with archive.snapshot():
        rows = archive.db.conn.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM runs WHERE :portal IS NULL OR portal = :portal "
            "ORDER BY crawl_id DESC, portal LIMIT :limit",
            {"portal": portal, "limit": limit},
        ).fetchall()
    return [Run(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]
