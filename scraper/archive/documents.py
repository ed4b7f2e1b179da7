"""The table `documents`: one row for each article that is a policy document. Functions run inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, fields

from scraper.archive.values import clean
from scraper.model import PolicyDocument

NAMES = tuple(field.name for field in fields(PolicyDocument))
Said = dict[str, str]


def stored_document(db: sqlite3.Connection, number: int) -> Said | None:
    """What an article's document said, by field, what it did not left out; None where it is no document."""
    row = db.execute(f"SELECT {', '.join(NAMES)} FROM documents WHERE article_id = ?", (number,)).fetchone()
    return row and {name: value for name, value in zip(NAMES, row, strict=True) if value is not None}


def said(document: PolicyDocument | None) -> Said | None:
    """The same of a document as it was read."""
    if document is None:
        return None
    return {name: clean(value) for name, value in asdict(document).items() if value is not None}


def save_document(
    db: sqlite3.Connection, number: int, document: PolicyDocument | None
) -> dict[str, Said | None]:
    """Bring an article's document up to date; {"document": what stood before} where that differed, else {}."""
    before, now = stored_document(db, number), said(document)
    if now == before:
        return {}
    db.execute("DELETE FROM documents WHERE article_id = ?", (number,))
    if now is not None:
        db.execute(
            f"INSERT INTO documents(article_id, {', '.join(now)}) VALUES ({', '.join('?' * (len(now) + 1))})",
            (number, *now.values()),
        )
    return {"document": before}
