"""An invented archive whose captures have every trait that a web archive must carry."""

from __future__ import annotations

import gzip
import io
import re
from pathlib import Path

from archive_rows import DAY1, DAY2, DAY3, HOME, NEWS, article, reading, row, started

from scraper.archive import Archive
from scraper.model import Capture, Kind, Redirect

GBK = "<html><head><meta charset=gbk></head><body><h1>青石湾要闻</h1></body></html>".encode("gbk")
CODED = (
    (b"Content-Type", b"text/html; charset=gbk"),
    (b"content-ENCODING", b"gzip"),
    (b"Transfer-Encoding", b"chunked"),
    (b"X-Utf8", "开发区".encode()),
    (b"X-Gbk", "开发区".encode("gbk")),
)


def visit(
    archive: Archive,
    crawl: int,
    url: str,
    body: bytes,
    at: str,
    *,
    headers: tuple[tuple[bytes, bytes], ...] = ((b"Content-Type", b"text/html"),),
    kind: Kind = "article",
    hops: tuple[Redirect, ...] = (),
    note: str = "",
    date: str | None = "2025-06-01",
    status: int = 200,
) -> None:
    capture = Capture(
        url=url,
        requested=hops[0].url if hops else url,
        status=status,
        headers=headers,
        body=body,
        fetched_at=at,
        ip="10.0.0.7",
        redirects=hops,
        note=note,
    )
    place = row(archive, url, "home" if kind == "home" else "article")
    if status == 304:
        archive.save_unchanged(place, capture, crawl_id=crawl, at=at, next_due=None)
        return
    read = (
        article(url, title=f"题目 {url[-6:]}", date=date, body="正文。")
        if kind == "article"
        else reading(url, kind)
    )
    archive.save_page(place, capture, read, crawl_id=crawl)


def web_archive(path: Path) -> Archive:
    """GBK, lying and coded headers, the same bytes again and elsewhere, a 304, a redirect, a cut page, an empty 404."""
    archive, crawl = started(path)
    visit(archive, crawl, HOME, b"<html>home</html>", DAY1, kind="home")
    visit(archive, crawl, f"{NEWS}1.html", GBK, DAY1, headers=CODED)
    visit(archive, crawl, f"{NEWS}2.html?b=2&a=1", GBK, DAY1, headers=CODED, date="2024-01-05")
    visit(archive, crawl, f"{NEWS}1.html", GBK, DAY2, headers=CODED)
    visit(archive, crawl, f"{NEWS}1.html", b"", DAY3, headers=((b"ETag", b'"x"'),), status=304)
    hop = Redirect(url=f"{HOME}old", status=302, location=f"{NEWS}3.html")
    lied = ((b"Content-Type", b"text/html"), (b"Content-Length", b"9999"))
    visit(archive, crawl, f"{NEWS}3.html", b"<p>three</p>", DAY3, headers=lied, hops=(hop,), note="truncated")
    visit(archive, crawl, f"{NEWS}4.html", b"", DAY3, kind="dead", status=404)
    return archive


def members(data: bytes) -> list[bytes]:
    """The gzip members of a WARC.gz, unpacked: its records."""
    starts = [m.start() for m in re.finditer(rb"\x1f\x8b\x08\x00\x00\x00\x00\x00", data)]
    ends = [*starts[1:], len(data)]
    return [gzip.GzipFile(fileobj=io.BytesIO(data[a:b])).read() for a, b in zip(starts, ends, strict=True)]
