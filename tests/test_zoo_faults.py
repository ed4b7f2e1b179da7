"""Portals that answer badly: what passes costs nothing, what lasts costs its own page, and a portal in trouble is left."""

from __future__ import annotations

import importlib
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from zoo import Answer, Fault, Stand, Zoo, dialects, faults
from zoo_crawl import Crawler, articles, make_portal, path_of, rows, true

from scraper import show
from scraper.archive import Archive

WALL = "<html><head><script>document.cookie='a=b'; location.reload()</script></head><body></body></html>"
SORRY = "<html><head><title>提示信息</title></head><body><p>对不起，您访问的页面不存在或已删除！</p></body></html>"


def failures(db: Path) -> list[tuple[str, str]]:
    """(path, cause) of all failures that are still open, each page once."""
    sql = "select distinct url, cause from failures where resolved_at is null order by id"
    return [(path_of(url), cause) for url, cause in rows(db, sql)]


def whole(db: Path, stand: Stand, *, but: set[str] = frozenset()) -> bool:  # type: ignore[assignment]
    """Whether the archive holds just the portal's articles, all but those at some paths."""
    assert articles(db, stand) == {p: f for p, f in true(stand.portal.truth()).items() if p not in but}
    return True


# --- trouble that passes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        pytest.param(faults.status(429, ("Retry-After", "7")), 7.0, id="429"),
        pytest.param(faults.status(503, ("Retry-After", "11")), 11.0, id="503"),
        pytest.param(faults.status(500), 1.0, id="500"),
        pytest.param(faults.status(502), 1.0, id="502"),
        pytest.param(faults.reset, 1.0, id="reset"),
        pytest.param(faults.truncated, 0.0, id="truncated"),
        pytest.param(faults.drip, 1.0, id="drip"),
    ],
)
@pytest.mark.parametrize("where", ["article", "listing", "home"])
def test_trouble_that_passes_costs_no_article(
    fault: Fault, waited: float, where: str, tmp_path: Path
) -> None:
    portal = make_portal(dialects.TRS, stories=12)
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        path = {"article": list(portal.truth())[3], "listing": "/xwdt/index_1.html", "home": "/"}[where]
        stand.fail(path, fault)
        report = crawler.crawl(stand)
        assert whole(crawler.db, stand)
        assert stand.asked()[path] == 2
    assert report.exit_code == 0 and not failures(crawler.db)
    assert max(crawler.clock.slept, default=0.0) >= waited


def test_a_retry_after_that_names_a_moment_is_kept(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=6, channels=1)
    moment = format_datetime(crawler.now + timedelta(seconds=40), usegmt=True)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        stand.fail("/xwdt/", faults.status(503, ("Retry-After", moment)))
        crawler.crawl(stand)
        assert whole(crawler.db, stand)
    assert max(crawler.clock.slept) == pytest.approx(40, abs=1)


# --- trouble that lasts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        pytest.param(faults.status(500), "bad-answer", id="500"),
        pytest.param(faults.status(403), "bad-answer", id="403"),
        pytest.param(faults.reset, "unreachable", id="reset"),
        pytest.param(faults.drip, "slow", id="drip"),
        pytest.param(faults.endless, "large", id="endless"),
        pytest.param(faults.bomb, "large", id="bomb"),
        pytest.param(faults.redirect(b"/loop"), "bad-answer", id="redirect loop"),
        pytest.param(faults.redirect(b"javascript:void(0)"), "bad-answer", id="redirect to no address"),
        pytest.param(faults.status(412, body=WALL), "blocked", id="412"),
        pytest.param(faults.status(521, body=WALL), "blocked", id="521"),
    ],
)
def test_trouble_that_lasts_costs_its_own_page_until_it_ends(
    fault: Fault, cause: str, tmp_path: Path
) -> None:
    portal = make_portal(dialects.TRS, stories=9, channels=1)
    crawler = Crawler(db=tmp_path / "a.db")
    bad = list(portal.truth())[3]
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        stand.fail_always(bad, fault)
        stand.fail_always("/loop", faults.redirect(b"/loop?a=1"))
        stand.fail_always("/loop?a=1", faults.redirect(b"/loop"))
        report = crawler.crawl(stand)
        assert whole(crawler.db, stand, but={bad})
        assert (report.failures, report.exit_code) == (1, 1)
        assert failures(crawler.db) == [(bad, cause)]
        stand.faults.clear()
        crawler.later(hours=2)
        crawler.crawl(stand)
        assert whole(crawler.db, stand)
    assert not failures(crawler.db)


def test_a_corner_of_dead_links_does_not_end_the_crawl(tmp_path: Path) -> None:
    portal = make_portal(dialects.TRS, stories=18)
    crawler = Crawler(db=tmp_path / "a.db")
    dead = {p for p in portal.truth() if p.startswith("/xwdt/")}
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        for path in dead:
            stand.fail_always(path, faults.status(500))
        report = crawler.crawl(stand)
        assert whole(crawler.db, stand, but=dead)
    assert report.outcome == "done" and report.failures == len(dead)


@pytest.mark.parametrize(
    "fault", [faults.reset, faults.status(503), faults.status(500)], ids=["reset", "503", "500"]
)
def test_a_portal_that_goes_down_is_left_early_and_finished_when_it_is_back(
    fault: Fault, tmp_path: Path
) -> None:
    portal = make_portal(dialects.TRS, stories=38, per_page=15)
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        down_after(stand, 12, fault)
        report = crawler.crawl(stand)
        assert len(stand.log) - 12 <= 3 * (10 + 2)
        assert any("in a row" in note for note in report.notes)
        assert (report.outcome, report.exit_code) == ("left", 1)
        portal.watch = lambda target: None
        stand.faults.clear()
        crawler.later(hours=3)
        crawler.crawl(stand)
        assert whole(crawler.db, stand)
    assert not failures(crawler.db)


def test_a_counters_dead_host_does_not_end_the_crawl_of_the_portal(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=20, channels=1)
    with Zoo() as zoo:
        stand, dead = zoo.stand(portal), zoo.stand(make_portal(dialects.TRS))
        dead.portal.robots = Answer(body=b"", status=502)
        count = (
            f"{dead.url}system/resource/code/news/click/dynclicks.jsp?clickid={{}}&owner=2&clicktype=wbnews"
        )
        for n, path in enumerate(portal.truth()):
            page = portal.answer(path).body.decode()
            shown = f'<div class="info">浏览次数：<script src="{count.format(n)}"></script></div><div class="content"'
            portal.extra[path] = Answer(body=page.replace('<div class="content"', shown).encode())
        report = crawler.crawl(stand)
        assert whole(crawler.db, stand)
    assert report.outcome == "done" and report.failures == 20


def down_after(stand: Stand, requests: int, fault: Fault) -> None:
    """The portal answers so many requests, and then only with `fault`."""

    def watch(target: str) -> None:
        if len(stand.log) >= requests:
            stand.fail_always("*", fault)

    stand.portal.watch = watch


@pytest.mark.parametrize("code", [412, 521])
def test_a_wall_is_reported_after_three_pages_and_never_archived(code: int, tmp_path: Path) -> None:
    portal = make_portal(dialects.TRS, stories=18)
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        down_after(stand, 8, faults.status(code, body=WALL))
        report = crawler.crawl(stand)
        assert len(stand.log) <= 8 + 4
        assert any("3 walls in a row" in note for note in report.notes) and report.outcome == "left"
        assert rows(crawler.db, "select count(*) from captures where kind = 'blocked'") == [(3,)]
        portal.watch = lambda target: None
        stand.faults.clear()
        crawler.later(hours=2)
        crawler.crawl(stand)
        assert whole(crawler.db, stand)


def test_a_portal_behind_a_wall_from_the_start_is_named_as_blocked(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        stand.fail_always("/", faults.status(521, body=WALL))
        report = crawler.crawl(stand)
    assert (report.outcome, report.exit_code) == ("blocked", 3)


def test_a_redirect_to_itself_that_only_wants_its_cookie_back_is_passed(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=6, channels=1)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        stand.fail("/", faults.status(302, ("Location", "/"), ("Set-Cookie", "CT6T=1; path=/")))
        crawler.crawl(stand)
        assert whole(crawler.db, stand)
    assert "CT6T=1" in stand.log[2].headers["cookie"]


@pytest.mark.parametrize("broken", ["read", "follow", "walk", "channel_of"])
def test_a_bug_of_ours_costs_its_page_and_not_the_crawl(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever decision fails on one page of a channel, the other channel is crawled whole."""
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=12)
    module = importlib.import_module("scraper.crawl.take")
    sound = getattr(module, broken)

    def faulty(*args: Any, **more: Any) -> Any:
        if any("/xwdt/" in str(getattr(arg, "url", arg)) for arg in args if not isinstance(arg, bytes)):
            raise IndexError("invented")
        return sound(*args, **more)

    monkeypatch.setattr(module, broken, faulty)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        got = articles(crawler.db, stand).keys()
    assert got >= {path for path in portal.truth() if path.startswith("/tzgg/")}
    assert ("/xwdt/", "unread") in failures(crawler.db)


# --- answers that are not what they seem -------------------------------------------------------------------------


def test_a_redirect_in_gbk_bytes_leads_to_the_article(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=6, channels=1)
    path = next(iter(portal.truth()))
    target = "/旧闻/第一篇.html"
    portal.extra["/%BE%C9%CE%C5/%B5%DA%D2%BB%C6%AA.html"] = portal.answer(path)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        stand.fail_always(path, faults.redirect(target.encode("gbk")))
        crawler.crawl(stand)
        got, wanted = articles(crawler.db, stand), true(portal.truth())
    assert sorted(f.title or "" for f in got.values()) == sorted(f.title or "" for f in wanted.values())


@pytest.mark.parametrize(
    "shell",
    [
        '<html><head><meta http-equiv="refresh" content="0;url={}"></head><body></body></html>',
        '<html><body><script>window.location.href="{}";</script></body></html>',
        '<html><body><script>location.replace("{}")</script></body></html>',
    ],
    ids=["meta", "href", "replace"],
)
def test_a_page_that_sends_its_reader_on_leads_to_the_article_and_is_none(shell: str, tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=6, channels=1)
    path = next(iter(portal.truth()))
    portal.extra["/moved/1.html"] = portal.answer(path)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        stand.fail_always(path, faults.page(Answer(body=shell.format("/moved/1.html").encode())))
        crawler.crawl(stand)
        got, wanted = articles(crawler.db, stand), true(portal.truth())
    assert sorted(f.title or "" for f in got.values()) == sorted(f.title or "" for f in wanted.values())


def test_a_row_that_leads_to_its_article_by_way_of_another_page_counts_as_archived(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=6, channels=1)
    path = next(iter(portal.truth()))
    portal.extra["/moved/1.html"] = portal.answer(path)
    shell = '<html><head><meta http-equiv="refresh" content="0;url=/moved/1.html"></head><body></body></html>'
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        stand.fail_always(path, faults.page(Answer(body=shell.encode())))
        crawler.crawl(stand)
    assert rows(crawler.db, "select listed, archived from channels") == [(6, 6)]


OUT = '<html><head><meta http-equiv="refresh" content="0;url=http://www.elsewhere.example/1.html"></head></html>'


def test_rows_that_lead_elsewhere_are_told_apart_from_those_that_are_missing(tmp_path: Path) -> None:
    """Of eight rows one is a file, one redirects and one sends its reader away, one is gone, one fails: one is missing."""
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.UCAP, stories=8, channels=1)
    away, shell, lost, failing, file, *kept = list(portal.truth())
    portal.gone = {lost}
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        stand.fail_always(away, faults.redirect(b"http://www.elsewhere.example/2.html"))
        stand.fail_always(shell, faults.page(Answer(body=OUT.encode())))
        stand.fail_always(failing, faults.status(500))
        stand.fail_always(file, faults.page(Answer(body=b"%PDF-1.4 none", kind="application/pdf")))
        report = crawler.crawl(stand)
        crawler.later(days=1)
        stand.forget()
        crawler.crawl(stand)
        assert not {away, shell} & stand.asked().keys()
    (line,) = (one for one in report.channels if one.channel)
    assert (line.listed, line.archived, line.elsewhere, line.failed) == (8, 3, 4, 1)
    assert report.failures == 1 and {
        path_of(u) for (u,) in rows(crawler.db, "select url from articles")
    } == set(kept)
    assert show.whole(line) == "75 %"
    with Archive.open(crawler.db, write=False) as archive:
        (channel,) = archive.status()[0].channels
        why = {path_of(one.url): one.why for one in archive.missing(channel.id)}
    assert show.whole(channel) == "75 %"
    assert why[away] == why[shell] == "leads out of the portal"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.relabelled("text/html; charset=iso-8859-1"), id="charset"),
        pytest.param(faults.relabelled("text/html; charset=gb2312"), id="gb2312"),
        pytest.param(faults.relabelled("application/octet-stream"), id="type"),
        pytest.param(faults.lying_length(2000), id="length too large"),
    ],
)
def test_headers_that_lie_do_not_change_what_is_read(fault: Fault, tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=6, channels=1)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        for path in [*portal.truth(), "/xwdt/"]:
            stand.fail_always(path, fault)
        crawler.crawl(stand)
        assert whole(crawler.db, stand)


def test_a_portal_in_gbk_is_read_as_well_as_one_in_utf8(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=6, channels=1)
    portal.charset = "gb2312"
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        assert whole(crawler.db, stand)


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(Answer(body=SORRY.encode()), id="200"),
        pytest.param(Answer(body=b"", status=302, headers=(("Location", "/404.htm"),)), id="302 to a 200"),
        pytest.param(Answer(body=b"<h1>Gone</h1>", status=410), id="410"),
    ],
)
def test_a_page_that_is_gone_is_no_article_whatever_its_status(lost: Answer, tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=12, channels=1)
    portal.gone, portal.lost = set(list(portal.truth())[2:7]), lost
    portal.extra["/404.htm"] = Answer(body=SORRY.encode())
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        report = crawler.crawl(stand)
        assert whole(crawler.db, stand)
    assert report.exit_code == 0
    gone = {path_of(url) for (url,) in rows(crawler.db, "select url from frontier where state = 'gone'")}
    assert gone == portal.gone
