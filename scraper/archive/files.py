"""The files that articles carry: which are still to be fetched, what was fetched, kept once by its digest, and what it
says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive.blobs import Blobs, digest_of
from scraper.archive.carried import CARRIED, Carried, link_files
from scraper.archive.file import transaction
from scraper.archive.frontier import add_found
from scraper.archive.pages import save_capture
from scraper.archive.values import clean
from scraper.files import FileKind, FileText
from scraper.model import Capture, Found, Link, Row
from scraper.urls import key

if TYPE_CHECKING:
    from scraper.archive.store import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An article's mention of a file: the article's frontier row, its channel's address, and the link."""

    article: int
    channel: str | None
    date: str | None
    link: Link


def want_files(
    archive: Archive,
    portal: str,
    choose: Callable[[Carried, Mention], Found | None],
    *,
    tables: Sequence[Carried],
    at: str,
) -> None:
    """At the start of a crawl: files mentioned by articles of a portal, that were never fetched, are due where `choose`
    makes a page of them; those left over from a crawl that wanted more are not.
    """
    db = archive.db.conn
    with transaction(db, archive.path):
        db.execute(
            "UPDATE frontier SET due_at = NULL WHERE portal = ? AND kind = 'file' AND due_at IS NOT NULL",
            (portal,),
        )
        for table in tables:
            chosen = [found for mention in _unkept(db, table, portal) if (found := choose(table, mention))]
            add_found(db, portal, chosen, at=at, found_on=None)
            db.executemany(
                "UPDATE frontier SET due_at = ? WHERE key = ? AND kind = 'file' AND state IN ('new', 'failed')",
                [(at, key(found.url)) for found in chosen],
            )
            unlinked = db.execute(
                f"SELECT DISTINCT t.article_id FROM articles a JOIN {table} t ON t.article_id = a.id "
                "WHERE a.portal = ? AND t.frontier_id IS NULL",
                (portal,),
            )
            for (number,) in unlinked.fetchall():
                link_files(db, table, number)


def _unkept(db: sqlite3.Connection, table: Carried, portal: str) -> Iterator[Mention]:
    label = "name" if table == "attachments" else "caption"
    rows = db.execute(
        f"SELECT a.frontier_id, c.url, a.date, t.url, coalesce(t.{label}, '') FROM articles a JOIN {table} t "
        "ON t.article_id = a.id LEFT JOIN channels c ON c.id = a.channel_id WHERE a.portal = ? AND t.digest IS NULL "
        "ORDER BY a.date DESC, a.id, t.position",
        (portal,),
    )
    for article, channel, date, url, name in rows.fetchall():
        yield Mention(article=article, channel=channel, date=date, link=Link(url=url, text=name))


def save_file(
    archive: Archive, row: Row, capture: Capture, *, kind: FileKind, name: str, crawl_id: int
) -> tuple[str, bool]:
    """Store a file that was fetched, for all articles that mention it; its digest, and whether its text is still to be read.
    `name`: made harmless before.
    """
    db = archive.db.conn
    with transaction(db, archive.path):
        save_capture(db, Blobs(db), row, capture, crawl_id=crawl_id, kind="file")
        digest = digest_of(capture.body)
        db.execute("INSERT INTO files(digest, kind) VALUES (?, ?) ON CONFLICT DO NOTHING", (digest, kind))
        for table in CARRIED:
            db.execute(
                f"UPDATE {table} SET digest = ?, file_name = ? WHERE frontier_id = ?",
                (digest, clean(name) or None, row.id),
            )
        db.execute(
            "UPDATE frontier SET state = 'read', read_as = 'file', visits = visits + 1, attempts = 0, status = ?, "
            "visited_at = ?, last_crawl = ?, due_at = NULL WHERE id = ?",
            (capture.status, capture.fetched_at, crawl_id, row.id),
        )
        db.execute(
            "UPDATE failures SET resolved_at = ? WHERE frontier_id = ? AND resolved_at IS NULL",
            (capture.fetched_at, row.id),
        )
        (unread,) = db.execute("SELECT reader IS NULL FROM files WHERE digest = ?", (digest,)).fetchone()
    return digest, bool(unread)


def unread_files(archive: Archive, kinds: Sequence[FileKind]) -> list[tuple[str, FileKind]]:
    """(digest, kind) of attachments of these kinds whose text nobody tried to read yet."""
    rows = archive.db.conn.execute(
        f"SELECT digest, kind FROM files WHERE reader IS NULL AND kind IN ({','.join('?' * len(kinds))})",
        tuple(kinds),
    )
    return rows.fetchall()


def save_text(archive: Archive, digest: str, said: FileText) -> None:
    """Keep what a file says; the search finds its articles by it from now on."""
    with transaction(archive.db.conn, archive.path):
        archive.db.conn.execute(
            "UPDATE files SET text = ?, reader = ?, note = ? WHERE digest = ?",
            (clean(said.text) or None, said.reader, clean(said.note) or None, digest),
        )
