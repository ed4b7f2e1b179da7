"""Repeated rows: where a page lists things, as link, title and date. Used by the listing reader and for AJAX answers.

A row is told by what stands in it, not by its tag: `li`, `tr`, `dl`, `div`, `p` and bare links between `<br>` are alike.
Every node of the page is weighed by its children as rows; links and dates are events on the document's line, so that
"this child holds one link followed by one date" is a difference of prefix sums and the whole is linear in the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scraper.read.dom import TEXT, Document
from scraper.text import compact, squeeze

_DAY = r"(?:19|20)\d\d\s*[-/.年–]\s*\d{1,2}\s*[-/.月–]\s*\d{1,2}(?!\d)\s*日?"
_CLOCK = r"(?:[T\s]*\d{1,2}\s*[:：∶时]\s*\d{1,2}(?:\s*[:：∶分]\s*\d{1,2})?\s*[秒分]?(?:\.\d+)?)?"
_SHORT = r"\d{1,2}\s*[-/月.]\s*\d{1,2}\s*日?"
_OPEN, _CLOSE = r"[\[【(（〔<《\s|/·:：-]{0,6}", r"[\]】)）〕>》\s|/;；,，]{0,6}"
_LABEL = r"(?:[\u4e00-\u9fff ]{0,8}(?:时间|日期|发布于?|更新|发表)\s*[:：]?)"
# A text that is a date, one that begins or ends with one, or one that labels one.
DATED = re.compile(
    rf"^{_OPEN}{_LABEL}?{_OPEN}(?:{_DAY}{_CLOCK}|{_SHORT}|(?:19|20)?\d\d\s*年\s*{_SHORT}|(?:19|20)\d\d\s*[-/.年]\s*\d{{1,2}}\s*月?|\d\d-\d\d-\d\d){_CLOSE}$"
    rf"|{_DAY}{_CLOCK}{_CLOSE}$|^{_OPEN}{_DAY}|[\[【(（]\s*{_SHORT}\s*[\]】)）]\s*$|{_LABEL}\s*{_DAY}"
)
_PROSE = 40  # characters of a text node that may be running text
_RUNNING = re.compile("[，。；]")
_LONGEST_DATED = 60  # characters at either end of a text that are looked at for a date

# Words of links that lead to the same place as the title, or nowhere a reader of news wants to go.
_TRIVIAL = re.compile(
    r"^[\s\W]{0,6}(?:更多|more|详情|详细|详细内容|查看|查看更多|查看详情|查看全文|了解更多|了解详情|阅读全文|阅读更多|点击查看|全文|下载|附件下载|在线阅读"
    r"|\d{0,5}|首页|上一?页|下一?页|尾页|末页|最后一?页|首 页|尾 页|上页|下页|前一页|后一页|转到|跳转|go|prev|next|first|last|home|返回|返回顶部|top)[\s\W]{0,6}$",
    re.I,
)
_PAGER = re.compile(r"下一?页|尾\s?页|末页|共\s?\d+\s?[页条]|\bnext\b", re.I)
_ADDRESS = re.compile(r"""["'(]\s*((?:https?:/)?[\w.~%-]{0,80}/[^"'\s)]{1,400}|[\w./~%-]{1,200}\.(?:s?html?|jsp|aspx?|php|do)(?:\?[^"'\s)]{0,300})?)\s*["')]""")
_ENCODED = re.compile(r"%2[27]")
_TEMPLATE = re.compile(r"\{\{|\$\{|<%|#\{|\bms-repeat\b|\[!--|\{\$|\$cms\.")
_TAGGED = re.compile(r"^[\[【(（〔<《|｜].{1,14}[\]】)）〕>》|｜]$|^.{1,8}[:：|｜]$")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: nodes `start..stop`, its main link's node, and its address as the page writes it ('' where it is dead)."""

    start: int
    stop: int
    link: int
    href: str


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


def address(attrs: dict[str, str]) -> str:
    """Where an element leads: href, or the address inside `javascript:` or onclick; '' where it leads nowhere."""
    href = attrs.get("href", "").strip()
    if href and not href.startswith("#") and href[:11].lower() != "javascript:":
        return "" if _TEMPLATE.search(href) else href
    for code in (href, attrs.get("onclick", "")):
        if len(code) > 6:
            found = _ADDRESS.search(_ENCODED.sub("'", code))
            if found and not _TEMPLATE.search(code):
                return found[1]
    return ""


@dataclass(slots=True)
class _Events:
    """Links and dates along the document, as prefix counts (`links[i]` before node i), and the pagers' places."""

    links: list[int]
    dates: list[int]
    turns: list[int]  # link then date, with no link between: one for each dated row whose date comes last
    returns: list[int]  # date then link: one for each dated row whose date comes first
    at: list[int]
    prose: list[int]  # characters of running text, outside links
    href: dict[int, str]
    pagers: list[int]


def _events(doc: Document) -> _Events:
    links: list[int] = []
    dates: list[int] = []
    turns: list[int] = []
    returns: list[int] = []
    prose: list[int] = []
    at: list[int] = []
    href: dict[int, str] = {}
    pagers: list[int] = []
    tag, chars, attrs, end = doc.tag, doc.chars, doc.attrs, doc.end
    k = d = t = r = p = 0
    last, last_href, until = "", "", 0
    for n, name in enumerate(tag):
        links.append(k)
        dates.append(d)
        turns.append(t)
        returns.append(r)
        prose.append(p)
        if name == TEXT:
            if chars[n + 1] == chars[n]:
                continue
            text = doc.data[n]
            if len(text) >= _PROSE and doc.link_chars[n + 1] == doc.link_chars[n] and _RUNNING.search(text):
                p += chars[n + 1] - chars[n]
            if has_date(text):
                d += 1
                t += last == "link"
                last = "date"
            elif "页" in text and len(text) < 60 and _PAGER.search(text):
                pagers.append(n)
        elif (name == "a" or "onclick" in attrs[n]) and n >= until:
            where = _link(doc, n)
            if where is None:
                continue
            href[n] = where
            at.append(n)
            if name != "a":
                until = end[n]
            if where and where == last_href:
                continue
            k += 1
            r += last == "date"
            last, last_href = "link", where
        elif name == "script" and "createPage" in doc.data[n]:
            pagers.append(n)
    for sums, total in ((links, k), (dates, d), (turns, t), (returns, r), (prose, p)):
        sums.append(total)
    return _Events(links, dates, turns, returns, at, prose, href, pagers)


def _link(doc: Document, n: int) -> str | None:
    """The address of a link that may be a row's ('' where it is dead); None for trivial and empty links."""
    attrs = doc.attrs[n]
    where = address(attrs)
    if doc.tag[n] != "a":
        inner = any(doc.tag[m] == "a" and address(doc.attrs[m]) for m in range(n, min(doc.end[n], n + 80)))
        return where if where and not inner and doc.size(n) >= 4 else None
    size = doc.size(n)
    if not size:
        return where if where and doc.end[n] > n + 1 and "title" not in attrs else (where if "title" in attrs else None)
    if size <= 12 and _TRIVIAL.match(doc.text(n)):
        return None
    if attrs.get("href", "").startswith(("mailto:", "tel:")) or _TEMPLATE.search(doc.raw_text(n)[:200]):
        return None
    return where


def has_date(text: str) -> bool:
    """Whether a text node is, begins with, ends with or labels a date."""
    if len(text) < 4 or (len(text) < 40 and not any(c.isdigit() for c in text)):
        return False
    text = text.strip()
    if len(text) > 2 * _LONGEST_DATED:
        return bool(DATED.search(text[:_LONGEST_DATED]) or DATED.search(text[-_LONGEST_DATED:]))
    return DATED.search(text) is not None


@dataclass(slots=True)
class _Weight:
    """What a node is worth as a container: its rows' sum, how many, and the container that really holds them."""

    score: float = 0.0
    rows: int = 0
    dated: int = 0
    node: int = -1
    group: tuple[int, ...] = ()


def find_rows(doc: Document) -> Rows | None:
    """The page's main list, or None where nothing repeats. Linear in the page's size."""
    if not len(doc):
        return None
    events = _events(doc)
    kids = _kids(doc, events.at)
    weights: dict[int, _Weight] = {}
    for node in sorted(kids, reverse=True):
        weights[node] = _weigh(doc, events, node, kids[node], weights)
    ranked = sorted((w for w in weights.values() if w.score > 0), key=lambda w: (-w.score, -w.node))
    unique = list({(w.node, w.group): w for w in ranked}.values())[:12]
    if not unique:
        return None
    best = max(unique, key=lambda w: w.score * _context(doc, events, w) * _genuine(doc, events, kids, w))
    rows = tuple(_rows(doc, events, kids, best))
    if not rows:
        return None
    share = best.dated / max(1, events.turns[-1], events.returns[-1])
    return Rows(
        rows=rows, score=best.score, node=best.node, dated=best.dated, pager=_paged(doc, events, best.node),
        aside=_aside(doc, best.node), share=min(1.0, share),
        prose=events.prose[-1] - sum(events.prose[r.stop] - events.prose[r.start] for r in rows),
    )  # fmt: skip


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


def _weigh(doc: Document, ev: _Events, node: int, kids: list[int], weights: dict[int, _Weight]) -> _Weight:
    """A node as container: of its children as rows, or of the rows of children that are containers of one kind."""
    own = _own(doc, ev, node, kids)
    if len(kids) == 1:
        inner = weights.get(kids[0])
        return inner if inner is not None and inner.score >= own.score else own
    groups: dict[str, list[_Weight]] = {}
    for kid in kids:
        w = weights.get(kid)
        if w is not None and w.rows > 1 and not w.group:
            groups.setdefault(doc.tag[kid], []).append(w)
    for members in groups.values():
        score = 0.9 * sum(w.score for w in members)
        if len(members) > 1 and score > own.score:
            own = _Weight(
                score, sum(w.rows for w in members), sum(w.dated for w in members), node, tuple(w.node for w in members)
            )
    return own


def _own(doc: Document, ev: _Events, node: int, kids: list[int]) -> _Weight:
    dated = undated = 0.0
    n_dated = n_undated = 0
    weights = [_row_weight(doc, ev, kid, nxt) for kid, nxt in zip(kids, [*kids[1:], doc.end[node]], strict=True)]
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


def _row_weight(doc: Document, ev: _Events, kid: int, following: int) -> tuple[float, bool]:
    """How much a child is like a row (dated: 1), and whether it has a date, in it or behind it."""
    stop = doc.end[kid]
    links = ev.links[stop] - ev.links[kid]
    turns, returns = ev.turns[stop] - ev.turns[kid], ev.returns[stop] - ev.returns[kid]
    if turns > 1 or returns > 1:
        return 0.0, False
    inside = ev.dates[stop] - ev.dates[kid]
    behind = ev.dates[following] - ev.dates[stop]
    text = doc.link_size(kid) if doc.tag[kid] != "a" else doc.size(kid)
    if inside or behind:
        return (1.0 if text >= 6 else 0.4), True
    if links > 3:
        return 0.0, False
    weight = 0.4 if text >= 10 * links else 0.2 if text >= 6 else 0.08 if text >= 4 else 0.02
    if doc.size(kid) - doc.link_size(kid) >= 24:
        weight += 0.3  # a summary under the headline
    return weight if links <= 1 else 0.6 * weight, False


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


def _paged(doc: Document, ev: _Events, node: int) -> bool:
    """Whether a pager stands in the node or right behind it, within the three boxes around it."""
    if not ev.pagers:
        return False
    outer = node
    for n in doc.ancestors(node, 3):
        if doc.tag[n] != "body":
            outer = n
    return any(node < p < doc.end[outer] for p in ev.pagers)


def _context(doc: Document, ev: _Events, w: _Weight) -> float:
    return (0.3 if _aside(doc, w.node) else 1.0) * (2.0 if _paged(doc, ev, w.node) else 1.0)


def _genuine(doc: Document, ev: _Events, kids: dict[int, list[int]], w: _Weight) -> float:
    """Less where rows repeat one text (template dummies) or lead nowhere."""
    texts: set[str] = set()
    live = seen = 0
    for node in w.group[:40] or (w.node,):
        for kid in kids.get(node, [])[:40]:
            link = next(_within(ev.at, kid, doc.end[kid]), None)
            if link is not None:
                seen += 1
                live += bool(ev.href[link])
                texts.add(doc.text(link) or ev.href[link])
    return (0.3 + 0.7 * len(texts) / seen) * (0.6 + 0.4 * live / seen) if seen else 0.0


def _rows(doc: Document, ev: _Events, kids: dict[int, list[int]], best: _Weight) -> Iterator[Row]:
    for node in best.group or (best.node,):
        children = kids.get(node, [])
        weights = [
            _row_weight(doc, ev, kid, nxt) for kid, nxt in zip(children, [*children[1:], doc.end[node]], strict=True)
        ]
        kinds = _kinds(doc, children, weights)
        for (kid, start, stop), (weight, dated) in zip(_spans(doc, ev, node, children), weights, strict=True):
            if not weight or (not dated and (kinds and doc.tag[kid] not in kinds)):
                continue
            if best.dated * 2 > best.rows and not dated and weight < 0.2:
                continue
            link = main_link(doc, [n for n in _within(ev.at, kid, doc.end[kid])])
            if link >= 0 and not _TEMPLATE.search(doc.attr(kid, "ms-repeat") + " ".join(doc.attrs[kid])):
                yield Row(start, stop, link, ev.href.get(link, ""))


def _spans(doc: Document, ev: _Events, node: int, kids: list[int]) -> list[tuple[int, int, int]]:
    """(child, start, stop) of each row. Rows whose date stands outside the child reach to the next child, or back."""
    if any(ev.dates[doc.end[k]] - ev.dates[k] for k in kids) or not kids:
        return [(k, k, doc.end[k]) for k in kids]
    edges = [node + 1, *(doc.end[k] for k in kids[:-1])]
    leading = ev.dates[kids[0]] - ev.dates[edges[0]] and not ev.dates[doc.end[node]] - ev.dates[doc.end[kids[-1]]]
    if leading:
        return [(k, edge, doc.end[k]) for k, edge in zip(kids, edges, strict=True)]
    return [(k, k, nxt) for k, nxt in pairwise([*kids, doc.end[node]])]


def _within(sorted_nodes: Sequence[int], start: int, stop: int) -> Iterator[int]:
    from bisect import bisect_left

    for i in range(bisect_left(sorted_nodes, start), len(sorted_nodes)):
        if sorted_nodes[i] >= stop:
            break
        yield sorted_nodes[i]


def main_link(doc: Document, links: Sequence[int]) -> int:
    """Which of a row's links is its title: the first that is no column tag, picture or date box; -1 of none."""
    if len(links) <= 1:
        return links[0] if links else -1
    sizes = [len(compact(link_title(doc, n))) for n in links]
    longest = max(sizes)
    for n, size in zip(links, sizes, strict=True):
        if size >= min(longest, 9) and not (size < longest and _TAGGED.match(doc.text(n))):
            return n
    return links[sizes.index(longest)]


_BULLET = re.compile(r"^[\s·•●■◆▪◇□○▶►>»›★☆※→\-–—|∙・]+(?=\S)|\s*(?:\bnew!?|NEW)$")
_CUT = re.compile(r"(?:…+|\.{2,}|。{3,})\s*$")
_EDGE_DATE = re.compile(
    rf"^{_OPEN}{_DAY}{_CLOCK}{_CLOSE}|{_OPEN}{_DAY}{_CLOCK}{_CLOSE}$|[\[【(（]\s*{_SHORT}\s*[\]】)）]\s*$|^[\[【(（]\s*{_SHORT}\s*[\]】)）]"
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TITLED = re.compile(r"(?:^|[\s_-])(?:\w{0,8}title|\w{0,6}tit|\w{0,3}bt|biaoti|headline|name|subject)(?:$|[\s_\d-])")


def link_title(doc: Document, n: int) -> str:
    """The headline a link gives: whole from `title=` where the text is cut or mixed with more, without bullet and date."""
    shown = clean_title(_shown(doc, n))
    whole = clean_title(squeeze(doc.attr(n, "title")))
    if not whole or _CUT.search(whole):
        return shown or whole or _picture(doc, n)
    if not shown:
        return whole
    if _CUT.search(shown):
        return whole if compact(whole).startswith(compact(_CUT.sub("", shown))[:6]) else shown
    a, b = compact(shown), compact(whole)
    if a == b:
        return shown
    if b.startswith(a) and len(a) >= 4 and "\n" not in doc.attr(n, "title").strip():
        return whole
    return whole if b in a and doc.end[n] > n + 2 else shown


def clean_title(text: str) -> str:
    """Without bullets and the date glued to either end."""
    text = _BULLET.sub("", text).strip()
    bare = _EDGE_DATE.sub("", text).strip()
    return bare if len(bare) >= 4 or not has_date(text) else ("" if not bare else bare)


def _shown(doc: Document, n: int) -> str:
    """The text of a link; of a block link (headline, summary, date) the headline only."""
    texts = list(doc.texts(n))
    if len(texts) <= 1:
        return squeeze("".join(doc.data[t] for t in texts))
    for m in range(n + 1, doc.end[n]):
        if doc.tag[m] in _HEADINGS or (doc.attrs[m] and _TITLED.search(doc.marks(m))):
            if text := clean_title(doc.text(m)):
                return text
    lines = list(_lines(doc, n, texts))
    kept = [line for line in lines if not has_date(line) or clean_title(line)]
    return next((line for line in kept if len(line) >= 4), "") or " ".join(kept)


def _lines(doc: Document, n: int, texts: Sequence[int]) -> Iterator[str]:
    """The link's text, split where a block or a date of its own stands between two pieces."""
    from scraper.read.dom import BLOCK

    line = ""
    last = n
    for t in texts:
        piece = doc.data[t]
        broken = any(doc.tag[m] in BLOCK for m in range(last + 1, t)) or _closed(doc, last, t)
        if line.strip() and (broken or (has_date(piece) and not clean_title(squeeze(piece)))):
            yield squeeze(line)
            line = ""
        if has_date(piece) and not clean_title(squeeze(piece)):
            last = t
            continue
        line += piece
        last = t
    if line.strip():
        yield squeeze(line)


def _closed(doc: Document, a: int, b: int) -> bool:
    """Whether a block ends between text nodes a and b."""
    from scraper.read.dom import BLOCK

    return any(doc.tag[p] in BLOCK and doc.end[p] <= b for p in doc.ancestors(a, 6))


def _picture(doc: Document, n: int) -> str:
    for m in range(n, doc.end[n]):
        if doc.tag[m] == "img" and (alt := squeeze(doc.attr(m, "alt") or doc.attr(m, "title"))):
            return alt
    return ""
