"""The archive as a file: opened, refused, full, read-only, damaged, locked."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from archive_rows import (
    HOST,
    NEWS,
    save,
    started,
    values,
)

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.errors import ArchiveBusy, ArchiveUnwritable, NewerArchive, NotAnArchive, UsageError

ONE = f"{NEWS}1.html"
MOUNTS = pytest.mark.skipif(
    shutil.which("mount") is None or os.name != "posix" or os.geteuid() != 0, reason="only root may mount"
)


def test_a_missing_file_is_made_only_where_that_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no archive at"):
        Archive.open(tmp_path / "a.db", create=False)
    with pytest.raises(UsageError, match="no archive at"):
        Archive.open(tmp_path / "a.db", write=False)
    assert list(tmp_path.iterdir()) == []
    Archive.open(tmp_path / "a.db").close()
    assert (tmp_path / "a.db").exists()


def test_an_empty_file_is_fine_to_start_in(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    with Archive.open(tmp_path / "a.db") as archive:
        assert archive.portals() == []


def test_any_file_name_will_do(tmp_path: Path) -> None:
    for name in ("开发区 归档.db", "a?b#c%20.db"):
        started(tmp_path / name)[0].close()
        with Archive.open(tmp_path / name, write=False) as archive:
            assert archive.portals() == [HOST]
    assert {path.name for path in tmp_path.glob("*.db")} == {"开发区 归档.db", "a?b#c%20.db"}


def test_a_file_that_is_no_sqlite_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("青石湾" * 4000, "utf-8")
    for write in (True, False):
        with pytest.raises(NotAnArchive, match=r"notes\.txt is no SQLite database"):
            Archive.open(path, write=write)


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE t(x)")
    theirs.close()
    before = path.read_bytes()
    with pytest.raises(NotAnArchive, match="no archive of kaifaqu"):
        Archive.open(path)
    assert path.read_bytes() == before


def test_a_folder_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(NotAnArchive, match="is a folder"):
        Archive.open(tmp_path)


def test_an_archive_of_a_later_version_is_refused(tmp_path: Path) -> None:
    started(tmp_path / "a.db")[0].close()
    with sqlite3.connect(tmp_path / "a.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(NewerArchive, match="pip install"):
        Archive.open(tmp_path / "a.db")


def test_a_damaged_archive_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    for n in range(30):
        save(archive, crawl, f"{NEWS}{n}.html", body="正文" * 500)
    archive.close()
    whole = bytearray((tmp_path / "a.db").read_bytes())
    whole[4096 : len(whole) // 2] = os.urandom(len(whole) // 2 - 4096)
    (tmp_path / "a.db").write_bytes(whole)
    with pytest.raises(NotAnArchive) as error, Archive.open(tmp_path / "a.db") as archive:
        archive.status()
    assert "\n" not in str(error.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnwritable, match=r"no/a\.db"):
        Archive.open(tmp_path / "no" / "a.db")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write in a read-only folder")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ArchiveUnwritable, match=r"a\.db"):
            Archive.open(tmp_path / "a.db")
    finally:
        tmp_path.chmod(0o700)


def test_what_was_opened_for_reading_cannot_be_written(tmp_path: Path) -> None:
    started(tmp_path / "a.db")[0].close()
    with Archive.open(tmp_path / "a.db", write=False) as archive, pytest.raises(ArchiveUnwritable):
        archive.add_portal("b.example", home_url="http://b.example/")


def test_a_full_disk_is_one_line_and_loses_nothing_stored(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, ONE)
    (pages,) = values(archive, "PRAGMA page_count")[0]
    archive.db.conn.execute(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(ArchiveUnwritable, match="full"):
        for n in range(2, 200):
            save(archive, crawl, f"{NEWS}{n}.html", raw=os.urandom(9000))
    stored = values(archive, "SELECT count(*) FROM articles")[0][0]
    assert stored >= 1
    archive.db.conn.execute("PRAGMA max_page_count = 1000000")
    assert save(archive, crawl, f"{NEWS}500.html").outcome == "new"
    assert verify(archive) == []
    archive.close()


@MOUNTS
def test_a_disk_that_is_really_full_is_one_line(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small], capture_output=True
    ).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        archive, crawl = started(small / "a.db")
        with pytest.raises(ArchiveUnwritable, match="full"):
            for n in range(2000):
                save(archive, crawl, f"{NEWS}{n}.html", raw=os.urandom(9000))
        archive.close()
    finally:
        subprocess.run(["umount", small], check=True)


@MOUNTS
def test_an_archive_on_a_medium_that_cannot_be_written_is_read_all_the_same(tmp_path: Path) -> None:
    disc = tmp_path / "disc"
    disc.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", disc], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        archive, crawl = started(disc / "a.db")
        save(archive, crawl, ONE)
        archive.close()
        subprocess.run(["mount", "-o", "remount,ro", disc], check=True)
        with Archive.open(disc / "a.db", write=False) as archive:
            assert [hit.url for hit in archive.search("会议")] == [ONE] and verify(archive) == []
        with pytest.raises(ArchiveUnwritable, match=r"a\.db"), Archive.open(disc / "a.db") as archive:
            save(archive, crawl, ONE)
    finally:
        subprocess.run(["umount", disc], check=True)


def test_one_crawl_at_a_time(tmp_path: Path) -> None:
    first, _ = started(tmp_path / "a.db")
    first.lock()
    first.lock()
    with Archive.open(tmp_path / "a.db") as second, pytest.raises(ArchiveBusy, match=r"another crawl.*--db"):
        second.lock()
    first.close()
    with Archive.open(tmp_path / "a.db") as third:
        third.lock()


def test_a_killed_crawl_leaves_no_lock_behind(tmp_path: Path) -> None:
    code = "import sys\nfrom scraper.archive import Archive\na = Archive.open(sys.argv[1])\na.lock()\nprint('held', flush=True)\nsys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "a.db"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    )
    with process:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        with Archive.open(tmp_path / "a.db") as archive:
            with pytest.raises(ArchiveBusy):
                archive.lock()
            process.kill()
            process.wait()
            archive.lock()


def test_a_disk_without_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, _ = started(tmp_path / "a.db")

    def no_locks(_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("scraper.archive.file._lock", no_locks)
    with pytest.raises(ArchiveUnwritable, match="No locks available"):
        archive.lock()
    archive.close()
