"""What AJAX lists answer: XML, JSON or a piece of HTML instead of a page, and the rows that pages hide from their reader.

Formats: Hanweb dataproxy.jsp (`<datastore><totalrecord>…<record><![CDATA[…]]>`), jpaas build/unit (`{data:{html}}` with
`div.pagination[rows][count][pageNo]`), Lonsun label fragments (HTML), and JSON lists: UCAP searchList, gkmlpt, WAS 5,
intertid and their kin, told by their shape: an array of objects that each have a title and an address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from scraper.model import Evidence, Item, Listing
from scraper.read.dom import Document, parse
from scraper.read.listing.items import items_of
from scraper.read.listing.json_rows import array_items, find_array
from scraper.read.listing.rows import find_rows
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
    claims = {**_pagination(text), **{k: v for k, v in counts.items() if v is not None}}
    counted = any(value is not None for value in claims.values())
    if sum(1 for item in items if item.date) < (1 if counted else 2):
        return None  # a piece of a page, but no list of articles
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


def _json(text: str, url: str, charset: str) -> Listing | None:
    if call := _JSONP.match(text):
        text = text[call.end() :].rstrip().rstrip(";").rstrip().removesuffix(")")
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    if isinstance(data, str):
        return _html(data, url, charset, {}) if "<a" in data else None
    array, counts = find_array(data)
    if array is not None:
        return _listing(array_items(array, lambda href: join(url, href, charset)), url, "json", counts)
    html = _find_html(data)
    return _html(html, url, charset, counts) if html else None


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
