"""Articles of several pages: joined in order, each page kept, changed and cut short as the portal does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from archive_rows import DAY1, DAY2, NEWS, article, capture, row, save, started, values

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.model import Link

ONE, TWO, THREE = (f"{NEWS}1{tail}.html" for tail in ("", "_2", "_3"))


def part(
    archive: Archive, crawl: int, url: str, number: int, body: str, *, at: str = DAY1, **fields: Any
) -> Any:
    owner = row(archive, ONE)
    known = row(archive, url, "part", part_of=owner.id, page=number)
    read = article(url, body=body, body_html=f"<p>{body}</p>", **fields)
    return archive.save_article_page(
        owner.id, number, known, capture(url, body.encode(), at=at), read, crawl_id=crawl
    )


@pytest.fixture
def whole(tmp_path: Path) -> Any:
    """(archive, crawl) with an article of three pages, the third read before the second."""
    archive, crawl = started(tmp_path / "a.db")
    first = {"body": "第一页", "body_html": "<p>第一页</p>", "next_page": TWO}
    save(archive, crawl, ONE, attachments=(Link(url=NEWS + "a.pdf", text="甲"),), **first)
    part(archive, crawl, THREE, 3, "第三页")
    part(
        archive, crawl, TWO, 2, "第二页", next_page=THREE, attachments=(Link(url=NEWS + "b.pdf", text="乙"),)
    )
    yield archive, crawl
    assert verify(archive) == []
    archive.close()


def test_pages_are_joined_in_order_into_one_article(whole: Any) -> None:
    archive, _ = whole
    assert values(archive, "SELECT url, body FROM articles") == [(ONE, "第一页\n第二页\n第三页")]
    assert values(archive, "SELECT html FROM article_html") == [
        ("<p>第一页</p>\n<p>第二页</p>\n<p>第三页</p>",)
    ]
    assert values(archive, "SELECT url FROM attachments ORDER BY position") == [
        (NEWS + "a.pdf",),
        (NEWS + "b.pdf",),
    ]
    assert [hit.url for hit in archive.search("第三页")] == [ONE]


def test_a_page_that_comes_for_the_first_time_is_no_change(whole: Any) -> None:
    archive, _ = whole
    assert values(archive, "SELECT count(*) FROM versions") == [(0,)]


def test_the_first_page_read_again_leaves_the_others(whole: Any) -> None:
    archive, crawl = whole
    again = save(
        archive,
        crawl,
        ONE,
        at=DAY2,
        body="第一页",
        body_html="<p>第一页</p>",
        next_page=TWO,
        attachments=(Link(url=NEWS + "a.pdf", text="甲"),),
    )
    assert again.outcome == "same"
    assert values(archive, "SELECT body FROM articles") == [("第一页\n第二页\n第三页",)]
    changed = save(
        archive,
        crawl,
        ONE,
        at=DAY2,
        body="新一页",
        next_page=TWO,
        attachments=(Link(url=NEWS + "a.pdf", text="甲"),),
    )
    assert changed.outcome == "changed"
    assert values(archive, "SELECT body FROM articles") == [("新一页\n第二页\n第三页",)]
    assert json.loads(values(archive, "SELECT changed FROM versions")[0][0]) == {
        "body": "第一页\n第二页\n第三页"
    }


def test_a_further_page_that_changed_makes_a_version(whole: Any) -> None:
    archive, crawl = whole
    assert (
        part(
            archive,
            crawl,
            TWO,
            2,
            "第二页",
            at=DAY2,
            next_page=THREE,
            attachments=(Link(url=NEWS + "b.pdf", text="乙"),),
        ).outcome
        == "same"
    )
    assert part(archive, crawl, TWO, 2, "改过", at=DAY2, next_page=THREE).outcome == "changed"
    assert values(archive, "SELECT body FROM articles") == [("第一页\n改过\n第三页",)]
    assert values(archive, "SELECT count(*) FROM versions") == [(1,)]
    assert values(archive, "SELECT url FROM attachments") == [(NEWS + "a.pdf",)]


def test_an_article_cut_short_drops_its_later_pages(whole: Any) -> None:
    archive, crawl = whole
    save(archive, crawl, ONE, at=DAY2, body="只剩一页", next_page=None)
    assert values(archive, "SELECT body FROM articles") == [("只剩一页",)]
    assert values(archive, "SELECT count(*) FROM attachments") == [(0,)]
    assert (
        json.loads(values(archive, "SELECT changed FROM versions")[0][0])["body"] == "第一页\n第二页\n第三页"
    )


def test_a_further_page_saved_as_a_page_is_no_article_of_its_own(whole: Any) -> None:
    archive, crawl = whole
    saved = save(archive, crawl, TWO, at=DAY2, body="第二页", next_page=THREE, raw=b"2")
    assert saved.article_id == 1
    assert values(archive, "SELECT count(*) FROM articles") == [(1,)]


def test_a_further_page_of_nothing_is_kept_as_a_capture(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    row(archive, ONE)
    saved = part(archive, crawl, TWO, 2, "第二页")
    assert saved.article_id is None and archive.load_capture(saved.capture_id).body == "第二页".encode()
    assert values(archive, "SELECT count(*) FROM articles") == [(0,)]
    archive.close()
