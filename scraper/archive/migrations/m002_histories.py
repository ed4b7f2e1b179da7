"""What became of articles: rereadings, those withdrawn, the growth of their views."""

from __future__ import annotations

from sqlite_utils import Database

_REREADINGS = (
    """
CREATE TABLE rereadings (                -- what a later reader read otherwise in the same bytes: no change of the page,
                                         -- so no version
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id),
  capture_id INTEGER NOT NULL REFERENCES captures(id),
  at TEXT NOT NULL,
  old_reader TEXT NOT NULL,              -- version of kaifaqu
  new_reader TEXT NOT NULL,
  changed TEXT NOT NULL                  -- JSON: field -> the value before
) STRICT""",
    "CREATE INDEX rereadings_article ON rereadings(article_id)",
)

_WITHDRAWN = """
CREATE VIEW withdrawn AS                 -- articles that are gone from their portal, with the last page that was there
SELECT a.id, a.url, a.portal, a.title, a.source, a.date, a.first_seen, a.last_seen, a.gone_at,
  a.capture_id, c.fetched_at AS page_at, c.digest AS page_digest
FROM articles a JOIN captures c ON c.id = a.capture_id WHERE a.gone_at IS NOT NULL"""

# A page, its counter and a listing may count differently, so each is compared with itself only.
_GROWTH = """
CREATE VIEW views_growth AS              -- view counts from day to day (UTC), by where they were seen; fell: 1 where the
                                         -- number went down, as it does when a portal resets or replaces its counter
WITH days AS (
  SELECT article_id, origin, substr(seen_at, 1, 10) AS day, views,
    row_number() OVER (PARTITION BY article_id, origin, substr(seen_at, 1, 10) ORDER BY seen_at DESC) AS place
  FROM views
), steps AS (
  SELECT article_id, origin, day, views, lag(day) OVER earlier AS since, lag(views) OVER earlier AS before
  FROM days WHERE place = 1 WINDOW earlier AS (PARTITION BY article_id, origin ORDER BY day)
)
SELECT article_id, origin, since, day, before, views, views - before AS growth,
  round((views - before) / (julianday(day) - julianday(since)), 2) AS per_day, views < before AS fell
FROM steps WHERE before IS NOT NULL"""


def m002_histories(db: Database) -> None:
    """What became of articles: rereadings, those withdrawn, the growth of their views."""
    for statement in (*_REREADINGS, _WITHDRAWN, _GROWTH):
        db.execute(statement.strip())
