"""Content-coding removed, with a bound on what it unpacks to.

HTTP libraries inflate a whole chunk at once, so a bomb of a few kilobytes takes gigabytes. Here each layer stops at the
bound. Asked for are only gzip and deflate (RFC 9110 §8.4.1); what else a server claims is looked at, not believed.
"""

from __future__ import annotations

import re
import zlib

from scraper.errors import BadAnswer, TooLarge

LIED = "encoding-header-lied"
TRUNCATED = "truncated"
CUT = "cut"

_MOST_LAYERS = 3
# Members of one gzip body (RFC 1952 §2.2). Each costs a copy of the rest, so a body of empty members would be quadratic.
_MOST_MEMBERS = 64
_GZIP_MAGIC = b"\x1f\x8b"
# Codings that exist but were not asked for; any other unknown word (`utf-8`, `none`) is a slip of the server's owner.
_FOREIGN = frozenset({"br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi"})
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,200}<[!?a-zA-Z]")


def codings(headers: tuple[tuple[bytes, bytes], ...]) -> list[str]:
    """The content-codings named in the headers, in the order they were applied; `identity` left out."""
    values = b",".join(value for name, value in headers if name.lower() == b"content-encoding")
    words = (word.strip().lower() for word in values.decode("latin-1").split(","))
    return [word for word in words if word and word != "identity"]


def decode(raw: bytes, applied: list[str], most: int, *, cut: bool = False) -> tuple[bytes, tuple[str, ...]]:
    """`raw` with the `applied` codings undone, and notes: LIED (body was not so coded), TRUNCATED (its end is
    missing), CUT.

    What unpacks to more than `most` bytes raises TooLarge, or is cut there if `cut`. BadAnswer: more than three layers,
    a coding that was not asked for, broken compression.
    """
    if len(applied) > _MOST_LAYERS:
        raise BadAnswer(
            f"the answer is packed {len(applied)} times over; the portal must mend its Content-Encoding"
        )
    notes: dict[str, None] = {}
    for coding in reversed(applied):
        if not raw:
            break
        raw, note = _undo(raw, coding, most)
        if note:
            notes[note] = None
        if len(raw) > most:
            if not cut:
                raise TooLarge(
                    f"the answer unpacks to more than {size(most)}; it is no news page and is left out"
                )
            raw, notes = raw[:most], {**notes, CUT: None}
    return raw, tuple(notes)


def size(count: int) -> str:
    """A number of bytes for people."""
    return f"{count / (1 << 20):.3g} MiB" if count >= 1 << 20 else f"{count / 1024:.3g} KiB"


def _undo(raw: bytes, coding: str, most: int) -> tuple[bytes, str]:
    """One layer undone, at most `most` + 1 bytes of it, and a note."""
    try:
        if coding in ("gzip", "x-gzip"):
            return _gunzip(raw, most) if raw.startswith(_GZIP_MAGIC) else (raw, LIED)
        if coding == "deflate":
            return _inflate(raw, most)
    except zlib.error as error:
        raise BadAnswer(f"the {coding} compression of the answer is broken", "try again later") from error
    if coding in _FOREIGN and not _MARKUP.match(raw):
        raise BadAnswer(f"the server packed the answer as {coding}, which was not asked for")
    return raw, LIED


def _gunzip(raw: bytes, most: int) -> tuple[bytes, str]:
    out = bytearray()
    for _ in range(_MOST_MEMBERS):
        member = zlib.decompressobj(31)
        out += member.decompress(raw, most + 1 - len(out))
        if len(out) > most:
            break
        if not member.eof:
            return bytes(out), TRUNCATED
        raw = member.unused_data
        if not raw.startswith(_GZIP_MAGIC):  # the end, or a tail of garbage, which browsers ignore too
            break
    else:
        raise BadAnswer("the answer is packed in more gzip members than any server sends")
    return bytes(out), ""


def _inflate(raw: bytes, most: int) -> tuple[bytes, str]:
    """`deflate` is zlib by the standard and bare deflate by habit of old servers: both are tried."""
    for window in (15, -15):
        stream = zlib.decompressobj(window)
        try:
            out = stream.decompress(raw, most + 1)
        except zlib.error:
            continue
        if stream.eof or len(out) > most:
            return out, ""
        if out:
            return out, TRUNCATED
    return raw, LIED
