"""Walls (a guard answered instead of the page) and dead pages (gone, though the status may say 200).

Tokens that only a guard product writes count at any size; generic words only on a page with little else, for real pages
speak of 验证 and 拦截 too, and full pages behind 瑞数 carry its `$_ts` script. Nothing is evaded: a wall is named and
reported. Signatures: the vendors' own block pages, gathered in public fingerprint lists.
"""

from __future__ import annotations

import re

from scraper.read.dom import Document
from scraper.text import compact

NEAR_EMPTY = 400  # visible characters: a challenge or block page has a few sentences at most
_MAX_SCAN = 60_000  # characters of HTML searched; block pages are small

# Written by one product only, on its block or challenge page.
_STRONG = (
    ("jiasule.com", "加速乐 (Jiasule)"),
    ("__jsl_clearance", "加速乐 (Jiasule)"),
    ("cyd-error-help", "创宇盾 (365cyd)"),
    ("ks-waf-error", "金山云 WAF"),
    ("当前访问疑似黑客攻击", "创宇盾 (365cyd)"),
    ("acw_sc__v2", "阿里云 WAF"),
    ("errors.aliyun.com", "阿里云 WAF"),
    ("/wzws-waf-cgi/", "网站卫士 (wzws)"),
    ("safedog-flow-item", "安全狗 (Safedog)"),
    ("404.safedog.cn", "安全狗 (Safedog)"),
    ("服务器安全狗防护验证页面", "安全狗 (Safedog)"),
    ("您的请求带有不合法参数", "宝塔 WAF (btwaf)"),
    ("safeline_bot_challenge", "雷池 (SafeLine)"),
    (".safeline/challenge", "雷池 (SafeLine)"),
    ("waf.tencent-cloud.com", "腾讯云 WAF"),
    ("/_guard/auto.js", "guard"),
    ("D盾_拦截提示", "D盾"),
    ("/_bot_sbu/", "bot_sbu"),
    ("cdn-cgi/challenge-platform/h/", "Cloudflare"),
    ("QAX GeoBL", "奇安信 geo block"),
)
# Also on full pages behind the product, or in running text: they count on near-empty pages only.
_WEAK = (
    (re.compile(r"\$_ts\b|<(?:meta|script)[^>]{0,300}\br=['\"]?m\b"), "瑞数 (River Security)"),
    (re.compile(r"HWWAFSES|HuaweiCloudWAF|hwclouds\.com"), "华为云 WAF"),
    (re.compile(r"yunsuo_session|yunsuo"), "云锁 (Yunsuo)"),
    (re.compile(r"var\s+arg1\s*=\s*'[0-9A-F]{20}"), "阿里云 WAF"),
    (re.compile(r"renji_\w+\.js|huadong_\w+\.js|<title>\s*网站防火墙"), "宝塔 WAF (btwaf)"),
    (re.compile(r"dbappwaf|玄武盾"), "玄武盾"),
    (
        re.compile(r"请开启JavaScript并刷新|enable JavaScript and (?:cookies|refresh)", re.I),
        "JavaScript challenge",
    ),
    (
        re.compile(r"Just a moment\.\.\.|Checking your browser|Attention Required! \| Cloudflare"),
        "Cloudflare",
    ),
    (
        re.compile(
            r"(?:访问|请求|操作)[^。<]{0,20}(?:被拦截|已被?阻断|已被拒绝|存在威胁|疑似攻击)|安全(?:拦截|验证)|人机验证"
            r"|滑动验证|拖动滑块|请输入验证码|访问(?:过于|太)频繁|您的IP[^。<]{0,20}(?:禁止|限制|封)|Web应用防火墙"
            r"|Request blocked|Access Denied|verify (?:that )?you are (?:a )?human|security check",
            re.I,
        ),
        "block page",
    ),
)
_COOKIE = re.compile(r"document\.cookie\s*=[^;]{0,500};\s*(?:location|window\.location)")
_NOTHING = 40  # visible characters of a page whose script sets a cookie and loads it again
_REFUSING = {521: "加速乐 (HTTP 521)", 412: "瑞数 (HTTP 412)", 493: "网站卫士 (HTTP 493)"}
_GONE = re.compile(
    r"(?:页面|网页|内容|文章|信息|文件|栏目|地址|资源|链接)[^。！!]{0,12}(?:不存在|已(?:经)?(?:被)?(?:删除|移除|下线|撤销|失效)|找不到|未找到|无法找到|丢失了?)"
    r"|(?:找不到|未找到|没有找到|无法找到)[^。！!]{0,14}(?:页|文件|资源|内容|文章|信息|记录)"
    r"|404错误|错误404|(?:HTTP)?404[-—:\s]*(?:Not\s*Found|页面|错误|Error)|(?:page|file|resource|object)\s*(?:you[^.]{0,40})?\s*(?:was\s*|is\s*|could\s*)?(?:not\s*(?:be\s*)?found|does\s*not\s*exist|no\s*longer)"
    r"|NotFound|Not\s+Found",
    re.I,
)
_MISSED = re.compile(
    r"\W{0,4}(?:(?:对不起|很抱歉|非常抱歉|抱歉|提示)\W{0,3})?[您你](?:所|要|想|正在)?(?:访问|查看|浏览|查找|请求)的(?:页面|网页|信息|内容|文章|新闻|文件|资源|网址)"
    r"(?:可能)?(?:不存在|已经?(?:被)?(?:删除|移除|下线|撤销|屏蔽))"
)
"""What a page says of itself alone: that what its reader asks for is not there."""
_TITLE_GONE = re.compile(
    r"^\W{0,3}(?:HTTP)?\s*404\b|404\W{0,3}$|not\s*found|页面(?:不存在|未找到|没有找到|丢失)|找不到(?:页面|网页|文件)|出错了|错误提示",
    re.I,
)


def find_wall(doc: Document, body_size: int, status: int | None) -> str | None:
    """The name of the guard that answered instead of the page, or None. `body_size` in bytes, `status` may be unknown."""
    text_size = doc.size(0) if len(doc) else 0
    html = doc.html[:_MAX_SCAN]
    bare = text_size < 4 * NEAR_EMPTY and not _has_list(doc)
    small = bare and text_size < NEAR_EMPTY
    # a page that has its own content was let through; the guard's cookie script may still ride on it
    for token, name in _STRONG if bare else ():
        if token in html:
            return name
    if text_size < _NOTHING and body_size < 60_000 and _COOKIE.search(html):
        return "cookie challenge"
    if small and body_size < 60_000:
        # a page's own scripts hold such sentences for their forms; on a block page they are what is shown
        shown = f"{doc.title} {doc.text(0)}"
        for pattern, name in _WEAK:
            if pattern.search(shown if name == "block page" else html):
                return name
    if status in _REFUSING and (small or not text_size):
        return _REFUSING[status]
    return None


def find_dead(doc: Document, status: int | None) -> str | None:
    """Why the page is gone: its status (404, 410), or the words of a soft 404 on a page with little else; else None."""
    if status in (404, 410):
        return f"HTTP {status}"
    if not len(doc):
        return None
    own = doc.size(0) - doc.link_size(0)
    if own >= NEAR_EMPTY:
        return None
    if found := _TITLE_GONE.search(doc.title):
        return f"title: {found[0].strip()}"
    if own >= NEAR_EMPTY // 2 or _has_list(doc):
        return None
    said = _said(doc)
    if any(text.strip() == "404" for text in said):
        return "text: 404"
    found = _GONE.search(compact("".join(said)))  # not what links say: a headline may hold such words
    return f"text: {found[0]}" if found else None


def find_missed(doc: Document) -> str | None:
    """The sentence that stands where the article was, in its frame and beside its side lists; of a page that is no article."""
    told = next(filter(None, map(_MISSED.match, _said(doc))), None)
    return f"text: {told[0].strip()}" if told else None


def _said(doc: Document) -> list[str]:
    """The texts of a page that are no links."""
    return [
        doc.data[n]
        for n in doc.texts(0)
        if doc.chars[n + 1] - doc.chars[n] > doc.link_chars[n + 1] - doc.link_chars[n]
    ]


def _has_list(doc: Document) -> bool:
    """Whether links make a page worth reading: a listing has little text of its own."""
    return doc.tag.count("a") >= 20 and doc.link_size(0) >= NEAR_EMPTY // 2
