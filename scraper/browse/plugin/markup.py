"""Archived HTML and archived values as markup that is safe to show.

What a portal wrote is never trusted, whatever cleaned it before: it is parsed again, and only allow-listed elements
are written anew, attribute by attribute. Nothing is loaded from elsewhere unless the reader asks for the images.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from markupsafe import Markup

from scraper.read.dom import BLOCK, TEXT, Document, parse
from scraper.text import shorten
from scraper.urls import filename

_KEPT = frozenset(
    "p br hr h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code em strong b i u s sub sup div figure figcaption "
    "table caption thead tbody tfoot tr td th".split()
)
_EMPTY = frozenset({"br", "hr"})
_DROPPED = frozenset(
    "script style noscript template iframe object embed applet select textarea button input form svg math head title "
    "audio video canvas frame frameset noframes noembed plaintext xmp".split()
)
# How far a span may reach: a table of 65,534 columns is no table.
_WIDEST = 100
FOLD = 160
"""Characters of a cell that are shown before the rest is folded away."""


def is_web(url: str) -> bool:
    """Whether an address may be made a link: http and https only."""
    return url[:8].lower().startswith(("http://", "https://"))


def web_link(url: str, text: str | None = None, kind: str = "") -> Markup:
    """A link that tells the portal nothing of where the reader came from; plain text if it is no web address."""
    if not is_web(url):
        return Markup("<span>{}</span>").format(text or url)
    name = Markup(' class="{}"').format(kind) if kind else ""
    return Markup('<a{} href="{}" rel="noopener noreferrer nofollow">{}</a>').format(name, url, text or url)


def clean_html(html: str, *, images: bool = False, kept: Mapping[str, str] | None = None) -> Markup:
    """Archived HTML, written anew from an allow-list. Pictures become links, or with `images` are shown; those that are
    `kept` (address → address here) are always shown.
    """
    doc = parse(html)
    return Markup("".join(_write(doc, images, kept or {})))


def _write(doc: Document, images: bool, kept: Mapping[str, str]) -> Iterator[str]:
    open_until: list[tuple[int, str]] = []
    line_start = True  # editors indent by hand, with blanks; the style sheet does it for all
    n = 0
    while n < len(doc):
        while open_until and open_until[-1][0] <= n:
            yield f"</{open_until.pop()[1]}>"
        tag = doc.tag[n]
        if tag in _DROPPED:
            n = doc.end[n]
            continue
        if tag == TEXT:
            text = doc.data[n].lstrip() if line_start else doc.data[n]
            line_start = line_start and not text
            yield escape(text)
        elif tag == "img":
            yield _picture(doc.attrs[n], images, kept, any(name == "a" for _, name in open_until))
        elif opened := _opening(tag, doc.attrs[n]):
            yield opened[0]
            line_start = opened[1] != "pre" and (line_start or opened[1] in BLOCK)
            if opened[1] not in _EMPTY:
                open_until.append((doc.end[n], opened[1]))
        n += 1
    while open_until:
        yield f"</{open_until.pop()[1]}>"


def _opening(tag: str, attrs: dict[str, str]) -> tuple[str, str] | None:
    if tag == "a":
        href = attrs.get("href", "").strip()
        return (
            (f'<a href="{escape(href)}" rel="noopener noreferrer nofollow">', "a") if is_web(href) else None
        )
    tag = {"h1": "h2", "center": "div", "section": "div", "article": "div"}.get(tag, tag)
    if tag not in _KEPT:
        return None
    spans = ""
    if tag in ("td", "th"):
        for name in ("colspan", "rowspan"):
            value = attrs.get(name, "")
            if value.isascii() and value.isdigit() and len(value) < 4 and 1 < int(value) <= _WIDEST:
                spans += f' {name}="{int(value)}"'
    return f"<{tag}{spans}>", tag


def _picture(attrs: dict[str, str], images: bool, kept: Mapping[str, str], in_link: bool) -> str:
    url, text = attrs.get("src", "").strip(), shorten(attrs.get("alt", ""), 80)
    if not is_web(url):
        return ""
    if images or url in kept:
        return f'<img src="{escape(kept.get(url, url))}" alt="{escape(text)}" loading="lazy" referrerpolicy="no-referrer">'
    label = f"图片：{text or filename(url)}"
    if in_link:
        return f'<span class="picture">{escape(label)}</span>'
    return str(web_link(url, label, "picture"))


def cell(value: Any, column: str) -> Markup | None:
    """A table cell: web addresses as links, JSON compact, long text folded. None where datasette's own way is right."""
    if column == "headers" and isinstance(value, bytes):
        return _folded(value.decode("latin-1"))
    if not isinstance(value, str):
        return None
    text = value.strip()
    if is_web(text) and not any(c.isspace() for c in text):
        return web_link(text, shorten(text, 60))
    compact = _compact(text) if text[:1] in ("{", "[") else None
    if compact is not None:
        return Markup("<code>{}</code>").format(_folded(compact))
    return _folded(text) if len(text) > FOLD else None


def _compact(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, separators=(", ", ": "))
    except (ValueError, RecursionError):
        return None


def _folded(text: str) -> Markup:
    if len(text) <= FOLD:
        return Markup("{}").format(text)
    return Markup('<details class="fold"><summary>{}</summary>{}</details>').format(shorten(text, FOLD), text)
