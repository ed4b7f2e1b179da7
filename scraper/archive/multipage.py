"""Articles that run over several pages: each page is kept, the article's body and HTML are their join, in order.

An article of one page has no rows here. Functions run inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3

from scraper.archive.values import clean
from scraper.model import Article, Row


def further_page(db: sqlite3.Connection, row: Row) -> tuple[int, int] | None:
    """(article, page) where a frontier row is known as page 2 or later of an article."""
    found = db.execute(
        "SELECT p.article_id, p.page FROM frontier f JOIN article_pages p ON p.article_id = f.article_id "
        "AND p.frontier_id = f.id WHERE f.id = ? AND p.page > 1",
        (row.id,),
    ).fetchone()
    return (int(found[0]), int(found[1])) if found else None


def put_page(
    db: sqlite3.Connection, number: int, page: int, article: Article, *, row: Row, capture_id: int
) -> bool:
    """Keep one page; whether it is the first time. A page that names no next one is the last: later ones are dropped."""
    first_time = not db.execute(
        "SELECT 1 FROM article_pages WHERE article_id = ? AND page = ?", (number, page)
    ).fetchone()
    db.execute(
        "INSERT INTO article_pages(article_id, page, frontier_id, capture_id, body, html) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET frontier_id = excluded.frontier_id, capture_id = excluded.capture_id, "
        "body = excluded.body, html = excluded.html",
        (number, page, row.id, capture_id, clean(article.body), clean(article.body_html)),
    )
    if article.next_page is None:
        for table in ("article_pages", "attachments", "images"):
            db.execute(f"DELETE FROM {table} WHERE article_id = ? AND page > ?", (number, page))
    return first_time


def keep_first_page(db: sqlite3.Connection, number: int) -> None:
    """Keep page 1 by itself before others are joined to it."""
    db.execute(
        "INSERT INTO article_pages(article_id, page, frontier_id, capture_id, body, html) "
        "SELECT a.id, 1, a.frontier_id, a.capture_id, a.body, coalesce(h.html, '') "
        "FROM articles a LEFT JOIN article_html h ON h.article_id = a.id WHERE a.id = ? ON CONFLICT DO NOTHING",
        (number,),
    )


def joined(db: sqlite3.Connection, number: int) -> tuple[str, str]:
    """Body and HTML of an article's pages, in order; ('', '') where no pages are kept."""
    pages = db.execute(
        "SELECT body, html FROM article_pages WHERE article_id = ? ORDER BY page", (number,)
    ).fetchall()
    return "\n".join(body for body, _ in pages if body), "\n".join(html for _, html in pages if html)


def is_multipage(db: sqlite3.Connection, number: int) -> bool:
    """Whether pages of an article are kept one by one."""
    return bool(db.execute("SELECT 1 FROM article_pages WHERE article_id = ?", (number,)).fetchone())
