"""Full-text search in Chinese: every character is a token, so a word of any length is a phrase of its characters."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from scraper.text import shorten, visible

SNIPPET = 80
"""Characters shown around the first word found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One article found; `snippet` is its text around the first word."""

    id: int
    url: str
    title: str | None
    date: str | None
    source: str | None
    portal: str
    snippet: str


def words_of(query: str) -> list[str]:
    """The words of a query: split on white space, "quoted" parts kept whole. No other sign has a meaning."""
    words: list[str] = []
    for number, part in enumerate(visible(query).replace("“", '"').replace("”", '"').split('"')):
        words += [part] if number % 2 else part.split()
    return [word.strip() for word in words if word.strip()]


def match_of(query: str) -> str:
    """The FTS5 expression of a query: all words must be found; '' where none can be (no word, or only signs)."""
    phrases = [" ".join(c for c in word if not c.isspace()) for word in words_of(query)]
    return " AND ".join(f'"{phrase}"' for phrase in phrases if any(c.isalnum() for c in phrase))


def search(db: sqlite3.Connection, query: str, *, limit: int, portal: str | None) -> list[Hit]:
    """Articles that hold all words, best first (bm25; a word in a title weighs as much as four in a body)."""
    expression = match_of(query)
    if not expression:
        return []
    rows = db.execute(
        "SELECT a.id, a.url, a.title, a.date, a.source, a.portal, a.body FROM articles_fts f "
        "JOIN articles a ON a.id = f.rowid WHERE articles_fts MATCH :match AND (:portal IS NULL OR a.portal = :portal) "
        "ORDER BY bm25(articles_fts, 4.0, 1.0), a.date DESC LIMIT :limit",
        {"match": expression, "portal": portal, "limit": limit},
    )
    first = words_of(query)
    return [
        Hit(id=i, url=url, title=title, date=date, source=source, portal=host, snippet=_snippet(body, first))
        for i, url, title, date, source, host, body in rows.fetchall()
    ]


def _snippet(body: str, words: list[str]) -> str:
    low = body.lower()
    places = [place for place in (low.find(word.lower()) for word in words) if place >= 0]
    start = max(0, min(places, default=0) - SNIPPET // 4)
    return ("…" if start else "") + shorten(body[start : start + 4 * SNIPPET], SNIPPET)
