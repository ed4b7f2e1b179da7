"""An archive as a file: opened, checked to be ours, migrated, locked; and what SQLite's errors mean to people."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlite_utils import Database

from scraper.archive.schema import APPLICATION_ID, SCHEMA_VERSION, migrations
from scraper.errors import (
    ArchiveBusy,
    ArchiveUnwritable,
    KaifaquError,
    NewerArchive,
    NotAnArchive,
    UsageError,
)

BUSY_MS = 10_000
"""How long to wait for another program's write to end."""

LARGEST_LOG = 64 << 20
"""Bytes to which the -wal file is cut when what it holds is in the archive. It is written there every 1,000 pages (4 MB),
but not past what a reader still reads: an export of an hour lets the file grow for that hour, and no longer.
"""

_UNWRITABLE = ("readonly", "disk is full", "unable to open", "disk I/O error")


def open_database(path: Path, *, create: bool, write: bool) -> Database:
    """Open, check and (for writing) migrate an archive. An empty file is fine to start in.

    Raises UsageError (no such file), NotAnArchive, NewerArchive, ArchiveUnwritable, ArchiveBusy.
    """
    if path.is_dir():
        raise NotAnArchive(f"{path} is a folder", "name a file in it, such as archive.db")
    if not path.exists() and not (create and write):
        raise UsageError(f"there is no archive at {path}", "name another with --db, or make one with `crawl`")
    with plain_errors(path):
        connection = _connect(path, write=write)
        try:
            return _prepare(connection, path, write=write)
        except BaseException:
            connection.close()
            raise


def _connect(path: Path, *, write: bool) -> sqlite3.Connection:
    address = path.absolute().as_uri()
    if write:
        return sqlite3.connect(f"{address}?mode=rwc", uri=True, isolation_level=None, timeout=BUSY_MS / 1000)
    mode = "immutable=1" if is_still(path) else "mode=ro"
    return sqlite3.connect(f"{address}?{mode}", uri=True, isolation_level=None, timeout=BUSY_MS / 1000)


def is_still(path: Path) -> bool:
    """Whether nobody can be writing the archive, so that SQLite may take the file as it is.

    A WAL database needs its -shm file even to be read; on a medium where that can't be made nobody writes either.
    """
    return not os.access(path.absolute().parent, os.W_OK) and not Path(f"{path}-wal").exists()


def _prepare(connection: sqlite3.Connection, path: Path, *, write: bool) -> Database:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    version = _check(connection, path, write=write)
    # Plug-ins of the user's datasette have no business in a crawl.
    db = Database(connection, execute_plugins=False)
    connection.execute("PRAGMA foreign_keys = ON")
    if write:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {LARGEST_LOG}")
        if version < SCHEMA_VERSION:
            _migrate(db, path)
    return db


def _check(connection: sqlite3.Connection, path: Path, *, write: bool) -> int:
    """The file's schema version, 0 for an empty one that may be started in."""
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION_ID and not (write and empty and owner == 0):
        raise NotAnArchive(f"{path} is no archive of kaifaqu", "name another file with --db")
    if version > SCHEMA_VERSION:
        raise NewerArchive(f"{path} was made by a later kaifaqu", "update: pip install -U kaifaqu")
    if version < SCHEMA_VERSION and not write:
        raise UsageError(f"{path} was made by an earlier kaifaqu", "open it once for writing, with `crawl`")
    return version


def _migrate(db: Database, path: Path) -> None:
    lock = take_lock(path)
    try:
        db.conn.execute("PRAGMA journal_mode = WAL")
        db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(db)
        db.conn.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    finally:
        lock.close()


def take_lock(path: Path) -> IO[bytes]:
    """Hold `<path>-lock` until the returned file is closed. The system frees it when the process ends, however it ends.

    Raises ArchiveBusy when another holds it, ArchiveUnwritable when the file can't be made.
    """
    try:
        handle = Path(f"{path}-lock").open("ab")  # noqa: SIM115  # held open as long as the lock is
    except OSError as error:
        raise _unwritable(path, error.strerror or "not writable") from error
    try:
        _lock(handle)
    except OSError as error:
        handle.close()
        if not isinstance(error, BlockingIOError | PermissionError):  # a disk that knows no locks
            raise _unwritable(path, error.strerror or "not lockable") from error
        raise ArchiveBusy(
            f"another crawl is writing {path}", "wait for it to end, or name another file with --db"
        ) from error
    return handle


try:
    import fcntl

    def _lock(handle: IO[bytes]) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

except ImportError:  # Windows
    import msvcrt

    def _lock(handle: IO[bytes]) -> None:
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All or nothing. The write lock is taken at the start: a transaction that reads first and writes later fails at
    once, without waiting, when another program wrote in between.
    """
    with plain_errors(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """SQLite's errors that a person can mend as one line of ours; all others pass as they are (they are bugs)."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        known = _in_plain_words(path, str(error))
        if known is None:
            raise
        raise known from error


def _in_plain_words(path: Path, words: str) -> KaifaquError | None:
    if any(mark in words for mark in _UNWRITABLE):
        return _unwritable(path, words)
    if "locked" in words:
        return ArchiveBusy(f"another program is writing {path}", "close it there and try again")
    if "not a database" in words:
        return NotAnArchive(f"{path} is no SQLite database", "name another file with --db")
    if "malformed" in words:
        return NotAnArchive(
            f"{path} is damaged ({words})", "restore a copy, or save what is left: sqlite3 FILE .recover"
        )
    return None


def _unwritable(path: Path, words: str) -> ArchiveUnwritable:
    return ArchiveUnwritable(
        f"can't write {path} ({words})", "make room on the disk, or name a file in a folder of yours"
    )
