"""Where links, dates, running text and pagers stand along a document: what rows are told by."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scraper.read.dom import TEXT, Document
from scraper.read.listing.row_dates import EDGE, has_date
from scraper.text import compact

_PORTAL = re.compile(r"(?:https?:)?//[^/?#]{1,100}/?\Z", re.I)
_PROSE = 40  # characters of a text node that may be running text
_RUNNING = re.compile("[，。；]")
_CLOSING = (*"0123456789日]】)）",)
# Words of links that lead to the same place as the title, or nowhere a reader of news wants to go.
_TRIVIAL = frozenset(
    "更多 more 详情 详细 详细内容 查看 查看更多 查看详情 查看全文 了解更多 了解详情 阅读全文 阅读更多 点击查看 全文 下载 附件下载 在线阅读 首页 上一页 上页 前一页 "
    "下一页 下页 后一页 尾页 末页 最后页 最后一页 首尾 转到 跳转 go prev next first last home 返回 返回顶部 top 打印本页 打印 关闭 关闭窗口".split()
)
_WRAPPING = " \t\r\n\u00a0\u3000[]【】()（）<>《》«»‹›>…·.+-—|/:："
_PAGER = re.compile(r"下一?页|尾\s?页|末页|共\s?\d+\s?[页条]|\bnext\b", re.I)
_PAGES = re.compile(r"(?<![a-z])(?:pagination|pager|paging|page-?nav|wp-pagenavi|pagelist)(?![a-z])", re.I)
"""Classes of a pager that has numbers and no words."""
_ADDRESS = re.compile(
    r"""["'(]\s*((?:https?:/)?[\w.~%-]{0,80}/[^"'\s)]{1,400}|[\w./~%-]{1,200}\.(?:s?html?|jsp|aspx?|php|do)(?:\?[^"'\s)]{0,300})?)\s*["')]"""
)
_ENCODED = re.compile(r"%2[27]")
TEMPLATE = re.compile(r"\{\{|\$\{|<%|#\{|\bms-repeat\b|\[!--|\{\$|\$cms\.")
_BRACES = re.compile(r"[{$<[#%]")
NEAR = 120  # characters between a row and the next in which its date may stand outside it


def address(attrs: dict[str, str]) -> str:
    """Where an element leads: href, or the address inside `javascript:` or onclick; '' where it leads nowhere."""
    href = attrs.get("href", "").strip()
    if href and not href.startswith("#") and href[:11].lower() != "javascript:":
        return "" if _BRACES.search(href) and TEMPLATE.search(href) else href
    for code in (href, attrs.get("onclick", "")):
        if len(code) > 6:
            found = _ADDRESS.search(_ENCODED.sub("'", code))
            if found and not TEMPLATE.search(code):
                return found[1]
    return ""


@dataclass(slots=True)
class Events:
    """Links and dates along the document. `index[n]` events stand before node n; the other lists count, by event, what
    stands before it, so that a subtree's share is `list[index[end]] - list[index[start]]`."""

    index: list[int]
    links: list[int]
    dates: list[int]
    turns: list[int]  # link then date, with no link between: one for each dated row whose date comes last
    returns: list[int]  # date then link: one for each dated row whose date comes first
    prose: list[int]  # characters of running text, outside links
    at: list[int]  # nodes of links that may be a row's
    href: dict[int, str]
    pagers: list[int]


def find_events(doc: Document) -> Events:
    ev = Events([], [0], [0], [0], [0], [0], [], {}, [])
    tag, chars, attrs, data = doc.tag, doc.chars, doc.attrs, doc.data
    index, count = ev.index, 0
    last, last_href, until = "", "", 0
    for n, name in enumerate(tag):
        index.append(count)
        if name == TEXT:
            if chars[n + 1] == chars[n]:
                continue
            text = data[n]
            running = len(text) >= _PROSE and _RUNNING.search(text)
            if running and doc.link_chars[n + 1] == doc.link_chars[n]:
                _add(ev, prose=chars[n + 1] - chars[n])
                count += 1
                # a paragraph may end in its row's date; one it begins with is a story's
                text = text[-EDGE:]
                if not text.rstrip().endswith(_CLOSING):
                    continue
            if has_date(text):
                _add(ev, date=1, turn=last == "link")
                count, last = count + 1, "date"
            elif "页" in text and _PAGER.search(text):
                ev.pagers.append(n)
        elif (name == "a" or "onclick" in attrs[n]) and n >= until:
            where = _link(doc, n)
            if where is None:
                continue
            ev.href[n] = where
            ev.at.append(n)
            if name != "a":
                until = doc.end[n]
            if not where or where != last_href:
                _add(ev, link=1, back=last == "date")
                count, last, last_href = count + 1, "link", where
    index.append(count)
    ev.pagers = sorted([*ev.pagers, *_pagers(doc)])
    return ev


def _pagers(doc: Document) -> Iterator[int]:
    """Pagers without words: what TRS's script writes, and elements whose class says so."""
    yield from (n for n in doc.scripts if "createPage" in doc.data[n])
    for n, attrs in enumerate(doc.attrs):
        name = attrs.get("class", "")
        if "pag" in name and _PAGES.search(name) and doc.size(n) <= NEAR:
            yield n


def _add(ev: Events, *, link: int = 0, date: int = 0, turn: int = 0, back: int = 0, prose: int = 0) -> None:
    ev.links.append(ev.links[-1] + link)
    ev.dates.append(ev.dates[-1] + date)
    ev.turns.append(ev.turns[-1] + turn)
    ev.returns.append(ev.returns[-1] + back)
    ev.prose.append(ev.prose[-1] + prose)


def _link(doc: Document, n: int) -> str | None:
    """The address of a link that may be a row's ('' where it is dead); None for trivial and empty links."""
    attrs = doc.attrs[n]
    where = address(attrs)
    size = doc.chars[doc.end[n]] - doc.chars[n]
    if doc.tag[n] != "a":
        if not where or size < 4:
            return None
        inner = any(
            doc.tag[m] == "a" and address(doc.attrs[m]) for m in range(n + 1, min(doc.end[n], n + 80))
        )
        return None if inner else where
    if not size:
        return where if "title" in attrs or (where and doc.end[n] > n + 1) else None
    if size <= 12:
        single = doc.end[n] == n + 2  # the common case, without the walk
        text = (doc.data[n + 1] if single else doc.raw_text(n)).strip(_WRAPPING).lower()
        if (
            not text
            or text in _TRIVIAL
            or (text.isdecimal() and len(text) <= 5)
            or (" " in text and compact(text) in _TRIVIAL)
        ):
            return None
    # an address without a path is a portal, not an article: friends, authorities, media
    return None if where.startswith(("mailto:", "tel:")) or _PORTAL.match(where) else where


def count_of(ev: Events, sums: list[int], start: int, stop: int) -> int:
    return sums[ev.index[stop]] - sums[ev.index[start]]


def those_within(sorted_nodes: Sequence[int], start: int, stop: int) -> Iterator[int]:
    for i in range(bisect_left(sorted_nodes, start), len(sorted_nodes)):
        if sorted_nodes[i] >= stop:
            break
        yield sorted_nodes[i]
