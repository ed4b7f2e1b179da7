"""The headline of an article whose page marks none: the line above the text, or its first."""

from __future__ import annotations

from scraper.model import Evidence
from scraper.read.article.labels import GENRES, is_byline
from scraper.read.article.sight import Body, Headline
from scraper.read.layout import CRUMB, Layout
from scraper.text import compact, han_count


def first_line(layout: Layout, body: Body) -> Headline:
    """The line above the text, or its first, as the headline, where nothing else on the page is one: short, no sentence, no
    address to its readers."""
    lines = layout.lines
    inside = range(body.start, body.stop)
    first = next((i for i in inside if lines[i].size > _LONG or lines[i].text[-1] == "。"), body.start)
    above = "line above the text"
    for i, rule in (
        (_up(layout, body.start), above),
        (_up(layout, first), above),
        (body.start, "first line"),
    ):
        line = lines[i] if 0 <= i < body.stop else None
        if line is not None and not line.links and compact(line.text) in GENRES:
            return Headline(text=line.text, start=i, stop=i + 1, evidence=Evidence(rule=rule))
        if line is None or line.links or not 4 < len(line.text) <= 60 or line.text[-1] in _SENTENCE_END:
            continue
        if not (
            is_byline(line.text)
            or han_count(line.text) < 4
            or CRUMB.search(line.text)
            or line.text.startswith("首页")
        ):
            return Headline(text=line.text, start=i, stop=i + 1, evidence=Evidence(rule=rule))
    return Headline(text=None)


def _up(layout: Layout, start: int) -> int:
    """The line above a text, but for subtitle, salutation, byline and letter sizes between it and the text; -1 where none is."""
    above = start - 1
    while start - above <= _BETWEEN and above > 0:
        text = layout.lines[above].text
        if text[0] not in "—–" and text[-1] not in "：:" and not is_byline(text):
            break
        above -= 1
    return above


_LONG = 60  # characters from which a line is a paragraph
_BETWEEN = 4  # lines of subtitle, byline and letter sizes between headline and text


_SENTENCE_END = "。；：:;，,、"
