"""Listings that mislead: last pages of one row, totals that overstate, shifting pages, rows and pages told twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from zoo import Answer, Channel, Portal, Stand, Zoo, dialects, invent
from zoo_crawl import FAST, Crawler, articles, make_portal, path_of, rows, true

from scraper import show
from scraper.archive import Archive
from scraper.crawl import crawl
from scraper.crawl.plan import AUDIT_DAYS


def channel_facts(db: Path, stand: Stand) -> dict[str, list[int | None]]:
    """name → [rows listed, whole, claimed]."""
    sql = "select name, listed, complete, claimed from channels where portal = ?"
    return {name: facts for name, *facts in rows(db, sql, stand.host)}


@pytest.mark.parametrize(
    "dialect",
    ["TRS", "UCAP", "VSB", "SUDY", "DEDE", "EMPIRE", "PHPCMS", "QUERY", "HANWEB", "JPAAS", "LONSUN"],
)
def test_a_last_page_of_one_row_is_a_listing_all_the_same(dialect: str, tmp_path: Path) -> None:
    portal = make_portal(getattr(dialects, dialect), stories=16)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())
    assert [f[:2] for f in channel_facts(tmp_path / "a.db", stand).values()] == [[16, 1], [11, 1]]


def test_a_last_page_of_one_row_counts_where_only_its_channel_is_crawled(tmp_path: Path) -> None:
    portal = make_portal(dialects.UCAP, stories=16)
    channel = portal.channels[0]
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url.rstrip("/") + channel.first(), tmp_path / "a.db", options=FAST)
    facts = channel_facts(tmp_path / "a.db", stand)
    assert list(facts.values()) == [[16, 1, 16]]
    assert len(articles(tmp_path / "a.db", stand)) == 16


def test_a_pager_that_claims_too_much_ends_with_a_note_and_asks_one_page_too_many(tmp_path: Path) -> None:
    portal = make_portal(dialects.TRS, channels=1, claims=9)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
        assert articles(tmp_path / "a.db", stand).keys() == portal.truth().keys()
        assert len(stand.log) == portal.least() + 1
        ((note, complete),) = rows(tmp_path / "a.db", "select note, complete from channels")
        assert complete == 1 and "page 5" in note
        stand.forget()
        crawl(stand.url, tmp_path / "a.db", options=FAST)
        assert len(stand.log) == 2


def test_a_portal_that_publishes_a_window_is_crawled_as_far_as_it_reaches(tmp_path: Path) -> None:
    portal = make_portal(dialects.NFCMS, channels=1, stories=28, window=3)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert len(portal.truth()) == 15
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())


def test_a_window_is_told_as_one_and_never_as_the_whole_until_it_is_opened(tmp_path: Path) -> None:
    """The pager says nine pages and leads to three: what lies behind is not published."""
    portal = make_portal(dialects.SSCMS, channels=1, stories=28, window=3, claims=9)
    channel, crawler = portal.channels[0], Crawler(db=tmp_path / "a.db")
    channel.dialect = replace(dialects.SSCMS, pager=_pager_of_a_window)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        ((note, whole),) = told(crawler.db)
        assert note == "its pager ends on page 3 of 9: older pages are not published"
        assert whole == "3 of 9 pages"
        crawler.later(days=1)
        crawler.crawl(stand)
        assert told(crawler.db) == [(note, whole)]
        channel.window = channel.claims = None
        crawler.later(days=2 * AUDIT_DAYS)
        crawler.crawl(stand)
        assert articles(crawler.db, stand) == true(portal.truth())
        assert told(crawler.db) == [(None, "100 %")]


def _pager_of_a_window(channel: Channel, number: int) -> str:
    ahead = (
        f'<a href="{channel.dialect.address(channel, number + 1)}">下一页</a>'
        if number < channel.pages
        else "<span>下一页</span>"
    )
    return f'<div class="pager">{number}/{channel.told} {ahead}</div>'


def told(db: Path) -> list[tuple[str | None, str]]:
    """(note, how much of it is archived) of each channel, as status has it."""
    with Archive.open(db, write=False) as archive:
        return [(one.note, show.whole(one)) for one in archive.status()[0].channels]


def test_a_note_on_a_list_of_one_page_goes_when_the_list_is_whole(tmp_path: Path) -> None:
    portal = make_portal(dialects.SSCMS, channels=1, stories=4, claims=3)
    channel, crawler = portal.channels[0], Crawler(db=tmp_path / "a.db")
    channel.dialect = replace(
        dialects.SSCMS, pager=lambda c, k: f'<div class="pager">{k}/{c.told} 下一页</div>'
    )
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        ((note, _),) = told(crawler.db)
        assert note is not None and "no way" in note
        channel.claims = None
        crawler.later(days=1)
        crawler.crawl(stand)
        assert told(crawler.db) == [(None, "100 %")]


def test_a_server_that_answers_page_one_for_every_number_is_left_after_one_repetition(tmp_path: Path) -> None:
    portal = make_portal(dialects.QUERY, channels=1, window=1, claims=4)
    first = portal.channels[0].first()
    one = portal.answer(first)
    # the pager of the repeated page leads on, as that of a server which believes the number it was given
    for k in (2, 3, 4):
        body = one.body.replace(b'?page=2">\xe4\xb8\x8b', b'?page=%d">\xe4\xb8\x8b' % (k + 1))
        portal.extra[f"{first}?page={k}"] = Answer(body=body)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand).keys() == portal.truth().keys()
    assert sum(n for target, n in stand.asked().items() if target.startswith(first)) == 2


def test_an_article_listed_in_two_channels_is_asked_once_and_counts_in_both(tmp_path: Path) -> None:
    portal = make_portal(dialects.TRS)
    news, notices = portal.channels
    shared = news.stories[2]
    own = dialects.TRS.path(news, shared)
    notices.dialect = replace(dialects.TRS, path=lambda c, s: own if s is shared else dialects.TRS.path(c, s))
    notices.stories.insert(0, shared)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())
    assert stand.asked()[own] == 1
    facts = channel_facts(tmp_path / "a.db", stand)
    assert (facts["新闻动态"][0], facts["通知公告"][0]) == (18, 14)


def test_one_page_under_several_addresses_is_one_channel_and_one_article(tmp_path: Path) -> None:
    portal = make_portal(dialects.TRS)
    story = portal.channels[0].stories[0]
    link = portal.channels[0].link(story)
    portal.home_links = (
        '<a href="/xwdt/index.html">新闻动态列表</a><a href="/xwdt/?from=nav">更多新闻</a>'
        f'<a href="{link}?from=banner">{story.title}</a><a href="/index.html">首页</a>'
    )
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())
    assert len(channel_facts(tmp_path / "a.db", stand)) == 2
    assert len(stand.log) <= 1.15 * portal.least()


@pytest.mark.parametrize("dialect", ["TRS", "UCAP", "NFCMS", "QUERY", "HANWEB"])
def test_news_that_push_the_pages_down_in_mid_walk_cost_no_older_article(
    dialect: str, tmp_path: Path
) -> None:
    portal = make_portal(getattr(dialects, dialect), channels=1, stories=23)
    before = portal.truth()
    _push_when(portal, portal.channels[0], listing_page=3, news=2)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
        assert articles(tmp_path / "a.db", stand).keys() >= before.keys()
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())


def test_pages_that_count_down_and_are_renumbered_in_mid_walk_are_walked_again(tmp_path: Path) -> None:
    """A new article makes a fifth page: `/xwdt/2.htm`, which was page 3, is page 4, and page 3 would be left out."""
    portal = make_portal(dialects.VSB, channels=1, stories=20)
    before = portal.truth()
    _push_when(portal, portal.channels[0], listing_page=2, news=1)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
        assert articles(tmp_path / "a.db", stand).keys() >= before.keys()
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())


def _push_when(portal: Portal, channel: Channel, *, listing_page: int, news: int) -> None:
    """Publish `news` new articles just after the portal answered so many requests for listing pages."""
    seen: list[str] = []
    marks = (f"/{channel.slug}/index", f"/{channel.slug}/list", "dataproxy", "?page=", f"/{channel.slug}/")

    def watch(target: str) -> None:
        paths = {path_of("http://x" + p) for p in portal.truth()}
        if len(seen) == listing_page:
            channel.stories[:0] = [invent(-n, of=0) for n in range(news, 0, -1)]
            seen.append("")
        if target not in paths and (target == channel.first() or any(mark in target for mark in marks)):
            seen.append(target)

    portal.watch = watch
