"""The tables of an archive, as migrations from the first day. Names of tables and of the columns of `articles` are a
contract with analysts: they are only added to, never renamed.

All tables are STRICT. Times are UTC text `YYYY-MM-DDTHH:MM:SSZ`; `articles.date` is China time as the page shows it.
"""

from __future__ import annotations

from sqlite_utils import Migrations

from scraper.archive.migrations import STEPS

APPLICATION_ID = 0x6B667175  # "kfqu": marks the file as ours (PRAGMA application_id)
SCHEMA_VERSION = len(STEPS)  # PRAGMA user_version; a file with a larger one is refused for writing

migrations = Migrations("kaifaqu")
for step in STEPS:
    migrations()(step)
