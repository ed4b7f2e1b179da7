"""WARC 1.1 (ISO 28500:2017): every capture as a record that web archive tools read, each a gzip member of its own.

Written here, byte by byte: libraries encode header values anew, and what a portal sent is kept as it came. Addresses are
ASCII, as browsers send them. What the archive does not keep is not made up:
- The archive keeps bodies without content-coding and chunking. The fields that told of these (Content-Encoding,
  Transfer-Encoding, Content-Length) stand as `X-Archive-Orig-…`, and Content-Length tells the length that is there.
- Of a request only method, target, host and form are known. Of a redirect, its status and Location.
- Lists that were posted for have a POST as request, with its form. What a browser made of a page is a `conversion`.
- A page with bytes that came before is a `revisit` (identical-payload-digest), a 304 one too (server-not-modified).
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import BinaryIO, Literal, Protocol
from urllib.parse import quote, urlsplit

from scraper import __version__
from scraper.archive import Archive
from scraper.archive.captures import Stored, captures
from scraper.fetch.forms import content_type
from scraper.model import Capture, Redirect

_STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_TRUNCATED = {"truncated": "disconnect", "cut": "length"}
ORIGINAL = b"X-Archive-Orig-"
"""Before the name of a header field that no longer fits the stored body; players know the prefix."""
CODING = frozenset((b"content-encoding", b"transfer-encoding", b"content-length"))

Type = Literal["warcinfo", "request", "response", "revisit", "conversion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One WARC record. `headers` are those beyond what every record has; `status` and `mime` are for indexes."""

    type: Type
    id: str
    url: str
    at: str
    content_type: str
    block: bytes
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 0
    mime: str = ""
    digest: str | None = None


class Sink(Protocol):
    """What bytes are written to: a file, or a member of a zip."""

    def write(self, data: bytes, /) -> int: ...


@dataclass(slots=True)
class Earlier:
    """What a file holds already: the first record of each digest, the newest whole answer of each page."""

    by_digest: dict[str, Record] = field(default_factory=dict)
    by_page: dict[int, Record] = field(default_factory=dict)


def export_warc(
    archive: Archive,
    out: BinaryIO,
    *,
    portal: str | None = None,
    since: str | None = None,
    now: Callable[[], datetime],
    lost: list[str],
) -> int:
    """Write captures to `out` as WARC.gz; how many. `lost` tells those whose bytes are damaged, a line each."""
    write_record(out, about(archive, portal=portal, at=now()))
    count = 0
    earlier = Earlier()
    for stored in captures(archive, portal=portal, since=since, lost=lost):
        for record in records_of(stored, earlier):
            write_record(out, record)
        count += 1
    return count


def write_record(out: Sink, record: Record) -> int:
    """Write one record as a gzip member; the bytes it takes."""
    lines = [
        "WARC/1.1",
        f"WARC-Type: {record.type}",
        f"WARC-Record-ID: {record.id}",
        f"WARC-Date: {record.at}",
        *([f"WARC-Target-URI: {record.url}"] if record.url else []),
        *(f"{name}: {value}" for name, value in record.headers),
        f"WARC-Block-Digest: sha256:{sha256(record.block).hexdigest()}",
        f"Content-Type: {record.content_type}",
        f"Content-Length: {len(record.block)}",
    ]
    gzip = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n"
    member = gzip.compress(head + record.block + b"\r\n\r\n") + gzip.flush()
    out.write(member)
    return len(member)


def about(archive: Archive, *, portal: str | None, at: datetime) -> Record:
    """The record a file begins with: what made it, by which rules, and what stands otherwise than it was sent."""
    hosts = [portal] if portal else archive.portals()
    told = {
        "software": f"kaifaqu/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": _STANDARD,
        "robots": "classic",
        "isPartOf": "kaifaqu archive of " + ", ".join(hosts),
        "description": "News pages of portals of development zones. Robots.txt was obeyed (RFC 9309). Bodies stand without "
        "content-coding and chunking; the header fields of these are kept as X-Archive-Orig-*. Requests are told by method, "
        "target and host, redirects by status and Location.",
    }
    block = "".join(f"{name}: {value}\r\n" for name, value in told.items()).encode("utf-8")
    stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return Record(
        type="warcinfo",
        id=_id("warcinfo", str(archive.path), stamp),
        url="",
        at=stamp,
        content_type="application/warc-fields",
        block=block,
    )


def records_of(stored: Stored, earlier: Earlier) -> Iterator[Record]:
    """The records of one capture: each redirect on its way, then its answer, after each the request for it."""
    if stored.capture.rendered:
        yield _rendered(stored, earlier)
        return
    for place, hop in enumerate(stored.capture.redirects):
        yield from _with_request(_redirect(stored, hop, place))
    answer = _answer(stored, earlier)
    if answer.type == "response" and answer.status != 304:
        earlier.by_page[stored.page] = answer
        if stored.digest:
            earlier.by_digest[stored.digest] = answer
    yield from _with_request(answer, stored.capture.form)


def _rendered(stored: Stored, earlier: Earlier) -> Record:
    """What a browser made of a page: no answer of the portal's, so it has no head, and refers to the answer it was made of."""
    capture, raw = stored.capture, earlier.by_page.get(stored.page)
    return Record(
        type="conversion",
        id=_id("rendered", str(stored.id), capture.url, capture.fetched_at),
        url=_ascii(capture.url),
        at=capture.fetched_at,
        content_type="text/html; charset=utf-8",
        block=capture.body,
        headers=(("WARC-Refers-To", raw.id),) if raw else (),
        mime="text/html",
        digest=stored.digest,
    )


def _answer(stored: Stored, earlier: Earlier) -> Record:
    capture = stored.capture
    whole = _response_head(capture) + capture.body
    notes = capture.note.split("; ")
    headers = [("WARC-IP-Address", capture.ip)] if capture.ip else []
    headers += [("WARC-Truncated", reason) for note, reason in _TRUNCATED.items() if note in notes]
    before, profile = None, _SAME
    if capture.status == 304:
        before, profile = earlier.by_page.get(stored.page), _NOT_MODIFIED
    elif stored.digest:
        before = earlier.by_digest.get(stored.digest)
    digest = before.digest if before else stored.digest
    if digest:
        headers.append(("WARC-Payload-Digest", f"sha256:{digest}"))
    if before is not None:
        whole = _response_head(capture)
        headers += [
            ("WARC-Profile", profile),
            ("WARC-Refers-To", before.id),
            ("WARC-Refers-To-Target-URI", before.url),
            ("WARC-Refers-To-Date", before.at),
        ]
    return Record(
        type="revisit" if before else "response",
        id=_id("answer", str(stored.id), capture.url, capture.fetched_at),
        url=_ascii(capture.url),
        at=capture.fetched_at,
        content_type="application/http; msgtype=response",
        block=whole,
        headers=tuple(headers),
        status=capture.status,
        mime=_mime(capture),
        digest=digest,
    )


def _redirect(stored: Stored, hop: Redirect, place: int) -> Record:
    head = f"HTTP/1.1 {hop.status} {_phrase(hop.status)}\r\nLocation: {_ascii(hop.location)}\r\nContent-Length: 0\r\n\r\n"
    return Record(
        type="response",
        id=_id("redirect", str(stored.id), str(place), hop.url, stored.capture.fetched_at),
        url=_ascii(hop.url),
        at=stored.capture.fetched_at,
        content_type="application/http; msgtype=response",
        block=head.encode("ascii"),
        status=hop.status,
    )


def _with_request(answer: Record, form: str | None = None) -> Iterator[Record]:
    parts = urlsplit(answer.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    body = (form or "").encode()
    head = f"{'GET' if form is None else 'POST'} {target} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\n"
    if form is not None:
        head += f"Content-Type: {content_type(form)}\r\nContent-Length: {len(body)}\r\n"
    yield answer
    yield Record(
        type="request",
        id=_id("request", answer.id),
        url=answer.url,
        at=answer.at,
        content_type="application/http; msgtype=request",
        block=f"{head}\r\n".encode("ascii") + body,
        headers=(("WARC-Concurrent-To", answer.id),),
    )


def _response_head(capture: Capture) -> bytes:
    lines = [f"HTTP/1.1 {capture.status} {_phrase(capture.status)}".encode("ascii")]
    lines += [
        (ORIGINAL if name.lower() in CODING else b"") + name + b": " + value
        for name, value in capture.headers
    ]
    if capture.status != 304:
        lines.append(b"Content-Length: %d" % len(capture.body))
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _mime(capture: Capture) -> str:
    for name, value in capture.headers:
        if name.lower() == b"content-type":
            return value.decode("latin-1").partition(";")[0].strip().lower()
    return ""


def _ascii(url: str) -> str:
    """An address without anything that breaks a header line or a player."""
    return quote(url, safe="%:/?#[]@!$&'()*+,;=-._~|{}^`\\")


def _id(*parts: str) -> str:
    """The same record has the same id in every export."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, chr(10).join(parts))}>"
