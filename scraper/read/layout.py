"""The page as its reader sees it: visual lines in document order, each with its place in the arena.

A line is text between two block boundaries or line breaks. Everything the field readers do stands on lines: a headline
is a line (or the lines of one element), a byline is a few short lines, a body is a run of lines.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import NamedTuple

from scraper.read.dom import BLOCK, COMMENT, MUTE, TEXT, Document
from scraper.text import squeeze

_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_WIDE = re.compile("[\u00a0\u2000-\u200a\u3000]")
_RUN = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
GAP = "  "
"""Two blanks: a gap wide enough to part two values on one line."""


class Line(NamedTuple):
    """One visual line. node, last: first and last text node; block: nearest block element; links: characters in links."""

    node: int
    last: int
    block: int
    text: str
    size: int
    links: int
    hidden: bool


@dataclass(slots=True)
class Layout:
    """All lines of a page; `block[n]` is the nearest block element of node n, `hidden[n]` whether it is not shown."""

    lines: list[Line] = field(default_factory=list)
    block: list[int] = field(default_factory=list)
    hidden: bytearray = field(default_factory=bytearray)
    starts: list[int] = field(default_factory=list)

    def within(self, doc: Document, node: int) -> range:
        """Numbers of the lines that begin inside a node's subtree."""
        return range(bisect_left(self.starts, node), bisect_left(self.starts, doc.end[node]))

    def at(self, node: int) -> int:
        """Number of the first line that begins at or after a node."""
        return bisect_left(self.starts, node)


def lay_out(doc: Document) -> Layout:
    """Read the lines of a document in one pass."""
    size = len(doc)
    out = Layout([], [0] * size, bytearray(size), [])
    tag, parent, data, block, hidden = doc.tag, doc.parent, doc.data, out.block, out.hidden
    line: list[int] = []
    broken = False
    for n in range(size):
        name, up = tag[n], parent[n]
        if name == TEXT:
            hidden[n] = hidden[up]
            block[n] = block[up]
            if hidden[n] == 2:
                continue
            if data[n].isspace():
                if line and not broken:
                    line.append(n)
                continue
            if line and (broken or block[line[0]] != block[n]):
                _finish(doc, out, line)
                line = []
            broken = False
            line.append(n)
        elif name != COMMENT:
            block[n] = block[up] if n else 0
            hidden[n] = 2 if name in MUTE or name == "title" else max(hidden[up] if n else 0, _hides(doc.attrs[n]))
            if name in BLOCK:
                block[n] = n
                broken = True
            elif name == "br":
                broken = True
    if line:
        _finish(doc, out, line)
    out.starts = [x.node for x in out.lines]
    return out


def _hides(attributes: dict[str, str]) -> int:
    if not attributes:
        return 0
    style = attributes.get("style")
    return 1 if "hidden" in attributes or (style and _HIDING.search(style)) else 0


def _finish(doc: Document, out: Layout, nodes: list[int]) -> None:
    """Close a line; the text of muted nodes was never gathered, blanks between elements count as one blank."""
    data, hidden = doc.data, out.hidden
    text = squeeze("".join([data[n] for n in nodes]))
    if not text:
        return
    first, last = nodes[0], nodes[-1]
    out.lines.append(
        Line(
            first,
            last,
            out.block[first],
            text,
            doc.chars[last + 1] - doc.chars[first],
            doc.link_chars[last + 1] - doc.link_chars[first],
            hidden[first] == 1,
        )
    )


def spaced(doc: Document, line: Line) -> str:
    """The line with what the eye sees as gaps: wide blanks, and borders of elements that carry a class or an id, as GAP.

    Editors split words over plain spans, templates put each value of a byline into an element of its own: that an
    element is named tells the two apart.
    """
    out: list[str] = []
    before = -1
    for n in range(line.node, line.last + 1):
        if doc.tag[n] != TEXT or _muted(doc, n, line.block):
            continue
        owner = doc.parent[n]
        if before >= 0 and owner != before and (_named(doc, owner) or _named(doc, before)):
            out.append(GAP)
        out.append(doc.data[n])
        before = owner
    return _RUN.sub(_gap, "".join(out)).strip()


def _muted(doc: Document, n: int, stop: int) -> bool:
    up = doc.parent[n]
    while up > stop:
        if doc.tag[up] in MUTE:
            return True
        up = doc.parent[up]
    return False


def _named(doc: Document, n: int) -> bool:
    return bool(doc.attrs[n].get("class") or doc.attrs[n].get("id")) or doc.tag[n] == "a"


def _gap(match: re.Match[str]) -> str:
    run = match[0]
    return GAP if len(run) > 1 and (_WIDE.search(run) or GAP in run.replace("\n", "")) else " "
