"""Crawls by the clock: what is due is crawled, what is not is left alone, and a portal in trouble has its rest."""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from zoo import Answer, Stand, Zoo, dialects, faults, invent
from zoo_crawl import FAST, Crawler, articles, make_portal, rows, true

from scraper.archive import Archive
from scraper.crawl import Options, Report
from scraper.crawl.due import rest
from scraper.crawl.listed import Listed, list_beside
from scraper.crawl.plan import LOOK_HOURS
from scraper.crawl.run import renders
from scraper.errors import MissingExtra, UsageError

DUE = replace(FAST, due=True)


def due(crawler: Crawler) -> Report:
    return crawler.crawl(options=DUE)


def put_on_list(crawler: Crawler, *stands: Stand, more: str = "") -> None:
    text = "".join(f'[[portal]]\nurl = "{stand.url}"\n{more}\n' for stand in stands)
    list_beside(crawler.db).write_text(text, "utf-8")


def test_what_is_listed_is_crawled_whole_and_then_nothing_is_due(tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        one, other = zoo.stand(make_portal(dialects.TRS)), zoo.stand(make_portal(dialects.UCAP))
        put_on_list(crawler, one, other)
        first = due(crawler)
        for stand in (one, other):
            assert articles(crawler.db, stand) == true(stand.portal.truth())
            stand.forget()
        second = due(crawler)
        assert not one.log and not other.log
    assert (first.outcome, second.outcome, second.crawl, second.exit_code) == ("done", "done", None, 0)
    assert rows(crawler.db, "select count(*) from crawls") == [(1,)]


def test_channels_are_looked_at_each_night_and_articles_on_their_own_schedule(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.UCAP)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        portal.channels[0].stories.insert(0, invent(-1))
        crawler.later(hours=LOOK_HOURS - 1)
        assert due(crawler).crawl is None
        crawler.later(hours=1)
        assert due(crawler).articles_new == 1
        stand.forget()
        crawler.later(hours=LOOK_HOURS)
        due(crawler)
        asked = stand.asked()
    assert {c.first() for c in portal.channels} <= asked.keys()
    old = [path for path in portal.truth() if asked[path]]
    assert len(old) == len(portal.truth()) - 1  # the day after; the late one a day later


def test_what_an_interruption_left_over_is_due_at_once(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.UCAP)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand, options=Options(delay=0, limit=5))
        due(crawler)
        assert articles(crawler.db, stand) == true(portal.truth())
        assert due(crawler).crawl is None


def test_an_archive_of_one_channel_stays_one(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.UCAP)
    channel = portal.channels[0]
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand.url.rstrip("/") + channel.first())
        assert due(crawler).crawl is None
        channel.stories.insert(0, invent(-1))
        crawler.later(days=1)
        stand.forget()
        assert due(crawler).articles_new == 1
        assert not [target for target in stand.asked() if target.startswith(f"/{portal.channels[1].slug}")]
        assert due(crawler).crawl is None


def test_a_bad_day_makes_a_channel_no_portal(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.UCAP)
    channel = portal.channels[0]
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand.url.rstrip("/") + channel.first())
        upset = f'<p>系统繁忙</p><a href="{portal.channels[1].first()}">{portal.channels[1].name}</a>'
        portal.extra[channel.first()] = Answer(body=f"<html><body>{upset}</body></html>".encode())
        crawler.later(days=1)
        stand.forget()
        due(crawler)
        assert not [target for target in stand.asked() if target.startswith(f"/{portal.channels[1].slug}")]
        assert due(crawler).crawl is None


def test_an_archive_of_one_article_marks_it_gone_and_is_done(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.UCAP)
    path = next(iter(portal.truth()))
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand.url.rstrip("/") + path)
        assert due(crawler).crawl is None
        portal.gone.add(path)
        crawler.later(days=2)
        assert due(crawler).outcome == "done"
        assert due(crawler).crawl is None
    assert rows(crawler.db, "select count(gone_at) from articles") == [(1,)]


def test_a_portal_that_does_not_answer_rests_longer_each_time(tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        stand = zoo.stand(make_portal(dialects.TRS))
        put_on_list(crawler, stand)
        stand.fail_always("*", faults.reset)
        for hours in (1, 2, 4):
            assert due(crawler).outcome == "unreachable"
            stand.forget()
            crawler.later(hours=hours - 0.1)
            assert due(crawler).crawl is None and not stand.log
            crawler.later(hours=0.1)
        stand.faults.clear()
        assert due(crawler).outcome == "done"
        assert articles(crawler.db, stand) == true(stand.portal.truth())


def test_rest_doubles_up_to_a_day() -> None:
    assert [rest(failed).total_seconds() / 3600 for failed in (1, 2, 3, 5, 6, 9)] == [1, 2, 4, 16, 24, 24]


def test_a_listed_portal_that_moved_is_crawled_where_it_is_and_not_twice(tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        old, new = zoo.stand(make_portal(dialects.TRS)), zoo.stand(make_portal(dialects.UCAP))
        old.fail_always("/", faults.redirect(new.url.encode(), 301))
        put_on_list(crawler, old)
        due(crawler)
        assert articles(crawler.db, new) == true(new.portal.truth())
        old.forget(), new.forget()
        assert due(crawler).crawl is None and not old.log and not new.log
    with Archive.open(crawler.db, write=False) as archive:
        assert {p.host: p.state for p in archive.status()}[old.host] == "moved"


def test_without_an_address_the_listed_portals_are_crawled_whether_due_or_not(tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        stand = zoo.stand(make_portal(dialects.TRS))
        put_on_list(crawler, stand)
        crawler.crawl()
        stand.forget()
        crawler.crawl()
        assert stand.asked()["/xwdt/"] == 1


@pytest.mark.parametrize("options", [FAST, DUE])
def test_nothing_to_crawl_is_said_and_makes_no_archive(options: Options, tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    with pytest.raises(UsageError, match="kaifaqu add"):
        crawler.crawl(options=options)
    assert not crawler.db.exists()


def test_due_takes_no_addresses(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="leave"):
        Crawler(db=tmp_path / "a.db").crawl("http://www.kfq.example/", options=DUE)


# --- what the list says of a portal ------------------------------------------------------------------------------


def test_a_listed_delay_is_kept_for_its_portal_and_one_that_is_asked_for_goes_before(tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        stand = zoo.stand(make_portal(dialects.TRS, stories=6, channels=1))
        put_on_list(crawler, stand, more="delay = 7")
        crawler.crawl(options=Options())
        assert max(crawler.clock.slept) == pytest.approx(7, abs=0.5)
        crawler.clock.slept.clear()
        crawler.crawl(options=Options(delay=2))
        assert max(crawler.clock.slept) == pytest.approx(2, abs=0.5)


def test_what_is_left_out_is_not_asked_and_what_was_known_of_it_is_put_off(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand, options=Options(delay=0, limit=3))
        stand.forget()
        put_on_list(crawler, stand, more='leave_out = ["/tzgg/"]')
        crawler.crawl(stand)
        assert not [target for target in stand.asked() if target.startswith("/tzgg/")]
        crawler.later(days=1)
        due(crawler)
        assert due(crawler).crawl is None


def test_a_contact_of_the_list_is_told_to_its_portals(tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        stand = zoo.stand(make_portal(dialects.TRS, stories=6, channels=1))
        list_beside(crawler.db).write_text(f'contact = "a@b.example"\n[[portal]]\nurl = "{stand.url}"\n')
        crawler.crawl()
        assert all("a@b.example" in one.headers["user-agent"] for one in stand.log)


def test_a_browser_is_asked_for_by_the_list_and_only_for_its_portal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(browser: str | None) -> None:
        raise MissingExtra("no browser is here", "install one")

    monkeypatch.setattr(importlib.import_module("scraper.crawl.run"), "check", absent)
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        one, other = (zoo.stand(make_portal(dialects.TRS, stories=6, channels=1)) for _ in range(2))
        put_on_list(crawler, one, more="render = true")
        with pytest.raises(MissingExtra):
            crawler.crawl()
        assert crawler.crawl(other).outcome == "done"
    listed = (Listed(url="http://www.kfq.example/", render=True),)
    assert renders(Options(listed=listed), "kfq.example") and not renders(Options(listed=listed), "x.example")
    assert renders(Options(render=True), "x.example")


# --- counters that count the asking ------------------------------------------------------------------------------


def test_adding_counters_are_asked_only_by_a_crawl_that_is_told_to(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=5, channels=1)
    path, count = next(iter(portal.truth())), "/plus/count.php?view=yes&aid=7"
    page = portal.answer(path)
    script = f'<div class="info">点击：<script src="{count}"></script></div><div class="content"'
    portal.extra[path] = replace(page, body=page.body.replace(b'<div class="content"', script.encode()))
    portal.extra[count] = Answer(body=b"document.write('71');", kind="text/javascript")
    asked = []
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        for counters in ("telling", "all", "telling", "telling"):
            stand.forget()
            crawler.crawl(stand, options=replace(FAST, counters=counters))  # type: ignore[arg-type]
            asked.append(stand.asked()[count])
            crawler.later(days=8)
    assert asked == [0, 1, 0, 0]
    assert rows(crawler.db, "select views, origin from views") == [(71, "counter")]


def test_beacons_that_a_cut_crawl_left_over_are_not_asked_by_the_next(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=5, channels=1)
    count = "/plus/count.php?view=yes&aid=7"
    with Zoo() as zoo, Archive.open(crawler.db) as archive:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        with archive.db.conn as db:
            db.execute(
                "update frontier set kind = 'beacon', due_at = '2020-01-01' where id = (select max(id) from frontier)"
            )
        left = rows(crawler.db, "select url from frontier where kind = 'beacon'")[0][0]
        stand.forget()
        crawler.crawl(stand)
        assert left.rpartition(stand.host)[2] not in stand.asked() and count not in stand.asked()


def test_times_of_the_archive_are_read_as_utc() -> None:
    from scraper.crawl.due import since

    assert since("2026-03-02T08:00:00Z") == datetime.fromisoformat("2026-03-02T16:00:00+08:00")
