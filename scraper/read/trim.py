"""From the container's lines to the article's: what stands around and between the paragraphs goes.

Dropped: headline and byline, share bars, print and close links, QR captions, editor lines, prev/next, related links,
disclaimers, attachment boxes. A section mark (相关阅读 …) ends the text only where little text follows it.
"""

from __future__ import annotations

import re

from scraper.read.body import Body, line_weight
from scraper.read.dom import Document
from scraper.read.facts import Fact
from scraper.read.layout import Layout, Line
from scraper.text import compact, halfwidth

_SECTION = re.compile(
    r"^\W{0,4}(?:上一篇|下一篇|上一条|下一条|上篇|下篇|前一篇|后一篇|上一则|下一则|上一个|下一个|相关(?:阅读|新闻|链接|文章|推荐|信息|稿件|报道|文档|文件|附件|资讯|内容|解读|政策|专题|产品|主题)|推荐(?:阅读|文章|新闻)|延伸阅读|热门(?:文章|新闻|推荐|阅读)|猜你喜欢"
    r"|最新(?:文章|新闻)|网友评论|发表评论|我要评论|用户评论|已有\d*条?评论|友情链接|您访问的链接即将离开|关联(?:阅读|文件|稿件)|其他新闻|更多新闻|精彩推荐|图片新闻|同类文章|版权声明|免责声明|本网声明|声明[:：])"
)
_DROP = re.compile(
    r"^[\W_]{0,4}(?:打印(?:本页|此页|本文|页面)?|关闭(?:窗口|本页|页面)?|返回(?:顶部|列表|上页|上一页|首页|搜狐.*)?|收藏(?:本文|本页)?|分享(?:到|至)?.{0,12}|字体(?:大小)?.{0,16}|字号.{0,16}|(?:大|中|小)(?:\s?(?:大|中|小)){0,2}|扫一扫.{0,20}|扫描二维码.{0,16}手机.{0,10}|扫码.{0,14}手机.{0,8}|二维码|微信扫.{0,16}"
    r"|手机(?:扫一扫|查看|版).{0,10}|用手机.{0,16}|我要纠错|纠错|顶一下|踩一下|点赞|转发|朗读|语音播报|听新闻|全文朗读|附件(?:下载|列表)?|相关附件|文件下载|下载附件|TOP|正文|无障碍.{0,8}|视力保护色.{0,10}|背景色.{0,10}|微信|微博|新浪微博|QQ空间|腾讯微博|人人网|更多|展开全文|Tags?|标签|关键[词字]|已下载\W{0,3}次|纠错/建议|打印\W+关闭|【?我要打印】?|【?关闭】?)[\W_]{0,4}$",
    re.I,
)
_CREDIT = re.compile(
    r"^\W{0,4}(?:责任?编辑?|编辑|责编|责任编辑|本文编辑|网络编辑|文字编辑|实习编辑|编发|选稿|审核|校对|校核|初审|复审|终审|一审|二审|三审|审稿|签发|监制|总监制|审读|录入|发布者|发布人|信息员|值班编辑|值班编委|排版|编审|原标题|源标题|出品|稿件来源|信息来源|文章来源|本文来源|来源|供稿|供稿单位|撰稿|作者|作者姓名|通讯员|记者|文字?|图片?|图文|摄影)(?:人|者|员|单位)?\s{0,3}[:：︱丨|/／]"
)
_KEEP_CREDIT = re.compile(r"^\W{0,3}(?:图文来源|图片|图|摄影|文\s?[:：]|图文|记者|来源)", re.I)
_DISCLAIMER = re.compile(r"凡本网注明|转载请注明|仅代表作者|不代表本(?:网|站|平台)|侵权.{0,12}(?:删除|联系)|如有侵权|未经.{0,12}授权.{0,12}(?:不得|禁止)转载|您访问的链接即将离开|如需转载|文章仅供参考")
_PLACEHOLDER = re.compile(r"^(?:\$\{|\{\{|\{\$|\[!--|<%)")


def trim(
    doc: Document, layout: Layout, body: Body, headline: str | None, facts: list[Fact], bylines: set[int]
) -> list[int]:
    """Numbers of the lines that are the article's text, in order."""
    lines = layout.lines
    shown = [i for i in range(body.start, body.stop) if not lines[i].hidden] or list(range(body.start, body.stop))
    shown = _cut_sections(lines, shown)
    kept = [i for i in shown if not _is_noise(lines[i])]
    kept = _trim_head(lines, kept, headline, bylines)
    return _trim_tail(lines, kept)


def _cut_sections(lines: list[Line], shown: list[int]) -> list[int]:
    """End the text at the first section mark after which little running text follows."""
    rest = sum(max(0.0, line_weight(lines[i])) for i in shown)
    total = rest
    for k, i in enumerate(shown):
        if _SECTION.search(lines[i].text) and lines[i].size < 120 and rest < 0.35 * total:
            return shown[:k]
        rest -= max(0.0, line_weight(lines[i]))
    return shown


def _is_noise(line: Line) -> bool:
    text = line.text
    if len(text) <= 40 and (_DROP.match(text) or _PLACEHOLDER.match(text)):
        return True
    if line.size < 160 and (_DISCLAIMER.search(text) or "上一篇" in text or "下一篇" in text):
        return True
    return False


def _trim_head(lines: list[Line], kept: list[int], headline: str | None, bylines: set[int]) -> list[int]:
    """Drop what repeats headline and byline before the first paragraph."""
    bare = compact(headline or "")
    start = 0
    for k, i in enumerate(kept[:12]):
        line = lines[i]
        own = compact(line.text)
        if own == bare or (len(own) > 5 and own in bare and k < 3):
            start = k + 1
        elif i in bylines and line.size < 120 and start == k:
            start = k + 1
        elif line.size > 60:
            break
    return kept[start:]


def _trim_tail(lines: list[Line], kept: list[int]) -> list[int]:
    """Drop credit lines (来源：, 责任编辑：, 作者：) and stray links after the last paragraph."""
    stop = len(kept)
    while stop > 0:
        line = lines[kept[stop - 1]]
        text = halfwidth(line.text)
        if line.size < 60 and _CREDIT.match(text) and not text.startswith(("图文来源", "图文:", "图文/")):
            stop -= 1
        else:
            break
    return kept[:stop]
