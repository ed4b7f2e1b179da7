"""An archive in numbers: what was crawled, when, with which version, and a name for exactly this state of it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.archive.store import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a reader must know to judge an archive. Times are UTC; `dated` are the first and last day of articles, China
    time. `fingerprint`: SHA-256 over addresses and digests of all articles' pages, the same for the same content.
    """

    portals: tuple[tuple[str, str | None], ...]
    articles: int
    captures: int
    crawls: int
    first: str | None
    last: str | None
    dated: tuple[str | None, str | None]
    versions: tuple[str, ...]
    fingerprint: str


def summary(archive: Archive) -> Summary:
    """The numbers of an archive, by one look at each article's page."""
    db = archive.db.conn
    with archive.snapshot():
        articles, oldest, newest = db.execute(
            "SELECT count(*), min(substr(date, 1, 10)), max(substr(date, 1, 10)) FROM articles"
        ).fetchone()
        captures, first, last = db.execute(
            "SELECT count(*), min(fetched_at), max(fetched_at) FROM captures"
        ).fetchone()
        versions = [v for (v,) in db.execute("SELECT DISTINCT version FROM crawls ORDER BY version")]
        pages = db.execute(
            "SELECT a.url, c.digest FROM articles a JOIN captures c ON c.id = a.capture_id ORDER BY a.url"
        )
        mark = sha256()
        for url, digest in pages:
            mark.update(f"{url} {digest}\n".encode())
        return Summary(
            portals=tuple(db.execute("SELECT host, name FROM portals ORDER BY host").fetchall()),
            articles=articles,
            captures=captures,
            crawls=db.execute("SELECT count(*) FROM crawls").fetchone()[0],
            first=first,
            last=last,
            dated=(oldest, newest),
            versions=tuple(versions),
            fingerprint=mark.hexdigest(),
        )
