"""How a portal is judged: by what a crawl met there, and by its own past. Pure: facts in, a state and words out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from scraper.archive.health import Facts, Lost, Sign
from scraper.crawl.health import FEWEST_GAPS, LONGEST_HOLIDAY, Visit, judge

TODAY = date(2026, 3, 2)
FINE = Visit(outcome="done", asked=40)


def state(visit: Visit = FINE, facts: Facts | None = None) -> str:
    return judge(visit, facts or Facts(), today=TODAY).state


def sign(**given: Any) -> Sign:
    return Sign(**({"channel": 1, "title": True, "source": True, "date": True, "body": 600} | given))


def days(*gaps: int, silent: int = 1, count: int = 1) -> list[tuple[str, int]]:
    """Days of publication, newest first: `silent` days ago, then so many days apart."""
    found = [TODAY - timedelta(days=silent)]
    for gap in gaps:
        found.append(found[-1] - timedelta(days=gap))
    return [(day.isoformat(), count) for day in found]


def test_a_portal_of_which_nothing_is_known_yet_is_ok() -> None:
    health = judge(FINE, Facts(), today=TODAY)
    assert (health.state, health.seen) == ("ok", ())


# --- was it reached ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        (Visit(outcome="unreachable", error="no such host"), "unreachable"),
        (Visit(outcome="left", asked=9, error="3 failures in a row"), "unreachable"),
        (Visit(outcome="blocked", error="a wall"), "blocked"),
        (Visit(outcome="done", asked=5, walls=3, failures=3), "blocked"),
        (Visit(outcome="done", asked=2, walls=1, failures=1), "ok"),
        (Visit(outcome="done", asked=500, walls=3, failures=3), "ok"),
        (Visit(outcome="done", asked=10, failures=6), "broken"),
        (Visit(outcome="done", asked=10, failures=5), "ok"),
        (Visit(outcome="moved", moved="www.new.example"), "moved"),
        (Visit(outcome="done", asked=10, away=6), "moved"),
        (Visit(outcome="done", asked=10, away=1), "ok"),
    ],
)
def test_what_a_crawl_met_decides_whether_the_portal_was_reached(visit: Visit, expected: str) -> None:
    health = judge(visit, Facts(), today=TODAY)
    assert health.state == expected
    assert bool(health.seen) == (expected != "ok")


# --- lists -------------------------------------------------------------------------------------------------------


def lost(paged: bool = True, gone: bool = False) -> Lost:
    return Lost(name="通知公告", paged=paged, gone=gone)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(lists=9, lost=[lost()]), "broken"),
        (Facts(lists=9, lost=[lost(paged=False)]), "ok"),
        (Facts(lists=9, lost=[lost(gone=True)]), "ok"),
        (Facts(lists=3, lost=[lost(gone=True), lost(gone=True)]), "broken"),
        (Facts(lists=1, lost=[lost(paged=False)]), "broken"),
    ],
    ids=["a column", "a landing page", "a column taken down", "most taken down", "the only one"],
)
def test_a_column_that_gave_rows_and_gives_none_is_broken(facts: Facts, expected: str) -> None:
    assert state(facts=facts) == expected


def test_the_columns_that_give_nothing_are_named() -> None:
    (words,) = judge(FINE, Facts(lists=4, lost=[lost()]), today=TODAY).seen
    assert "1 of 4" in words and "通知公告" in words


# --- fields and bodies -------------------------------------------------------------------------------------------

PAST = [sign() for _ in range(60)]


@pytest.mark.parametrize("field", ["title", "source", "date", "body"])
def test_a_field_that_was_always_there_and_is_gone_from_what_is_new_is_broken(field: str) -> None:
    without = sign(**{field: 0 if field == "body" else False})
    health = judge(FINE, Facts(before=PAST, now=[without] * 5), today=TODAY)
    assert health.state == "broken"
    assert f"a {field}" in health.seen[0] and "0 of 5" in health.seen[0]


def test_bodies_that_shrink_to_a_line_are_broken_and_told_in_characters() -> None:
    health = judge(FINE, Facts(before=PAST, now=[sign(body=20)] * 5), today=TODAY)
    assert health.state == "broken" and "20 characters" in health.seen[0]


@pytest.mark.parametrize(
    "now",
    [
        [sign(source=False)],
        [sign(source=False), *[sign()] * 3],
        [sign(source=False)] * 3 + [sign()] * 6,
        [sign(body=200)] * 5,
        [],
    ],
    ids=["one odd page", "one of four", "a third", "shorter, but texts", "nothing new"],
)
def test_what_chance_may_bring_is_no_alarm(now: Sequence[Sign]) -> None:
    assert state(facts=Facts(before=PAST, now=now)) == "ok"


def test_what_half_the_portal_never_had_is_not_missed() -> None:
    past = [sign(source=n % 2 == 0) for n in range(60)]
    assert state(facts=Facts(before=past, now=[sign(source=False)] * 5)) == "ok"
    assert state(facts=Facts(before=past, now=[sign(source=False)] * 40)) == "broken"


def test_each_channel_is_compared_with_its_own_past() -> None:
    """A day on which only the column of pictures posts: it never had a source, nor a text."""
    past = PAST + [sign(channel=2, source=False, body=0)] * 20
    pictures = [sign(channel=2, source=False, body=0)] * 8
    assert state(facts=Facts(before=past, now=pictures)) == "ok"
    assert state(facts=Facts(before=past, now=pictures + [sign(source=False, body=0)] * 8)) == "broken"


def test_a_channel_without_a_past_alarms_nobody() -> None:
    assert state(facts=Facts(before=PAST, now=[sign(channel=3, source=False, body=0)] * 50)) == "ok"


# --- a redesign --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "expected"),
    [([0.1, 0.2, 0.9], "moved"), ([0.1], "ok"), ([0.1, 0.9, 0.9], "ok"), ([], "ok")],
    ids=["most", "the front page alone", "one of three", "none answered anew"],
)
def test_a_new_template_on_most_main_pages_is_told(kept: Sequence[float], expected: str) -> None:
    assert state(facts=Facts(kept=kept, families=[("trs", "trs")] * len(kept))) == expected


def test_a_new_system_is_named_beside_the_old_one() -> None:
    facts = Facts(kept=[0.0, 0.1], families=[("trs", "hanweb"), ("trs", "hanweb")])
    (words,) = judge(FINE, facts, today=TODAY).seen
    assert "trs" in words and "hanweb" in words


def test_the_gravest_state_is_told_first_and_the_others_beside_it() -> None:
    facts = Facts(kept=[0.0, 0.1], families=[(None, None)] * 2, before=PAST, now=[sign(body=0)] * 5)
    health = judge(FINE, facts, today=TODAY)
    assert health.state == "broken" and len(health.seen) == 2


# --- silence -----------------------------------------------------------------------------------------------------

HABIT = [3, 5, 4, 7, 2, 6, 9, 5, 3, 4, 8]


@pytest.mark.parametrize(("silent", "expected"), [(9, "ok"), (18, "ok"), (19, "quiet"), (900, "quiet")])
def test_silence_twice_as_long_as_ever_is_quiet(silent: int, expected: str) -> None:
    assert state(facts=Facts(days=days(*HABIT, silent=silent))) == expected


def test_a_holiday_is_no_silence() -> None:
    daily = [1] * 40
    assert state(facts=Facts(days=days(*daily, silent=LONGEST_HOLIDAY))) == "ok"
    assert state(facts=Facts(days=days(*daily, silent=LONGEST_HOLIDAY + 1))) == "quiet"


def test_a_few_posts_are_no_habit() -> None:
    assert state(facts=Facts(days=days(*[3] * (FEWEST_GAPS - 1), silent=300))) == "ok"


def test_a_portal_that_posts_twice_a_year_is_not_quiet_after_two_months() -> None:
    assert state(facts=Facts(days=days(*[170, 190] * 6, silent=61))) == "ok"


def test_fewer_posts_than_half_its_poorest_weeks_is_quiet() -> None:
    """A post a week where five a week had been the fewest."""
    habit = days(7, 7, 7, silent=1) + [
        ((TODAY - timedelta(days=n)).isoformat(), 1) for n in range(28, 28 * 13)
    ]
    health = judge(FINE, Facts(days=habit), today=TODAY)
    assert health.state == "quiet" and "28" in health.seen[0]


def test_fewer_posts_where_there_were_always_few_is_chance() -> None:
    habit = days(20, silent=5) + [((TODAY - timedelta(days=n)).isoformat(), 1) for n in range(28, 28 * 13, 4)]
    assert state(facts=Facts(days=habit)) == "ok"


@pytest.mark.parametrize(
    "visit",
    [Visit(outcome="interrupted", asked=9), Visit(outcome="done", asked=9, whole=False)],
    ids=["interrupted", "one channel only"],
)
def test_who_did_not_look_at_all_channels_cannot_say_that_nothing_is_new(visit: Visit) -> None:
    assert state(visit, Facts(days=days(*HABIT, silent=200))) == "ok"


def test_an_undated_post_is_news_too() -> None:
    facts = Facts(days=days(*HABIT, silent=200), now=[sign(date=False)], before=[sign(date=False)])
    assert state(facts=facts) == "ok"


def test_dates_that_are_none_are_passed_over() -> None:
    assert state(facts=Facts(days=[("2026-02-30", 4), *days(*HABIT, silent=200)])) == "quiet"
