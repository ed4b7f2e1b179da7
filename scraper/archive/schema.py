"""The tables of an archive, as migrations from the first day. Names of tables and of the columns of `articles` are a
contract with analysts: they are only added to, never renamed.

All tables are STRICT. Times are UTC text `YYYY-MM-DDTHH:MM:SSZ`; `articles.date` is China time as the page shows it.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x6B667175  # "kfqu": marks the file as ours (PRAGMA application_id)
SCHEMA_VERSION = 1  # PRAGMA user_version; a file with a larger one is refused for writing

migrations = Migrations("kaifaqu")

TABLES = """
CREATE TABLE portals (
  host TEXT PRIMARY KEY,                 -- as in URLs, with a port where it is not the default
  name TEXT,                             -- the site's own name
  home_url TEXT NOT NULL,
  family TEXT,                           -- the CMS most of its pages speak
  delay REAL,                            -- seconds between requests that were kept last time
  robots TEXT,                           -- robots.txt as last seen
  robots_at TEXT,
  first_crawl INTEGER REFERENCES crawls(id),
  last_crawl INTEGER REFERENCES crawls(id)
) STRICT, WITHOUT ROWID;

CREATE TABLE crawls (
  id INTEGER PRIMARY KEY,
  started_at TEXT NOT NULL,
  finished_at TEXT,                      -- null: running, or killed
  seeds TEXT NOT NULL,                   -- JSON list of addresses
  options TEXT NOT NULL,                 -- JSON object
  version TEXT NOT NULL,                 -- of kaifaqu
  outcome TEXT,                          -- done | limited | interrupted | unreachable | blocked | stopped
  pages INTEGER NOT NULL DEFAULT 0,      -- answers stored
  articles_new INTEGER NOT NULL DEFAULT 0,
  articles_changed INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE channels (
  id INTEGER PRIMARY KEY,
  portal TEXT NOT NULL REFERENCES portals(host),
  url TEXT NOT NULL,                     -- its first listing page
  key TEXT NOT NULL UNIQUE,              -- canonical key of url
  name TEXT,
  claimed INTEGER,                       -- articles, as the portal says
  claimed_pages INTEGER,                 -- listing pages, as the portal says
  claimed_by TEXT,                       -- what said so
  listed INTEGER NOT NULL DEFAULT 0,     -- rows seen on its listing pages (table items)
  archived INTEGER NOT NULL DEFAULT 0,   -- of these, how many stand in articles
  walked_pages INTEGER NOT NULL DEFAULT 0,
  complete INTEGER NOT NULL DEFAULT 0,   -- 1: the walk reached the last page
  last_crawl INTEGER REFERENCES crawls(id),
  note TEXT
) STRICT;
CREATE INDEX channels_portal ON channels(portal);

CREATE TABLE frontier (
  id INTEGER PRIMARY KEY,
  portal TEXT NOT NULL REFERENCES portals(host),
  url TEXT NOT NULL,                     -- as it is asked for
  key TEXT NOT NULL UNIQUE,              -- what two spellings of one page share
  kind TEXT NOT NULL,                    -- home | listing | article | page (not known yet) | file
  channel_id INTEGER REFERENCES channels(id),
  page INTEGER,                          -- number of a listing page within its channel, from 1
  depth INTEGER NOT NULL DEFAULT 0,      -- steps from the seed
  priority INTEGER NOT NULL DEFAULT 5,   -- lower is earlier
  found_on INTEGER REFERENCES frontier(id),
  title TEXT,                            -- what a listing row said of it
  date TEXT,
  due_at TEXT,                           -- when to ask (again); null: not before something asks for it
  state TEXT NOT NULL DEFAULT 'new',     -- new | read | failed | gone | refused (robots, scope)
  read_as TEXT,                          -- kind of the last reading
  visits INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,   -- failures in a row
  unchanged INTEGER NOT NULL DEFAULT 0,  -- visits in a row that brought nothing new: widens the schedule
  status INTEGER,                        -- last HTTP status
  etag TEXT,
  last_modified TEXT,
  visited_at TEXT,
  last_crawl INTEGER REFERENCES crawls(id)
) STRICT;
CREATE INDEX frontier_due ON frontier(portal, due_at, priority, id) WHERE due_at IS NOT NULL;
CREATE INDEX frontier_channel ON frontier(channel_id);

CREATE TABLE items (                     -- rows of listing pages: what a channel says it holds
  channel_id INTEGER NOT NULL REFERENCES channels(id),
  frontier_id INTEGER NOT NULL REFERENCES frontier(id),
  title TEXT,
  date TEXT,
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL,
  PRIMARY KEY (channel_id, frontier_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX items_frontier ON items(frontier_id);

CREATE TABLE blobs (
  digest TEXT PRIMARY KEY,               -- sha256 of the bytes before compression, hex
  data BLOB NOT NULL,
  codec TEXT NOT NULL,                   -- zstd | raw
  prefix TEXT REFERENCES blobs(digest),  -- the sibling page it was compressed against
  size INTEGER NOT NULL                  -- bytes before compression
) STRICT;

CREATE TABLE captures (
  id INTEGER PRIMARY KEY,
  crawl_id INTEGER REFERENCES crawls(id),
  frontier_id INTEGER REFERENCES frontier(id),
  url TEXT NOT NULL,                     -- that answered, after redirects
  requested TEXT NOT NULL,
  fetched_at TEXT NOT NULL,
  status INTEGER NOT NULL,
  content_type TEXT,
  headers BLOB NOT NULL,                 -- raw, as `Name: value\\r\\n`
  digest TEXT REFERENCES blobs(digest),  -- null for 304
  ip TEXT,
  elapsed_ms INTEGER,
  redirects TEXT,                        -- JSON list of {url, status, location}
  kind TEXT,                             -- as it was read
  charset TEXT,
  family TEXT,
  note TEXT
) STRICT;
CREATE INDEX captures_frontier ON captures(frontier_id);
CREATE INDEX captures_digest ON captures(digest);

CREATE TABLE articles (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  portal TEXT NOT NULL REFERENCES portals(host),
  channel TEXT,                          -- breadcrumb, ` > ` between, else the channel's name
  title TEXT,
  source TEXT,
  author TEXT,
  date TEXT,
  views INTEGER,
  body TEXT NOT NULL DEFAULT '',
  kicker TEXT,
  subtitle TEXT,
  editor TEXT,
  year INTEGER GENERATED ALWAYS AS (CAST(substr(date, 1, 4) AS INTEGER)) STORED,
  family TEXT,
  channel_id INTEGER REFERENCES channels(id),
  frontier_id INTEGER NOT NULL UNIQUE REFERENCES frontier(id),
  capture_id INTEGER NOT NULL REFERENCES captures(id),
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL,
  changed_at TEXT,
  gone_at TEXT,                          -- null: still there when last asked
  evidence TEXT NOT NULL DEFAULT '{}',   -- JSON: field -> {rule, snippet}
  reader TEXT NOT NULL DEFAULT ''        -- version of kaifaqu that read it
) STRICT;
CREATE INDEX articles_portal_date ON articles(portal, date);
CREATE INDEX articles_date ON articles(date);
CREATE INDEX articles_source ON articles(source);
CREATE INDEX articles_channel ON articles(channel);
CREATE INDEX articles_year ON articles(year);
CREATE INDEX articles_views ON articles(views);

CREATE TABLE article_html (
  article_id INTEGER PRIMARY KEY REFERENCES articles(id),
  html TEXT NOT NULL
) STRICT;

CREATE TABLE article_pages (             -- the further pages of a multi-page article
  article_id INTEGER NOT NULL REFERENCES articles(id),
  page INTEGER NOT NULL,                 -- from 2
  frontier_id INTEGER NOT NULL REFERENCES frontier(id),
  capture_id INTEGER NOT NULL REFERENCES captures(id),
  body TEXT NOT NULL,
  html TEXT NOT NULL,
  PRIMARY KEY (article_id, page)
) STRICT, WITHOUT ROWID;

CREATE TABLE versions (                  -- an earlier reading of an article, field by field where it differed
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id),
  seen_at TEXT NOT NULL,                 -- when the newer reading was seen
  old_capture INTEGER NOT NULL REFERENCES captures(id),
  new_capture INTEGER NOT NULL REFERENCES captures(id),
  changed TEXT NOT NULL                  -- JSON: field -> the value before
) STRICT;
CREATE INDEX versions_article ON versions(article_id);

CREATE TABLE views (
  article_id INTEGER NOT NULL REFERENCES articles(id),
  seen_at TEXT NOT NULL,
  views INTEGER NOT NULL,
  origin TEXT NOT NULL,                  -- page | counter | listing
  PRIMARY KEY (article_id, seen_at, origin)
) STRICT, WITHOUT ROWID;

CREATE TABLE attachments (
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id),
  position INTEGER NOT NULL,
  url TEXT NOT NULL,
  name TEXT,
  UNIQUE (article_id, url)
) STRICT;

CREATE TABLE images (
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id),
  position INTEGER NOT NULL,
  url TEXT NOT NULL,
  caption TEXT,
  UNIQUE (article_id, url)
) STRICT;

CREATE TABLE failures (
  id INTEGER PRIMARY KEY,
  crawl_id INTEGER REFERENCES crawls(id),
  frontier_id INTEGER REFERENCES frontier(id),
  portal TEXT NOT NULL REFERENCES portals(host),
  url TEXT NOT NULL,
  at TEXT NOT NULL,
  cause TEXT NOT NULL,                   -- unreachable | slow | large | bad-answer | forbidden | blocked | dead | unread
  status INTEGER,
  message TEXT NOT NULL,
  resolved_at TEXT                       -- when a later visit succeeded
) STRICT;
CREATE INDEX failures_open ON failures(portal, at) WHERE resolved_at IS NULL;
CREATE INDEX failures_frontier ON failures(frontier_id);
"""

# One token per character: every word of any length is found, and any SQLite client may write, for the splitting is
# plain SQL. `articles_fts` is contentless: it can't be rebuilt by FTS5's own command, and deletes name the old text.
_SPLIT = (
    "(WITH RECURSIVE c(i, x) AS (SELECT 1, substr({t}, 1, 1) UNION ALL SELECT i + 1, substr({t}, i + 1, 1) "
    "FROM c WHERE i < length({t})) SELECT group_concat(x, ' ') FROM c)"
)


def split_sql(expression: str) -> str:
    """SQL that puts a blank between all characters of a text expression."""
    return _SPLIT.format(t=expression)


_NEW = f"new.id, {split_sql('new.title')}, {split_sql('new.body')}"
_OLD = f"old.id, {split_sql('old.title')}, {split_sql('old.body')}"

SEARCH = f"""
CREATE VIRTUAL TABLE articles_fts USING fts5(title, body, content='', tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER articles_ai AFTER INSERT ON articles BEGIN
  INSERT INTO articles_fts(rowid, title, body) VALUES ({_NEW});
END;
CREATE TRIGGER articles_ad AFTER DELETE ON articles BEGIN
  INSERT INTO articles_fts(articles_fts, rowid, title, body) VALUES ('delete', {_OLD});
END;
CREATE TRIGGER articles_au AFTER UPDATE OF title, body ON articles
WHEN old.title IS NOT new.title OR old.body IS NOT new.body BEGIN
  INSERT INTO articles_fts(articles_fts, rowid, title, body) VALUES ('delete', {_OLD});
  INSERT INTO articles_fts(rowid, title, body) VALUES ({_NEW});
END;
"""


@migrations()
def m001_first_tables(db: Database) -> None:
    """All tables of the first version, with the search index and its triggers."""
    for statement in _statements(TABLES) + _statements(SEARCH):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """Split a script at `;` + newline outside triggers (their inner lines are indented)."""
    parts = script.replace("\n  ", "\n\t").split(";\n")
    out: list[str] = []
    for part in parts:
        if out and "CREATE TRIGGER" in out[-1] and not out[-1].rstrip().endswith("END"):
            out[-1] += ";\n" + part
        elif part.strip():
            out.append(part)
    return [s.strip() for s in out if s.strip()]
