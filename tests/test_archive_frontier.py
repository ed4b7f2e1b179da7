"""The frontier: what is due first, what is asked again, what a second finding of a page adds, what channels hold."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

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
    listing,
    page,
    reading,
    row,
    save,
    save_listing,
    started,
    values,
)

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.errors import UsageError
from scraper.model import Channel, Found


@pytest.fixture
def archive(tmp_path: Path) -> Any:
    archive, _ = started(tmp_path / "a.db")
    yield archive
    archive.close()


def due_urls(archive: Archive, **narrowed: Any) -> list[str]:
    seen: list[int] = []
    urls: list[str] = []
    while (found := archive.next_due(HOST, at=DAY1, exclude=seen, **narrowed)) is not None:
        seen.append(found.id)
        urls.append(found.url.removeprefix(HOME))
    return urls


def test_the_lowest_priority_comes_first_of_equals_the_first_found(archive: Archive) -> None:
    order = [("d", 6), ("a", 3), ("e", 6), ("b", 3), ("c", 5)]
    archive.add_found(HOST, [Found(url=HOME + name, priority=rank) for name, rank in order], at=DAY1)
    assert due_urls(archive) == ["a", "b", "c", "d", "e"]
    assert archive.due_count(HOST, at=DAY1) == 5
    assert archive.portals_due(at=DAY1) == [HOST]


def test_what_is_due_later_is_not_due_now(archive: Archive) -> None:
    archive.add_found(HOST, [Found(url=HOME + "a", priority=1)], at=DAY2)
    archive.add_found(HOST, [Found(url=HOME + "b", priority=9)], at=DAY1)
    assert due_urls(archive) == ["b"]
    assert archive.due_count(HOST, at=DAY1) == 1
    assert archive.due_count(HOST, at=DAY2) == 2
    assert archive.next_due("other.example", at=DAY3) is None


def test_next_due_agrees_with_a_plain_sort_whatever_the_rows(archive: Archive) -> None:
    dice = random.Random(5)
    for n in range(200):
        found = Found(url=f"{HOME}{n}", priority=dice.randrange(10), due=dice.random() < 0.8)
        archive.add_found(HOST, [found], at=dice.choice([DAY1, DAY2, DAY3]))
    plain = values(archive, "SELECT id FROM frontier WHERE due_at <= ? ORDER BY priority, due_at, id", DAY2)
    taken: list[int] = []
    while (found_row := archive.next_due(HOST, at=DAY2, exclude=taken)) is not None:
        taken.append(found_row.id)
    assert taken == [number for (number,) in plain]
    assert archive.due_count(HOST, at=DAY2) == len(taken)


@pytest.mark.parametrize("narrowed", [{}, {"channel": NEWS}, {"part_of": 1}])
def test_what_is_due_is_found_by_index_and_never_by_walking_the_rows(archive: Archive, narrowed: Any) -> None:
    row(archive, NEWS, "listing", channel=NEWS)
    archive.db.conn.execute(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) INSERT INTO frontier "
        "(portal, url, key, kind, channel_id, part_of, priority, due_at) "
        "SELECT ?, 'http://kfq.example/' || i, 'kfq.example/' || i, 'article', 1, 1, 3, ? FROM n",
        (HOST, DAY3),
    )
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    last = row(archive, HOME + "last", channel=NEWS, part_of=1, priority=7)
    archive.db.conn.set_progress_handler(count, 100)
    found = archive.next_due(HOST, at=DAY1, exclude=[1], **narrowed)
    archive.db.conn.set_progress_handler(None, 0)
    assert found is not None and found.id == last.id
    assert steps < 20  # hundreds of SQLite's instructions: 60,000 rows would take thousands of them


def test_a_channel_or_an_article_narrows_what_is_due(archive: Archive) -> None:
    owner = row(archive, NEWS + "1.html", channel=NEWS, priority=3)
    archive.add_found(
        HOST,
        [
            Found(url=NEWS + "1_2.html", kind="part", part_of=owner.id, page=2, priority=2),
            Found(url=NEWS + "index_2.html", kind="listing", channel=NEWS, page=2),
            Found(url=HOME + "about.html"),
        ],
        at=DAY1,
    )
    assert due_urls(archive, channel=NEWS) == ["news/1.html", "news/index_2.html"]
    assert due_urls(archive, part_of=owner.id) == ["news/1_2.html"]
    assert due_urls(archive, channel="http://kfq.example/none/") == []
    assert len(due_urls(archive)) == 4


def test_two_spellings_of_a_page_are_one_row(archive: Archive) -> None:
    spellings = [
        "http://kfq.example/a?b=1&c=2",
        "https://www.kfq.example/a?c=2&b=1",
        "http://kfq.example//a?c=2&b=1&from=x",
    ]
    assert archive.add_found(HOST, [Found(url=url) for url in spellings], at=DAY1) == 1
    assert {found.url for url in spellings if (found := archive.row_at(url))} == {spellings[0]}


def test_a_second_finding_fills_what_was_not_known(archive: Archive) -> None:
    archive.add_found(HOST, [Found(url=NEWS + "1.html", depth=3, priority=8)], at=DAY1)
    told = Found(
        url=NEWS + "1.html",
        kind="article",
        channel=NEWS,
        title="标题",
        date="2026-02-01",
        depth=1,
        priority=3,
    )
    assert archive.add_found(HOST, [told], at=DAY2) == 0
    known = row(archive, NEWS + "1.html", title="别的标题", depth=2, at=DAY3)
    assert (known.kind, known.channel, known.title, known.date, known.depth) == (
        "article", NEWS, "标题", "2026-02-01", 1,
    )  # fmt: skip
    assert values(archive, "SELECT priority, due_at FROM frontier") == [(3, DAY1)]
    assert values(archive, "SELECT url, name FROM channels") == [(NEWS, None)]


def test_a_page_known_as_what_it_is_stays_that(archive: Archive) -> None:
    row(archive, NEWS + "1.html", "article")
    for kind in ("page", "listing", "part"):
        assert row(archive, NEWS + "1.html", kind).kind == "article"


def test_a_page_not_yet_visited_goes_with_the_list_it_was_seen_on_last(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "b.db")
    url, other = NEWS + "1.html", "http://kfq.example/gg/"
    for channel in (NEWS, other):
        assert row(archive, url, channel=channel, item=True).channel == channel
    save(archive, crawl, url)
    assert row(archive, url, channel=NEWS, item=True).channel == other
    archive.close()


def test_what_failed_is_not_asked_again_because_it_was_found_again(archive: Archive) -> None:
    one = row(archive, NEWS + "1.html")
    archive.save_failure(
        one, crawl_id=1, at=DAY1, cause="slow", message="too slow", status=None, retry_at=None
    )
    row(archive, NEWS + "1.html")
    assert archive.due_count(HOST, at=DAY3) == 0


def test_a_row_known_only_is_asked_once_it_is_wanted(archive: Archive) -> None:
    old = row(archive, NEWS + "1.html", due=False)
    assert archive.next_due(HOST, at=DAY3) is None
    row(archive, NEWS + "1.html", at=DAY2)
    found = archive.next_due(HOST, at=DAY2)
    assert found is not None and found.id == old.id and found.fresh


def test_another_portals_page_is_taken_over_by_that_portal(archive: Archive) -> None:
    theirs = "http://other.example/1.html"
    row(archive, theirs, "external", due=False)
    archive.add_portal("other.example", home_url="http://other.example/")
    archive.add_found("other.example", [Found(url=theirs, kind="page")], at=DAY1)
    found = archive.next_due("other.example", at=DAY1)
    assert found is not None and (found.url, found.kind) == (theirs, "page")


def test_a_page_wanted_again_is_asked_once_a_crawl(tmp_path: Path) -> None:
    archive, first = started(tmp_path / "b.db")
    two = Found(url=NEWS + "index_2.html", kind="listing", channel=NEWS, page=2, again=True)
    archive.add_found(HOST, [two], at=DAY1, crawl_id=first)
    known = archive.row_at(two.url)
    assert known is not None
    archive.save_page(known, capture(two.url), listing(two.url), crawl_id=first, found=[two])
    assert archive.due_count(HOST, at=DAY3) == 0
    second = archive.start_crawl(seeds=[HOME], options={}, at=DAY2, version="0.1")
    archive.add_found(HOST, [two], at=DAY2, crawl_id=second)
    assert archive.due_count(HOST, at=DAY2) == 1
    archive.close()


def test_each_crawl_asks_the_home_page_and_the_first_pages_of_channels_with_articles(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "b.db")
    home = row(archive, HOME, "home")
    archive.save_page(home, capture(HOME), reading(HOME, "home"), crawl_id=crawl)
    save_listing(archive, crawl, NEWS, range(1, 4))
    second = row(archive, NEWS + "index_2.html", "listing", channel=NEWS, page=2)
    archive.save_page(second, capture(second.url), listing(second.url), crawl_id=crawl)
    save(archive, crawl, NEWS + "1.html")
    unknown = row(archive, HOME + "gg/", "page")
    archive.save_page(unknown, capture(unknown.url), listing(unknown.url), crawl_id=crawl)
    before = archive.due_count(HOST, at=DAY3)
    assert archive.ask_again(HOST, kinds=("home", "listing"), at=DAY2) == 2
    assert archive.due_count(HOST, at=DAY3) == before + 2
    due = values(archive, "SELECT url FROM frontier WHERE visits > 0 AND due_at IS NOT NULL ORDER BY url")
    assert due == [(HOME,), (NEWS,)]
    assert archive.ask_again(HOST, kinds=("listing",), at=DAY2, first_pages_only=False) == 2
    archive.close()


def test_a_row_set_aside_is_not_asked(archive: Archive) -> None:
    one = row(archive, HOME + "cal?d=1", "page")
    archive.set_aside(one)
    row(archive, HOME + "cal?d=1", "page", at=DAY2)
    assert archive.next_due(HOST, at=DAY3) is None
    archive.set_aside(row(archive, HOME + "cal?d=2", "page"))
    assert archive.aside(HOST) == [HOME + "cal?d=2", HOME + "cal?d=1"]
    assert archive.aside(HOST, limit=1) == [HOME + "cal?d=2"]
    assert archive.aside("other.example") == []


def test_a_visit_sets_when_the_page_is_due_again(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "b.db")
    one = row(archive, NEWS + "1.html")
    archive.save_page(one, capture(one.url), article(one.url), crawl_id=crawl, next_due=DAY2)
    assert archive.next_due(HOST, at=DAY1) is None
    again = archive.next_due(HOST, at=DAY2)
    assert again is not None and not again.fresh
    archive.close()


def test_a_page_of_the_same_bytes_stands_for_the_same_article(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "b.db")
    save_listing(archive, crawl, NEWS, range(1, 3))
    first, second = row(archive, NEWS + "1.html"), row(archive, NEWS + "2.html")
    answer = capture(second.url, page("甲", "乙"))
    assert archive.twin(second, answer) is None
    save(archive, crawl, first.url, raw=answer.body)
    assert archive.twin(second, answer) == (first.id, first.url)
    assert archive.twin(first, answer) is None
    assert archive.twin(second, capture(second.url, b"")) is None
    number = archive.save_twin(second, answer, article(second.url), crawl_id=crawl, twin=first.id)
    assert archive.load_capture(number).body == answer.body
    assert values(archive, "SELECT count(*) FROM articles") == [(1,)]
    assert values(archive, "SELECT archived FROM channels") == [(2,)]
    assert archive.next_due(HOST, at=DAY3) is None and verify(archive) == []
    archive.close()


# Channels


def test_a_listing_fills_its_channel_and_knows_what_was_new(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "b.db")
    first = save_listing(
        archive, crawl, NEWS, range(1, 11), name="要闻", claimed=25, claimed_pages=3, claimed_by="共25条"
    )
    assert (first.new_items, first.added) == (10, 10)
    again = save_listing(archive, crawl, NEWS, range(3, 13), at=DAY2, claimed=27, page=1, complete=True)
    assert (again.new_items, again.added) == (2, 2)
    told = values(
        archive,
        "SELECT name, claimed, claimed_pages, claimed_by, listed, archived, walked_pages, complete FROM channels",
    )
    assert told == [("要闻", 27, 3, "共25条", 12, 0, 1, 1)]
    assert archive.unseen(NEWS, [f"{NEWS}{n}.html" for n in range(10, 16)]) == (3, True)
    assert archive.unseen("http://kfq.example/none/", [NEWS]) == (1, False)
    seen = values(archive, "SELECT count(*), min(first_seen), max(first_seen), min(last_seen) FROM items")
    assert seen == [(12, DAY1, DAY2, DAY1)]
    archive.close()


def test_counts_follow_the_rows_however_they_come(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "b.db")
    save(archive, crawl, f"{NEWS}1.html")
    save_listing(archive, crawl, NEWS, range(1, 5))
    assert values(archive, "SELECT listed, archived FROM channels") == [(4, 1)]
    save(archive, crawl, f"{NEWS}2.html")
    save(archive, crawl, f"{NEWS}2.html", at=DAY2, title="改")
    assert values(archive, "SELECT listed, archived FROM channels") == [(4, 2)]
    other = "http://kfq.example/gg/"
    archive.save_page(
        row(archive, other, "listing"),
        capture(other),
        listing(other, (f"{NEWS}2.html", "甲"), (f"{NEWS}9.html", "乙")),
        crawl_id=crawl,
        channel=Channel(url=other),
    )
    assert values(archive, "SELECT listed, archived FROM channels ORDER BY id") == [(4, 2), (2, 1)]
    archive.db.conn.execute(
        "DELETE FROM items WHERE channel_id = 1 AND frontier_id = (SELECT id FROM frontier WHERE url LIKE '%/2.html')"
    )
    assert values(archive, "SELECT listed, archived FROM channels ORDER BY id") == [(3, 1), (2, 1)]
    archive.close()


def test_missing_tells_why(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "b.db")
    save_listing(archive, crawl, NEWS, range(1, 6), name="要闻")
    save(archive, crawl, f"{NEWS}1.html")
    dead = row(archive, f"{NEWS}2.html")
    archive.save_page(dead, capture(dead.url, b"404", status=404), reading(dead.url, "dead"), crawl_id=crawl)
    slow = row(archive, f"{NEWS}3.html")
    archive.save_failure(
        slow, crawl_id=crawl, at=DAY1, cause="slow", message="60 s", status=None, retry_at=DAY2
    )
    other = row(archive, f"{NEWS}4.html")
    archive.save_page(other, capture(other.url), reading(other.url, "other"), crawl_id=crawl)
    outside = [("http://other.example/1.html", "外站"), (f"{NEWS}list.xls", "表")]
    archive.save_page(
        row(archive, NEWS, "listing"),
        capture(NEWS),
        listing(NEWS, *outside),
        crawl_id=crawl,
        found=[Found(url=outside[1][0], kind="file", channel=NEWS, due=False)],
        channel=Channel(url=NEWS),
    )
    why = {m.url.rpartition("/")[2]: m.why for m in archive.missing("要闻")}
    assert why == {
        "2.html": "the page is gone",
        "3.html": "slow: 60 s",
        "4.html": "read as other",
        "5.html": "not visited yet",
        "1.html": "stands outside the portal",
        "list.xls": "a file, no page",
    }
    assert archive.missing(NEWS) == archive.missing(1)
    with pytest.raises(UsageError, match="no channel"):
        archive.missing("通知")
    archive.close()


def test_status_and_report_tell_what_a_crawl_did(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "b.db")
    save_listing(archive, crawl, NEWS, range(1, 6), name="要闻", claimed=9)
    for n in (1, 2):
        save(archive, crawl, f"{NEWS}{n}.html")
    bad = row(archive, f"{NEWS}3.html")
    for at in (DAY1, DAY2):
        archive.save_failure(
            bad, crawl_id=crawl, at=at, cause="slow", message="x", status=None, retry_at=None
        )
    save(archive, crawl, HOME + "alone.html")
    lines = {line.channel: line for line in archive.report(crawl)}
    news, alone = lines["要闻"], lines[None]
    assert (news.found, news.new, news.changed, news.failed, news.claimed, news.archived) == (
        5,
        2,
        0,
        1,
        9,
        2,
    )
    assert (alone.new, alone.url) == (1, None)
    archive.finish_crawl(
        crawl, at=DAY2, outcome="done", pages=5, articles_new=3, articles_changed=0, failures=1
    )
    (portal,) = archive.status()
    (channel,) = portal.channels
    assert (portal.host, portal.articles, portal.failures, portal.outcome) == (HOST, 3, 1, "done")
    assert (channel.archived, channel.listed, channel.claimed, channel.failures) == (2, 5, 9, 1)
    assert (channel.last_crawl, channel.complete, portal.unread) == (DAY1, False, 2)

    second = archive.start_crawl(seeds=[HOME], options={}, at=DAY3, version="0.1")
    save(archive, second, f"{NEWS}1.html", at=DAY3, title="改")
    save(archive, second, f"{NEWS}4.html", at=DAY3)
    (line,) = archive.report(second)
    assert (line.new, line.changed, line.found, line.archived) == (1, 1, 0, 3)
    archive.close()
