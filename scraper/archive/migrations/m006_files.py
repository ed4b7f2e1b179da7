"""The files that articles carry: kept once, named, and searched together with their article."""

from __future__ import annotations

from sqlite_utils import Database

from scraper.archive.splitting import FILES_SEARCH_TABLE, files_sql, fts_row_sql

_FILES = (
    """
CREATE TABLE files (                     -- attachments and images that were fetched, each kept once whatever its names
  digest TEXT PRIMARY KEY REFERENCES blobs(digest),
  kind TEXT NOT NULL,                    -- by its bytes: pdf, docx, doc (also wps), jpeg, zip, …, other
  text TEXT,                             -- what it says; null: not read
  reader TEXT,                           -- package that read the text; null: none tried yet
  note TEXT                              -- why there is no text
) STRICT""",
    "CREATE INDEX files_unread ON files(kind) WHERE reader IS NULL",
    *(
        f"ALTER TABLE {table} ADD COLUMN {column}"
        for table in ("attachments", "images")
        for column in (
            "frontier_id INTEGER REFERENCES frontier(id)",  # where it is fetched; null: never wanted
            "digest TEXT REFERENCES files(digest)",  # its bytes; null: not fetched
            "file_name TEXT",  # what the server calls it, made harmless
        )
    ),
    *(
        f"CREATE INDEX {table}_{column} ON {table}({column}) WHERE {column} IS NOT NULL"
        for table in ("attachments", "images")
        for column in ("frontier_id", "digest")
    ),
)

_ADD = "INSERT INTO articles_fts(rowid, title, body, files)"
_REMOVE = "INSERT INTO articles_fts(articles_fts, rowid, title, body, files)"


def _again(article: str, **before: str) -> str:
    """SQL that takes articles out of the index as they stood before a change, and puts them in as they stand.

    `articles_fts` is contentless: what is taken out must be told exactly as it was put in. This is done after the change, for
    what is done before one stays when the change itself is ignored (INSERT OR IGNORE).
    """
    old = fts_row_sql("a", files_sql("a.id", **before))
    return (
        f"{_REMOVE} SELECT 'delete', {old} FROM articles a WHERE {article}; "
        f"{_ADD} SELECT {fts_row_sql('a')} FROM articles a WHERE {article};"
    )


_TEXT_BEFORE = "iif(f.digest = old.digest, old.text, f.text)"
_OF_FILE = "a.id IN (SELECT article_id FROM attachments WHERE digest = new.digest)"
_TRIGGERS = (
    f"CREATE TRIGGER articles_ai AFTER INSERT ON articles BEGIN {_ADD} SELECT {fts_row_sql('new')}; END",
    f"CREATE TRIGGER articles_ad AFTER DELETE ON articles BEGIN {_REMOVE} SELECT 'delete', {fts_row_sql('old')}; END",
    f"""
CREATE TRIGGER articles_au AFTER UPDATE OF title, body ON articles
WHEN old.title IS NOT new.title OR old.body IS NOT new.body
BEGIN {_REMOVE} SELECT 'delete', {fts_row_sql("old")}; {_ADD} SELECT {fts_row_sql("new")}; END""",
    f"CREATE TRIGGER attachments_ai AFTER INSERT ON attachments BEGIN {_again('a.id = new.article_id', but='new.id')} END",
    f"CREATE TRIGGER attachments_ad AFTER DELETE ON attachments BEGIN {_again('a.id = old.article_id', with_row='old')} END",
    f"""
CREATE TRIGGER attachments_au AFTER UPDATE OF position, name, digest ON attachments
WHEN old.position IS NOT new.position OR old.name IS NOT new.name OR old.digest IS NOT new.digest
BEGIN {_again("a.id = new.article_id", but="new.id", with_row="old")} END""",
    f"""
CREATE TRIGGER files_au AFTER UPDATE OF text ON files WHEN old.text IS NOT new.text
BEGIN {_again(_OF_FILE, text=_TEXT_BEFORE)} END""",
)


def m006_files(db: Database) -> None:
    """The files that articles carry, and a search index that holds their names and texts too."""
    for statement in _FILES:
        db.execute(statement.strip())
    for trigger in ("articles_ai", "articles_ad", "articles_au"):
        db.execute(f"DROP TRIGGER {trigger}")
    db.execute("DROP TABLE articles_fts")
    db.execute(f"CREATE VIRTUAL TABLE articles_fts {FILES_SEARCH_TABLE}")
    db.execute(f"{_ADD} SELECT {fts_row_sql('a')} FROM articles a")
    for trigger in _TRIGGERS:
        db.execute(trigger.strip())
