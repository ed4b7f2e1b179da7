"""The archive as the keeper of visits: crawls, pages, articles, versions, views, failures."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from archive_rows import (
    DAY1,
    DAY2,
    DAY3,
    HOME,
    HOST,
    NEWS,
    article,
    capture,
    page,
    reading,
    row,
    save,
    save_listing,
    started,
    values,
)

from scraper.archive.verify import verify
from scraper.model import Counter, Evidence, Found, Link, Redirect

ONE = f"{NEWS}1.html"


# Crawls and portals


def test_a_crawl_is_noted_from_start_to_end(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    assert values(archive, "SELECT finished_at, seeds, version FROM crawls") == [
        (None, json.dumps([HOME]), "0.1")
    ]
    archive.finish_crawl(
        crawl, at=DAY2, outcome="done", pages=7, articles_new=3, articles_changed=1, failures=2
    )
    told = values(
        archive, "SELECT finished_at, outcome, pages, articles_new, articles_changed, failures FROM crawls"
    )
    assert told == [(DAY2, "done", 7, 3, 1, 2)]
    archive.close()


def test_a_portal_known_is_only_filled_in(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    archive.add_portal(HOST, home_url="http://other.example/", name="青石湾经济开发区")
    archive.add_portal(HOST, home_url=HOME, name="又一个名字")
    archive.update_portal(HOST, robots="User-agent: *", delay=1.5)
    told = values(archive, "SELECT home_url, name, robots, delay, first_crawl, last_crawl FROM portals")
    assert told == [(HOME, "青石湾经济开发区", "User-agent: *", 1.5, crawl, crawl)]
    with pytest.raises(TypeError, match="host"):
        archive.update_portal(HOST, host="x")  # type: ignore[misc]
    archive.close()


# Visits


def test_a_page_is_kept_as_it_came(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    raw = page("标题", "正文").decode().encode("gb18030")
    answer = capture(ONE, raw, server="nginx", set_cookie="a=\xe9")
    hop = Redirect(url="http://kfq.example/1", status=302, location="/news/1.html")
    answer = type(answer)(
        **{**{f: getattr(answer, f) for f in answer.__slots__}, "redirects": (hop,), "ip": "192.0.2.7"}
    )
    saved = archive.save_page(row(archive, ONE), answer, article(ONE), crawl_id=crawl)
    assert archive.load_capture(saved.capture_id) == answer
    told = values(archive, "SELECT kind, charset, content_type, digest FROM captures")[0]
    assert told[:3] == ("article", "utf-8", "text/html; charset=utf-8")
    assert archive.load_blob(told[3]) == raw
    archive.close()


def test_an_article_becomes_a_row_with_all_its_parts(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    saved = save(
        archive,
        crawl,
        ONE,
        source="青石湾融媒",
        views=7,
        channel=("首页", "要闻"),
        body_html="<p>会议</p>",
        attachments=(Link(url=f"{NEWS}a.pdf", text="名单"), Link(url=f"{NEWS}a.pdf", text="又一次")),
        images=(Link(url=f"{NEWS}a.jpg", text="会场"),),
        evidence={"source": Evidence(rule="label", snippet="来源：青石湾融媒", rivals=(("meta", "网站"),))},
    )
    assert (saved.outcome, saved.article_id) == ("new", 1)
    told = values(
        archive, "SELECT url, portal, channel, source, views, year, first_seen, reader FROM articles"
    )
    assert told == [(ONE, HOST, "首页 > 要闻", "青石湾融媒", 7, 2026, DAY1, "0.1")]
    assert values(archive, "SELECT url, name FROM attachments") == [(f"{NEWS}a.pdf", "名单")]
    assert values(archive, "SELECT url, caption FROM images") == [(f"{NEWS}a.jpg", "会场")]
    assert values(archive, "SELECT html FROM article_html") == [("<p>会议</p>",)]
    evidence = json.loads(values(archive, "SELECT evidence FROM articles")[0][0])
    assert evidence["source"] == {
        "rule": "label",
        "snippet": "来源：青石湾融媒",
        "rivals": [["meta", "网站"]],
    }
    archive.close()


def test_the_same_page_again_changes_nothing_and_stores_no_bytes(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, ONE)
    before = values(archive, "SELECT title, body, changed_at FROM articles")
    again = save(archive, crawl, ONE, at=DAY2)
    assert again.outcome == "same"
    assert values(archive, "SELECT count(*) FROM blobs") == [(1,)]
    assert values(archive, "SELECT count(*) FROM versions") == [(0,)]
    assert values(archive, "SELECT title, body, changed_at FROM articles") == before
    assert values(archive, "SELECT last_seen, capture_id FROM articles") == [(DAY2, again.capture_id)]
    known = archive.row_at(ONE)
    assert known is not None and (known.visits, known.unchanged) == (2, 1)
    archive.close()


def test_a_changed_article_keeps_what_it_said_before(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    first = save(
        archive, crawl, ONE, title="旧题", source="甲报", attachments=(Link(url=f"{NEWS}a.doc", text="旧"),)
    )
    second = save(archive, crawl, ONE, at=DAY2, title="新题", source=None)
    assert second.outcome == "changed"
    told = values(archive, "SELECT article_id, seen_at, old_capture, new_capture, crawl_id FROM versions")
    assert told == [(1, DAY2, first.capture_id, second.capture_id, crawl)]
    changed = json.loads(values(archive, "SELECT changed FROM versions")[0][0])
    assert changed == {"title": "旧题", "source": "甲报", "attachments": [[f"{NEWS}a.doc", "旧"]]}
    assert values(archive, "SELECT title, source, changed_at, first_seen FROM articles") == [
        ("新题", None, DAY2, DAY1)
    ]
    known = archive.row_at(ONE)
    assert known is not None and known.unchanged == 0
    archive.close()


def test_views_have_a_history_and_make_no_version(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, ONE, views=10)
    assert save(archive, crawl, ONE, at=DAY2, views=25).outcome == "same"
    assert save(archive, crawl, ONE, at=DAY3, views=None).outcome == "same"
    archive.save_views(1, 31, at=DAY3, origin="counter")
    told = [(DAY1, 10, "page"), (DAY2, 25, "page"), (DAY3, 31, "counter")]
    assert values(archive, "SELECT seen_at, views, origin FROM views ORDER BY 1") == told
    assert values(archive, "SELECT views FROM articles") == [(31,)]
    assert values(archive, "SELECT count(*) FROM versions") == [(0,)]
    archive.close()


def test_a_counter_tells_the_views_of_its_article(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, ONE, counter=Counter(url="http://kfq.example/count?id=1", adds=False))
    owner = row(archive, ONE)
    counter = row(archive, "http://kfq.example/count?id=1", "counter", part_of=owner.id)
    archive.save_counter(counter, capture(counter.url, b"document.write('88')", at=DAY2), 88, crawl_id=crawl)
    assert values(archive, "SELECT views FROM articles") == [(88,)]
    assert values(archive, "SELECT views, origin FROM views") == [(88, "counter")]
    archive.save_counter(counter, capture(counter.url, b"error", at=DAY3), None, crawl_id=crawl)
    assert values(archive, "SELECT views FROM articles") == [(88,)]
    archive.close()


def test_a_page_that_is_gone_marks_its_article_and_one_that_returns_unmarks_it(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, ONE)
    dead = reading(ONE, "dead")
    archive.save_page(row(archive, ONE), capture(ONE, b"404", at=DAY2, status=404), dead, crawl_id=crawl)
    assert values(archive, "SELECT title, gone_at FROM articles") == [("青石湾开发区召开会议", DAY2)]
    assert values(archive, "SELECT state, read_as, due_at FROM frontier") == [("gone", "dead", None)]
    save(archive, crawl, ONE, at=DAY3)
    assert values(archive, "SELECT gone_at FROM articles") == [(None,)]
    assert values(archive, "SELECT state FROM frontier") == [("read",)]
    archive.close()


def test_an_article_that_reads_as_something_else_is_kept(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, ONE)
    archive.save_page(row(archive, ONE), capture(ONE, at=DAY2), reading(ONE, "other"), crawl_id=crawl)
    assert values(archive, "SELECT body, gone_at, last_seen FROM articles") == [
        ("会议研究了项目建设。", None, DAY1)
    ]
    archive.close()


def test_two_addresses_of_one_article_are_one_article(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, ONE)
    other = f"{NEWS}show?id=1"
    saved = archive.save_page(
        row(archive, other), capture(ONE, page("甲", "乙")), article(ONE), crawl_id=crawl
    )
    assert (saved.article_id, saved.outcome) == (1, "same")
    assert values(archive, "SELECT count(*) FROM articles") == [(1,)]
    dead = capture(other, b"gone", at=DAY2, status=404)
    archive.save_page(row(archive, other), dead, reading(other, "dead"), crawl_id=crawl)
    assert values(archive, "SELECT gone_at FROM articles") == [(None,)]
    assert verify(archive) == []
    archive.close()


def test_an_address_that_leads_to_another_article_harms_neither(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    two = f"{NEWS}2.html"
    save(archive, crawl, ONE, title="甲")
    save(archive, crawl, two, title="乙")
    moved = archive.save_page(
        row(archive, ONE), capture(two, b"2", at=DAY2), article(two, title="乙"), crawl_id=crawl
    )
    assert (moved.article_id, moved.outcome) == (2, "same")
    assert values(archive, "SELECT title, gone_at FROM articles ORDER BY id") == [("甲", DAY2), ("乙", None)]
    back = save(archive, crawl, ONE, at=DAY3, title="甲")
    assert (back.article_id, back.outcome) == (1, "same")
    assert values(archive, "SELECT title, gone_at FROM articles ORDER BY id") == [("甲", None), ("乙", None)]
    assert verify(archive) == []
    archive.close()


def test_the_name_of_a_channel_stands_in_for_a_breadcrumb(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    row(archive, ONE, channel=NEWS)
    save(archive, crawl, ONE)
    save_listing(archive, crawl, NEWS, range(1, 3), name="要闻")
    assert save(archive, crawl, ONE, at=DAY2).outcome == "same"
    assert values(archive, "SELECT channel FROM articles") == [("要闻",)]
    assert save(archive, crawl, ONE, at=DAY3, channel=("首页", "新闻")).outcome == "changed"
    assert values(archive, "SELECT channel FROM articles") == [("首页 > 新闻",)]
    archive.close()


def test_an_unchanged_answer_is_a_capture_without_bytes(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    archive.save_page(row(archive, ONE), capture(ONE, etag='"v1"'), article(ONE), crawl_id=crawl)
    known = row(archive, ONE)
    assert known.etag == '"v1"'
    answer = capture(ONE, b"", at=DAY2, status=304)
    number = archive.save_unchanged(known, answer, crawl_id=crawl, at=DAY2, next_due=DAY3)
    assert values(archive, "SELECT status, digest, kind FROM captures WHERE id = ?", number) == [
        (304, None, "article")
    ]
    assert values(archive, "SELECT last_seen FROM articles") == [(DAY2,)]
    told = values(archive, "SELECT visits, unchanged, etag, due_at, visited_at FROM frontier")
    assert told == [(2, 1, '"v1"', DAY3, DAY2)]
    archive.close()


def test_a_failure_is_a_row_until_a_visit_succeeds(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    one = row(archive, ONE)
    wall = capture(ONE, b"<script>challenge</script>", status=521)
    archive.save_failure(
        one, crawl_id=crawl, at=DAY1, cause="blocked", message="a wall", status=521, retry_at=DAY2, capture=wall, kind="blocked"
    )  # fmt: skip
    assert values(archive, "SELECT state, attempts, due_at, visits FROM frontier") == [("failed", 1, DAY2, 0)]
    assert values(archive, "SELECT kind, status FROM captures") == [("blocked", 521)]
    assert values(archive, "SELECT cause, message, resolved_at FROM failures") == [
        ("blocked", "a wall", None)
    ]
    assert archive.status()[0].failures == 1
    save(archive, crawl, ONE, at=DAY2)
    assert values(archive, "SELECT resolved_at FROM failures") == [(DAY2,)]
    assert values(archive, "SELECT state, attempts FROM frontier") == [("read", 0)]
    assert archive.status()[0].failures == 0
    archive.close()


def test_what_robots_forbid_is_refused_not_failed(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    archive.save_failure(
        row(archive, ONE),
        crawl_id=crawl,
        at=DAY1,
        cause="forbidden",
        message="robots.txt",
        status=None,
        retry_at=None,
    )
    assert values(archive, "SELECT state, due_at FROM frontier") == [("refused", None)]
    archive.close()


@pytest.mark.parametrize(
    "bad", ["nul\0nul", "half \ud83d pair", "'; DROP TABLE articles; --", "𠮷野家\u202e"]
)
def test_hostile_text_is_stored_and_found_in_sqlite(tmp_path: Path, bad: str) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(
        archive,
        crawl,
        ONE,
        raw=b"x",
        title=bad,
        body=bad * 3,
        author=bad,
        channel=(bad,),
        evidence={"title": Evidence(rule="h1", snippet=bad)},
    )
    save(archive, crawl, ONE, raw=b"x", title=bad, body=bad * 3, author=bad, channel=(bad,))
    title, outcome = values(archive, "SELECT title, (SELECT count(*) FROM versions) FROM articles")[0]
    assert "\0" not in title and outcome == 0
    assert verify(archive) == []
    archive.close()


def test_absurd_numbers_are_bounded(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, ONE, views=10**30)
    save_listing(archive, crawl, NEWS, range(1, 3), claimed=10**30, claimed_pages=10**25)
    assert values(archive, "SELECT views FROM articles") == [(2**63 - 1,)]
    assert values(archive, "SELECT claimed FROM channels") == [(2**63 - 1,)]
    archive.close()


def test_a_visit_is_stored_whole_or_not_at_all(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    one = row(archive, ONE)
    archive.db.conn.execute(
        "CREATE TEMP TRIGGER t BEFORE UPDATE OF visits ON frontier BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    found = [Found(url=f"{NEWS}2.html")]
    with pytest.raises(sqlite3.IntegrityError):
        archive.save_page(one, capture(ONE, page("甲", "乙")), article(ONE), crawl_id=crawl, found=found)
    archive.db.conn.execute("DROP TRIGGER t")
    for table in ("articles", "captures", "blobs", "article_html", "items"):
        assert values(archive, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert values(archive, "SELECT count(*) FROM frontier") == [(1,)]
    save(archive, crawl, f"{NEWS}3.html")
    save(archive, crawl, ONE)
    assert verify(archive) == []
    archive.close()
