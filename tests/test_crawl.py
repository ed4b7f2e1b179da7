"""A whole crawl over real HTTP into a real archive: what it must find, and what no kill may lose."""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.crawl import Event, Options, Report, crawl
from scraper.demo import DemoArticle, DemoServer, channels, start_demo, truth
from scraper.read import read
from scraper.text import compact

FAST = Options(delay=0)


def rows(db: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(db)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def asked(server: DemoServer) -> Counter[str]:
    with urllib.request.urlopen(server.url + "__log") as answer:
        return Counter(json.load(answer))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Report, Counter[str], Path]]:
    """The demo portal crawled once, and once more: (archive, first report, requests of the second crawl)."""
    db = tmp_path_factory.mktemp("crawl") / "demo.db"
    with start_demo() as server:
        first = crawl(server.url, db, options=FAST)
        before = asked(server)
        copy = db.with_name("first.db")
        with sqlite3.connect(db) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        source.close(), target.close()
        crawl(server.url, db, options=FAST)
        yield copy, first, asked(server) - before, db


def test_every_article_of_the_portal_is_archived_once_and_nothing_else(crawled: Any) -> None:
    got = Counter(path_of(url) for (url,) in rows(crawled[0], "select url from articles"))
    assert got == Counter(a.path for a in truth())


@pytest.mark.parametrize("field", ["title", "source", "author", "date"])
def test_the_fields_are_what_the_pages_say(crawled: Any, field: str) -> None:
    got = {path_of(url): value for url, value in rows(crawled[0], f"select url, {field} from articles")}
    wrong = {
        a.path: (getattr(a, field), got.get(a.path)) for a in truth() if getattr(a, field) != got.get(a.path)
    }
    assert not wrong


def test_views_are_the_printed_ones_or_the_counters_answer(crawled: Any) -> None:
    got = {path_of(url): value for url, value in rows(crawled[0], "select url, views from articles")}

    def true(article: DemoArticle) -> int | None:
        return article.views if article.views is not None else article.counted

    assert not {a.path: (true(a), got.get(a.path)) for a in truth() if true(a) != got.get(a.path)}


def test_bodies_are_whole_over_all_pages_of_an_article(crawled: Any) -> None:
    got = {path_of(url): compact(body) for url, body in rows(crawled[0], "select url, body from articles")}
    assert not [a.path for a in truth() if compact("".join(a.body)) != got.get(a.path)]


def test_attachments_are_kept_with_their_articles(crawled: Any) -> None:
    got = rows(crawled[0], "select a.url, t.url from articles a join attachments t on t.article_id = a.id")
    true = {(a.path, file) for a in truth() for file in a.attachments}
    assert {(path_of(a), path_of(t)) for a, t in got} == true


def test_each_channel_holds_what_it_claims(crawled: Any) -> None:
    """Some dialects claim articles, some only pages; either way the claim is met and the walk is whole."""
    sql = "select name, claimed, claimed_pages, listed, walked_pages, complete from channels"
    got = {name: facts for name, *facts in rows(crawled[0], sql)}
    for channel in channels():
        claimed, claimed_pages, listed, walked, complete = got[channel.name]
        assert (listed, walked, complete) == (channel.claimed, channel.page_count, 1), channel.name
        assert (claimed, claimed_pages) != (None, None), channel.name
        assert claimed in (channel.claimed, None) and claimed_pages in (channel.page_count, None), (
            channel.name
        )


def test_every_answer_is_kept_as_it_came_and_proves_its_digest(crawled: Any) -> None:
    assert rows(crawled[0], "select count(*) from captures where digest is null")[0][0] == 0
    with Archive.open(crawled[0], write=False) as archive:
        assert list(verify(archive)) == []


def test_dead_pages_are_failures_or_gone_and_no_articles(crawled: Any) -> None:
    states = dict(rows(crawled[0], "select state, count(*) from frontier group by state"))
    assert states.get("gone", 0) >= 2, states


def test_a_calendar_without_end_comes_to_an_end_and_is_told(crawled: Any) -> None:
    _, first, _, _ = crawled
    assert first.outcome == "done"
    assert any("set aside" in note for note in first.notes) or first.pages < 250


def test_counters_that_count_their_asking_are_never_asked(crawled: Any) -> None:
    log = crawled[2]
    assert not [target for target in log if "addclicktimes" in target]


def test_robots_txt_is_obeyed(crawled: Any) -> None:
    assert not rows(crawled[0], "select url from captures where url like '%/search/%'")


def test_a_second_crawl_asks_a_page_per_channel_and_stores_nothing_twice(crawled: Any) -> None:
    copy, _first, second, db = crawled
    pages = sum(second.values()) - second["/robots.txt"]
    listings = rows(db, "select count(*) from channels")[0][0]
    assert pages <= listings + 2, second
    for table in ("articles", "versions", "attachments", "blobs"):
        assert rows(db, f"select count(*) from {table}") == rows(copy, f"select count(*) from {table}"), table


def test_a_limit_stops_with_that_many_articles_and_the_next_crawl_goes_on(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    with start_demo() as server:
        report = crawl(server.url, db, options=Options(delay=0, limit=10))
        assert (report.outcome, report.articles_new) == ("limited", 10)
        crawl(server.url, db, options=FAST)
    assert rows(db, "select count(*) from articles") == [(len(truth()),)]


def test_since_leaves_out_what_is_older(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    with start_demo() as server:
        channel = max(channels(), key=lambda c: c.claimed)
        since = sorted(r.date for r in channel.rows if r.date)[-3]
        crawl(server.url.rstrip("/") + channel.path, db, options=Options(delay=0, since=since))
    dates = [d for (d,) in rows(db, "select date from articles where date is not null")]
    assert len(dates) >= 2 and min(dates) >= since


def test_a_listing_as_seed_brings_its_channel_alone(tmp_path: Path) -> None:
    db, channel = tmp_path / "a.db", channels()[1]
    with start_demo() as server:
        crawl(server.url.rstrip("/") + channel.path, db, options=FAST)
    got = {path_of(url) for (url,) in rows(db, "select url from articles")}
    assert got == {r.story.article.path for r in channel.rows if r.story}


def test_an_article_as_seed_brings_itself_with_all_its_pages(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    article = next(a for a in truth() if a.pages)
    with start_demo() as server:
        crawl(server.url.rstrip("/") + article.path, db, options=FAST)
    ((url, body),) = rows(db, "select url, body from articles")
    assert path_of(url) == article.path and compact(body) == compact("".join(article.body))


def test_events_tell_each_page_as_it_comes(tmp_path: Path) -> None:
    seen: list[Event] = []
    with start_demo() as server:
        report = crawl(server.url, tmp_path / "a.db", options=Options(delay=0, limit=3), on_event=seen.append)
    assert len(seen) == report.pages and seen[-1].articles == 3


def test_a_bug_in_the_reader_costs_one_page_and_not_the_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = next(a for a in truth() if not a.pages)

    def faulty(body: bytes, url: str, **more: Any) -> Any:
        if path_of(url) == bad.path:
            raise IndexError("invented")
        return read(body, url, **more)

    monkeypatch.setattr(importlib.import_module("scraper.crawl.take"), "read", faulty)
    with start_demo() as server:
        crawl(server.url, tmp_path / "a.db", options=FAST)
    ((_cause, url),) = rows(tmp_path / "a.db", "select cause, url from failures where cause = 'unread'")
    assert path_of(url) == bad.path
    assert rows(tmp_path / "a.db", "select count(*) from articles") == [(len(truth()) - 1,)]
    assert rows(tmp_path / "a.db", "select count(*) from captures where url = ?", url) == [(1,)]


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize("seed", range(3))
def test_no_kill_loses_or_doubles_an_article(tmp_path: Path, seed: int) -> None:
    """Kill -9 at random moments until a crawl comes through; then compare with the truth."""
    db, dice = tmp_path / "a.db", random.Random(seed)
    with start_demo() as server:
        command = [sys.executable, "-m", "scraper", "crawl", server.url, "--delay", "0", "--db", str(db)]
        kills = 0
        for _ in range(12):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.35 + dice.random() * 0.9)
            kills += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
            if db.exists() and kills >= 4:
                break
        assert subprocess.run(command, capture_output=True, timeout=120).returncode in (0, 1)
        log = asked(server)
    assert kills >= 2
    got = Counter(path_of(url) for (url,) in rows(db, "select url from articles"))
    assert got == Counter(a.path for a in truth())
    assert rows(db, "pragma integrity_check") == [("ok",)]
    with Archive.open(db, write=False) as archive:
        assert list(verify(archive)) == []
    asked_again = {a.path: log[a.path] for a in truth() if log[a.path] > 1}
    assert len(asked_again) <= 2 * kills + 2, asked_again
