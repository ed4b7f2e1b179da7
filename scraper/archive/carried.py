"""What articles carry: a row of `attachments` or `images` is one mention of a file, and names the address it is fetched from
(a frontier row, shared by all that mention it) and its bytes once they are kept.

Functions run inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from typing import Literal

from scraper.files import file_name
from scraper.urls import key, normalise

Carried = Literal["attachments", "images"]
"""What an article carries: also the name of its table."""

CARRIED: tuple[Carried, ...] = ("attachments", "images")


def link_files(db: sqlite3.Connection, table: Carried, article_id: int) -> None:
    """Let an article's mentions name the frontier rows of their files, where there are such, and what was kept of them."""
    rows = db.execute(
        f"SELECT id, url FROM {table} WHERE article_id = ? AND frontier_id IS NULL", (article_id,)
    ).fetchall()
    for number, url in rows:
        found = db.execute(
            "SELECT id FROM frontier WHERE key = ? AND kind = 'file'", (key(normalise(url) or url),)
        ).fetchone()
        if found:
            digest, name = _kept(db, found[0])
            db.execute(
                f"UPDATE {table} SET frontier_id = ?, digest = ?, file_name = ? WHERE id = ?",
                (found[0], digest, name, number),
            )


def _kept(db: sqlite3.Connection, frontier_id: int) -> tuple[str | None, str | None]:
    """(digest, file name) of what an address gave last."""
    row = db.execute(
        "SELECT c.digest, c.headers, c.url FROM captures c JOIN files f ON f.digest = c.digest "
        "WHERE c.frontier_id = ? AND c.kind = 'file' ORDER BY c.id DESC LIMIT 1",
        (frontier_id,),
    ).fetchone()
    if row is None:
        return None, None
    lines = (line.partition(b": ") for line in row[1].split(b"\r\n") if line)
    return row[0], file_name(((name, value) for name, _, value in lines), row[2]) or None
