"""Repeated rows: where a page lists things, as link, title and date. Used by the listing reader and for AJAX answers.

A row is told by what stands in it, not by its tag: `li`, `tr`, `dl`, `div`, `p` and bare links between `<br>` are alike.
Every node of the page is weighed by its children as rows; links and dates are events on the document's line, so that
"this child holds one link followed by one date" is a difference of prefix sums and the whole is linear in the page.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scraper.read.dom import Document
from scraper.read.listing.events import NEAR, TEMPLATE, Events, count_of, find_events, those_within
from scraper.read.listing.row_titles import main_link

_LONGEST_ROW = 1200  # characters of one row with its summary; more is an article
_HOST = re.compile(r"^(?:https?:)?//([^/?#]{1,100})", re.I)
_NUMBER = re.compile(r"\d+")
_SUMMARY = 40  # characters outside links from which a row has a summary under its headline
_HEADLESS = 2  # characters that a part of one list may hold beside its rows
_PAGED = 2.0  # how much more a list with a pager weighs

_CRUMB = re.compile(
    r"\s{0,40}[【\[]?\s{0,9}(?:您)?(?:现在|当前|所在)?的?(?:所在)?位置\s*[:：]|\s{0,40}首页\s*[>»/]"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: nodes `start..stop`, its main link's node, and its address as the page writes it ('' where it is dead)."""

    start: int
    stop: int
    link: int
    href: str
    dated: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one list. `score` counts how much like a list of articles they are (a dated row is 1);
    `pager` = a pager follows; `share` = this list's part of all dated rows on the page."""

    rows: tuple[Row, ...]
    score: float
    node: int
    dated: int
    pager: bool
    aside: bool
    share: float
    prose: int
    """Characters of running text on the page outside the rows: an article's, not a listing's."""


@dataclass(slots=True)
class _Weight:
    """What a node is worth as a container: its rows' sum, how many, and the container that really holds them."""

    score: float = 0.0
    rows: int = 0
    dated: int = 0
    node: int = -1
    group: tuple[int, ...] = ()


_NOTHING = _Weight()


def find_rows(doc: Document) -> Rows | None:
    """The page's main list, or None where nothing repeats. Linear in the page's size."""
    if not len(doc):
        return None
    events = find_events(doc)
    kids = _kids(doc, events.at)
    weights: dict[int, _Weight] = {}
    for node in sorted(kids, reverse=True):
        weights[node] = _weigh(doc, events, node, kids[node], weights)
    ranked = sorted((w for w in weights.values() if w.score > 0), key=lambda w: (-w.score, w.node))
    if not ranked:
        return None
    unique = list({(w.node, w.group): w for w in ranked if w.score > 0.15 * ranked[0].score}.values())[:8]
    best = _best(doc, events, kids, unique)
    rows = _until_pager(events, list(_rows(doc, events, kids, best)))
    if not rows:
        return None
    if (leader := _leader(doc, events, kids, (best.group or (best.node,))[0], rows[0])) is not None:
        rows.insert(0, leader)
    dated = sum(row.dated for row in rows)
    everywhere = max(events.turns[-1], events.returns[-1])
    share = dated / everywhere if everywhere else 1.0
    return Rows(
        rows=tuple(rows), score=best.score, node=best.node, dated=dated, pager=_paged(doc, events, best.node),
        aside=_aside(doc, best.node), share=min(1.0, share),
        prose=events.prose[-1] - sum(count_of(events, events.prose, r.start, r.stop) for r in rows),
    )  # fmt: skip


def _best(doc: Document, ev: Events, kids: dict[int, list[int]], ranked: list[_Weight]) -> _Weight:
    """The heaviest by what surrounds it and how genuine it is; of equals the earlier, of nested ones the inner."""
    best, most = ranked[0], 0.0
    for w in ranked:
        if w.score * _PAGED < most:
            break  # no later one can win
        worth = w.score * _context(doc, ev, w) * _genuine(doc, ev, kids, w)
        if worth > most or (worth == most and doc.within(w.node, best.node)):
            most, best = worth, w
    return best


def _kids(doc: Document, links: Sequence[int]) -> dict[int, list[int]]:
    """For every node that holds links: its children that do, in order. Each node is climbed over once."""
    kids: dict[int, list[int]] = {}
    seen: set[int] = set()
    parent = doc.parent
    for n in links:
        while n not in seen and parent[n] >= 0:
            seen.add(n)
            kids.setdefault(parent[n], []).append(n)
            n = parent[n]
    return kids


def _weigh(doc: Document, ev: Events, node: int, kids: list[int], weights: dict[int, _Weight]) -> _Weight:
    """A node as container: of its children as rows, or of the rows of children that are containers of one kind."""
    inner = weights.get(kids[0]) if len(kids) == 1 else None
    if inner is not None and inner.score > 2:  # more than any one row is worth
        return inner
    if len(kids) == 1 and not count_of(ev, ev.dates, node, doc.end[node]):
        return inner or _NOTHING  # one link without a date makes no list
    own = _own(doc, ev, node, kids)
    if len(kids) == 1:
        return inner if inner is not None and inner.score >= own.score else own
    # A list cut into several <ul> has nothing between them; lists with headings or 更多 of their own are different lists.
    groups: dict[tuple[str, str, bool], list[_Weight]] = {}
    for kid in kids:
        w = weights.get(kid)
        whole = w is not None and doc.size(kid) - doc.size(w.node) <= _HEADLESS
        if (
            w is not None
            and w.rows > 1
            and not w.group
            and whole
            and count_of(ev, ev.links, kid, doc.end[kid]) > 1
        ):
            alike = (doc.tag[kid], _NUMBER.sub("", doc.marks(kid)), w.dated > 0)
            groups.setdefault(alike, []).append(w)
    for members in groups.values():
        score = 0.9 * sum(w.score for w in members)
        if len(members) > 1 and score > own.score:
            own = _Weight(
                score,
                sum(w.rows for w in members),
                sum(w.dated for w in members),
                node,
                tuple(w.node for w in members),
            )
    return own


def _own(doc: Document, ev: Events, node: int, kids: list[int]) -> _Weight:
    dated = undated = 0.0
    n_dated = n_undated = 0
    weights = [
        _row_weight(doc, ev, kid, nxt) for kid, nxt in zip(kids, [*kids[1:], doc.end[node]], strict=True)
    ]
    kinds = _kinds(doc, kids, weights)
    for kid, (weight, has) in zip(kids, weights, strict=True):
        if has:
            dated, n_dated = dated + weight, n_dated + 1
        elif weight and (not kinds or doc.tag[kid] in kinds):
            undated, n_undated = undated + weight, n_undated + 1
    if n_dated * 2 >= n_undated:
        return _Weight(dated + (0.5 * undated if n_dated > n_undated else 0), n_dated, n_dated, node)
    return _Weight(undated + dated, n_undated + n_dated, n_dated, node)


def _kinds(doc: Document, kids: list[int], weights: Sequence[tuple[float, bool]]) -> set[str]:
    """Tags of the dated rows: beside them, an undated child of another tag (a breadcrumb, a heading) is no row."""
    return {doc.tag[kid] for kid, (weight, has) in zip(kids, weights, strict=True) if has and weight}


def _row_weight(doc: Document, ev: Events, kid: int, following: int) -> tuple[float, bool]:
    """How much a child is like a row (dated: 1), and whether it has a date, in it or behind it."""
    stop = doc.end[kid]
    a, b = ev.index[kid], ev.index[stop]
    if ev.turns[b] - ev.turns[a] > 1 or ev.returns[b] - ev.returns[a] > 1 or doc.size(kid) > _LONGEST_ROW:
        return 0.0, False
    links = ev.links[b] - ev.links[a]
    inside = ev.dates[b] - ev.dates[a]
    near = doc.chars[following] - doc.chars[stop] <= NEAR
    behind = ev.dates[ev.index[following]] - ev.dates[b] if near else 0
    text = doc.link_size(kid) if doc.tag[kid] != "a" else doc.size(kid)
    summary = 1.0 if doc.size(kid) - doc.link_size(kid) >= _SUMMARY else 0.0
    if inside or behind:
        return (1.0 if text >= 6 else 0.4) + summary, True
    if links > 3:
        return 0.0, False
    weight = 0.4 if text >= 10 * links else 0.2 if text >= 6 else 0.08 if text >= 4 else 0.02
    return weight + summary if links <= 1 else 0.6 * (weight + summary), False


_ASIDE = re.compile(
    r"(?<![a-z])(?:nav|menu|header|head|foot|footer|bottom|copyright|crumb|side|aside|hot|rank|phb|top10|tuijian|recommend|related?|relnews|xgwz|xgyd|friend|yqlj|login|share|banner|slide|swiper|lanmu)(?![a-z])"
    r"|(?:sub|main|left|right|side|top|m|mobile)_?(?:nav|menu|bar)(?![a-z])|navbar|sidebar|footer|menu"
)
_ASIDE_TAGS = frozenset({"nav", "header", "footer", "aside"})


def _aside(doc: Document, node: int) -> bool:
    """Whether the names of the node or of what holds it speak of navigation, side lists or the footer."""
    for n in (node, *doc.ancestors(node, 24)):
        if doc.tag[n] in ("body", "html"):
            return False
        if doc.tag[n] in _ASIDE_TAGS or _ASIDE.search(doc.marks(n)):
            return True
    return False


def _paged(doc: Document, ev: Events, node: int) -> bool:
    """Whether a pager stands in the node or right behind it."""
    stop = doc.end[node]
    return any(node < p and doc.chars[p] - doc.chars[stop] <= NEAR for p in ev.pagers)


def _context(doc: Document, ev: Events, w: _Weight) -> float:
    return (0.3 if _aside(doc, w.node) else 1.0) * (_PAGED if _paged(doc, ev, w.node) else 1.0)


def _genuine(doc: Document, ev: Events, kids: dict[int, list[int]], w: _Weight) -> float:
    """Less where rows repeat one text (template dummies), lead nowhere, or each to another host (friendly links)."""
    texts: set[str] = set()
    hosts: list[str] = []
    live = seen = 0
    for node in w.group[:12] or (w.node,):
        for kid in kids.get(node, [])[:16]:
            link = next(those_within(ev.at, kid, doc.end[kid]), None)
            if link is not None:
                seen += 1
                live += bool(ev.href[link])
                hosts += _HOST.findall(ev.href[link])
                texts.add(doc.text(link) or ev.href[link])
    friends = 0.3 if not w.dated and len(set(hosts)) * 2 > seen > 3 else 1.0
    return friends * (0.3 + 0.7 * len(texts) / seen) * (0.6 + 0.4 * live / seen) if seen else 0.0


def _rows(doc: Document, ev: Events, kids: dict[int, list[int]], best: _Weight) -> Iterator[Row]:
    for node in best.group or (best.node,):
        children = kids.get(node, [])
        weights = [
            _row_weight(doc, ev, kid, nxt)
            for kid, nxt in zip(children, [*children[1:], doc.end[node]], strict=True)
        ]
        kinds = _kinds(doc, children, weights)
        for (kid, start, stop), (weight, dated) in zip(_spans(doc, ev, node, children), weights, strict=True):
            if not weight or (not dated and (kinds and doc.tag[kid] not in kinds)):
                continue
            if best.dated * 2 > best.rows and not dated and weight < 0.2:
                continue
            link = main_link(doc, list(those_within(ev.at, kid, doc.end[kid])))
            if link >= 0 and not _template(doc, kid, link) and not _CRUMB.match(doc.raw_text(kid)[:60]):
                yield Row(start, stop, link, ev.href.get(link, ""), dated)


def _until_pager(ev: Events, rows: list[Row]) -> list[Row]:
    """The rows up to a pager that stands behind the most of them: those after it are another list's."""
    stops = [row.stop for row in rows]
    for pager in ev.pagers:
        before = bisect_right(stops, pager)
        if 2 * before > len(rows) > before:
            return rows[:before]
    return rows


def _leader(doc: Document, ev: Events, kids: dict[int, list[int]], node: int, first: Row) -> Row | None:
    """The lead story that stands in a box of its own before the list, with one address of the same shape as the rows'."""
    for _ in range(3):
        above = doc.parent[node]
        beside = kids.get(above, [])
        at = bisect_left(beside, node)
        if at == 0 and above >= 0:
            node = above
            continue
        if above < 0 or at >= len(beside) or beside[at] != node:
            return None
        lead = beside[at - 1]
        links = list(those_within(ev.at, lead, doc.end[lead]))
        link = main_link(doc, links) if count_of(ev, ev.links, lead, doc.end[lead]) == 1 else -1
        href = ev.href.get(link, "")
        if not href or doc.size(lead) > _LONGEST_ROW or _shape(href) != _shape(first.href):
            return None
        return Row(lead, doc.end[lead], link, href, count_of(ev, ev.dates, lead, doc.end[lead]) > 0)
    return None


def _shape(href: str) -> str:
    """An address without its numbers, the part that the articles of one column share."""
    return _NUMBER.sub("#", href) if _NUMBER.search(href) else ""


def _template(doc: Document, kid: int, link: int) -> bool:
    """Whether a row was never rendered: `{{title}}`, `li[ms-repeat]`, `$cms.…`."""
    names = doc.attrs[kid]
    return any(n.startswith(("ms-", "v-for", "ng-repeat")) for n in names) or bool(
        TEMPLATE.search(doc.raw_text(link)[:300]) or TEMPLATE.search(doc.attr(link, "href"))
    )


def _spans(doc: Document, ev: Events, node: int, kids: list[int]) -> list[tuple[int, int, int]]:
    """(child, start, stop) of each row. Rows whose date stands outside the child reach to the next child, or back."""
    if any(count_of(ev, ev.dates, k, doc.end[k]) for k in kids) or not kids:
        return [(k, k, doc.end[k]) for k in kids]
    edges = [node + 1, *(doc.end[k] for k in kids[:-1])]
    trailing = count_of(ev, ev.dates, doc.end[kids[-1]], doc.end[node])
    if count_of(ev, ev.dates, edges[0], kids[0]) and not trailing:
        return [(k, edge, doc.end[k]) for k, edge in zip(kids, edges, strict=True)]
    return [(k, k, nxt) for k, nxt in pairwise([*kids, doc.end[node]])]
