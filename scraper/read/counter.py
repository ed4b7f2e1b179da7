"""Where a page asks for its view count, and what the answers look like.

An archive must not change what it archives: `adds` = asking also adds one. Where a system has a read-only form, its
address is built from the parameters in the page; an unknown counter is taken to add. Which call adds was read in the
systems' sources (Empire, Dede, PHPCMS, eyoucms, SSCMS, MetInfo, JEECMS, Jspxcms) or in their pages' scripts (NFCMS,
VSB, Sudy, Hanweb, eportal, UCAP, Lonsun, Deya).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

from scraper.model import Counter
from scraper.read.rules import Page

_Finder = Callable[[Page, str], Counter | None]

_MAX = 400  # characters of an address
_URL = r"""[^"'\s<>()]{0,400}"""


def find_counter(page: Page) -> Counter | None:
    """The counter of this article's views, its read-only form where there is one; None where the page asks nobody."""
    text = page.doc.html
    for token, finder in _FINDERS:
        if token in text:
            counter = finder(page, text)
            if counter is not None:
                return counter
    return None


def _made(page: Page, href: str, adds: bool) -> Counter | None:
    url = page.link(href)
    return Counter(url=url, adds=adds) if url else None


def _first(pattern: str, text: str) -> str | None:
    """Group 1 of the first hit of a regular expression."""
    found = re.search(pattern, text)
    return found[1] if found else None


def _plain(pattern: str, adds: bool) -> _Finder:
    """A counter whose address stands in the page as it is asked."""

    def find(page: Page, text: str) -> Counter | None:
        href = _first(pattern, text)
        return _made(page, href, adds) if href else None

    return find


def _nfcms(page: Page, text: str) -> Counter | None:
    site = _first(r"NFCMS_SITE_ID\s*=\s*['\"]?(\d+)", text)
    post = _first(r"NFCMS_POST_ID\s*=\s*['\"]?(\d+)", text)
    if not site or not post:
        return None
    query = urlencode({"post": post, "site": site, "callback": "c"})
    return _made(page, f"//statistics.gd.gov.cn/jsonp/post/sum?{query}", adds=False)


# _showDynClicks("wbnews", owner, id) is what the page calls; VSB's script asks this address with these names.
_VSB_CALL = re.compile(
    r"""_showDynClicks(?:Batch)?\(\s*\[?["'](\w+)["']\s*,?\s*\]?\s*,?\s*\[?["']?(\d+)["']?\]?\s*,\s*\[?["']?(\d+)"""
)


def _vsb(page: Page, text: str) -> Counter | None:
    if call := _VSB_CALL.search(text):
        query = urlencode({"clickid": call[3], "owner": call[2], "clicktype": call[1]})
        return _made(page, f"/system/resource/code/news/click/dynclicks.jsp?{query}", adds=False)
    return _plain(rf"""["'(]({_URL}(?:dynclicks|clicktimes)\.jsp\?{_URL})""", False)(page, text)


def _sudy(page: Page, text: str) -> Counter | None:
    return _plain(rf"""["'](/_visitcountdisplay\?{_URL})["']""", False)(page, text) or _plain(
        rf"""["'](/_visitcount\?{_URL})["']""", True
    )(page, text)


def _hanweb(page: Page, text: str) -> Counter | None:
    for pattern, adds in (
        (rf"""["']({_URL}articlehits\.jsp{_URL})["']""", False),
        (rf"""["']({_URL}artcount\.jsp{_URL})["']""", False),
    ):
        if counter := _plain(pattern, adds)(page, text):
            return counter
    return _plain(rf"""["']({_URL}/visit\.jsp\?{_URL})["']""", True)(page, text)


def _eportal(page: Page, text: str) -> Counter | None:
    href = _first(rf"""["']({_URL}counting-front!saveInfo\.(?:action|portlet){_URL})["']""", text)
    if href is None:
        return None
    joint = "&" if "?" in href else "?"
    return _made(page, href if "getHitsOnly" in href else f"{href}{joint}getHitsOnly=true", adds=False)


def _empire(page: Page, text: str) -> Counter | None:
    href = _first(rf"""["']?({_URL}/e/public/ViewClick/?\?{_URL})""", text)
    if href is None:
        return None
    # addclick=1 is what adds; without it the same address only tells (as its stored number + 1)
    return _made(page, re.sub(r"&(?:amp;)?addclick=\d+|(?<=\?)addclick=\d+&(?:amp;)?", "", href), adds=False)


def _sscms(page: Page, text: str) -> Counter | None:
    href = _first(rf"""["']({_URL}/api/stl/actions/hits{_URL})["']""", text)
    if href is None:
        return None
    quiet = re.sub(r"autoIncrease=true", "autoIncrease=false", href, flags=re.I)
    if "autoIncrease" in quiet:
        return _made(page, quiet, adds="autoIncrease=false" not in quiet)
    ids = {
        name: _first(rf"{name}['\"]?\s*[:=]\s*['\"]?(\d+)", text)
        for name in ("siteId", "channelId", "contentId")
    }
    if not all(ids.values()):
        return _made(page, href, adds=True)
    query = urlencode({**{k: v or "" for k, v in ids.items()}, "autoIncrease": "false"})
    return _made(page, f"{href.partition('?')[0]}?{query}", adds=False)


def _jspx(page: Page, text: str) -> Counter | None:
    href = _first(rf"""["']({_URL}/info_views/\d+\.jspx){_URL}["']""", text)
    return _made(page, f"{href}?isUpdate=false", adds=False) if href else None


def _metinfo(page: Page, text: str) -> Counter | None:
    href = _first(rf"""["']({_URL}hits/\?{_URL}vid={_URL})["']""", text)
    if href is None:
        return None
    return _made(page, href if "list=1" in href else f"{href}&list=1", adds=False)


def _eyou(page: Page, text: str) -> Counter | None:
    href = _first(rf"""["']({_URL}a=arcclick{_URL})["']""", text)
    return _made(page, re.sub(r"type=view\b", "type=lists", href), adds="type=" not in href) if href else None


def _ucap(page: Page, text: str) -> Counter | None:
    if href := _first(
        rf"""["']({_URL}/access/views\?manuscriptId=\w{{8,64}}&(?:amp;)?ChannelId=\w{{8,64}})""", text
    ):
        return _made(page, href, adds=True)
    manuscript = _first(r"manuscript[iI]d\s*=\s*[\"']([0-9a-zA-Z]{8,64})", text)
    channel = _first(r"channel[iI]d\s*=\s*[\"']([0-9a-zA-Z]{8,64})", text)
    if not manuscript:
        return None
    query = urlencode({"manuscriptId": manuscript, "ChannelId": channel or ""})
    return _made(page, f"/cms-access-service/access/views?{query}", adds=True)


def _lonsun(page: Page, text: str) -> Counter | None:
    for n in page.doc.select(".j-info-hit"):
        found = re.search(r"infoId['\"]?\s*:\s*['\"]?(\d+)", page.doc.attr(n, "data-setting"))
        if found:
            platform = _first(r"platformCode\s*[:=]\s*['\"](\w+)['\"]", text)
            return _made(page, f"{'/' + platform if platform else ''}/content/hit/{found[1]}", adds=True)
    return None


def _jeecms(page: Page, text: str) -> Counter | None:
    found = re.search(r"""Cms\.viewCount\(\s*["']([^"']{0,100})["']\s*,\s*["']?(\d+)""", text)
    return _made(page, f"{found[1]}/content_view.jspx?contentId={found[2]}", adds=True) if found else None


def _deya(page: Page, text: str) -> Counter | None:
    """New generation: its name says get, its server adds. The id is the article's own, in its address."""
    ident = _first(r"/(\d{6,20})\.s?html?(?:$|\?)", page.url)
    return _made(page, f"/web/api/getTemplateClickCount?id={ident}", adds=True) if ident else None


def _visitor(page: Page, text: str) -> Counter | None:
    ident = _first(r"\b(?:DOCID|docId|docid)\s*[:=]\s*['\"]?(\d+)", text)
    site = _first(r"\b(?:SITEID|siteId|siteid)\s*[:=]\s*['\"]?(\d+)", text)
    query = urlencode({"siteId": site or "", "docId": ident or ""})
    return _made(page, f"/visitor/stat/doc/visit.xhtml?{query}", adds=True) if ident else None


# Home-made: a script's address that speaks of hits or clicks and names an article by number.
_HOMEMADE = re.compile(
    rf"""<script[^>]{{0,200}}?\bsrc\s*=\s*["']?({_URL}(?:click|hits?|count|visit|views?|number\.asp){_URL}\d{_URL})""",
    re.I,
)


def _homemade(page: Page, text: str) -> Counter | None:
    for found in _HOMEMADE.finditer(text):
        href = found[1].replace("&amp;", "&")
        if (
            re.search(r"[?&/](?:\w*id|aid|n|t|infoid)=?\w*", href, re.I)
            and "?" in href
            and ".js?" not in href.lower()
        ):
            return _made(page, href, adds=True)
    return None


_FINDERS: tuple[tuple[str, _Finder], ...] = (
    ("NFCMS_POST_ID", _nfcms),
    ("_showDynClicks", _vsb),
    ("dynclicks.jsp", _vsb),
    ("clicktimes.jsp", _vsb),
    ("/_visitcount", _sudy),
    ("articlehits.jsp", _hanweb),
    ("artcount.jsp", _hanweb),
    ("/visit.jsp", _hanweb),
    ("counting-front!", _eportal),
    ("/e/public/ViewClick", _empire),
    ("/api/stl/actions/hits", _sscms),
    ("/info_views/", _jspx),
    ("/access/views", _ucap),
    ("manuscriptId", _ucap),
    ("a=arcclick", _eyou),
    ("vid=", _metinfo),
    ("/plus/count.php", _plain(rf"""["']?({_URL}/plus/count\.php\?{_URL})""", True)),
    ("op=count", _plain(rf"""["']?({_URL}api\.php\?op=count{_URL})""", True)),
    ("Cms.viewCount", _jeecms),
    ("content_view.jspx", _plain(rf"""["']({_URL}content_view\.jspx\?contentId=\d+)""", True)),
    ("j-info-hit", _lonsun),
    ("getTemplateClickCount", _deya),
    ("GetHits.aspx", _plain(rf"""["']({_URL}GetHits\.aspx\?{_URL})""", True)),
    ("/visitor/stat/doc/", _visitor),
    ("/Do/visits/", _plain(rf"""["']({_URL}/Do/visits/id/\d+{_URL})""", True)),
    ("<script", _homemade),
)

_JSON_NUMBER = re.compile(
    r"""["']?(?:count|views?|hits?|clicks?|viewCount|totalview|value|data|num|wbshowtimes)["']?\s*:\s*["']?(\d{1,12})\b""",
    re.I,
)
_WRITTEN = re.compile(
    r"""(?:\.(?:write(?:ln)?|html|text|append)\(|innerHTML\s*=)\s*["'(]{0,2}\s*(?:<[^>]{0,100}>)?\s*(\d{1,12})"""
)
_BARE = re.compile(r"""^[\s\ufeff"'([]*(?:<[^>]{0,100}>\s*)?(\d{1,12})\s*[次人]?[\s"')\];,]*(?:<|$|,)""")


def parse_answer(text: str) -> int | None:
    """The views in a counter's answer: bare digits, document.write, .html(), a tag, JSON, JSONP, or the first of an array.

    `-`, nothing and a bare placeholder are None; so is 0: these scripts write it before they have counted.
    """
    text = text[:20_000].strip()
    for pattern in (_BARE, _WRITTEN, _JSON_NUMBER):
        if found := pattern.search(text):
            return int(found[1]) or None
    return None
