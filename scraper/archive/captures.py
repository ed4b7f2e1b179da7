"""Captures as they are passed on: one after another, as they came, with what the archive knows of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive.blobs import Blobs, digest_of
from scraper.archive.frontier import row_of
from scraper.archive.pages import load_capture
from scraper.errors import UsageError
from scraper.model import Capture, Row
from scraper.urls import key

if TYPE_CHECKING:
    from scraper.archive.store import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One capture in the archive. `page` numbers the address it was asked for; `kind` is what it was read as."""

    id: int
    page: int
    portal: str
    kind: str | None
    digest: str | None
    capture: Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The captures of one portal and year: an article's stand in the year it is dated, all others in that of their visit."""

    portal: str
    year: int
    captures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page that a reader may begin at: an article, a listing page or the home page, by its newest whole capture."""

    url: str
    at: str
    title: str
    text: str = ""
    home: bool = False


_FROM = """
FROM captures c JOIN frontier f ON f.id = c.frontier_id LEFT JOIN articles a ON a.id = f.article_id
WHERE (:portal IS NULL OR f.portal = :portal) AND (:since IS NULL OR c.fetched_at >= :since) AND (:year IS NULL OR {year} = :year)
"""
_YEAR = "coalesce(a.year, CAST(substr(c.fetched_at, 1, 4) AS INTEGER))"


def captures(
    archive: Archive,
    *,
    portal: str | None = None,
    year: int | None = None,
    since: str | None = None,
    lost: list[str],
) -> Iterator[Stored]:
    """Captures in the order they came, of one portal, of one shelf's year, or fetched since a day (UTC).

    One whose bytes are damaged is left out and told in `lost`, a line each.
    """
    db = archive.db.conn
    blobs = Blobs(db)
    wanted = {"portal": portal, "year": year, "since": since}
    rows = db.execute(
        f"SELECT c.id, f.id, f.portal, c.kind, c.digest {_FROM.format(year=_YEAR)} ORDER BY c.id", wanted
    )
    for number, page, host, kind, digest in rows:
        try:
            capture = load_capture(db, blobs, number)
        except UsageError as error:
            lost.append(f"capture {number}: {error.cause}")
            continue
        yield Stored(id=number, page=page, portal=host, kind=kind, digest=digest, capture=capture)


def shelves(archive: Archive, *, portal: str | None = None, since: str | None = None) -> list[Shelf]:
    """Which portals and years there are captures of, in order."""
    rows = archive.db.conn.execute(
        f"SELECT f.portal, {_YEAR}, count(*) {_FROM.format(year=_YEAR)} GROUP BY 1, 2 ORDER BY 1, 2",
        {"portal": portal, "since": since, "year": None},
    )
    return [Shelf(portal=host, year=year, captures=count) for host, year, count in rows.fetchall()]


_ENTRIES = f"""
SELECT c.url, c.fetched_at, coalesce(a.title, h.name, p.name, c.url), coalesce(a.body, ''), f.kind = 'home'
FROM frontier f LEFT JOIN articles a ON a.frontier_id = f.id LEFT JOIN channels h ON h.key = f.key
LEFT JOIN portals p ON p.host = f.portal AND f.kind = 'home'
JOIN captures c ON c.id = coalesce(a.capture_id, (SELECT max(id) FROM captures WHERE frontier_id = f.id AND status = 200
  AND NOT rendered))
WHERE f.portal = :portal AND {_YEAR} = :year AND (:since IS NULL OR c.fetched_at >= :since)
  AND (a.id IS NOT NULL OR f.read_as IN ('home', 'listing')) ORDER BY f.id
"""


def entries(archive: Archive, *, portal: str, year: int, since: str | None = None) -> Iterator[Entry]:
    """The pages of one shelf that a reader may begin at, as they were found."""
    rows = archive.db.conn.execute(_ENTRIES, {"portal": portal, "year": year, "since": since})
    for url, at, title, text, home in rows:
        yield Entry(url=url, at=at, title=title, text=text, home=bool(home))


def row_asked(archive: Archive, capture: Capture) -> Row | None:
    """The frontier row that an answer belongs to: of its address, and of what was posted to it."""
    if capture.form is None:
        return archive.row_at(capture.requested)
    db, name = archive.db.conn, key(capture.requested)
    found = db.execute(
        "SELECT id FROM frontier WHERE key > ? AND key < ? AND form = ?",
        (f"{name} POST ", f"{name} POST!", capture.form),
    ).fetchone()
    return row_of(db, found[0]) if found else None


def is_held(archive: Archive, row: Row, capture: Capture) -> bool:
    """Whether an answer is here already: of the same page, at the same time, with the same bytes."""
    digest = digest_of(capture.body) if capture.body else None
    found = archive.db.conn.execute(
        "SELECT 1 FROM captures WHERE frontier_id = ? AND fetched_at = ? AND status = ? AND digest IS ?",
        (row.id, capture.fetched_at, capture.status, digest),
    ).fetchone()
    return found is not None


def digest_at(archive: Archive, url: str, at: str) -> str | None:
    """The digest of what an address answered at a time (UTC), or None."""
    found = archive.db.conn.execute(
        "SELECT c.digest FROM frontier f JOIN captures c ON c.frontier_id = f.id WHERE f.key = ? AND c.fetched_at = ? "
        "AND c.digest IS NOT NULL",
        (key(url), at),
    ).fetchone()
    return str(found[0]) if found else None


def has_home(archive: Archive, portal: str) -> bool:
    """Whether a portal's front page is known."""
    found = archive.db.conn.execute("SELECT 1 FROM frontier WHERE portal = ? AND kind = 'home'", (portal,))
    return found.fetchone() is not None
