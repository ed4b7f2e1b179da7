"""The requests by which AJAX lists get their further pages, as GET addresses: Hanweb, jpaas, Lonsun.

Parameters are taken as the page gives them; some portals encrypt theirs, so none is made up that the page doesn't hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qsl, quote, urlencode

from scraper.read.listing.claims import Pager
from scraper.read.rules import Page
from scraper.text import shorten

_PROXY = re.compile(
    r"""((?:https?:)?[\w./:-]{0,200}/module/(?:web/)?jpage/(?:more(?:column)?)?dataproxy\.jsp)(?:\?([^"'\s<>\]]{0,1500}))?"""
)
_HANWEB_NAMES = (
    "col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype",
)  # fmt: skip


def hanweb(page: Page, html: str) -> Pager | None:
    """`jpage({totalRecord:230, perPage:15, …})` and the `nextgroup` link of its datastore: `dataproxy.jsp?page=k&…`.

    The first datastore may hold more than one page's rows (jpage fetches groups): the request skips those. It names the rows
    too (`startrecord`, `endrecord`), for there are servers that know no `page` and answer the first to every number.
    """
    links = list(_PROXY.finditer(html))
    if not links:
        return None
    best = max(links, key=lambda link: len(link[2] or ""))
    given = dict(parse_qsl((best[2] or "").replace("&amp;", "&"), keep_blank_values=True))
    near = _jpage_call(html)
    values = {name: given[name] if name in given else _value(near, name) for name in _HANWEB_NAMES}
    if not values["columnid"] or not values["unitid"]:
        return None
    size, total = _number(near, "perPage"), _number(near, "totalRecord")
    size = size or _int(given.get("perpage")) or 0
    total = total if total is not None else _number(html, "<totalrecord>")
    shown = html.count("<record>")
    number = shown // size + 1 if size and shown > size else 2
    pages = -(-total // size) if total is not None and size else _number(html, "<totalpage>")
    query = {"page": str(number), **{k: v for k, v in values.items() if v is not None}}
    query.setdefault("permissiontype", "0")
    if size:
        first = (number - 1) * size + 1
        query |= {"perpage": str(size), "startrecord": str(first), "endrecord": str(first + size - 1)}
    last = (pages is not None and number > pages) or (total is not None and shown >= total)
    url = None if last else page.link(f"{best[1]}?{urlencode(query, quote_via=quote, safe='/')}")
    return Pager(
        rule="dataproxy",
        next_url=url,
        page_number=1,
        page_count=pages,
        total=total,
        snippet=shorten(near or best[0]),
    )


def _jpage_call(html: str) -> str:
    at = html.find(".jpage(")
    return html[at : at + 2500] if at >= 0 else ""


def _value(text: str, name: str) -> str | None:
    found = re.search(
        rf"""(?<![\w]){name}['"]?\s*:\s*(?:'([^'\n]{{0,200}})'|"([^"\n]{{0,200}})"|([\w/.-]{{1,200}}))""",
        text,
    )
    return next((g for g in found.groups() if g is not None), None) if found else None


def _number(text: str, name: str) -> int | None:
    found = re.search(rf"{name}['\"]?\s*[:=]?\s*['\"]?(?:<!\[CDATA\[)?\s*(\d{{1,9}})", text)
    return int(found[1]) if found else None


def _int(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 9 else None


_MAX_BLOCKS = 30
_LISTS = (
    "列表",
    "分页",
    "右侧内容",
    "信息",
    "内容",
)  # what templates call the block of rows, the surest first


def jpaas(page: Page, html: str) -> Pager | None:
    """`<script url="…/build/unit" queryData="{…}">`: the same with `paramJson={"pageNo":k,"pageSize":n}`.

    Several blocks stand on a page (menu, footer): the one whose tagId speaks of a list, else the one with most rows.
    Where the block is still empty, its first page is asked for.
    """
    blocks = list(islice(_blocks(page), _MAX_BLOCKS))
    if not blocks:
        return None
    _, rows, _, where, data = min(blocks)
    total, size, number = _pagination(page)
    rows_shown = number is not None or rows <= -3
    following = (number or 1) + 1 if rows_shown else 1
    pages = -(-total // size) if total is not None and size else None
    parameters = {"pageNo": following, "pageSize": size or _int(data.get("rows")) or 15}
    query = {**data, "paramJson": json.dumps(parameters, separators=(",", ":"))}
    joint = "&" if "?" in where else "?"
    last = pages is not None and following > pages
    url = None if last else page.link(f"{where}{joint}{urlencode(query, quote_via=quote)}")
    return Pager(
        rule="build/unit", next_url=url, page_number=number or 1, page_count=pages, total=total,
        snippet=data.get("tagId", ""),
    )  # fmt: skip


def _blocks(page: Page) -> Iterator[tuple[int, int, int, str, dict[str, str]]]:
    """(rank of its name, minus its rows, node, address, query data) of each block, the best first by comparison."""
    doc = page.doc
    for n in doc.scripts:
        attrs = doc.attrs[n]
        if "/build/unit" not in attrs.get("url", ""):
            continue
        try:
            data = json.loads(attrs.get("querydata", "").replace("'", '"'))
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict):
            tag, holder = str(data.get("tagId", "")), doc.parent[n]
            rank = next((i for i, word in enumerate(_LISTS) if word in tag), len(_LISTS))
            links = doc.elements("a", holder) if doc.tag[holder] != "body" else ()
            rows = sum(1 for m in links if doc.size(m) >= 6)
            yield rank, -rows, n, attrs["url"], {str(k): str(v) for k, v in data.items()}


def _pagination(page: Page) -> tuple[int | None, int | None, int | None]:
    """(articles, page size, this page) of `<div class="pagination" rows="15" count="230" pageNo="1">`."""
    for n in page.doc.select("div.pagination"):
        attrs = page.doc.attrs[n]
        if "count" in attrs:
            return _int(attrs["count"]), _int(attrs.get("rows")), _int(attrs.get("pageno")) or 1
    return None, None, None


_LS = re.compile(r"""Ls\.pagination\(\s*["']#page_(\w{1,40})["']""")


def lonsun(page: Page, html: str) -> Pager | None:
    """`Ls.pagination("#page_5305120", fn, {currPage: 1, pageCount: 67})`: `/content/column/5305120?pageIndex=k`."""
    call = _LS.search(html)
    if call is None:
        return None
    near = html[call.start() : call.start() + 1500]
    count = _number(near, "pageCount")
    asked = re.search(r"[?&]pageIndex=(\d{1,6})", page.url)
    current = re.search(r"currPage\s*:\s*\(?\s*(\d{1,6})\s*(\+\s*1)?", near)
    number = int(asked[1]) if asked else int(current[1]) + bool(current[2]) if current else 1
    more = count is None or number < count
    url = page.link(f"/content/column/{call[1]}?pageIndex={number + 1}") if more else None
    total = _number(near, "(?:total|itemCount|recordCount|rowCount)")
    snippet = shorten(near.partition(")")[0])
    return Pager(
        rule="Ls.pagination", next_url=url, page_number=number, page_count=count, total=total, snippet=snippet
    )


_SID = re.compile(r"""\bSID['"]?\s*[:=]\s*['"]?(\d{1,12})""")


def gkmlpt(page: Page, html: str) -> Pager | None:
    """政府信息公开目录 of Guangdong: the page is a shell, its rows come from `/gkmlpt/api/all/0?page=1&sid=N`."""
    if "/gkmlpt/" not in page.url or not (sid := _SID.search(html)):
        return None
    return Pager(
        rule="gkmlpt", next_url=page.link(f"/gkmlpt/api/all/0?page=1&sid={sid[1]}"), snippet=shorten(sid[0])
    )
