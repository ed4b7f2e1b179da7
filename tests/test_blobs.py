"""The bytes of pages: restored exactly, kept once, small beside their siblings, and proved by their digest."""

from __future__ import annotations

import gzip
import os
import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from archive_rows import DAY2, NEWS, capture, page, reading, row, save, started, values
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive.blobs import LARGEST_PREFIX, MOST_SLICES, Blobs, digest_of, pack, unpack
from scraper.archive.schema import migrations
from scraper.errors import UsageError


@pytest.fixture
def blobs() -> Any:
    from sqlite_utils import Database

    db = Database(memory=True)
    migrations.apply(db)
    yield Blobs(db.conn)
    db.close()


def text(seed: int, size: int) -> str:
    dice = random.Random(seed)
    return "".join(chr(dice.randrange(0x4E00, 0x5200)) for _ in range(size))


def rows(blobs: Blobs, what: str) -> list[Any]:
    connection: sqlite3.Connection = blobs._connection
    return connection.execute(f"SELECT {what} FROM blobs ORDER BY rowid").fetchall()


@given(st.binary(max_size=3000), st.binary(min_size=9, max_size=3000))
@settings(max_examples=80, deadline=None)
def test_any_bytes_come_back(body: bytes, prefix: bytes) -> None:
    alone, beside = pack(body), pack(body + prefix, prefix)
    assert unpack(alone.data, alone.codec) == body
    assert unpack(beside.data, beside.codec, prefix if beside.against else None) == body + prefix


def test_a_page_beside_its_sibling_costs_what_is_its_own(blobs: Blobs) -> None:
    for n in range(6):
        blobs.save(page(text(n, 20), text(n + 100, 300)), "kfq.example article")
    stored = rows(blobs, "length(data), size, prefix, template, digest")
    assert stored[0][2] is None and stored[0][3] == "kfq.example article"
    for length, size, prefix, template, _ in stored[1:]:
        assert prefix == stored[0][4] and template is None
        assert length < 0.6 * stored[0][0] < size


def test_a_page_that_differs_in_its_counter_costs_next_to_nothing(blobs: Blobs) -> None:
    blobs.save(page("甲", text(1, 800) + "浏览：101"), "t")
    blobs.save(page("甲", text(1, 800) + "浏览：102"), "t")
    assert rows(blobs, "length(data)")[1][0] < 100


def test_any_page_is_restored_from_at_most_one_other(blobs: Blobs) -> None:
    bodies = [page(text(n, 20), text(n % 3, 50 * n)) for n in range(40)]
    digests = [blobs.save(body, "t") for body in bodies]
    assert [blobs.load(digest) for digest in digests] == bodies
    deep = "SELECT count(*) FROM blobs b JOIN blobs p ON p.digest = b.prefix WHERE p.prefix IS NOT NULL"
    assert blobs._connection.execute(deep).fetchone() == (0,)


def test_a_redesign_makes_a_new_sibling(blobs: Blobs) -> None:
    old, new = text(1, 3000), text(2, 3000)
    for n in range(3):
        blobs.save((old + text(n + 10, 100)).encode(), "t")
    for n in range(3):
        blobs.save((new + text(n + 20, 100)).encode(), "t")
    prefixes = [prefix is None for (prefix,) in rows(blobs, "prefix")]
    assert prefixes == [True, False, False, True, False, False]


def test_the_sibling_is_found_again_after_a_restart(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, f"{NEWS}1.html", body="第一")
    archive.close()
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, f"{NEWS}2.html", body="第二")
    assert values(archive, "SELECT count(*) FROM blobs WHERE prefix IS NOT NULL") == [(1,)]
    archive.close()


def test_pages_of_another_kind_or_portal_are_no_siblings(blobs: Blobs) -> None:
    for template in ("a.example article", "a.example listing", "b.example article"):
        blobs.save(page(template, "乙"), template)
    assert [prefix for (prefix,) in rows(blobs, "prefix")] == [None, None, None]


def test_the_same_bytes_are_kept_once(blobs: Blobs) -> None:
    assert blobs.save(b"x" * 100, "t") == blobs.save(b"x" * 100, None) == digest_of(b"x" * 100)
    assert len(rows(blobs, "digest")) == 1


def test_what_does_not_shrink_is_kept_raw(blobs: Blobs) -> None:
    noise = os.urandom(5000)
    for body in (b"x", b"tiny", noise):
        assert blobs.load(blobs.save(body, "t")) == body
    assert rows(blobs, "codec, template") == [("raw", None)] * 3


def test_a_document_serves_no_page_as_prefix(blobs: Blobs) -> None:
    blobs.save(b"a" * (LARGEST_PREFIX + 1), "t")
    blobs.save(b"a" * 1000, "t")
    assert rows(blobs, "prefix") == [(None,), (None,)]


def test_what_is_remembered_has_a_bound(blobs: Blobs) -> None:
    for n in range(100):
        blobs.save(page(str(n), text(n, 50)), f"{n}.example article")
    assert len(blobs._siblings) == Blobs.REMEMBERED


def test_a_visit_rolled_back_is_no_sibling(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    one = row(archive, f"{NEWS}1.html")
    bad = capture(one.url, page("甲", "乙"), at=DAY2)
    with pytest.raises(sqlite3.IntegrityError):
        archive.save_page(one, bad, reading(one.url, "article"), crawl_id=999)
    archive.save_page(one, capture(one.url, page("丙", "丁")), reading(one.url, "article"), crawl_id=crawl)
    assert values(archive, "SELECT prefix FROM blobs") == [(None,)]
    archive.close()


@pytest.mark.parametrize(
    "damage", ["x'00'", "substr(data, 1, length(data) - 5)", "(SELECT data FROM blobs WHERE rowid = 1)"]
)
def test_damage_is_told_and_never_returned(blobs: Blobs, damage: str) -> None:
    blobs.save(page("甲", text(1, 300)), "t")
    digest = blobs.save(page("乙", text(2, 300)), "t")
    blobs._connection.execute(f"UPDATE blobs SET data = {damage} WHERE digest = ?", (digest,))
    with pytest.raises(UsageError, match=digest):
        blobs.load(digest)


def test_a_digest_that_is_not_there_is_named(blobs: Blobs) -> None:
    with pytest.raises(UsageError, match="no page of digest 00ff"):
        blobs.load("00ff")


def counted(number: int, seed: int = 1) -> bytes:
    """An article page of a template, with its counter."""
    frame = "".join(f'<li><a href="/c{n}/">栏目第{n * 7919}号</a></li>' for n in range(900))
    return f"<html>{frame}<p>{text(seed, 900)}</p><p>点击量：{number}</p></html>".encode()


def stored(blobs: Blobs) -> int:
    (size,) = blobs._connection.execute("SELECT sum(length(data)) FROM blobs").fetchone()
    return int(size)


def test_a_page_that_comes_again_with_another_counter_costs_next_to_nothing(blobs: Blobs) -> None:
    blobs.save(counted(1, seed=9), "kfq.example article")
    digest = blobs.save(counted(655), "kfq.example article")
    for number in range(656, 662):
        before = stored(blobs)
        digest = blobs.save(counted(number), "kfq.example article", earlier=digest)
        assert stored(blobs) - before <= 0.03 * len(gzip.compress(counted(number), 6))
        assert blobs.load(digest) == counted(number)
    assert blobs.load(digest_of(counted(655))) == counted(655)


def test_a_slice_is_restored_from_its_record_and_one_prefix(blobs: Blobs) -> None:
    blobs.save(counted(1, seed=9), "kfq.example article")
    first = digest = blobs.save(counted(1), "kfq.example article")
    for number in range(2, 6):
        digest = blobs.save(counted(number), "kfq.example article", earlier=digest)
    rows = blobs._connection.execute(
        "SELECT prefix, length(data) FROM blobs WHERE codec = 'slice'"
    ).fetchall()
    assert rows == [(first, 0)] * 4
    prefix = "SELECT p.prefix FROM blobs b JOIN blobs p ON p.digest = b.prefix WHERE b.digest = ?"
    assert blobs._connection.execute(prefix, (first,)).fetchone() == (None,)


def test_a_record_holds_no_more_than_so_many_pages(blobs: Blobs) -> None:
    digests = [blobs.save(counted(0), "kfq.example article")]
    for number in range(1, 40):
        digests.append(blobs.save(counted(number), "kfq.example article", earlier=digests[-1]))
    held = blobs._connection.execute(
        "SELECT count(*) FROM blobs WHERE codec = 'slice' GROUP BY prefix"
    ).fetchall()
    assert sum(n for (n,) in held) >= 36 and max(n for (n,) in held) <= MOST_SLICES
    assert [blobs.load(digest) for digest in digests] == [counted(number) for number in range(40)]


def test_a_page_that_changed_much_is_no_slice(blobs: Blobs) -> None:
    digest = blobs.save(text(3, 3000).encode(), None)
    blobs.save(text(4, 3000).encode(), None, earlier=digest)
    blobs.save(b"<h1>404</h1>", None, earlier=digest)
    assert blobs._connection.execute("SELECT count(*) FROM blobs WHERE codec = 'slice'").fetchone() == (0,)


def test_siblings_are_restored_though_their_page_came_again(blobs: Blobs) -> None:
    """The record of the page that serves as the prefix of others grows by slices."""
    first = blobs.save(counted(1), "kfq.example article")
    other = blobs.save(counted(1, seed=9), "kfq.example article")
    again = blobs.save(counted(2), "kfq.example article", earlier=first)
    later = blobs.save(counted(1, seed=11), "kfq.example article")
    for digest, body in ((first, (1, 1)), (other, (1, 9)), (again, (2, 1)), (later, (1, 11))):
        assert blobs.load(digest) == counted(*body) == Blobs(blobs._connection).load(digest)


def test_nothing_is_put_into_a_damaged_record(blobs: Blobs) -> None:
    digest = blobs.save(counted(1), None)
    blobs._connection.execute("UPDATE blobs SET data = substr(data, 1, 50)")
    later = blobs.save(counted(2), None, earlier=digest)
    assert blobs.load(later) == counted(2)
