"""What a crawl must keep out of: addresses that robots.txt forbids, and pages without end."""

from __future__ import annotations

from pathlib import Path

import pytest
from zoo import Answer, Portal, Zoo, dialects
from zoo_crawl import Crawler, articles, make_portal, true

SORRY = "<html><head><title>提示信息</title></head><body><p>对不起，您访问的页面不存在或已删除！</p></body></html>"

# --- robots.txt --------------------------------------------------------------------------------------------------


def robots(text: str) -> Answer:
    return Answer(body=text.encode(), kind="text/plain")


@pytest.mark.parametrize(
    "answer",
    [
        robots("User-agent: *\nDisallow: /tzgg/\n"),
        robots("\ufeffUser-agent: *\nDisallow: /tzgg/\n"),
        robots("User-agent: *\nAllow: /\n\nUser-agent: kaifaqu\nDisallow: /tzgg/\n"),
    ],
    ids=["all", "BOM", "by name"],
)
def test_what_robots_txt_forbids_is_not_asked(answer: Answer, tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=12)
    portal.robots = answer
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        report = crawler.crawl(stand)
        assert not [t for t in stand.asked() if t.startswith("/tzgg/")]
        wanted = {path: one for path, one in portal.truth().items() if path.startswith("/xwdt/")}
        assert articles(crawler.db, stand) == true(wanted)
    assert report.outcome == "done"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"", status=404),
        Answer(body=b"", status=403),
        Answer(body=SORRY.encode()),
        Answer(body=b"", status=302, headers=(("Location", "/404.htm"),)),
    ],
    ids=["404", "403", "a page", "redirect to a page"],
)
def test_a_robots_txt_that_is_none_allows_all(answer: Answer, tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=6, channels=1)
    portal.robots = answer
    portal.extra["/404.htm"] = Answer(body=SORRY.encode())
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        assert articles(crawler.db, stand) == true(portal.truth())


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_cannot_be_had_forbids_all_for_now(status: int, tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=6, channels=1)
    portal.robots = Answer(body=b"", status=status)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        report = crawler.crawl(stand)
        assert set(stand.asked()) == {"/robots.txt"}
        assert (report.outcome, report.exit_code) == ("unreachable", 3)
        portal.robots = Answer(body=b"", status=404)
        crawler.crawl(stand)
        assert articles(crawler.db, stand) == true(portal.truth())


# --- traps -------------------------------------------------------------------------------------------------------


def trap(portal: Portal, prefix: str, links: str) -> None:
    """Pages without end below `prefix`: each says nothing and links on by `links`, with `{}` a number not seen before."""
    portal.home_links += f'<a href="{prefix}0">办事日历</a>'
    seen = iter(range(1, 100_000))

    def watch(target: str) -> None:
        if target.startswith(prefix):
            more = "".join(f'<a href="{links.format(next(seen))}">另一天</a>' for _ in range(4))
            portal.extra[target] = Answer(body=f"<html><body><p>今日无安排</p>{more}</body></html>".encode())

    portal.watch = watch


@pytest.mark.parametrize(
    ("prefix", "links", "most"),
    [
        ("/rl.jsp?d=", "/rl.jsp?d={}", 60),
        ("/rl/", "/rl/{}.html", 60),
        ("/so.jsp?p=", "/so.jsp?p={0}&amp;session={0}x", 60),
        ("/deep/", "/deep/{0}/{0}/a.html", 60),
        ("/rl", '/rl{0}.jsp?day={0}"></a><a href="/rl.jsp?month={0}', 450),
    ],
    ids=["parameter", "path", "session", "deeper", "two forms by turns"],
)
def test_pages_without_end_are_left_and_all_articles_had(
    prefix: str, links: str, most: int, tmp_path: Path
) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=6, channels=1)
    trap(portal, prefix, links)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        assert articles(crawler.db, stand) == true(portal.truth())
        assert len(stand.log) <= portal.least() + most
        stand.forget()
        crawler.crawl(stand)
        assert len(stand.log) <= 3
