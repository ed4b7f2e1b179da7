"""What the articles of a channel taught of its template: when it is to be learned, from which pages, what was learned.

Learned again each time a channel has twice as many articles, so that a new template is learned too; what was learned is
never forgotten, so that a page reads the same tomorrow. Functions run inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from scraper.archive.values import clean
from scraper.model import Block
from scraper.urls import key

LEARN_FROM = 12
"""Articles that a channel must have: twice what the reader asks for, for some are alike or of several pages."""

_ARTICLES = """
FROM items i JOIN frontier f ON f.id = i.frontier_id AND f.channel_id = i.channel_id
JOIN articles a ON a.frontier_id = f.id WHERE i.channel_id = ?1"""


def template_of(db: sqlite3.Connection, channel: str | None) -> frozenset[Block]:
    """The learned blocks of the channel at an address; none where there is no such channel."""
    if channel is None:
        return frozenset()
    rows = db.execute(
        "SELECT b.box, b.text FROM boilerplate b JOIN channels c ON c.id = b.channel_id WHERE c.key = ?",
        (key(channel),),
    )
    return frozenset(Block(box=box, text=text) for box, text in rows)


def to_learn(db: sqlite3.Connection, portal: str | None) -> list[int]:
    """Channels, of one portal or all, that have enough articles and twice as many as when they were learned last."""
    rows = db.execute(
        "SELECT id FROM channels WHERE archived >= max(?, 2 * coalesce(learned, 0)) AND (?2 IS NULL OR portal = ?2) "
        "ORDER BY id",
        (LEARN_FROM, portal),
    )
    return [number for (number,) in rows]


def siblings(db: sqlite3.Connection, channel: int) -> list[tuple[int, str]]:
    """A channel's newest articles: their captures, and their texts as they were read."""
    query = f"SELECT a.capture_id, a.body {_ARTICLES} ORDER BY a.id DESC LIMIT ?2"
    return [(capture, body or "") for capture, body in db.execute(query, (channel, LEARN_FROM))]


def save_learned(db: sqlite3.Connection, channel: int, blocks: Iterable[Block]) -> list[int]:
    """Keep what a channel taught; the ids of its articles whose text holds what was not known before."""
    known = db.execute("SELECT box, text FROM boilerplate WHERE channel_id = ?", (channel,)).fetchall()
    rows = sorted({(clean(block.box), clean(block.text)) for block in blocks} - set(known))
    db.executemany(
        "INSERT INTO boilerplate(channel_id, box, text) VALUES (?, ?, ?)", [(channel, *row) for row in rows]
    )
    db.execute("UPDATE channels SET learned = archived WHERE id = ?", (channel,))
    found = {
        number
        for _, text in rows
        for (number,) in db.execute(f"SELECT a.id {_ARTICLES} AND instr(a.body, ?2)", (channel, text))
    }
    return sorted(found)
