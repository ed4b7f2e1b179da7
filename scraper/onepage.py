"""One page by hand: from a file, from standard input, or from its address, for `read` and `explain`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from scraper import urls
from scraper.errors import UsageError
from scraper.model import Capture, Reading
from scraper.read import read

NO_ADDRESS = "http://localhost/"  # where a saved page's links start when nobody says where it came from


def read_one(page: str, url: str | None, db: str | None = None) -> Reading:
    """The reading of a saved file, of standard input (`-`), or of the page at an http(s) address; with `db`, of the
    newest capture of that address in this archive.

    Raises UsageError for an empty input, an absent file, an address the archive does not hold, or a file that is no web
    page; FetchError for an address that cannot be had.
    """
    if db is not None:
        return _web_page(_archived(page, db), page)
    if page.startswith(("http://", "https://")):
        return _web_page(_fetched(page), page)
    if page == "-":
        body = sys.stdin.buffer.read()
    else:
        try:
            body = Path(page).read_bytes()
        except OSError as error:
            cure = "give a saved page, - for standard input, or an address with http://"
            raise UsageError(f"{page} cannot be read ({error.strerror})", cure) from None
    if not body.strip():
        raise UsageError(f"{page} is empty", "give a saved web page")
    return _web_page(read(body, url or NO_ADDRESS), page)


def _archived(address: str, db: str) -> Reading:
    from scraper.archive import Archive  # only here, so that reading a file loads no SQLite
    from scraper.archive.boilerplate import template_of

    with Archive.open(db, create=False, write=False) as archive:
        capture = archive.newest_capture(address)
        row = archive.row_at(address)
        template = template_of(archive.db.conn, row.channel if row else None)
    if capture is None:
        raise UsageError(f"{db} holds no page {address}", "give an address that `kaifaqu search` shows")
    return read(
        capture.body,
        capture.url,
        content_type=content_type(capture),
        status=capture.status,
        template=template,
    )


def _fetched(address: str) -> Reading:
    from scraper.fetch import Fetcher  # only here, so that reading a file loads no HTTP

    url = urls.normalise(address)
    if url is None:
        raise UsageError(f"{address!r} is no web address", "give one such as http://www.example.gov.cn/")

    async def go() -> Reading:
        async with Fetcher(delay=0, allow_private=frozenset({urls.hostname(url)})) as fetcher:
            capture = await fetcher.fetch(url)
        return read(capture.body, capture.url, content_type=content_type(capture), status=capture.status)

    return asyncio.run(go())


def content_type(capture: Capture) -> str | None:
    """The Content-Type header of an answer."""
    return next((v.decode("latin-1") for n, v in capture.headers if n.lower() == b"content-type"), None)


def _web_page(reading: Reading, name: str) -> Reading:
    if reading.kind == "file":
        raise UsageError(
            f"{name} is no web page ({reading.note or 'a file'})", "give the page that links to it"
        )
    return reading
