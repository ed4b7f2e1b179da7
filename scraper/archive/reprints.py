"""Which articles have one text, who was first, how much later the others came and what they changed.

Each article is compared once, with the articles that share a band of its text (see `likeness`): what is new since the last
time costs, not the archive. A cluster is named after the article of it that was archived first, and others are compared with
that one only, so that a chain of small changes does not lead from one text to another.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scraper.archive.file import transaction
from scraper.archive.history import diff, sentences
from scraper.archive.likeness import (
    ALIKE,
    SHORTEST,
    bands,
    core,
    ensure_minhash,
    runs,
    same_figures,
    similarity,
)
from scraper.errors import UsageError
from scraper.urls import key

if TYPE_CHECKING:
    from scraper.archive.store import Archive

BATCH = 500
"""Articles in one transaction: a quarter of a second, so that other programs need not wait."""

_MOST_CANDIDATES = 100
"""Articles that one is compared with; more share its bands only where portals print forms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What one run did: articles compared, and the clusters and the articles in them that the archive holds now."""

    compared: int
    clusters: int
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprint:
    """One text: its title, when and where it was published first, and in how many articles of how many portals it stands."""

    cluster: int
    title: str | None
    url: str
    portal: str
    date: str | None
    articles: int
    portals: int
    lag_days: float | None
    """Days from the first to the last."""


def compare(archive: Archive, *, on_batch: Callable[[int, int], None] = lambda done, of: None) -> Compared:
    """Compare all articles that were not compared yet, or whose text changed since. Stopped, it goes on where it was.

    `on_batch` is told how many were compared, of how many. Raises MissingExtra, ArchiveBusy.
    """
    ensure_minhash()
    archive.lock()
    db = archive.db.conn
    _forget_changed(archive)
    (of,) = db.execute("SELECT (SELECT count(*) FROM articles) - (SELECT count(*) FROM compared)").fetchone()
    count = last = 0
    while numbers := [n for (n,) in db.execute(_NEXT, (last, BATCH)).fetchall()]:
        with transaction(db, archive.path):
            touched = {cluster for number in numbers if (cluster := _place(db, number)) is not None}
            db.executemany("INSERT INTO compared(article_id) VALUES (?)", [(number,) for number in numbers])
            for cluster in touched:
                _tell(db, cluster)
        count, last = count + len(numbers), numbers[-1]
        on_batch(count, of)
    clusters, articles = db.execute("SELECT count(DISTINCT cluster), count(*) FROM reprints").fetchone()
    return Compared(compared=count, clusters=clusters, articles=articles)


_NEXT = (
    "SELECT id FROM articles a WHERE id > ? AND NOT EXISTS (SELECT 1 FROM compared WHERE article_id = a.id) "
    "ORDER BY id LIMIT ?"
)


def _forget_changed(archive: Archive) -> None:
    """Clusters with an article that is to be compared (again) are taken apart: all of them are compared again."""
    db = archive.db.conn
    with transaction(db, archive.path):
        apart = db.execute(
            "SELECT DISTINCT r.cluster FROM reprints r WHERE NOT EXISTS "
            "(SELECT 1 FROM compared c WHERE c.article_id = r.article_id)"
        ).fetchall()
        for (cluster,) in apart:
            db.execute(
                "DELETE FROM compared WHERE article_id IN (SELECT id FROM articles WHERE cluster = ?)",
                (cluster,),
            )
            db.execute("UPDATE articles SET cluster = NULL WHERE cluster = ?", (cluster,))
            db.execute("DELETE FROM reprints WHERE cluster = ?", (cluster,))


def _place(db: sqlite3.Connection, number: int) -> int | None:
    """Put one article beside the most like it; its cluster, or None where it stands alone."""
    text = _text(db, number)
    if len(text) < SHORTEST:
        return None
    own = runs(text)
    of_text = bands(own)
    leader = _most_alike(db, number, text, own, of_text)
    if leader is None:
        db.executemany(
            "INSERT OR IGNORE INTO text_bands(band, article_id) VALUES (?, ?)",
            [(band, number) for band in of_text],
        )
        return None
    db.execute("UPDATE articles SET cluster = ?1 WHERE id IN (?1, ?2)", (leader, number))
    return leader


_CANDIDATES = """
SELECT DISTINCT b.article_id FROM json_each(?) j JOIN text_bands b ON b.band = j.value
JOIN articles a ON a.id = b.article_id WHERE b.article_id <> ? AND coalesce(a.cluster, a.id) = a.id LIMIT ?"""


def _most_alike(
    db: sqlite3.Connection, number: int, text: str, own: frozenset[str], of_text: Iterable[int]
) -> int | None:
    """The article, first of its text in the archive, that has this text too."""
    best, leader = ALIKE, None
    for (other,) in db.execute(_CANDIDATES, (json.dumps(list(of_text)), number, _MOST_CANDIDATES)).fetchall():
        theirs = _text(db, other)
        if not ALIKE <= len(theirs) / len(text) <= 1 / ALIKE:
            continue
        alike = similarity(own, runs(theirs))
        if alike >= best and same_figures(text, theirs):
            best, leader = alike, other
    return leader


def _text(db: sqlite3.Connection, number: int) -> str:
    return core(db.execute("SELECT body FROM articles WHERE id = ?", (number,)).fetchone()[0])


def _tell(db: sqlite3.Connection, cluster: int) -> None:
    """Write the rows of `reprints` of one cluster anew."""
    members = db.execute(
        "SELECT id, date, body FROM articles WHERE cluster = ? ORDER BY date IS NULL, substr(date, 1, 10), "
        "iif((SELECT min(length(date)) FROM articles WHERE cluster = ?) > 10, date, ''), first_seen, id",
        (cluster, cluster),
    ).fetchall()
    first, first_date, first_body = members[0]
    first_runs, first_said = runs(core(first_body)), Counter(sentences(first_body))
    rows = []
    for place, (number, date, body) in enumerate(members, 1):
        said = Counter(sentences(body))
        alike = similarity(first_runs, runs(core(body)))
        added, removed = (said - first_said).total(), (first_said - said).total()
        rows.append((number, cluster, place, first, first_date, date, round(alike, 3), added, removed))
    db.execute("DELETE FROM reprints WHERE cluster = ?", (cluster,))
    db.executemany(
        "INSERT INTO reprints(article_id, cluster, place, first_id, lag_days, similarity, added, removed) "
        "SELECT ?1, ?2, ?3, ?4, iif(length(?5) > 10 AND length(?6) > 10, round(julianday(?6) - julianday(?5), 2), "
        "julianday(substr(?6, 1, 10)) - julianday(substr(?5, 1, 10))), ?7, ?8, ?9",
        rows,
    )


_LARGEST = """
SELECT r.cluster, a.title, a.url, a.portal, a.date, count(*), count(DISTINCT m.portal), max(r.lag_days)
FROM reprints r JOIN articles a ON a.id = r.first_id JOIN articles m ON m.id = r.article_id
WHERE r.cluster IN (
  SELECT cluster FROM reprints WHERE place > 1 GROUP BY cluster ORDER BY count(*) DESC, cluster LIMIT ?
) GROUP BY r.cluster ORDER BY count(*) DESC, r.cluster
"""


def most_reprinted(archive: Archive, *, limit: int) -> list[Reprint]:
    """The texts that stand in most articles."""
    return [
        Reprint(
            cluster=cluster,
            title=title,
            url=url,
            portal=portal,
            date=date,
            articles=articles,
            portals=portals,
            lag_days=lag,
        )
        for cluster, title, url, portal, date, articles, portals, lag in archive.db.conn.execute(
            _LARGEST, (limit,)
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One article of a text: how long after the first it came, how alike they are, and the sentences that went (-) or came."""

    url: str
    portal: str
    source: str | None
    date: str | None
    lag_days: float | None
    similarity: float
    edits: tuple[tuple[Literal["-", "+"], str], ...]


def copies(archive: Archive, url: str) -> list[Copy]:
    """The articles that have the text of the one at an address, the first first; [] where no other has it.

    Raises UsageError where there is no such article.
    """
    db = archive.db.conn
    row = db.execute(
        "SELECT r.cluster FROM frontier f JOIN articles a ON a.id = f.article_id "
        "LEFT JOIN reprints r ON r.article_id = a.id WHERE f.key = ?",
        (key(url),),
    ).fetchone()
    if row is None:
        raise UsageError(f"no article {url} in this archive", "find its address with `search`")
    rows = db.execute(
        "SELECT a.url, a.portal, a.source, a.date, r.lag_days, r.similarity, a.body FROM reprints r "
        "JOIN articles a ON a.id = r.article_id WHERE r.cluster = ? ORDER BY r.place",
        row,
    ).fetchall()
    first = sentences(rows[0][-1]) if rows else []
    return [
        Copy(
            url=address,
            portal=portal,
            source=source,
            date=date,
            lag_days=lag,
            similarity=alike,
            edits=tuple(diff(first, sentences(body))),
        )
        for address, portal, source, date, lag, alike, body in rows
    ]
