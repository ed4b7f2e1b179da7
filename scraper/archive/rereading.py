"""Pages read again with today's rules: what is to be read, what it says otherwise than the rows, and how that is written.

A rereading changes what we make of a page, not the page: the values before go to `rereadings`, never to `versions`.
Functions here run inside the caller's transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scraper.archive.articles import (
    Visit,
    evidence_of,
    save_article,
    save_further_page,
    save_html,
    save_links,
    save_views,
    set_fields,
    values_to_store,
)
from scraper.archive.documents import said, save_document
from scraper.archive.frontier import row_of
from scraper.archive.history import values_of
from scraper.archive.values import bounded, clean
from scraper.model import Article, Kind, Reading, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to read again: its frontier row, the capture that counts, when that came, and what it was read as then."""

    row: Row
    capture: int
    at: str
    kind: str | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is read again as one: an article by its id, with all its pages in order, or (None) a page that gave none."""

    article: int | None
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """What today's reader says otherwise. `kinds`: what the page was read as, and is now. `before` and `after`: the fields
    that differ. `readings` are those of all pages: what is written, were it wanted. `aside`: no field differs, only the
    evidence, the family or the version that read it.
    """

    work: Work
    kinds: tuple[str | None, Kind]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    readings: tuple[Reading, ...]
    aside: bool = False


# A page that stands for another's article, or was never asked for its own sake, has nothing of its own to be read.
_LOOSE = """
SELECT f.id, max(c.id) FROM frontier f JOIN captures c ON c.frontier_id = f.id
WHERE f.article_id IS NULL AND (:portal IS NULL OR f.portal = :portal) AND c.digest IS NOT NULL AND c.status < 300
  AND f.kind NOT IN ('counter', 'beacon', 'file', 'external')
  AND coalesce(f.read_as, '') NOT IN ('twin', 'redirect', 'external', 'file')
GROUP BY f.id ORDER BY f.id
"""


def to_read(db: sqlite3.Connection, portal: str | None) -> tuple[list[int], list[tuple[int, int]]]:
    """What is to be read again, of one portal or all: ids of articles; (frontier id, capture id) of pages that gave none."""
    articles = db.execute(
        "SELECT id FROM articles WHERE :portal IS NULL OR portal = :portal ORDER BY id", {"portal": portal}
    )
    loose = db.execute(_LOOSE, {"portal": portal})
    return [number for (number,) in articles.fetchall()], loose.fetchall()


_PAGES = """
SELECT coalesce(p.frontier_id, a.frontier_id), coalesce(p.capture_id, a.capture_id)
FROM articles a LEFT JOIN article_pages p ON p.article_id = a.id WHERE a.id = ? ORDER BY p.page
"""


def work_of(db: sqlite3.Connection, article: int) -> Work:
    """An article with the captures it was read from, page by page."""
    pages = db.execute(_PAGES, (article,)).fetchall()
    return Work(article=article, pages=tuple(page_of(db, row, capture) for row, capture in pages))


def page_of(db: sqlite3.Connection, frontier_id: int, capture: int) -> Page:
    """A page by its frontier row and the id of its capture."""
    row = row_of(db, frontier_id)
    assert row is not None
    at, kind, note = db.execute(
        "SELECT fetched_at, kind, note FROM captures WHERE id = ?", (capture,)
    ).fetchone()
    return Page(row=row, capture=capture, at=at, kind=kind, note=note or "")


def compare(db: sqlite3.Connection, work: Work, readings: Sequence[Reading], *, reader: str) -> Reread:
    """What the readings of all pages, by our version `reader`, say otherwise than the rows."""
    first = work.pages[0]
    kinds = ("article" if work.article is not None else first.kind, readings[0].kind)
    articles = [reading.article for reading in readings if reading.article is not None]
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    aside = False
    if work.article is not None and len(articles) == len(readings):
        old, new = _standing(db, work), _reading(db, work, articles)
        before = {name: value for name, value in old.items() if value != new[name]}
        after = {name: new[name] for name in before}
        aside = _sources(db, work.article) != (*_sources_now(readings[0]), reader)
    return Reread(work=work, kinds=kinds, before=before, after=after, readings=tuple(readings), aside=aside)


def differs(told: Reread) -> bool:
    """Whether there is anything to be told or written."""
    return bool(told.before) or told.aside or told.kinds[0] != told.kinds[1]


def _sources(db: sqlite3.Connection, number: int) -> tuple[str | None, str, str]:
    family, evidence, reader = db.execute(
        "SELECT family, evidence, reader FROM articles WHERE id = ?", (number,)
    ).fetchone()
    return family, evidence, reader


def _sources_now(reading: Reading) -> tuple[str | None, str]:
    assert reading.article is not None
    return clean(reading.family), evidence_of(reading.article)


def _standing(db: sqlite3.Connection, work: Work) -> dict[str, Any]:
    number = work.article
    assert number is not None
    html = db.execute("SELECT html FROM article_html WHERE article_id = ?", (number,)).fetchone()
    views = db.execute(
        "SELECT views FROM views WHERE article_id = ? AND seen_at = ? AND origin = 'page'",
        (number, work.pages[0].at),
    ).fetchone()
    images = db.execute("SELECT url, caption FROM images WHERE article_id = ? ORDER BY position", (number,))
    return values_of(db, number) | {
        "views": views[0] if views else None,
        "html": html[0] if html else "",
        "images": [list(image) for image in images.fetchall()],
    }


def _reading(db: sqlite3.Connection, work: Work, articles: Sequence[Article]) -> dict[str, Any]:
    first = articles[0]
    (channel,) = db.execute("SELECT channel_id FROM articles WHERE id = ?", (work.article,)).fetchone()
    return {
        **values_to_store(db, first, channel),
        "body": "\n".join(text for article in articles if (text := clean(article.body))),
        "attachments": _links(articles, "attachments"),
        "document": said(first.document),
        "views": bounded(first.views),
        "html": "\n".join(html for article in articles if (html := clean(article.body_html))),
        "images": _links(articles, "images"),
    }


def _links(articles: Sequence[Article], name: str) -> list[list[str]]:
    """The links of all pages, an address once, by the words it has first."""
    found: dict[str, str] = {}
    for article in articles:
        for link in getattr(article, name):
            found.setdefault(clean(link.url), clean(link.text))
    return [[url, text] for url, text in found.items()]


DERIVED = ("html", "images")
"""What goes with the text, and can be made again from the page: not kept in `rereadings`."""


def apply(db: sqlite3.Connection, told: Reread, *, at: str, reader: str) -> None:
    """Write one rereading. `at`: now, UTC; `reader`: our version. An article whose page is none by today's rules stays,
    marked in `read_as`; a page that is one now becomes an article.
    """
    if told.work.article is None:
        _apply_loose(db, told, at=at, reader=reader)
        return
    number, kind = told.work.article, told.kinds[1]
    if kind == "article" and len(told.readings) == sum(r.article is not None for r in told.readings):
        _apply_article(db, number, told, at=at, reader=reader)
    doubt = None if kind == "article" else kind
    db.execute("UPDATE articles SET read_as = ? WHERE id = ? AND read_as IS NOT ?", (doubt, number, doubt))


def _apply_article(db: sqlite3.Connection, number: int, told: Reread, *, at: str, reader: str) -> None:
    kept = {name: value for name, value in told.before.items() if name not in DERIVED}
    if kept:
        db.execute(
            "INSERT INTO rereadings(article_id, capture_id, at, old_reader, new_reader, changed) "
            "SELECT id, capture_id, ?, reader, ?, ? FROM articles WHERE id = ?",
            (at, reader, json.dumps(kept, ensure_ascii=False), number),
        )
    articles = [reading.article for reading in told.readings if reading.article is not None]
    fields = _reading(db, told.work, articles)
    set_fields(db, number, {name: fields[name] for name in values_to_store(db, articles[0], None)})
    save_html(db, number, fields["html"])
    save_document(db, number, articles[0].document)
    for page, article in enumerate(articles, 1):
        save_links(db, "attachments", number, page, article.attachments)
        save_links(db, "images", number, page, article.images)
        db.execute(
            "UPDATE article_pages SET body = ?, html = ? WHERE article_id = ? AND page = ?",
            (clean(article.body), clean(article.body_html), number, page),
        )
    if "views" in told.before:
        _put_views(db, number, told.work.pages[0].at, told.after["views"])
    db.execute(
        "UPDATE articles SET family = ?, evidence = ?, reader = ? WHERE id = ?",
        (*_sources_now(told.readings[0]), reader, number),
    )


def _put_views(db: sqlite3.Connection, number: int, at: str, views: int | None) -> None:
    """Put right what a page was read to count; the article's own number is that of its newest count."""
    db.execute("DELETE FROM views WHERE article_id = ? AND seen_at = ? AND origin = 'page'", (number, at))
    if views is not None:
        save_views(db, number, views, at=at, origin="page")
    db.execute(
        "UPDATE articles SET views = (SELECT views FROM views WHERE article_id = articles.id "
        "ORDER BY seen_at DESC LIMIT 1) WHERE id = ?",
        (number,),
    )


def _apply_loose(db: sqlite3.Connection, told: Reread, *, at: str, reader: str) -> None:
    page, reading = told.work.pages[0], told.readings[0]
    row = page.row
    crawl_id, url = db.execute("SELECT crawl_id, url FROM captures WHERE id = ?", (page.capture,)).fetchone()
    db.execute(
        "UPDATE captures SET kind = ?, charset = ?, family = ? WHERE id = ?",
        (reading.kind, reading.charset.name, clean(reading.family), page.capture),
    )
    # What it leads to now, the next crawl finds out.
    db.execute(
        "UPDATE frontier SET read_as = :kind, state = iif(:kind = 'dead', 'gone', 'read'), attempts = 0, "
        "kind = iif(kind IN ('page', :was) AND :kind IN ('article', 'listing', 'file'), :kind, kind), "
        "due_at = min(coalesce(due_at, :at), :at) WHERE id = :id",
        {"kind": reading.kind, "was": page.kind, "at": at, "id": row.id},
    )
    db.execute(
        "UPDATE failures SET resolved_at = ? WHERE frontier_id = ? AND resolved_at IS NULL "
        "AND cause IN ('unread', 'blocked')",
        (at, row.id),
    )
    if reading.kind != "article" or reading.article is None:
        return
    visit = Visit(
        row=row, crawl_id=crawl_id, capture_id=page.capture, url=url, at=page.at, family=reading.family
    )
    owner, channel = db.execute(
        "SELECT o.article_id, f.channel_id FROM frontier f LEFT JOIN frontier o ON o.id = f.part_of WHERE f.id = ?",
        (row.id,),
    ).fetchone()
    if row.kind == "part":
        if owner is not None:
            save_further_page(db, owner, row.page or 2, reading.article, visit)
        return
    number, _ = save_article(db, reading.article, visit, channel=channel, views_origin="page")
    db.execute("UPDATE articles SET reader = ? WHERE id = ?", (reader, number))
