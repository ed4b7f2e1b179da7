"""The only door to selectolax: a page as a flat arena, walked once.

Every node is a number, its place in document order; the nodes of a subtree are the range `i .. end[i]`. What readers
ask of a subtree (how much text, how much of it in links) is then a difference of two prefix sums: O(1) whatever the
page's size, and no recursion, so a page nested 10,000 deep is as cheap as any other.

Text of script, style, noscript, template and comments is kept apart (`scripts`, `comments`), never counted as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, islice
from operator import mul
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from scraper.text import squeeze

TEXT, COMMENT = "-text", "-comment"
MUTE = frozenset(
    {"script", "style", "noscript", "template", "iframe", "object", "embed", "select", "textarea", "head"}
)
BLOCK = frozenset(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p pre section summary table tbody td tfoot th thead "
    "tr ul ucapcontent ucaptitle founder-content".split()
)
MAX_NODES = 400_000
MAX_DEPTH = 512  # as in Chromium; the tree builder's time grows with the square of the nesting
_MANY_TAGS = 8_000  # below it no nesting costs more than some hundredths of a second
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^>]*>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_SELF_CLOSING = frozenset(
    "p li td th tr dd dt option optgroup tbody thead tfoot colgroup".split()
)  # never nest in themselves


@dataclass(slots=True)
class Document:
    """A parsed page. All lists are indexed by node number; `chars` and `link_chars` have one more entry (prefix sums).

    tag: lower-case name, '-text' or '-comment'. data: text or comment content, '' for elements. parent: -1 for the root.
    end: one past the subtree's last node. chars[i]: visible characters (blanks left out) before node i;
    link_chars the same inside <a>. `cut` = the page had more than MAX_NODES nodes and the rest was left out.
    """

    html: str
    tag: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    chars: list[int] = field(default_factory=list)
    link_chars: list[int] = field(default_factory=list)
    attrs: list[dict[str, str]] = field(default_factory=list)
    scripts: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)
    metas: dict[str, list[str]] = field(default_factory=dict)
    title: str = ""
    base: str | None = None
    cut: bool = False
    _numbers: dict[int, int] = field(default_factory=dict)
    _tree: LexborHTMLParser | None = None

    def __len__(self) -> int:
        return len(self.tag)

    def attr(self, i: int, name: str) -> str:
        """An attribute's value, '' where it is absent."""
        return self.attrs[i].get(name, "")

    def marks(self, i: int) -> str:
        """Class and id of an element, one lower-case string: `content article-body zoom`."""
        a = self.attrs[i]
        if not a:
            return ""
        name, own = a.get("class"), a.get("id")
        if name and own:
            return f"{name} {own}".strip().lower()
        return (name or own or "").strip().lower()

    def size(self, i: int) -> int:
        """Visible characters in the subtree."""
        return self.chars[self.end[i]] - self.chars[i]

    def link_size(self, i: int) -> int:
        """Visible characters in the subtree that stand inside links."""
        return self.link_chars[self.end[i]] - self.link_chars[i]

    def children(self, i: int) -> Iterator[int]:
        """Direct children, comments included."""
        n, stop = i + 1, self.end[i]
        while n < stop:
            yield n
            n = self.end[n]

    def ancestors(self, i: int, limit: int = 64) -> Iterator[int]:
        """Parents from the nearest up, at most `limit` (a bound against absurd nesting)."""
        n = self.parent[i]
        while n >= 0 and limit:
            yield n
            n, limit = self.parent[n], limit - 1

    def within(self, i: int, j: int) -> bool:
        """Whether node i is j or stands inside it."""
        return j <= i < self.end[j]

    def elements(self, name: str, within: int = 0) -> Iterator[int]:
        """Elements of one tag name in document order."""
        tag = self.tag
        for n in range(within, self.end[within] if self.tag else 0):
            if tag[n] == name:
                yield n

    def raw_text(self, i: int, sep: str = "") -> str:
        """Visible text of the subtree as it stands, pieces joined by `sep`."""
        return sep.join(self.data[n] for n in self.texts(i))

    def text(self, i: int, sep: str = "") -> str:
        """Visible text of the subtree on one line."""
        return squeeze(self.raw_text(i, sep))

    def texts(self, i: int) -> Iterator[int]:
        """Visible text nodes of the subtree (nothing from script, style and other mute elements)."""
        n, stop, tag, end = i, self.end[i], self.tag, self.end
        while n < stop:
            if tag[n] == TEXT:
                yield n
                n += 1
            elif tag[n] in MUTE and n != i:
                n = end[n]
            else:
                n += 1

    def script_text(self) -> str:
        """All inline scripts, one after another."""
        return "\n".join(self.data[n] for n in self.scripts)

    def select(self, css: str, within: int = 0) -> list[int]:
        """Nodes that match a CSS selector, in document order; a selector that is none matches nothing."""
        if self._tree is None or not self.tag:
            return []
        try:
            found = self._tree.css(css)
        except SelectolaxError:
            return []
        numbers = (self._numbers.get(node.mem_id) for node in found)
        return sorted(n for n in numbers if n is not None and within <= n < self.end[within])

    def meta(self, *names: str) -> str:
        """The first non-empty <meta> content among `names` (case does not matter), '' if there is none."""
        for name in names:
            for value in self.metas.get(name.lower(), ()):
                if value:
                    return value
        return ""


def parse(html: str) -> Document:
    """Parse a page into a Document. Never raises; NULs are dropped, an empty page gives an empty Document."""
    html = html.replace("\0", "")
    tags = html.count("<")
    if tags > _MANY_TAGS or tags - 2 * html.count("</") > 4 * MAX_DEPTH:
        html = _flatten(html)
    tree = LexborHTMLParser(html or "<html></html>")
    doc = Document(html, _tree=tree)
    root: Any = tree.root
    if root is not None:
        _walk(root, doc)
        _index_head(doc)
    return doc


def _flatten(html: str) -> str:
    """The page without the tags that nest deeper than MAX_DEPTH, so that parsing stays linear."""
    out, depth, last = [], 0, 0
    for match in _TAG.finditer(html):
        closing, name = match[1], match[2].lower()
        if name in _VOID or name in _SELF_CLOSING or match[0].endswith("/>"):
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > MAX_DEPTH or (closing and depth == MAX_DEPTH):
            out.append(html[last : match.start()])
            last = match.end()
    return "".join([*out, html[last:]])


def _walk(root: LexborNode, doc: Document) -> None:
    """Fill the arena, column by column: the tree is walked in C, and loops over one column are short."""
    nodes = list(islice(root.traverse(include_text=True), MAX_NODES + 1))
    doc.cut = len(nodes) > MAX_NODES
    size = len(nodes)
    doc.tag = tag = [node.tag or "" for node in nodes]
    doc._numbers = numbers = {node.mem_id: n for n, node in enumerate(nodes)}
    doc.parent = parent = [
        numbers.get(up.mem_id, -1) if up is not None else -1 for up in [x.parent for x in nodes]
    ]
    doc.end = end = list(range(1, size + 1))
    for n in range(size - 1, 0, -1):
        up = parent[n]
        if end[n] > end[up]:
            end[up] = end[n]
    doc.data = data = [""] * size
    doc.attrs = attrs = [_NONE] * size
    for n, name in enumerate(tag):
        if name == TEXT:
            data[n] = nodes[n].text_content or ""
        elif name == COMMENT:
            data[n] = nodes[n].comment_content or ""
            doc.comments.append(n)
        else:
            own: Any = nodes[n].attributes
            if own:
                attrs[n] = own if None not in own.values() else {k: v or "" for k, v in own.items()}
            if name == "script":
                doc.scripts.append(n)
    for n in doc.scripts:
        data[n] = "".join([nodes[k].text_content or "" for k in range(n + 1, end[n]) if tag[k] == TEXT])
    _count(doc)


def _count(doc: Document) -> None:
    """Prefix sums of visible characters, and of those inside links."""
    tag, end, data = doc.tag, doc.end, doc.data
    mute, links = bytearray(len(tag)), bytearray(len(tag))
    for n in [n for n, name in enumerate(tag) if name in MUTE]:
        mute[n : end[n]] = b"\1" * (end[n] - n)
    for n in [n for n, name in enumerate(tag) if name == "a"]:
        links[n : end[n]] = b"\1" * (end[n] - n)
    sizes = [
        len("".join(text.split())) if name == TEXT and not quiet else 0
        for name, text, quiet in zip(tag, data, mute, strict=True)
    ]
    doc.chars = list(accumulate(sizes, initial=0))
    doc.link_chars = list(accumulate(map(mul, sizes, links), initial=0))


_NONE: dict[str, str] = {}


def _index_head(doc: Document) -> None:
    for n, name in enumerate(doc.tag):
        if name == "meta":
            a = doc.attrs[n]
            label = a.get("name") or a.get("property") or a.get("http-equiv") or ""
            if label and "content" in a:
                doc.metas.setdefault(label.strip().lower(), []).append(a["content"].strip())
        elif name == "title" and not doc.title:
            doc.title = squeeze(" ".join(doc.data[c] for c in doc.children(n)))
        elif name == "base" and doc.base is None:
            doc.base = doc.attrs[n].get("href")
