"""What a page leads to, and when a walk ends: the crawl's pure decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper.crawl.plan import (
    AUDIT_DAYS,
    BARREN_ALLOWED,
    BARREN_LISTED,
    IDLE_ALLOWED,
    IDLE_AWAITED,
    IDLE_CLAIMED,
    Budget,
    Scope,
    audit,
    channel_name,
    channel_of,
    follow,
    front,
    leads_on,
    mode_of,
    older,
    on_origin,
    retry,
    revisit,
    same_address,
    shape,
    skipped,
    walk,
)
from scraper.model import Article, Charset, Counter, Item, Link, Listing, Reading, Row

HOME = "http://www.yunling.test"
SCOPE = Scope(portal="www.yunling.test", origin=HOME, mode="portal")
UTF8 = Charset(name="utf-8", decided="valid")


def row(path: str = "/xw/index.html", **changes: object) -> Row:
    given: dict[str, object] = {"id": 7, "portal": SCOPE.portal, "url": HOME + path, "kind": "page"} | changes
    return Row(**given)  # type: ignore[arg-type]


def listing(
    *names: str, next_path: str | None = None, links: tuple[Link, ...] = (), **claims: int
) -> Reading:
    items = tuple(Item(url=f"{HOME}/xw/{n}.html", title=n, date="2024-05-01") for n in names)
    whole = Listing(
        url=HOME + "/xw/index.html", items=items, next_url=next_path and HOME + next_path, **claims
    )
    return Reading(url=whole.url, kind="listing", charset=UTF8, listing=whole, links=links)


def decide(reading: Reading, at: Row, **given: object) -> tuple[bool, bool | None]:
    facts: dict[str, object] = {
        "unseen": 5,
        "was_complete": False,
        "repeated": False,
        "idle_pages": 0,
    } | given
    assert reading.listing is not None
    result = walk(reading.listing, at, SCOPE, **facts)  # type: ignore[arg-type]
    return result.go_on, result.complete


def test_a_listing_leads_to_its_rows_and_its_next_page_under_one_channel() -> None:
    found = follow(listing("a", "b", next_path="/xw/index_1.html"), row(), SCOPE, walk_on=True)
    assert [(f.url, f.kind, f.page, f.item) for f in found] == [
        (HOME + "/xw/a.html", "article", None, True),
        (HOME + "/xw/b.html", "article", None, True),
        (HOME + "/xw/index_1.html", "listing", 2, False),
    ]
    assert {f.channel for f in found} == {HOME + "/xw/index.html"}


def test_a_later_listing_page_keeps_the_channel_of_its_walk() -> None:
    at = row("/xw/index_1.html", kind="listing", page=2, channel=HOME + "/xw/index.html")
    found = follow(listing("c", next_path="/xw/index_2.html"), at, SCOPE, walk_on=True)
    assert [(f.channel, f.page) for f in found][-1] == (HOME + "/xw/index.html", 3)


def test_pager_links_of_a_listing_do_not_become_channels() -> None:
    links = tuple(
        Link(url=f"{HOME}/xw/index_{n}.html", text=t)
        for n, t in enumerate(["2", "下一页", "尾页", "末页", ">>"])
    )
    found = follow(
        listing("a", links=(*links, Link(url=HOME + "/tz/", text="通知公告"))), row(), SCOPE, walk_on=False
    )
    assert [f.url for f in found] == [HOME + "/xw/a.html", HOME + "/tz/"]


def test_a_picture_without_a_word_leads_on_from_a_listing() -> None:
    silent = (Link(url=HOME + "/info/1051/1304.html"), Link(url=HOME + "/xw/3.html", text=">>"))
    found = follow(listing("a", links=silent), row(), SCOPE, walk_on=True)
    assert [f.url for f in found if f.kind == "page"] == [HOME + "/info/1051/1304.html"]


def test_a_channel_crawl_follows_no_links_beside_the_list() -> None:
    only = Scope(portal=SCOPE.portal, origin=HOME, mode="channel")
    found = follow(
        listing("a", links=(Link(url=HOME + "/tz/", text="通知公告"),)), row(), only, walk_on=False
    )
    assert [f.url for f in found] == [HOME + "/xw/a.html"]


def test_rows_of_other_hosts_and_files_are_known_but_not_asked() -> None:
    items = (
        Item(url="https://mp.weixin.test/s/1", title="外站"),
        Item(url=HOME + "/f/P01.pdf", title="附件"),
    )
    reading = Reading(url=HOME, kind="listing", charset=UTF8, listing=Listing(url=HOME, items=items))
    found = follow(reading, row(), SCOPE, walk_on=False)
    assert [(f.kind, f.due, f.item) for f in found] == [("external", False, True), ("file", False, True)]


def test_since_leaves_older_rows_unasked_but_never_those_without_a_full_date() -> None:
    scope = Scope(portal=SCOPE.portal, origin=HOME, mode="portal", since="2024-01-01")
    dates = ("2023-12-31", "2024-01-01", None, "12-31")
    items = tuple(Item(url=f"{HOME}/{n}.html", title="x", date=d) for n, d in enumerate(dates))
    reading = Reading(url=HOME, kind="listing", charset=UTF8, listing=Listing(url=HOME, items=items))
    assert [f.due for f in follow(reading, row(), scope, walk_on=False)] == [False, True, True, True]


def test_an_article_leads_to_its_further_pages_and_a_counter_that_only_tells() -> None:
    counter = Counter(url=HOME + "/dynclicks.jsp?clickid=1", adds=False)
    article = Article(url=HOME + "/a.html", next_page=HOME + "/a_2.html", counter=counter)
    reading = Reading(url=HOME, kind="article", charset=UTF8, article=article)
    assert [(f.kind, f.part_of, f.page) for f in follow(reading, row(), SCOPE, walk_on=False)] == [
        ("part", 7, 2),
        ("counter", 7, None),
    ]


def test_a_counter_that_counts_its_asking_is_never_asked() -> None:
    article = Article(url=HOME + "/a.html", counter=Counter(url=HOME + "/count.php?aid=1", adds=True))
    reading = Reading(url=HOME, kind="article", charset=UTF8, article=article)
    assert follow(reading, row(), SCOPE, walk_on=False) == ()


def test_a_redirecting_page_leads_to_its_target_and_no_further_than_the_portal() -> None:
    away = Reading(url=HOME, kind="other", charset=UTF8, redirect="http://elsewhere.test/")
    inside = Reading(url=HOME, kind="other", charset=UTF8, redirect=HOME + "/index.html")
    assert follow(away, row(), SCOPE, walk_on=False) == ()
    assert [f.url for f in follow(inside, row(), SCOPE, walk_on=False)] == [HOME + "/index.html"]


def test_a_walk_goes_on_while_pages_bring_rows() -> None:
    assert decide(listing("a", next_path="/xw/index_1.html"), row()) == (True, None)


@pytest.mark.parametrize(
    ("reading", "facts", "expected"),
    [
        (listing(), {}, (False, True)),
        (listing(total=30), {}, (False, False)),
        (listing("a"), {}, (False, True)),
        (listing("a", next_path="/xw/index.html"), {}, (False, True)),
        (listing("a", next_path="/xw/index_1.html"), {"repeated": True}, (False, True)),
        (listing("a", next_path="/xw/index_1.html"), {"unseen": 0, "was_complete": True}, (False, True)),
        (listing("a", next_path="/xw/index_1.html"), {"unseen": 0, "idle_pages": 3}, (False, None)),
        (listing("a", page_count=4), {}, (False, False)),
    ],
    ids=[
        "empty",
        "empty but claims rows",
        "no next",
        "next is itself",
        "page 1 again",
        "nothing new",
        "idle",
        "claims more pages",
    ],
)
def test_a_walk_ends(reading: Reading, facts: dict[str, object], expected: tuple[bool, bool | None]) -> None:
    assert decide(reading, row(), **facts) == expected


def test_an_empty_first_page_is_passed_by_and_an_empty_later_one_ends_the_walk() -> None:
    empty = listing(next_path="/xw/index_9.html")
    assert decide(empty, row()) == (True, None)
    assert decide(empty, row("/xw/index_8.html", kind="listing", page=8)) == (False, True)


def test_a_channel_that_claims_more_rows_is_walked_until_they_are_met() -> None:
    reading = listing("a", next_path="/xw/index_1.html")
    assert decide(reading, row(), unseen=0, was_complete=True, awaited=1)[0]
    assert not decide(reading, row(), unseen=0, was_complete=True, awaited=0)[0]
    assert not decide(reading, row(), unseen=0, was_complete=True, awaited=1, idle_pages=IDLE_AWAITED)[0]


def test_an_unfinished_walk_is_patient_as_far_as_the_portal_claims_pages_and_no_further() -> None:
    claims = listing("a", next_path="/xw/index_9.html", page_count=500)
    assert decide(claims, row(), unseen=0, idle_pages=IDLE_CLAIMED - 1)[0]
    assert not decide(claims, row(), unseen=0, idle_pages=IDLE_CLAIMED)[0]
    last = row("/xw/index_499.html", kind="listing", page=500)
    assert not decide(claims, last, unseen=0, idle_pages=IDLE_ALLOWED)[0]


def test_a_pager_that_ends_early_is_the_end_of_the_walk_and_noted() -> None:
    reading, at = listing("a", page_count=9), row("/xw/index_3.html", kind="listing", page=4)
    assert decide(reading, at) == (False, True)
    channel = channel_of(reading, at, complete=True)
    assert (
        channel is not None and channel.note == "its pager ends on page 4 of 9: older pages are not published"
    )
    first = channel_of(reading, row(), complete=False)
    assert first is not None and first.note == "no way from its page 1 to the other 8 was found"


def test_a_page_further_on_than_its_walk_tells_that_pages_were_renumbered() -> None:
    at = row("/xw/2.htm", kind="listing", page=3)
    fourth, third = listing("a", page_number=4).listing, listing("a", page_number=3).listing
    assert fourth is not None and skipped(fourth, at)
    assert third is not None and not skipped(third, at)


def test_further_listing_pages_are_asked_again_in_turn_and_not_all_on_one_day() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    days = [(audit(row(kind="listing", page=n), at=at) - at).days for n in range(2, 62)]
    assert min(days) >= AUDIT_DAYS and max(days) < 2 * AUDIT_DAYS and len(set(days)) == AUDIT_DAYS


def test_a_front_page_is_no_channel_unless_a_pager_leads_on_from_it() -> None:
    home = row("/", kind="home")
    assert front(listing("a"), home).kind == "home"
    assert front(listing("a", next_path="/index_1.html"), home).kind == "listing"
    assert front(listing("a"), row()).kind == "listing"


def test_an_unfinished_walk_goes_on_over_pages_already_known() -> None:
    assert decide(
        listing("a", next_path="/xw/index_1.html"), row(), unseen=0, was_complete=False, idle_pages=1
    )[0]


def test_the_portals_twins_are_asked_at_the_origin_that_answers() -> None:
    assert on_origin("https://yunling.test/a.html?b=1", SCOPE) == HOME + "/a.html?b=1"
    assert on_origin("https://other.test/a.html", SCOPE) == "https://other.test/a.html"


@pytest.mark.parametrize(
    "url",
    [
        "http://other.test/xw/",
        HOME + "/login.jsp",
        HOME + "/search?keyword=x",
        HOME + "/a.html?keyword=x",
        HOME + "/down/a.pdf",
        "http://big5.yunling.test/xw/",
        HOME + "/" + "a" * 600,
    ],
)
def test_links_that_cannot_hold_news_are_not_followed(url: str) -> None:
    assert not leads_on(url, SCOPE)


def test_a_shape_that_brings_nothing_runs_out_and_one_that_does_goes_on() -> None:
    calendar, news = Budget(), Budget()
    for day in range(BARREN_ALLOWED):
        assert calendar.allows(f"{HOME}/rl.html?d={day}")
        calendar.note(f"{HOME}/rl.html?d={day}", fruitful=False)
        news.note(f"{HOME}/page/{day}.html", fruitful=day % 2 == 0)
    assert not calendar.allows(f"{HOME}/rl.html?d=999")
    assert calendar.allows(f"{HOME}/other/1.html")
    assert news.allows(f"{HOME}/page/999.html")


def test_a_menu_of_empty_columns_is_no_trap_but_has_an_end_too() -> None:
    budget = Budget()
    for n in range(BARREN_LISTED):
        assert budget.allows(f"{HOME}/col/col{n}/index.html", found_on=HOME + "/")
        budget.note(f"{HOME}/col/col{n}/index.html", fruitful=False)
    assert not budget.allows(f"{HOME}/col/col999/index.html", found_on=HOME + "/")
    assert not budget.allows(f"{HOME}/col/col999/index.html", found_on=f"{HOME}/col/col1/index.html")


def test_addresses_of_one_template_have_one_shape() -> None:
    assert shape(HOME + "/rl.html?d=2026-11-23&m=1") == shape(HOME + "/rl.html?m=9&d=2027-01-01")
    assert shape(HOME + "/xw/1.html") != shape(HOME + "/tz/1.html")


def test_a_front_page_is_a_portal_whatever_it_looks_like() -> None:
    assert mode_of(listing("a"), url=HOME + "/") == "portal"
    assert mode_of(listing("a"), url=HOME + "/xw/") == "channel"


def test_revisits_widen_and_a_change_starts_them_anew() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    days = [(revisit(row(fresh=False, unchanged=n), changed=False, at=at) - at).days for n in range(6)]
    assert days == [3, 7, 30, 90, 90, 90]
    assert revisit(row(fresh=True), changed=False, at=at) - at == timedelta(days=1)
    assert revisit(row(fresh=False, unchanged=4), changed=True, at=at) - at == timedelta(days=1)


def test_what_failed_is_asked_again_later_and_later_but_within_a_month() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    waits = [retry(row(attempts=n), at=at) - at for n in (0, 1, 5, 500)]
    assert waits == sorted(waits) and waits[0] >= timedelta(hours=1) and waits[-1] <= timedelta(days=30)


def test_only_a_full_date_can_be_too_old() -> None:
    assert older("2023-12-31 09:00", "2024-01-01")
    assert (
        not older("2024-01-01", "2024-01-01")
        and not older("12-31", "2024-01-01")
        and not older(None, "2024-01-01")
    )


def test_equal_pages_are_one_only_where_their_addresses_are_spellings_of_one() -> None:
    assert same_address(HOME + "/xw/", HOME + "/xw/index.html?from=nav")
    assert not same_address(HOME + "/page/1.html", HOME + "/page/2.html")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("资讯中心-云岭经济开发区", "资讯中心"),
        ("云岭经济开发区 - 招商引资", "招商引资"),
        ("政策文件_政务公开_云岭经济开发区", "政策文件"),
        ("云岭经济开发区", "云岭经济开发区"),
    ],
)
def test_a_channel_is_called_by_its_title_without_the_sites_name(title: str, name: str) -> None:
    reading = Reading(url=HOME, kind="listing", charset=UTF8, title=title, listing=Listing(url=HOME))
    assert channel_name(reading, "云岭经济开发区") == name


def test_a_channel_without_a_title_of_its_own_is_called_as_the_link_to_it_says() -> None:
    reading = Reading(
        url=HOME, kind="listing", charset=UTF8, title="云岭经济开发区", listing=Listing(url=HOME)
    )
    assert channel_name(reading, "云岭经济开发区", "通知公告") == "通知公告"
    assert channel_name(reading, "云岭经济开发区", "更多>>") == "云岭经济开发区"
    (found,) = follow(
        Reading(url=HOME, kind="home", charset=UTF8, links=(Link(url=HOME + "/tz/", text="通知公告"),)),
        row("/", kind="home"),
        SCOPE,
        walk_on=False,
    )
    assert found.title == "通知公告"
