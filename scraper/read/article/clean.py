"""The article's text and its clean HTML, from the lines that were kept.

Text: a paragraph a line, the rows of a data table as one line with the cells parted by tabs. HTML: allow-listed tags and
attributes only, absolute http(s) addresses, everything escaped, so that it is safe to show in a browser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Container, Iterable

from scraper.read.article.pictures import image_source
from scraper.read.dom import MUTE, TEXT, Document
from scraper.read.layout import Layout
from scraper.read.rules import Page

_ALLOWED = frozenset(
    "p b strong em i u sup sub h1 h2 h3 h4 h5 h6 ul ol li table thead tbody tfoot tr td th caption blockquote pre "
    "figure figcaption".split()
)
_TO_P = frozenset("div section article center dd dt address ucapcontent".split())
_MADE = _ALLOWED | _TO_P | {"a"}
_KEEP_EMPTY = frozenset(("td", "th"))
_SPAN = re.compile(r"^\d{1,3}$")
_SPACES = re.compile(r"[ \t\r\n]+")
_BREAKS = re.compile(r"(?:\s*<br>){3,}")


def to_text(doc: Document, layout: Layout, kept: list[int]) -> str:
    """The kept lines as plain text."""
    out: list[str] = []
    row_before = cell_before = -1
    for i in kept:
        line = layout.lines[i]
        row, cell = _cell(doc, line.node)
        if row >= 0 and row == row_before and cell != cell_before and _is_data(doc, layout, row):
            out[-1] += "\t" + line.text
        else:
            out.append(line.text)
        row_before, cell_before = row, cell
    return "\n".join(out)


def _cell(doc: Document, n: int) -> tuple[int, int]:
    """(row, cell) that a node stands in, -1 outside tables."""
    if "tr" not in doc.places:
        return -1, -1
    cell = -1
    for up in doc.ancestors(n, 24):
        if doc.tag[up] in ("td", "th") and cell < 0:
            cell = up
        elif doc.tag[up] == "tr":
            return up, cell
        elif doc.tag[up] == "table":
            break
    return -1, -1


def _is_data(doc: Document, layout: Layout, row: int) -> bool:
    """A row of data: no cell holds more than a few lines (in a layout table one cell holds the page)."""
    return len(layout.within(doc, row)) <= 4 * sum(doc.tag[c] in ("td", "th") for c in doc.children(row))


def to_html(page: Page, layout: Layout, node: int, kept: Iterable[int], images: Iterable[int] = ()) -> str:
    """The kept lines and pictures of a container as clean HTML."""
    doc = page.doc
    texts: set[int] = set()
    for i in kept:
        line = layout.lines[i]
        texts.update(range(line.node, line.last + 1))
    pictures = set(images)
    inside = doc.elements(TEXT, node)
    speaking = {doc.parent[n] for n in inside if not doc.data[n].isspace()}
    out = _Writer()
    n, stop = node, min(doc.end[node], max([*texts, *pictures], default=-1) + 1)
    while n < stop:
        if out.open_ and out.open_[-1][0] <= n:
            out.close_before(n)
        name = doc.tag[n]
        if name == TEXT:
            if n in texts:
                out.write(_escaped(doc.data[n]))
        elif name in _MADE:
            if tag := _tag(page, n, speaking):
                out.open(doc.end[n], tag, _attributes(page, n, tag))
        elif name in MUTE:
            n = doc.end[n]
            continue
        elif name == "img":
            if n in pictures:
                out.write(_image(page, n))
        elif name == "br":
            out.write("<br>", solid=False)
        elif name == "hr":
            out.write("<hr>", solid=False)
        n += 1
    out.close_before(len(doc) + 1)
    made = "".join(out.pieces)
    return (_BREAKS.sub("<br><br>", made) if made.count("<br>") > 2 else made).strip()


def _escaped(text: str) -> str:
    """Text as HTML, each run of white space one blank."""
    if not text.isprintable() or "  " in text:
        text = _SPACES.sub(" ", text)
    return html.escape(text, quote=False)


class _Writer:
    """Pieces of HTML with the elements still open. An element into which nothing solid came is taken back."""

    __slots__ = ("open_", "pieces", "solid")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.open_: list[tuple[int, str, int, int]] = []  # end of subtree, tag, place in pieces, solid before
        self.solid = 0

    def write(self, piece: str, *, solid: bool = True) -> None:
        if not solid and not self.solid:
            return
        self.pieces.append(piece)
        self.solid += solid and not piece.isspace()

    def open(self, end: int, tag: str, attributes: str) -> None:
        self.open_.append((end, tag, len(self.pieces), self.solid))
        self.pieces.append(f"<{tag}{attributes}>")
        self.solid += tag in _KEEP_EMPTY

    def close_before(self, n: int) -> None:
        """Close the elements that end at or before node n."""
        while self.open_ and self.open_[-1][0] <= n:
            _, tag, place, solid = self.open_.pop()
            if self.solid == solid:
                del self.pieces[place:]
            else:
                self.pieces.append(f"</{tag}>")


def _tag(page: Page, n: int, speaking: Container[int]) -> str:
    """The tag that an element gets: its own if allowed, p for a box that directly holds text, '' for none."""
    doc, name = page.doc, page.doc.tag[n]
    if name == "a":
        return "a" if page.link(doc.attr(n, "href")) and doc.attr(n, "href") else ""
    if name in _ALLOWED:
        return name
    return "p" if name in _TO_P and n in speaking else ""


def _attributes(page: Page, n: int, tag: str) -> str:
    attrs = page.doc.attrs[n]
    if tag == "a":
        return f' href="{html.escape(page.link(attrs.get("href", "")) or "")}"'
    if tag in ("td", "th"):
        return "".join(
            f' {k}="{attrs[k]}"'
            for k in ("colspan", "rowspan")
            if _SPAN.match(attrs.get(k, "")) and attrs[k].isascii()
        )
    return ""


def _image(page: Page, n: int) -> str:
    url = image_source(page, n)
    alt = html.escape(page.doc.attr(n, "alt")[:200])
    return f'<img src="{html.escape(url)}" alt="{alt}">' if url else ""
