"""Articles of one text: reprints on other portals, and the same text posted twice."""

from __future__ import annotations

from sqlite_utils import Database

_REPRINTS = (
    # The id of the article of this text that was archived first; null: no other has its text, or it was not compared yet.
    "ALTER TABLE articles ADD COLUMN cluster INTEGER",
    "CREATE INDEX articles_cluster ON articles(cluster) WHERE cluster IS NOT NULL",
    """
CREATE TABLE reprints (                  -- every article whose text others have too, with its place among them
  article_id INTEGER PRIMARY KEY REFERENCES articles(id),
  cluster INTEGER NOT NULL,              -- as in articles
  place INTEGER NOT NULL,                -- 1: published first
  first_id INTEGER NOT NULL REFERENCES articles(id),  -- the one published first
  lag_days REAL,                         -- days after the first; with a clock on both pages, parts of days too
  similarity REAL NOT NULL,              -- to the first, 0 to 1: the share of runs of 4 characters that both have
  added INTEGER NOT NULL,                -- sentences that the first has not
  removed INTEGER NOT NULL               -- sentences that only the first has
) STRICT""",
    "CREATE INDEX reprints_cluster ON reprints(cluster, place)",
    "CREATE INDEX reprints_first ON reprints(first_id)",
    """
CREATE TABLE compared (                  -- articles whose text was compared with all others
  article_id INTEGER PRIMARY KEY REFERENCES articles(id)
) STRICT""",
    """
CREATE TABLE text_bands (                -- articles that share a band are likely to have one text: bands of MinHash
  band INTEGER NOT NULL,
  article_id INTEGER NOT NULL,           -- of articles; no reference, for each would be looked for without an index
  PRIMARY KEY (band, article_id)
) STRICT, WITHOUT ROWID""",
    """
CREATE TRIGGER articles_text AFTER UPDATE OF body ON articles WHEN old.body IS NOT new.body BEGIN
  DELETE FROM compared WHERE article_id = new.id;
END""",
)


def m008_reprints(db: Database) -> None:
    """Articles of one text: reprints on other portals, and the same text posted twice."""
    for statement in _REPRINTS:
        db.execute(statement.strip())
