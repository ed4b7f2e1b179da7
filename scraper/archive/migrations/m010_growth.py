"""What keeps an archive of a million articles quick to browse: indexes that give the newest of a kind, and kept tallies."""

from __future__ import annotations

from sqlite_utils import Database

# The newest articles of a year, source or channel: without the date in the index all of them are sorted for a page of fifty.
_INDEXES = tuple(
    statement
    for column in ("source", "channel", "year")
    for statement in (
        f"DROP INDEX articles_{column}",
        f"CREATE INDEX articles_{column} ON articles({column}, date)",
    )
)

_INDEXES += (
    "CREATE INDEX frontier_of_article ON frontier(article_id) WHERE article_id IS NOT NULL",
    "CREATE INDEX articles_changed ON articles(coalesce(gone_at, changed_at)) WHERE changed_at IS NOT NULL OR gone_at IS NOT NULL",
)

# What is counted: the name of a tally, and what of an article it counts (`{0}` names the row).
_TALLIED = (
    ("portal", "''", "{0}.portal"),
    ("channel", "''", "{0}.channel"),
    ("source", "''", "{0}.source"),
    ("year", "''", "{0}.year"),
    ("month", "{0}.portal", "substr({0}.date, 1, 7)"),
)

_TALLIES = """
CREATE TABLE tallies (                   -- how many articles have a value; kept by trigger, so that nobody counts a million
  name TEXT NOT NULL,                    -- portal | channel | source | year | month
  portal TEXT NOT NULL,                  -- of a month; else empty
  value ANY NOT NULL,
  articles INTEGER NOT NULL,
  PRIMARY KEY (name, portal, value)
) STRICT, WITHOUT ROWID"""


def _count(row: str, step: int) -> str:
    """SQL statements that count an article in (step 1) or out (-1)."""
    return " ".join(
        f"INSERT INTO tallies SELECT '{name}', {portal.format(row)}, {value.format(row)}, {step} "
        f"WHERE {value.format(row)} IS NOT NULL ON CONFLICT DO UPDATE SET articles = articles + {step};"
        for name, portal, value in _TALLIED
    )


_TRIGGERS = (
    f"CREATE TRIGGER tallies_ai AFTER INSERT ON articles BEGIN {_count('new', 1)} END",
    f"CREATE TRIGGER tallies_ad AFTER DELETE ON articles BEGIN {_count('old', -1)} END",
    f"""
CREATE TRIGGER tallies_au AFTER UPDATE OF portal, channel, source, date ON articles
WHEN old.portal IS NOT new.portal OR old.channel IS NOT new.channel OR old.source IS NOT new.source OR old.date IS NOT new.date
BEGIN {_count("old", -1)} {_count("new", 1)} END""",
)

COUNT_ALL = "INSERT INTO tallies " + " UNION ALL ".join(
    f"SELECT '{name}', {portal.format('a')}, {value.format('a')}, count(*) FROM articles a "
    f"WHERE {value.format('a')} IS NOT NULL GROUP BY 1, 2, 3"
    for name, portal, value in _TALLIED
)
"""SQL that fills the empty table of tallies."""


def m010_growth(db: Database) -> None:
    """Indexes that give the newest of a kind, kept tallies, and pages in the record of their earlier capture."""
    # Of a page in the record of its earlier capture (codec `slice`, that one's digest in `prefix`): where it begins there.
    db.execute("ALTER TABLE blobs ADD COLUMN start INTEGER")
    for statement in (*_INDEXES, _TALLIES, COUNT_ALL, *_TRIGGERS):
        db.execute(statement.strip())
