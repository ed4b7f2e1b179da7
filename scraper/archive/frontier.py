"""The pages known and when each is due: rows added, asked again, and claimed by the crawl.

Functions here run inside the caller's transaction. Times are UTC text, as everywhere in the archive.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence

from scraper.archive.values import bounded, clean
from scraper.fetch.forms import identity
from scraper.model import Channel, Found, FrontierKind, Row
from scraper.urls import key

# The distinct priorities among the rows with a date, found by a jump in the index each: so the rows that are not due
# yet (nearly all, once a portal is archived) are never walked.
_PRIORITIES = """
WITH RECURSIVE priorities(p) AS (
  SELECT min(priority) FROM frontier WHERE {owner} = :value AND due_at IS NOT NULL
  UNION ALL
  SELECT (SELECT min(priority) FROM frontier WHERE {owner} = :value AND due_at IS NOT NULL AND priority > p)
  FROM priorities WHERE p IS NOT NULL
)
"""
_NEXT = (
    _PRIORITIES
    + """
SELECT (
  SELECT id FROM frontier WHERE {owner} = :value AND priority = p AND due_at <= :at
  AND id NOT IN (SELECT value FROM json_each(:exclude)) ORDER BY due_at, id LIMIT 1
) AS found FROM priorities WHERE found IS NOT NULL LIMIT 1
"""
)
_COUNT = (
    _PRIORITIES
    + """
SELECT coalesce(sum((SELECT count(*) FROM frontier WHERE {owner} = :value AND priority = p AND due_at <= :at)), 0)
FROM priorities WHERE p IS NOT NULL
"""
)

_ROW = """
SELECT f.id, f.portal, f.url, f.kind, c.url, f.page, f.part_of, f.depth, f.etag, f.last_modified, f.title, f.date,
  f.attempts, f.visits, f.unchanged, o.url, f.form
FROM frontier f LEFT JOIN channels c ON c.id = f.channel_id LEFT JOIN frontier o ON o.id = f.found_on
"""
_ROW_NAMES = tuple(
    "id portal url kind channel page part_of depth etag last_modified title date attempts visits unchanged "
    "found_on form".split()
)


def next_due(
    db: sqlite3.Connection,
    portal: str,
    *,
    at: str,
    exclude: Collection[int],
    channel: str | None = None,
    part_of: int | None = None,
) -> Row | None:
    """The row to ask for now: lowest priority first, of equals the longest due, then the first found.

    `channel` (its address) and `part_of` (an article's row) narrow the question to what belongs to them.
    """
    owner: str = "portal"
    value: str | int | None = portal
    if part_of is not None:
        owner, value = "part_of", part_of
    elif channel is not None:
        owner, value = "channel_id", _channel_at(db, channel)
    values = {"value": value, "at": at, "exclude": json.dumps(list(exclude))}
    found = db.execute(_NEXT.format(owner=owner), values).fetchone()
    return row_of(db, found[0]) if found else None


def _channel_at(db: sqlite3.Connection, url: str) -> int | None:
    row = db.execute("SELECT id FROM channels WHERE key = ?", (key(url),)).fetchone()
    return int(row[0]) if row else None


def unseen(db: sqlite3.Connection, channel: str, urls: Iterable[str]) -> tuple[int, bool]:
    """How many of these rows a channel did not have yet, and whether an earlier walk reached its end."""
    row = db.execute("SELECT id, complete FROM channels WHERE key = ?", (key(channel),)).fetchone()
    keys = json.dumps(sorted({key(url) for url in urls}))
    (new,) = db.execute(
        "SELECT count(*) FROM json_each(?) k WHERE NOT EXISTS (SELECT 1 FROM frontier f JOIN items i "
        "ON i.frontier_id = f.id WHERE f.key = k.value AND i.channel_id = ?)",
        (keys, row[0] if row else None),
    ).fetchone()
    return int(new), bool(row and row[1])


def claimed(db: sqlite3.Connection, channel: str) -> tuple[int | None, int | None]:
    """(articles, pages) that a portal claimed of a channel at the last look, by the address of its first page."""
    row = db.execute("SELECT claimed, claimed_pages FROM channels WHERE key = ?", (key(channel),)).fetchone()
    return (row[0], row[1]) if row else (None, None)


def twin(db: sqlite3.Connection, row: Row, digest: str) -> tuple[int, str] | None:
    """(id, address) of another page of the portal that answered with the same bytes: one page under two addresses."""
    found = db.execute(
        "SELECT f.id, f.url FROM captures c JOIN frontier f ON f.id = c.frontier_id WHERE c.digest = ? "
        "AND f.portal = ? AND f.id <> ? AND f.state = 'read' ORDER BY c.id LIMIT 1",
        (digest, row.portal, row.id),
    ).fetchone()
    return (int(found[0]), str(found[1])) if found else None


def aside(db: sqlite3.Connection, portal: str, limit: int) -> list[str]:
    """Addresses of a portal that were set aside, the newest first."""
    query = "SELECT url FROM frontier WHERE portal = ? AND state = 'aside' ORDER BY id DESC LIMIT ?"
    return [url for (url,) in db.execute(query, (portal, limit))]


def set_aside(db: sqlite3.Connection, frontier_id: int) -> None:
    """Take a row out of the due ones for good: one of a form of address that brought nothing."""
    db.execute("UPDATE frontier SET state = 'aside', due_at = NULL WHERE id = ?", (frontier_id,))


def put_off(db: sqlite3.Connection, frontier_id: int) -> None:
    """Take a row out of the due ones until something asks for it again."""
    db.execute("UPDATE frontier SET due_at = NULL WHERE id = ?", (frontier_id,))


def row_of(db: sqlite3.Connection, frontier_id: int) -> Row | None:
    """A frontier row by its id, as the crawl claims it."""
    row = db.execute(_ROW + "WHERE f.id = ?", (frontier_id,)).fetchone()
    return _row(row) if row else None


def row_at(db: sqlite3.Connection, url: str) -> Row | None:
    """A frontier row by any spelling of its address."""
    row = db.execute(_ROW + "WHERE f.key = ?", (key(url),)).fetchone()
    return _row(row) if row else None


def _row(r: Sequence[object]) -> Row:
    values = dict(zip(_ROW_NAMES, r, strict=True))
    return Row(**values, fresh=not values["visits"])  # type: ignore[arg-type]  # typed by the table


def due_count(db: sqlite3.Connection, portal: str, *, at: str) -> int:
    """How many rows of a portal are due now."""
    found = db.execute(_COUNT.format(owner="portal"), {"value": portal, "at": at}).fetchone()
    return int(found[0])


def portals_due(db: sqlite3.Connection, *, at: str) -> list[str]:
    """Hosts that have a row due now, in order of name."""
    hosts = [host for (host,) in db.execute("SELECT host FROM portals ORDER BY host").fetchall()]
    return [host for host in hosts if next_due(db, host, at=at, exclude=()) is not None]


def portal_of(db: sqlite3.Connection, host: str) -> str | None:
    """The portal that is called so, with or without `www.`; None where none is known."""
    bare = host.removeprefix("www.")
    found = db.execute("SELECT host FROM portals WHERE host IN (?, ?)", (bare, f"www.{bare}")).fetchone()
    return str(found[0]) if found else None


def seeds_of(db: sqlite3.Connection, portal: str) -> list[str]:
    """From where a portal is crawled: its front page, if a crawl began there; else all that crawls began with."""
    rows = db.execute(
        "SELECT url, kind = 'home' FROM frontier WHERE portal = ? AND (kind = 'home' OR found_on IS NULL "
        "AND state <> 'outside' AND part_of IS NULL) ORDER BY kind <> 'home', id",
        (portal,),
    ).fetchall()
    return [rows[0][0]] if rows and rows[0][1] else [url for url, _ in rows]


def newest_digest(db: sqlite3.Connection, row: Row) -> str | None:
    """The digest of what a row's address gave last; None where it was never asked."""
    if row.fresh:
        return None
    found = db.execute(
        "SELECT digest FROM captures WHERE frontier_id = ? AND digest IS NOT NULL ORDER BY id DESC LIMIT 1",
        (row.id,),
    ).fetchone()
    return found[0] if found else None


def ask_again(
    db: sqlite3.Connection, portal: str, *, kinds: Sequence[FrontierKind], at: str, first_pages_only: bool
) -> int:
    """Make visited rows of some kinds due; of listings, if asked so, only the first pages of channels that led to articles
    before. How many.
    """
    return db.execute(
        f"UPDATE frontier SET due_at = ? WHERE portal = ? AND kind IN ({','.join('?' * len(kinds))}) AND visits > 0 "
        "AND (due_at IS NULL OR due_at > ?) AND (NOT ? OR kind <> 'listing' "
        "OR EXISTS (SELECT 1 FROM channels c WHERE c.key = frontier.key AND c.archived > 0))",
        (at, portal, *kinds, at, first_pages_only),
    ).rowcount


def ask_parts_again(db: sqlite3.Connection, article: int, *, at: str, crawl_id: int, beacons: bool) -> int:
    """Make the further pages and counters of an article's row due that were visited before, by this crawl not yet; those
    that count the asking only if `beacons` says so."""
    return db.execute(
        "UPDATE frontier SET due_at = ? WHERE part_of = ? AND visits > 0 AND last_crawl IS NOT ? AND kind <> 'file' "
        "AND (? OR kind <> 'beacon')",
        (at, article, crawl_id, beacons),
    ).rowcount


def channel_id(db: sqlite3.Connection, portal: str, url: str, name: str | None = None) -> int:
    """The id of the channel whose first listing page is `url`; it is made where it is new."""
    row = db.execute("SELECT id FROM channels WHERE key = ?", (key(url),)).fetchone()
    if row:
        return int(row[0])
    made = db.execute(
        "INSERT INTO channels(portal, url, key, name) VALUES (?, ?, ?, ?) RETURNING id",
        (portal, url, key(url), clean(name)),
    ).fetchone()
    return int(made[0])


def save_channel(db: sqlite3.Connection, portal: str, channel: Channel, *, page: int, crawl_id: int) -> int:
    """What a listing page says of its channel: what it claims now, a name where there was none, and that page `page` of
    it was read. Its id.
    """
    number = channel_id(db, portal, channel.url, channel.name)
    db.execute(
        "UPDATE channels SET name = coalesce(name, ?), claimed = coalesce(?, claimed), "
        "claimed_pages = coalesce(?, claimed_pages), claimed_by = coalesce(?, claimed_by), "
        "walked_pages = max(walked_pages, ?), complete = coalesce(?, complete), "
        # What was said of its end holds until the walk gets further, or the list is found whole.
        "note = CASE WHEN ? IS NOT NULL THEN nullif(?, '') WHEN ? > walked_pages THEN NULL ELSE note END, "
        "last_crawl = ? WHERE id = ?",
        (
            clean(channel.name),
            bounded(channel.claimed),
            bounded(channel.claimed_pages),
            clean(channel.claimed_by),
            bounded(page),
            channel.complete,
            *(clean(channel.note), clean(channel.note), page),
            crawl_id,
            number,
        ),
    )
    return number


_ADD = """
INSERT INTO frontier(portal, url, key, kind, channel_id, page, depth, priority, found_on, part_of, title, date, due_at,
  form, state)
VALUES (:portal, :url, :key, :kind, :channel, :page, :depth, :priority, :found_on, :part_of, :title, :date, :at,
  :form, iif(:kind IN ('file', 'external') AND :at IS NULL, 'outside', 'new'))
ON CONFLICT(key) DO NOTHING
"""

# A row that stands keeps its place; what was not known of it is filled in. A row that an earlier crawl saw only from
# outside its scope is taken over by the portal it belongs to. Failed and read rows have a schedule of their own, unless
# they are wanted again, once a crawl. A page not yet visited goes with the list it was seen on last.
_FILL = """
UPDATE frontier SET
  portal = iif(state = 'outside' AND :at IS NOT NULL, :portal, portal),
  due_at = CASE WHEN :at IS NULL THEN due_at WHEN :again AND last_crawl IS NOT :crawl THEN :at
    WHEN state IN ('outside', 'new') THEN coalesce(due_at, :at) ELSE due_at END,
  state = iif(state = 'outside' AND :at IS NOT NULL, 'new', state),
  part_of = coalesce(part_of, :part_of),
  priority = iif(kind = 'page' AND :kind <> 'page', min(priority, :priority), priority),
  kind = iif(kind = 'page' OR state = 'outside' AND :at IS NOT NULL, :kind, kind),
  channel_id = iif(visits = 0 AND :item, :channel, coalesce(channel_id, :channel)),
  page = coalesce(page, :page),
  depth = min(depth, :depth),
  title = coalesce(title, :title),
  date = coalesce(date, :date),
  form = iif(:again, coalesce(:form, form), form)
WHERE key = :key AND (
  :again OR visits = 0 AND :item AND channel_id IS NOT :channel OR state = 'outside' OR state = 'new' AND due_at IS NULL OR kind = 'page' AND :kind <> 'page' OR depth > :depth
  OR channel_id IS NULL AND :channel IS NOT NULL OR page IS NULL AND :page IS NOT NULL
  OR title IS NULL AND :title IS NOT NULL OR date IS NULL AND :date IS NOT NULL
)
"""


def _key(one: Found) -> str:
    """What two spellings of one page share; pages that are posted for share an address, and differ in form and number."""
    if one.form is None:
        return key(one.url)
    told = hashlib.sha256(identity(one.form).encode("utf-8", "replace")).hexdigest()
    return f"{key(one.url)} POST {told[:16]} {one.page or 1}"


def add_found(
    db: sqlite3.Connection,
    portal: str,
    found: Iterable[Found],
    *,
    at: str,
    found_on: int | None,
    crawl_id: int | None = None,
) -> int:
    """Make frontier rows of what was found, due `at` once; rows that stand are only filled in. How many are new.

    Those wanted again are due once more, but not twice in the crawl `crawl_id`.
    """
    added = 0
    for one in found:
        values = {
            "portal": portal,
            "url": one.url,
            "key": _key(one),
            "form": clean(one.form),
            "kind": one.kind,
            "channel": channel_id(db, portal, one.channel) if one.channel else None,
            "page": bounded(one.page),
            "depth": one.depth,
            "priority": one.priority,
            "found_on": found_on,
            "part_of": one.part_of,
            "again": one.again,
            "item": one.item,
            "crawl": crawl_id,
            "title": clean(one.title),
            "date": clean(one.date),
            "at": at if one.due else None,
        }
        if db.execute(_ADD, values).rowcount:
            added += 1
        else:
            db.execute(_FILL, values)
    return added
