"""The tables of the first version, the search index, and the triggers that keep it and the counts."""

from __future__ import annotations

from sqlite_utils import Database

from scraper.archive.splitting import SEARCH_TABLE, split_sql

_TABLES = (
    """
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
) STRICT, WITHOUT ROWID""",
    """
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
) STRICT""",
    """
CREATE TABLE channels (
  id INTEGER PRIMARY KEY,
  portal TEXT NOT NULL REFERENCES portals(host),
  url TEXT NOT NULL,                     -- its first listing page
  key TEXT NOT NULL UNIQUE,              -- canonical key of url
  name TEXT,
  claimed INTEGER,                       -- articles, as the portal says
  claimed_pages INTEGER,                 -- listing pages, as the portal says
  claimed_by TEXT,                       -- what said so
  listed INTEGER NOT NULL DEFAULT 0,     -- rows seen on its listing pages (table items); kept by trigger
  archived INTEGER NOT NULL DEFAULT 0,   -- of these, how many led to an article; kept by trigger
  walked_pages INTEGER NOT NULL DEFAULT 0,  -- the furthest listing page that was read
  complete INTEGER NOT NULL DEFAULT 0,   -- 1: the walk reached the last page
  last_crawl INTEGER REFERENCES crawls(id),
  note TEXT
) STRICT""",
    "CREATE INDEX channels_portal ON channels(portal)",
    """
CREATE TABLE frontier (
  id INTEGER PRIMARY KEY,
  portal TEXT NOT NULL REFERENCES portals(host),
  url TEXT NOT NULL,                     -- as it is asked for
  key TEXT NOT NULL UNIQUE,              -- what two spellings of one page share
  kind TEXT NOT NULL,                    -- home | listing | article | part | counter | file | external, or
                                         -- page (not known before it is read)
  channel_id INTEGER REFERENCES channels(id),
  page INTEGER,                          -- number of a listing page within its channel, from 1
  depth INTEGER NOT NULL DEFAULT 0,      -- steps from the seed
  priority INTEGER NOT NULL DEFAULT 5,   -- lower is earlier
  found_on INTEGER REFERENCES frontier(id),
  part_of INTEGER REFERENCES frontier(id),  -- of a further page or a counter: its article's first page
  title TEXT,                            -- what a listing row said of it
  date TEXT,
  due_at TEXT,                           -- when to ask (again); null: not before something asks for it
  state TEXT NOT NULL DEFAULT 'new',     -- new | read | failed | gone | refused (robots) | outside (known, not asked) |
                                         -- aside (one of a form of address that brought nothing)
  read_as TEXT,                          -- kind of the last reading
  article_id INTEGER REFERENCES articles(id),  -- the article this page gave, or is a further page or an alias of
  visits INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,   -- failures in a row
  unchanged INTEGER NOT NULL DEFAULT 0,  -- visits in a row that brought nothing new: widens the schedule
  status INTEGER,                        -- last HTTP status
  etag TEXT,
  last_modified TEXT,
  visited_at TEXT,
  last_crawl INTEGER REFERENCES crawls(id)
) STRICT""",
    "CREATE INDEX frontier_due ON frontier(portal, priority, due_at, id) WHERE due_at IS NOT NULL",
    "CREATE INDEX frontier_unread ON frontier(portal) WHERE state = 'new' AND due_at IS NOT NULL",
    "CREATE INDEX frontier_aside ON frontier(portal) WHERE state = 'aside'",
    "CREATE INDEX frontier_kind ON frontier(portal, kind, page)",
    "CREATE INDEX frontier_part ON frontier(part_of, priority, due_at, id) WHERE due_at IS NOT NULL",
    "CREATE INDEX frontier_channel ON frontier(channel_id, priority, due_at, id) WHERE due_at IS NOT NULL",
    """
CREATE TABLE items (                     -- rows of listing pages: what a channel says it holds
  channel_id INTEGER NOT NULL REFERENCES channels(id),
  frontier_id INTEGER NOT NULL REFERENCES frontier(id),
  title TEXT,
  date TEXT,
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL,
  first_crawl INTEGER REFERENCES crawls(id),
  last_crawl INTEGER REFERENCES crawls(id),
  PRIMARY KEY (channel_id, frontier_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX items_frontier ON items(frontier_id)",
    """
CREATE TABLE blobs (
  digest TEXT PRIMARY KEY,               -- sha256 of the bytes before compression, hex
  data BLOB NOT NULL,
  codec TEXT NOT NULL,                   -- zstd | raw
  prefix TEXT REFERENCES blobs(digest),  -- the sibling page it was compressed against; that one has none itself
  template TEXT,                         -- `portal kind` of a page that may serve as a prefix; null: it may not
  size INTEGER NOT NULL                  -- bytes before compression
) STRICT""",
    "CREATE INDEX blobs_template ON blobs(template) WHERE template IS NOT NULL",
    """
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
) STRICT""",
    "CREATE INDEX captures_frontier ON captures(frontier_id)",
    "CREATE INDEX captures_digest ON captures(digest)",
    """
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
  first_crawl INTEGER REFERENCES crawls(id),
  evidence TEXT NOT NULL DEFAULT '{}',   -- JSON: field -> {rule, snippet, rivals}
  reader TEXT NOT NULL DEFAULT ''        -- version of kaifaqu that read it
) STRICT""",
    "CREATE INDEX articles_portal_date ON articles(portal, date)",
    "CREATE INDEX articles_date ON articles(date)",
    "CREATE INDEX articles_source ON articles(source)",
    "CREATE INDEX articles_channel ON articles(channel)",
    "CREATE INDEX articles_year ON articles(year)",
    "CREATE INDEX articles_views ON articles(views)",
    "CREATE INDEX articles_first_crawl ON articles(first_crawl)",
    """
CREATE TABLE article_html (
  article_id INTEGER PRIMARY KEY REFERENCES articles(id),
  html TEXT NOT NULL
) STRICT""",
    """
CREATE TABLE article_pages (             -- the pages of a multi-page article, from 1; none where it has one page
  article_id INTEGER NOT NULL REFERENCES articles(id),
  page INTEGER NOT NULL,
  frontier_id INTEGER NOT NULL REFERENCES frontier(id),
  capture_id INTEGER NOT NULL REFERENCES captures(id),
  body TEXT NOT NULL,
  html TEXT NOT NULL,
  PRIMARY KEY (article_id, page)
) STRICT, WITHOUT ROWID""",
    """
CREATE TABLE versions (                  -- an earlier reading of an article, field by field where it differed
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id),
  seen_at TEXT NOT NULL,                 -- when the newer reading was seen
  old_capture INTEGER NOT NULL REFERENCES captures(id),
  new_capture INTEGER NOT NULL REFERENCES captures(id),
  crawl_id INTEGER REFERENCES crawls(id),
  changed TEXT NOT NULL                  -- JSON: field -> the value before
) STRICT""",
    "CREATE INDEX versions_article ON versions(article_id)",
    "CREATE INDEX versions_crawl ON versions(crawl_id)",
    """
CREATE TABLE views (
  article_id INTEGER NOT NULL REFERENCES articles(id),
  seen_at TEXT NOT NULL,
  origin TEXT NOT NULL,                  -- page | counter | listing
  views INTEGER NOT NULL,                -- after the key: SQLite 3.40's integrity_check wants it so
  PRIMARY KEY (article_id, seen_at, origin)
) STRICT, WITHOUT ROWID""",
    """
CREATE TABLE attachments (
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id),
  page INTEGER NOT NULL DEFAULT 1,       -- of a multi-page article
  position INTEGER NOT NULL,
  url TEXT NOT NULL,
  name TEXT,
  UNIQUE (article_id, url)
) STRICT""",
    """
CREATE TABLE images (
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id),
  page INTEGER NOT NULL DEFAULT 1,
  position INTEGER NOT NULL,
  url TEXT NOT NULL,
  caption TEXT,
  UNIQUE (article_id, url)
) STRICT""",
    """
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
) STRICT""",
    "CREATE INDEX failures_open ON failures(portal, at) WHERE resolved_at IS NULL",
    "CREATE INDEX failures_frontier ON failures(frontier_id)",
    "CREATE INDEX failures_crawl ON failures(crawl_id)",
)

# Counts of a channel are kept where the rows are written, so that no writer can forget them and nothing is scanned.
_COUNTS = (
    """
CREATE TRIGGER items_ai AFTER INSERT ON items BEGIN
  UPDATE channels SET listed = listed + 1,
    archived = archived + (SELECT article_id IS NOT NULL FROM frontier WHERE id = new.frontier_id)
  WHERE id = new.channel_id;
END""",
    """
CREATE TRIGGER items_ad AFTER DELETE ON items BEGIN
  UPDATE channels SET listed = listed - 1,
    archived = archived - (SELECT article_id IS NOT NULL FROM frontier WHERE id = old.frontier_id)
  WHERE id = old.channel_id;
END""",
    """
CREATE TRIGGER frontier_article AFTER UPDATE OF article_id ON frontier
WHEN (old.article_id IS NULL) <> (new.article_id IS NULL) BEGIN
  UPDATE channels SET archived = archived + iif(new.article_id IS NULL, -1, 1)
  WHERE id IN (SELECT channel_id FROM items WHERE frontier_id = new.id);
END""",
)

# `articles_fts` is contentless: it can't be rebuilt by FTS5's own command, and deletes name the old text.
_ADD = (
    "INSERT INTO articles_fts(rowid, title, body) "
    f"VALUES (new.id, {split_sql('new.title')}, {split_sql('new.body')});"
)
_REMOVE = (
    "INSERT INTO articles_fts(articles_fts, rowid, title, body) "
    f"VALUES ('delete', old.id, {split_sql('old.title')}, {split_sql('old.body')});"
)

_SEARCH = (
    f"CREATE VIRTUAL TABLE articles_fts {SEARCH_TABLE}",
    f"CREATE TRIGGER articles_ai AFTER INSERT ON articles BEGIN {_ADD} END",
    f"CREATE TRIGGER articles_ad AFTER DELETE ON articles BEGIN {_REMOVE} END",
    f"""
CREATE TRIGGER articles_au AFTER UPDATE OF title, body ON articles
WHEN old.title IS NOT new.title OR old.body IS NOT new.body BEGIN {_REMOVE} {_ADD} END""",
)


def m001_first_tables(db: Database) -> None:
    """All tables of the first version, the search index, and the triggers that keep it and the counts."""
    for statement in (*_TABLES, *_COUNTS, *_SEARCH):
        db.execute(statement.strip())
