"""Readings become rows of `articles`: inserted once, updated only where something changed, the values before kept in
`versions`. View counts are a history of their own (`views`), never a version.

Functions here run inside the caller's transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from scraper.archive.carried import Carried, link_files
from scraper.archive.documents import NAMES, save_document
from scraper.archive.multipage import is_multipage, joined, keep_first_page, put_page
from scraper.archive.values import bounded, clean
from scraper.model import Article, Link, Row
from scraper.text import compact
from scraper.urls import key

Outcome = Literal["new", "changed", "same"]
ViewsOrigin = Literal["page", "counter", "listing"]

FIELDS = ("channel", "title", "source", "author", "date", "body", "kicker", "subtitle", "editor")
"""What makes a version when it changes; attachments and the policy document are told beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The capture an article was read from: by which crawl, through which frontier row, when, from which address."""

    row: Row
    crawl_id: int
    capture_id: int
    url: str
    at: str
    family: str | None = None


def save_article(
    db: sqlite3.Connection, article: Article, visit: Visit, *, channel: int | None, views_origin: ViewsOrigin
) -> tuple[int, Outcome]:
    """Insert an article or bring it up to date; its id and what happened."""
    number = same_article(db, article, visit)
    outcome: Outcome = "new"
    if number is None:
        number = _insert(db, article, visit, channel)
        save_html(db, number, clean(article.body_html))
        save_links(db, "attachments", number, 1, article.attachments)
        save_document(db, number, article.document)
    else:
        outcome = _update(db, number, article, visit, channel)
    save_links(db, "images", number, 1, article.images)
    if article.views is not None:
        save_views(db, number, article.views, at=visit.at, origin=views_origin)
    db.execute(
        "UPDATE frontier SET article_id = ? WHERE id = ? AND article_id IS NOT ?",
        (number, visit.row.id, number),
    )
    mark_gone(db, visit.row, at=visit.at, but=number)  # its address leads to another article now
    return number, outcome


def same_article(db: sqlite3.Connection, article: Article, visit: Visit) -> int | None:
    """The article this page is: after a redirect that of the address which answered, else the row's own, else one of
    the same address.
    """
    found = None
    if key(visit.url) != key(visit.row.url):
        found = db.execute(
            "SELECT article_id FROM frontier WHERE key = ? AND article_id IS NOT NULL", (key(visit.url),)
        ).fetchone()
    found = found or db.execute("SELECT id FROM articles WHERE frontier_id = ?", (visit.row.id,)).fetchone()
    found = found or db.execute("SELECT id FROM articles WHERE url = ?", (article.url,)).fetchone()
    return int(found[0]) if found else None


def _insert(db: sqlite3.Connection, article: Article, visit: Visit, channel: int | None) -> int:
    row = visit.row
    values: dict[str, object] = {
        **values_to_store(db, article, channel),
        "url": article.url,
        "portal": row.portal,
        "family": clean(visit.family),
        "channel_id": channel,
        "frontier_id": row.id,
        "capture_id": visit.capture_id,
        "first_seen": visit.at,
        "last_seen": visit.at,
        "first_crawl": visit.crawl_id,
        "evidence": evidence_of(article),
    }
    made = db.execute(
        f"INSERT INTO articles({', '.join(values)}, reader) VALUES ({', '.join('?' * len(values))}, "
        "(SELECT version FROM crawls WHERE id = ?)) RETURNING id",
        (*values.values(), visit.crawl_id),
    ).fetchone()
    return int(made[0])


def _update(
    db: sqlite3.Connection, number: int, article: Article, visit: Visit, channel: int | None
) -> Outcome:
    values = values_to_store(db, article, channel)
    fallback = (
        None if article.channel else values.pop("channel")
    )  # a name learned later is no change of the page
    html = clean(article.body_html)
    if is_multipage(db, number):
        put_page(db, number, 1, article, row=visit.row, capture_id=visit.capture_id)
        values["body"], html = joined(db, number)
    changed = changed_fields(db, number, values)
    before = save_links(db, "attachments", number, 1, article.attachments)
    if before is not None:
        changed["attachments"] = before
    changed |= save_document(db, number, article.document)
    save_html(db, number, html)
    if changed:
        _save_version(db, number, changed, visit)
    set_fields(db, number, values)
    db.execute(
        "UPDATE articles SET family = ?, channel = coalesce(channel, ?), channel_id = coalesce(channel_id, ?), capture_id = ?, last_seen = ?, "
        "gone_at = NULL, read_as = NULL, evidence = ?, reader = (SELECT version FROM crawls WHERE id = ?) WHERE id = ?",
        (
            clean(visit.family),
            fallback,
            channel,
            visit.capture_id,
            visit.at,
            evidence_of(article),
            visit.crawl_id,
            number,
        ),
    )
    return "changed" if changed else "same"


def values_to_store(db: sqlite3.Connection, article: Article, channel: int | None) -> dict[str, str | None]:
    """The FIELDS of an article as they are stored; one without a breadcrumb stands in the channel of its list."""
    values: dict[str, str | None] = {
        name: clean(getattr(article, name)) for name in FIELDS if name != "channel"
    }
    values["channel"] = clean(" > ".join(article.channel)) or None
    if values["channel"] is None and channel is not None:
        found = db.execute("SELECT name FROM channels WHERE id = ?", (channel,)).fetchone()
        values["channel"] = found[0] if found else None
    return values


def evidence_of(article: Article) -> str:
    """Why each field has its value, as JSON."""
    told = {name: asdict(evidence) for name, evidence in article.evidence.items()}
    return clean(json.dumps(told, ensure_ascii=False))


def changed_fields(
    db: sqlite3.Connection, number: int, values: Mapping[str, str | None]
) -> dict[str, object]:
    """The stored values of the fields that differ from `values` by more than white space."""
    names = list(values)
    stored = db.execute(f"SELECT {', '.join(names)} FROM articles WHERE id = ?", (number,)).fetchone()
    pairs = zip(names, stored, strict=True)
    return {name: old for name, old in pairs if old != values[name] and not alike(old, values[name])}


def alike(old: str | None, new: str | None) -> bool:
    """Whether two values of a field differ in white space at most, which editors and templates shift about."""
    return old == new or (old is not None and new is not None and compact(old) == compact(new))


def set_fields(db: sqlite3.Connection, number: int, values: Mapping[str, str | None]) -> None:
    """Where one of them is other than it was: a row that stands is not written again."""
    places = ", ".join(f"{name} = ?" for name in values)
    same = " AND ".join(f"{name} IS ?" for name in values)
    told = tuple(values.values())
    db.execute(f"UPDATE articles SET {places} WHERE id = ? AND NOT ({same})", (*told, number, *told))


def _save_version(db: sqlite3.Connection, number: int, changed: Mapping[str, object], visit: Visit) -> None:
    db.execute(
        "INSERT INTO versions(article_id, seen_at, old_capture, new_capture, crawl_id, changed) "
        "SELECT id, ?, capture_id, ?, ?, ? FROM articles WHERE id = ?",
        (visit.at, visit.capture_id, visit.crawl_id, json.dumps(changed, ensure_ascii=False), number),
    )
    db.execute("UPDATE articles SET changed_at = ? WHERE id = ?", (visit.at, number))


def save_html(db: sqlite3.Connection, number: int, html: str) -> None:
    """Bring an article's HTML up to date."""
    db.execute(
        "INSERT INTO article_html(article_id, html) VALUES (?, ?) "
        "ON CONFLICT(article_id) DO UPDATE SET html = excluded.html WHERE html <> excluded.html",
        (number, html),
    )


def save_links(
    db: sqlite3.Connection,
    table: Carried,
    number: int,
    page: int,
    links: Iterable[Link],
) -> list[tuple[str, str]] | None:
    """Bring one page's links up to date; what stood before where that differed, else None."""
    label = "name" if table == "attachments" else "caption"
    stored = db.execute(
        f"SELECT page, url, {label} FROM {table} WHERE article_id = ? ORDER BY position", (number,)
    ).fetchall()
    elsewhere = {url for at, url, _ in stored if at != page}
    before = [(url, text) for at, url, text in stored if at == page]
    now = {clean(link.url): clean(link.text) for link in reversed(list(links))}
    after = [(url, text) for url, text in reversed(now.items()) if url not in elsewhere]
    if before == after:
        return None
    db.execute(f"DELETE FROM {table} WHERE article_id = ? AND page = ?", (number, page))
    db.executemany(
        f"INSERT INTO {table}(article_id, page, position, url, {label}) VALUES (?, ?, ?, ?, ?)",
        [(number, page, page * 1000 + place, url, text) for place, (url, text) in enumerate(after)],
    )
    link_files(db, table, number)
    return before


def save_views(db: sqlite3.Connection, number: int, views: int, *, at: str, origin: ViewsOrigin) -> None:
    """One more point in the history of an article's view count; the newest is its current one."""
    views = bounded(views)
    db.execute(
        "INSERT INTO views(article_id, seen_at, views, origin) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET views = excluded.views",
        (number, at, views, origin),
    )
    (newest,) = db.execute(
        "SELECT views FROM views WHERE article_id = ? ORDER BY seen_at DESC, seen_at = ? AND origin = ? DESC LIMIT 1",
        (number, at, origin),
    ).fetchone()
    db.execute("UPDATE articles SET views = ? WHERE id = ? AND views IS NOT ?", (newest, number, newest))


def mark_gone(db: sqlite3.Connection, row: Row, *, at: str, but: int | None = None) -> None:
    """The article that stood at a row's address stands there no more; it stays, marked. `but`: not this one."""
    db.execute(
        "UPDATE articles SET gone_at = coalesce(gone_at, ?) WHERE frontier_id = ? AND id IS NOT ?",
        (at, row.id, but),
    )


def save_further_page(
    db: sqlite3.Connection, number: int, page: int, article: Article, visit: Visit
) -> Outcome | None:
    """Join page 2 or later to its article. A page seen for the first time is no change of the article: None."""
    keep_first_page(db, number)
    first_time = put_page(db, number, page, article, row=visit.row, capture_id=visit.capture_id)
    body, html = joined(db, number)
    changed = changed_fields(db, number, {"body": body})
    if changed and not first_time:
        _save_version(db, number, changed, visit)
    set_fields(db, number, {"body": body})
    save_html(db, number, html)
    save_links(db, "attachments", number, page, article.attachments)
    save_links(db, "images", number, page, article.images)
    db.execute("UPDATE frontier SET article_id = ? WHERE id = ?", (number, visit.row.id))
    db.execute("UPDATE articles SET last_seen = ? WHERE id = ?", (visit.at, number))
    if first_time:
        return None
    return "changed" if changed else "same"


_STREAM = f"""
SELECT a.*, (
  SELECT json_group_array(json_object('url', url, 'name', name))
  FROM (SELECT url, name FROM attachments WHERE article_id = a.id ORDER BY position)
) AS attachments, (
  SELECT json_patch('{{}}', json_object({", ".join(f"'{name}', {name}" for name in NAMES)}))
  FROM documents WHERE article_id = a.id
) AS document
FROM articles a
WHERE (:portal IS NULL OR a.portal = :portal) AND (:since IS NULL OR a.date >= :since)
  AND (:until IS NULL OR substr(a.date, 1, length(:until)) <= :until)
ORDER BY a.id
"""


def columns(db: sqlite3.Connection) -> list[str]:
    """The names of what `stream` gives, in order: the columns of `articles`, then `attachments`, `document`."""
    nothing = {"portal": "", "since": None, "until": None}
    return [column[0] for column in db.execute(_STREAM, nothing).description]


def stream(
    db: sqlite3.Connection, *, portal: str | None, since: str | None, until: str | None
) -> Iterator[dict[str, object]]:
    """Rows of `articles` by id, one at a time, all columns, `attachments` (JSON list of {url, name}) and `document` (JSON object of
    what a policy document says of itself, null for news).

    `since` and `until` are dates or their beginnings (`2024`, `2024-03`), both included; with either, articles without
    a date are left out.
    """
    cursor = db.execute(_STREAM, {"portal": portal, "since": since, "until": until})
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))
