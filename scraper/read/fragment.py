"""What AJAX lists answer: XML, JSON or a piece of HTML instead of a page, and the rows that pages hide from their reader.

Formats: Hanweb dataproxy.jsp (`<datastore><totalrecord>…<record><![CDATA[…]]>`), jpaas build/unit (`{data:{html}}` with
`div.pagination[rows][count][pageNo]`), Lonsun label fragments (HTML), and JSON lists: UCAP searchList, gkmlpt, WAS 5,
intertid and their kin, told by their shape: an array of objects that each have a title and an address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from scraper.model import Evidence, Item, Listing
from scraper.read.dates import parse_date
from scraper.read.dom import Document, parse
from scraper.read.items import MAX_ITEMS, items_of
from scraper.read.row_dates import with_years
from scraper.read.rows import find_rows
from scraper.text import squeeze
from scraper.urls import join

MAX_TEXT = 8_000_000  # characters of an answer that are read
_CHINA = timezone(timedelta(hours=8))
_COUNT = re.compile(r"<(total(?:record|page))>\s*(?:<!\[CDATA\[)?\s*(\d{1,9})", re.I)
_JSONP = re.compile(r"[\w.$]{1,60}\s{0,9}\(\s{0,9}(?=[\[{])")
_WHOLE_PAGE = re.compile(r"<(?:!doctype|html|head|body|title|meta|link|base|h1)\b", re.I)


def hidden_html(doc: Document) -> Iterator[tuple[str, str]]:
    """(rule, HTML) of rows that stand in the page but not in its text: datastores in scripts, lists in comments."""
    for n in doc.scripts:
        if "<record>" in doc.data[n]:
            yield "datastore", records(doc.data[n])
    for n in doc.comments:
        text = doc.data[n]
        if text.count("href") >= 3 and ("<li" in text or "<tr" in text):
            yield "comment", text


def records(xml: str) -> str:
    """The rows of a datastore as HTML, one `<div>` each where they are no list items."""
    parts = (part.partition("</record>") for part in xml.split("<record>")[1:])
    found = [row.strip().removeprefix("<![CDATA[").removesuffix("]]>") for row, end, _ in parts if end]
    return "<html><body><div>" + "\n".join(f"<div>{row}</div>" for row in found) + "</div></body></html>"


def read_fragment(text: str, url: str, charset: str = "utf-8") -> Listing | None:
    """An AJAX answer as a Listing; `url` is the request's, from which the next one is made. None if it is no list."""
    text = text[:MAX_TEXT].lstrip("\ufeff \r\n\t")
    if text[:1] in ("{", "[") or _JSONP.match(text):
        return _json(text, url, charset)
    if not text.startswith("<") or _WHOLE_PAGE.search(text[:20_000]):
        return None
    if "<record>" in text or "<datastore>" in text[:300]:
        return _datastore(text, url, charset)
    return _html(text, url, charset, {}) if "<a" in text else None


def _datastore(text: str, url: str, charset: str) -> Listing:
    claims = {name.lower(): int(value) for name, value in _COUNT.findall(text)}
    counts = {"total": claims.get("totalrecord"), "page_count": claims.get("totalpage")}
    items = _html_items(records(text), url, charset)
    return _listing(items, url, "datastore", counts)


def _html(text: str, url: str, charset: str, counts: Mapping[str, int | None]) -> Listing | None:
    items = _html_items(text, url, charset)
    if sum(1 for item in items if item.date) < 2:
        return None  # a piece of a page, but no list of articles
    claims = {**_pagination(text), **{k: v for k, v in counts.items() if v is not None}}
    return _listing(items, url, "fragment", claims) if items else None


_PAGINATION = re.compile(r"<div[^>]{0,300}\bclass=[\"']?[^\"'>]{0,80}pagination[^>]{0,600}>", re.I)


def _pagination(html: str) -> dict[str, int | None]:
    """jpaas: `<div class="pagination" rows="15" count="230" pageNo="2">`: page size, articles, this page; else 共N条, 共N页."""
    if tag := _PAGINATION.search(html):
        got = {
            k.lower(): int(v) for k, v in re.findall(r"\b(rows|count|pageno)=[\"']?(\d{1,9})", tag[0], re.I)
        }
        if "count" in got:
            pages = -(-got["count"] // got["rows"]) if got.get("rows") else None
            return {"total": got["count"], "page_count": pages, "page_number": got.get("pageno")}
    total = re.search(r"共\s*(?:<[^>]{0,100}>)?\s*(\d{1,7})\s*(?:<[^>]{0,100}>)?\s*条", html)
    pages_ = re.search(
        r"共\s*(?:<[^>]{0,100}>)?\s*(\d{1,6})\s*(?:<[^>]{0,100}>)?\s*页|pageCount\s*[:=]\s*(\d{1,6})", html
    )
    return {
        "total": int(total[1]) if total else None,
        "page_count": int(pages_[1] or pages_[2]) if pages_ else None,
    }


def _html_items(html: str, url: str, charset: str) -> tuple[Item, ...]:
    doc = parse(html)
    rows = find_rows(doc)
    return items_of(doc, rows, lambda href: join(url, href, charset)) if rows else ()


# Names of a row's fields in the JSON of these systems, lower case, in order of trust.
_TITLE = ("title", "doctitle", "articletitle", "infotitle", "name", "showtitle", "biaoti")
_ADDRESS = (
    "url",
    "docpuburl",
    "href",
    "link",
    "linkurl",
    "infourl",
    "articleurl",
    "puburl",
    "docurl",
    "visiturl",
    "htmlurl",
    "path",
)
_DATES = (
    "publishedtimestr", "display_publish_time", "publishtime", "publish_time", "pubdate", "docrelpubtime", "docreltime", "publishdate",
    "trs_time", "releasetime", "writetime", "infodate", "opentime", "createdate", "createtime", "create_time", "date", "time", "publishedtime", "webdate",
)  # fmt: skip
_TOTALS = (
    "total",
    "totalcount",
    "totalrecord",
    "totalrecords",
    "totalelements",
    "recordcount",
    "count",
    "totalnum",
    "rowcount",
    "totalrow",
)
_PAGES = ("pagecount", "totalpages", "totalpage", "pages", "pagetotal", "pagesum")
_NUMBERS = ("page", "pageno", "pagenum", "pageindex", "currentpage", "currpage", "curpageno", "pagenumber")
_SIZES = ("pagesize", "page_size", "perpage", "size", "rows", "limit")


def _json(text: str, url: str, charset: str) -> Listing | None:
    if call := _JSONP.match(text):
        text = text[call.end() :].rstrip().rstrip(";").rstrip().removesuffix(")")
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    if isinstance(data, str):
        return _html(data, url, charset, {}) if "<a" in data else None
    array, counts = _find_array(data)
    if array is not None:
        items = [item for item in (_json_item(row, url, charset) for row in array[:MAX_ITEMS]) if item]
        dates = with_years([(i.url, i.date) for i in items])
        unique = {i.url: Item(url=i.url, title=i.title, date=d) for i, d in zip(items, dates, strict=True)}
        return _listing(list(unique.values()), url, "json", counts)
    html = _find_html(data)
    return _html(html, url, charset, counts) if html else None


def _find_array(data: Any) -> tuple[list[Any] | None, dict[str, int | None]]:
    """The longest array whose objects have a title and an address, and the counts named beside or above it."""
    best: list[Any] | None = None
    counts: dict[str, int | None] = {}
    queue: list[tuple[Any, int]] = [(data, 0)]
    for value, depth in queue:
        if len(queue) > 20_000 or depth > 8:
            break
        if isinstance(value, list):
            rows = [
                v for v in value[:50] if isinstance(v, dict) and _field(v, _TITLE) and _field(v, _ADDRESS)
            ]
            if rows and 2 * len(rows) >= len(value[:50]) and len(value) > len(best or ()):
                best = value
            elif not rows:
                queue += [(v, depth + 1) for v in value[:100] if isinstance(v, dict | list)]
        elif isinstance(value, dict):
            lower = {str(k).lower(): v for k, v in value.items()}
            for name, keys in (
                ("total", _TOTALS),
                ("page_count", _PAGES),
                ("page_number", _NUMBERS),
                ("size", _SIZES),
            ):
                counts.setdefault(
                    name, next((n for k in keys if (n := _number(lower.get(k))) is not None), None)
                )
                if counts[name] is None:
                    del counts[name]
            queue += [(v, depth + 1) for v in value.values() if isinstance(v, dict | list)]
    return best, counts


def _find_html(data: Any) -> str | None:
    """`{data:{html:"…"}}` and its kin: the longest string with links."""
    best, queue = "", [data]
    for value in queue:
        if len(queue) > 2_000:
            break
        if isinstance(value, str) and "<a" in value and len(value) > len(best):
            best = value
        elif isinstance(value, dict):
            queue += value.values()
        elif isinstance(value, list):
            queue += value[:100]
    return best or None


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and 0 <= value < 10**9:
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 10 else None


def _field(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    lower = {str(k).lower(): v for k, v in row.items()}
    return next((lower[name] for name in names if lower.get(name) not in (None, "", [], {})), None)


def _json_item(row: Any, url: str, charset: str) -> Item | None:
    if not isinstance(row, dict):
        return None
    title, href = _field(row, _TITLE), _field(row, _ADDRESS)
    if isinstance(href, list | dict) or not isinstance(title, str) or href is None:
        return None
    target = join(url, str(href).strip(), charset)
    shown = parse(title) if "<" in title else None
    clean = shown.text(0) if shown is not None else squeeze(title)
    return Item(url=target, title=clean, date=_json_date(row)) if target and clean else None


def _json_date(row: Mapping[str, Any]) -> str | None:
    lower = {str(k).lower(): v for k, v in row.items()}
    for name in _DATES:
        value = lower.get(name)
        if isinstance(value, str) and value.isdecimal() and len(value) in (10, 13):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 10**8 < value < 10**14:
            seconds = value / 1000 if value > 10**11 else value
            return datetime.fromtimestamp(seconds, _CHINA).strftime("%Y-%m-%d %H:%M")
        if isinstance(value, str) and (date := parse_date(value)):
            return date
    return None


def _listing(items: Sequence[Item], url: str, rule: str, counts: Mapping[str, int | None]) -> Listing:
    number = page_number(url) or counts.get("page_number")
    total, pages = counts.get("total"), counts.get("page_count")
    size = counts.get("size") or _query_size(url)
    if pages is None and total is not None and size:
        pages = -(-total // size)
    return Listing(
        url=url,
        items=tuple(items),
        next_url=next_request(url, number, pages, total) if items else None,
        page_number=number,
        page_count=pages,
        total=total,
        evidence={"items": Evidence(rule=rule, snippet=f"{len(items)} rows")},
    )


_PAGE_KEYS = (
    "page",
    "pageno",
    "pagenum",
    "pageindex",
    "currentpage",
    "currpage",
    "pagenumber",
    "p",
    "pg",
    "curpage",
    "page_no",
    "pageid",
)


def page_number(url: str) -> int | None:
    """Which page (from 1) a request asks for, by its page parameter, `paramJson` or record window."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    lower = {k.lower(): v for k, v in pairs}
    if "paramjson" in lower:
        found = re.search(r'"pageNo"\s*:\s*"?(\d{1,6})', lower["paramjson"])
        return int(found[1]) if found else None
    for key in _PAGE_KEYS:
        if lower.get(key, "").isdecimal() and len(lower[key]) < 7:
            return int(lower[key])
    start, size = lower.get("startrecord", ""), _query_size(url)
    return (int(start) - 1) // size + 1 if start.isdecimal() and size else None


def _query_size(url: str) -> int | None:
    lower = {k.lower(): v for k, v in parse_qsl(urlsplit(url).query)}
    start, end = lower.get("startrecord", ""), lower.get("endrecord", "")
    if start.isdecimal() and end.isdecimal() and int(end) >= int(start) > 0:
        return int(end) - int(start) + 1
    found = re.search(r'"(?:pageSize|rows)"\s*:\s*"?(\d{1,5})', lower.get("paramjson", ""))
    for value in (
        found[1] if found else "",
        *(lower.get(k, "") for k in ("perpage", "pagesize", "_pagesize", "rows", "size", "limit")),
    ):
        if value.isdecimal() and 0 < int(value) < 100_000:
            return int(value)
    return None


def next_request(url: str, number: int | None, pages: int | None, total: int | None) -> str | None:
    """The request for the page after this one, or None where the counts say this is the last (or none is to be made)."""
    if number is None or (pages is not None and number >= pages):
        return None
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    size = _query_size(url)
    out, changed = [], False
    for key, value in pairs:
        low = key.lower()
        if low == "paramjson":
            value, hits = re.subn(r'("pageNo"\s*:\s*"?)\d+', rf"\g<1>{number + 1}", value)
            changed = changed or hits > 0
        elif low in _PAGE_KEYS and value.isdecimal():
            value, changed = str(number + 1), True
        elif low in ("startrecord", "endrecord") and value.isdecimal() and size:
            start = number * size + 1
            if total is not None and start > total:
                return None
            value, changed = str(start if low == "startrecord" else start + size - 1), True
        out.append((key, value))
    if not changed:
        return None
    return parts._replace(query=urlencode(out, quote_via=quote), fragment="").geturl()
