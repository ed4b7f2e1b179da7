"""What each crawl was like at each portal, and in which state it found it."""

from __future__ import annotations

from sqlite_utils import Database

_RUNS = (
    """
CREATE TABLE runs (                      -- one crawl at one portal
  crawl_id INTEGER NOT NULL REFERENCES crawls(id),
  portal TEXT NOT NULL REFERENCES portals(host),
  started_at TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  outcome TEXT NOT NULL,                 -- done | limited | left | interrupted | unreachable | blocked | moved | stopped
  pages INTEGER NOT NULL,                -- answers taken
  articles_new INTEGER NOT NULL,
  articles_changed INTEGER NOT NULL,
  failures INTEGER NOT NULL,             -- pages that could not be had, walls included
  walls INTEGER NOT NULL,
  titled INTEGER NOT NULL,               -- of the new and changed articles: how many have a title,
  sourced INTEGER NOT NULL,              -- a source,
  dated INTEGER NOT NULL,                -- a date
  body_median INTEGER,                   -- characters in the middle one of their bodies; null where there are none
  state TEXT NOT NULL,                   -- ok | quiet | blocked | broken | moved | unreachable
  seen TEXT NOT NULL,                    -- what was seen, in words
  PRIMARY KEY (crawl_id, portal)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX runs_portal ON runs(portal, crawl_id)",
    # What a portal answers for an address that can't exist: a digest of its text, '' where it says so honestly.
    "ALTER TABLE portals ADD COLUMN absent TEXT",
    "ALTER TABLE portals ADD COLUMN absent_at TEXT",
)


def m007_runs(db: Database) -> None:
    """What each crawl was like at each portal, and in which state it found it."""
    for statement in _RUNS:
        db.execute(statement.strip())
