"""Two archives made one: what the other holds and this one does not is added, by address, time and digest.

Rows get new numbers here; a table of `other number -> number here` stands for each numbered table while it is done, and
whatever names such a row is renumbered by the schema's own foreign keys, so that columns of later versions come along.
Pages come first, some at a time; all rows then in one transaction: a kill leaves pages that nothing names yet, and the
next run goes on from there. Done twice, the second time adds nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from scraper.archive.blobs import adopt
from scraper.archive.file import is_still, take_lock, transaction
from scraper.archive.store import Archive
from scraper.archive.timeline import sights, together, write
from scraper.errors import UsageError

BATCH = 500
"""Pages a transaction."""

# How rows of a numbered table are known again: `m` is a row here, `o` one of the other archive. `{name}` is what stands in
# column `name` of the other row, renumbered.
_SAME: Mapping[str, str] = {
    "crawls": "m.started_at = o.started_at AND m.seeds = o.seeds AND m.options = o.options AND m.version = o.version",
    "channels": "m.key = o.key",
    "frontier": "m.key = o.key",
    "captures": "m.frontier_id IS {frontier_id} AND m.fetched_at = o.fetched_at AND m.requested = o.requested "
    "AND m.status = o.status AND m.digest IS o.digest",
    "articles": "m.id = coalesce((SELECT id FROM main.articles WHERE url = o.url), "
    "(SELECT id FROM main.articles WHERE frontier_id = {frontier_id}))",
    "failures": "m.frontier_id IS {frontier_id} AND m.at = o.at AND m.cause = o.cause AND m.url = o.url",
    "rereadings": "m.article_id = {article_id} AND m.capture_id = {capture_id} AND m.at = o.at",
}
_OF_ARTICLES = ("article_html", "documents", "article_pages", "attachments", "images", "versions")
"""What belongs to one reading of an article: all of one archive's, or all of the other's."""
_KEYED = ("files", "views", "items", "runs", "boilerplate")
"""Tables whose rows are known by their key."""
MERGED = frozenset(("blobs", "portals", *_SAME, *_OF_ARTICLES, *_KEYED))


_MAPS = "SELECT name FROM temp.sqlite_master WHERE type = 'table' AND name GLOB 'map_*'"


@dataclass(slots=True, kw_only=True)
class Merged:
    """What the other archive brought. `healed`: damaged pages here that it had whole; `lost`: its own damaged ones, a line
    each.
    """

    pages: int = 0
    captures: int = 0
    articles: int = 0
    changed: int = 0
    healed: int = 0
    lost: list[str] = field(default_factory=list)


def merge(archive: Archive, path: str | Path) -> Merged:
    """Take into `archive` all that the archive at `path` holds. Raises UsageError, NotAnArchive, NewerArchive, ArchiveBusy."""
    if Path(path).exists() and Path(path).samefile(archive.path):
        raise UsageError(f"{path} is the archive itself", "name another one")
    archive.lock()
    merged = Merged()
    db = archive.db.conn
    with Archive.open(path, create=False, write=False) as other, _unchanging(Path(path)):
        _pages(archive, other, merged)
        db.execute("ATTACH ? AS other", (f"{Path(path).absolute().as_uri()}?mode=ro",))
        try:
            with transaction(db, archive.path):
                db.execute("PRAGMA defer_foreign_keys = ON")
                _rows(db, other.db.conn, merged)
        finally:
            for (name,) in db.execute(_MAPS).fetchall():
                db.execute(f"DROP TABLE temp.{name}")
            db.execute("DETACH other")
    return merged


def _unchanging(path: Path) -> AbstractContextManager[object]:
    """Keep crawls from writing the other archive meanwhile: its rows would name pages that were not there before."""
    return nullcontext() if is_still(path) else take_lock(path)


def _pages(archive: Archive, other: Archive, merged: Merged) -> None:
    """Pages stored alone first: others are stored against them."""
    theirs = other.db.conn
    digests = theirs.execute("SELECT digest FROM blobs ORDER BY prefix IS NOT NULL, rowid")
    while batch := digests.fetchmany(BATCH):
        with transaction(archive.db.conn, archive.path):
            for (digest,) in batch:
                try:
                    outcome = adopt(archive.db.conn, theirs, digest)
                except UsageError as error:
                    merged.lost.append(error.cause)
                    continue
                merged.pages += outcome == "new"
                merged.healed += outcome == "healed"


def _rows(db: sqlite3.Connection, theirs: sqlite3.Connection, merged: Merged) -> None:
    _portals(db)
    _number(db, "crawls")
    _add(db, "crawls")
    for table in ("channels", "frontier", "captures", "articles"):
        _number(db, table)
    _finish_portals(db)
    _add(db, "channels", listed="0", archived="0")  # counted by the triggers
    _add(db, "frontier")
    _join_frontier(db)
    _join_channels(db)
    merged.captures = _add(db, "captures")
    _keyed(db, "files", "text = coalesce(text, excluded.text), reader = coalesce(reader, excluded.reader)")
    merged.articles = _add(
        db, "articles", cluster="NULL"
    )  # `reprints` compares them with all that stand here
    for table in _OF_ARTICLES:
        _belongings(db, table, "(SELECT new FROM temp.map_articles WHERE other = o.article_id)")
    _keyed(db, "views", None)
    _keyed(db, "boilerplate", None)
    merged.changed = _join_articles(db, theirs)
    for table in ("failures", "rereadings"):
        _number(db, table)
        _add(db, table)
    db.execute(
        "UPDATE main.failures SET resolved_at = (SELECT o.resolved_at FROM other.failures o JOIN temp.map_failures x "
        "ON x.other = o.id WHERE x.main = failures.id) WHERE resolved_at IS NULL"
    )
    _keyed(
        db,
        "items",
        "title = iif(excluded.last_seen > last_seen, excluded.title, title), date = coalesce(date, excluded.date), "
        "last_crawl = iif(excluded.last_seen > last_seen, excluded.last_crawl, last_crawl), "
        "first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)",
    )
    _keyed(db, "runs", None)


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    """The columns of a table that can be written and are no row number."""
    told = db.execute("SELECT name, hidden FROM main.pragma_table_xinfo(?)", (table,)).fetchall()
    return [name for name, hidden in told if not hidden and name != "id"]


def _renumbered(db: sqlite3.Connection, table: str) -> dict[str, str]:
    """Each column of the other's row `o` as it is to stand here."""
    named = dict(
        db.execute('SELECT "from", "table" FROM main.pragma_foreign_key_list(?)', (table,)).fetchall()
    )
    return {
        name: f"(SELECT main FROM temp.map_{named[name]} WHERE other = o.{name})"
        if named.get(name) in (*_SAME, "portals")
        else f"o.{name}"
        for name in _columns(db, table)
    }


def _number(db: sqlite3.Connection, table: str) -> None:
    """`temp.map_TABLE`: for each of the other's rows its number here; `new` where it is yet to be added."""
    same = _SAME[table].format_map(_renumbered(db, table))
    db.execute(
        f"CREATE TABLE temp.map_{table} (other INTEGER PRIMARY KEY, main INTEGER NOT NULL, new INTEGER NOT NULL)"
    )
    db.execute(
        f"INSERT OR IGNORE INTO temp.map_{table} SELECT o.id, m.id, 0 FROM other.{table} o CROSS JOIN main.{table} m ON {same}"
    )
    db.execute(
        f"INSERT INTO temp.map_{table} SELECT o.id, (SELECT coalesce(max(id), 0) FROM main.{table}) + "
        f"row_number() OVER (ORDER BY o.id), 1 FROM other.{table} o WHERE o.id NOT IN (SELECT other FROM temp.map_{table})"
    )
    db.execute(f"CREATE INDEX temp.map_{table}_main ON map_{table}(main)")


def _add(db: sqlite3.Connection, table: str, **instead: str) -> int:
    """Add the other's new rows of a numbered table; how many. `instead`: SQL for columns that are not taken over."""
    columns = _renumbered(db, table) | instead
    return db.execute(
        f"INSERT INTO main.{table}(id, {', '.join(columns)}) SELECT x.main, {', '.join(columns.values())} "
        f"FROM other.{table} o JOIN temp.map_{table} x ON x.other = o.id WHERE x.new ORDER BY x.main"
    ).rowcount


def _belongings(db: sqlite3.Connection, table: str, which: str) -> None:
    """Add the other's rows of a table that belongs to articles, for those articles that `which` (SQL on `o`) tells."""
    columns = _renumbered(db, table)
    db.execute(
        f"INSERT INTO main.{table}({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM other.{table} o WHERE {which}"
    )


def _keyed(db: sqlite3.Connection, table: str, update: str | None) -> None:
    """Add the other's rows of a table that has a key; those whose key is here are updated, or stay as they are."""
    columns = _renumbered(db, table)
    conflict = f"DO UPDATE SET {update}" if update else "DO NOTHING"
    db.execute(
        f"INSERT INTO main.{table}({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM other.{table} o "
        f"WHERE true ON CONFLICT {conflict}"
    )


def _portals(db: sqlite3.Connection) -> None:
    """A host with and without `www.` is one portal: the other's goes by the name it has here."""
    db.execute("CREATE TABLE temp.map_portals (other TEXT PRIMARY KEY, main TEXT NOT NULL)")
    bare = "iif({0} GLOB 'www.*', substr({0}, 5), {0})"
    db.execute(
        "INSERT INTO temp.map_portals SELECT o.host, coalesce((SELECT m.host FROM main.portals m WHERE m.host = o.host), "
        f"(SELECT min(m.host) FROM main.portals m WHERE {bare.format('m.host')} = {bare.format('o.host')}), o.host) "
        "FROM other.portals o"
    )


_STARTED = "(SELECT started_at FROM main.crawls WHERE id = {0})"


def _finish_portals(db: sqlite3.Connection) -> None:
    """What is known of portals: of those in both, what the later crawl knew, filled up by the other."""
    columns = _renumbered(db, "portals") | {
        "host": "(SELECT main FROM temp.map_portals WHERE other = o.host)"
    }
    later = (
        f"{_STARTED.format('excluded.last_crawl')} > coalesce({_STARTED.format('portals.last_crawl')}, '')"
    )
    fill = ", ".join(
        f"{name} = iif({later}, coalesce(excluded.{name}, {name}), coalesce({name}, excluded.{name}))"
        for name in columns
        if name not in ("host", "home_url", "first_crawl")
    )
    db.execute(
        f"INSERT INTO main.portals({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM other.portals o WHERE true "
        f"ON CONFLICT(host) DO UPDATE SET {fill}, first_crawl = coalesce(first_crawl, excluded.first_crawl)"
    )


def _join(db: sqlite3.Connection, table: str, later: str, alone: tuple[str, ...], **special: str) -> None:
    """Bring rows that are in both up to date. `later` (SQL on `m`, `o`): the other knows better; else it only fills what is
    null. `special`: SQL for columns with a rule of their own; `alone`: columns left as they are.
    """
    renumbered = _renumbered(db, table)
    sets = {
        name: f"iif({later}, {theirs}, coalesce(m.{name}, {theirs}))"
        for name, theirs in renumbered.items()
        if name not in alone
    } | {name: rule.format_map(renumbered) for name, rule in special.items()}
    db.execute(
        f"UPDATE main.{table} SET ({', '.join(sets)}) = (SELECT {', '.join(sets.values())} "
        f"FROM temp.map_{table} x JOIN other.{table} o ON o.id = x.other JOIN main.{table} m ON m.id = x.main "
        f"WHERE x.main = {table}.id AND NOT x.new) WHERE id IN (SELECT main FROM temp.map_{table} WHERE NOT new)"
    )


def _join_frontier(db: sqlite3.Connection) -> None:
    _join(
        db,
        "frontier",
        "o.visited_at > coalesce(m.visited_at, '')",
        ("portal", "url", "key"),
        visits="max(m.visits, o.visits)",
        depth="min(m.depth, o.depth)",
        article_id="coalesce(m.article_id, {article_id})",
        found_on="coalesce(m.found_on, {found_on})",
        part_of="coalesce(m.part_of, {part_of})",
        state="iif(o.visited_at > coalesce(m.visited_at, '') OR m.state = 'outside', o.state, m.state)",
        kind="iif(m.kind = 'page' OR m.state = 'outside', o.kind, m.kind)",
    )


def _join_channels(db: sqlite3.Connection) -> None:
    crawl = "(SELECT main FROM temp.map_crawls WHERE other = o.last_crawl)"
    _join(
        db,
        "channels",
        f"{_STARTED.format(crawl)} > coalesce({_STARTED.format('m.last_crawl')}, '')",
        ("portal", "url", "key", "listed", "archived"),
        name="coalesce(m.name, o.name)",
        walked_pages="max(m.walked_pages, o.walked_pages)",
    )


def _join_articles(db: sqlite3.Connection, theirs: sqlite3.Connection) -> int:
    """Articles in both: their readings in order of time, today's from the newer one. How many changed."""
    shared = db.execute(
        "SELECT x.main, x.other FROM temp.map_articles x WHERE NOT x.new AND EXISTS (SELECT 1 FROM temp.map_captures c "
        "JOIN other.captures o ON o.id = c.other JOIN other.articles a ON a.id = x.other "
        "WHERE c.new AND (o.frontier_id = a.frontier_id OR o.id = a.capture_id))"
    ).fetchall()
    changed = 0
    for here, there in shared:
        renumbered = [replace(sight, capture=_capture(db, sight.capture)) for sight in sights(theirs, there)]
        known = [sight for sight in sights(db, here) if not _is_new(db, sight.capture)]
        seen = together(known, renumbered)
        newest = seen[-1]
        if newest.capture not in {sight.capture for sight in known}:
            _adopt_reading(db, here, there)
        changed += write(db, here, seen)
    db.execute(
        "UPDATE main.articles SET views = (SELECT views FROM main.views WHERE article_id = articles.id "
        "ORDER BY seen_at DESC LIMIT 1) WHERE id IN (SELECT main FROM temp.map_articles WHERE NOT new) "
        "AND EXISTS (SELECT 1 FROM main.views WHERE article_id = articles.id)"
    )
    db.execute(
        "UPDATE main.articles SET gone_at = iif((SELECT state FROM main.frontier WHERE id = articles.frontier_id) = 'gone', "
        "coalesce(gone_at, (SELECT o.gone_at FROM other.articles o JOIN temp.map_articles x ON x.other = o.id "
        "WHERE x.main = articles.id)), NULL) WHERE id IN (SELECT main FROM temp.map_articles WHERE NOT new)"
    )
    return changed


def _capture(db: sqlite3.Connection, other: int) -> int:
    (number,) = db.execute("SELECT main FROM temp.map_captures WHERE other = ?", (other,)).fetchone()
    return int(number)


def _is_new(db: sqlite3.Connection, capture: int) -> bool:
    row = db.execute("SELECT new FROM temp.map_captures WHERE main = ?", (capture,)).fetchone()
    return bool(row and row[0])


_OWN = (
    "url",
    "portal",
    "frontier_id",
    "first_seen",
    "last_seen",
    "first_crawl",
    "changed_at",
    "gone_at",
    "views",
    "cluster",
)


def _adopt_reading(db: sqlite3.Connection, here: int, there: int) -> None:
    """Let an article be as the other archive read it last; files that were fetched for it stay with it."""
    columns = {name: sql for name, sql in _renumbered(db, "articles").items() if name not in _OWN}
    db.execute(
        f"UPDATE main.articles SET ({', '.join(columns)}) = (SELECT {', '.join(columns.values())} FROM other.articles o "
        "WHERE o.id = ?) WHERE id = ?",
        (there, here),
    )
    for table in ("article_html", "documents", "article_pages"):
        db.execute(f"DELETE FROM main.{table} WHERE article_id = ?", (here,))
        _belongings(db, table, f"o.article_id = {int(there)}")
    for table in ("attachments", "images"):
        columns = _renumbered(db, table)
        db.execute(
            f"DELETE FROM main.{table} WHERE article_id = ? AND url NOT IN (SELECT url FROM other.{table} WHERE article_id = ?)",
            (here, there),
        )
        fill = ", ".join(f"{name} = coalesce(excluded.{name}, {name})" for name in columns)
        db.execute(
            f"INSERT INTO main.{table}({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM other.{table} o "
            f"WHERE o.article_id = ? ON CONFLICT(article_id, url) DO UPDATE SET {fill}",
            (there,),
        )
