"""Proof that an archive is whole: SQLite's own checks, every page against its digest, articles against their pages, the
search index and the counts against the rows they stand for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scraper.archive.blobs import Blobs
from scraper.archive.search import match_of
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.archive.store import Archive

SAMPLE = 200
"""Articles that the search index is asked for by their own words."""

Check = Literal["file", "reference", "page", "article", "search", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: which check found it, and what, in a line."""

    check: Check
    what: str


def verify(archive: Archive) -> list[Problem]:
    """All problems of an archive, [] where it is sound. Reads every page once; may run while a crawl writes."""
    db = archive.db.conn
    problems = [*_file(db)]
    if problems:  # what stands in a damaged file says nothing
        return problems
    db.execute("BEGIN")  # one moment of the archive for all checks
    try:
        return [*_references(db), *_blobs(db), *_articles(db), *_search(db), *_counts(db)]
    finally:
        db.execute("COMMIT")


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
        "SELECT b.digest FROM blobs b JOIN blobs p ON p.digest = b.prefix WHERE p.prefix IS NOT NULL"
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


def _search(db: sqlite3.Connection) -> Iterator[Problem]:
    articles = db.execute("SELECT count(*) FROM articles").fetchone()[0]
    indexed = db.execute("SELECT count(*) FROM articles_fts_docsize").fetchone()[0]
    if articles != indexed:
        yield Problem(check="search", what=f"{articles} articles, but {indexed} in the search index")
    step = max(1, articles // SAMPLE)
    sample = db.execute("SELECT id, title, substr(body, 1, 40) FROM articles WHERE id % ? = 0", (step,))
    for number, title, start in sample:
        for field, text in (("title", title), ("body", start)):
            expression = match_of(f'"{(text or "").replace(chr(34), " ")}"')
            if expression and not _holds(db, number, f"{field} : {expression}"):
                yield Problem(
                    check="search", what=f"the search index does not hold the {field} of article {number}"
                )


def _holds(db: sqlite3.Connection, number: int, expression: str) -> bool:
    found = db.execute(
        "SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? AND rowid = ?", (expression, number)
    ).fetchone()
    return found is not None


def _counts(db: sqlite3.Connection) -> Iterator[Problem]:
    wrong = db.execute(
        "SELECT c.url, c.listed, c.archived, count(i.channel_id), count(f.article_id) FROM channels c "
        "LEFT JOIN items i ON i.channel_id = c.id LEFT JOIN frontier f ON f.id = i.frontier_id GROUP BY c.id "
        "HAVING c.listed <> count(i.channel_id) OR c.archived <> count(f.article_id)"
    )
    for url, listed, archived, rows, articles in wrong:
        told = f"{listed} rows and {archived} articles, but holds {rows} and {articles}"
        yield Problem(check="count", what=f"the channel {url} says {told}")
