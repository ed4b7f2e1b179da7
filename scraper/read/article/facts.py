"""Labelled facts: everything on a page that reads `label: value`, wherever it stands, before anyone decides what counts.

Any order, any separators or none, blanks within labels, several values on a line, labels and values split over elements
or table cells. An empty label stays empty: the next label is never its value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from scraper.model import Evidence
from scraper.read.article.labels import FIELD, credit_of, label_before, name_behind_post, names_of
from scraper.read.article.values import clean_value, number_of, within_brackets
from scraper.read.dates import Found, find_dates
from scraper.read.dom import Document
from scraper.read.layout import GAP, Layout, Line, spaced
from scraper.text import compact, halfwidth, is_han, shorten, squeeze

MAX_LINE = 260  # characters; a longer line is running text, its colons are punctuation
MAX_ROW = 400  # nodes
MAX_RIVALS = 5
_APART = re.compile("来源|作者|时间|日期|编辑|阅读|浏览|点击|发布")
_LATIN = re.compile(r"^[A-Za-z]{3,12}")
_MAX_APART = 120  # characters of a line of several labels and values
_SHORT = 60  # characters of a line that is one label with its value
_SIGN = re.compile(r"[:︰︱丨|/]")
_SLASH_LABELS = frozenset(
    "文 图 文字 摄影 图片 撰文 图文 文图 文、图 图、文 摄 作者 来源 时间 日期 记者 通讯员 编辑 责编 审核".split()
)
_BOTH = re.compile(r"\s?(?:图片?|文字?|摄影?)\s?:")
_BOTH_BARE = re.compile(r"(?<=[文图])/\s?[图文]\s(?=[\u3400-\u9fff]{2,4})")
_BAR_FIELDS = frozenset(("author", "source", "editor"))
_DATE_FIELDS = frozenset(("date", "updated", "not_date"))
_HINT = re.compile(
    r"[:：∶︰︱丨|】]|文/|\d|^[【\[(（]\s?(?:责|编|校|审)|来\s?源(?:[于自]|\s)|[〇○零一二三四五六七八九]\s?年"
)
_N = r"(\d{1,3}(?:,\d{3})+|\d{1,9})"
_COUNT = re.compile(
    rf"(?:浏览|点击|阅读|访问|查看|人气|点阅|已阅)(?:次数|人次|人数|总数|量|数|率)?\s{{0,3}}[:\[(]?\s{{0,3}}{_N}\s?(?:次|人|\)|\]|$|\s)"
    rf"|(?<![\d,]){_N}\s?(?:次|人次?)\s?(?:浏览|阅读|点击|访问|查看|播放)|已有\s?{_N}\s?人(?:浏览|阅读|查看)|(?<![\d,]){_N}\s{{0,2}}人(?:已读|看过|阅读)|(?<![\d,]){_N}\s?(?:浏览|阅读|点击|访问|查看)$"
)
_COUNTED = re.compile("[览击读访看气阅播]")
_BRACKETED = re.compile(r"[【\[(]\s?(责编|责任编辑|编辑|责校|校对|审核)\s(?=[^】\])]{2,20}[】\])]$)")
_NO_COLON = re.compile(
    r"(?:^|\s)((?:本文|信息|文章|稿件|新闻)?来\s?源(?:于|自)?)(?:(?<=[于自])\s?|\s+)(?=\S{2})"
)
_EVENT = re.compile(r"[(]?(?:星期|周)[一二三四五六日天]|上午|下午|晚上|中午|至|~|—")
"""With the time of an event stand its weekday, its part of the day or its end; with a publication none of them."""
_GOES_ON = frozenset(",、。;")
"""What follows a date that a sentence begins or ends with, in half width."""
_RANGE = re.compile(r"[—–~至-]{1,2}\s?(?:\d{1,2}[月日]|20\d\d)")
_MACHINE = re.compile(r"\d{4}-\d\d-\d\d\s\d\d:\d\d:\d\d")
"""To the second: no sentence tells the time so."""
_PLACE = re.compile(r"\W{0,3}(?:地\s?点|主讲|主持|报告人|嘉宾|参加|对象|会议|内容|题目|主题)")
_BY = re.compile(r"\s{0,3}[Bb][Yy]\s{1,3}(?=[A-Z][a-z])")
"""Before a writer's name on English pages, without a colon."""
_OF_DAY = re.compile(r"\W{0,3}(?:发表|发布|刊发|更新)于\s")
"""What WordPress prints before a day that is a link itself."""
_GLUED = frozenset("时间 日期 发布 审核 录入 上传 责校".split())
_NAME_AHEAD = re.compile(r"\s?[\u3400-\u9fff]{2,4}(?![\u3400-\u9fff])")
_DAY_AHEAD = re.compile(r"\s?(?:19|20)?\d\d[-/.年]")
_POSTED = 20  # characters between 发布： and the day, where who posted it stands
_WORDS = re.compile(r"\S+")
_NOT_OURS = re.compile(
    r"(?:总|今日|今天|昨日|本月|本周|累计|网站|本站|全站|正在|您是第|频道|关注|同时在线|博客|主页|空间|账号)\s?$"
)
"""Before a count's label: then it counts the site, or is no count."""
_LABEL_CELLS = frozenset(("td", "th", "dt"))


class Fact(NamedTuple):
    """A labelled value: its field, the label as found ('' = a bare date), the line it stands on, and the line's text."""

    field: str
    label: str
    value: str
    line: int
    hidden: bool
    snippet: str
    at: int = 0
    """Where the label stands in the snippet."""


class _Mark(NamedTuple):
    start: int
    end: int
    field: str
    label: str


def read_facts(doc: Document, layout: Layout) -> list[Fact]:
    """All labelled facts of a page in document order."""
    out: list[Fact] = []
    lines = layout.lines
    spoken_for = -1
    for i, line in enumerate(lines):
        if line.size > MAX_LINE or line.links == line.size > 12:
            continue
        parts = line.node != line.last
        text = (_labels_apart(doc, line) or _labelled(doc, line) or _pair(doc, lines, i)) if parts else None
        if text is None and not _HINT.search(line.text):
            if doc.tag[line.block] in _LABEL_CELLS or "label" in doc.marks(line.block):
                spoken_for = i + 1 if _cell_label(doc, layout, i, out) else spoken_for
            continue
        if line.links * 3 > line.size * 2 and not (_SIGN.search(line.text) or _OF_DAY.match(line.text)):
            continue  # a row of a list, with its date
        text = text or spaced(doc, layout, line)
        half = halfwidth(text)
        marks = find_marks(half)
        if (
            len(marks) == 1
            and marks[0].label in ("时间", "日期")
            and i + 1 < len(lines)
            and _PLACE.match(lines[i + 1].text)
        ):
            marks = [marks[0]._replace(field="not_date")]
        found = _line_facts(text, half, marks, i, line.hidden)
        out += [f for f in found if f.field != "bare_date" or i != spoken_for]
        if marks and marks[-1].field in _DATE_FIELDS and text[marks[-1].end :].strip() == "":
            spoken_for = i + 1
        if marks and marks[-1].field != "other" and not clean_value(text[marks[-1].end :]):
            _next_line(doc, layout, i, marks[-1], out)
    return out


def _labelled(doc: Document, line: Line, least: int = 3) -> str | None:
    """A short line as `label：value` where an element of its own holds the label and no colon follows it."""
    if line.node == line.last or line.size > _SHORT or line.links or doc.parent[line.node] == line.block:
        return None
    label = compact(doc.data[line.node])
    if label not in FIELD or len(label) < least:
        return None
    value = line.text.removeprefix(squeeze(doc.data[line.node])).strip()
    return f"{label}：{value}" if value and value[0] not in ":：" else None


def _pair(doc: Document, lines: list[Line], i: int) -> str | None:
    """A line whose label is too short to be sure of, among lines that are labels with their values: 文字 | 王某某."""
    text = _labelled(doc, lines[i], 2)
    beside = (lines[k] for k in (i - 1, i + 1) if 0 <= k < len(lines))
    return text if text and any(_labelled(doc, line, 2) for line in beside) else None


def _labels_apart(doc: Document, line: Line) -> str | None:
    """A line without colons of which two or more elements are labels and nothing else (<em>来源</em>某局<em>阅读</em>7)."""
    if line.size > _MAX_APART or not _APART.search(line.text):
        return None
    if ":" in halfwidth(line.text):
        return None
    out: list[str] = []
    labels = set()
    for n in doc.texts_between(line.node, line.last):
        text = compact(doc.data[n])
        is_label = len(text) > 1 and text in FIELD and doc.parent[n] != line.block
        labels |= {FIELD[text]} if is_label else set()
        out.append(f"{GAP}{text}：" if is_label else doc.data[n])
    return "".join(out).strip() if len(labels - {"other"}) > 1 else None


def crowded(facts: Iterable[Fact], fields: Collection[str]) -> set[int]:
    """The lines on which two or more labels of these fields are filled: a byline, wherever it stands."""
    filled = Counter(f.line for f in facts if f.label and f.value and f.field in fields)
    return {line for line, count in filled.items() if count > 1}


def why_none(facts: list[Fact], fields: Collection[str]) -> Evidence | None:
    """Why a field that has labels or values on the page has none of them: those that are seen are not the article's own."""
    ours = [fact for fact in facts if fact.field in fields]
    seen = [(f"label {f.label}" if f.label else "no label", shorten(f.value)) for f in ours if f.value]
    if seen:
        rivals = tuple(dict.fromkeys(seen[:MAX_RIVALS]))
        return Evidence(rule="none of those seen is the article's own", rivals=rivals)
    return (
        Evidence(rule=f"label {ours[0].label} is empty", snippet=shorten(ours[0].snippet)) if ours else None
    )


def text_facts(text: str, line: int = -1, hidden: bool = False) -> list[Fact]:
    """The labelled facts of one string."""
    half = halfwidth(text)
    return _line_facts(text, half, find_marks(half), line, hidden)


def find_marks(half: str) -> list[_Mark]:
    """The labels of a half-width line in order, each with the place where its value begins."""
    marks: list[_Mark] = []
    for match in _SIGN.finditer(half):
        if match[0] == "/" and _BOTH.match(half, match.end()):
            continue  # 文/图：, one label
        if both := _BOTH_BARE.match(half, match.start()):
            marks.append(_Mark(match.start() - 1, both.end(), "author", "文/图"))
            continue
        found = label_before(half, match.start()) or (_glued(half, match) if marks else None)
        if found is None or (marks and found[2] < marks[-1].end):
            continue
        field, label, start = found
        if field == "views" and _NOT_OURS.search(half[:start]):
            field = "other"
        if match[0] == "/" and label not in _SLASH_LABELS:
            continue
        if match[0] in "|丨︱" and field not in _BAR_FIELDS:
            continue
        marks.append(_Mark(start, match.end(), field, label))
    if not marks and "】" in half:
        marks = [*_in_brackets(half)]
    if (by := _BY.match(half)) and (not marks or by.end() <= marks[0].start):
        marks.insert(0, _Mark(0, by.end(), "author", "by"))
    if not marks and (credit := _BRACKETED.match(half)):
        return [_Mark(1, credit.end(), "editor", credit[1])]
    if not marks and len(half) < 120:
        marks = _worded(half)
    if not marks and len(half) < 60 and (bare := _NO_COLON.search(half)):
        return [_Mark(bare.start(1), bare.end(), "source", bare[1].replace(" ", ""))]
    return marks


_IN_BRACKETS = re.compile(r"【\s?([^【】]{2,12}?)\s?】\s?(?!$|【)")


def _in_brackets(half: str) -> Iterator[_Mark]:
    """Labels in brackets before their values, no colon anywhere: 【供稿单位】某处 【日期】…"""
    for found in _IN_BRACKETS.finditer(half):
        field = FIELD.get(compact(found[1]), "other")
        if field != "other":
            yield _Mark(found.start(), found.end(), field, compact(found[1]))


def _glued(half: str, match: re.Match[str]) -> tuple[str, str, int] | None:
    """时间, 日期 or 发布 behind another label's value, no gap between: a label if the day follows at once; 审核 and its like if a
    name does and nothing else."""
    label = half[match.start() - 2 : match.start()]
    ahead = {"date": _DAY_AHEAD, "editor": _NAME_AHEAD}.get(FIELD.get(label, ""))
    if match[0] != ":" or label not in _GLUED or ahead is None or not ahead.match(half, match.end()):
        return None
    return FIELD[label], label, match.start() - 2


def _worded(half: str) -> list[_Mark]:
    """Labels of a line that has no colons: two or more of its words are labels of different fields
    (发布日期 2024-05-06 来源 某局); one alone may be any word."""
    words = [(w.start(), w.end(), w[0].lower()) for w in _WORDS.finditer(half)]
    marks = [_Mark(a, b, FIELD[w], w) for a, b, w in words if w in FIELD]
    return marks if len({m.field for m in marks} - {"other"}) > 1 else []


def _line_facts(text: str, half: str, marks: list[_Mark], line: int, hidden: bool) -> list[Fact]:
    dates = find_dates(half, loose=len(text) < 60 or any(m.field in _DATE_FIELDS for m in marks))
    counts = [m.start() for m in _COUNT.finditer(half)] if marks and _COUNTED.search(half) else []
    out: list[Fact] = []
    taken = [False] * len(dates)
    for k, mark in enumerate(marks):
        stop = marks[k + 1].start if k + 1 < len(marks) else len(text)
        if mark.field in _DATE_FIELDS:
            value = _dated(half, mark, stop, dates, taken)
            if mark.label in ("时间", "日期") and _EVENT.search(half[mark.end : stop]):
                mark = mark._replace(field="not_date")
        elif mark.field == "views":
            value = number_of(half[mark.end : stop])
        else:
            ends = [n for n in (*(d.start for d in dates), *counts) if mark.end <= n < stop]
            region = within_brackets(text[mark.end : min([stop, *ends])])
            value = clean_value(region)
            if mark.field == "author":
                value = names_of(region.replace(GAP, " ")) or value or name_behind_post(region)
            credits = (credit_of(piece) for piece in region.split(GAP)[1:])
            out += [Fact("author", "", names, line, hidden, text) for names in credits if names]
        out.append(Fact(mark.field, mark.label, value, line, hidden, text, mark.start))
    out += _bare_dates(half, text, dates, taken, line, hidden)
    out += _counts(half, text, marks, line, hidden)
    return out


def _dated(half: str, mark: _Mark, stop: int, dates: list[Found], taken: list[bool]) -> str:
    for j, found in enumerate(dates):
        far = _POSTED if mark.label == "发布" else 6
        if mark.end <= found.start < stop and found.start - mark.end <= far and not taken[j]:
            taken[j] = True
            return found.value
    return ""


def _bare_dates(
    half: str, text: str, dates: list[Found], taken: list[bool], line: int, hidden: bool
) -> list[Fact]:
    """Dates without a colon before them: the label may stand there without one, or there is none."""
    out = []
    for j, found in enumerate(dates):
        if taken[j]:
            continue
        before = half[: found.start].rstrip(" ([【")
        after = half[found.end :].lstrip(" )]】")
        named = label_before(before, len(before)) if before else None
        if named and named[0] in _DATE_FIELDS:
            out.append(Fact(named[0], named[1], found.value, line, hidden, text))
        elif not _in_sentence(before, after, half, found):
            out.append(Fact("bare_date", "", found.value, line, hidden, text))
    return out


def _in_sentence(before: str, after: str, half: str, found: Found) -> bool:
    """Whether a date is part of running text: a word touches it (2022年2月18日公布), and that word is no label."""
    if _RANGE.match(after):
        return True
    if after[:1] in _GOES_ON:
        colon = _SIGN.search(after)
        return not (colon and label_before(after, colon.start()))
    if _MACHINE.fullmatch(half, found.start, found.end):
        return False
    touching_before = found.start > 0 and is_han(half[found.start - 1])
    touching_after = found.end < len(half) and is_han(half[found.end])
    if touching_after:
        colon = _SIGN.search(after)
        weekday = after.startswith(("星期", "周"))
        touching_after = not weekday and not (colon and label_before(after, colon.start()))
    if half[: found.start].endswith(("(", "（")) and len(after) > 0 and before == "":
        return is_han(after[0])
    return touching_before or touching_after


def _counts(half: str, text: str, marks: list[_Mark], line: int, hidden: bool) -> list[Fact]:
    if len(half) > 160 or not _COUNTED.search(half) or any(m.field == "views" for m in marks):
        return []
    found = (m for m in _COUNT.finditer(half) if not _NOT_OURS.search(half[: m.start()]))
    numbers = [next(g for g in m.groups() if g).replace(",", "") for m in found]
    return [Fact("views", "", number, line, hidden, text) for number in numbers]


def _near(doc: Document, a: Line, b: Line) -> bool:
    """Whether two lines stand in one small box (a row, a list, a pair of spans), so that one may label the other."""
    for box in doc.ancestors(a.block, 3) if doc.within(a.block, a.block) else ():
        if doc.within(b.node, box):
            return doc.size(box) < 120
    return doc.within(b.node, a.block)


def _next_line(doc: Document, layout: Layout, i: int, mark: _Mark, out: list[Fact]) -> None:
    """A label at the end of its line: the value is the next line, if that is short, near and no label itself."""
    lines = layout.lines
    if i + 1 >= len(lines) or lines[i + 1].size > 60 or not _near(doc, lines[i], lines[i + 1]):
        return
    following = lines[i + 1]
    text = spaced(doc, layout, following)
    marks = find_marks(halfwidth(text))
    if (marks and marks[0].start == 0) or compact(text) in FIELD or text.endswith((":", "：")):
        return
    if mark.field in _DATE_FIELDS or mark.field == "views":
        value = _value_of(text, mark.field)
    else:
        dates = find_dates(text, loose=True)
        value = clean_value(text[: dates[0].start] if dates else text[: marks[0].start] if marks else text)
        if mark.field == "author":
            value = names_of(following.text) or value  # each name may be a link
    if value:
        del out[-1:]
        out.append(Fact(mark.field, mark.label, value, i, following.hidden, f"{lines[i].text} {text}"))


def _cell_label(doc: Document, layout: Layout, i: int, out: list[Fact]) -> bool:
    """A table cell that holds nothing but a label (发布机构 | 某局): the next cell is its value, or, in a row of labels,
    the cell below. True for a date's label."""
    lines = layout.lines
    label = compact(lines[i].text).strip("【】[]")
    label = label if label in FIELD else _LATIN.sub("", label)  # Source 来源
    field = FIELD.get(label, "other")
    if field == "other" or len(label) < 2 or lines[i].links:
        return False  # what can be clicked sorts a table
    mark = _Mark(0, 0, field, label)
    out.append(Fact(field, label, "", i, lines[i].hidden, lines[i].text))
    if i + 1 < len(lines) and compact(lines[i + 1].text).strip("【】[]") in FIELD:
        value = _value_of(below(doc, lines[i].block), field)
        if value:
            out[-1] = Fact(field, label, value, i, lines[i].hidden, f"{lines[i].text} {value}")
        return False
    _next_line(doc, layout, i, mark, out)
    return field in _DATE_FIELDS


def row_cells(doc: Document, row: int) -> list[int]:
    """The cells of a table row; [] of one that is too wide to be an information table's."""
    if doc.end[row] - row > MAX_ROW:
        return []
    return [c for c in doc.children(row) if doc.tag[c] in ("td", "th")]


def below(doc: Document, cell: int) -> str:
    """The text of the cell under a cell, where the next row of its table has as many cells and no other has; '' else: a table
    of many rows is a list."""
    row = doc.parent[cell]
    table = next((up for up in doc.ancestors(row, 4) if doc.tag[up] == "table"), row)
    following, beyond = [*islice((n for n in doc.elements("tr", table) if n >= doc.end[row]), 2), -1, -1][:2]
    cells = row_cells(doc, row)
    under = row_cells(doc, following) if following >= 0 else []
    if (
        cell not in cells
        or len(under) != len(cells)
        or (beyond >= 0 and len(row_cells(doc, beyond)) == len(cells))
    ):
        return ""
    return doc.text(under[cells.index(cell)], " ")


def _value_of(text: str, field: str) -> str:
    if field in _DATE_FIELDS:
        found = find_dates(text, loose=True)
        return found[0].value if found and found[0].start < 6 else ""
    return number_of(text) if field == "views" else clean_value(text)
