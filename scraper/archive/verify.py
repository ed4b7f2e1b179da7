"""Proof that an archive is whole: SQLite's own checks, every page against its digest, articles against their pages, the
search index and the counts against the rows they stand for. What can be made again from the rows, `repair` makes again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scraper.archive.blobs import Blobs
from scraper.archive.file import transaction
from scraper.archive.migrations.m010_growth import COUNT_ALL
from scraper.archive.splitting import FILES_SEARCH_TABLE, fts_row_sql
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.archive.store import Archive

Check = Literal["file", "reference", "page", "article", "search", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: which check found it, and what, in a line."""

    check: Check
    what: str


def verify(archive: Archive) -> list[Problem]:
    """All problems of an archive, [] where it is sound. Reads every page once; may run while a crawl writes.

    A damaged page costs itself, and those that are stored against it: each is told.
    """
    db = archive.db.conn
    problems = [*_file(db)]
    if problems:  # what stands in a damaged file says nothing
        return problems
    with archive.snapshot():  # what is written are temporary tables, gone at its end
        return [*_references(db), *_blobs(db), *_articles(db), *_search(db), *_counts(db)]


def repair(archive: Archive) -> None:
    """Make again what the rows tell: the search index, which article a page gave, the counts of channels.

    All or nothing. A damaged page can't be made again: it is kept as it is, for `verify` to tell. Raises ArchiveBusy.
    """
    archive.lock()
    db = archive.db.conn
    with transaction(db, archive.path):
        db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')")
        db.execute(f"INSERT INTO articles_fts(rowid, title, body, files) {_EXPECTED}")
        db.execute(
            "UPDATE frontier SET article_id = a.id FROM articles a "
            "WHERE a.frontier_id = frontier.id AND frontier.article_id IS NULL"
        )
        db.execute("DELETE FROM tallies")
        db.execute(COUNT_ALL)
        db.execute(
            "UPDATE channels SET listed = (SELECT count(*) FROM items WHERE channel_id = channels.id), "
            "archived = (SELECT count(f.article_id) FROM items i JOIN frontier f ON f.id = i.frontier_id "
            "WHERE i.channel_id = channels.id)"
        )


def _file(db: sqlite3.Connection) -> Iterator[Problem]:
    try:
        found = db.execute("PRAGMA integrity_check(20)").fetchall()
    except sqlite3.DatabaseError as error:
        found = [(str(error),)]
    for (word,) in found:
        if word != "ok":
            yield Problem(check="file", what=word)


def _references(db: sqlite3.Connection) -> Iterator[Problem]:
    for table, row, other, _ in db.execute("PRAGMA foreign_key_check").fetchall():
        yield Problem(
            check="reference", what=f"row {row} of {table} names a row of {other} that is not there"
        )


def _blobs(db: sqlite3.Connection) -> Iterator[Problem]:
    blobs = Blobs(db)
    for (digest,) in db.execute("SELECT digest FROM blobs ORDER BY rowid"):
        try:
            blobs.load(digest)
        except UsageError as error:
            yield Problem(check="page", what=error.cause)
    for (digest,) in db.execute(
        "SELECT b.digest FROM blobs b JOIN blobs p ON p.digest = b.prefix WHERE p.codec = 'slice' "
        "OR p.prefix IS NOT NULL AND b.codec <> 'slice'"
    ):
        yield Problem(
            check="page", what=f"the page of digest {digest} needs more than one other to be restored"
        )


def _articles(db: sqlite3.Connection) -> Iterator[Problem]:
    lost = db.execute(
        "SELECT a.url FROM articles a LEFT JOIN captures c ON c.id = a.capture_id "
        "LEFT JOIN blobs b ON b.digest = c.digest WHERE b.digest IS NULL"
    )
    for (url,) in lost:
        yield Problem(check="article", what=f"no page is kept for the article {url}")
    astray = db.execute(
        "SELECT a.url FROM articles a JOIN frontier f ON f.id = a.frontier_id WHERE f.article_id IS NULL"
    )
    for (url,) in astray:
        yield Problem(check="article", what=f"the page of the article {url} does not name it")


_EXPECTED = f"SELECT {fts_row_sql('a')} FROM articles a"

# One number for a token and its place. Both factors stay under 2^31, so that no product and no sum of them overflows.
_PLACE = (
    "((unicode(term) * 65599 + length(term) * 31 + offset * 3 + instr('tbf', substr(col, 1, 1))) % 2147483647) "
    "* ((doc * 7919 + offset * 104729 + 1) % 2147483647) % 2147483647"
)


def _search(db: sqlite3.Connection) -> Iterator[Problem]:
    """The index against one made anew from the articles, token by token: FTS5 can't check a contentless index itself.

    Both are summed up inside SQLite (10 million tokens a second), and article by article only where the sums differ.
    """
    db.execute(f"CREATE VIRTUAL TABLE temp.expected {FILES_SEARCH_TABLE}")
    db.execute(f"INSERT INTO temp.expected(rowid, title, body, files) {_EXPECTED}")
    db.execute("CREATE VIRTUAL TABLE temp.held_tokens USING fts5vocab('main', 'articles_fts', 'instance')")
    db.execute("CREATE VIRTUAL TABLE temp.expected_tokens USING fts5vocab('temp', 'expected', 'instance')")
    sums = f"SELECT count(*), sum({_PLACE}) FROM temp."
    sizes = "SELECT id, sz FROM {}_docsize ORDER BY id"
    try:
        held = [db.execute(q).fetchall() for q in (f"{sums}held_tokens", sizes.format("main.articles_fts"))]
        expected = [
            db.execute(q).fetchall() for q in (f"{sums}expected_tokens", sizes.format("temp.expected"))
        ]
        if held != expected:
            yield from _unlike(db)
    except sqlite3.DatabaseError as error:
        yield Problem(check="search", what=f"the search index can't be read ({error})")


def _unlike(db: sqlite3.Connection) -> Iterator[Problem]:
    tokens = f"SELECT doc, col, count(*), sum({_PLACE}) FROM temp.{{}}_tokens GROUP BY doc, col"
    held = {(doc, col): told for doc, col, *told in db.execute(tokens.format("held"))}
    expected = {(doc, col): told for doc, col, *told in db.execute(tokens.format("expected"))}
    places = held.keys() | expected.keys()
    wrong = sorted(place for place in places if held.get(place) != expected.get(place))
    for number, column in wrong:
        what = (
            "does not hold, as it stands, the"
            if (number, column) in expected
            else "holds what stands no more in the"
        )
        yield Problem(check="search", what=f"the search index {what} {column} of article {number}")
    if not wrong:
        yield Problem(check="search", what="the search index counts other lengths than its articles have")


def _counts(db: sqlite3.Connection) -> Iterator[Problem]:
    wrong = db.execute(
        "SELECT c.url, c.listed, c.archived, count(i.channel_id), count(f.article_id) FROM channels c "
        "LEFT JOIN items i ON i.channel_id = c.id LEFT JOIN frontier f ON f.id = i.frontier_id GROUP BY c.id "
        "HAVING c.listed <> count(i.channel_id) OR c.archived <> count(f.article_id)"
    )
    for url, listed, archived, rows, articles in wrong:
        told = f"{listed} rows and {archived} articles, but holds {rows} and {articles}"
        yield Problem(check="count", what=f"the channel {url} says {told}")
    db.execute("CREATE TABLE temp.counted(name, portal, value, articles)")
    db.execute(COUNT_ALL.replace("INTO tallies", "INTO temp.counted"))
    unlike = db.execute(
        "SELECT name, value FROM (SELECT * FROM temp.counted EXCEPT SELECT * FROM tallies "
        "UNION ALL SELECT * FROM (SELECT * FROM tallies WHERE articles <> 0 EXCEPT SELECT * FROM temp.counted)) "
        "GROUP BY 1, 2 ORDER BY 1, 2"
    )
    for name, value in unlike.fetchall():
        yield Problem(check="count", what=f"the tally of articles by {name} is wrong for {value}")
