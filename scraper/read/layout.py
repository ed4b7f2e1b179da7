"""The page as its reader sees it: visual lines in document order, each with its place in the arena.

A line is text between two block boundaries or line breaks. Everything the field readers do stands on lines: a headline
is a line (or the lines of one element), a byline is a few short lines, a body is a run of lines.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from scraper.read.dom import BLOCK, MUTE, TEXT, Document
from scraper.text import squeeze

_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_WIDE = re.compile("[\u00a0\u2000-\u200a\u3000]")
_RUN = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_BREAKING = BLOCK | {"br"}
_SILENT = MUTE | {"title"}
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
    """All lines of a page; `hidden[n]`: 1 where a style hides node n, 2 where it is no text (script, head …)."""

    lines: list[Line] = field(default_factory=list)
    hidden: bytearray = field(default_factory=bytearray)
    starts: list[int] = field(default_factory=list)
    written: dict[int, str] = field(default_factory=dict)
    """Text that a script writes in its place, by the script's node."""

    def within(self, doc: Document, node: int) -> range:
        """Numbers of the lines that begin inside a node's subtree."""
        return range(bisect_left(self.starts, node), bisect_left(self.starts, doc.end[node]))

    def at(self, node: int) -> int:
        """Number of the first line that begins at or after a node."""
        return bisect_left(self.starts, node)


def block_of(doc: Document, n: int) -> int:
    """The nearest block element that holds a node (0, the root, where none does)."""
    tag, parent = doc.tag, doc.parent
    while n > 0 and tag[n] not in BLOCK:
        n = parent[n]
    return max(n, 0)


def lay_out(doc: Document) -> Layout:
    """Read the lines of a document in one pass over its texts."""
    hidden = _hidden(doc)
    breaks = list(accumulate([name in _BREAKING for name in doc.tag]))
    out = Layout([], hidden, [])
    out.written = written = _written(doc)
    data = doc.data
    line: list[int] = []
    block = before = -1
    for n, name in enumerate(doc.tag):
        if (name != TEXT or hidden[n] == 2) and n not in written:
            continue
        if data[n].isspace():
            if line and breaks[n] == breaks[before]:
                line.append(n)
            continue
        own = block_of(doc, doc.parent[n])
        if line and (own != block or breaks[n] != breaks[before]):
            _finish(doc, out, line, block)
            line = []
        line.append(n)
        block, before = own, n
    if line:
        _finish(doc, out, line, block)
    out.starts = [x.node for x in out.lines]
    return out


_WRITE = re.compile(
    r"""document\.write(?:ln)?\(\s*(?:"([^"<>\n]{1,120})"|'([^'<>\n]{1,120})'|([A-Za-z_$][\w$]{0,40}))\s*\)"""
)
_VARIABLE = re.compile(
    r"""\b([A-Za-z_$][\w$]{0,40})\s{0,3}=\s{0,3}(?:"([^"<>\n]{1,200})"|'([^'<>\n]{1,200})')"""
)
_MAX_SCRIPT, _MAX_CODE = 4000, 200_000


def _written(doc: Document) -> dict[int, str]:
    """What scripts write into the page where that can be told without running them: one write of a string or of a
    variable that is set to a string (byline templates of TRS and UCAP). With an `else` nothing can be told."""
    out: dict[int, str] = {}
    values: dict[str, str] | None = None
    for n in doc.scripts:
        code = doc.data[n]
        if "document.write" not in code or len(code) > _MAX_SCRIPT or "else" in code:
            continue
        calls = _WRITE.findall(code)
        if len(calls) != 1 or code.count("document.write") != 1:
            continue
        one, other, name = calls[0]
        if name and values is None:
            values = _variables(doc)
        text = one or other or (values or {}).get(name, "")
        if text.strip():
            out[n] = text
    return out


def _variables(doc: Document) -> dict[str, str]:
    """Strings that the page's own scripts set, by name; of two the first."""
    code = "\n".join(doc.data[n][:20_000] for n in doc.scripts)[:_MAX_CODE]
    out: dict[str, str] = {}
    for name, one, other in _VARIABLE.findall(code):
        out.setdefault(name, one or other)
    return out


def _hidden(doc: Document) -> bytearray:
    """What is not shown (1, by style) and what is no text (2); a subtree takes the value of its root."""
    out = bytearray(len(doc))
    end = doc.end
    for n, attributes in enumerate(doc.attrs):
        if attributes and not out[n]:
            style = attributes.get("style")
            if "hidden" in attributes or (style and _HIDING.search(style)):
                out[n : end[n]] = b"\1" * (end[n] - n)
    for n, name in enumerate(doc.tag):
        if name in _SILENT and out[n] != 2:
            out[n : end[n]] = b"\2" * (end[n] - n)
    return out


def _finish(doc: Document, out: Layout, nodes: list[int], block: int) -> None:
    """Close a line, unless nothing visible is left of it."""
    written = out.written
    text = squeeze(
        "".join(
            [written[n] if n in written else doc.data[n] for n in nodes]
            if written
            else [doc.data[n] for n in nodes]
        )
    )
    if not text:
        return
    first, last = nodes[0], nodes[-1]
    size = doc.chars[last + 1] - doc.chars[first]
    if written:
        size += sum(len(written[n]) for n in nodes if n in written)
    links = doc.link_chars[last + 1] - doc.link_chars[first]
    out.lines.append(Line(first, last, block, text, size, links, out.hidden[first] == 1))


def spaced(doc: Document, layout: Layout, line: Line) -> str:
    """The line with what the eye sees as gaps: wide blanks, and borders of elements that carry a class or an id, as GAP.

    Editors split words over plain spans, templates put each value of a byline into an element of its own: that an
    element is named tells the two apart.
    """
    written = layout.written
    if line.node == line.last and line.node not in written:
        return _RUN.sub(_gap, doc.data[line.node]).strip() if line.size != len(line.text) else line.text
    out: list[str] = []
    before = -1
    for n in range(line.node, line.last + 1):
        if n not in written and (doc.tag[n] != TEXT or _muted(doc, n, line.block)):
            continue
        owner = doc.parent[n]
        if before >= 0 and owner != before and (_named(doc, owner) or _named(doc, before)):
            out.append(GAP)
        out.append(written[n] if n in written else doc.data[n])
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
