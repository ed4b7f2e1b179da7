"""The only door to selectolax: a page as a flat arena, walked once.

Every node is a number, its place in document order; the nodes of a subtree are the range `i .. end[i]`. What readers
ask of a subtree (how much text, how much of it in links) is then a difference of two prefix sums: O(1) whatever the
page's size, and no recursion, so a page nested 10,000 deep is as cheap as any other.

Text of script, style, noscript, template and comments is kept apart (`scripts`, `comments`), never counted as text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice
from operator import attrgetter, mul
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
MAX_ATTRS = 256  # of one tag; pages have some twenty
_LONG = 100_000  # characters; in fewer no tag holds so many attributes that they cost more than some tenths of a second
_ATTRS = r"""(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+)"""
_CROWDED = re.compile(
    rf"<(?:(script|style)\b|[a-z])[^\s/>]*+{_ATTRS}{{,{MAX_ATTRS}}}+(?P<more>{_ATTRS}*+)"
    r"(?(1)[^<]*+(?:<(?!/(?:script|style))[^<]*+)*+)",  # what code compares (i<n) is no tag
    re.I,
)
_IDLE = re.compile(
    r">[ \t\r\n]+<(?=/(?:div|p|h[1-6])>|/?(?:li|ul|ol|t[dhr]|table|tbody|d[ldt]|form|title|head|body)[\s>])"
)
"""White space beside a block, which no reader sees: a quarter of a page's nodes."""
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_SELF_CLOSING = frozenset(
    "p li td th tr dd dt option optgroup tbody thead tfoot colgroup".split()
)  # never nest in themselves


@dataclass(slots=True)
class Document:
    """A parsed page. All lists are indexed by node number; `chars` and `link_chars` have one more entry (prefix sums).

    tag: lower-case name, '-text' or '-comment'. data: text or comment content, '' for elements. parent: -1 for the root.
    end: one past the subtree's last node. named: the nodes that have attributes. places: the nodes of each tag name in
    order, so that who seeks links or headings walks over no other node; shown: the visible text nodes. mute[i]: 1 where
    node i stands in a mute element.
    chars[i]: visible characters (blanks left out) before node i; link_chars the same inside <a>. `cut` = the page had
    more than MAX_NODES nodes and the rest was left out.
    """

    html: str
    tag: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    chars: list[int] = field(default_factory=list)
    link_chars: list[int] = field(default_factory=list)
    attrs: list[dict[str, str]] = field(default_factory=list)
    named: list[int] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)
    shown: list[int] = field(default_factory=list)
    mute: bytearray = field(default_factory=bytearray)
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

    @property
    def scripts(self) -> Sequence[int]:
        """All scripts, in document order."""
        return self.places.get("script", ())

    @property
    def comments(self) -> Sequence[int]:
        """All comments, in document order."""
        return self.places.get(COMMENT, ())

    def elements(self, name: str, within: int = 0) -> Sequence[int]:
        """Elements of one tag name in document order."""
        nodes = self.places.get(name, ())
        return _between(nodes, within, self.end[within]) if within and nodes else nodes

    def elements_of(self, names: Iterable[str]) -> Sequence[int]:
        """Elements of several tag names in document order."""
        return sorted(chain.from_iterable([self.places[name] for name in names if name in self.places]))

    def raw_text(self, i: int, sep: str = "") -> str:
        """Visible text of the subtree as it stands, pieces joined by `sep`."""
        data = self.data
        if self.end[i] == i + 2 and self.tag[i + 1] == TEXT:
            return data[i + 1]  # most links and cells: one text and no more
        return sep.join([data[n] for n in self.texts(i)])

    def text(self, i: int, sep: str = "") -> str:
        """Visible text of the subtree on one line."""
        return squeeze(self.raw_text(i, sep))

    def texts(self, i: int) -> Sequence[int]:
        """Visible text nodes of the subtree (nothing from script, style and other mute elements but the one asked for)."""
        if not self.mute[i]:
            return _between(self.shown, i, self.end[i])
        found: list[int] = []
        n, stop, tag, end = i, self.end[i], self.tag, self.end
        while n < stop:
            if tag[n] == TEXT:
                found.append(n)
            n = end[n] if tag[n] in MUTE and n != i else n + 1
        return found

    def texts_between(self, first: int, last: int) -> Sequence[int]:
        """Visible text nodes from one node to another, both included."""
        return _between(self.shown, first, last + 1)

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


def _between(nodes: Sequence[int], start: int, stop: int) -> Sequence[int]:
    """The numbers of a sorted list from `start` up to before `stop`."""
    return nodes[bisect_left(nodes, start) : bisect_left(nodes, stop)]


def parse(html: str) -> Document:
    """Parse a page into a Document. Never raises; NULs are dropped, an empty page gives an empty Document."""
    if "\0" in html:
        html = html.replace("\0", "")
    if len(html) > _LONG:
        html = _thin(html)
    tags = html.count("<")
    if tags > _MANY_TAGS or (tags > 4 * MAX_DEPTH and tags - 2 * html.count("</") > 4 * MAX_DEPTH):
        html = _flatten(html)
    tree = LexborHTMLParser(_IDLE.sub("><", html) or "<html></html>")
    doc = Document(html, _tree=tree)
    root: Any = tree.root
    if root is not None:
        _walk(root, doc)
        _index_head(doc)
    return doc


def _thin(html: str) -> str:
    """The page without a tag's attributes beyond MAX_ATTRS: the parser compares each with all before it."""
    out, last = [], 0
    for match in _CROWDED.finditer(html):
        start, stop = match.span("more")
        if start < stop:
            out.append(html[last:start])
            last = stop
    return "".join([*out, html[last:]])


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
    doc.tag = [name or "" for name in map(attrgetter("tag"), nodes)]  # <?…?> has none
    doc._numbers = numbers = dict(zip(map(attrgetter("mem_id"), nodes), range(size), strict=True))
    doc.parent = parent = [-1, *map(numbers.__getitem__, map(attrgetter("parent.mem_id"), nodes[1:]))]
    doc.end = end = list(range(1, size + 1))
    last = dict(zip(parent, range(size), strict=True))  # of children the last stays
    for up in sorted(last, reverse=True)[:-1]:
        end[up] = end[last[up]]
    places: dict[str, list[int]] = defaultdict(list)
    for n, name in enumerate(doc.tag):
        places[name].append(n)
    doc.places = dict(places)
    _fill(nodes, doc)
    _count(doc)


def _fill(nodes: list[LexborNode], doc: Document) -> None:
    """What nodes hold: attributes of elements; the content of texts, comments and scripts."""
    doc.data = data = [""] * len(nodes)
    doc.attrs = attrs = [_NONE] * len(nodes)
    for name, places in doc.places.items():
        if name == TEXT:
            for n in places:
                data[n] = nodes[n].text_content or ""
        elif name == COMMENT:
            for n in places:
                data[n] = nodes[n].comment_content or ""
        else:
            for n in places:
                own: Any = nodes[n].attributes
                if own:
                    attrs[n] = own if None not in own.values() else {k: v or "" for k, v in own.items()}
    doc.named = [n for n, own in enumerate(attrs) if own]
    texts = doc.places.get(TEXT, ())
    for n in doc.scripts:
        data[n] = "".join([data[k] for k in _between(texts, n, doc.end[n])])


def _count(doc: Document) -> None:
    """What is mute and what is shown; prefix sums of visible characters, and of those inside links."""
    end, data = doc.end, doc.data
    doc.mute = mute = bytearray(len(data))
    links, sizes = bytearray(len(data)), [0] * len(data)
    for name in MUTE & doc.places.keys():
        for n in doc.places[name]:
            mute[n : end[n]] = b"\1" * (end[n] - n)
    for n in doc.elements("a"):
        links[n : end[n]] = b"\1" * (end[n] - n)
    doc.shown = [n for n in doc.places.get(TEXT, ()) if not mute[n]]
    for n in doc.shown:
        text = data[n]
        if text.isprintable():  # no white space but the blank
            sizes[n] = len(text) - text.count(" ")
        elif not text.isspace():
            sizes[n] = len("".join(text.split()))
    doc.chars = list(accumulate(sizes, initial=0))
    doc.link_chars = list(accumulate(map(mul, sizes, links), initial=0))


_NONE: dict[str, str] = {}


def _index_head(doc: Document) -> None:
    for n in doc.elements("meta"):
        a = doc.attrs[n]
        label = a.get("name") or a.get("property") or a.get("http-equiv") or ""
        if label and "content" in a:
            doc.metas.setdefault(label.strip().lower(), []).append(a["content"].strip())
    titles = (squeeze(" ".join([doc.data[c] for c in doc.children(n)])) for n in doc.elements("title"))
    doc.title = next(filter(None, titles), "")
    bases = (doc.attrs[n].get("href") for n in doc.elements("base"))
    doc.base = next((href for href in bases if href is not None), None)
