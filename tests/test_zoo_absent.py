"""Portals that answer 200 and an error in an article's dress for what is not there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from zoo import Answer, Portal, Stand, Zoo, dialects
from zoo_crawl import Crawler, articles, make_portal, rows, true

from scraper.crawl.absent import KEPT_DAYS, doubtful, impossible, words_of
from scraper.model import Article, Charset, Reading, Row

LOST = """<html><head><title>温馨提示-栖霞湾开发区</title></head><body><div class="header"><a href="/">栖霞湾开发区</a></div>
<div class="article"><h1>温馨提示</h1><div class="info">发布时间：2024-06-28 09:00　来源：栖霞湾开发区管委会</div>
<div class="content" id="zoom"><p>　　根据集约化工作安排，本网站部分栏目正在进行内容整理，您所需要的内容暂时无法为您呈现。</p>
<p>　　整理期间给您带来的不便，我们深表歉意，感谢您一直以来对开发区工作的关心和支持，欢迎拨打服务热线。</p></div></div>
</body></html>"""


def portal_of(gone: int) -> Portal:
    portal = make_portal(dialects.UCAP, stories=12, channels=1)
    portal.lost = Answer(body=LOST.encode())
    portal.gone = set(list(portal.truth())[3 : 3 + gone])
    return portal


def probes(stand: Stand) -> int:
    """Requests for what neither the front page nor any list leads to."""
    channel = stand.portal.channels[0]
    lists = {channel.dialect.address(channel, n) for n in range(1, 9)}
    known = {*lists, "/", "/robots.txt", *stand.portal.truth(), *stand.portal.gone}
    return sum(n for target, n in stand.asked().items() if target not in known)


def test_such_pages_are_gone_and_no_articles_at_the_cost_of_one_request(tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        stand = zoo.stand(portal_of(gone=4))
        crawler.crawl(stand)
        assert articles(crawler.db, stand) == true(stand.portal.truth())
        assert probes(stand) == 1
        crawler.later(days=2)
        stand.forget()
        crawler.crawl(stand)
        assert articles(crawler.db, stand) == true(stand.portal.truth()) and probes(stand) == 0
    assert rows(crawler.db, "select count(*) from frontier where state = 'gone' and kind = 'article'") == [
        (4,)
    ]


def test_a_portal_whose_pages_are_what_their_rows_say_is_never_asked(tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    with Zoo() as zoo:
        stand = zoo.stand(portal_of(gone=0))
        crawler.crawl(stand)
        assert probes(stand) == 0


def test_an_article_under_another_headline_stays_one_where_the_portal_is_honest(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), portal_of(gone=0)
    portal.lost = Answer(body=b"<h1>404</h1>", status=404)
    path = list(portal.truth())[5]
    portal.extra[path] = Answer(body=LOST.encode())
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        assert len(articles(crawler.db, stand)) == 12 and probes(stand) == 1
        crawler.later(days=2)
        stand.forget()
        crawler.crawl(stand)
        assert probes(stand) == 0
        crawler.later(days=KEPT_DAYS + 90)
        crawler.crawl(stand)
    assert rows(crawler.db, "select absent from portals") == [("",)]


def test_what_robots_txt_forbids_is_not_asked_to_find_out(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), portal_of(gone=2)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        forbidden = impossible(stand.url.rstrip("/") + min(portal.gone)).rpartition(stand.host)[2]
        lines = "".join(f"Disallow: {impossible(p)}\n" for p in (*portal.truth(), *portal.gone))
        portal.robots = Answer(body=f"User-agent: *\n{lines}".encode(), kind="text/plain")
        crawler.crawl(stand)
        assert probes(stand) == 0 and forbidden not in stand.asked()
        assert len(articles(crawler.db, stand)) == 12


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://x.example/xw/t20240601_40012.html", "http://x.example/xw/t987654321_40012.html"),
        ("http://x.example/show.jsp?id=12&c=345", "http://x.example/show.jsp?id=12&c=987654321"),
        ("http://x.example/info/1021/7.htm", "http://x.example/info/1021/987654321.htm"),
        ("http://x.example/xw/about.html", "http://x.example/xw/no-such-page.html"),
        ("http://x.example/", "http://x.example/no-such-page"),
    ],
)
def test_an_impossible_address_has_the_form_of_a_true_one(url: str, expected: str) -> None:
    assert impossible(url) == expected


def reading(title: str | None) -> Reading:
    charset = Charset(name="utf-8", decided="valid")
    article = Article(url="http://x.example/1.html", title=title, body="正文")
    return Reading(url="http://x.example/1.html", kind="article", charset=charset, article=article)


@pytest.mark.parametrize(
    ("told", "shown", "doubted"),
    [
        ("云岭开发区签约五个项目", "云岭开发区签约五个项目", False),
        ("云岭开发区签约五个…", "云岭开发区签约五个项目（附名单）", False),
        ("【要闻】 云岭开发区 签约五个项目", "云岭开发区签约五个项目", False),
        ("云岭开发区签约五个项目", "温馨提示", True),
        ("云岭开发区签约五个项目", "云岭开发区管委会信息中心", True),
        ("云岭开发区签约五个项目", None, True),
        (None, "温馨提示", False),
    ],
)
def test_a_headline_that_is_not_that_of_its_row_is_doubted(
    told: str | None, shown: str | None, doubted: bool
) -> None:
    row = Row(id=1, portal="x.example", url="http://x.example/1.html", kind="article", title=told)
    assert doubtful(row, reading(shown)) == doubted


def test_an_error_page_that_tells_the_time_says_the_same_each_time() -> None:
    one, other = (
        replace(reading("提示"), article=Article(url="", title="提示", body=f"现在是{n}点")) for n in (8, 12)
    )
    assert words_of(one) == words_of(other) != ""
    assert words_of(replace(one, kind="dead")) == ""
