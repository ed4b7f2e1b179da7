"""The headline: lines and elements that could be it, weighed by what confirms them.

Evidence, none of it obeyed alone: ArticleTitle meta, <title> (site and column names cut off), heading tags, classes,
a byline right below, and against it: links, breadcrumbs, footers, the site's own name.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise

from scraper.model import Evidence
from scraper.read.article.labels import GENRES, is_byline, is_organisation, label_before
from scraper.read.article.sight import Headline
from scraper.read.dates import find_dates, is_leaf
from scraper.read.dom import Document
from scraper.read.layout import CRUMB, FOOTER, GAP, Layout, Line, spaced
from scraper.read.marks import NO_TITLE, TITLE
from scraper.read.rules import Candidate, Page, choose
from scraper.text import compact, halfwidth, han_count, squeeze

MAX_TITLE = 160
_TAGS = re.compile(r"<[^<>]{0,300}>")
_HEADINGS = {
    "h1": 2.2,
    "h2": 1.8,
    "h3": 1.4,
    "h4": 1.0,
    "h5": 0.8,
    "h6": 0.6,
    "ucaptitle": 3.0,
    "founder-title": 3.0,
}
_TITLE_METAS = ("ArticleTitle", "og:title", "twitter:title")
_SPLIT = re.compile(r"\s*[-_|—–﹣－<>»›·•:：,，丨]+\s*|\s{2,}")
_CIPHER = re.compile(r"[\d\W_]")
_META_BOUND = 400


_INLINE = frozenset("b strong font span".split())
"""What templates without headings put a headline into, its lines parted by <br>."""
_NEVER = frozenset("a body ul li form table script img link meta input iframe html".split())


@dataclass(frozen=True, slots=True)
class _Rival:
    text: str
    start: int
    stop: int
    rule: str
    score: float


def plain(text: str) -> str:
    """A title without markup that was escaped into it (<br>, whole <h1 style=…>)."""
    for _ in range(2):
        if "&" in text:
            text = html.unescape(text)
    return squeeze(_TAGS.sub(" ", text)) if "<" in text else squeeze(text)


def find_title(page: Page, layout: Layout, bylines: Iterable[int], told: Iterable[str] = ()) -> Headline:
    """The headline of a page, or one without text. `bylines`: numbers of the lines that look like a byline; `told`: what an
    information table gives as the title."""
    doc = page.doc
    metas = [*(plain(doc.meta(name)[:_META_BOUND]) for name in _TITLE_METAS), *told]
    names = {compact(doc.meta(n)) for n in ("SiteName", "og:site_name")} - {""}
    column = compact(doc.meta("ColumnName"))
    names |= {column} if 0 < len(column) <= _COLUMN else set()
    wanted = _Wanted(plain(doc.title[:_META_BOUND]), [m for m in metas if m], names)
    # a calendar leaf dates the headline below it, not the one above
    below = sorted(i for i in set(bylines) if not is_leaf(layout.lines[i].text))
    place = _Place(doc, layout, set(below))
    rivals = [_weigh(doc, layout, r, wanted, below, place) for r in _rivals(page, layout, wanted, below)]
    rivals = [r for r in rivals if r.score > 0]
    if not rivals:
        return _from_metas(doc, layout, wanted)
    best = max(rivals, key=lambda r: (r.score, -r.start))
    if best.score < 3.0:
        return _from_metas(doc, layout, wanted, None if place.behind(best) else best)
    best = next((r for r in rivals if _is_copied(r, best)), best)
    others = [Candidate(value=r.text, rule=r.rule, weight=r.score) for r in rivals if r is not best]
    others = sorted(others, key=lambda c: -c.weight)[:3]
    text, evidence = choose([Candidate(value=best.text, rule=best.rule, weight=best.score), *others])
    return Headline(text=text, start=best.start, stop=best.stop, evidence=evidence, score=best.score)


def _is_copied(rival: _Rival, best: _Rival) -> bool:
    """Whether the best is the headline of a second copy of the article, for phones, and this that of the first."""
    apart = best.start - rival.start > _COPY
    return apart and rival.score >= 2.0 and compact(rival.text) == compact(best.text)


class _Wanted:
    """What the head of the page says the headline is."""

    __slots__ = ("long", "metas", "names", "parts", "title", "whole")

    def __init__(self, title: str, metas: list[str], names: set[str]) -> None:
        self.title = title
        self.whole = compact(title).lower()
        self.parts = [compact(p).lower() for p in _SPLIT.split(title) if p]
        self.long = [p for p in self.parts if len(p) > 7]
        # a meta that says what the <title> ends with names the site
        site = {self.parts[-1]} if len(self.parts) > 1 else set()
        self.metas = [own for m in metas if (own := compact(m).lower()) not in site]
        self.names = {n.lower() for n in names}

    def mentions(self, text: str) -> bool:
        """Whether the head of the page holds a text, or a piece of it: a cheap look before it is weighed."""
        bare = text.replace(" ", "").lower()
        if bare in self.whole:
            return True
        for meta in self.metas:
            if bare in meta or meta in bare:
                return True
        return bool(self.long) and any(part in bare for part in self.long)

    def agreement(self, text: str) -> float:
        """How much the page's head confirms a text as the headline: 0 (nothing) to about 9."""
        bare = compact(text).lower()
        if not bare:
            return 0.0
        score = 0.0
        if bare in self.metas:
            score += 5.0
        elif any(len(bare) > 7 and (bare in m or (len(m) > 7 and m in bare)) for m in self.metas):
            score += 3.0
        if bare == self.whole:
            score += 4.0
        elif len(bare) > 3 and bare in self.whole:
            score += 1.5 + min(2.5, len(bare) / 8) + 0.5 * self.whole.startswith(bare)
        elif any(len(p) > 7 and (bare.startswith(p.rstrip(".…")) or p in bare) for p in self.parts):
            score += 2.0
        if len(bare) <= _NAMELY and bare not in GENRES:
            score = min(score, 1.0)
        if bare in self.names:
            score -= 5.0
        elif len(self.parts) > 1 and bare in self.parts:
            # site and column names follow the headline, or stand before it and are shorter
            longest = len(bare) == max(map(len, self.parts))
            score += 1.0 if longest or bare == self.parts[0] or bare in GENRES else -1.5
        return score


def _rivals(page: Page, layout: Layout, wanted: _Wanted, below: list[int]) -> Iterator[_Rival]:
    doc, lines = page.doc, layout.lines
    seen: set[tuple[int, int]] = set()
    for rule, css in page.selectors("title"):
        for n in doc.select(css)[:4]:
            yield from _element(doc, layout, n, rule, 4.0, seen)
    for n in doc.elements_of(_HEADINGS):
        yield from _element(doc, layout, n, doc.tag[n], _HEADINGS[doc.tag[n]], seen)
    for n in layout.marked:
        if layout.kinds[n] & TITLE and doc.tag[n] not in _NEVER:
            yield from _element(doc, layout, n, "class", 1.0, seen)
    for b in below[:_DATED_LINES]:
        for head in (_dated(lines[b].text), _before_byline(spaced(doc, layout, lines[b]))):
            if head:
                yield _Rival(head, b, b + 1, "dated line", 0.0)
    before = {b - k for b in below for k in (1, 2, 3)}
    named = {wanted.whole, *wanted.metas, *wanted.parts[:1]}
    told = set(below)
    for i, line in enumerate(lines):
        bare = compact(line.text).lower()
        long_enough = len(line.text) > 3 or (len(bare) > 1 and (bare in named or bare in GENRES))
        if (
            long_enough
            and len(line.text) <= MAX_TITLE
            and ((i in before and i not in told) or wanted.mentions(line.text))
            and (i, i + 1) not in seen
        ):
            yield _Rival(line.text, i, i + 1, "line", 0.0)
            if doc.tag[up := doc.parent[line.node]] in _INLINE and len(layout.within(doc, up)) > 1:
                yield from _element(doc, layout, up, "lines", 0.5, seen)
    for i, (line, after) in enumerate(pairwise(lines) if wanted.metas else ()):
        if line.block == after.block and line.size + after.size <= MAX_TITLE and (i, i + 2) not in seen:
            joined = join_lines([line.text, after.text])
            if compact(joined).lower() in wanted.metas:
                yield _Rival(joined, i, i + 2, "lines", 0.0)  # parted by <br>


def _element(
    doc: Document, layout: Layout, n: int, rule: str, weight: float, seen: set[tuple[int, int]]
) -> Iterator[_Rival]:
    """An element as one headline; its lines after a date or a byline's colon are not part of it."""
    own = layout.within(doc, n)
    if not 1 <= len(own) <= 5 or not 1 < doc.size(n) <= MAX_TITLE * 2:
        return
    stop = own.start
    for i in own:
        if i > own.start and is_byline(layout.lines[i].text):
            break
        stop = i + 1
    if (own.start, stop) in seen:
        return
    seen.add((own.start, stop))
    parts = [layout.lines[i].text for i in range(own.start, stop)]
    if len(parts) == 1 and layout.lines[own.start].last >= doc.end[n]:
        inside = doc.text(n)  # the rest of the line is its byline
        parts = [inside] if inside and is_byline(parts[0].removeprefix(inside).strip()) else parts
    text = without_date(join_lines(parts)) if len(parts) > 1 else without_date(_without_tag(doc, n, parts[0]))
    if 1 < len(text) <= MAX_TITLE:
        yield _Rival(text, own.start, stop, rule, weight)


def _without_tag(doc: Document, n: int, text: str) -> str:
    """A headline without the short link behind it in its heading: the tag it is sorted under."""
    if not 0 < doc.link_size(n) <= _TAG or doc.size(n) < 3 * _TAG:
        return text
    tags = [doc.text(a) for a in doc.elements("a", n)]
    return text.removesuffix(tags[-1]).rstrip() if tags and tags[-1] else text


_TAG = 4  # characters of a tag


def _dated(text: str) -> str:
    """What stands before the date that ends a line, if that is more than a label: the headline of a card."""
    found = find_dates(text)
    if not found or text[found[-1].end :].strip(" ()（）[]【】"):
        return ""
    head = text[: found[0].start].rstrip(" (（[【")
    if len(head) < 4 or ":" in halfwidth(head) or label_before(head, len(head)):
        return ""
    return head


def _before_byline(text: str) -> str:
    """What stands before the byline on its line, in an element of its own: both may be blocks by their style alone."""
    head, gap, rest = text.partition(GAP)
    fit = gap and 4 < len(head) <= MAX_TITLE and ":" not in halfwidth(head[:6])
    return head if fit and is_byline(rest) and not is_byline(head) else ""


_PAGES = re.compile(r"[上下]一?页\s|尾页|末页")
_SORTS = re.compile(r"^\W{0,2}(?:所属)?(?:分\s?类|类\s?别|栏\s?目|标\s?签|关键[词字])\s?[:：]")
"""What an article is sorted under."""


def join_lines(parts: list[str]) -> str:
    """Lines of one headline as one: nothing between two wide characters that a <br> parted, else a blank."""
    out = parts[0] if parts else ""
    for part in parts[1:]:
        out += part if out and part and min(out[-1], part[0]) >= _WIDE else " " + part
    return out


_WIDE = "\u3001"  # from here on characters are Chinese, their punctuation too


def without_date(text: str) -> str:
    """A headline without the publication date that templates print behind it: 标题 (2024-05-11)."""
    if not text[-1:].isdigit() and text[-1:] not in ")）]】日":
        return text
    found = find_dates(text)
    if found and found[-1].start > 4 and not text[found[-1].end :].strip("()（）[]【】 "):
        head = text[: found[-1].start]
        if head[-1] in " (（[【" and "日" not in text[found[-1].start :]:
            return head.rstrip("(（[【 ")
    return text


class _Place:
    """What the page's lines say against a place: how much text is left below it, and which words menus and headings use."""

    __slots__ = ("footer", "menu", "repeated", "text")

    def __init__(self, doc: Document, layout: Layout, bylines: set[int]) -> None:
        told = [w if w > 0 and i not in bylines else 0.0 for i, w in enumerate(layout.weights)]
        self.text = list(accumulate(told, initial=0.0))
        self.menu = {x.text.replace(" ", "") for x in layout.lines if x.size <= _MENU and x.links == x.size}
        self.footer = "".join(compact(x.text) for x in layout.lines[-_FOOT:] if FOOTER.search(x.text))
        own = [(doc.parent[n], doc.tag[n]) for n in doc.elements_of(_HEADINGS)]
        self.repeated = {box for box, count in Counter(own).items() if count >= _SECTIONS}

    def behind(self, rival: _Rival) -> bool:
        """Whether nearly all text stands above it: a signature, not a headline."""
        whole = self.text[-1]
        return whole > _SOME_TEXT and whole - self.text[rival.stop] < 0.2 * whole

    def is_column(self, rival: _Rival) -> bool:
        """Whether it is a word of the page's menu."""
        name = compact(rival.text)
        return len(rival.text) <= _MENU and name in self.menu and name not in GENRES

    def against(self, doc: Document, layout: Layout, rival: _Rival) -> float:
        """How much less a rival is worth: behind the text, one of many headings of its kind in one box."""
        section = 0.0
        if rival.rule in _HEADINGS and self.repeated:
            up = layout.lines[rival.start].node
            section = _HEADINGS[rival.rule] * any(
                (doc.parent[n], rival.rule) in self.repeated for n in doc.ancestors(up, 6)
            )
        return 3.0 * self.behind(rival) + section


def _is_site(rival: _Rival, wanted: _Wanted) -> bool:
    """Whether a text is an organisation's name that the whole <title> is too, or its last part."""
    if len(rival.text) > _NAME or rival.text.endswith("》") or not is_organisation(rival.text):
        return False
    name = compact(rival.text).lower()
    return name == wanted.whole or (len(wanted.parts) > 1 and name == wanted.parts[-1])


_FAINT = 0.5  # what a class or heading is worth where the <title> is but the site's name
_NAMELY = 4  # characters of a name in the page's head, of a column or an app; no news is called so
_LINK = 8  # characters of a link that is a headline
_BELOW = 6  # lines from a headline down to its byline
_COPY = 8  # lines from one copy of an article to the next
_FOOT = 12  # lines at the end of a page among which its footer is
_NAME = 20  # characters of the longest name of a site
_DATED_LINES = 40  # lines with a date that are looked at for a headline: a card has one, a list has too many
_FEW = 50  # neighbours that are looked at: a list shows what it is at its beginning
_COLUMN = 12  # characters of the longest name of a column; templates put the headline in its place
_MENU = 6  # characters of the longest word of a menu
_SECTIONS = 3  # headings of one kind from which they are the sections' (a kicker, a headline and a subtitle are three lines of one)
_SOME_TEXT = 100.0  # weight of text below which nothing can be said to stand behind it


def _weigh(
    doc: Document, layout: Layout, rival: _Rival, wanted: _Wanted, below: list[int], place: _Place
) -> _Rival:
    lines = layout.lines
    line = lines[rival.start]
    size = sum(lines[i].size for i in range(rival.start, rival.stop))
    links = sum(lines[i].links for i in range(rival.start, rival.stop))
    score = rival.score - place.against(doc, layout, rival) - _wording(rival.text)
    # a word of the menu is the column's name, which the head tells too
    score += -1.0 if place.is_column(rival) else wanted.agreement(rival.text)
    if links * 2 > size:
        score -= 4.0
    if line.hidden:
        score -= 2.5
    if any(pattern.search(rival.text) for pattern in (CRUMB, _SORTS, _PAGES, FOOTER)) or is_byline(
        rival.text
    ):
        score -= 5.0
    if rival.rule == "line" and _signs(lines, rival):
        score -= 4.0
    if rival.stop < len(lines) and _LINK <= lines[rival.stop].links == lines[rival.stop].size:
        score -= 1.0  # the heading of a list
    following = bisect_left(below, rival.stop)
    gap = below[following] - rival.stop if following < len(below) else len(lines)
    if rival.start and is_leaf(lines[rival.start - 1].text):
        score += 3.0
    if rival.rule == "dated line":
        score += 3.0
    elif gap <= _BELOW:
        score += 3.0 - 0.4 * gap
    beside = gap <= (compact(rival.text).lower() == wanted.whole)
    if _is_site(rival, wanted) and (not beside or compact(rival.text) in place.footer):
        score -= 6.0
    score -= 2.5 * _in_furniture(doc, layout, line.node)
    score -= min(2.0, rival.start / 150)
    return _Rival(rival.text, rival.start, rival.stop, rival.rule, score)


def _wording(text: str) -> float:
    """How much the words of a text speak against a headline: too few of them, numbers, sentences, a subtitle's dash."""
    against = 0.0
    letters = han_count(text)
    if letters < 4 and len(text) < 8 and compact(text) not in GENRES:
        against += 1.0
    if letters < 4 and 2 * len(_CIPHER.findall(text)) > len(text):
        against += 3.0  # an index number, a phone number, a count
    if text[-1] in "。；：:;":
        against += 2.0
    if "。" in text[:-1]:
        against += 6.0  # two sentences
    if text.count("，") > 1 and text[-1] == "。":
        against += 3.0  # a sentence, and one of running text
    if text[0] in "—–":
        against += 2.0  # a subtitle, which a dash begins
    return against


def _signs(lines: list[Line], rival: _Rival) -> bool:
    """Whether an organisation's name stands between a sentence and a bare day: it signs the text."""
    if not rival.start or rival.stop >= len(lines) or not is_organisation(rival.text):
        return False
    after = lines[rival.stop].text
    found = find_dates(after)
    return (
        bool(found)
        and found[0].end - found[0].start >= len(after) - 1
        and lines[rival.start - 1].text[-1] in "。！”"
    )


def _in_furniture(doc: Document, layout: Layout, n: int) -> bool:
    for depth, up in enumerate(doc.ancestors(n, 8)):
        if doc.tag[up] in ("nav", "footer", "aside") or (doc.tag[up] == "li" and _has_twin(doc, up)):
            return True
        if depth < 4 and layout.kinds[up] & NO_TITLE:
            return True
    return False


def _has_twin(doc: Document, n: int) -> bool:
    """Whether an element has a neighbour of its kind: a list of one is a box."""
    siblings = islice(doc.children(doc.parent[n]), _FEW)
    return any(c != n and doc.tag[c] == doc.tag[n] and doc.size(c) for c in siblings)


def _from_metas(doc: Document, layout: Layout, wanted: _Wanted, weak: _Rival | None = None) -> Headline:
    """Where no line is fit: ArticleTitle as it stands, else the <title> without the parts that name site or column."""
    meta = plain(doc.meta("ArticleTitle")[:_META_BOUND])
    if meta:
        return Headline(text=meta, evidence=Evidence(rule="meta ArticleTitle", snippet=meta))
    if weak is not None and weak.score >= 1.0:
        return Headline(text=weak.text, start=weak.start, stop=weak.stop, evidence=Evidence(rule=weak.rule))
    first = title_part(wanted.title, wanted.names)
    if weak is not None and weak.score >= _FAINT and weak.rule != "line" and is_organisation(first or ""):
        return Headline(text=weak.text, start=weak.start, stop=weak.stop, evidence=Evidence(rule=weak.rule))
    if first and (
        han_count(first) > 5 or any(x.links < x.size and x.text.endswith(first) for x in layout.lines)
    ):
        return Headline(text=first, evidence=Evidence(rule="<title>", snippet=wanted.title))
    return Headline(text=None)


_SITE = re.compile(r"网$|网站$|门户$|官网|政府$|信息网|大学$|学院$|中心$|协会$|委员会$|局$|厅$")


def title_part(title: str, names: set[str]) -> str | None:
    """The part of a <title> that may be the headline: without site and column names; None if none is left.

    Site names stand behind the headline, also behind a bare hyphen, and a headline may hold hyphens itself.
    """
    parts = [p.strip() for p in re.split(r"\s*[_|<>»›]+\s*|\s+[-—–]+\s+|\s*-{2,}\s*", title) if p.strip()]
    kept = [p for p in parts if compact(p).lower() not in names and not (_SITE.search(p) and len(parts) > 1)]
    best = max(kept, key=len, default="")
    head, hyphen, tail = best.rpartition("-")
    while hyphen and (_SITE.search(tail) or compact(tail).lower() in names):
        best = head.strip()
        head, hyphen, tail = best.rpartition("-")
    return best if han_count(best) > 1 and not _PORTAL.search(best) else None


_PORTAL = re.compile(r"(?:信息|新闻)网$|网站$|门户$|官网$")
"""Ends of a title that is nothing but the site's name: no news is called so."""
