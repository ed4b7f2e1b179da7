"""Learning from siblings: what several pages of one template say alike, in a box that never says anything else, is the
template's and not the article's.

That words repeat is no evidence by itself: notices of one office all end in 特此公告, the office's name, its telephone. What
tells them apart is the place. Writers' paragraphs share a box with what differs from page to page; a box of its own, with
a class or an id, that holds the same words on most pages and other words on none, was put there by the template.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from scraper.model import Block
from scraper.read.dom import Document
from scraper.read.layout import Layout

MIN_PAGES = 6
"""Pages of different text before anything is learned: a few notices in a row may be written after one pattern."""
_PARAGRAPHS = frozenset("p span font b strong em i u a br center".split())
"""What writers and their editors make, and give classes of their own (MsoNormal): never a box of the template's."""
_LINE_END = re.compile(r"[\n\t]")
_DIGITS = re.compile(r"\d+")
_DEPTH = 4  # elements that name a box; those further out are the frame that all pages share


def block_at(doc: Document, layout: Layout, i: int) -> Block:
    """The block that line i is."""
    line = layout.lines[i]
    boxes = [
        f"{doc.tag[n]} {_DIGITS.sub('0', doc.marks(n))}"
        for n in (line.block, *doc.ancestors(line.block))
        if doc.tag[n] not in _PARAGRAPHS and doc.marks(n)
    ]
    return Block(box=" < ".join(boxes[:_DEPTH]), text=line.text)


def learn(pages: Iterable[Sequence[Block]]) -> frozenset[Block]:
    """The template's own blocks among the texts of several pages, whole ones and in order (`read_blocks`).

    Learned are blocks at either end of the text, on more than half of the pages, whose box holds nothing else on any
    page. Pages of one text count once. Nothing is learned of fewer than MIN_PAGES.
    """
    different = {tuple(block.text for block in page): page for page in pages}.values()
    if len(different) < MIN_PAGES:
        return frozenset()
    counts = Counter(block for page in different for block in set(page))
    repeated = {block for block, count in counts.items() if 2 * count > len(different) and block.box}
    said: dict[str, set[Block]] = defaultdict(set)
    for block in counts:
        said[block.box].add(block)
    fixed = {block for block in repeated if said[block.box] <= repeated}
    ends = {block for page in different for block in _ends(page, fixed)}
    return frozenset(fixed & ends)


def may_teach(bodies: Iterable[str]) -> bool:
    """Whether `learn` may find something in the pages whose articles have these texts: a cheap look, without their pages.

    What is learned stands at an end of some text and on more than half of all; so one text at least must begin or end with
    a line that most of them have.
    """
    pages = [_LINE_END.split(body) for body in {*bodies}]
    counts = Counter(line for page in pages for line in set(page))
    return len(pages) >= MIN_PAGES and any(
        2 * counts[line] > len(pages) for page in pages for line in (page[0], page[-1])
    )


def _ends(page: Sequence[Block], fixed: Collection[Block]) -> set[Block]:
    rest = without(page, fixed)
    return {*page[: rest.start], *page[rest.stop :]}


def without(page: Sequence[Block], template: Collection[Block]) -> range:
    """The places in `page` that are left when the template's blocks are taken from both ends."""
    start, stop = 0, len(page)
    while start < stop and page[start] in template:
        start += 1
    while stop > start and page[stop - 1] in template:
        stop -= 1
    return range(start, stop)
