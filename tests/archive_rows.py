"""Invented pages of an invented portal, as what the archive is given: captures, readings, rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scraper.archive import Archive
from scraper.model import Article, Capture, Channel, Charset, Found, Item, Kind, Listing, Reading, Row

HOST = "kfq.example"
HOME = "http://kfq.example/"
NEWS = "http://kfq.example/news/"
DAY1, DAY2, DAY3 = "2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z"
UTF8 = Charset(name="utf-8", decided="valid")
FRAME = "".join(f'<li><a href="/c{n}/">栏目第{n * 7919}号</a></li>' for n in range(120))


def started(path: Path, at: str = DAY1) -> tuple[Archive, int]:
    """A new archive with one portal, and the id of a crawl that runs."""
    archive = Archive.open(path)
    crawl = archive.start_crawl(seeds=[HOME], options={}, at=at, version="0.1")
    archive.add_portal(HOST, home_url=HOME, at_crawl=crawl)
    return archive, crawl


def row(archive: Archive, url: str, kind: Any = "article", *, at: str = DAY1, **said: Any) -> Row:
    """The frontier row of an address, which is found where it was not known."""
    archive.add_found(HOST, [Found(url=url, kind=kind, **said)], at=at)
    known = archive.row_at(url)
    assert known is not None
    return known


def page(title: str, body: str) -> bytes:
    """The bytes of an article page: a frame that all pages share, then what is its own."""
    return f"<html><ul>{FRAME}</ul><h1>{title}</h1><div class='con'><p>{body}</p></div></html>".encode()


def capture(
    url: str, body: bytes = b"<p>page</p>", *, at: str = DAY1, status: int = 200, **headers: str
) -> Capture:
    """An answer. Header names are given with `_` for `-`."""
    pairs = {"content_type": "text/html; charset=utf-8", **headers}
    raw = tuple((k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in pairs.items())
    return Capture(
        url=url, requested=url, status=status, headers=raw, body=body, fetched_at=at, elapsed_ms=12
    )


def reading(url: str, kind: Kind, **parts: Any) -> Reading:
    """What `read()` would say of a page."""
    return Reading(url=url, kind=kind, charset=UTF8, **parts)


def article(url: str, **fields: Any) -> Reading:
    """The reading of an article page."""
    said = {
        "title": "青石湾开发区召开会议",
        "date": "2026-02-27 09:30",
        "body": "会议研究了项目建设。",
        **fields,
    }
    return reading(url, "article", article=Article(url=url, **said))


def listing(url: str, *items: tuple[str, str], **fields: Any) -> Reading:
    """The reading of a listing page; items are (address, title)."""
    rows = tuple(Item(url=at, title=title, date="2026-02-27") for at, title in items)
    return reading(url, "listing", listing=Listing(url=url, items=rows, **fields))


def save(
    archive: Archive, crawl: int, url: str, *, at: str = DAY1, raw: bytes | None = None, **fields: Any
) -> Any:
    """Save one article as a crawl would; what saving did."""
    read = article(url, **fields)
    assert read.article is not None
    body = page(read.article.title or "", read.article.body) if raw is None else raw
    return archive.save_page(row(archive, url), capture(url, body, at=at), read, crawl_id=crawl)


def save_listing(
    archive: Archive, crawl: int, url: str, numbers: range, *, at: str = DAY1, **claims: Any
) -> Any:
    """Save one listing page of the channel NEWS whose items are the articles of some numbers."""
    items = [(f"{NEWS}{n}.html", f"第{n}条") for n in numbers]
    found = [Found(url=at_, kind="article", channel=NEWS, title=title) for at_, title in items]
    return archive.save_page(
        row(archive, url, "listing", channel=NEWS),
        capture(url, f"listing {numbers}".encode(), at=at),
        listing(url, *items),
        crawl_id=crawl,
        found=found,
        channel=Channel(url=NEWS, **claims),
    )


def values(archive: Archive, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Rows of a question in SQL."""
    return list(archive.db.conn.execute(sql, parameters).fetchall())
