"""What a file is, by its first bytes and its inner names; what a server or an address says of it is often wrong."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Literal

FileKind = Literal[
    "pdf", "docx", "xlsx", "pptx", "doc", "xls", "ppt", "ofd", "rtf", "txt", "html",
    "zip", "rar", "7z", "gz", "jpeg", "png", "gif", "bmp", "webp", "tiff", "empty", "other",
]  # fmt: skip
"""doc, xls and ppt are the binary formats of Word, Excel and PowerPoint, also under the names wps, et and dps."""

_MAGIC: tuple[tuple[bytes, FileKind], ...] = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gz"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"{\\rtf", "rtf"),
)
_IN_ZIP: tuple[tuple[str, FileKind], ...] = (
    ("word/", "docx"),
    ("xl/", "xlsx"),
    ("ppt/", "pptx"),
    ("OFD.xml", "ofd"),
)
# Names of the streams in a compound file (MS-CFB §2.6.1), UTF-16 as they stand in its directory.
_IN_COMPOUND: tuple[tuple[bytes, FileKind], ...] = (
    ("WordDocument".encode("utf-16-le"), "doc"),
    ("Workbook".encode("utf-16-le"), "xls"),
    ("Book\0".encode("utf-16-le"), "xls"),
    ("PowerPoint Document".encode("utf-16-le"), "ppt"),
)
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,200}<(?:!doctype|html|head|body|script|meta|div|\?xml)", re.I)
_PDF_WITHIN = 1024  # readers of PDF look for its mark so far into a file
_MOST_NAMES = 2000


def kind_of(body: bytes) -> FileKind:
    """What some bytes are; `other` where nothing known fits. Never raises."""
    if not body:
        return "empty"
    if b"%PDF-" in body[:_PDF_WITHIN]:
        return "pdf"
    if body.startswith(_COMPOUND):
        return next((kind for name, kind in _IN_COMPOUND if name in body), "other")
    if body.startswith(b"PK\x03\x04"):
        return _zipped(body)
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "webp"
    found = next((kind for magic, kind in _MAGIC if body.startswith(magic)), None)
    if found:
        return found
    if _MARKUP.match(body):
        return "html"
    return "txt" if _is_text(body[:4096]) else "other"


def _zipped(body: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            names = parts.namelist()[:_MOST_NAMES]
    except Exception:  # a damaged directory raises whatever it likes
        return "zip"
    return next((kind for start, kind in _IN_ZIP if any(name.startswith(start) for name in names)), "zip")


def _is_text(start: bytes) -> bool:
    """No control bytes but white space; UTF-16 with its mark is text too."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    return not any(byte < 9 or 13 < byte < 32 for byte in start)
