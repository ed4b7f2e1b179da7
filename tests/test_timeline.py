"""Captures that come late: each finds its place in an article's history, whatever the order they came in."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from archive_rows import (
    DAY1,
    DAY2,
    DAY3,
    NEWS,
    capture,
    page,
    reading,
    row,
    save,
    save_listing,
    started,
    values,
)

from scraper.archive import Archive
from scraper.archive.history import history
from scraper.archive.timeline import sights
from scraper.archive.verify import verify

URL = f"{NEWS}1.html"
TEXTS = {DAY1: "甲。", DAY2: "甲。乙。", DAY3: "甲。乙。丙。"}
TOLD = (
    "SELECT title, body, views, first_seen, last_seen, changed_at, gone_at, "
    "(SELECT fetched_at FROM captures WHERE id = capture_id) FROM articles"
)
VERSIONS = "SELECT seen_at, changed, (SELECT fetched_at FROM captures WHERE id = new_capture) FROM versions ORDER BY seen_at"


def filled(path: Path, days: tuple[str, ...], texts: dict[str, str] = TEXTS) -> Archive:
    archive, crawl = started(path)
    for day in days:
        save(archive, crawl, URL, at=day, body=texts[day], views=int(day[8:10]))
    return archive


@pytest.mark.parametrize("order", list(permutations(TEXTS)))
def test_an_article_is_the_same_in_whatever_order_its_captures_came(tmp_path: Path, order: Any) -> None:
    with filled(tmp_path / "a.db", tuple(TEXTS)) as one, filled(tmp_path / "b.db", order) as other:
        assert values(one, TOLD) == values(other, TOLD)
        assert values(one, VERSIONS) == values(other, VERSIONS)
        assert history(one, URL).changes == history(other, URL).changes
        assert verify(other) == []


@pytest.mark.parametrize("order", list(permutations(TEXTS)))
def test_what_came_and_went_is_told_in_any_order(tmp_path: Path, order: Any) -> None:
    texts = {DAY1: "甲。", DAY2: "乙。", DAY3: "甲。"}
    with filled(tmp_path / "a.db", order, texts) as archive:
        assert [(c.at, c.lines) for c in history(archive, URL).changes] == [
            (DAY2, (("-", "甲。"), ("+", "乙。"))),
            (DAY3, (("-", "乙。"), ("+", "甲。"))),
        ]


def test_a_late_capture_that_shows_nothing_new_makes_no_version(tmp_path: Path) -> None:
    texts = dict.fromkeys(TEXTS, "甲。")
    with filled(tmp_path / "a.db", (DAY1, DAY3, DAY2), texts) as archive:
        assert values(archive, VERSIONS) == [] and len(sights(archive.db.conn, 1)) == 3


def test_a_late_change_moves_a_version_to_the_day_it_was_first_seen(tmp_path: Path) -> None:
    texts = {DAY1: "甲。", DAY2: "乙。", DAY3: "乙。"}
    with filled(tmp_path / "a.db", (DAY1, DAY3), texts) as archive:
        assert [c.at for c in history(archive, URL).changes] == [DAY3]
        save(archive, 1, URL, at=DAY2, body="乙。")
        assert [c.at for c in history(archive, URL).changes] == [DAY2]


def test_a_late_page_of_what_is_gone_does_not_bring_it_back(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    gone = capture(URL, b"<p>404</p>", at=DAY3, status=404)
    archive.save_page(row(archive, URL), gone, reading(URL, "dead"), crawl_id=crawl)
    for day in (DAY2, DAY1):
        save(archive, crawl, URL, at=day, body=TEXTS[day])
    assert values(archive, "SELECT body, gone_at FROM articles") == [(TEXTS[DAY2], DAY3)]
    assert values(archive, "SELECT state, visited_at FROM frontier") == [("gone", DAY3)]
    assert [c.kind for c in history(archive, URL).changes] == ["addition", "withdrawn"]
    archive.close()


def test_a_late_404_withdraws_nothing(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, URL, at=DAY2)
    gone = capture(URL, b"<p>404</p>", at=DAY1, status=404)
    archive.save_page(row(archive, URL), gone, reading(URL, "dead"), crawl_id=crawl)
    assert values(archive, "SELECT gone_at FROM articles") == [(None,)]
    assert values(archive, "SELECT state FROM frontier") == [("read",)]
    archive.close()


def test_a_late_list_adds_its_rows_and_claims_nothing_of_today(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save_listing(archive, crawl, NEWS, range(1, 4), at=DAY2, claimed=40)
    save_listing(archive, crawl, NEWS, range(3, 6), at=DAY1, claimed=5)
    assert values(archive, "SELECT claimed, listed FROM channels") == [(40, 5)]
    rows = values(archive, "SELECT first_seen, last_seen, count(*) FROM items GROUP BY 1, 2 ORDER BY 1, 2")
    assert rows == [(DAY1, DAY1, 2), (DAY1, DAY2, 1), (DAY2, DAY2, 2)]
    assert verify(archive) == []
    archive.close()


def test_one_page_of_several_says_nothing_of_the_whole_text(tmp_path: Path) -> None:
    from archive_rows import article

    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, URL, at=DAY2, body="一", next_page=f"{NEWS}1_2.html")
    part = row(archive, f"{NEWS}1_2.html", "part", part_of=1, page=2)
    said = article(part.url, body="二")
    archive.save_article_page(1, 2, part, capture(part.url, page("", "二"), at=DAY2), said, crawl_id=crawl)
    save(archive, crawl, URL, at=DAY1, body="一", views=3)
    assert values(archive, "SELECT body, views FROM articles") == [("一\n二", 3)]
    assert values(archive, VERSIONS) == []
    archive.close()
