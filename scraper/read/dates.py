"""Dates as pages write them, to `YYYY-MM-DD` or `YYYY-MM-DD HH:MM` (China time, as shown).

Forms seen: 2020年03月11日 09:35 · 2025年06月03日 13时44分 · 2024/5/11 · 2026.09.11 · 2024 07/22 · 20-04-28 · 10∶08 (U+2236) ·
二〇二〇年三月十一日 · 2024-05-13-09:36:00 · 20240511 · Nov 23, 2026.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import NamedTuple

from scraper.text import halfwidth

_CLOCK = r"(?:[\sT,·\])】-]{0,4}\(?(?P<h>[01]?\d|2[0-3])\s?[:时點点]\s?(?P<m>[0-5]\d)(?!\d)(?:\s?[:分]\s?[0-5]\d(?!\d))?(?:\s?[分秒])?)?"
# What must not stand before a date is looked for behind its first digits: the engine then skips to what may begin one.
_YEAR = r"(?P<y>[12](?<![\d.][12])(?:(?<=1)9|(?<=2)0)\d\d)"
_NUMERIC = re.compile(
    _YEAR + r"\s{0,3}[年\-/.—–]\s{0,3}(?P<mo>1[0-2]|0?[1-9])\s{0,3}[月\-/.—–]\s{0,3}"
    r"(?P<d>3[01]|[12]\d|0?[1-9])(?:\s{0,3}日|(?=\d\d:)|(?![\d.]))" + _CLOCK
)
_BLANK = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)\s{1,3}(?P<mo>1[0-2]|0[1-9])\s{0,3}[/\s-]\s{0,3}(?P<d>3[01]|[12]\d|0[1-9])(?!\d)"
    + _CLOCK
)
_SHORT = re.compile(
    r"(?<![\d.\-/])(?P<y>\d\d)(?:(?P<s>[-/])(?P<mo>1[0-2]|0[1-9])(?P=s)(?P<d>3[01]|[12]\d|0[1-9])"
    r"|年(?P<mo2>1[0-2]|0?[1-9])月(?P<d2>3[01]|[12]\d|0?[1-9])日)(?![\d\-/])" + _CLOCK
)
_DAY_FIRST = re.compile(
    r"(?<![\d.\-/])(?P<d>3[01]|[12]\d|0[1-9])[\s/]{0,4}(?P<y>20\d\d)[-./年](?P<mo>1[0-2]|0[1-9])(?![\d\-/.])"
    + _CLOCK
)
_DAY_MONTH = re.compile(
    r"(?<![\d.\-/])(?P<d>3[01]|2\d|1[3-9])(?P<s>[/.])(?P<mo>1[0-2]|0?[1-9])(?P=s)(?P<y>20\d\d)(?![\d\-/.])"
    + _CLOCK
)
_MONTH_DAY = re.compile(
    r"(?<![\d.\-/])(?P<mo>1[0-2]|0?[1-9])(?P<s>[/.])(?P<d>3[01]|2\d|1[3-9])(?P=s)(?P<y>20\d\d)(?![\d\-/.])"
    + _CLOCK
)
"""Which of the two is the day is only sure from 13 on."""
_DIGITS = re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<mo>1[0-2]|0[1-9])(?P<d>3[01]|[12]\d|0[1-9])(?!\d)" + _CLOCK)
_HAN = re.compile(
    r"(?P<y>[一二][〇○零OoＯ0一二三四五六七八九]{3})\s?年\s?(?P<mo>十[一二]?|[〇零]?[一二三四五六七八九])\s?月\s?"
    r"(?P<d>[二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[〇零]?[一二三四五六七八九])\s?日"
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(?P<mo>Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?"
_ENGLISH = (
    re.compile(
        _MONTH + r"\s(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?\s(?P<y>(?:19|20)\d\d)(?!\d)" + _CLOCK
    ),
    re.compile(r"(?<!\d)(?P<d>3[01]|[12]\d|0?[1-9])\s" + _MONTH + r",?\s(?P<y>(?:19|20)\d\d)(?!\d)" + _CLOCK),
)
_SIX = re.compile(r"(?:\d\D{0,9}){5}")
_HINT = re.compile(r"[\d年](?:(?<=[年\uff10-\uff19])|\D{0,4}\d)")
_DIGIT = {c: i for i, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys("○零OoＯ0", 0)


class Found(NamedTuple):
    """A date in a text: where it stands, and `YYYY-MM-DD[ HH:MM]`."""

    start: int
    end: int
    value: str


def find_dates(text: str, *, loose: bool = False) -> list[Found]:
    """All dates of a text in order, never overlapping. `loose` also takes 20-04-28, 20240511, 2024 07 22, English."""
    if not _HINT.search(text):
        return []
    half = halfwidth(text)
    found = [d for d in map(_numeric, _NUMERIC.finditer(half)) if d]
    found += _han_dates(half) if "年" in half else []
    if loose and not found and _SIX.search(half):
        for pattern in (_BLANK, _SHORT, _DIGITS, *_ENGLISH, _DAY_FIRST, _DAY_MONTH, _MONTH_DAY):
            found = [d for d in map(_numeric, pattern.finditer(half)) if d]
            if found:
                break
    return sorted(found)


def parse_date(text: str, *, loose: bool = True) -> str | None:
    """The first date of a text, or None."""
    found = find_dates(text, loose=loose)
    return found[0].value if found else None


_ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)")
_CHINA = datetime.timezone(datetime.timedelta(hours=8))


def in_china(value: str) -> str | None:
    """A time that names its zone (RFC 3339; WordPress writes UTC) as that in China; None of any other."""
    if not _ZONED.fullmatch(value.strip()):
        return None
    try:
        return f"{datetime.datetime.fromisoformat(value.strip()).astimezone(_CHINA):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return None


def moment(given: str, words: str) -> str | None:
    """What a `datetime` attribute says, in China's time, where the words beside it ("3 days ago", 11月30日) are no full date."""
    if not given or len(given) > 40 or find_dates(words[:80], loose=True):
        return None
    found = find_dates(given)
    return in_china(given) or (found[0].value if found else None)


_IN_URL = re.compile(r"(?<!\d)(20\d\d)[-/_]?(0[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?!\d)")


def dates_of(url: str) -> set[str]:
    """The days that an address speaks of (/2023-11/17/, t20231117_), `YYYY-MM-DD`."""
    return {"-".join(found.groups()) for found in _IN_URL.finditer(url[-300:])}


_LEAF = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\s?日?\s?20\d\d\s?[-./年]\s?(?:0?[1-9]|1[0-2])\s?月?")


def is_leaf(text: str) -> bool:
    """Whether a text is a calendar leaf, the day over its month: `262024-01`."""
    return _LEAF.fullmatch(halfwidth(text).strip()) is not None


def day(date: str) -> str:
    """`YYYY-MM-DD` of a date with or without clock."""
    return date[:10]


def clock(date: str) -> str | None:
    """`HH:MM` of a date that has one."""
    return date[11:16] or None


def _numeric(match: re.Match[str]) -> Found | None:
    got = match.groupdict()
    month = got["mo"] or got.get("mo2") or ""
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    year = int(got["y"])
    value = _value(
        year + 2000 if year < 100 else year, number, int(got["d"] or got["d2"]), got["h"], got["m"]
    )
    return Found(match.start(), match.end(), value) if value else None


def _value(year: int, month: int, day_: int, hour: str | None, minute: str | None) -> str | None:
    try:
        text = datetime.date(year, month, day_).isoformat()
    except ValueError:
        return None
    return f"{text} {int(hour):02d}:{minute}" if hour and minute else text


def _han_dates(text: str) -> Iterator[Found]:
    for match in _HAN.finditer(text):
        year = int("".join(str(_DIGIT[c]) for c in match["y"]))
        value = _value(year, _han_number(match["mo"]), _han_number(match["d"]), None, None)
        if value:
            yield Found(match.start(), match.end(), value)


def _han_number(text: str) -> int:
    """1 to 39 in Han numerals: 三, 〇三, 十一, 廿八, 三十."""
    text = text.replace("廿", "二十")
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGIT[text[-1]]
    return 10 * (_DIGIT[tens] if tens else 1) + (_DIGIT[ones] if ones else 0)
