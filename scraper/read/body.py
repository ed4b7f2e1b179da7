"""The main text: which element holds it, and which of its lines are the article.

Each line has a weight (running text for, links and furniture against); the container is the element with the greatest
sum, the smallest of those that share it. Containers that CMSs name (#zoom, .TRS_Editor …) and the family's selectors
weigh more, but never win without text. Of two copies of one text only the first counts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from scraper.model import Evidence
from scraper.read.dom import Document
from scraper.read.layout import Layout, Line, block_of
from scraper.read.rules import Page
from scraper.read.title import Headline
from scraper.text import compact

_STRONG = re.compile(
    r"trs_editor|trs_ueditor|ucap-content|v_news_content|vsb_content|wp_articlecontent|j-fontcontent|easysitetext"
    r"|cmsarticlecontent|\bzoom\b|zoomcon|fontzoom|ivs_content|js_content|articlewrap|ozoom|mp-editor|rm_txt_con|con_con",
    re.I,
)
_MILD = re.compile(
    r"article[-_]?(?:con|body|text|detail)|content|(?:^|[\W_])(?:text|txt|con|zw|body|main-?txt|editor|detail)(?:$|[\W_\d])|newstext|neirong|nr(?:$|\W)|"
    r"conTxt|xl_|view(?:$|\W)|wzcon|zhengwen|pages_content|mainbody",
    re.I,
)
_FOOT_TAGS = frozenset("footer nav aside header select".split())
_FURNITURE = re.compile(
    r"foot|copyright|banquan|(?:^|[\W_])(?:nav|menu|share|crumb|breadcrumb|position|pagination|sidebar|related?|hot|recommend|comment|toolbar|qrcode|ewm)s?(?:$|[\W_\d])|friendlink|bdsharebuttonbox|jiathis",
    re.I,
)
_FOOTER = re.compile(
    r"版权所有|ICP备|ICP证|公网安备|公安备案|网站标识码|主办单位|承办单位?[:：]|技术支持|copyright|all rights reserved|建议使用|分辨率|网站地图|联系我们|免责声明|隐私|设为首页|加入收藏|浏览器",
    re.I,
)
_FLOW = re.compile(r"[，。；！？、：“”,;!?]|\.\s")
_ICON = re.compile(
    r"icon|logo|button|btn|arrow|bg\.|dot|spacer|blank\.gif|share|wechat|weixin|weibo|qr|ewm|print|close|loading|/images/(?:\w{1,12}\.)?gif|conac|gongan|beian",
    re.I,
)
_FILE = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|wps|et|zip|rar|7z|ofd|txt)(?:$|[?#\s])|download", re.I)
END_MARK = re.compile(
    r"^\W{0,4}(?:上一篇|下一篇|上一条|下一条|上篇|下篇|前一篇|后一篇|上一则|下一则|上一个|下一个|相关(?:阅读|新闻|链接|文章|推荐|信息|稿件|报道|文档|文件|附件|资讯|内容|解读|政策|专题|产品|主题)"
    r"|推荐(?:阅读|文章|新闻)|延伸阅读|热门(?:文章|新闻|推荐|阅读)|热点|热图|猜你喜欢|最新(?:文章|新闻)|网友评论|发表评论|我要评论|用户评论|已有\d{0,6}条?评论|友情链接|您访问的链接即将离开|关联(?:阅读|文件|稿件)|其他新闻|更多新闻"
    r"|精彩推荐|图片新闻|同类文章|版权声明|免责声明|本网声明|责任编辑\s?[:：]|责编\s?[:：]|编辑\s?[:：]|阅读(?:剩余)?全文|加载更多|您此时的心情)"
)
"""What stands after an article: neighbours, related links, credits, comments."""
_MAX_NAMED = 20
PICTURE = 25.0
"""What a picture of the article weighs, in characters of text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The main text's container (a node) and the range of lines it holds after headline and byline."""

    node: int
    start: int
    stop: int
    weight: float
    evidence: Evidence


def find_body(page: Page, layout: Layout, headline: Headline, bylines: Iterable[int]) -> Body | None:
    """The container of the main text; None where no element holds text (or pictures) worth the name."""
    doc, lines = page.doc, layout.lines
    furniture = _furniture(doc)
    anchor = headline.stop if headline.start >= 0 else 0
    skip = set(bylines)
    show_hidden = not any(x.size > 30 and not x.hidden and x.links * 2 < x.size for x in lines)
    chosen = {n for _, css in page.selectors("body") for n in doc.select(css)[:3]}
    named = sorted(chosen | {n for n, a in enumerate(doc.attrs) if a and _bonus(doc.marks(n)) > 1.1})[
        :_MAX_NAMED
    ]
    places, weights = _weights(doc, layout, anchor, skip, furniture, show_hidden, named)
    sums = [0.0, *accumulate(weights)]
    best, top, low = -1, 0.0, 0.0
    for n in _boxes(doc, layout, places, weights):
        own = sums[bisect_left(places, doc.end[n])] - sums[bisect_left(places, n)]
        bonus = 1.25 if n in chosen else _bonus(doc.marks(n))
        if own * bonus > top * 1.0005 or (
            own * bonus >= top * 0.9995 and doc.end[n] - n < doc.end[best] - best
        ):
            best, top, low = n, own * bonus, own
    if best < 0 or low < 8:
        return None
    own_lines = layout.within(doc, best)
    start = max(own_lines.start, anchor if anchor < own_lines.stop else own_lines.start)
    rule = (
        "family"
        if best in chosen
        else ("mark " + doc.marks(best) if _bonus(doc.marks(best)) > 1 else "density")
    )
    return Body(
        node=best,
        start=start,
        stop=own_lines.stop,
        weight=low,
        evidence=Evidence(
            rule=rule.strip()[:60], snippet=f"<{doc.tag[best]}> {doc.marks(best)}".strip()[:80]
        ),
    )


def _furniture(doc: Document) -> bytearray:
    """Which nodes stand in menus, footers, share bars and side boxes."""
    out = bytearray(len(doc))
    for n, (name, a) in enumerate(zip(doc.tag, doc.attrs, strict=True)):
        if out[n] or not (a or name in _FOOT_TAGS):
            continue
        marked = name in _FOOT_TAGS or _is_furniture(doc.marks(n))
        # a mark on a wrapper of half the page says nothing about the text in it
        if name == "footer" or (marked and doc.size(n) * 2 < doc.chars[-1]):
            out[n : doc.end[n]] = b"\1" * (doc.end[n] - n)
    return out


def _weights(
    doc: Document,
    layout: Layout,
    anchor: int,
    skip: set[int],
    furniture: bytearray,
    show_hidden: bool,
    named: list[int],
) -> tuple[list[int], list[float]]:
    """Weights of all lines and pictures in document order: (node numbers, weights)."""
    seen: set[str] = set()
    pairs: list[tuple[int, float]] = []
    read, ended = 0.0, False
    for i, line in enumerate(layout.lines):
        if line.hidden and not show_hidden:
            continue
        weight = line_weight(line)
        if weight < 0 and any(doc.within(line.node, n) for n in named) and not _FOOTER.search(line.text):
            weight = 0.3 * line.size  # a list of links that somebody wrote into the article
        if weight > 0 and furniture[line.node]:
            weight = 0.0
        if weight > 20:
            bare = compact(line.text)
            weight = 0.0 if bare in seen else weight
            seen.add(bare)
        if i < anchor or i in skip:
            weight = min(weight, -0.4 * min(line.size, 50))
        elif weight > 0:
            read += weight
        if read > 20 and not ended:
            ended = len(line.text) < 120 and END_MARK.search(line.text) is not None
        if ended and weight > 0:
            weight *= -0.1
        pairs.append((line.node, weight))
    floor = layout.lines[anchor - 1].node if anchor else 0
    for n in doc.elements("img"):
        if n > floor and not layout.hidden[n] and not furniture[n] and is_content_image(doc, n):
            pairs.append((n, PICTURE))
    pairs.sort()
    return [p[0] for p in pairs], [p[1] for p in pairs]


def line_weight(line: Line) -> float:
    """How much a line speaks for running text (positive) or for menus and footers (negative)."""
    own = line.size - line.links
    if line.size < 4:
        return 0.4 * own - line.links
    if _FOOTER.search(line.text) and line.size < 200:
        return -float(line.size) - 20
    if line.links * 2 > line.size:
        return 0.0 if _FILE.search(line.text) else -float(line.links) - 4
    flow = len(_FLOW.findall(line.text))
    if flow == 0 and own < 12:
        return 0.4 * own
    if flow == 0 and own > 80:
        return -0.3 * own  # names one after another: menus and link lists of plain words
    return own + 2.0 * flow - 2.0 * line.links


def is_content_image(doc: Document, n: int) -> bool:
    """Whether a picture is content: not an icon by its address, not tiny by its own measures."""
    a = doc.attrs[n]
    src = a.get("src") or a.get("data-src") or a.get("orisrc") or ""
    if not src or (_ICON.search(src[-200:]) and "upload" not in src.lower()):
        return False
    for side in ("width", "height"):
        value = re.match(r"\s*(\d{1,5})", a.get(side, ""))
        if value and int(value[1]) < 90:
            return False
    return True


def _boxes(doc: Document, layout: Layout, places: list[int], weights: list[float]) -> list[int]:
    """All elements that hold a line or picture of weight: from the first such place up."""
    out: set[int] = set()
    for place, weight in zip(places, weights, strict=True):
        if weight <= 0:
            continue
        n = block_of(doc, place)
        while n >= 0 and n not in out:
            out.add(n)
            n = doc.parent[n]
    return sorted(out)


@lru_cache(4096)
def _is_furniture(marks: str) -> bool:
    return _FURNITURE.search(marks) is not None


@lru_cache(4096)
def _bonus(marks: str) -> float:
    """How much more a container weighs whose class or id CMSs give to the main text."""
    if not marks:
        return 1.0
    if _STRONG.search(marks):
        return 1.12
    return 1.04 if _MILD.search(marks) else 1.0
