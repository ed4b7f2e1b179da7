"""The main text: which element holds it, and which of its lines are the article.

Each line has a weight (running text for, links and furniture against); the container is the element with the greatest
sum, the smallest of those that share it. Containers that CMSs name (#zoom, .TRS_Editor …) and the family's selectors
weigh more, but never win without text. Of two copies of one text only the first counts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate

from scraper.model import Evidence
from scraper.read.article.pictures import is_content_image
from scraper.read.article.sight import Body, Headline
from scraper.read.dom import Document
from scraper.read.layout import FOOTER, Layout, block_of, ends_article
from scraper.read.marks import FURNITURE, MILD, STRONG
from scraper.read.rules import Page
from scraper.text import compact

_FOOT_TAGS = frozenset("footer nav aside header select".split())
_FOOT = re.compile(r"foot|bottom|copyright|banquan|link|comment|recommend|related?(?![a-z])", re.I)
"""Boxes with text of their own, which is all that a page of one picture has."""
_LITTLE = 8.0
"""Weight below which nothing is text: a word of four or five characters."""
_MAX_NAMED = 20
PICTURE = 25.0
"""What a picture of the article weighs, in characters of text."""


def find_body(page: Page, layout: Layout, headline: Headline, bylines: Iterable[int]) -> Body | None:
    """The container of the main text; None where no element holds text (or pictures) worth the name."""
    doc, lines = page.doc, layout.lines
    anchor = headline.stop if headline.start >= 0 else 0
    skip = set(bylines)
    furniture = _furniture(doc, layout, anchor, skip)
    show_hidden = not any(x.size > 30 and not x.hidden and x.links * 2 < x.size for x in lines)
    chosen = {n for _, css in page.selectors("body") for n in doc.select(css)[:3]}
    named = sorted(chosen | {n for n in layout.marked if layout.kinds[n] & STRONG})[:_MAX_NAMED]
    written = _covered(doc, named)
    places, weights = _weights(doc, layout, anchor, skip, furniture, show_hidden, written)
    sums = [0.0, *accumulate(weights)]
    best, top, low = -1, 0.0, 0.0
    for n in _boxes(doc, layout, places, weights):
        own = sums[bisect_left(places, doc.end[n])] - sums[bisect_left(places, n)]
        bonus = 1.25 if n in chosen else _bonus(layout.kinds[n])
        if own * bonus > top * 1.0005 or (
            own * bonus >= top * 0.9995 and doc.end[n] - n < doc.end[best] - best
        ):
            best, top, low = n, own * bonus, own
    if best < 0 or low < _LITTLE:
        return None
    own_lines = layout.within(doc, best)
    if len(own_lines) == 1 and doc.parent[best] >= 0:
        best, low, own_lines = _run(doc, layout, best, low, places, weights)
    if (
        _PICTURES * PICTURE
        <= low
        <= 3 * PICTURE * sum(is_content_image(doc, n) for n in doc.elements("img", best))
    ):
        best, own_lines = _with_story(doc, layout, best, own_lines, skip)
    start = max(own_lines.start, anchor if anchor < own_lines.stop else own_lines.start)
    return Body(
        node=best,
        start=start,
        stop=own_lines.stop,
        weight=low,
        evidence=_why(doc, layout, best, best in chosen),
    )


def _why(doc: Document, layout: Layout, n: int, chosen: bool) -> Evidence:
    """Why a box holds the text: the family says so, its name does, or its density."""
    named = f"mark {doc.marks(n)}" if _bonus(layout.kinds[n]) > 1 else "density"
    rule = "family" if chosen else named
    return Evidence(rule=rule.strip()[:60], snippet=f"<{doc.tag[n]}> {doc.marks(n)}".strip()[:80])


def _run(
    doc: Document, layout: Layout, best: int, low: float, places: list[int], weights: list[float]
) -> tuple[int, float, range]:
    """A paragraph that stands in the page itself, between menu and footer, with its neighbours that are text: (box, weight,
    lines); the paragraph alone where they add nothing. The heaviest run of the box (Kadane)."""
    box = doc.parent[best]
    first, stop = bisect_left(places, box), bisect_left(places, doc.end[box])
    top, span = 0.0, (first, first)
    total, begin = 0.0, first
    for k in range(first, stop):
        if total <= 0:
            total, begin = 0.0, k
        total += weights[k]
        if total >= top:
            top, span = total, (begin, k + 1)
    if top < low + _LITTLE:
        return best, low, layout.within(doc, best)
    return box, top, range(layout.at(places[span[0]]), layout.at(places[span[1] - 1] + 1))


def _with_story(doc: Document, layout: Layout, best: int, own: range, skip: set[int]) -> tuple[int, range]:
    """A box of pictures with their captions, together with the box right behind it where that begins with a paragraph."""
    i = own.stop
    if i >= len(layout.lines) or i in skip or layout.lines[i].hidden or layout.weights[i] < _PARAGRAPH:
        return best, own
    node = layout.lines[i].node
    for up in doc.ancestors(best, 3):
        behind = next((c for c in doc.children(up) if doc.within(node, c)), -1)
        if behind >= 0:
            return up, range(own.start, max(i + 1, layout.within(doc, behind).stop))
    return best, own


_PICTURES = 3  # pictures from which a box is one of pictures
_PARAGRAPH = 60.0  # weight of running text


def _furniture(doc: Document, layout: Layout, anchor: int, skip: set[int]) -> bytearray:
    """Which nodes stand in menus, footers, share bars and side boxes."""
    out = bytearray(len(doc))
    found = [*doc.elements_of(_FOOT_TAGS)]
    found += [n for n in layout.marked if layout.kinds[n] & FURNITURE]
    told = [w if w > 0 and i not in skip else 0.0 for i, w in enumerate(layout.weights)]
    text = list(accumulate(told, initial=0.0))
    for n in found:
        if out[n]:
            continue
        # a mark says nothing about what is in a wrapper of half the page, or of the first and most text below the headline
        own = layout.within(doc, n)
        first = anchor <= own.start and text[own.start] - text[anchor] < _LITTLE
        wide = first and 2 * (text[own.stop] - text[own.start]) > text[-1] and not _FOOT.search(doc.marks(n))
        if doc.tag[n] == "footer" or not (wide or doc.size(n) * 2 >= doc.chars[-1]):
            out[n : doc.end[n]] = b"\1" * (doc.end[n] - n)
    return out


def _covered(doc: Document, nodes: Iterable[int]) -> bytearray:
    """Which nodes stand in one of some subtrees."""
    out = bytearray(len(doc))
    for n in nodes:
        out[n : doc.end[n]] = b"\1" * (doc.end[n] - n)
    return out


def _weights(
    doc: Document,
    layout: Layout,
    anchor: int,
    skip: set[int],
    furniture: bytearray,
    show_hidden: bool,
    written: bytearray,
) -> tuple[list[int], list[float]]:
    """Weights of all lines and pictures in document order: (node numbers, weights)."""
    copies = _copies(layout, anchor, furniture, show_hidden)
    pairs: list[tuple[int, float]] = []
    read, ended, end = 0.0, False, len(doc)
    for i, line in enumerate(layout.lines):
        if line.hidden and not show_hidden:
            continue
        weight = layout.weights[i]
        if weight < 0 and "://" in line.text:
            weight = 0.3 * line.size  # an address that is shown is there to be read
        if weight < 0 and written[line.node] and not FOOTER.search(line.text):
            weight = 0.3 * line.size  # a list of links that somebody wrote into the article
        if weight > 0 and (furniture[line.node] or i in copies):
            weight = 0.0
        if i < anchor or (i in skip and read <= 20):
            weight = min(weight, -0.4 * min(line.size, 50))
        elif i in skip:
            # behind the text a name or a day is its signature, or a byline that comes late; behind a link, a row's
            weight = min(weight, -0.4 * min(line.size, 50)) if layout.lines[i - 1].links else 0.0
        elif weight > 0:
            read += weight
        if read > 20 and not ended:
            ended = ends_article(line.text)
            end = line.node if ended else end
        if ended and weight > 0:
            weight *= -0.1
        pairs.append((line.node, weight))
    floor = layout.lines[anchor - 1].node if anchor else 0
    for n in doc.elements("img"):
        if floor < n < end and not layout.hidden[n] and not furniture[n] and is_content_image(doc, n):
            pairs.append((n, PICTURE))
    pairs.sort()
    return [p[0] for p in pairs], [p[1] for p in pairs]


def _copies(layout: Layout, anchor: int, furniture: bytearray, show_hidden: bool) -> set[int]:
    """Lines that repeat earlier ones: long ones wherever they stand, and after such a line the short ones that follow in
    the same order (a second copy for phones repeats tables and names too)."""
    out: set[int] = set()
    seen: dict[str, int] = {}
    before = -1  # the line of which the line before is a copy
    for i, line in enumerate(layout.lines):
        if i < anchor or (line.hidden and not show_hidden) or furniture[line.node]:
            continue  # what stands above the headline is not the article's, so what repeats it is
        if layout.weights[i] > 20:
            first = seen.setdefault(compact(line.text), i)
            before = first if first != i else -1
        elif before >= 0:
            before = before + 1 if layout.lines[before + 1].text == line.text else -1
        if before >= 0:
            out.add(i)
    return out


def _boxes(doc: Document, layout: Layout, places: list[int], weights: list[float]) -> list[int]:
    """All elements that hold a line or picture of weight: from the first such place up."""
    out: set[int] = set()
    for place, weight in zip(places, weights, strict=True):
        if weight <= 0:
            continue
        n = block_of(doc, place)
        while n >= 0 and n not in out:
            out.add(n)
            n = doc.parent[n]
    return sorted(out)


def _bonus(kind: int) -> float:
    """How much more a container weighs whose class or id CMSs give to the main text."""
    return 1.12 if kind & STRONG else 1.04 if kind & MILD else 1.0
