"""What a file is called: by the server's Content-Disposition, else by its address; made harmless.

Servers write Chinese names in every way there is: RFC 5987 (`filename*=UTF-8''%E9…`), raw UTF-8 or GBK bytes, percent
escapes of either within quotes, encoded words of mail (RFC 2047). All are read; the standard's way wins (RFC 6266 §4.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.header import decode_header, make_header
from urllib.parse import unquote_to_bytes

from scraper.text import visible
from scraper.urls import filename

LONGEST_NAME = 200
"""Bytes of UTF-8: file systems end at 255."""

_MOST_HEADER = 4096
_PARAMETER = re.compile(rb';\s*(filename\*?)\s*=\s*("(?:[^"\\]|\\.){0,2000}"|[^;"]{0,2000})', re.I)
_ESCAPE = re.compile(rb"\\(.)", re.S)
_ENCODED_WORD = re.compile(r"=\?[\w-]{1,40}\?[bq]\?[^?]{0,2000}\?=", re.I)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\/\u2028\u2029\ud800-\udfff]')
_SUFFIX = re.compile(r"\.\w{1,8}$")
# Names that Windows keeps for devices, with any suffix.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)


def file_name(headers: Iterable[tuple[bytes, bytes]], url: str) -> str:
    """The name of the file that an address answered with, as `safe_name` gives it; '' where nothing names it."""
    told = next((value for name, value in headers if name.lower() == b"content-disposition"), b"")
    return safe_name(_disposition(told[:_MOST_HEADER]) or filename(url))


def safe_name(name: str) -> str:
    """A name that can't lead anywhere or hide what it is: no folders, control or direction marks, devices; not too long."""
    name = re.split(r"[\\/]", name)[-1]
    name = _UNSAFE.sub("_", visible(name)).strip().strip(".").strip()
    if _DEVICE.match(name):
        name = "_" + name
    if len(name.encode()) <= LONGEST_NAME:
        return name
    suffix = found[0] if (found := _SUFFIX.search(name)) else ""
    stem = name.removesuffix(suffix).encode()[: LONGEST_NAME - len(suffix.encode())]
    return stem.decode("utf-8", "ignore") + suffix


def _disposition(value: bytes) -> str:
    found = {name.lower(): raw for name, raw in reversed(_PARAMETER.findall(b";" + value))}
    extended = found.get(b"filename*", b"").strip(b' "')
    if extended.count(b"'") >= 2:
        charset, _, escaped = extended.split(b"'", 2)
        name = _decoded(unquote_to_bytes(escaped), charset.decode("ascii", "replace"))
        if name:
            return name
    return _plain(found.get(b"filename", b""))


def _plain(raw: bytes) -> str:
    raw = raw.strip()
    if raw.startswith(b'"'):
        raw = _ESCAPE.sub(rb"\1", raw[1:-1]) if b"%" not in raw else raw[1:-1]
    name = _decoded(unquote_to_bytes(raw) if re.search(rb"%[0-9A-Fa-f]{2}", raw) else raw)
    if _ENCODED_WORD.search(name):
        try:
            return str(make_header(decode_header(name)))
        except (LookupError, ValueError):
            return name
    return name


def _decoded(raw: bytes, charset: str = "utf-8") -> str:
    """In its charset, else as UTF-8, else as GB 18030, which every byte has a meaning in."""
    for name in (charset, "utf-8"):
        try:
            return raw.decode(name)
        except (LookupError, ValueError):
            continue
    return raw.decode("gb18030", "replace")
