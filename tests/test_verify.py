"""Verify: a sound archive has no problems, and each kind of damage is found and named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from archive_rows import NEWS, save, save_listing, started

from scraper.archive import Archive
from scraper.archive.verify import verify


@pytest.fixture
def archive(tmp_path: Path) -> Any:
    archive, crawl = started(tmp_path / "a.db")
    save_listing(archive, crawl, NEWS, range(1, 8))
    for n in range(1, 6):
        save(archive, crawl, f"{NEWS}{n}.html", title=f'第{n}条"引号"', body=f"{n}号消息，正文。" * 30)
    yield archive
    archive.close()


def test_a_sound_archive_has_no_problems(archive: Archive) -> None:
    assert verify(archive) == []


def test_an_empty_archive_has_no_problems(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "empty.db") as archive:
        assert verify(archive) == []


@pytest.mark.parametrize(
    ("check", "damage"),
    [
        ("page", "UPDATE blobs SET data = x'28B52FFD' WHERE rowid = 2"),
        (
            "page",
            "UPDATE blobs SET data = (SELECT data FROM blobs WHERE rowid = 3), size = 1 WHERE rowid = 2",
        ),
        ("page", "UPDATE blobs SET prefix = (SELECT digest FROM blobs WHERE rowid = 4) WHERE rowid = 5"),
        ("reference", "DELETE FROM captures WHERE id = 3"),
        ("article", "DELETE FROM captures WHERE id = 3"),
        ("article", "UPDATE captures SET digest = NULL WHERE id = 3"),
        ("article", "UPDATE frontier SET article_id = NULL WHERE article_id = 2"),
        ("search", "DELETE FROM articles_fts_docsize WHERE id = 2"),
        ("search", "INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')"),
        ("count", "UPDATE channels SET archived = 99"),
        ("count", "UPDATE channels SET listed = 1"),
    ],
)
def test_damage_is_found_and_named(archive: Archive, check: str, damage: str) -> None:
    archive.db.conn.execute("PRAGMA foreign_keys = OFF")
    archive.db.conn.execute(damage)
    problems = verify(archive)
    assert check in {problem.check for problem in problems}
    assert all(problem.what and "\n" not in problem.what for problem in problems)


def test_an_index_that_missed_a_change_is_found(archive: Archive) -> None:
    archive.db.conn.execute("DROP TRIGGER articles_au")
    archive.db.conn.execute("UPDATE articles SET title = '换了个题目' WHERE id = 3")
    assert [p.what for p in verify(archive)] == ["the search index does not hold the title of article 3"]


def test_a_file_damaged_on_disk_is_found(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    for n in range(60):
        save(archive, crawl, f"{NEWS}{n}.html", body=f"{n}号消息。" * 300)
    (pages,) = archive.db.conn.execute("PRAGMA page_count").fetchone()
    archive.close()
    whole = bytearray((tmp_path / "a.db").read_bytes())
    for number in range(pages // 2, pages):
        whole[number * 4096 : number * 4096 + 64] = bytes(64)
    (tmp_path / "a.db").write_bytes(whole)
    with Archive.open(tmp_path / "a.db") as archive:
        assert {problem.check for problem in verify(archive)} == {"file"}
