"""The page as its reader sees it: visual lines in document order, each with its place in the arena.

A line is text between two block boundaries or line breaks. Everything the field readers do stands on lines: a headline
is a line (or the lines of one element), a byline is a few short lines, a body is a run of lines.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from scraper.read.dom import BLOCK, MUTE, Document
from scraper.read.marks import flags
from scraper.text import is_han, squeeze

_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_WIDE = re.compile("[\u00a0\u2000-\u200a\u3000]")
_RUN = re.compile(r"\s(?:\s+|(?<! ))")
_BREAKING = BLOCK | {"br"}
_UNNAMED = frozenset("a img script link meta input iframe".split())
_SILENT = MUTE | {"title"}
FOOTER = re.compile(
    r"版权所有|I[Cc][Pp][备证]|i[Cc][Pp][备证]|公网安备|公安备案|网站标识码|主办单位|承办单位?[:：]|技术支持|C(?i:opyright)|copyright|A(?i:ll rights reserved)|all rights reserved|建议使用|分辨率|网站地图|联系我们|免责声明|隐私|设为首页|加入收藏|浏览器"
)
CRUMB = re.compile(
    r"当前位置|您的位置|现在的位置|所在位置|首页\s*[>＞»→/－—–|｜·-]|^首页$|网站首页|[>＞»]\s*正文$"
)
"""A breadcrumb, or its first link."""
_FLOW = re.compile(r"[，。；！？、：“”,;!?.](?:(?<!\.)|(?=\s))")
_FILE = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|wps|et|zip|rar|7z|ofd|txt)(?:$|[?#\s])|download")
END_MARK = re.compile(
    r"^\W{0,4}(?:上一篇|下一篇|上一条|下一条|上篇|下篇|前一篇|后一篇|上一则|下一则|上一个|下一个|[上下]一图集|[上下]一组图?|相关(?:阅读|新闻|视频|图集|链接|文章|推荐|信息|稿件|报道|文档|文件|附件|资讯|内容|解读|政策|专题|产品|主题)"
    r"|推荐(?:阅读|文章|新闻)|延伸阅读|(?:为|给)(?:您|你)推荐|(?:您|你)(?:可能|也许)(?:还|也|会)?(?:感兴趣|喜欢)|大家都在看|热门(?:文章|新闻|推荐|阅读)|热点|热图|猜你喜欢|最新(?:文章|新闻)|网友评论|发表评论|我要评论|用户评论|已有\d{0,6}条?评论|(?:全部|最新|精彩|热门)?评论\s?[(（]?\d{0,6}[)）]?$|友情链接|您访问的链接即将离开|关联(?:阅读|文件|稿件)|其他新闻|更多新闻"
    r"|精彩推荐|往期(?:推荐|回顾|精选)|精选留言|图片新闻|同类文章|版权声明|免责声明|本网声明|责任编辑\s?[:：]|责编\s?[:：]|编辑\s?[:：]|阅读(?:剩余)?全文|加载更多|您此时的心情"
    r"|(?:Related|More) (?:Stories|News|Articles|Reading|Links)$|Related$|Most (?:Read|Viewed|Popular)$|Recommended(?: for you)?$|Editor.s (?:Choice|Picks?)$|Latest News$)",
    re.I,
)
"""What stands after an article: neighbours, related links, credits, comments."""
_SENTENCE_END = re.compile(r"[。！？…]\W?$")
_DAY_END = re.compile(r"\d{4}[-/.]\d\d[-/.]\d\d$")
GAP = "  "
"""Two blanks: a gap wide enough to part two values on one line."""


class Line(NamedTuple):
    """One visual line. node, last: first and last text node; block: nearest block element; links: characters in links."""

    node: int
    last: int
    block: int
    text: str
    size: int
    links: int
    hidden: bool


@dataclass(slots=True)
class Layout:
    """All lines of a page; `hidden[n]`: 1 where a style hides node n, 2 where it is no text (script, head …)."""

    lines: list[Line] = field(default_factory=list)
    hidden: bytearray = field(default_factory=bytearray)
    starts: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    """Flags (marks.py) of each node's own class and id."""
    marked: list[int] = field(default_factory=list)
    """The nodes that have flags."""
    weights: list[float] = field(default_factory=list)
    """How much each line speaks for running text."""
    written: dict[int, str] = field(default_factory=dict)
    """Text that a script writes in its place, by the script's node."""

    def within(self, doc: Document, node: int) -> range:
        """Numbers of the lines that begin inside a node's subtree."""
        return range(bisect_left(self.starts, node), bisect_left(self.starts, doc.end[node]))

    def at(self, node: int) -> int:
        """Number of the first line that begins at or after a node."""
        return bisect_left(self.starts, node)


def ends_article(text: str) -> bool:
    """Whether a line is the mark of what stands after an article, and no sentence that begins like one (相关政策见《…》。)."""
    mark = END_MARK.match(text) if len(text) < 120 else None
    return mark is not None and not (
        is_han(text[mark.end() :][:1]) and _SENTENCE_END.search(text) is not None
    )


def block_of(doc: Document, n: int) -> int:
    """The nearest block element that holds a node (0, the root, where none does)."""
    tag, parent = doc.tag, doc.parent
    while n > 0 and tag[n] not in BLOCK:
        n = parent[n]
    return max(n, 0)


def lay_out(doc: Document) -> Layout:
    """Read the lines of a document in one pass over its texts."""
    out = Layout()
    hidden = out.hidden = _look_at_elements(doc, out)
    breaks = list(accumulate(map(_BREAKING.__contains__, doc.tag)))
    out.written = written = _written(doc)
    tag, data, parent = doc.tag, doc.data, doc.parent
    line: list[int] = []
    block = before = -1
    for n in sorted([*doc.shown, *written]) if written else doc.shown:
        if hidden[n] == 2 and n not in written:
            continue
        if data[n].isspace():
            if line and breaks[n] == breaks[before]:
                line.append(n)
            continue
        own = parent[n]
        while own > 0 and tag[own] not in BLOCK:
            own = parent[own]
        if line and (own != block or breaks[n] != breaks[before]):
            _finish(doc, out, line, block)
            line = []
        line.append(n)
        block, before = own, n
    if line:
        _finish(doc, out, line, block)
    out.starts = [x.node for x in out.lines]
    out.weights = list(map(line_weight, out.lines))
    return out


_WRITE = re.compile(
    r"""document\.write(?:ln)?\(\s*(?:(?:"([^"<>\n]{1,120})"|'([^'<>\n]{1,120})')(?!\s*\+)|(?:["'](?:<\w[^"'<>\n]{0,80}>)*([^"'<>\n]{1,40})["']\s*\+\s*)?([A-Za-z_$][\w$]{0,40})(?:\s*\+\s*["'](?:</\w{1,12}>)+["'])?)\s*\)"""
)
_VARIABLE = re.compile(
    r"""\b([A-Za-z_$][\w$]{0,40})\s{0,3}=\s{0,3}(?:"([^"<>\n]{1,200})"|'([^'<>\n]{1,200})')"""
)
_MAX_SCRIPT, _MAX_CODE = 4000, 200_000


def _written(doc: Document) -> dict[int, str]:
    """What scripts write into the page where that can be told without running them (byline templates of TRS, NFCMS).

    Told are: the one variable that a script sets to a string and writes, with the label it puts before it; else its one
    write, if no `else` is in it.
    """
    out: dict[int, str] = {}
    values: dict[str, str] | None = None
    for n in doc.scripts:
        code = doc.data[n]
        if "document.write" not in code or len(code) > _MAX_SCRIPT:
            continue
        calls = _WRITE.findall(code)
        names = {name: label for _, _, label, name in calls if name}
        own = {name: one or other for name, one, other in _VARIABLE.findall(code) if name in names}
        if len(own) == 1:
            # whatever is tested, a string that is set and written is not empty
            text = next(names[name] + value for name, value in own.items())
        elif len(calls) == 1 and code.count("document.write") == 1 and "else" not in code:
            one, other, label, name = calls[0]
            if name and values is None:
                values = _variables(doc)
            text = one or other or (values or {}).get(name, "")
            text = label + text if text else ""
        else:
            continue
        if text.strip():
            out[n] = text
    return out


def _variables(doc: Document) -> dict[str, str]:
    """Strings that the page's own scripts set, by name; of two the first."""
    code = "\n".join(doc.data[n][:20_000] for n in doc.scripts)[:_MAX_CODE]
    out: dict[str, str] = {}
    for name, one, other in _VARIABLE.findall(code):
        out.setdefault(name, one or other)
    return out


def _look_at_elements(doc: Document, layout: Layout) -> bytearray:
    """Flags of all elements, and what is not shown (1, by style) or no text (2): a subtree takes its root's value."""
    out = bytearray(len(doc))
    end, tag = doc.end, doc.tag
    kinds = layout.kinds = [0] * len(doc)
    for n in doc.named:
        attributes = doc.attrs[n]
        if ("class" in attributes or "id" in attributes) and tag[n] not in _UNNAMED:
            found = flags(attributes.get("class", "")[:200], attributes.get("id", "")[:100])
            if found:
                kinds[n] = found
                layout.marked.append(n)
        if "hidden" in attributes or ("style" in attributes and _hides(attributes["style"])):
            out[n : end[n]] = b"\1" * (end[n] - n)
    for name in _SILENT & doc.places.keys():
        for n in doc.places[name]:
            out[n : end[n]] = b"\2" * (end[n] - n)
    return out


def _hides(style: str) -> bool:
    """Whether a style hides its element; most styles are seen at a glance not to."""
    low = style.lower()
    return ("none" in low or "hidden" in low) and _HIDING.search(low) is not None


def _finish(doc: Document, out: Layout, nodes: list[int], block: int) -> None:
    """Close a line, unless nothing visible is left of it."""
    written, data = out.written, doc.data
    if written:
        raw = "".join([written[n] if n in written else data[n] for n in nodes])
    else:
        raw = data[nodes[0]] if len(nodes) == 1 else "".join([data[n] for n in nodes])
    text = squeeze(raw)
    if not text:
        return
    first, last = nodes[0], nodes[-1]
    size = doc.chars[last + 1] - doc.chars[first]
    if written:
        size += sum([len(written[n]) for n in nodes if n in written])
    links = doc.link_chars[last + 1] - doc.link_chars[first]
    out.lines.append(Line(first, last, block, text, size, links, out.hidden[first] == 1))


def line_weight(line: Line) -> float:
    """How much a line speaks for running text (positive) or for menus and footers (negative), in characters."""
    own = line.size - line.links
    if line.size < 4:
        return 0.4 * own - line.links
    if line.links * 2 > line.size:
        return 0.0 if _FILE.search(line.text.lower()) else -float(line.links) - 4
    if line.size < 200 and FOOTER.search(line.text):
        return -float(line.size) - 20
    flow = len(_FLOW.findall(line.text))
    if flow == 0 and own < 12:
        return 0.4 * own
    if flow == 0 and own > 80:
        return -0.3 * own  # names one after another: menus and link lists of plain words
    return own + 2.0 * flow - 2.0 * line.links


def spaced(doc: Document, layout: Layout, line: Line) -> str:
    """The line with what the eye sees as gaps: wide blanks, and borders of elements that carry a class or an id, as GAP.

    Editors split words over plain spans, templates put each value of a byline into an element of its own: that an
    element is named tells the two apart.
    """
    written = layout.written
    if line.node == line.last and line.node not in written:
        return _parted(doc.data[line.node]) if line.size != len(line.text) else line.text
    out: list[str] = []
    before, parted = -1, False
    nodes = doc.shown[bisect_left(doc.shown, line.node) : bisect_left(doc.shown, line.last + 1)]
    if written:
        nodes = sorted([*nodes, *(n for n in written if line.node <= n <= line.last)])
    for n in nodes:
        owner = doc.parent[n]
        if owner != before:
            named = _named(doc, owner)
            if before >= 0 and (named or parted or (out and _DAY_END.search(out[-1]))):
                out.append(GAP)
            before, parted = owner, named
        out.append(written[n] if n in written else doc.data[n])
    return _parted("".join(out))


def _parted(text: str) -> str:
    """The text with each run of white space one blank, or a GAP where the run is wide."""
    text = text.strip()
    return text if text.isprintable() and GAP not in text else _RUN.sub(_gap, text)


def _named(doc: Document, n: int) -> bool:
    attrs = doc.attrs[n]
    if attrs.get("class") or attrs.get("id") or doc.tag[n] == "a":
        return True
    return any(name.startswith("data-v-") for name in attrs)  # what Vue marks as a template's own


def _gap(match: re.Match[str]) -> str:
    run = match[0]
    return GAP if len(run) > 1 and (_WIDE.search(run) or GAP in run.replace("\n", "")) else " "
