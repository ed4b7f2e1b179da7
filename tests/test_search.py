"""Search: every word of any length, nothing a query can break, and an index that follows each change."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from archive_rows import DAY2, HOST, NEWS, save, started, values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.archive import Archive
from scraper.archive.search import match_of, words_of
from scraper.archive.splitting import INDEXED_CHARS, split_sql

TEXTS = {
    1: ("湖北谷城经济开发区召开大会", "会议在青石湾举行，5G网络覆盖，增长50%。"),
    2: ("青石湾招商", "开发新材料。开工仪式在园区举行，TCL与𠮷野家到场。"),
    3: ("通知", "谷物丰收，城里人来了。"),
    4: ("试点", "建成５Ｇ基站三座，Ａ座先行。"),
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Any:
    archive, crawl = started(tmp_path_factory.mktemp("search") / "a.db")
    for n, (title, body) in TEXTS.items():
        save(archive, crawl, f"{NEWS}{n}.html", title=title, body=body)
    yield archive
    archive.close()


def ids(archive: Archive, words: str, **said: Any) -> set[int]:
    return {hit.id for hit in archive.search(words, **said)}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("谷", {1, 3}),
        ("谷城", {1}),
        ("开发", {1, 2}),
        ("开发区", {1}),
        ("湖北谷城经济开发区", {1}),
        ("5G", {1, 4}),
        ("5g", {1, 4}),
        ("５Ｇ", {1, 4}),
        ("5Ｇ网络", {1}),
        ("a座", {4}),
        ("＂", set()),
        ("＂5G＂", {1, 4}),
        ("50%", {1}),
        ("tcl", {2}),
        ("𠮷野家", {2}),
        ("青石湾 开发", {1, 2}),
        ("青石湾　开工", {2}),
        ("青石湾 丰收", set()),
        ('"青石湾招商"', {2}),
        ("“谷城经济”", {1}),
        ("区开发", set()),
    ],
)
def test_words_of_any_length_are_found(archive: Archive, words: str, found: set[int]) -> None:
    assert ids(archive, words) == found


@pytest.mark.parametrize(
    "words",
    ["", " ", '"', '""', "%", "*", '" OR "', "，。", "\0", "NEAR(", "title:", "-", "^", "{a b}:", "AND"],
)
def test_signs_alone_find_nothing_and_break_nothing(archive: Archive, words: str) -> None:
    assert archive.search(words) == []


def test_signs_of_query_languages_are_only_signs(archive: Archive) -> None:
    assert ids(archive, "谷城 OR 丰收") == set()
    assert ids(archive, "开发*") == {1, 2}
    assert ids(archive, '谷城" OR "丰收') == set()
    assert ids(archive, "谷\0城") == {1}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet="\"'*^(){}:-+%\0 谷城ORANDNEAR", max_size=30))
def test_no_query_raises(archive: Archive, words: str) -> None:
    archive.search(words)


def test_a_hit_tells_what_people_need_to_choose(archive: Archive) -> None:
    (hit,) = archive.search("开工仪式")
    assert (hit.url, hit.title, hit.date, hit.portal) == (
        f"{NEWS}2.html",
        "青石湾招商",
        "2026-02-27 09:30",
        HOST,
    )
    assert "开工仪式" in hit.snippet
    assert ids(archive, "青石湾", portal="other.example") == set()
    assert len(archive.search("青石湾", limit=1)) == 1


def test_a_word_in_the_title_ranks_higher(archive: Archive) -> None:
    assert [hit.id for hit in archive.search("青石湾")] == [2, 1]


def test_the_snippet_shows_the_word_in_a_long_body(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, f"{NEWS}1.html", body="前文。" * 3000 + "关键词出现。" + "后文。" * 3000)
    (hit,) = archive.search("关键词")
    assert "关键词" in hit.snippet and len(hit.snippet) <= 81
    archive.close()


def test_the_index_follows_each_change(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, f"{NEWS}1.html", title="旧题目", body="旧内容")
    save(archive, crawl, f"{NEWS}1.html", at=DAY2, title="新题目", body="新内容")
    assert (ids(archive, "旧内容"), ids(archive, "旧题目"), ids(archive, "新内容")) == (set(), set(), {1})
    save(archive, crawl, f"{NEWS}1.html", at=DAY2, title=None, body="")
    assert ids(archive, "新") == set()
    archive.db.conn.execute("PRAGMA foreign_keys = OFF")
    save(archive, crawl, f"{NEWS}2.html", body="要删的")
    archive.db.conn.execute("DELETE FROM articles WHERE id = 2")
    assert values(archive, "SELECT count(*) FROM articles_fts_docsize") == [(1,)]
    assert values(archive, "SELECT rowid FROM articles_fts WHERE articles_fts MATCH '\"要 删 的\"'") == []
    archive.close()


# Splitting in plain SQL


def split(text: str | None) -> str | None:
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE TABLE t(x)")
        db.execute("INSERT INTO t VALUES (?)", (text,))
        found: str | None = db.execute(f"SELECT {split_sql('t.x')} FROM t").fetchone()[0]
        return found
    finally:
        db.close()


@given(
    st.text(
        alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs", "Z", "C"]), max_size=100
    )
)
@settings(max_examples=60, deadline=None)
def test_every_character_stands_alone(text: str) -> None:
    assert (split(text) or "").split() == list(text)


@pytest.mark.parametrize("size", [15, 16, 17, 1023, 1024, 1025, 2048, 5000])
def test_no_character_is_lost_where_chunks_meet(size: int) -> None:
    text = "".join(chr(0x4E00 + n) for n in range(size))
    assert (split(text) or "").split() == list(text)


def test_nothing_stays_nothing() -> None:
    assert split(None) is None
    assert (split("") or "").strip() == ""


def test_a_body_is_indexed_up_to_a_bound_and_still_changes_cleanly(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    body = "长" * (INDEXED_CHARS - 2) + "内" + "外" + "远" * 1000
    save(archive, crawl, f"{NEWS}1.html", body=body)
    assert (ids(archive, "长内"), ids(archive, "远")) == ({1}, set())
    save(archive, crawl, f"{NEWS}1.html", at=DAY2, body="短")
    assert (ids(archive, "长"), ids(archive, "短")) == (set(), {1})
    archive.close()


def test_splitting_does_not_grow_with_the_square_of_the_text() -> None:
    def seconds(size: int) -> float:
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            split("开" * size)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(64_000) < 80 * seconds(4_000)  # sixteen times the text; the square would be 256 times


def test_words_are_split_on_blanks_and_quotes_keep_them() -> None:
    assert words_of('谷城 "经济 开发" 区') == ["谷城", "经济 开发", "区"]
    assert match_of("5G基站") == '("5 G 基 站" OR "５ Ｇ 基 站")'
    assert match_of('谷城 "经济 开发"') == '"谷 城" AND "经 济 开 发"'
