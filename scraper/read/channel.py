"""The breadcrumb: the names after 当前位置, without home, 正文 and the headline.

Order tried: the family's selector, a line with the label, elements whose class says breadcrumb, a line of short names
between arrows above the text. Home is what it says (首页, 主页 …) or links to the site's root, whatever it is called.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scraper.read.dom import Document
from scraper.read.layout import Layout, Line, block_of
from scraper.read.marks import CRUMB
from scraper.read.rules import Page
from scraper.text import compact, squeeze

MAX_NAMES = 8
_LABEL = re.compile(
    r"您?(?:当前|现在)?(?:所在)?的?(?:当前|现在)?的?(?:位置|所在位置)\s*(?:是|在)?\s*[:：】]|当前(?:的?位置|栏目)|所在(?:的?位置)|您现在的位置"
)
_ARROW = re.compile(r"\s*(?:[>＞»›→]|&gt;)+\s*")
_SEPARATOR = re.compile(r"\s*(?:[>＞»›→\\|·]|-{1,2}|/|::)+\s*")
_HOME = re.compile(
    r"^(?:网站|本站|官网|门户|返回)?首\s?页$|^主页$|^home(?:\s?page)?$|首页$|^门户网站$|^网站$", re.I
)
_END = re.compile(
    r"\s*(?:正文|内容|详情页?|浏览文章|文章正文|信息内容|详细内容|内容页|新闻详情|查看新闻|文章内容|查看内容|文章详情|详细信息|信息浏览|详情信息|信息详情)$"
)
_MORE = re.compile(r"更多|more|下一|详细", re.I)
_MAX_MARKED = 40
_MAX_SIZE = 260
_HOME_MARK, _BORDER = "\0", "\1"


def find_channel(page: Page, layout: Layout, headline: str | None, before: int) -> tuple[str, ...]:
    """Column names from the outermost in; () where the page shows none. `before`: only lines above it are looked at."""
    doc = page.doc
    above = layout.lines[: max(before, 0)]
    boxes = [n for _, css in page.selectors("channel") for n in doc.select(css)[:2]]
    for line in above or layout.lines:
        if line.size < 200 and ("位置" in line.text or "当前" in line.text) and _LABEL.search(line.text):
            boxes.append(_box_of_label(doc, line))
    marked = (n for n in layout.marked if layout.kinds[n] & CRUMB and 2 < doc.size(n) < 200)
    boxes += [n for n, _ in zip(marked, range(_MAX_MARKED), strict=False) if _looks_so(doc, n)]
    arrowed = (x for x in above if 3 < x.size < 80 and x.links and len(_ARROW.findall(x.text)) < 8)
    boxes += [x.block for x in arrowed if _ARROW.search(x.text) and not _MORE.search(x.text)]
    for n in boxes:
        if doc.size(n) < _MAX_SIZE and (names := _clean(_pieces(page, n), headline)):
            return names
    return ()


def _box_of_label(doc: Document, line: Line) -> int:
    """The element that holds a label and its names: the label's own line, or the box around where it stands alone."""
    n, label = line.block, _LABEL.search(line.text)
    rest = compact(line.text[label.end() :]).strip("：:>＞»") if label else ""
    if len(rest) > 2 and not _HOME.search(rest):
        return n
    for _ in range(3):
        if doc.size(n) - line.size >= 3 or doc.parent[n] < 0:
            break
        n = doc.parent[n]
    return n


def _looks_so(doc: Document, n: int) -> bool:
    text = doc.text(n, " ")
    return bool(_ARROW.search(text)) or (doc.link_size(n) * 4 > doc.size(n) and "首页" in text)


def _pieces(page: Page, n: int) -> list[str]:
    """The names in an element: parted by arrows, by links and blocks side by side, and by weaker signs beside links."""
    doc = page.doc
    text, before, block = "", -1, -1
    links = 0
    for k in doc.texts(n):
        piece = squeeze(doc.data[k])
        if not piece:
            continue
        link = next((up for up in doc.ancestors(k, 6) if doc.tag[up] == "a" and up > n), -1)
        own = block_of(doc, k)
        if link >= 0 and not links and _is_root(page, link):
            piece = _HOME_MARK
        apart = (link >= 0 and before >= 0 and link != before) or (own != block and block >= 0)
        text += (_BORDER if apart else " ") + piece
        links += link >= 0 and link != before
        before, block = link, own
    label = _LABEL.search(text)
    text = text[label.end() :] if label else text
    sign = _ARROW if _ARROW.search(text) or not links else _SEPARATOR
    return [name for part in text.split(_BORDER) for name in sign.split(part) if name.strip(" |-/")]


def _is_root(page: Page, link: int) -> bool:
    url = page.link(page.doc.attr(link, "href"))
    return url is not None and urlsplit(url).path in ("", "/", "/index.html", "/index.htm", "/index.shtml")


def _clean(parts: list[str], headline: str | None) -> tuple[str, ...]:
    if len(parts) < 2:
        return ()
    bare = compact(headline or "\n")
    out: list[str] = []
    for part in parts:
        name = squeeze(_LABEL.sub("", part)).strip(" :：>＞»·-/[]【】|")
        name = _END.sub("", name)
        if _HOME_MARK in name or _HOME.search(name):
            out = []
            continue
        own = compact(name)
        if not name or len(name) > 40 or own == bare or (len(own) > 5 and bare.startswith(own.rstrip(".…"))):
            continue
        first, _, second = name.partition(" ")
        name = first if first == second else name
        if not out or out[-1] != name:
            out.append(name)
    return tuple(out[:MAX_NAMES])
