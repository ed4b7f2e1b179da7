"""The breadcrumb: the names after 当前位置, without home, 正文 and the headline."""

from __future__ import annotations

import re

from scraper.read.dom import Document
from scraper.read.layout import Layout
from scraper.read.marks import CRUMB
from scraper.read.rules import Page
from scraper.text import compact, squeeze

_LABEL = re.compile(
    r"(?:您?(?:当前|现在)?(?:所在)?的?(?:当前|现在)?(?:位置|所在位置))\s*(?:是|在)?\s*[:：】]|当前(?:位置|栏目)|所在位置|您现在的位置"
)
_SEPARATOR = re.compile(r"\s*(?:[>＞»›→\\]|&gt;|-{1,2}|/|::|·|\|)+\s*")
_STRICT = re.compile(r"\s*(?:[>＞»›→]|&gt;)+\s*")
_HOME = re.compile(r"^(?:网站|本站|官网|门户|返回)?首\s?页$|^主页$|^home$|首页$|^门户网站$", re.I)
_END = re.compile(
    r"^(?:正文|内容|详情页?|浏览文章|文章正文|信息内容|详细内容|内容页|新闻详情|查看新闻|阅读|文章内容|查看内容|文章详情|详细信息|列表|信息浏览|详情信息|信息详情)$"
)
_MAX_MARKED = 40


def find_channel(page: Page, layout: Layout, headline: str | None, before: int) -> tuple[str, ...]:
    """Column names from the outermost in; () where the page shows none. `before`: only lines above it are looked at."""
    doc = page.doc
    for _, css in page.selectors("channel"):
        for n in doc.select(css)[:2]:
            names = _names(doc, n, headline)
            if names:
                return names
    for line in layout.lines[: max(before, 0) or len(layout.lines)]:
        if line.size < 200 and _LABEL.search(line.text):
            n = line.block
            if doc.size(n) - line.size < 3 and doc.parent[n] >= 0 and len(line.text) < 12:
                n = doc.parent[n]
            names = _names(doc, n, headline) if doc.size(n) < 260 else _split(line.text, headline)
            if names:
                return names
    marked = [n for n in layout.marked if layout.kinds[n] & CRUMB and 2 < doc.size(n) < 200]
    for n in marked[:_MAX_MARKED]:
        text = doc.text(n, " ")
        if _STRICT.search(text) or (doc.link_size(n) * 3 > doc.size(n) and "首页" in text):
            names = _names(doc, n, headline)
            if names:
                return names
    for line in layout.lines[: max(before, 0)]:
        if line.size < 120 and re.match(r"\S{0,10}首页\s?[>＞»]", line.text):
            return _split(line.text, headline)
    return ()


def _names(doc: Document, n: int, headline: str | None) -> tuple[str, ...]:
    """Names inside an element; two links side by side are two names, whatever stands between them or nothing."""
    text, before = "", -1
    links = 0
    for k in doc.texts(n):
        piece = squeeze(doc.data[k])
        if not piece:
            continue
        link = next((up for up in doc.ancestors(k, 6) if doc.tag[up] == "a" and up > n), -1)
        text += (" > " if link >= 0 and before >= 0 and link != before else " ") + piece
        links += link >= 0 and link != before
        before = link
    if _STRICT.search(text) or links >= 2:
        return _split(text if _STRICT.search(text) else _SEPARATOR.sub(" > ", text), headline)
    return _split(text, headline)


def _split(text: str, headline: str | None) -> tuple[str, ...]:
    label = _LABEL.search(text)
    text = text[label.end() :] if label else text
    strict = _STRICT.split(text)
    parts = strict if len(strict) > 1 else _SEPARATOR.split(text)
    return _clean(parts, headline) if len(parts) > 1 else ()


def _clean(parts: list[str], headline: str | None) -> tuple[str, ...]:
    bare = compact(headline or "\n")
    out: list[str] = []
    for part in parts:
        name = squeeze(part).strip(" :：>＞»·-/[]【】|")
        name = squeeze(_LABEL.sub("", name)).strip(" :：")
        if not name or len(name) > 40 or _END.match(name):
            continue
        if compact(name) == bare or (len(compact(name)) > 5 and compact(name).rstrip(".…") in bare):
            continue
        if _HOME.search(name):
            out = []
            continue
        if not out or out[-1] != name:
            out.append(name)
    return tuple(out[:8])
