"""What the markup says of a byline's values where no word does: classes that name the field, the eye beside a count, a paper's marks,
`<time datetime>` (HTML standard, the time element) behind "3 days ago".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scraper.read.article.facts import text_facts
from scraper.read.article.sight import Zone
from scraper.read.article.values import clean_value
from scraper.read.dates import Found, find_dates, in_china, moment, parse_date
from scraper.read.dom import Document
from scraper.read.layout import Layout, Line, spaced
from scraper.read.rules import Candidate, Page
from scraper.text import compact, squeeze

SOURCE = re.compile(r"source|laiyuan|(?:^|[\W_])(?:ly|src)(?:$|[\W_])|origin|media_name|mediaName", re.I)
AUTHOR = re.compile(r"author|zuozhe|writer", re.I)
_VIEWS = re.compile(
    r"(?:^|[^a-z])(?:eyes?|views?|viewed|hits?|reads?|pv|browse|clicks?|liulan|llcs|lll|yuedu|ydl|djl|dianji)(?:[^a-z]|$)"
    r"|(?:view|read|hit|click|browse)[-_]?(?:count|num|times)|(?:liulan|yuedu|dianji)",
    re.I,
)
_ICONS = frozenset(("i", "em", "span", "img", "svg", "b"))
_COUNT = re.compile(r"\d{1,9}|\d{1,3}(?:,\d{3}){1,2}")
_PAPER = re.compile(r"(《[^《》]{1,12}(?:报|刊|网|杂志|画报|导报)》)\s")
_ENGLISH = re.compile(
    r"(?:^|[|(]|\s{2})\s{0,3}((?:[A-Z][A-Za-z]{1,20} ){0,4}(?:Daily|News|Times|Post|Agency|Weekly|Today|Xinhua)|[\w-]{2,30}(?:\.[\w-]{2,20}){0,2}\.(?:com|cn))"
    r"\s{0,3}(?:[|)]|\s{2}|Updated|Published)"
)
_MEDIUM = re.compile(
    r"[\u3400-\u9fff]{1,10}(?:新闻网|新华社|新华网|人民网|融媒体?(?:中心|客户端)?|新闻客户端|电视台|通讯社|周刊)"
    r"|[\u3400-\u9fff]{2,8}(?<![通公简汇预举海情警申填])报"
)
"""Names of papers and stations as they end."""
_UPDATED = re.compile(r"updated|modif", re.I)
_CLOCK = 0.5  # weight of what only adds the clock to a day that is told
_BARS = re.compile("[|｜丨]")
_TIMES = 40  # time elements that are looked at
_BELOW = 4  # lines below the text
_MAX_LINE = 60  # characters of a byline


def _beside(layout: Layout, zone: Zone) -> Iterator[Line]:
    """The lines between headline and text that may hold a byline."""
    for i in range(max(0, zone.title), min(zone.start, zone.title_stop + 8)):
        line = layout.lines[i]
        if not line.hidden and line.size <= _MAX_LINE:
            yield line


def marked(
    doc: Document, layout: Layout, zone: Zone, mark: re.Pattern[str], weight: float
) -> Iterator[Candidate]:
    """Unlabelled text beside the headline in an element whose class or id names the field."""
    for line in _beside(layout, zone):
        for n in range(line.block, min(line.last + 1, doc.end[line.block])):
            if doc.attrs[n] and 1 < doc.size(n) < 30 and mark.search(doc.marks(n)):
                text = squeeze(doc.raw_text(n))
                value = clean_value(text)
                if value and not find_dates(value) and not text_facts(text) and "：" not in value:
                    yield Candidate(value=value, rule="class", snippet=line.text, weight=weight)


def counted(
    doc: Document, layout: Layout, zone: Zone, bylines: Iterable[int], weight: float
) -> Iterator[Candidate]:
    """A bare number whose own element, or the icon before it, is named as that of the views: beside the headline, or in a
    byline below the text."""
    below = [layout.lines[i] for i in bylines if zone.stop <= i < zone.stop + _BELOW]
    for line in (*_beside(layout, zone), *below):
        for n in doc.texts_between(line.node, line.last):
            text = doc.data[n].strip()
            if not _COUNT.fullmatch(text):
                continue
            if any(_VIEWS.search(doc.marks(x)) or _VIEWS.search(doc.attr(x, "src")) for x in _named(doc, n)):
                yield Candidate(value=text.replace(",", ""), rule="icon", snippet=line.text, weight=weight)


def papers(doc: Document, layout: Layout, zone: Zone, weight: float) -> Iterator[Candidate]:
    """A paper's name between headline and text: in its marks (《某日报》) at the start of a line with more of a byline behind
    it, or between bars or gaps of an English one (By Li Na | China Daily | Updated: …)."""
    for line in _beside(layout, zone):
        english = _ENGLISH.search(spaced(doc, layout, line)) if _UPDATED.search(line.text) else None
        if english:
            yield Candidate(value=english[1], rule="paper's name", snippet=line.text, weight=weight)
        found = _PAPER.match(line.text)
        if found and (text_facts(line.text[found.end() :]) or find_dates(line.text[found.end() :])):
            yield Candidate(value=found[1], rule="paper's name", snippet=line.text, weight=weight)


def media(page: Page, layout: Layout, zone: Zone, weight: float) -> Iterator[Candidate]:
    """The name of a paper or station on a line of its own beside the day; never the page's own portal."""
    names = compact(page.doc.title + page.doc.meta("og:site_name") + page.doc.meta("SiteName"))
    lines = layout.lines
    for i in range(max(0, zone.title_stop), min(zone.start, zone.title_stop + 4)):
        text = lines[i].text
        days = find_dates(text, loose=True) if lines[i].size <= _MAX_LINE else []
        for name in _pieces(text, days):
            if _MEDIUM.fullmatch(name) and compact(name) not in names:
                yield Candidate(value=name, rule="a medium's name", snippet=text, weight=weight)
        beside = (lines[k].text for k in (i - 1, i + 1) if zone.title_stop <= k < zone.start)
        if _MEDIUM.fullmatch(text) and compact(text) not in names and any(find_dates(x) for x in beside):
            yield Candidate(value=text, rule="a medium's name", snippet=text, weight=weight)


def _pieces(text: str, days: list[Found]) -> Iterator[str]:
    """What stands before the day of a line, right behind it, and between its bars."""
    if days:
        yield text[: days[0].start].strip(" |｜丨")
        yield text[days[-1].end :].strip(" |｜丨").partition(" ")[0]
        yield from (piece.strip() for piece in _BARS.split(text)[1:-1])


def _named(doc: Document, n: int) -> Iterator[int]:
    """The elements that may say what a number is: the one it fills, and the empty one before either."""
    up = doc.parent[n]
    whole = doc.size(up) == doc.size(n)
    if whole:
        yield up
    for x in (n, up) if whole else (n,):
        before = _before(doc, x)
        if before >= 0 and doc.tag[before] in _ICONS and not doc.size(before):
            yield before


def _before(doc: Document, x: int) -> int:
    """The element before a node in its parent; -1 where none is."""
    last = -1
    for child in doc.children(doc.parent[x]):
        if child >= x:
            break
        last = child if doc.tag[child][:1].isalpha() else last
    return last


def timed(doc: Document, layout: Layout, zone: Zone, weight: float) -> Iterator[Candidate]:
    """The time elements between headline and text whose words are no full date ("3 days ago", 11月30日), and with little
    weight, for their clock, those around the text whose words are.
    """
    lines = layout.lines
    if not 0 <= zone.title < len(lines):
        return
    stop = lines[zone.start].node if zone.start < len(lines) else len(doc)
    late = min(zone.stop + _BELOW, len(lines) - 1)
    for n in doc.elements("time")[:_TIMES]:
        given, words = doc.attr(n, "datetime"), doc.text(n)
        if not lines[zone.title].node <= n <= lines[late].last or _UPDATED.search(doc.marks(n)):
            continue
        if value := moment(given, words):
            if n < stop:
                yield Candidate(value=value, rule="<time datetime>", snippet=words, weight=weight)
        elif len(given) <= 40 and (value := in_china(given)) and value[:10] == parse_date(words):
            yield Candidate(value=value, rule="<time datetime>", snippet=words, weight=_CLOCK)
