"""What keeps a large archive quick: kept tallies, no walks over all rows, a log that does not grow, bounded searches."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_rows import NEWS, article, capture, page, row, save, started, values

from scraper.archive import Archive
from scraper.archive import file as archive_file
from scraper.archive import search as search_room
from scraper.archive.verify import verify


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made, crawl = started(tmp_path / "a.db")
    for n in range(1, 31):
        date = f"20{10 + n % 5}-0{1 + n % 9}-11" if n % 6 else None
        save(
            made,
            crawl,
            f"{NEWS}{n}.html",
            title=f"第{n}期",
            body=f"开发区{n}号消息。",
            date=date,
            source=f"来源{n % 4}",
        )
    yield made
    made.close()


def test_tallies_follow_every_change_of_articles(archive: Archive) -> None:
    db = archive.db.conn
    assert values(archive, "SELECT articles FROM tallies WHERE name = 'portal'") == [(30,)]
    for change in (
        "UPDATE articles SET source = '新来源', date = '2031-12-01' WHERE id < 5",
        "UPDATE articles SET date = NULL, source = NULL WHERE id IN (7, 8)",
        "UPDATE articles SET title = 'x', views = 4",
        "DELETE FROM article_html WHERE article_id = 9",
    ):
        db.execute(change)
        assert not verify(archive)
    assert values(archive, "SELECT articles FROM tallies WHERE name = 'year' AND value = 2031") == [(4,)]
    month = "SELECT portal, articles FROM tallies WHERE name = 'month' AND value = '2031-12'"
    assert values(archive, month) == [("kfq.example", 4)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM articles WHERE year = 2012 ORDER BY date DESC LIMIT 51",
        "SELECT * FROM articles WHERE source = '来源1' ORDER BY date DESC LIMIT 51",
        "SELECT * FROM articles WHERE channel = '要闻' ORDER BY date DESC LIMIT 51",
        "SELECT * FROM articles WHERE portal = 'kfq.example' ORDER BY date DESC LIMIT 51",
        "SELECT * FROM articles ORDER BY views DESC LIMIT 51",
        "SELECT id FROM articles WHERE changed_at IS NOT NULL OR gone_at IS NOT NULL "
        "ORDER BY coalesce(gone_at, changed_at) DESC LIMIT 200",
        "SELECT count(*) FROM frontier WHERE article_id = 3",
        "SELECT value, articles FROM tallies WHERE name = 'source' LIMIT 13",
    ],
)
def test_what_browsing_asks_needs_no_walk_and_no_sorting(archive: Archive, query: str) -> None:
    plan = " ".join(line[-1] for line in values(archive, f"EXPLAIN QUERY PLAN {query}"))
    assert "INDEX" in plan or "PRIMARY KEY" in plan, plan
    assert "TEMP B-TREE" not in plan, plan


def test_the_log_is_cut_when_a_long_reader_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_file, "LARGEST_LOG", 1 << 20)
    archive, crawl = started(tmp_path / "a.db")
    log = Path(f"{archive.path}-wal")
    reader = sqlite3.connect(archive.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM captures").fetchone()

    def write(start: int) -> None:
        for n in range(start, start + 100):
            url = f"{NEWS}{n}.html"
            body = "".join(chr(0x4E00 + n * k * k % 9000) for k in range(8000))
            archive.save_page(
                row(archive, url), capture(url, page(str(n), body)), article(url, body=body), crawl_id=crawl
            )

    write(0)
    held = log.stat().st_size
    assert held > 6 << 20  # past what the reader still reads nothing can be put away
    reader.close()
    write(1000)
    assert log.stat().st_size < held
    archive.close()


def test_of_a_common_word_the_articles_archived_last_are_ranked(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_room, "COMMON", 10)
    found = archive.search("开发区", limit=30)
    assert {hit.id for hit in found} == set(range(21, 31))
    dates = [hit.date or "" for hit in found]
    assert dates == sorted(dates, reverse=True)


def test_words_in_the_title_come_first_then_the_newest(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        save(archive, crawl, f"{NEWS}1.html", title="综合消息", body="招商大会召开。", date="2026-02-01")
        save(archive, crawl, f"{NEWS}2.html", title="招商大会", body="详情。", date="2020-01-01")
        save(archive, crawl, f"{NEWS}3.html", title="综合消息", body="招商、招商、招商。", date="2025-01-01")
        save(archive, crawl, f"{NEWS}4.html", title="无日期", body="招商。", date=None)
        assert [hit.id for hit in archive.search("招商", limit=9)] == [2, 1, 3, 4]


def test_a_search_within_one_portal_finds_it_among_more_of_others(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_room, "COMMON", 5)
    db = archive.db.conn
    db.execute("INSERT INTO portals(host, home_url) VALUES ('b.example', 'http://b.example/')")
    db.execute("UPDATE articles SET portal = 'b.example' WHERE id IN (1, 2)")
    assert {hit.id for hit in archive.search("开发区", portal="b.example")} == {1, 2}
