"""The writer as the text itself names him: datelines at the start, names in brackets and credit lines at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scraper.read.article.labels import (
    FIELD,
    NAMES,
    credit_of,
    is_person,
    last_name,
    name_behind_office,
    names_of,
)
from scraper.read.rules import Candidate
from scraper.text import compact

_HEAD_BRACKET = re.compile(r"[（(](?:[^（()）。]{0,24}?)(?:记者|通讯员)\s?[:：]?\s?" + NAMES + r"\s?[）)]")
_HEAD_WIRE = re.compile(r"(?:电|讯)\s?[（(]\s?" + NAMES + r"\s?[）)]")
_HEAD_REPORT = re.compile(r"(?:记者|通讯员)\s?" + NAMES + r"\s?(?:报道|[)）]?\s?文)")
_TAIL_BRACKET = re.compile(r"[（(]\s?(?P<inner>[^（()）]{2,90}?)\s?[）)]?[。\s]*$")
_INNER_LABEL = re.compile(
    r"^(?:作者|文/图|图/文|文图|图文|文|撰文|撰稿|供稿|(?:\S{0,8}?(?:记者|通讯员))|采写)\s{0,2}[:：/／|]?\s?(?P<rest>.+)$"
)
_LABELLED = re.compile(r"^(?P<label>[^:：]{1,8}?)\s?[:：]\s?(?P<rest>.+)$")
_STOP = re.compile(r"(?:图|摄影|编辑|审核|来源|责编|摄)\s?[/／:：]")
_ROLES = re.compile(r"\s(?:本报|本网|本台|特约|实习|见习|全媒体)?(?:记者|通讯员|实习生)\s?[:：]?\s")
"""Between the names of reporters and those of correspondents."""
_REPORTS = re.compile(r"\s?(?:文\s?[/、]?\s?图|图\s?[/、]?\s?文|摄影报道|报道|报导|供稿|撰稿|撰文|文)$")
_ENGLISH = re.compile(
    r"\((?:Reported|Reporting|Written|Story|Text) by (?P<name>[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,3})[^()]{0,60}\)\W*$"
)
_PICTURED = re.compile(r"^(?:图片?|摄影?)\s?[/／:：]\s?[\u3400-\u9fff]{2,4}\s+(?=文)")
"""Who took the pictures, before who wrote: 图/王某某 文/…"""
_GUIDED = re.compile(r"\s+指导(?:教师|老师)?\s?[:：]?\s?[\u3400-\u9fff]{2,4}$")
_COUNTS = re.compile(r"\s(?:浏览|阅读|点击|评论)(?:量|次数|数)?\s?[:：].*$")
_PHOTO = re.compile(r"摄(?:影)?\s*$")


def find_signatures(paragraphs: list[str], between: list[str]) -> Iterator[Candidate]:
    """Candidates for the author from the lines between headline and text, and the first and last paragraphs."""
    for text in (piece for line in between for piece in (line, *re.split(r"\s[|｜丨]\s", line)[1:])):
        if credit := credit_of(_COUNTS.sub("", text)):
            yield Candidate(value=credit, rule="credit line", snippet=text, weight=6.5)
    for text in paragraphs[:3]:
        for pattern, weight in ((_HEAD_BRACKET, 5.0), (_HEAD_WIRE, 5.0), (_HEAD_REPORT, 4.0)):
            match = pattern.search(text[:120])
            names = names_of(_ROLES.sub(" ", match["names"])) if match else None
            if names:
                yield Candidate(value=names, rule="dateline", snippet=text, weight=weight)
                break
        if credit := credit_of(text):
            yield Candidate(value=credit, rule="credit line", snippet=text, weight=6.0)
    for text in reversed(paragraphs[-4:]):
        if names := _tail(text):
            yield Candidate(value=names, rule="sign-off", snippet=text[-80:], weight=5.5)
        elif credit := credit_of(text):
            yield Candidate(value=credit, rule="credit line", snippet=text, weight=6.0)


def _tail(text: str) -> str | None:
    if english := _ENGLISH.search(text[-110:]):
        return english["name"]
    match = _TAIL_BRACKET.search(text[-110:])
    if not match or _PHOTO.search(match["inner"]):
        return None
    inner = re.split(r"[;；]", match["inner"])[0].strip(" ,，、")
    if names := names_of(inner):
        return names
    inner = _REPORTS.sub("", _GUIDED.sub("", _PICTURED.sub("", inner)))
    labelled = _LABELLED.match(inner)
    if not labelled or FIELD.get(compact(labelled["label"])) != "author":
        labelled = _INNER_LABEL.match(inner)
    if labelled:
        rest = _ROLES.sub(" ", _STOP.split(labelled["rest"])[0]).strip(" ,，、")
        return names_of(rest) or last_name(rest) or _glued(rest)
    if names := names_of(inner):
        return names
    if len(inner) > 24 or "《" in inner or not is_office(inner):
        return None
    return _of_offices(inner) or last_name(inner) or name_behind_office(inner) or None


_SPEAKING = re.compile(r"[的了是在为由与和]|简称|以下|附|见|详|第|年|月|日|\d|：|:")


def is_office(text: str) -> bool:
    """Whether a bracket can be a sign-off and not a remark: no words of a sentence, no number."""
    return _SPEAKING.search(text) is None


def _of_offices(text: str) -> str | None:
    """The names of `某局 王某 某站 李某`: each office is followed by its people."""
    parts = text.split()
    names = [p for p in parts if is_person(p)]
    offices = [k for k, p in enumerate(parts) if not is_person(p)]
    followed = all(len(parts[k]) > 2 and k + 1 < len(parts) and k + 1 not in offices for k in offices)
    return " ".join(names) if len(offices) > 1 and followed else None


def _glued(text: str) -> str | None:
    """Titles and name without a blank: `…代表作《某书》王某某`: only what stands behind a closing mark is sure."""
    tail = re.split(r"[》、,，；）)]", text)[-1]
    return tail if tail != text and is_person(tail) else None
