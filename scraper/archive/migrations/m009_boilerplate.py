"""What sibling pages taught of a channel's template."""

from __future__ import annotations

from sqlite_utils import Database

_BOILERPLATE = """
CREATE TABLE boilerplate (               -- lines in the boxes of a channel's template, which are no article's text
  channel_id INTEGER NOT NULL REFERENCES channels(id),
  box TEXT NOT NULL,                     -- the marked boxes around the line, from the nearest out
  text TEXT NOT NULL,
  PRIMARY KEY (channel_id, box, text)
) STRICT, WITHOUT ROWID"""


def m009_boilerplate(db: Database) -> None:
    """What sibling pages taught of a channel's template."""
    db.execute(_BOILERPLATE.strip())
    # how many articles the channel had when its template was learned; null: not yet
    db.execute("ALTER TABLE channels ADD COLUMN learned INTEGER")
