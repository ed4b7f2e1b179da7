"""Rows in JSON: an array of objects that each have a title and an address, whatever the system calls them.

Seen: UCAP searchList, gkmlpt, WAS 5, intertid, lists that a page keeps in a script (`var dataList = [{…}]`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

from scraper.model import Item
from scraper.read.dates import parse_date
from scraper.read.dom import Document, parse
from scraper.read.listing.items import MAX_ITEMS
from scraper.read.listing.row_dates import with_years
from scraper.text import squeeze

_CHINA = timezone(timedelta(hours=8))
_TRIES = 8  # arrays of one script that are looked into
_ARRAY = re.compile(r"\[\s{0,20}\{")

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


def script_items(doc: Document, link: Callable[[str], str | None]) -> tuple[Item, ...]:
    """The longest list of articles that a script of the page holds as JSON; () where none does."""
    best: tuple[Item, ...] = ()
    decoder = json.JSONDecoder(strict=False)
    for n in doc.scripts:
        text = doc.data[n]
        for start in islice(_ARRAY.finditer(text), _TRIES) if "title" in text.lower() else ():
            try:
                value, _ = decoder.raw_decode(text, start.start())
            except (ValueError, RecursionError):
                continue
            array, _ = find_array(value)
            items = array_items(array or (), link)
            best = max(best, items, key=len)
    return best


def array_items(array: Sequence[Any], link: Callable[[str], str | None]) -> tuple[Item, ...]:
    """Items of an array's objects, each address once. `link` makes addresses absolute."""
    items = [item for item in (_item(row, link) for row in array[:MAX_ITEMS]) if item]
    dates = with_years([(i.url, i.date) for i in items])
    unique = {i.url: Item(url=i.url, title=i.title, date=d) for i, d in zip(items, dates, strict=True)}
    return tuple(unique.values())


def find_array(data: Any) -> tuple[list[Any] | None, dict[str, int | None]]:
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


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and 0 <= value < 10**9:
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 10 else None


def _field(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    lower = {str(k).lower(): v for k, v in row.items()}
    return next((lower[name] for name in names if lower.get(name) not in (None, "", [], {})), None)


def _item(row: Any, link: Callable[[str], str | None]) -> Item | None:
    if not isinstance(row, dict):
        return None
    title, href = _field(row, _TITLE), _field(row, _ADDRESS)
    if isinstance(href, list | dict) or not isinstance(title, str) or href is None:
        return None
    target = link(str(href).strip())
    shown = parse(title) if "<" in title else None
    clean = shown.text(0) if shown is not None else squeeze(title)
    return Item(url=target, title=clean, date=_date(row)) if target and clean else None


def _date(row: Mapping[str, Any]) -> str | None:
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
