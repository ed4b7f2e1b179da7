"""The writer as the text itself names him: datelines at the start, names in brackets and credit lines at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scraper.read.labels import is_person, join_names
from scraper.read.rules import Candidate
from scraper.text import squeeze

_NAMES = r"(?P<names>[\u3400-\u9fff·]{1,4}(?:[\s、,，/]{1,4}[\u3400-\u9fff·]{1,5}){0,8})"
_ROLE = r"(?:本报|本网|本台|特约|特派|实习|见习|全媒体|融媒体|首席|\S{2,10}(?:报|网|社|月谈|融媒体|新闻|客户端|电视台))?\s?(?:记者|通讯员|特约通讯员|撰稿人|报道员)"
_HEAD_BRACKET = re.compile(r"[（(](?:\S{0,8}?)(?:记者|通讯员)\s?[:：]?\s?" + _NAMES + r"\s?[）)]")
_HEAD_REPORT = re.compile(r"(?:记者|通讯员)\s?" + _NAMES + r"\s?(?:报道|[)）]?\s?文)")
_ALONE = re.compile(r"^[□■◎●\s]*" + _ROLE + r"\s?[:：]?\s?" + _NAMES + r"$")
_TEXT_BY = re.compile(r"^[\W_]*(?:撰?文|作者|文字)\s?[/／:：|丨︱]\s?(?P<rest>[^:：/／]{2,40}?)(?:\s+(?:图|摄影|图片|编辑)\s?[/／:：].*)?[\W_]*$")
_TAIL_BRACKET = re.compile(r"[（(]\s?(?P<inner>[^（()）]{2,90}?)\s?[）)]?[。\s]*$")
_INNER_LABEL = re.compile(
    r"^(?:作者|文|撰文|撰稿|供稿|图文|文/图|图/文|文图|(?:\S{0,8}?(?:记者|通讯员))|采写)\s{0,2}[:：/／|]?\s?(?P<rest>.+)$"
)
_STOP = re.compile(r"[;；]|(?:图|摄影|编辑|审核|来源|责编|摄)\s?[/／:：]")
_PHOTO = re.compile(r"摄(?:影)?\s*$")
_SPLIT = re.compile(r"[\s、,，/和]+")


def names_of(text: str) -> str | None:
    """The text as a list of names, if it is nothing else; separators stay as they are."""
    text = join_names(text.strip(" 、,，。：:"))
    parts = [p for p in _SPLIT.split(text) if p]
    return text if parts and len(parts) <= 12 and all(is_person(p) for p in parts) else None


def find_signatures(paragraphs: list[str]) -> Iterator[Candidate]:
    """Candidates for the author from the first and the last paragraphs of the text."""
    for text in paragraphs[:3]:
        for pattern, weight in ((_HEAD_BRACKET, 5.0), (_ALONE, 6.0), (_HEAD_REPORT, 4.0)):
            match = pattern.search(text[:120])
            names = names_of(match["names"]) if match else None
            if names:
                yield Candidate(value=names, rule="dateline", snippet=text, weight=weight)
                break
        if len(text) < 60 and (credit := _credit(text)):
            yield Candidate(value=credit, rule="credit line", snippet=text, weight=6.0)
    for text in reversed(paragraphs[-4:]):
        names = _tail(text)
        if names:
            yield Candidate(value=names, rule="sign-off", snippet=text[-80:], weight=5.5)
        elif len(text) < 60 and (credit := _credit(text)):
            yield Candidate(value=credit, rule="credit line", snippet=text, weight=6.0)


def _credit(text: str) -> str | None:
    match = _TEXT_BY.match(squeeze(text))
    if not match or _PHOTO.search(text):
        return None
    return names_of(match["rest"]) or _last_name(match["rest"])


def _last_name(text: str) -> str | None:
    """A name behind its titles: `政能亮特约评论员 韩涵`."""
    parts = _SPLIT.split(text.strip())
    return parts[-1] if len(parts) > 1 and is_person(parts[-1]) else None


def _tail(text: str) -> str | None:
    match = _TAIL_BRACKET.search(text[-110:])
    if not match or _PHOTO.search(match["inner"]):
        return None
    inner = _STOP.split(match["inner"])[0].strip(" ,，、")
    labelled = _INNER_LABEL.match(inner)
    if labelled:
        rest = labelled["rest"].strip(" ,，、")
        return names_of(rest) or _last_name(rest) or _glued(rest)
    return names_of(inner) or (_last_name(inner) if len(inner) < 24 and "《" not in inner else None)


def _glued(text: str) -> str | None:
    """Titles and name without a blank: `…代表作《某书》高金波`: only what stands behind a closing mark is sure."""
    tail = re.split(r"[》、，,；）)]", text)[-1]
    return tail if tail != text and is_person(tail) else None
