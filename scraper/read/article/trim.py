"""From the container's lines to the article's: what stands around and between the paragraphs goes.

Dropped: headline and byline, share bars, print and close links, QR captions, credit lines, prev/next, related links,
disclaimers, attachment boxes. A section mark (相关阅读 …) ends the text only where little text follows it.
"""

from __future__ import annotations

import re

from scraper.read.article.labels import FIELD, is_credit
from scraper.read.article.sight import Body
from scraper.read.dom import Document
from scraper.read.layout import Layout, Line, ends_article, line_weight
from scraper.text import compact, halfwidth

_FURNITURE = re.compile(
    r"打印(?:本页|此页|本文|页面|文章)?|我要打印|关闭(?:窗口|本页|页面)?|关窗|返回(?:顶部|列表|上页|上一页|上一级|首页|目录)?|收藏(?:本文|本页)?|加入收藏|分享(?:到|至|本文)?|字体(?:大小)?|字号|放大|缩小|默认|大|中|小"
    r"|扫一扫|扫描二维码|扫码|二维码|微信|微博|新浪|腾讯|QQ空间|QQ好友|人人网|朋友圈|在?手机(?:上|端)?(?:扫一扫|查看|浏览|打开|阅读|版)?(?:本页|当前页|此页|当前页面|本文)?|打开当前页面?|用手机|我要纠错|纠错/?建议|纠错|内容纠错|顶一下|踩一下|点赞|转发|朗读|查看原图|重新播放|更多图集|AI主播[·\w]{0,8}"
    r"|语音播报|听新闻|全文朗读|附件下载|附件列表|附件|相关附件|文件下载|下载附件|相关文档|相关链接|关联文件|关联稿件|TOP|正文|无障碍(?:阅读|浏览)?|视力保护色|背景色|更多|展开全文|阅读(?:剩余)?全文|全文|Tags?|标签|关键[词字]|已下载|下载|次|保存|复制链接|复制|举报"
    r"|推荐|人参与|人跟帖|跟帖|上一页|下一页|尾页|首页|末页|上页|下页|字数|阅读|浏览|点击|评论|网友评论|条|暂无|没有了|暂无相关信息|暂无数据|END|end|to|or|责任编辑|编辑|来源|作者|发布|\d",
    re.I,
)
_TELLING = re.compile(
    r"打印|关闭|关窗|返回|收藏|分享|字体|字号|扫一扫|扫描|扫码|二维码|微信|手机|纠错|顶一下|点赞|转发|朗读|播报|听新闻|图集|附件|相关|关联|TOP|视力|背景色|更多|展开|剩余|标签|关键|下载|保存|点击|浏览器|加载|上一页|下一页|尾页|没有了|暂无|评论|跟帖",
    re.I,
)
_WORD = re.compile(r"\w")
_EDITOR = re.compile(
    r"^\W{0,4}(?:责任?编辑?|编辑|责编|本文编辑|网络编辑|文字编辑|实习编辑|图文编辑|微信编辑|编发|选稿|责任?校对|校对|校核|初审|复审|终审|一审|二审|三审|审稿|审核|审读|签发|监制|总监制|录入|发布者?|发布人|信息员|值班编委?辑?|排版|编审"
    r"|原标题|源标题|出品|值班主任)(?:人|者|员)?\s{0,3}[:：︱丨|/／]"
)
_EDITORS = re.compile(r"(?:(?:编辑|责编|审校|审核|签发|校对|监制)\s[\u3400-\u9fff]{2,4}\W{0,3}){2,6}")
"""Editors without colons, several on a line."""
_BRACKETED = re.compile(
    r"^[【\[（(]\s?(?:责编|责任编辑|编辑|责校|校对|审核|编审)\s?[:：\s]?[^】\]）)]{2,30}[】\]）)]$"
)
_INDEX = re.compile(
    r"^\W{0,2}(?:信息)?(?:索\s?引\s?号|索取号|发布(?:机构|单位|日期|时间)|发文(?:机关|单位|日期|字号)|(?:生成|成文|印发|公开|生效|失效|废止)(?:日期|时间)|文\s?号|文件编号|主题(?:分类|词)|体裁分类|服务对象|公开(?:方式|形式|范围|类型|属性|程度)|有\s?效\s?性|信息(?:名称|分类|类别)|名\s?称|关\s?键\s?[词字]|内容概述|备\s?注|分\s?类|标\s?题|效力状态|组配分类|时效性?|适用机构|责任部门)\s?(?:[:：]|$)"
)
_CREDIT = re.compile(
    r"^\W{0,4}(?:(?:稿件|信息|文章|本文|文件)?\s?来\s?源|供\s?稿(?:单位|部门|人)?|撰\s?稿(?:人|单位)?|(?:文章|本文)?作\s?者(?:姓名)?|通讯员|记者|发布(?:时间|日期|单位|机构)|浏览(?:次数|量)?|点击(?:数|量|次数)?|阅读(?:数|量|次数)?|播放(?:次数|量)?|标签|关键词|分享)\s{0,3}[:︱丨|/于]"
)
_DISCLAIMER = re.compile(
    r"^\W{0,3}(?:特别|免责|版权|本站|本网)?声明\s?[:：].{0,80}(?:转载|自媒体|版权|本[网站]|作品|平台)|^Notice: The content above|凡本网注明|转载请注明|仅代表作者|不代表本(?:网|站|平台)|侵权.{0,12}(?:删除|联系)|如有侵权|未经.{0,12}授权.{0,12}(?:不得|禁止|请勿|谢绝)转载|您访问的链接即将离开|如需转载|(?:文章|观点)仅供\w{0,6}参考|无法在线浏览此\s?PDF|(?:福昕|Foxit|Adobe).{0,12}(?:阅读器|Reader)|下载此\s?PDF"
)
_CRUMB = re.compile(
    r"\W{0,3}(?:您|你)?(?:现在|当前|目前)?(?:的|所在|所处){0,2}位置\s?[:：是]|\W{0,3}(?:网站)?首\s?页\s{0,3}[>＞»]"
)
_SLIDE = re.compile(r"\d{1,3}\s?/\s?\d{1,3}")
"""Which picture of how many."""
_FILE_SIZE = re.compile(r"\.\w{2,4}\s{0,3}[(（]\s?\d[\d.]{0,8}\s?[KM]B?\b", re.I)
"""A file with its size behind it: an attachment's box."""
_ABSTRACT = re.compile(r"\W{0,2}(?:内容)?(?:摘\s?要|导\s?读|提\s?要|简\s?介|概\s?要|核心提示)\W{1,3}")
_LOADING = re.compile(r"加载中|正在加载|请稍[候等]|请刷新|点击右上角|在浏览器中打开")
"""Words of a script that has not run, and of an app that shows the page in a frame."""
_NEIGHBOUR = re.compile(r"^\W{0,4}[上下前后]一?(?:篇|条|则|个)(?:文章|新闻|信息)?\W")
_PLACEHOLDER = re.compile(r"^(?:\$\{|\{\{|\{\$|\[!--|<%)")


def trim(
    doc: Document, layout: Layout, body: Body, headline: str | None, bylines: set[int], sure: set[int]
) -> list[int]:
    """Numbers of the lines that are the article's text, in order. `sure`: the bylines of several values or with a clock."""
    lines = layout.lines
    inside = range(body.start, body.stop)
    shown = [i for i in inside if not lines[i].hidden] or list(inside)
    shown = _cut_sections(doc, layout, shown, bylines)
    kept = [i for i in shown if not _is_noise(doc, lines[i])]
    kept = _drop_index(doc, layout, kept)
    kept = _drop_abstract(lines, _trim_head(lines, kept, headline, bylines, sure))
    return _trim_tail(lines, kept, bylines, sure)


def _cut_sections(doc: Document, layout: Layout, shown: list[int], bylines: set[int]) -> list[int]:
    """End the text at the first section mark after which little running text follows, or rows with their days."""
    lines, weights = layout.lines, layout.weights
    total = sum(max(0.0, weights[i]) for i in shown)
    rest = sum(weights[i] for i in shown)  # the links of a list take away what its days and counts add
    days = sum(i in bylines for i in shown)
    for k, i in enumerate(shown):
        days -= i in bylines
        if ends_article(lines[i].text):
            after = len(shown) - k - 1
            if rest < 0.35 * total or (after >= _ROWS and 3 * days >= after):
                behind = _behind_box(doc, lines, shown, k)
                return shown[:k] + shown[behind:] if behind else shown[:k]
        rest -= weights[i]
    return shown


def _behind_box(doc: Document, lines: list[Line], shown: list[int], k: int) -> int:
    """Where among the lines the text goes on behind a box of links that begins with a section's mark: after a box that stands
    among the paragraphs, as one more child of what holds them; 0 where it does not."""
    before = doc.parent[lines[shown[k - 1]].block] if k else -1
    box = lines[shown[k]].block
    while before >= 0 and doc.parent[box] != before:
        box = doc.parent[box]
        if box <= before:
            return 0
    behind = next((j for j in range(k + 1, len(shown)) if not doc.within(lines[shown[j]].node, box)), 0)
    if not behind or doc.parent[lines[shown[behind]].block] != before:
        return 0
    if max(line_weight(lines[j]) for j in shown[behind:]) < _PARAGRAPH:
        return 0
    return behind


_PARAGRAPH = 60.0  # weight of running text
_ROWS = 6  # lines from which a third with a day each make rows


def _is_noise(doc: Document, line: Line) -> bool:
    text = line.text
    if len(text) <= 60 and (_PLACEHOLDER.match(text) or is_furniture(text)):
        return True
    if line.size < 40 and (_BRACKETED.match(text) or _EDITORS.fullmatch(text) or _LOADING.search(text)):
        return True
    if len(text) <= 7 and _SLIDE.fullmatch(text):
        return True
    if line.links and len(text) <= 100 and _FILE_SIZE.search(text):
        return True
    if line.links == line.size <= 12 and text.startswith("返回"):
        return True  # the way back, whatever the site calls the place
    if line.size < 120 and _EDITOR.match(text) and doc.tag[line.block] not in ("td", "th"):
        return True
    return line.size < 160 and bool(_DISCLAIMER.search(text) or _NEIGHBOUR.match(text + " "))


def is_furniture(text: str) -> bool:
    """Whether a line is made of nothing but the words of buttons and bars, one of them telling (打印, 分享 …)."""
    if not _TELLING.search(text):
        return False
    return not _WORD.search(_FURNITURE.sub("", compact(text)))


def _drop_index(doc: Document, layout: Layout, kept: list[int]) -> list[int]:
    """Drop the information table (索引号, 发布机构, 文号 …) that catalogues put before or into the text."""
    lines = layout.lines
    named = [i for i in kept[:24] if lines[i].size < 80 and _INDEX.match(lines[i].text)]
    if len(named) < 3:
        return kept
    dropped = set(named)
    for i in named:
        table = next((up for up in doc.ancestors(lines[i].block, 8) if doc.tag[up] == "table"), -1)
        own = layout.within(doc, table) if table >= 0 else range(0)
        if 4 * sum(k in own for k in named) >= len(own):
            dropped.update(own)
    return [i for i in kept if i not in dropped]


def _trim_head(
    lines: list[Line], kept: list[int], headline: str | None, bylines: set[int], sure: set[int]
) -> list[int]:
    """Drop breadcrumb, and what repeats headline and byline, before the first paragraph."""
    bare = _letters(headline or "")
    start = 0
    for k, i in enumerate(kept[:12]):
        line = lines[i]
        own = _letters(line.text)
        if start == k and line.size < 120 and _CRUMB.match(line.text):
            start = k + 1
            continue
        if i in sure and line.size < 120 and all(_is_word(lines[j]) for j in kept[start:k]):
            start = k + 1
            continue
        repeats = own == bare or (len(own) > 3 and own in bare and start == k)
        count = own.isdecimal() and len(own) < 10  # of views or comments, beside its icon
        if repeats or (start == k and (count or is_credit(line.text) or (i in bylines and line.size < 120))):
            start = k + 1
        elif line.size > 60:
            break
    return kept[start:]


def _drop_abstract(lines: list[Line], kept: list[int]) -> list[int]:
    """Drop the summary before the text that is nothing but the beginning of the text."""
    if len(kept) < 2 or not (label := _ABSTRACT.match(lines[kept[0]].text)):
        return kept
    begins = _letters(lines[kept[0]].text[label.end() :])[:_BEGINS]
    told = any(_letters(lines[i].text[:60]).startswith(begins) for i in kept[1:4])
    return kept[1:] if len(begins) == _BEGINS and told else kept


_BEGINS = 12  # letters that two beginnings share if one is a copy of the other


def _is_word(line: Line) -> bool:
    """Whether a line can be a name or a subtitle above a byline, and no sentence."""
    if line.text[0] in "—–":
        return True
    return line.size <= 20 and line.text[-1] not in "。：；！？，、:;"


def _letters(text: str) -> str:
    """Text without blanks and punctuation: two prints of a headline differ in both."""
    return re.sub(r"[\W_]", "", text)


def _trim_tail(lines: list[Line], kept: list[int], bylines: set[int], sure: set[int]) -> list[int]:
    """Drop credit lines (来源：, 作者：, a late byline, its labels and values in cells) after the last paragraph."""
    stop = len(kept)
    while stop > 0:
        i = kept[stop - 1]
        line = lines[i]
        credit = _CREDIT.match(halfwidth(line.text)) is not None
        cell = i in bylines and (_is_label(line) or (i > 0 and i - 1 in bylines and _is_label(lines[i - 1])))
        late = i in bylines and (i in sure or credit or cell)
        if line.size < 100 and (late or (line.size < 60 and credit)):
            stop -= 1
        else:
            break
    return kept[:stop]


def _is_label(line: Line) -> bool:
    return compact(line.text).strip("：:【】") in FIELD
