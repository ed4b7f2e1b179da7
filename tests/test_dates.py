"""Dates in every form that pages write, and in none that is not one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.read.dates import clock, day, find_dates, parse_date


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2020年03月11日 09:35", "2020-03-11 09:35"),
        ("2025年06月03日 13时44分", "2025-06-03 13:44"),
        ("2024-09-10 09:24:31", "2024-09-10 09:24"),
        ("[2024-09-10] 09:24", "2024-09-10 09:24"),
        ("2021/9/6", "2021-09-06"),
        ("2026.09.11", "2026-09-11"),
        ("[2026-09-12]", "2026-09-12"),
        ("（ 2024-05-11）", "2024-05-11"),
        ("2024-01-02 10∶08", "2024-01-02 10:08"),
        ("２０２４年１月２日", "2024-01-02"),
        ("2026 年 7 月 1 日", "2026-07-01"),
        ("2024-05-13-09:36:00", "2024-05-13 09:36"),
        ("2024年05月17日08:59", "2024-05-17 08:59"),
        ("2024-05-1708:59", "2024-05-17 08:59"),
        ("2024-05-17T08:59:00+08:00", "2024-05-17 08:59"),
        ("2020-09-08阅读次数：3", "2020-09-08"),
        ("二〇二〇年三月十一日", "2020-03-11"),
        ("二○一九年十二月三十日", "2019-12-30"),
        ("二零二一年廿一月一日 二零二一年十月廿一日", "2021-10-21"),
        ("20-04-28", "2020-04-28"),
        ("062024-05", "2024-05-06"),
        ("16 / 2026-09", "2026-09-16"),
        ("19年10月08日", "2019-10-08"),
        ("20240511", "2024-05-11"),
        ("2024 07/22 14:52:26", "2024-07-22 14:52"),
        ("Nov 23, 2026", "2026-11-23"),
        ("3rd of May", None),
        ("23 November 2026 08:05", "2026-11-23 08:05"),
        ("2024-02-30", None),
        ("2024-13-01", None),
        ("1.2.2024.1.1", None),
        ("电话 0000-12345678", None),
        ("09-11", None),
        ("25:61", None),
        ("", None),
    ],
)
def test_a_date_is_read_in_every_form_and_nothing_else_is_one(text: str, value: str | None) -> None:
    assert parse_date(text) == value


def test_all_dates_of_a_line_are_found_in_order_with_their_places() -> None:
    text = "发布 2024-01-02 10:30，更新 2024年1月5日"
    found = find_dates(text)
    assert [d.value for d in found] == ["2024-01-02 10:30", "2024-01-05"]
    assert text[found[0].start : found[0].end] == "2024-01-02 10:30"


def test_a_clock_belongs_to_its_date_only_when_it_stands_beside_it() -> None:
    assert parse_date("2024-01-02，上午的会议从 10:30 开始") == "2024-01-02"


def test_day_and_clock_are_parts_of_a_date() -> None:
    assert (day("2024-01-02 10:30"), clock("2024-01-02 10:30")) == ("2024-01-02", "10:30")
    assert clock("2024-01-02") is None


@given(st.text(alphabet="0123456789年月日时分:-/. 〇一二三十廿", max_size=60))
def test_found_dates_are_real_days_and_never_overlap(text: str) -> None:
    found = find_dates(text, loose=True)
    for one, two in pairwise(found):
        assert one.start < one.end
        assert one.start <= two.start
    for d in found:
        assert parse_date(d.value) == d.value
