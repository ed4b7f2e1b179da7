"""WACZ 1.1.1: one file per portal and year that a browser alone can replay, with a list of its pages to begin at.

A shelf (`captures.Shelf`) is a portal's year: players hold the list of pages in memory, and a portal's whole history in
one file stops them. Inside: the WARC, a compressed CDXJ index of it (ZipNum, as the reference tool writes), the pages with
their titles and texts, and the digests of all. A 304 stands in the WARC but not in the index: players would show it as an
empty page. Format: https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO
from urllib.parse import urlsplit

from scraper import __version__
from scraper.archive import Archive
from scraper.archive.captures import Entry, Shelf, captures, entries, shelves
from scraper.export.warc import Earlier, Record, about, records_of, write_record
from scraper.export.whole import whole_file

VERSION = "1.1.1"
_WARC, _INDEX = "data.warc.gz", "index.cdx.gz"
_BLOCK = 1024
"""Lines of the index in one gzip member, as the reference tool has it."""
_WWW = re.compile(r"^www\d*\.")
_SESSION = re.compile(r"(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}(?:&|$)")


def export_wacz(
    archive: Archive,
    folder: Path,
    *,
    portal: str | None = None,
    since: str | None = None,
    now: Callable[[], datetime],
    lost: list[str],
) -> list[Path]:
    """Write a WACZ per portal and year into `folder`, named `HOST-YEAR.wacz`; their paths.

    `lost` tells captures whose bytes are damaged, a line each; they are left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for shelf in shelves(archive, portal=portal, since=since):
        path = folder / f"{re.sub(r'[^a-z0-9.-]', '_', shelf.portal)}-{shelf.year}.wacz"
        with whole_file(path) as out:
            _write(archive, out, shelf, since=since, at=now(), lost=lost)
        made.append(path)
    return made


def _write(
    archive: Archive, out: BinaryIO, shelf: Shelf, *, since: str | None, at: datetime, lost: list[str]
) -> None:
    pages = list(entries(archive, portal=shelf.portal, year=shelf.year, since=since))
    with zipfile.ZipFile(out, "w") as zip_file:
        package = _Package(zip_file, at)
        index: list[str] = []
        with package.member("archive", _WARC) as warc:
            place = write_record(warc, about(archive, portal=shelf.portal, at=at))
            earlier = Earlier()
            for stored in captures(archive, portal=shelf.portal, year=shelf.year, since=since, lost=lost):
                for record in records_of(stored, earlier):
                    size = write_record(warc, record)
                    if record.type != "request" and record.status != 304:
                        index.append(_line(record, place, size))
                    place += size
        blocks = _index_blocks(sorted(index))
        with package.member("indexes", _INDEX) as cdx:
            summary = _write_blocks(cdx, blocks)
        package.add("indexes", "index.idx", summary.encode("utf-8"))
        with package.member("pages", "pages.jsonl") as listing:
            for line in _page_lines(pages):
                listing.write(line.encode("utf-8"))
        package.finish(shelf, pages)


class _Package:
    """The zip while it is written; remembers size and digest of each member for `datapackage.json`."""

    def __init__(self, zip_file: zipfile.ZipFile, at: datetime) -> None:
        self._zip, self._at = zip_file, at
        self._resources: list[dict[str, Any]] = []

    def member(self, folder: str, name: str) -> _Member:
        """A file to write into the zip, stored as it is: what is compressed stays readable in place."""
        stream = self._zip.open(self._info(f"{folder}/{name}"), "w", force_zip64=True)
        told: dict[str, Any] = {"name": name, "path": f"{folder}/{name}"}
        self._resources.append(told)
        return _Member(stream, told)

    def add(self, folder: str, name: str, data: bytes) -> None:
        """A small file, whole."""
        with self.member(folder, name) as out:
            out.write(data)

    def finish(self, shelf: Shelf, pages: Iterable[Entry]) -> None:
        """Write `datapackage.json` and its own digest."""
        home = next((page for page in pages if page.home), None)
        told = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": f"{shelf.portal} {shelf.year}",
            "description": f"News of {shelf.portal}: articles dated {shelf.year}, and other pages fetched in {shelf.year}.",
            "created": f"{self._at:%Y-%m-%dT%H:%M:%SZ}",
            "software": f"kaifaqu {__version__}",
            **({"mainPageUrl": home.url, "mainPageDate": home.at} if home else {}),
            "resources": self._resources,
        }
        data = json.dumps(told, ensure_ascii=False, indent=2).encode("utf-8")
        self._zip.writestr(self._info("datapackage.json"), data)
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        self._zip.writestr(self._info("datapackage-digest.json"), json.dumps(digest, indent=2))

    def _info(self, path: str) -> zipfile.ZipInfo:
        return zipfile.ZipInfo(path, self._at.timetuple()[:6])


class _Member:
    """One file of the zip while it is written."""

    def __init__(self, stream: IO[bytes], told: dict[str, Any]) -> None:
        self._stream, self._told = stream, told
        self._digest, self._size = hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        """Write bytes; how many."""
        self._digest.update(data)
        self._size += len(data)
        return self._stream.write(data)

    def __enter__(self) -> _Member:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._told |= {"hash": f"sha256:{self._digest.hexdigest()}", "bytes": self._size}


def _line(record: Record, place: int, size: int) -> str:
    """A line of CDXJ: sortable address, time as digits, and where the record stands."""
    told = {
        "url": record.url,
        "mime": "warc/revisit" if record.type == "revisit" else record.mime or "unk",
        "status": str(record.status),
        **({"digest": f"sha256:{record.digest}"} if record.digest else {}),
        "length": str(size),
        "offset": str(place),
        "filename": _WARC,
    }
    return f"{surt(record.url)} {re.sub('[^0-9]', '', record.at)} {json.dumps(told)}\n"


def surt(url: str) -> str:
    """The sort-friendly form of an http(s) address that web archives index by: `cn,gov,example)/news/1.html?a=1`.

    As the Internet Archive's canonicaliser has it, for what WHATWG has normalised: all lower case, host turned round
    without `www.` and default port, no user, no last slash, query in order and without its session.
    """
    parts = urlsplit(url.lower())
    labels = _WWW.sub("", parts.hostname or "").split(".")
    port = f":{parts.port}" if parts.port else ""
    path = re.sub("/{2,}", "/", parts.path).removesuffix("/") or "/"
    query = "&".join(sorted(_SESSION.sub("", parts.query).split("&")))
    return f"{','.join(reversed(labels))}{port}){path}{f'?{query}' if query else ''}"


def _index_blocks(lines: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(lines), _BLOCK):
        yield lines[start : start + _BLOCK]


def _write_blocks(out: _Member, blocks: Iterable[list[str]]) -> str:
    """Write the index as gzip members; the summary that tells where each begins."""
    summary = [f'!meta 0 {{"format": "cdxj-gzip-1.0", "filename": "{_INDEX}"}}\n']
    place = 0
    for block in blocks:
        gzip = zlib.compressobj(9, zlib.DEFLATED, 31)
        data = gzip.compress("".join(block).encode("utf-8")) + gzip.flush()
        told = {
            "offset": place,
            "length": len(data),
            "digest": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "filename": _INDEX,
        }
        key, time, _ = block[0].split(" ", 2)
        summary.append(f"{key} {time} {json.dumps(told)}\n")
        out.write(data)
        place += len(data)
    return "".join(summary)


def _page_lines(pages: Iterable[Entry]) -> Iterator[str]:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": True}
    yield json.dumps(head) + "\n"
    for number, page in enumerate(pages, 1):
        told = {"id": str(number), "url": page.url, "ts": page.at, "title": page.title, "text": page.text}
        yield json.dumps(told, ensure_ascii=False) + "\n"
