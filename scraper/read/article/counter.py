"""Where a page asks for its view count, and what the answers look like.

An archive must not change what it archives: `adds` = asking also adds one. Where a system has a read-only form, its
address is built from the parameters in the page; an unknown counter is taken to add. Which call adds was read in the
systems' sources (Empire, Dede, PHPCMS, eyoucms, SSCMS, MetInfo, JEECMS, Jspxcms) or in their pages' scripts (NFCMS,
VSB, Sudy, Hanweb, eportal, UCAP, Lonsun, Deya).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from scraper.model import Counter
from scraper.read.dom import Document
from scraper.read.rules import Page

_SILENT = frozenset("a li ul p td tr br link option -text -comment".split())
_Finder = Callable[[Page, str], Counter | None]

_LONGEST = 400  # characters of an address on either side of what it is known by
_OCCURRENCES = 20
_BEFORE = re.compile(r"""[^"'\s<>()]*$""")
_AFTER = re.compile(r"""[^"'\s<>()]*""")


def find_counter(page: Page) -> Counter | None:
    """The counter of this article's views, its read-only form where there is one; None where the page asks nobody."""
    text, code = page.doc.html, _code(page.doc)
    for token, finder in _FINDERS:
        if token in code:
            counter = finder(page, text)
            if counter is not None:
                return counter
    return None


def _code(doc: Document) -> str:
    """Where calls of counters stand: scripts, and the attributes of all but what a page has most of."""
    told = [doc.data[n] for n in doc.scripts]
    speaking = [places for name, places in doc.places.items() if name not in _SILENT]
    told += [value for places in speaking for n in places for value in doc.attrs[n].values()]
    return "\n".join(told)


def _made(page: Page, href: str, adds: bool) -> Counter | None:
    url = page.link(href)
    return Counter(url=url, adds=adds) if url else None


def _first(pattern: str, text: str) -> str | None:
    """Group 1 of the first hit of a regular expression."""
    found = re.search(pattern, text)
    return found[1] if found else None


def _addresses(text: str, token: str) -> Iterator[str]:
    """Addresses that hold `token`, as the page writes them: from quote, blank or bracket to the next."""
    at = text.find(token)
    for _ in range(_OCCURRENCES):
        if at < 0:
            return
        before = _BEFORE.search(text[max(0, at - _LONGEST) : at])
        after = _AFTER.match(text[at : at + _LONGEST])
        left, right = before[0] if before else "", after[0] if after else ""
        if "?" not in left:
            left = left.rpartition("=")[2]  # an attribute without quotes
        yield (left + right).replace("&amp;", "&")
        at = text.find(token, at + len(token))


def _plain(token: str, adds: bool, must: str = "?") -> _Finder:
    """A counter whose address stands in the page as it is asked; `must` is what makes it whole."""

    def find(page: Page, text: str) -> Counter | None:
        href = next((a for a in _addresses(text, token) if must in a), None)
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
    return _plain("dynclicks.jsp", False)(page, text) or _plain("clicktimes.jsp", False)(page, text)


def _sudy(page: Page, text: str) -> Counter | None:
    """The display has the beacon's parameters; a column's own beacon (no articleId) has none."""
    if shown := _plain("/_visitcountdisplay", False)(page, text):
        return shown
    href = next((a for a in _addresses(text, "/_visitcount?") if "articleId=" in a), None)
    return _made(page, href.replace("/_visitcount?", "/_visitcountdisplay?"), adds=False) if href else None


def _hanweb(page: Page, text: str) -> Counter | None:
    shown = _plain("articlehits.jsp", False)(page, text) or _plain("artcount.jsp", False)(page, text)
    if shown:
        return shown
    href = next((a for a in _addresses(text, "/visit.jsp") if "?" in a), None)
    ids = re.search(r"i_columnid=(\d+)\D.{0,40}?i_articleid=(\d+)", href or "")
    if href and ids and "/vc/interface/" in href:
        told = f"{href.partition('/visit.jsp')[0]}/artcount/artcount.jsp?i_columnid={ids[1]}&i_articleid={ids[2]}"
        return _made(page, told, adds=False)
    return _made(page, href, adds=True) if href else None


def _eportal(page: Page, text: str) -> Counter | None:
    """The address in the page, or the one its script makes of the page's hidden inputs."""
    href = next((a for a in _addresses(text, "counting-front!saveInfo") if "articleKey" in a), None)
    if href is None:
        values = {page.doc.attr(n, "id"): page.doc.attr(n, "value") for n in page.doc.elements("input")}
        names = (
            "eprotalCurrentPageId",
            "eportalappPortletId",
            "eprotalCurrentColumnId",
            "eprotalCurrentArticleKey",
        )
        page_id, module, column, key = (values.get(name, "") for name in names)
        if not page_id or not key:
            return None
        query = urlencode({"pageId": page_id, "moduleId": module, "columnId": column, "articleKey": key})
        href = f"/eportal/ui?{query}&struts.portlet.action=/app/counting-front!saveInfo.action"
    return _made(page, href if "getHitsOnly" in href else f"{href}&getHitsOnly=true", adds=False)


def _empire(page: Page, text: str) -> Counter | None:
    """ViewClick adds only with addclick=1; without it the same address tells (as its stored number + 1)."""
    href = next((a for a in _addresses(text, "/e/public/ViewClick") if "id=" in a), None)
    if href is None:
        beacon = next((a for a in _addresses(text, "/e/public/onclick") if "enews=donews" in a), "")
        ids = re.search(r"classid=(\d+)&id=(\d+)", beacon)
        root = beacon.partition("/e/public/")[0]
        return (
            _made(page, f"{root}/e/public/ViewClick/?classid={ids[1]}&id={ids[2]}", adds=False)
            if ids
            else None
        )
    return _made(page, re.sub(r"&addclick=\d+|(?<=\?)addclick=\d+&", "", href), adds=False)


def _sscms(page: Page, text: str) -> Counter | None:
    href = next(_addresses(text, "/api/stl/actions/hits"), None)
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
    href = next((a for a in _addresses(text, "/info_views/") if ".jspx" in a), None)
    return _made(page, f"{href.partition('?')[0]}?isUpdate=false", adds=False) if href else None


def _metinfo(page: Page, text: str) -> Counter | None:
    href = next((a for a in _addresses(text, "hits/?") if "vid=" in a), None)
    if href is None:
        return None
    return _made(page, href if "list=1" in href else f"{href}&list=1", adds=False)


def _eyou(page: Page, text: str) -> Counter | None:
    href = next(_addresses(text, "a=arcclick"), None)
    return _made(page, re.sub(r"type=view\b", "type=lists", href), adds="type=" not in href) if href else None


def _ucap(page: Page, text: str) -> Counter | None:
    given = (
        a
        for a in _addresses(text, "/access/views?")
        if re.search(r"manuscriptId=\w{8,64}&ChannelId=\w{8}", a)
    )
    if href := next(given, None):
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


_HITS = re.compile(r"click|hits?|count|visit|views?|number\.asp", re.I)
_IDENT = re.compile(r"[?&](?:\w{0,12}id|n|t|v)=\w", re.I)


def _homemade(page: Page, text: str) -> Counter | None:
    """A script's address that speaks of hits or clicks and names an article; not one that carries this page's address."""
    for n in page.doc.scripts:
        src = page.doc.attr(n, "src")
        path, mark, query = src.partition("?")
        if (
            not mark
            or len(src) > _LONGEST
            or "://" in query
            or "%3A%2F%2F" in query
            or path.lower().endswith(".js")
        ):
            continue
        if _HITS.search(src) and _IDENT.search(src) and any(c.isdigit() for c in query):
            return _made(page, src, adds=True)
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
    ("eprotalCurrentArticleKey", _eportal),
    ("/e/public/", _empire),
    ("/api/stl/actions/hits", _sscms),
    ("/info_views/", _jspx),
    ("/access/views", _ucap),
    ("manuscript", _ucap),
    ("a=arcclick", _eyou),
    ("hits/?", _metinfo),
    ("/plus/count.php", _plain("/plus/count.php", True)),
    ("op=count", _plain("api.php?op=count", True)),
    ("Cms.viewCount", _jeecms),
    ("content_view.jspx", _plain("content_view.jspx", True, "contentId=")),
    ("j-info-hit", _lonsun),
    ("getTemplateClickCount", _deya),
    ("GetHits.aspx", _plain("GetHits.aspx", True)),
    ("/visitor/stat/doc/", _visitor),
    ("/Do/visits/", _plain("/Do/visits/", True, "id/")),
    ("?", _homemade),
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
