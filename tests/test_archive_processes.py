"""The archive among other programs: readers while a crawl writes, kills at any moment, plain SQLite clients."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from archive_rows import HOST, NEWS, save, started, values

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.errors import ArchiveBusy

HERE = Path(__file__).parent
WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from archive_rows import NEWS, save, save_listing, started
archive, crawl = started(sys.argv[1])
archive.lock()
for n in range(1_000_000):
    if n % 5 == 0:
        save_listing(archive, crawl, f"{NEWS}index_{n}.html", range(n, n + 5))
    save(archive, crawl, f"{NEWS}{n}.html", title=f"第{n}条", body=f"{n}号正文" * 200, body_html=f"<p>{n}</p>")
    save(archive, crawl, f"{NEWS}{n // 2}.html", title=f"第{n}次改", body=f"{n}号" * 100, body_html=f"<b>{n}</b>")
    print(n, flush=True)
"""


def writer(db: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, db, HERE], stdout=subprocess.PIPE, text=True, cwd=HERE.parent
    )


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize("seed", range(3))
def test_a_kill_at_any_moment_leaves_a_sound_archive(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    said = -1
    for _ in range(3):
        with writer(tmp_path / "a.db") as process:
            assert process.stdout is not None
            for _ in range(dice.randrange(1, 30)):
                said = max(said, int(process.stdout.readline()))
            time.sleep(dice.random() * 0.02)
            process.send_signal(signal.SIGKILL)
            process.wait()
    with Archive.open(tmp_path / "a.db") as archive:
        assert verify(archive) == []
        kept = values(archive, "SELECT count(*), min(url) FROM articles")[0][0]
        assert kept >= said + 1
        half = (
            "SELECT count(*) FROM articles a LEFT JOIN article_html h ON h.article_id = a.id "
            "LEFT JOIN captures c ON c.id = a.capture_id LEFT JOIN blobs b ON b.digest = c.digest "
            "LEFT JOIN frontier f ON f.id = a.frontier_id "
            "WHERE h.html IS NULL OR b.digest IS NULL OR f.state <> 'read' OR f.article_id <> a.id"
        )
        assert values(archive, half) == [(0,)]
        archive.lock()


def test_readers_never_wait_for_a_writer_and_it_never_for_them(tmp_path: Path) -> None:
    with writer(tmp_path / "a.db") as process:
        assert process.stdout is not None
        process.stdout.readline()
        seen = []
        for _ in range(40):
            with Archive.open(tmp_path / "a.db", write=False) as reader:
                seen.append(reader.status()[0].articles)
                assert reader.search("号", limit=3)
        first = int(process.stdout.readline())
        with Archive.open(tmp_path / "a.db", write=False) as reader:
            rows = reader.articles()
            next(rows)  # a reader that stays in the middle of a table
            while int(process.stdout.readline()) < first + 20:
                pass
        process.kill()
    assert seen == sorted(seen) and seen[-1] > seen[0]


def test_a_short_write_of_another_program_is_waited_for(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    other = sqlite3.connect(tmp_path / "a.db", check_same_thread=False, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE portals SET name = '别人'")
    letting_go = threading.Timer(0.3, other.execute, ["COMMIT"])
    letting_go.start()
    assert save(archive, crawl, f"{NEWS}1.html").outcome == "new"
    letting_go.join()
    other.close()
    archive.close()


def test_a_program_that_does_not_let_go_is_named_in_one_line(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    archive.db.conn.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ArchiveBusy, match="another program is writing"):
        save(archive, crawl, f"{NEWS}1.html")
    other.close()
    assert save(archive, crawl, f"{NEWS}1.html").outcome == "new"
    archive.close()


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="needs the sqlite3 shell")
def test_a_plain_sqlite_shell_can_write_and_search(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, f"{NEWS}1.html", body="青石湾新材料产业园开工。")
    archive.close()

    def shell(sql: str) -> str:
        done = subprocess.run(["sqlite3", tmp_path / "a.db", sql], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    assert shell("SELECT rowid FROM articles_fts WHERE articles_fts MATCH '\"产 业 园\"'") == "1"
    shell("UPDATE articles SET body = '改成了新能源' WHERE id = 1")
    assert shell("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '\"产 业 园\"'") == "0"
    assert shell("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '\"新 能 源\"'") == "1"
    with Archive.open(tmp_path / "a.db") as again:
        assert verify(again) == [] and [hit.portal for hit in again.search("新能源")] == [HOST]
