"""Portals over the days that go quiet, put up walls, break, are redesigned, move or vanish: the state each crawl keeps."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from zoo import Answer, Portal, Stand, Story, Zoo, dialects, faults, invent
from zoo_crawl import Crawler, make_portal

from scraper.archive import Archive
from scraper.archive.health import Run, runs
from scraper.crawl.listed import list_beside

WALL = "<html><head><script>document.cookie='a=b'; location.reload()</script></head><body></body></html>"
LAST = date(2024, 6, 25)
"""When the newest of the invented stories was published."""


def crawler_on(path: Path, day: date = LAST) -> Crawler:
    """Crawls from the noon after `day` on."""
    return Crawler(
        db=path / "a.db", now=datetime(day.year, day.month, day.day, 4, tzinfo=UTC) + timedelta(days=1)
    )


def kept(crawler: Crawler, stand: Stand) -> list[Run]:
    """The runs at a portal, newest first."""
    with Archive.open(crawler.db, write=False) as archive:
        return runs(archive, portal=stand.host)


def states(crawler: Crawler, stand: Stand) -> list[str]:
    """Of all crawls, the first first."""
    return [run.state for run in kept(crawler, stand)][::-1]


def test_a_portal_that_posts_as_ever_is_ok(tmp_path: Path) -> None:
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.UCAP)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        for n in range(3):
            portal.channels[0].stories.insert(0, dated(-1 - n, LAST + timedelta(days=3 + 3 * n)))
            crawler.later(days=3)
            crawler.crawl(stand)
        assert states(crawler, stand) == ["ok"] * 4
        first, second = kept(crawler, stand)[::-1][:2]
    assert (first.outcome, first.articles_new, first.dated) == (
        "done",
        len(portal.truth()) - 3,
        first.articles_new,
    )
    assert (second.articles_new, second.sourced, second.seen) == (1, 1, "")


def dated(number: int, day: date) -> Story:
    story = invent(number)
    return replace(story, date=f"{day}{story.date[10:]}")


def test_a_portal_that_goes_quiet_is_told_from_one_that_rests(tmp_path: Path) -> None:
    """Posts came every one or two days; two weeks of holidays say nothing, more do."""
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.UCAP)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        crawler.later(days=10)
        crawler.crawl(stand)
        crawler.later(days=10)
        crawler.crawl(stand)
        assert states(crawler, stand) == ["ok", "ok", "quiet"]
        assert "no news for 21 days" in kept(crawler, stand)[0].seen


def test_walls_make_a_portal_blocked_until_they_fall(tmp_path: Path) -> None:
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.TRS)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        stand.fail_always("*", faults.status(521, body=WALL))
        crawler.later(days=1)
        assert crawler.crawl(stand).outcome == "blocked"
        stand.faults.clear()
        for path in [*portal.truth(), *(c.first() for c in portal.channels)]:
            stand.fail_always(path, faults.status(412, body=WALL))
        crawler.later(days=1)
        assert crawler.crawl(stand).outcome == "left"
        stand.faults.clear()
        crawler.later(days=1)
        crawler.crawl(stand)
        assert states(crawler, stand) == ["ok", "blocked", "blocked", "ok"]
        assert "wall" in kept(crawler, stand)[1].seen


def test_a_portal_that_does_not_answer_is_unreachable_and_says_why(tmp_path: Path) -> None:
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.TRS)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        stand.fail_always("*", faults.reset)
        crawler.later(days=1)
        crawler.crawl(stand)
        assert states(crawler, stand) == ["ok", "unreachable"]
        assert stand.host in kept(crawler, stand)[0].seen


def test_a_portal_that_never_answered_is_kept_only_where_it_is_listed(tmp_path: Path) -> None:
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.TRS)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        stand.fail_always("*", faults.reset)
        crawler.crawl(stand)
        assert states(crawler, stand) == []
        list_beside(crawler.db).write_text(f'[[portal]]\nurl = "{stand.url}"\n')
        crawler.crawl(stand)
        assert states(crawler, stand) == ["unreachable"]


def test_an_address_that_redirects_to_another_host_is_told_as_moved(tmp_path: Path) -> None:
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.TRS)
    with Zoo() as zoo:
        old, new = zoo.stand(portal), zoo.stand(make_portal(dialects.UCAP))
        crawler.crawl(old)
        old.fail_always("*", faults.redirect(new.url.encode(), 301))
        old.fail_always("/robots.txt", faults.status(404))
        crawler.later(days=1)
        crawler.crawl(old)
        assert states(crawler, old) == ["ok", "moved"] and states(crawler, new) == ["ok"]
        assert new.host in kept(crawler, old)[0].seen


def test_pages_that_redirect_out_one_after_another_are_told_as_moved(tmp_path: Path) -> None:
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.TRS, channels=1)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        for path in portal.truth():
            stand.fail_always(path, faults.redirect(b"http://www.elsewhere.example/"))
        crawler.later(days=2)
        crawler.crawl(stand)
        assert states(crawler, stand) == ["ok", "moved"]


class Redesigned(Portal):
    """The same portal in another dress: all class names are others."""

    __slots__ = ()

    def answer(self, *asked: Any) -> Answer:
        found = super().answer(*asked)
        return replace(found, body=re.sub(rb'class="[^"]*"', _other_names, found.body))


def _other_names(found: re.Match[bytes]) -> bytes:
    return re.sub(rb"(?<=[ \"])(\w)", rb"x-\1", found[0])


class Emptied(Portal):
    """Articles whose text and source come by a script that no crawl runs."""

    __slots__ = ()

    def answer(self, *asked: Any) -> Answer:
        found = super().answer(*asked)
        body = re.sub(r"(?s)<p>.*?</p>", "", found.body.decode())
        return replace(found, body=re.sub("来源：[^<　]*", "", body).encode())


def become(portal: Portal, kind: type[Portal]) -> None:
    """The portal answers as a portal of this kind from now on."""
    portal.__class__ = kind  # type: ignore[assignment]


def test_a_redesign_is_told_once_and_then_is_how_the_portal_is(tmp_path: Path) -> None:
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.UCAP)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        become(portal, Redesigned)
        crawler.later(days=1)
        crawler.crawl(stand)
        portal.channels[0].stories.insert(0, dated(-1, LAST + timedelta(days=3)))
        crawler.later(days=1)
        crawler.crawl(stand)
        assert states(crawler, stand) == ["ok", "moved", "ok"]
        assert "new template" in kept(crawler, stand)[1].seen


def test_fields_and_bodies_that_fall_after_a_redesign_are_broken(tmp_path: Path) -> None:
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.UCAP)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        become(portal, Emptied)
        portal.channels[0].stories[:0] = [dated(-n, LAST + timedelta(days=n)) for n in range(6, 0, -1)]
        crawler.later(days=7)
        crawler.crawl(stand)
        last = kept(crawler, stand)[0]
    assert last.state == "broken" and "a source" in last.seen


def test_lists_that_gave_rows_and_give_none_are_broken(tmp_path: Path) -> None:
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.UCAP)
    shell = '<html><body><div class="main"><div id="list"></div><script src="/app.js"></script></div></body></html>'
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        portal.extra[portal.channels[1].first()] = Answer(body=shell.encode())
        crawler.later(days=1)
        crawler.crawl(stand)
        last = kept(crawler, stand)[0]
    assert last.state == "broken" and portal.channels[1].name in last.seen


@pytest.mark.parametrize("seed", ["article", "channel"])
def test_a_crawl_of_one_page_says_nothing_of_the_silence_of_a_portal(seed: str, tmp_path: Path) -> None:
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.UCAP)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        crawler.later(days=400)
        path = {"article": next(iter(portal.truth())), "channel": portal.channels[0].first()}[seed]
        crawler.crawl(stand.url.rstrip("/") + path)
        assert set(states(crawler, stand)) == {"ok"}


def test_a_portal_that_comes_or_goes_with_www_stays_one_portal(tmp_path: Path) -> None:
    crawler, portal = crawler_on(tmp_path), make_portal(dialects.UCAP)
    with Zoo() as zoo, Archive.open(crawler.db) as archive:
        stand = zoo.stand(portal)
        archive.add_portal(f"www.{stand.host}", home_url=f"http://www.{stand.host}/")
        assert archive.portal_of(stand.url) == f"www.{stand.host}"
        crawler.crawl(stand)
        assert archive.portals() == [f"www.{stand.host}"]
