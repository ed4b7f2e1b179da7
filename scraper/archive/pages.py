"""One visit of one page, saved: its capture, what was read, what it led to, and when it is due again.

Functions here run inside the caller's transaction: a visit is stored whole or not at all.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict

from scraper.archive.articles import (
    Outcome,
    ViewsOrigin,
    Visit,
    mark_gone,
    save_article,
    save_further_page,
    save_views,
)
from scraper.archive.blobs import Blobs
from scraper.archive.frontier import add_found, channel_id, newest_digest, save_channel
from scraper.archive.multipage import further_page
from scraper.archive.timeline import is_late, save_late
from scraper.archive.values import clean
from scraper.errors import UsageError
from scraper.model import Capture, Channel, Found, Item, Reading, Redirect, Row, Saved
from scraper.urls import is_file, key, same_portal

_LATER = 8
"""The priority of what was asked before, or failed: news go first, whenever the crawl is cut short."""


def save_page(
    db: sqlite3.Connection,
    blobs: Blobs,
    row: Row,
    capture: Capture,
    reading: Reading,
    *,
    crawl_id: int,
    found: Iterable[Found],
    channel: Channel | None,
    next_due: str | None,
    due_if_changed: str | None,
    views_origin: ViewsOrigin,
) -> Saved:
    """A page that was fetched and read."""
    capture_id = save_capture(db, blobs, row, capture, crawl_id=crawl_id, reading=reading)
    at = capture.fetched_at
    added = add_found(db, row.portal, found, at=at, found_on=row.id, crawl_id=crawl_id)
    if is_late(db, row, at):
        return _save_late(db, row, capture, reading, capture_id, crawl_id=crawl_id, channel=channel)
    section = _channel(db, row, reading, channel, crawl_id=crawl_id)
    new_items = 0
    if section is not None and reading.listing is not None and reading.kind == "listing":
        new_items = _save_items(db, row, section, reading.listing.items, at=at, crawl_id=crawl_id)
    article_id, outcome = None, None
    if reading.kind == "article" and reading.article is not None:
        visit = _visit(row, capture, reading, crawl_id=crawl_id, capture_id=capture_id)
        part = further_page(db, row)
        if part is None:
            article_id, outcome = save_article(
                db, reading.article, visit, channel=section, views_origin=views_origin
            )
        else:
            article_id, page = part
            outcome = save_further_page(db, article_id, page, reading.article, visit)
    elif reading.kind == "dead":
        mark_gone(db, row, at=at)
    if outcome == "changed" and due_if_changed:
        next_due = due_if_changed
    _visited(db, row, capture, reading, crawl_id, next_due, outcome, brought=bool(added or new_items))
    _join_signpost(db, row, reading, article_id)
    return Saved(
        capture_id=capture_id, article_id=article_id, outcome=outcome, added=added, new_items=new_items
    )


def _save_late(
    db: sqlite3.Connection,
    row: Row,
    capture: Capture,
    reading: Reading,
    capture_id: int,
    *,
    crawl_id: int,
    channel: Channel | None,
) -> Saved:
    """A page as it was before its last visit, from a web archive: it adds to what is known and tells nothing of today."""
    at = capture.fetched_at
    url = channel.url if channel else row.channel
    section = channel_id(db, row.portal, url, channel.name if channel else None) if url else None
    new_items, article_id, outcome = 0, None, None
    if section is not None and reading.listing is not None and reading.kind == "listing":
        new_items = _save_items(db, row, section, reading.listing.items, at=at, crawl_id=crawl_id)
    if reading.kind == "article" and reading.article is not None and further_page(db, row) is None:
        visit = _visit(row, capture, reading, crawl_id=crawl_id, capture_id=capture_id)
        article_id, outcome = save_late(db, reading.article, visit, channel=section)
    db.execute("UPDATE frontier SET visits = visits + 1 WHERE id = ?", (row.id,))
    return Saved(capture_id=capture_id, article_id=article_id, outcome=outcome, new_items=new_items)


def save_article_page(
    db: sqlite3.Connection,
    blobs: Blobs,
    article_frontier_id: int,
    page: int,
    row: Row,
    capture: Capture,
    reading: Reading,
    *,
    crawl_id: int,
    found: Iterable[Found],
    next_due: str | None,
) -> Saved:
    """Page 2 or later of the article that frontier row `article_frontier_id` gave. One that was read as no article, or
    whose first page gave none, is kept as a capture only.
    """
    capture_id = save_capture(db, blobs, row, capture, crawl_id=crawl_id, reading=reading)
    added = add_found(db, row.portal, found, at=capture.fetched_at, found_on=row.id, crawl_id=crawl_id)
    first = db.execute("SELECT article_id FROM frontier WHERE id = ?", (article_frontier_id,)).fetchone()
    article_id = first[0] if first and reading.kind == "article" and page > 1 else None
    outcome = None
    if article_id is not None and reading.article is not None:
        visit = _visit(row, capture, reading, crawl_id=crawl_id, capture_id=capture_id)
        outcome = save_further_page(db, article_id, page, reading.article, visit)
    _visited(db, row, capture, reading, crawl_id, next_due, outcome, brought=bool(added))
    return Saved(capture_id=capture_id, article_id=article_id, outcome=outcome, added=added)


def save_twin(
    db: sqlite3.Connection,
    blobs: Blobs,
    row: Row,
    capture: Capture,
    reading: Reading,
    *,
    crawl_id: int,
    twin: int,
) -> int:
    """A page that has the bytes of frontier row `twin`: its capture is kept, it stands for the same article, if any."""
    capture_id = save_capture(db, blobs, row, capture, crawl_id=crawl_id, reading=reading)
    db.execute(
        "UPDATE frontier SET article_id = (SELECT t.article_id FROM frontier t WHERE t.id = ?), state = 'read', "
        "read_as = 'twin', visits = visits + 1, attempts = 0, status = ?, visited_at = ?, last_crawl = ?, due_at = NULL "
        "WHERE id = ?",
        (twin, capture.status, capture.fetched_at, crawl_id, row.id),
    )
    _resolve(db, row, capture.fetched_at)
    return capture_id


def save_counter(
    db: sqlite3.Connection, blobs: Blobs, row: Row, capture: Capture, views: int | None, *, crawl_id: int
) -> None:
    """What a view counter answered for the article whose row is `row.part_of`. `views` None: it told no number."""
    save_capture(db, blobs, row, capture, crawl_id=crawl_id, kind="counter")
    first = db.execute("SELECT article_id FROM frontier WHERE id = ?", (row.part_of,)).fetchone()
    if views is not None and first and first[0] is not None:
        save_views(db, first[0], views, at=capture.fetched_at, origin="counter")
    db.execute(
        "UPDATE frontier SET state = 'read', read_as = 'counter', visits = visits + 1, attempts = 0, status = ?, "
        "visited_at = ?, last_crawl = ?, due_at = NULL WHERE id = ?",
        (capture.status, capture.fetched_at, crawl_id, row.id),
    )
    _resolve(db, row, capture.fetched_at)


def save_unchanged(
    db: sqlite3.Connection,
    blobs: Blobs,
    row: Row,
    capture: Capture,
    *,
    crawl_id: int,
    at: str,
    next_due: str | None,
) -> int:
    """A page that is as it was: a 304, or the same bytes again. The id of its capture."""
    kind = db.execute("SELECT read_as FROM frontier WHERE id = ?", (row.id,)).fetchone()[0]
    capture_id = save_capture(db, blobs, row, capture, crawl_id=crawl_id, kind=kind)
    db.execute(
        "UPDATE frontier SET visits = visits + 1, unchanged = unchanged + 1, attempts = 0, status = ?, "
        "state = iif(state = 'gone', 'gone', 'read'), etag = coalesce(?, etag), "
        "last_modified = coalesce(?, last_modified), visited_at = max(coalesce(visited_at, ''), ?), last_crawl = ?, "
        "due_at = ? WHERE id = ?",
        (
            capture.status,
            header(capture, b"etag"),
            header(capture, b"last-modified"),
            at,
            crawl_id,
            next_due,
            row.id,
        ),
    )
    db.execute(
        "UPDATE articles SET last_seen = max(last_seen, ?) WHERE id = (SELECT article_id FROM frontier WHERE id = ?)",
        (at, row.id),
    )
    _resolve(db, row, at)
    return capture_id


def save_leaving(db: sqlite3.Connection, row: Row, *, crawl_id: int, at: str) -> None:
    """A page that redirects out of its portal: known as such, and not asked again."""
    db.execute(
        "UPDATE frontier SET state = 'read', read_as = 'external', visits = visits + 1, attempts = 0, visited_at = ?, "
        "last_crawl = ?, due_at = NULL WHERE id = ?",
        (at, crawl_id, row.id),
    )
    _resolve(db, row, at)


def save_failure(
    db: sqlite3.Connection,
    blobs: Blobs,
    row: Row,
    *,
    crawl_id: int,
    at: str,
    cause: str,
    message: str,
    status: int | None,
    retry_at: str | None,
    capture: Capture | None,
    kind: str | None,
) -> None:
    """A page that could not be had or read, with its answer where there was one. `retry_at` None: given up for now."""
    if capture is not None:
        save_capture(db, blobs, row, capture, crawl_id=crawl_id, kind=kind)
    db.execute(
        "INSERT INTO failures(crawl_id, frontier_id, portal, url, at, cause, status, message) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (crawl_id, row.id, row.portal, row.url, at, cause, status, clean(message)),
    )
    db.execute(
        "UPDATE frontier SET attempts = attempts + 1, state = ?, status = ?, due_at = ?, last_crawl = ?, "
        "priority = iif(kind IN ('article', 'page'), max(priority, ?), priority) WHERE id = ?",
        ("refused" if cause == "forbidden" else "failed", status, retry_at, crawl_id, _LATER, row.id),
    )


def save_capture(
    db: sqlite3.Connection,
    blobs: Blobs,
    row: Row,
    capture: Capture,
    *,
    crawl_id: int,
    reading: Reading | None = None,
    kind: str | None = None,
) -> int:
    """One answer as it came, its bytes stored once; the id of the capture."""
    kind = reading.kind if reading else kind
    template = None if kind == "file" or is_file(capture.url) else f"{row.portal} {kind}"
    digest = blobs.save(capture.body, template, earlier=newest_digest(db, row)) if capture.body else None
    form = None if capture.form is None else blobs.save(capture.form.encode(), f"{row.portal} form")
    hops = [asdict(hop) for hop in capture.redirects]
    content_type = header(capture, b"content-type")
    made = db.execute(
        "INSERT INTO captures(crawl_id, frontier_id, url, requested, fetched_at, status, content_type, headers, digest, "
        "ip, elapsed_ms, redirects, kind, charset, family, note, tls, method, form, rendered) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "RETURNING id",
        (
            *(
                crawl_id,
                row.id,
                capture.url,
                capture.requested,
                capture.fetched_at,
                capture.status,
                content_type,
            ),
            b"".join(name + b": " + value + b"\r\n" for name, value in capture.headers),
            *(digest, capture.ip, capture.elapsed_ms, clean(json.dumps(hops)) if hops else None, kind),
            *((reading.charset.name, clean(reading.family)) if reading else (None, None)),
            clean("; ".join(filter(None, (capture.note, reading.note if reading else "")))) or None,
            *(capture.tls, "GET" if form is None else "POST", form, capture.rendered),
        ),
    ).fetchone()
    return int(made[0])


def header(capture: Capture, name: bytes) -> str | None:
    """A response header by its lower-case name, as Latin-1 text; the last of several."""
    found = [value for label, value in capture.headers if label.lower() == name]
    return clean(found[-1].decode("latin-1")) if found else None


def _channel(
    db: sqlite3.Connection, row: Row, reading: Reading, channel: Channel | None, *, crawl_id: int
) -> int | None:
    if channel is not None:
        told = reading.listing.page_number if reading.listing else None
        return save_channel(db, row.portal, channel, page=channel.page or told or 1, crawl_id=crawl_id)
    return channel_id(db, row.portal, row.channel) if row.channel else None


def _save_items(
    db: sqlite3.Connection, row: Row, section: int, items: Iterable[Item], *, at: str, crawl_id: int
) -> int:
    new = 0
    for item in items:
        title, date, name = clean(item.title), clean(item.date), key(item.url)
        # What the crawl did not take up stands outside its scope; it counts as listed all the same.
        db.execute(
            "INSERT INTO frontier(portal, url, key, kind, channel_id, priority, found_on, title, date, state) "
            "VALUES (?, ?, ?, 'article', ?, 9, ?, ?, ?, 'outside') ON CONFLICT DO NOTHING",
            (row.portal, item.url, name, section, row.id, title, date),
        )
        added = db.execute(
            "INSERT INTO items(channel_id, frontier_id, title, date, first_seen, last_seen, first_crawl, last_crawl) "
            "SELECT ?, id, ?, ?, ?, ?, ?, ? FROM frontier WHERE key = ? ON CONFLICT DO NOTHING",
            (section, title, date, at, at, crawl_id, crawl_id, name),
        ).rowcount
        new += added
        if not added:
            db.execute(
                "UPDATE items SET title = iif(last_seen <= :at, :title, title), "
                "date = iif(last_seen <= :at, coalesce(:date, date), coalesce(date, :date)), "
                "last_crawl = iif(last_seen <= :at, :crawl, last_crawl), "
                "first_seen = min(first_seen, :at), last_seen = max(last_seen, :at) "
                "WHERE channel_id = :section AND frontier_id = (SELECT id FROM frontier WHERE key = :name)",
                {"at": at, "title": title, "date": date, "crawl": crawl_id, "section": section, "name": name},
            )
    return new


def _visit(row: Row, capture: Capture, reading: Reading, *, crawl_id: int, capture_id: int) -> Visit:
    return Visit(
        row=row,
        crawl_id=crawl_id,
        capture_id=capture_id,
        url=capture.url,
        at=capture.fetched_at,
        family=reading.family,
    )


def _visited(
    db: sqlite3.Connection,
    row: Row,
    capture: Capture,
    reading: Reading,
    crawl_id: int,
    next_due: str | None,
    outcome: Outcome | None,
    *,
    brought: bool,
) -> None:
    """The row after a visit. A row of unknown kind takes the kind it was read as; others keep what they stand for."""
    brought = brought or outcome in ("new", "changed")
    db.execute(
        "UPDATE frontier SET state = ?, read_as = ?, kind = iif(kind = 'page' AND ?, ?, kind), visits = visits + 1, "
        "attempts = 0, unchanged = iif(?, 0, unchanged + 1), status = ?, etag = ?, last_modified = ?, visited_at = ?, "
        "last_crawl = ?, due_at = ?, priority = max(priority, ?) WHERE id = ?",
        (
            "gone" if reading.kind == "dead" else "read",
            _read_as(row, reading),
            reading.kind in ("article", "listing", "file"),
            reading.kind,
            brought or row.fresh,
            capture.status,
            header(capture, b"etag"),
            header(capture, b"last-modified"),
            capture.fetched_at,
            crawl_id,
            next_due,
            _LATER if reading.kind in ("article", "dead") else 0,
            row.id,
        ),
    )
    _resolve(db, row, capture.fetched_at)


def _read_as(row: Row, reading: Reading) -> str:
    """What a page was: its kind; of one without content that sends its reader on, `redirect`, or `external` if away."""
    if reading.kind != "other" or not reading.redirect:
        return reading.kind
    return "redirect" if same_portal(reading.redirect, row.portal) else "external"


def _join_signpost(db: sqlite3.Connection, row: Row, reading: Reading, article_id: int | None) -> None:
    """A listing row may lead to a page that only sends its reader on to the article: then it stands for that article."""
    if article_id is not None:
        db.execute(
            "UPDATE frontier SET article_id = ? WHERE read_as = 'redirect' AND article_id IS NULL "
            "AND id = (SELECT found_on FROM frontier WHERE id = ?)",
            (article_id, row.id),
        )
    elif reading.kind == "other" and reading.redirect:
        db.execute(
            "UPDATE frontier SET article_id = (SELECT article_id FROM frontier WHERE key = ?) "
            "WHERE id = ? AND article_id IS NULL",
            (key(reading.redirect), row.id),
        )


def _resolve(db: sqlite3.Connection, row: Row, at: str) -> None:
    db.execute(
        "UPDATE failures SET resolved_at = ? WHERE frontier_id = ? AND resolved_at IS NULL", (at, row.id)
    )


def newest_capture(db: sqlite3.Connection, url: str) -> int | None:
    """The id of the last capture with a body of an address."""
    found = db.execute(
        "SELECT c.id FROM frontier f JOIN captures c ON c.frontier_id = f.id WHERE f.key = ? AND c.digest IS NOT NULL "
        "AND NOT c.rendered ORDER BY c.id DESC LIMIT 1",
        (key(url),),
    ).fetchone()
    return int(found[0]) if found else None


def load_capture(db: sqlite3.Connection, blobs: Blobs, capture_id: int) -> Capture:
    """One answer as it came. Raises UsageError where there is none of that id, or its bytes are damaged."""
    row = db.execute(
        "SELECT url, requested, status, headers, digest, fetched_at, elapsed_ms, ip, redirects, note, tls, form, rendered "
        "FROM captures WHERE id = ?",
        (capture_id,),
    ).fetchone()
    if row is None:
        raise UsageError(f"no capture {capture_id} in this archive", "see the ids in `captures`")
    url, requested, status, headers, digest, fetched_at, elapsed, ip, redirects, note, tls, form, rendered = (
        row
    )
    lines = (line.partition(b": ") for line in headers.split(b"\r\n") if line)
    return Capture(
        url=url,
        requested=requested,
        status=status,
        headers=tuple((name, value) for name, _, value in lines),
        body=blobs.load(digest) if digest else b"",
        fetched_at=fetched_at,
        elapsed_ms=elapsed or 0,
        ip=ip,
        redirects=tuple(Redirect(**hop) for hop in json.loads(redirects or "[]")),
        note=note or "",
        tls=tls,
        form=None if form is None else blobs.load(form).decode(),
        rendered=bool(rendered),
    )
