"""All at once: many portals with all their faults, against what is true of them and the fewest requests that could do.

The least: robots.txt, the front page, each listing page and each article that is linked, once; and where an answer fails,
what asking again is worth: one more for trouble that passes, two more for trouble that lasts.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from zoo import Answer, Dialect, Fault, Portal, Stand, Zoo, dialects, faults, posted
from zoo_crawl import Crawler, articles, make_portal, path_of, rows, true

from scraper.fetch import client

SORRY = "<html><head><title>提示信息</title></head><body><p>对不起，您访问的页面不存在或已删除！</p></body></html>"
WALL = "<html><head><script>document.cookie='a=b'; location.reload()</script></head><body></body></html>"
SPOKEN: tuple[Dialect, ...] = (
    dialects.TRS,
    dialects.UCAP,
    dialects.VSB,
    dialects.HANWEB_RECORDS,
    dialects.JPAAS_EMPTY,
    dialects.QUERY,
    posted.ASPNET,
)


def passing(crawler: Crawler) -> list[Fault]:
    """Trouble that is over when the page is asked once more."""
    moment = format_datetime(crawler.now + timedelta(seconds=40), usegmt=True)
    return [
        faults.status(429, ("Retry-After", "7")),
        faults.status(503, ("Retry-After", moment)),
        faults.status(500),
        faults.reset,
        faults.truncated,
        faults.drip,
        faults.lying_length(2000),
    ]


LASTING: tuple[tuple[Fault, int], ...] = (
    (faults.status(500), 2),
    (faults.endless, 0),
    (faults.reset, 2),
    (faults.bomb, 0),
    (faults.redirect(b"javascript:void(0)"), 0),
    (faults.status(412, body=WALL), 0),
    (faults.page(Answer(body=SORRY.encode())), 0),
)
"""Trouble that does not end, and how often it is asked again."""
LIES = (
    faults.relabelled("text/html; charset=iso-8859-1"),
    faults.relabelled("application/octet-stream"),
)


def afflict(stand: Stand, crawler: Crawler) -> tuple[set[str], int]:
    """Give a portal all faults, spread over its articles; those that can't be had, and the requests that asking again takes."""
    paths = list(stand.portal.truth())
    again, lost = 0, set[str]()
    spread = iter(paths[1::2])
    for passes, (lasts, times) in zip(passing(crawler), LASTING, strict=True):
        stand.fail(next(spread), passes)
        path = next(spread)
        stand.fail_always(path, lasts)
        lost.add(path)
        again += 1 + times
    for lie in LIES:
        stand.fail_always(next(spread), lie)
    stand.fail("/", faults.status(502))
    stand.fail("/robots.txt", faults.status(503, ("Retry-After", "3")))
    return lost, again + 2


def calendar(portal: Portal) -> None:
    """Days without end, none of which tells anything."""
    portal.home_links = '<a href="/rl/0.html">办事日历</a>'

    def watch(target: str) -> None:
        if target.startswith("/rl/"):
            number = int(target[4:-5])
            links = "".join(f'<a href="/rl/{4 * number + k}.html">另一天</a>' for k in range(1, 5))
            portal.extra[target] = Answer(body=f"<html><body><p>今日无安排</p>{links}</body></html>".encode())

    portal.watch = watch


@pytest.fixture
def in_flight(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The most requests that were in flight at once, by host. Told at the crawler's end: a server may not know yet that an
    answer was given up.
    """
    now, most = Counter[str](), Counter[str]()
    real = client.exchange

    async def counted(line: Any, request: httpx.Request, *more: Any, **named: Any) -> Any:
        host = request.url.netloc.decode()
        now[host] += 1
        most[host] = max(most[host], now[host])
        try:
            return await real(line, request, *more, **named)
        finally:
            now[host] -= 1

    monkeypatch.setattr(client, "exchange", counted)
    return most


def test_portals_with_all_faults_are_had_whole_and_right_at_nearly_the_fewest_requests(
    tmp_path: Path, in_flight: Counter[str]
) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    least = 0
    with Zoo() as zoo:
        stands = [zoo.stand(make_portal(one, stories=23, channels=2)) for one in SPOKEN]
        calendar(stands[0].portal)
        lost: dict[str, set[str]] = {}
        for stand in stands:
            least += stand.portal.least()
            lost[stand.host], again = afflict(stand, crawler)
            least += again
        report = crawler.crawl(*stands)
        for stand in stands:
            wanted = {p: f for p, f in true(stand.portal.truth()).items() if p not in lost[stand.host]}
            assert articles(crawler.db, stand) == wanted  # recall 1.0, precision 1.0, fields right
    asked = sum(len(stand.log) for stand in stands)
    print(f"{asked} requests, {least} at the least: {asked / least:.3f}")
    assert asked <= 1.15 * least, report.notes
    assert in_flight == {stand.host: 1 for stand in stands}
    failed = {
        path_of(url) for (url,) in rows(crawler.db, "select url from failures where resolved_at is null")
    }
    gone = {path_of(url) for (url,) in rows(crawler.db, "select url from frontier where state = 'gone'")}
    assert failed | gone >= set.union(*lost.values())
