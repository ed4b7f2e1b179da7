"""The date of a listing's row, and the year of rows that show only month and day.

A year is told only where it is certain: from the row's own address (`/2023/0511/`, `t20230511_`) when month and day
agree, or between two rows of one year in a list that runs in order. Else `MM-DD` stays.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from scraper.read.dates import day, find_dates, moment
from scraper.read.dom import TEXT, Document
from scraper.text import halfwidth, squeeze

DAY = r"(?:19|20)\d\d\s*[-/.年–]\s*\d{1,2}\s*[-/.月–]\s*\d{1,2}(?!\d)\s*日?"
CLOCK = r"(?:[T\s]*\d{1,2}\s*[:：∶时]\s*\d{1,2}(?:\s*[:：∶分]\s*\d{1,2})?\s*[秒分]?(?:\.\d+)?)?"
SHORT = r"\d{1,2}\s*[-/月.]\s*\d{1,2}\s*日?"
OPEN, CLOSE = r"[\[【(（〔<《\s|/·:：-]{0,6}", r"[\]】)）〕>》\s|/;；,，]{0,6}"
_LABEL = r"(?:[\u4e00-\u9fff ]{0,8}(?:时间|日期|发布于?|更新|发表)\s*[:：]?)"
# A text that is a date, one that begins or ends with one, or one that labels one.
DATED = re.compile(
    rf"^{OPEN}{_LABEL}?{OPEN}(?:{DAY}{CLOCK}|{SHORT}|(?:19|20)?\d\d\s*年\s*{SHORT}|(?:19|20)\d\d\s*[-/.年]\s*\d{{1,2}}\s*月?|\d\d([-/])\d\d\1\d\d){CLOSE}$"
    rf"|{DAY}{CLOCK}{CLOSE}$|^{OPEN}{DAY}|[\[【(（]\s*{SHORT}\s*[\]】)）]\s*$|{_LABEL}\s*{DAY}"
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_ENGLISH = re.compile(rf"^\W*(?:{_MONTH}\s\d{{1,2}},?|\d{{1,2}}\s{_MONTH},?)\s(?:19|20)\d\d\W*$")
_MAYBE = re.compile(r"\d\s?[-/.年月–]|[a-z.,]\s(?:19|20)\d\d")
EDGE = 60  # characters at either end of a text that are looked at for a date


def has_date(text: str) -> bool:
    """Whether a text node is, begins with, ends with or labels a date."""
    if len(text) < 4 or not _MAYBE.search(text):
        return False
    text = text.strip()
    if len(text) > 2 * EDGE:
        return bool(DATED.search(text[:EDGE]) or DATED.search(text[-EDGE:]))
    return DATED.search(text) is not None or _ENGLISH.match(text) is not None


_MD = re.compile(
    r"(?<![\d.\-/年])(?P<mo>1[0-2]|0?[1-9])\s?[-/.月]\s?(?P<d>3[01]|[12]\d|0?[1-9])\s?日?(?![\d.\-/%])"
)
_YM = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<mo>1[0-2]|0?[1-9])(?!\d)\s?月?")
_Y = re.compile(r"^\W*(?P<y>(?:19|20)\d\d)\s?年?\W*$")
_D = re.compile(r"^\W*(?P<d>3[01]|[12]\d|0?[1-9])\s?日?\W*$")
_HEAD = re.compile(r"(?:发布|公布|公开|发表|上传)(?:时间|日期)")
_PUBLISHED = re.compile(
    r"(?:(?<![\u4e00-\u9fff])(?:时间|日期)|(?:发布|发表|公开|公布|更新|上传|添加)(?:时间|日期|于)?)\W{0,3}$"
)
_BRACKETS = "[]【】()（）〔〕<>《》|/·:：- \u3000\t"


def date_column(doc: Document, row: int) -> int | None:
    """The column of a table that is headed 发布日期 and the like, where the heads name it; `row` is one of its rows."""
    table = (
        next((n for n in doc.ancestors(row, 3) if doc.tag[n] == "table"), -1) if doc.tag[row] == "tr" else -1
    )
    head = next(iter(doc.elements("tr", table)), row) if table >= 0 else row
    if head == row:
        return None
    return next((i for i, cell in enumerate(_cells(doc, head)) if _HEAD.search(doc.text(cell))), None)


def heading_year(doc: Document, before: int | None, row: int) -> str:
    """The year that stands as a heading of its own between two rows, or right before the first (`before`: where the row before
    it ends, None of the first); '' where there is none, or several: those choose among years."""
    last = bisect_left(doc.shown, row)
    first = 0 if before is None else bisect_left(doc.shown, before)
    texts = (
        n for n in doc.shown[max(first, last - _ABOVE) : last] if doc.link_chars[n] == doc.link_chars[n + 1]
    )
    years = [found["y"] for n in texts if len(doc.data[n]) < 20 and (found := _Y.match(doc.data[n].strip()))]
    return years[0] if len(years) == 1 else ""


_ABOVE = 6  # texts above a row, blanks too, among which its heading is


def _cells(doc: Document, row: int) -> list[int]:
    return [n for n in doc.children(row) if doc.tag[n] in ("td", "th")]


def row_date(
    doc: Document, start: int, stop: int, link: int, title: str, column: int | None = None
) -> str | None:
    """`YYYY-MM-DD[ HH:MM]` or `MM-DD` of the row in nodes start..stop; None where it shows none.

    column: of a table with several dates a row, the one that counts (`date_column`).
    """
    cells = _cells(doc, start) if column is not None else []
    if column is not None and column < len(cells) and (date := _whole([doc.text(cells[column])])):
        return date
    outside, inside = _pieces(doc, start, stop, link)
    timed = None
    for pieces in (outside, [p for p in inside if p != title]):
        if date := _whole(pieces) or _split(pieces) or _joined(pieces, title):
            return date
        timed = timed or _timed(doc, start, stop) or _month_day(pieces)
    return timed


_TIMES = 4  # time elements of a row


def _timed(doc: Document, start: int, stop: int) -> str | None:
    """The day of a row's time element whose words are no full date."""
    for n in doc.elements("time", start)[:_TIMES]:
        if n < stop and (date := moment(doc.attr(n, "datetime"), doc.text(n))):
            return day(date)
    return None


def _pieces(doc: Document, start: int, stop: int, link: int) -> tuple[list[str], list[str]]:
    outside: list[str] = []
    inside: list[str] = []
    end = doc.end[link]
    n = start
    while n < stop:
        if doc.tag[n] == TEXT and doc.chars[n + 1] > doc.chars[n]:
            text = halfwidth(squeeze(doc.data[n]))
            (inside if link <= n < end else outside).append(text)
        n += 1
    return outside, inside


def _whole(pieces: Sequence[str]) -> str | None:
    """A full date: one that stands alone before one after a label, before one within a text (not within the title)."""
    ranked: list[tuple[int, int, str]] = []
    for place, text in enumerate(pieces):
        if len(text) < 6 or not any(c.isdigit() for c in text):
            continue
        for found in find_dates(text[:400], loose=len(text) <= 40):
            rest = text[: found.start] + text[found.end :]
            alone = not rest.strip(_BRACKETS)
            # a label within running text belongs to the story (活动时间：…), and so does the day it begins with
            told = len(text) > EDGE or "," in text or "。" in text
            first = not told and not text[: found.start].strip(_BRACKETS)
            edge = first or not text[found.end :].strip(_BRACKETS)
            labelled = not told and _PUBLISHED.search(text[max(0, found.start - 8) : found.start])
            if alone or labelled or edge:
                ranked.append((0 if labelled else 1 if alone else 2, place, found.value))
    return min(ranked)[2] if ranked else None


def _joined(pieces: Sequence[str], title: str) -> str | None:
    """A date whose digits stand in elements of their own, in a short row."""
    joined = " ".join(pieces)
    found = find_dates(joined) if len(joined) <= 80 and joined.strip(_BRACKETS) != title else []
    return found[0].value if found else None


def _split(pieces: Sequence[str]) -> str | None:
    """Year and day in elements of their own: `16` + `2026-09`, `2026` + `09-16`."""
    for first, second in pairwise(pieces):
        for a, b in ((first, second), (second, first)):
            if len(a) > 16 or len(b) > 16:
                continue
            if (ym := _YM.fullmatch(a.strip(_BRACKETS))) and (d := _D.match(b)):
                return f"{ym['y']}-{int(ym['mo']):02d}-{int(d['d']):02d}"
            if (y := _Y.match(a)) and (md := _MD.fullmatch(b.strip(_BRACKETS))):
                return f"{y['y']}-{int(md['mo']):02d}-{int(md['d']):02d}"
    return None


def _month_day(pieces: Sequence[str]) -> str | None:
    for text in pieces:
        bare = text.strip(_BRACKETS)
        if len(bare) <= 6 and (md := _MD.fullmatch(bare)):
            return f"{int(md['mo']):02d}-{int(md['d']):02d}"
    last = pieces[-1] if pieces else ""
    if md := re.search(rf"[\[(【（]\s*({_MD.pattern})\s*[\])】）]\s*$", last):
        return f"{int(md['mo']):02d}-{int(md['d']):02d}"
    return None


_IN_URL = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/]?(0?[1-9]|1[0-2])[-/]?([0-3]?\d)(?!\d)")


def with_years(rows: Sequence[tuple[str, str | None]]) -> list[str | None]:
    """Dates of (url, date) rows, with the year put before `MM-DD` where it is certain."""
    dates = [_from_url(url, date) if date and len(date) == 5 else date for url, date in rows]
    known = [(i, d) for i, d in enumerate(dates) if d and len(d) > 5]
    for (i, a), (j, b) in pairwise(known):
        between = [d for d in dates[i + 1 : j] if d]
        if a[:4] != b[:4] or not between:
            continue
        run = [a[5:10], *between, b[5:10]]
        if run == sorted(run) or run == sorted(run, reverse=True):
            for k in range(i + 1, j):
                dates[k] = f"{a[:4]}-{dates[k]}" if dates[k] else None
    return dates


def _from_url(url: str, date: str) -> str:
    for found in _IN_URL.finditer(url):
        if f"{int(found[2]):02d}-{int(found[3]):02d}" == date:
            return f"{found[1]}-{date}"
    return date
