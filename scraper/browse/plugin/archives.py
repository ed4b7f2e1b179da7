"""Which of datasette's databases are archives, and how a search is split for their index.

An archive is told by SQLite's `application_id`, not by its file name. Other databases in the same datasette keep their
own search, look and metadata.
"""

from __future__ import annotations

import sqlite3
from typing import Any
from weakref import WeakKeyDictionary

from scraper.archive.schema import APPLICATION_ID

_known: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


def is_archive(conn: sqlite3.Connection) -> bool:
    """Whether an open database is an archive."""
    return bool(conn.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)


def archive_names(datasette: Any) -> list[str]:
    """Names of the databases that are archives, in datasette's order. Each file is looked at once."""
    return [name for name, db in datasette.databases.items() if _is_archive(db)]


def _is_archive(db: Any) -> bool:
    if not db.path:
        return False
    if db not in _known:
        conn = db.connect()
        try:
            _known[db] = is_archive(conn)
        except sqlite3.DatabaseError:  # a file that is no database: datasette itself will say so
            return False
        finally:
            conn.close()
    return _known[db]


def escape_search(query: str | None) -> str:
    """What a person typed, as an FTS5 expression for an index of one token per character.

    Blanks part words, which must all occur; `"…"` keeps blanks within one phrase. Each word becomes a phrase of its
    characters: `谷城 5G` → `"谷 城" "5 G"`. Never a syntax error: no operator gets through. Words without a letter,
    digit or Han character have no token and are left out; if nothing remains, the expression finds nothing.
    """
    phrases = []
    for number, part in enumerate((query or "").split('"')):
        words = [part] if number % 2 else part.split()
        phrases += [" ".join(c for c in word if not c.isspace() and c != "\0") for word in words]
    return " ".join(f'"{p}"' for p in phrases if any(c.isalnum() for c in p)) or '""'
