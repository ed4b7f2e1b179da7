"""Which of datasette's databases are archives, and how a search is split for their index.

An archive is told by SQLite's `application_id`, not by its file name. Other databases in the same datasette keep their
own search, look and metadata.
"""

from __future__ import annotations

import sqlite3
from typing import Any
from weakref import WeakKeyDictionary

from scraper.archive.schema import APPLICATION_ID
from scraper.archive.search import match_of

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
    """What a person typed, as an FTS5 expression: each word a phrase of its characters, all words must be found.

    Never a syntax error; where nothing can be found (no word, or only signs) the expression finds nothing.
    """
    return match_of(query or "") or '""'
