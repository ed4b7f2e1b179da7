"""WARC files as other programs write them, byte by byte."""

from __future__ import annotations

import gzip
from itertools import count

_NUMBERS = count(1)


def record(kind: str, url: str = "", block: bytes = b"", *, version: str = "1.1", **headers: str) -> bytes:
    """One record. Names of headers are given with `_` for `-`."""
    number = next(_NUMBERS)
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012}>",
        "WARC-Date": "2020-05-01T08:00:00Z",
        **({"WARC-Target-URI": url} if url else {}),
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"WARC/{version}\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def http(body: bytes = b"", *headers: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    """An HTTP answer."""
    return "".join(f"{line}\r\n" for line in (status, *headers, "")).encode() + body


def packed(*records: bytes) -> bytes:
    """Records as they are stored: a gzip member each."""
    return b"".join(map(gzip.compress, records))


def chunked(body: bytes, size: int = 7) -> bytes:
    """A body in chunks."""
    parts = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
