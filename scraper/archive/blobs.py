"""The bytes of pages, each kept once: zstd, against a sibling page of the same template as its prefix.

A page of a portal is mostly the frame that all its pages share. The first page of a template (portal and kind) is stored
alone and may serve as the prefix of those after it, so any page is restored from at most one other. Where the
sibling no longer helps (a redesign), the page is stored alone and becomes the sibling of the next.

A page that comes again with another counter is put into the record of its earlier capture, behind it: the two are packed
as one, for next to nothing, and it still takes that record and its one prefix to restore either. Such a page is a slice.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scraper.errors import UsageError

if TYPE_CHECKING or sys.version_info < (3, 14):
    from backports import zstd
else:
    from compression import zstd

LEVEL = 9
"""0.3 to 0.5 ms a page of 10 to 40 KB; level 12 saves 1 % more for three times the time, 19 saves 5 % for twenty times."""

WORTH = 0.5
"""A page goes against its sibling where that halves it at least. A page that gains less is of another template, and may
be the better sibling of those to come. On four portals of four CMSs any share from 0.5 to 0.8 ended within a third.
"""

LARGEST_PREFIX = 1 << 20
"""Bytes; beyond this a page is no template but a document."""

MOST_SLICES = 16
"""Pages in one record. All of a record is unpacked to restore one of them, and packed again to add one."""

Codec = Literal["zstd", "raw", "slice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Bytes as they are stored. `against` tells whether the prefix is needed to restore them."""

    data: bytes
    codec: Codec
    against: bool = False


def digest_of(body: bytes) -> str:
    """The name of some bytes: their SHA-256 in hex."""
    return hashlib.sha256(body).hexdigest()


def pack(body: bytes, prefix: bytes | None = None, *, alone: float | None = None) -> Packed:
    """Compress `body`, against `prefix` where that is worth it, not at all where that saves nothing.

    `alone` is the share of its size that the prefix itself took without help: while the page does clearly better,
    the page need not be compressed twice to know that the prefix helps.
    """
    with_prefix = _compress(body, prefix) if prefix else None
    if with_prefix is not None and alone is not None and len(with_prefix) <= WORTH * alone * len(body):
        return Packed(data=with_prefix, codec="zstd", against=True)
    data = _compress(body, None)
    if with_prefix is not None and len(with_prefix) <= WORTH * min(len(data), len(body)):
        return Packed(data=with_prefix, codec="zstd", against=True)
    if len(data) >= len(body):
        return Packed(data=body, codec="raw")
    return Packed(data=data, codec="zstd")


def unpack(data: bytes, codec: str, prefix: bytes | None = None) -> bytes:
    """The bytes again. Raises ValueError where the data is damaged."""
    if codec == "raw":
        return data
    try:
        return zstd.decompress(data, zstd_dict=_as_prefix(prefix))
    except zstd.ZstdError as error:
        raise ValueError(f"damaged: {error}") from error


def _compress(body: bytes, prefix: bytes | None) -> bytes:
    return zstd.compress(body, LEVEL, zstd_dict=_as_prefix(prefix))


def _as_prefix(prefix: bytes | None) -> tuple[zstd.ZstdDict, int] | None:
    return zstd.ZstdDict(prefix, is_raw=True).as_prefix if prefix else None


# Where a page is: its place in its record (its own, or that of its earlier capture), and the record's prefix.
_RECORD = """
SELECT coalesce(b.start, 0), b.size, r.data, r.codec, p.data, p.codec, p.size FROM blobs b
JOIN blobs r ON r.digest = iif(b.codec = 'slice', b.prefix, b.digest) LEFT JOIN blobs p ON p.digest = r.prefix
WHERE b.digest = ?"""


@dataclass(slots=True)
class Sibling:
    """The page that the next ones of a template are compressed against."""

    digest: str
    body: bytes
    alone: float


class Blobs:
    """The table `blobs` through one connection. Remembers the sibling of the few templates in use."""

    REMEMBERED = 32

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._siblings: dict[str, Sibling] = {}

    def save(self, body: bytes, template: str | None, *, earlier: str | None = None) -> str:
        """Store bytes unless they are stored already; their digest. `template`: `portal kind`, None for files; `earlier`: the
        digest of what the same address gave before.

        To be called in a transaction; `forget` undoes what is remembered when that fails.
        """
        digest = digest_of(body)
        if self._connection.execute("SELECT 1 FROM blobs WHERE digest = ?", (digest,)).fetchone():
            return digest
        if not 8 < len(body) <= LARGEST_PREFIX:  # zstd takes no prefix under 8 bytes
            template = None
        sibling = self._sibling(template) if template else None
        packed = pack(body, sibling.body, alone=sibling.alone) if sibling else pack(body)
        if earlier is not None and self._add_slice(digest, body, earlier, most=len(packed.data)):
            return digest
        serves = template if not packed.against and packed.codec == "zstd" else None
        self._connection.execute(
            "INSERT INTO blobs(digest, data, codec, prefix, template, size) VALUES (?, ?, ?, ?, ?, ?)",
            (
                digest,
                packed.data,
                packed.codec,
                sibling.digest if sibling and packed.against else None,
                serves,
                len(body),
            ),
        )
        if serves:
            self._remember(serves, Sibling(digest, body, len(packed.data) / len(body)))
        return digest

    def _add_slice(self, digest: str, body: bytes, earlier: str, *, most: int) -> bool:
        """Put a page behind its earlier capture, where that takes at most WORTH of the `most` bytes it costs otherwise."""
        holder = self._connection.execute(
            "SELECT digest, data, codec, prefix FROM blobs WHERE digest = (SELECT iif(codec = 'slice', prefix, digest) "
            "FROM blobs WHERE digest = ?)",
            (earlier,),
        ).fetchone()
        if holder is None or holder[2] != "zstd":
            return False
        name, data, codec, prefix = holder
        try:
            before = self.load(prefix) if prefix else None
            held = unpack(data, codec, before)
        except (UsageError, ValueError):  # damaged: nothing more is put into it
            return False
        if len(held) + len(body) > min(LARGEST_PREFIX, (MOST_SLICES + 1) * len(body)):
            return False
        together = _compress(held + body, before)
        if len(together) - len(data) > WORTH * most:
            return False
        self._connection.execute("UPDATE blobs SET data = ? WHERE digest = ?", (together, name))
        self._connection.execute(
            "INSERT INTO blobs(digest, data, codec, prefix, start, size) VALUES (?, x'', 'slice', ?, ?, ?)",
            (digest, name, len(held), len(body)),
        )
        return True

    def forget(self) -> None:
        """Drop what is remembered: after a rollback it may name a blob that is not there."""
        self._siblings.clear()

    def load(self, digest: str) -> bytes:
        """The bytes of a digest, checked against it. Raises UsageError where they are missing or damaged."""
        row = self._connection.execute(_RECORD, (digest,)).fetchone()
        if row is None:
            raise UsageError(f"no page of digest {digest} in this archive", "see the digests in `captures`")
        start, size, data, codec, prefix_data, prefix_codec, prefix_size = row
        try:
            prefix = unpack(prefix_data, prefix_codec)[:prefix_size] if prefix_data is not None else None
            body = unpack(data, codec, prefix)[start : start + size]
        except ValueError as error:
            raise UsageError(
                f"the page of digest {digest} is {error}", "restore a copy of the archive"
            ) from error
        if digest_of(body) != digest:
            raise UsageError(
                f"the page of digest {digest} is not what was stored", "restore a copy of the archive"
            )
        return body

    def _sibling(self, template: str) -> Sibling | None:
        if template not in self._siblings:
            row = self._connection.execute(
                "SELECT digest, length(data) * 1.0 / size FROM blobs WHERE template = ? ORDER BY rowid DESC LIMIT 1",
                (template,),
            ).fetchone()
            if row is None:
                return None
            self._remember(template, Sibling(row[0], self.load(row[0]), row[1]))
        return self._siblings[template]

    def _remember(self, template: str, sibling: Sibling) -> None:
        self._siblings.pop(template, None)
        self._siblings[template] = sibling
        if len(self._siblings) > self.REMEMBERED:
            del self._siblings[next(iter(self._siblings))]


def adopt(
    here: sqlite3.Connection, there: sqlite3.Connection, digest: str
) -> Literal["new", "known", "healed"]:
    """Take a page over from another archive, as it is stored there where that can be; a damaged one here is made whole.

    To be called in a transaction, for pages stored alone before others. Raises UsageError where it is damaged there; it is
    kept as it is all the same.
    """
    held = here.execute("SELECT 1 FROM blobs WHERE digest = ?", (digest,)).fetchone()
    if held and _is_whole(here, digest):
        return "known"
    try:
        body = Blobs(there).load(digest)
    except UsageError:
        if not held:
            _copy(here, there, digest)
        raise
    if held:
        _put(here, digest, pack(body), None, size=len(body))
        return "healed"
    (codec, prefix) = there.execute("SELECT codec, prefix FROM blobs WHERE digest = ?", (digest,)).fetchone()
    if codec == "slice":
        Blobs(here).save(body, None, earlier=prefix)
        return "new"
    root = here.execute("SELECT p.prefix FROM blobs p WHERE p.digest = ?", _prefix(there, digest)).fetchone()
    if root is None or root[0] is None:
        _copy(here, there, digest)
    else:  # its sibling leans on another page here
        packed = pack(body, Blobs(here).load(root[0]))
        _put(here, digest, packed, root[0] if packed.against else None, size=len(body))
    return "new"


def _prefix(db: sqlite3.Connection, digest: str) -> tuple[str | None]:
    (prefix,) = db.execute("SELECT prefix FROM blobs WHERE digest = ?", (digest,)).fetchone()
    return (prefix,)


def _copy(here: sqlite3.Connection, there: sqlite3.Connection, digest: str) -> None:
    row = there.execute(
        "SELECT digest, data, codec, prefix, template, start, size FROM blobs WHERE digest = ?", (digest,)
    )
    here.execute(
        "INSERT INTO blobs(digest, data, codec, prefix, template, start, size) VALUES (?, ?, ?, ?, ?, ?, ?)",
        row.fetchone(),
    )


def _is_whole(db: sqlite3.Connection, digest: str) -> bool:
    try:
        Blobs(db).load(digest)
    except UsageError:
        return False
    return True


def _put(db: sqlite3.Connection, digest: str, packed: Packed, prefix: str | None, *, size: int) -> None:
    db.execute(
        "INSERT INTO blobs(digest, data, codec, prefix, size) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "data = excluded.data, codec = excluded.codec, prefix = excluded.prefix, start = NULL, size = excluded.size",
        (digest, packed.data, packed.codec, prefix, size),
    )
