"""Portals over the days: what is new is found wherever it stands, and what changes, moves, goes and returns is recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from zoo import Answer, Channel, Portal, Stand, Story, Zoo, dialects, faults, invent, revised
from zoo_crawl import Crawler, articles, make_portal, path_of, rows, true

from scraper.crawl.plan import AUDIT_DAYS


def asked_listings(stand: Stand) -> int:
    """How many requests were not for articles."""
    truth = stand.portal.truth()
    return sum(n for target, n in stand.asked().items() if target not in truth)


# --- what is new -------------------------------------------------------------------------------------------------

LATE = invent(-1)
"""Newer than all stories of a channel."""


def on_top(channel: Channel) -> None:
    channel.stories.insert(0, LATE)


def pinned(channel: Channel) -> None:
    """An old story is put on top and stays there; a new one stands below it."""
    channel.stories.insert(0, replace(invent(90), number=77_001))
    channel.stories.insert(1, LATE)


def back_dated(channel: Channel) -> None:
    """Published today under a date that puts it on page 2."""
    channel.stories.insert(
        7, replace(invent(7), number=77_002, title="栖霞湾开发区补登去年工作总结会议情况的报道")
    )


def in_the_middle_and_on_top(channel: Channel) -> None:
    back_dated(channel)
    on_top(channel)


def a_whole_page(channel: Channel) -> None:
    channel.stories[:0] = [invent(-n) for n in range(13, 0, -1)]


@pytest.mark.parametrize("publish", [on_top, pinned, back_dated, in_the_middle_and_on_top, a_whole_page])
@pytest.mark.parametrize("dialect", ["UCAP", "SUDY", "HANWEB"])
def test_what_is_new_is_found_by_the_next_crawl_wherever_it_stands(
    publish: object, dialect: str, tmp_path: Path
) -> None:
    assert callable(publish)
    crawler, portal = (
        Crawler(db=tmp_path / "a.db"),
        make_portal(getattr(dialects, dialect), stories=33, channels=1),
    )
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        crawler.later(hours=5)
        before = len(portal.truth())
        publish(portal.channels[0])
        stand.forget()
        report = crawler.crawl(stand)
        assert articles(crawler.db, stand) == true(portal.truth())
    assert report.articles_new == len(portal.truth()) - before and report.articles_changed == 0
    assert rows(crawler.db, "select listed, claimed, complete from channels") == [
        (len(portal.truth()), len(portal.truth()), 1)
    ]
    if publish is on_top:
        assert (
            asked_listings(stand) <= 4
        )  # robots.txt, home, page 1, and page 2 to see where the known begins


def test_what_is_put_between_older_rows_unannounced_is_found_by_the_audit(tmp_path: Path) -> None:
    """TRS tells pages only: page 1 and the number of pages stay as they were."""
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=28, channels=1)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        back_dated(portal.channels[0])
        crawler.later(days=2 * AUDIT_DAYS)
        crawler.crawl(stand)
        assert articles(crawler.db, stand) == true(portal.truth())


def test_the_audit_asks_each_further_page_once_in_its_time(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=48, channels=1)
    further = {f"/xwdt/index_{n}.html" for n in range(1, 10)}
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        stand.forget()
        for _ in range(AUDIT_DAYS // 2):
            crawler.later(days=4)
            crawler.crawl(stand)
        asked = stand.asked()
    assert {target: asked[target] for target in further} == dict.fromkeys(further, 1)


def test_a_list_that_broke_off_on_a_bad_day_is_taken_up_again_by_the_audit(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=23, channels=1)
    upset = Answer(body="<html><body><p>系统繁忙</p></body></html>".encode())
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        stand.fail("/xwdt/index_2.html", faults.page(upset))
        crawler.crawl(stand)
        assert len(articles(crawler.db, stand)) == 10
        crawler.later(days=2 * AUDIT_DAYS)
        crawler.crawl(stand)
        assert articles(crawler.db, stand) == true(portal.truth())


# --- what changes ------------------------------------------------------------------------------------------------


def history(db: Path) -> list[tuple[str, list[str]]]:
    """(path, names of the fields that changed) of each version."""
    sql = "select a.url, v.changed from versions v join articles a on a.id = v.article_id order by v.id"
    return [(path_of(url), sorted(json.loads(changed))) for url, changed in rows(db, sql)]


def gone(db: Path) -> set[str]:
    """Paths of the articles that are marked gone."""
    return {path_of(url) for (url,) in rows(db, "select url from articles where gone_at is not null")}


def story_at(portal: Portal, path: str) -> tuple[Channel, int, Story]:
    """Where a story stands."""
    for channel in portal.channels:
        for place, story in enumerate(channel.stories):
            if dialects.TRS.path(channel, story) == path:
                return channel, place, story
    raise KeyError(path)


@pytest.mark.parametrize("validators", [True, False], ids=["ETag", "no ETag"])
def test_a_changed_article_has_a_version_and_the_unchanged_have_none(
    validators: bool, tmp_path: Path
) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=8, channels=1)
    portal.validators = validators
    path = list(portal.truth())[4]
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        channel, place, story = story_at(portal, path)
        channel.stories[place] = revised(story)
        crawler.later(days=2)
        report = crawler.crawl(stand)
        assert articles(crawler.db, stand) == true(portal.truth())
    assert report.articles_changed == 1
    assert history(crawler.db) == [(path, ["body"])]


def test_an_article_that_disappears_is_marked_and_kept_and_welcome_when_it_is_back(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=8, channels=1)
    everything = true(portal.truth())
    path = list(portal.truth())[4]
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        portal.gone.add(path)
        crawler.later(days=2)
        crawler.crawl(stand)
        assert gone(crawler.db) == {path} and articles(crawler.db, stand) == everything
        portal.gone.clear()
        crawler.later(days=120)
        crawler.crawl(stand)
    assert not gone(crawler.db) and articles(crawler.db, stand) == everything
    assert not history(crawler.db)


def test_an_article_that_moved_is_had_at_its_new_address_and_gone_at_the_old(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=8, channels=1)
    channel, place, story = story_at(portal, list(portal.truth())[4])
    old = dialects.TRS.path(channel, story)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        channel.stories[place] = replace(story, number=99_999)
        crawler.later(days=2)
        crawler.crawl(stand)
        crawler.later(days=2 * AUDIT_DAYS)
        crawler.crawl(stand)
        got = articles(crawler.db, stand)
    assert got.keys() == portal.truth().keys() | {old}
    assert gone(crawler.db) == {old}


def test_an_article_that_moved_behind_a_redirect_stays_one_article(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=8, channels=1)
    path = list(portal.truth())[4]
    portal.extra["/new/address.html"] = portal.answer(path)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        stand.fail_always(path, faults.redirect(b"/new/address.html", 301))
        crawler.later(days=2)
        crawler.crawl(stand)
    assert rows(crawler.db, "select count(*), count(gone_at) from articles") == [(8, 0)]
    assert not history(crawler.db)


def test_news_are_asked_before_what_is_due_again(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.UCAP, stories=12, channels=1)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        old = portal.truth().keys()
        a_whole_page(portal.channels[0])
        crawler.later(days=2)
        stand.forget()
        crawler.crawl(stand)
        asked = [one.target for one in stand.log if one.target in portal.truth()]
    assert len(asked) == 25
    # while a list is read the next request is on its way: an old article each
    assert sum(path in old for path in asked[:13]) <= portal.channels[0].pages


def test_articles_are_asked_again_on_a_widening_schedule(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=5, channels=1)
    path, days = next(iter(portal.truth())), []
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        for day in range(60):
            stand.forget()
            crawler.crawl(stand)
            days += [day] * stand.asked()[path]
            crawler.later(days=1)
    assert days == [0, 1, 4, 11, 41]


def test_a_change_starts_the_schedule_anew(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=5, channels=1)
    path, days = list(portal.truth())[2], []
    channel, place, story = story_at(portal, path)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        for day in range(20):
            if day == 11:
                channel.stories[place] = revised(story)
            stand.forget()
            crawler.crawl(stand)
            days += [day] * stand.asked()[path]
            crawler.later(days=1)
    assert days == [0, 1, 4, 11, 12, 15]


def test_a_counter_that_only_tells_is_asked_again_though_its_article_is_unchanged(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=5, channels=1)
    path = next(iter(portal.truth()))
    count = "/system/resource/code/news/click/dynclicks.jsp?clickid=1&owner=2&clicktype=wbnews"
    page = portal.answer(path)
    script = b'<div class="info">\xe7\x82\xb9\xe5\x87\xbb\xef\xbc\x9a<script>_showDynClicks("wbnews", 2, 1)</script></div>'
    portal.extra[path] = replace(
        page, body=page.body.replace(b'<div class="content"', script + b'<div class="content"')
    )
    portal.extra[count] = Answer(body=b"71")
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        portal.extra[count] = Answer(body=b"85")
        crawler.later(days=2)
        crawler.crawl(stand)
    assert stand.log[-1].status in (200, 304)
    assert rows(crawler.db, "select views from views where origin = 'counter' order by seen_at") == [
        (71,),
        (85,),
    ]


def test_the_second_page_of_an_article_is_asked_again_with_the_first(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=5, channels=1)
    path = next(iter(portal.truth()))
    part = path.replace(".html", "_1.html")
    page = portal.answer(path).body.decode()
    both = page.replace(
        "</h1>",
        '</h1><script>createPageHTML(2, {}, "' + path.rpartition("/")[2][:-5] + '", "html");</script>',
    )
    head, _, rest = both.partition('id="zoom">')
    second = (
        'id="zoom"><p>　　第二页：管委会有关负责人在会上表示，{}。</p></div>' + rest.partition("</div>")[2]
    )
    portal.extra[path] = Answer(body=both.replace("(2, {}", "(2, 0").encode())
    late = (head + second).replace("(2, {}", "(2, 1")
    portal.extra[part] = Answer(body=late.replace("{}", "各项工作进展顺利并将按期完成").encode())
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        portal.extra[part] = Answer(body=late.replace("{}", "部分工作有所延迟但不影响总体进度").encode())
        crawler.later(days=2)
        crawler.crawl(stand)
    assert history(crawler.db) == [(path, ["body"])]
    ((body,),) = rows(crawler.db, "select body from articles where url like ?", "%" + path)
    assert "有所延迟" in body and "按期完成" not in body
