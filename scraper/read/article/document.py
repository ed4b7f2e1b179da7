"""What a policy document says of itself: number, index number, issuer, day of writing, topic. News says none of it.

Read from information tables (a label's cell beside or above its value), definition lists, pairs of boxes and label rows
before the text, and from the number that stands on a line of its own under the headline. What the labels mean: 政府信息公开
目录 (index number, issuer, day of writing, topic), GB/T 9704-2012 党政机关公文格式 (发文字号, 成文日期).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from scraper.model import Evidence, PolicyDocument
from scraper.read.article.facts import MAX_ROW, below, find_marks, row_cells
from scraper.read.article.labels import FIELD
from scraper.read.article.sight import Zone
from scraper.read.article.values import clean_value
from scraper.read.dates import day, parse_date
from scraper.read.dom import Document
from scraper.read.layout import Layout, Line, spaced
from scraper.read.rules import Candidate, choose
from scraper.text import compact, halfwidth, han_count, is_han, squeeze

# Field: its labels, in order of trust.
_LABELS = {
    "document_number": "发文字号 文号 发文文号 文件字号 公文文号 文件编号 文件号",
    "index_number": "索引号 信息索引号 索取号 信息索引 公开索引号",
    "issuer": "发文机关 发文机构 发文单位 发文部门 制发机关 制定机关 发布机构 发布机关 发布单位 发布部门 公开主体 公开机构 公开单位 "
    "公开责任部门 信息公开责任部门 责任部门 公开部门 发布主体",
    "written_on": "成文日期 成文时间 生成日期 生成时间 制发日期 产生日期 签发日期 签发时间 发文日期 发文时间",
    "topic": "主题分类 所属主题 信息分类 信息类别 组配分类",
    "document_type": "公文种类 公文类型 体裁分类 文种 体裁",
    "validity": "有效性 效力状态 效力状况 有效状态 时效性 文件状态",
    "effective_on": "生效日期 生效时间 实施日期 实施时间 施行日期 施行时间",
    "expires_on": "失效日期 失效时间 废止日期 废止时间",
}
_FIELD = {
    label: (field, rank) for field, words in _LABELS.items() for rank, label in enumerate(words.split())
}
_TOKEN = re.compile(
    r"索\s{0,4}[引取]|[文字件]\s{0,4}号|文件(?:编号|状态)|发\s{0,4}[布文]|公\s{0,4}[开文]|制[发定]|责任部门|[成签]\s{0,4}[文发]|[生产]\s{0,4}[成生]"
    r"|主\s{0,4}题|分\s{0,4}类|类别|体\s{0,4}裁|文\s{0,4}种|效|实施|施行|废止"
)
"""What every label has in it: a cheap first look at a line."""
_LABEL = re.compile(
    r"\W{0,3}("
    + "|".join(r"\s{0,4}".join(label) for label in sorted(_FIELD, key=len, reverse=True))
    + r")\s?(?P<sign>[:：︰]|$|\s)"
)
_NUMBER = re.compile(
    r"[(（]?(?P<number>[\u3400-\u9fff]{1,16}\s?[〔\[【(（﹝]\s?(?:19|20)\d\d\s?[〕\]】)）﹞]\s?第?\s?\d{1,4}\s?号)[)）]?"
)
"""发文字号: the office's short name, the year in brackets (〔〕 by the standard), the number within the year."""
_MISSING = re.compile(r"[\W_]*(?:号|[无暂]|暂?无|本?空|第?\s?号)?[\W_]*")
_DATES = frozenset(("written_on", "effective_on", "expires_on"))
_NUMBERS = frozenset(("document_number", "index_number"))
_NUMERAL = re.compile("[0-9一二三四五六七八九十〇]")
_TELLING = _NUMBERS | {"document_type", "validity"}
_LONGEST = 160  # characters of a line or value that is still a field and no running text
_HEAD = 24
"""Lines of the text among which the table may stand, where it was written into the text."""
_CELLS = frozenset(("td", "th"))


class _Value(NamedTuple):
    field: str
    rank: int
    label: str
    text: str
    snippet: str
    hidden: bool


def find_document(
    doc: Document, layout: Layout, zone: Zone, kept: list[int]
) -> tuple[PolicyDocument | None, dict[str, Evidence | None]]:
    """The document's own words, and evidence by `document.<field>`; (None, {}) where the page is no policy document.

    It is one that has a number, an index number, a type or a validity, or says both who issued it and when it was written.
    """
    found = [value for i in _places(layout, zone) for value in _values(doc, layout, i, before=i < zone.start)]
    candidates: dict[str, list[Candidate]] = {}
    for value in found:
        text = _parse(value.field, value.text)
        if text:
            weight = (10.0 - 0.1 * value.rank) * (0.3 if value.hidden else 1.0)
            rule = f"label {value.label}"
            candidates.setdefault(value.field, []).append(
                Candidate(value=text, rule=rule, snippet=value.snippet, weight=weight)
            )
    for line in _under_headline(layout, zone, kept):
        if match := _NUMBER.fullmatch(line.text):
            candidates.setdefault("document_number", []).append(
                Candidate(value=squeeze(match["number"]), rule="line of its own", weight=5.0)
            )
    if not (candidates.keys() & _TELLING or candidates.keys() >= {"issuer", "written_on"}):
        return None, {}
    chosen = {field: choose(some) for field, some in candidates.items()}
    evidence = {f"document.{field}": why for field, (_, why) in chosen.items()}
    return PolicyDocument(**{field: value for field, (value, _) in chosen.items()}), evidence


def _places(layout: Layout, zone: Zone) -> Iterator[int]:
    """Numbers of the short lines before the text, and of its first ones, that may hold a label."""
    for i, line in enumerate(islice(layout.lines, zone.start + _HEAD)):
        if line.size <= _LONGEST and (not line.links or line.links < line.size) and _TOKEN.search(line.text):
            yield i


def _under_headline(layout: Layout, zone: Zone, kept: list[int]) -> Iterable[Line]:
    """The visible lines between headline and text, and the first of the text."""
    places = [*range(zone.title_stop, zone.start), *kept[:2]]
    return [line for i in places[:_HEAD] if not (line := layout.lines[i]).hidden]


def _values(doc: Document, layout: Layout, i: int, *, before: bool) -> Iterator[_Value]:
    """The labelled values of one line; in the text (not `before` it) only those whose label begins the line."""
    line = layout.lines[i]
    text = spaced(doc, layout, line)
    begins = _LABEL.match(text)
    if begins and not text[begins.end() :].strip():
        yield from _beside(doc, layout, i, compact(begins[1]))
        return
    half = halfwidth(text)
    marks = find_marks(half) if before or begins else []
    for k, mark in enumerate(marks):
        glued = mark.start > 0 and is_han(half[mark.start - 1]) and len(mark.label) < 4
        if mark.label in _FIELD and not glued:
            stop = marks[k + 1].start if k + 1 < len(marks) else len(text)
            yield _value(mark.label, text[mark.end : stop], text, line)
    if begins and not marks:  # no colon: an element of its own holds the label
        yield _value(compact(begins[1]), text[begins.end() :], text, line)


def _value(label: str, value: str, snippet: str, line: Line) -> _Value:
    field, rank = _FIELD[label]
    return _Value(field, rank, label, value, snippet, line.hidden)


def _beside(doc: Document, layout: Layout, i: int, label: str) -> Iterator[_Value]:
    """The value of a label that has a box of its own: the next box, or, in a row of labels, the cell below."""
    line = layout.lines[i]
    box = line.block
    while doc.parent[box] > 0 and doc.tag[box] not in _CELLS and doc.size(doc.parent[box]) == doc.size(box):
        box = doc.parent[box]
    beside = _next_box(doc, box)
    small = beside >= 0 and doc.size(beside) <= _LONGEST and doc.end[beside] - beside <= MAX_ROW
    text = doc.text(beside, " ") if small else ""
    if doc.size(box) > line.size:  # label and value share a box, a line each
        following = layout.lines[i + 1 : i + 2]
        text = following[0].text if following and doc.within(following[0].node, box) else ""
    elif doc.tag[box] in _CELLS and (not text or _is_label(text)):
        text = below(doc, box) if _in_row_of_labels(doc, box) else ""
    if text and not _is_label(text):
        yield _value(label, text, f"{line.text} {text}", line)


def _is_label(text: str) -> bool:
    if compact(text).rstrip(":：") in FIELD:
        return True
    match = _LABEL.match(text)
    return match is not None and (match["sign"] != " " or not text[match.end() :].strip())


def _next_box(doc: Document, box: int) -> int:
    """The element after a box within its parent, -1 where there is none."""
    n, stop = doc.end[box], doc.end[doc.parent[box]]
    while n < stop and doc.tag[n].startswith("-"):
        n = doc.end[n]
    return n if n < stop else -1


def _in_row_of_labels(doc: Document, cell: int) -> bool:
    """Whether every cell of a cell's row has a few words and no number: a head, whose values stand in the next row."""
    texts = [doc.text(c) for c in row_cells(doc, doc.parent[cell])]
    return len(texts) > 1 and all(text and not _NUMERAL.search(text) and len(text) < 10 for text in texts)


def _parse(field: str, text: str) -> str:
    """A value as its field has it: days as YYYY-MM-DD; '' where the text is none or says that there is none."""
    text = squeeze(text)
    if field in _DATES:
        return day(parse_date(text) or "")
    if field in _NUMBERS:
        text = text.split("  ")[0].strip(" :：;；,，|")
        return text if len(text) <= 80 and _NUMERAL.search(text) else ""
    value = clean_value(text)
    if not value and field == "issuer" and len(text) <= 80 and "。" not in text:
        value = text  # several offices, parted by commas
    return "" if _MISSING.fullmatch(value) or not han_count(value) else value
