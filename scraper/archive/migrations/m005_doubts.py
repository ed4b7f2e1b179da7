"""Articles whose page a later reader takes for something else."""

from __future__ import annotations

from sqlite_utils import Database


def m005_doubts(db: Database) -> None:
    """Articles whose page a later reader takes for something else: they stay, marked."""
    # null: an article by the newest rules too; else what `reread` takes its page for: listing, other, …
    db.execute("ALTER TABLE articles ADD COLUMN read_as TEXT")
