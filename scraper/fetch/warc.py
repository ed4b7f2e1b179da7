"""Answers that other programs kept: WARC files (ISO 28500, 1.0 and 1.1; plain, or gzip by record or as a whole) as captures.

Written here, as the export is: header bytes stay as they came, and a hostile file is bounded. Seen in the wild and read:
addresses in angle brackets (wget), bodies whose chunks or content-coding were undone while the header still tells of them
(browsers' crawls), `HTTP/2 200` status lines, no reason phrase, no request records, revisits with and without a head, a last
record that breaks off.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from scraper import urls
from scraper.errors import BadAnswer, TooLarge, UsageError
from scraper.fetch.decode import TRUNCATED, codings, decode, size
from scraper.fetch.limits import MIB, Limits

MOST_LINE = 64 * 1024
"""Bytes of one header line, of a record or of HTTP."""
MOST_LINES = 500
MOST_HEAD = MIB
"""Bytes of an HTTP head."""
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?: |\r|\n|$)")
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z")
_ORIGINAL = b"x-archive-orig-"
_OWN = re.compile(rb"^software:\s*kaifaqu/", re.M)
_ANSWERS = ("response", "revisit", "resource")
_TRUNCATED_BY = {"length": "cut", "disconnect": TRUNCATED, "time": TRUNCATED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer in a WARC file. `headers` and `body` as in a Capture; `at` UTC. `form`: what was posted, None for a GET.

    A `revisit` has no body: its bytes are those of digest `payload` (as the file has it: `sha1:…`), or those that
    `refers_to` (address, time) had; headers may be empty too. `not_modified`: the server said so (304). `rendered`: what a
    browser made of the page before, in a file of ours.
    """

    url: str
    at: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    ip: str | None = None
    note: str = ""
    form: str | None = None
    payload: str | None = None
    revisit: bool = False
    not_modified: bool = False
    rendered: bool = False
    refers_to: tuple[str, str] | None = None
    location: str | None = None


@dataclass(slots=True, kw_only=True)
class _Record:
    type: str
    headers: dict[str, str]
    block: bytes
    whole: bool


@dataclass(slots=True, kw_only=True)
class _Reader:
    """One file while it is read: what made it, and the posts whose answers are still to come."""

    lost: list[str]
    limits: Limits
    own: bool = False
    asked: dict[str, str] = field(default_factory=dict)


def read_warcs(path: Path, *, lost: list[str]) -> Iterator[Answer]:
    """The answers of a WARC file, or of all in a WACZ file, in the order they stand. `lost` tells what could not be read.

    Raises UsageError where the file is neither.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) == b"PK\x03\x04":
                yield from _read_wacz(path, lost)
                return
            file.seek(0)
            yield from read_warc(file, path.name, lost=lost)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror or error})", "give a WARC or WACZ file"
        ) from error


def _read_wacz(path: Path, lost: list[str]) -> Iterator[Answer]:
    try:
        with zipfile.ZipFile(path) as package:
            names = [n for n in package.namelist() if re.fullmatch(r"archive/[^/]+\.warc(?:\.gz)?", n)]
            if not names:
                raise UsageError(f"{path} is a zip file without archive/*.warc.gz", "give a WACZ file")
            for name in names:
                with package.open(name) as file:
                    yield from read_warc(file, f"{path.name}:{name}", lost=lost)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
    ) as error:  # RuntimeError: it has a password
        raise UsageError(f"{path} is a damaged zip file ({error})", "give a whole WACZ file") from error


def read_warc(
    file: IO[bytes], name: str, *, lost: list[str], limits: Limits | None = None
) -> Iterator[Answer]:
    """The answers of one WARC file. What is damaged ends it, with a line in `lost`: what came before is read."""
    reader = _Reader(lost=lost, limits=limits or Limits())
    held: _Record | None = None
    stream = _unpacked(file)
    try:
        for record in _records(stream, name, reader.limits):
            if record.type == "warcinfo":
                reader.own = bool(_OWN.search(record.block))
            elif record.type == "request":
                _note_request(record, reader)
            elif record.type in _ANSWERS or (record.type == "conversion" and reader.own):
                if held is not None:
                    yield from _told(held, reader)
                held = record
        if isinstance(stream.raw, _Gunzip) and stream.raw.broken:
            raise _Damaged(stream.raw.broken)
    except (_Damaged, zlib.error, zipfile.BadZipFile) as error:
        lost.append(f"{name}: damaged ({error}); what stands before is read")
    if held is not None:
        yield from _told(held, reader)


class _Damaged(Exception):
    """The file is no WARC from here on."""


class _Gunzip(io.RawIOBase):
    """The gzip members of a file as one stream, to where they are damaged: `broken` tells how. (The library's own reader
    gives up what it has read ahead.)
    """

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self._member = zlib.decompressobj(31)
        self.broken = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self._member.eof:
                source = self._member.unused_data.lstrip(b"\0") or self._file.read(MOST_LINE).lstrip(b"\0")
                if not source:
                    return 0
                self._member = zlib.decompressobj(31)
            else:
                source = self._member.unconsumed_tail or self._file.read(MOST_LINE)
                if not source:
                    self.broken = "it breaks off"
                    return 0
            try:
                data = self._member.decompress(source, len(buffer))
            except zlib.error as error:
                self.broken = str(error)
                return 0
            if data:
                buffer[: len(data)] = data
                return len(data)


def _unpacked(file: IO[bytes]) -> io.BufferedReader:
    stream = file if isinstance(file, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, file))
    start = stream.peek(4)[:4]
    if start.startswith(b"\x1f\x8b"):
        return io.BufferedReader(_Gunzip(stream))
    if start == b"\x28\xb5\x2f\xfd":
        raise UsageError("a WARC packed as zstd cannot be read", "pack it anew as gzip")
    return stream


def _records(stream: io.BufferedReader, name: str, limits: Limits) -> Iterator[_Record]:
    first = True
    while line := stream.readline(MOST_LINE):
        if not line.strip():
            continue
        if not line.startswith(b"WARC/"):
            if first:
                raise UsageError(f"{name} is no WARC file", "give a WARC or WACZ file")
            raise _Damaged(f"{line[:20]!r} where a record should begin")
        first = False
        headers = _record_headers(stream)
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 16):
            raise _Damaged("a record without its length")
        kind = headers.get("warc-type", "").lower()
        most = limits.max_body + MOST_HEAD if kind in (*_ANSWERS, "conversion") else MIB
        block = stream.read(min(int(length), most))
        rest = int(length) - len(block)
        whole = rest == 0
        while rest > 0 and (skipped := stream.read(min(rest, MIB))):
            rest -= len(skipped)
        yield _Record(type=kind, headers=headers, block=block, whole=whole)
        if rest > 0:
            raise _Damaged("the last record breaks off")


def _record_headers(stream: io.BufferedReader) -> dict[str, str]:
    headers: dict[str, str] = {}
    last = ""
    for _ in range(MOST_LINES):
        raw = stream.readline(MOST_LINE)
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if not raw.endswith(b"\n") or not line:
            if raw and line:
                raise _Damaged("a header line without end")
            return headers
        if line[0] in " \t" and last:
            headers[last] += " " + line.strip()
            continue
        last, _, value = line.partition(":")
        last = last.strip().lower()
        headers[last] = value.strip()
    raise _Damaged("a record whose headers do not end")


def _note_request(record: _Record, reader: _Reader) -> None:
    """A form that was posted: the file names its answer before or after it."""
    if not record.block.startswith(b"POST "):
        return
    body = re.split(rb"\r?\n\r?\n", record.block, maxsplit=1)[1:]
    form = body[0].decode("utf-8", "replace") if body else ""
    for name in (record.headers.get("warc-concurrent-to"), record.headers.get("warc-record-id")):
        if name:
            reader.asked[name] = form
    while len(reader.asked) > 64:
        del reader.asked[next(iter(reader.asked))]


def _told(record: _Record, reader: _Reader) -> Iterator[Answer]:
    """What a record tells, if it is an answer to an http(s) request that can be read."""
    headers = record.headers
    uri = headers.get("warc-target-uri", "").strip("<>")
    if not re.match(r"https?://", uri, re.I):
        return  # dns:, urn: and the like
    try:
        yield _answer(record, uri, reader)
    except (_Damaged, BadAnswer, TooLarge) as error:
        reader.lost.append(f"{uri[:200]} at {headers.get('warc-date', '?')[:30]}: {str(error)[:200]}")


Http = tuple[int, tuple[tuple[bytes, bytes], ...], bytes, str | None, tuple[str, ...]]


def _answer(record: _Record, uri: str, reader: _Reader) -> Answer:
    headers, limits = record.headers, reader.limits
    url, when = urls.normalise(uri), _DATE.fullmatch(headers.get("warc-date", ""))
    if url is None or when is None:
        raise _Damaged("no address" if url is None else "no time")
    if not record.whole:
        raise TooLarge(f"larger than {size(limits.max_body)}")
    profile = headers.get("warc-profile", "")
    revisit = record.type == "revisit"
    made = record.type in ("resource", "conversion")
    if made or not record.block.startswith(b"HTTP/"):
        if not revisit and not made:
            raise _Damaged("no HTTP answer")
        sent = headers.get("content-type", "").encode()
        told: Http = (200, ((b"Content-Type", sent),) if sent and not revisit else (), record.block, None, ())
    else:
        told = _http(record.block, limits, own=reader.own)
    status, fields, body, location, notes = told
    if len(body) > limits.max_body:
        raise TooLarge(f"larger than {size(limits.max_body)}")
    cut = _TRUNCATED_BY.get(headers.get("warc-truncated", "")) if not revisit else None
    refers = headers.get("warc-refers-to-target-uri", "").strip("<>"), headers.get("warc-refers-to-date", "")
    asked = reader.asked.get(headers.get("warc-record-id", ""))
    return Answer(
        url=url,
        at=f"{when[1]}Z",
        status=status,
        headers=fields,
        body=b"" if revisit else body,
        ip=headers.get("warc-ip-address"),
        note="; ".join(dict.fromkeys(filter(None, (cut, *notes)))),
        form=asked if asked is not None else reader.asked.get(headers.get("warc-concurrent-to", "")),
        payload=headers.get("warc-payload-digest"),
        revisit=revisit,
        not_modified="not-modified" in profile or status == 304,
        rendered=record.type == "conversion",
        refers_to=refers if all(refers) else None,
        location=location,
    )


def _http(block: bytes, limits: Limits, *, own: bool) -> Http:
    """Status, header fields, body without chunks and content-coding, the address a redirect leads to, notes."""
    end = re.compile(rb"\r?\n\r?\n").search(block, 0, MOST_HEAD)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block[:MOST_HEAD], b"")
    status = _STATUS.match(head)
    if status is None:
        raise _Damaged("no HTTP status")
    fields: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\n")[1:]:
        line = line.rstrip(b"\r")
        name, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] = (fields[-1][0], fields[-1][1] + b" " + line.strip())
        elif colon and name.strip():
            fields.append((name.strip(), value.strip()))
    notes: tuple[str, ...] = ()
    if own:
        return int(status[1]), _as_sent(fields), body, _location(fields), notes
    if any(n.lower() == b"transfer-encoding" and b"chunked" in v.lower() for n, v in fields):
        body, broken = dechunk(body)
        notes = (TRUNCATED,) if broken else ()
    body, unpacking = decode(body, codings(tuple(fields)), limits.max_body)
    return int(status[1]), tuple(fields), body, _location(fields), (*notes, *unpacking)


def _as_sent(fields: list[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
    """The fields as the portal sent them, of an answer that we exported: ours is the last Content-Length."""
    if fields and fields[-1][0] == b"Content-Length":
        fields = fields[:-1]
    return tuple((n[len(_ORIGINAL) :] if n.lower().startswith(_ORIGINAL) else n, v) for n, v in fields)


def _location(fields: list[tuple[bytes, bytes]]) -> str | None:
    found = [value for name, value in fields if name.lower() == b"location"]
    return found[-1].decode("utf-8", "replace") if found else None


_CHUNK = re.compile(rb"[ \t]{0,16}([0-9a-fA-F]{1,8})[ \t]{0,16}(?:;[^\r\n]{0,1000})?\r?\n")


def dechunk(body: bytes) -> tuple[bytes, bool]:
    """A body without its chunks (RFC 9112 §7.1), and whether its end is missing; as it is where it has none: many tools
    undo them and leave the header.
    """
    parts, place = [], 0
    while found := _CHUNK.match(body, place):
        length, start = int(found[1], 16), found.end()
        parts.append(body[start : start + length])
        place = start + length
        if length == 0:
            return b"".join(parts), False
        if place > len(body):
            return b"".join(parts), True
        place += 2 if body[place : place + 2] == b"\r\n" else 1 if body[place : place + 1] == b"\n" else 0
    if not parts:
        return body, False
    return b"".join(parts), True
