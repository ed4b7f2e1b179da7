"""How a crawl behaves: one request at a time per portal, the pause kept, many portals side by side."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from zoo import Answer, Stand, Zoo, dialects, faults
from zoo_crawl import FAST, Crawler, articles, make_portal, rows, true

from scraper.crawl import Options, crawl

PAUSE = 0.04


def gaps(stand: Stand) -> list[float]:
    """Seconds from the end of each answer to the next request."""
    return [after.began - before.ended for before, after in pairwise(stand.log)]


def test_the_pause_is_kept_between_all_requests_to_a_portal(tmp_path: Path) -> None:
    portal = make_portal(dialects.TRS, stories=6, channels=1)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=Options(delay=PAUSE))
    assert len(stand.log) == portal.least() and stand.most_active == 1
    assert (
        min(gaps(stand)) >= PAUSE - 0.005
    )  # the client counts from the answer's arrival, a little after its end here


def test_a_crawl_delay_of_robots_txt_is_kept_where_it_is_longer(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=5, channels=1)
    portal.robots = Answer(body=b"User-agent: *\nCrawl-delay: 6\n", kind="text/plain")
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
    # robots.txt tells it, so all requests behind the first page wait
    assert [round(wait) for wait in crawler.clock.slept] == [6] * len(crawler.clock.slept)
    assert len(crawler.clock.slept) >= len(stand.log) - 2


def test_several_portals_are_crawled_side_by_side_and_each_politely(tmp_path: Path) -> None:
    spoken = (dialects.TRS, dialects.UCAP, dialects.VSB, dialects.HANWEB, dialects.SUDY)
    with Zoo() as zoo:
        stands = [zoo.stand(make_portal(dialect, stories=6, channels=1)) for dialect in spoken]
        report = crawl([s.url for s in stands], tmp_path / "a.db", options=Options(delay=PAUSE))
    for stand in stands:
        assert articles(tmp_path / "a.db", stand) == true(stand.portal.truth())
        assert stand.most_active == 1 and min(gaps(stand)) >= PAUSE - 0.005
    assert report.outcome == "done" and report.pages == sum(len(s.log) - 1 for s in stands)
    last_to_begin, first_to_end = max(s.log[0].began for s in stands), min(s.log[-1].ended for s in stands)
    assert last_to_begin < first_to_end


def test_a_portal_in_trouble_does_not_hold_up_the_others(tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        bad, good = (zoo.stand(make_portal(dialects.TRS, stories=12)) for _ in range(2))
        bad.portal.robots = Answer(body=b"", status=503)
        report = crawler.crawl(bad, good)
        assert articles(crawler.db, good) == true(good.portal.truth())
    assert report.outcome == "done" and report.exit_code == 1
    assert [line for line in report.unreached if bad.host in line]


def test_several_seeds_of_one_portal_ask_each_page_once(tmp_path: Path) -> None:
    portal = make_portal(dialects.TRS, stories=12)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        seeds = [stand.url + "xwdt/", stand.url, stand.url + "tzgg/", stand.url]
        crawl(seeds, tmp_path / "a.db", options=FAST)
        assert articles(tmp_path / "a.db", stand) == true(portal.truth())
        assert stand.most_active == 1
        assert all(n == 1 for target, n in stand.asked().items() if target in portal.truth())


def test_a_portal_reached_by_its_old_address_and_its_new_one_is_crawled_once(tmp_path: Path) -> None:
    portal = make_portal(dialects.TRS, stories=12)
    with Zoo() as zoo:
        stand, old = zoo.stand(portal), zoo.stand(make_portal(dialects.TRS))
        old.fail_always("/", faults.redirect(stand.url.encode(), 301))
        crawl([old.url, stand.url], tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())
    assert len(stand.log) <= portal.least() + 1 and stand.most_active == 1
    assert rows(tmp_path / "a.db", "select host from portals") == [(stand.host,)]


def test_the_agent_names_itself_and_whom_to_write_to(tmp_path: Path) -> None:
    with Zoo() as zoo:
        stand = zoo.stand(make_portal(dialects.TRS, stories=5, channels=1))
        crawl(stand.url, tmp_path / "a.db", options=Options(delay=0, contact="mail@archive.example"))
    agents = {one.headers["user-agent"] for one in stand.log}
    assert len(agents) == 1 and "kaifaqu" in (agent := agents.pop()) and "mail@archive.example" in agent


def test_a_page_that_shows_the_time_is_one_channel_under_both_its_addresses(tmp_path: Path) -> None:
    """`/xwdt/` and `/xwdt/index.html` with bytes that differ at each request."""
    portal = make_portal(dialects.TRS, stories=12, channels=1)
    portal.home_links = '<a href="/xwdt/index.html">新闻动态列表</a>'
    asked: list[str] = []

    def watch(target: str) -> None:
        asked.append(target)
        portal.name = f"栖霞湾开发区（今日访问{len(asked)}次）"

    portal.watch = watch
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand).keys() == portal.truth().keys()
    assert rows(tmp_path / "a.db", "select listed, archived from channels") == [(12, 12)]
