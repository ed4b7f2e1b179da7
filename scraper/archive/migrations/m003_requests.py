"""How pages were asked for: over which secure connection, by which form, and whether a browser made them."""

from __future__ import annotations

from sqlite_utils import Database

_COLUMNS = (
    "ALTER TABLE portals ADD COLUMN tls TEXT",  # ways of its secure connections: legacy, noverify, both; null: normal
    "ALTER TABLE captures ADD COLUMN tls TEXT",  # protocol and ways, as `TLSv1 legacy`; null for http
    "ALTER TABLE captures ADD COLUMN method TEXT NOT NULL DEFAULT 'GET'",  # GET | POST
    "ALTER TABLE captures ADD COLUMN form TEXT REFERENCES blobs(digest)",  # what was posted
    "ALTER TABLE captures ADD COLUMN rendered INTEGER NOT NULL DEFAULT 0",  # 1: what a browser made of the page
    "ALTER TABLE frontier ADD COLUMN form TEXT",  # what is posted to `url` for this page; null: a GET
)


def m003_requests(db: Database) -> None:
    """How pages were asked for: over which secure connection, by which form, and whether a browser made them."""
    for statement in _COLUMNS:
        db.execute(statement)
