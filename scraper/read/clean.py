"""The article's text and its clean HTML, from the lines that were kept.

Text: a paragraph a line, the rows of a data table as one line with the cells parted by tabs. HTML: allow-listed tags and
attributes only, absolute http(s) addresses, everything escaped, so that it is safe to show in a browser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from scraper.read.dom import MUTE, TEXT, Document
from scraper.read.layout import Layout
from scraper.read.rules import Page

_ALLOWED = frozenset(
    "p br b strong em i u sup sub h1 h2 h3 h4 h5 h6 ul ol li table thead tbody tfoot tr td th caption img a blockquote pre hr "
    "figure figcaption".split()
)
_VOID = frozenset(("br", "hr", "img"))
_TO_P = frozenset("div section article center dd dt address ucapcontent".split())
_KEEP_EMPTY = frozenset(("td", "th"))
_SPAN = re.compile(r"^\d{1,3}$")
_IMAGE_SOURCES = ("src", "data-src", "data-original", "orisrc", "oldsrc")


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
    out: list[str] = []
    open_: list[tuple[int, str, int]] = []  # (end of subtree, tag, place in out)
    last = max([*texts, *pictures], default=-1)
    n, stop = node, min(doc.end[node], last + 1)
    while n < stop:
        while open_ and open_[-1][0] <= n:
            _close(out, open_)
        name = doc.tag[n]
        if name == TEXT:
            if n in texts and doc.data[n]:
                out.append(html.escape(_one_line(doc.data[n]), quote=False))
        elif name in MUTE:
            n = doc.end[n]
            continue
        elif name in _VOID:
            if name == "img" and n in pictures:
                out.append(_image(page, n))
            elif name == "br" and out and n in _between(texts, n, stop):
                out.append("<br>")
        elif name in _ALLOWED or name in _TO_P:
            tag = name if name in _ALLOWED else _block_tag(doc, n)
            if tag:
                open_.append((doc.end[n], tag, len(out)))
                out.append(_open(page, n, tag))
        n += 1
    while open_:
        _close(out, open_)
    return re.sub(r"(?:\s*<br>\s*){3,}", "<br><br>", "".join(out)).strip()


def _between(texts: set[int], n: int, stop: int) -> tuple[int, ...]:
    return (n,) if n < stop and any(k in texts for k in range(n + 1, min(stop, n + 6))) else ()


def _one_line(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text)


def _block_tag(doc: Document, n: int) -> str:
    """A div that directly holds text is a paragraph; one that holds blocks is nothing."""
    return "p" if any(doc.tag[c] == TEXT and not doc.data[c].isspace() for c in doc.children(n)) else ""


def _open(page: Page, n: int, tag: str) -> str:
    attrs = page.doc.attrs[n]
    if tag == "a":
        url = page.link(attrs.get("href", ""))
        return f'<a href="{html.escape(url)}">' if url else "<a>"
    if tag in ("td", "th"):
        spans = [f' {k}="{attrs[k]}"' for k in ("colspan", "rowspan") if _SPAN.match(attrs.get(k, ""))]
        return f"<{tag}{''.join(spans)}>"
    return f"<{tag}>"


def _close(out: list[str], open_: list[tuple[int, str, int]]) -> None:
    """Close the innermost element, or take back its tag where nothing came into it."""
    _, tag, place = open_.pop()
    if tag not in _KEEP_EMPTY and not any(piece.strip() for piece in out[place + 1 :]):
        del out[place:]
    else:
        out.append(f"</{tag}>")


def image_source(page: Page, n: int) -> str | None:
    """The absolute address of a picture, lazy-loading attributes included."""
    attrs = page.doc.attrs[n]
    for name in ("data-src", "data-original", "src", "orisrc", "oldsrc"):
        value = attrs.get(name, "").strip()
        if value and not value.startswith("data:"):
            return page.link(value)
    return None


def _image(page: Page, n: int) -> str:
    url = image_source(page, n)
    alt = html.escape(page.doc.attr(n, "alt")[:200])
    return f'<img src="{html.escape(url)}" alt="{alt}">' if url else ""
