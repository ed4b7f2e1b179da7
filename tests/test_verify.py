"""Verify: a sound archive has no problems, and each kind of damage is found and named."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from archive_rows import NEWS, save, save_listing, started, values
from click.testing import CliRunner

from scraper.archive import Archive
from scraper.archive.verify import repair, verify
from scraper.commands import cli
from scraper.errors import UsageError


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
    assert [p.what for p in verify(archive)] == [
        "the search index does not hold, as it stands, the title of article 3"
    ]


@pytest.mark.parametrize(
    "change",
    [
        "body = replace(body, '正文', '文正')",  # the same characters in another order
        "body = body || '尾'",
        "title = NULL",
        "body = ''",
    ],
)
def test_the_index_is_proved_to_the_last_character(archive: Archive, change: str) -> None:
    archive.db.conn.execute("DROP TRIGGER articles_au")
    archive.db.conn.execute(f"UPDATE articles SET {change} WHERE id = 4")
    (problem,) = verify(archive)
    assert problem.check == "search" and problem.what.endswith(f"{change.split()[0]} of article 4")


def test_texts_that_stand_with_one_anothers_article_are_found(archive: Archive) -> None:
    archive.db.conn.execute("DROP TRIGGER articles_au")
    (second,), (third,) = values(archive, "SELECT body FROM articles WHERE id IN (2, 3) ORDER BY id")
    archive.db.conn.execute(
        "UPDATE articles SET body = iif(id = 2, ?, ?) WHERE id IN (2, 3)", (third, second)
    )
    assert len(verify(archive)) == 2


def test_an_index_that_can_not_be_read_is_told_in_a_line(archive: Archive) -> None:
    archive.db.conn.execute("UPDATE articles_fts_data SET block = zeroblob(20) WHERE id > 10")
    assert {p.check for p in verify(archive)} <= {"search", "file"} and verify(archive)


@pytest.mark.parametrize("seed", range(8))
def test_a_flipped_byte_costs_that_page_and_those_stored_against_it(archive: Archive, seed: int) -> None:
    chance = random.Random(seed)
    rows = values(archive, "SELECT digest, data, prefix FROM blobs ORDER BY rowid")
    digest, data, _ = chance.choice(rows)
    damaged = bytearray(data)
    for place in chance.sample(range(len(data)), k=min(4, len(data))):
        damaged[place] ^= chance.randrange(1, 256)
    archive.db.conn.execute("UPDATE blobs SET data = ? WHERE digest = ?", (bytes(damaged), digest))
    leaning = {d for d, _, prefix in rows if prefix == digest}
    told = {word for p in verify(archive) for word in p.what.split() if len(word) == 64}
    assert digest in told <= {digest} | leaning
    assert {p.check for p in verify(archive)} == {"page"}
    for other in {d for d, _, _ in rows} - told:
        archive.load_blob(other)
    with pytest.raises(UsageError, match="restore a copy"):
        archive.load_blob(digest)


@pytest.mark.parametrize(
    "damage",
    [
        "INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')",
        "UPDATE articles_fts_data SET block = zeroblob(20) WHERE id > 10",
        "DELETE FROM articles_fts_docsize WHERE id = 2",
        "UPDATE channels SET archived = 99, listed = 1",
        "UPDATE frontier SET article_id = NULL WHERE article_id = 2",
        "UPDATE tallies SET articles = 99 WHERE name = 'year'",
        "DELETE FROM tallies WHERE name = 'month'",
    ],
)
def test_repair_makes_again_what_the_rows_tell(archive: Archive, damage: str) -> None:
    before = values(archive, "SELECT listed, archived FROM channels")
    archive.db.conn.execute(damage)
    assert verify(archive)
    repair(archive)
    assert verify(archive) == []
    assert values(archive, "SELECT listed, archived FROM channels") == before
    assert [hit.id for hit in archive.search("3号消息")] == [3]


def test_repair_leaves_a_damaged_page_as_it_is(archive: Archive) -> None:
    archive.db.conn.execute("UPDATE blobs SET data = x'28B52FFD' WHERE rowid = 6")
    repair(archive)
    assert [p.check for p in verify(archive)] == ["page"]
    assert values(archive, "SELECT hex(data) FROM blobs WHERE rowid = 6") == [("28B52FFD",)]


def test_the_command_tells_each_problem_in_a_line_and_exits_1(archive: Archive) -> None:
    db = ("--db", str(archive.path))
    sound = CliRunner().invoke(cli, ["verify", *db])
    assert (sound.exit_code, sound.stdout) == (0, "")
    archive.db.conn.execute("UPDATE channels SET archived = 99")
    archive.db.conn.execute("UPDATE blobs SET data = x'28B52FFD' WHERE rowid = 6")
    found = CliRunner().invoke(cli, ["verify", *db])
    assert found.exit_code == 1
    assert [line.partition(":")[0] for line in found.stdout.splitlines()] == ["page", "count"]
    mended = CliRunner().invoke(cli, ["verify", "--repair", *db])
    assert mended.exit_code == 1
    assert [line.partition(":")[0] for line in mended.stdout.splitlines()] == ["page"]


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
