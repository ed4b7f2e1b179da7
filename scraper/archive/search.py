"""Full-text search in Chinese: every character is a token, so a word of any length is a phrase of its characters."""

from __future__ import annotations

import json
import sqlite3
import string
from dataclasses import dataclass

from scraper.text import halfwidth, shorten, visible

SNIPPET = 80
"""Characters shown around the first word found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One article found; `snippet` is its text around the first word, or that of the `attachment` (its name) that holds it."""

    id: int
    url: str
    title: str | None
    date: str | None
    source: str | None
    portal: str
    snippet: str
    attachment: str | None = None


def words_of(query: str) -> list[str]:
    """The words of a query: split on white space, "quoted" parts kept whole. No other sign has a meaning."""
    words: list[str] = []
    for number, part in enumerate(visible(query).replace("“", '"').replace("”", '"').split('"')):
        words += [part] if number % 2 else part.split()
    return [word.strip() for word in words if word.strip()]


def match_of(query: str) -> str:
    """The FTS5 expression of a query: all words must be found; '' where none can be (no word, or only signs)."""
    phrases = [" ".join(c for c in word if not c.isspace()) for word in words_of(query)]
    return " AND ".join(_in_each_width(phrase) for phrase in phrases if any(c.isalnum() for c in phrase))


_LETTERS = [ord(letter) for letter in string.ascii_letters + string.digits]
_WIDE = {letter: letter + 0xFEE0 for letter in _LETTERS}
_NARROW = {wide: narrow for narrow, wide in _WIDE.items()}


def _in_each_width(phrase: str) -> str:
    """A phrase as typed, and in half and full width where it has letters or digits: portals write 5G and ５Ｇ."""
    forms = dict.fromkeys((phrase, phrase.translate(_NARROW), phrase.translate(_WIDE)))
    told = " OR ".join(f'"{form}"' for form in forms)
    return f"({told})" if len(forms) > 1 else told


COMMON = 5_000
"""Articles that are looked at of those that hold the words: the ones archived last. Who searches for a word that stands in
more wants some that are new, and not to wait until the dates of half the archive are compared.
"""

NEWEST = 200
"""Of which the newest are ranked."""


def search(db: sqlite3.Connection, query: str, *, limit: int, portal: str | None) -> list[Hit]:
    """Articles that hold all words, the newest first; of the 200 newest those first that hold them all in their title.

    What holds a word in a hundred places is no better than what holds it in its headline, and to rank by how often it stands
    there (bm25) reads every place of every word: two seconds for a common one in a million articles.
    """
    expression = match_of(query)
    if not expression:
        return []
    words = words_of(query)
    rows = db.execute(
        "SELECT a.id, a.url, a.title, a.date, a.source, a.portal, a.body FROM json_each(?) j JOIN articles a ON a.id = j.value "
        "ORDER BY j.key",
        (json.dumps(_ranked(db, expression, words, limit, portal)),),
    )
    return [_hit(db, words, *row) for row in rows.fetchall()]


def _ranked(
    db: sqlite3.Connection, expression: str, words: list[str], limit: int, portal: str | None
) -> list[int]:
    found = db.execute(
        "SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match "
        "AND (:portal IS NULL OR +rowid IN (SELECT id FROM articles WHERE portal = :portal)) ORDER BY rowid DESC LIMIT :most",
        {"match": expression, "portal": portal, "most": COMMON},
    ).fetchall()
    # Few are looked up and sorted; for many the dates are walked from the newest on, until enough of them are met.
    walk = "+" if len(found) < COMMON else ""
    newest = db.execute(
        f"SELECT id, title FROM articles WHERE id IN (SELECT value FROM json_each(?)) ORDER BY {walk}date DESC LIMIT ?",
        (json.dumps([number for (number,) in found]), max(NEWEST, limit)),
    ).fetchall()
    sought = [_plain(word) for word in words]
    newest.sort(key=lambda row: not all(word in _plain(row[1] or "") for word in sought))
    return [number for number, _ in newest[:limit]]


_ATTACHED = """
SELECT coalesce(t.name, t.file_name, t.url), coalesce(f.text, '') FROM attachments t LEFT JOIN files f ON f.digest = t.digest
WHERE t.article_id = ? ORDER BY t.position, t.id"""


def _hit(
    db: sqlite3.Connection,
    words: list[str],
    number: int,
    url: str,
    title: str | None,
    date: str | None,
    source: str | None,
    portal: str,
    body: str,
) -> Hit:
    attachment, text = None, body
    if _place(f"{title} {body}", words) is None:
        for name, said in db.execute(_ATTACHED, (number,)):
            if _place(f"{name} {said}", words) is not None:
                attachment, text = name, said
                break
    return Hit(
        id=number,
        url=url,
        title=title,
        date=date,
        source=source,
        portal=portal,
        snippet=_snippet(text, words),
        attachment=attachment,
    )


def _place(text: str, words: list[str]) -> int | None:
    """Where the first of the words stands in a text."""
    plain = _plain(text)
    return min((place for word in words if (place := plain.find(_plain(word))) >= 0), default=None)


def _plain(text: str) -> str:
    """In half width and lower case, as words are compared."""
    return halfwidth(text).lower()


def _snippet(body: str, words: list[str]) -> str:
    start = max(0, (_place(body, words) or 0) - SNIPPET // 4)
    return ("…" if start else "") + shorten(body[start : start + 4 * SNIPPET], SNIPPET)
