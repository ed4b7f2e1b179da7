"""What the start page, the page of an archive and the page of an article show, asked of the database read-only."""

from __future__ import annotations

import json
from typing import Any

from scraper.archive.documents import NAMES
from scraper.browse.plugin.archives import archive_names
from scraper.browse.plugin.kept import kept_url
from scraper.browse.plugin.markup import clean_html
from scraper.browse.plugin.words import label

_Row = dict[str, Any]

_COUNTS = """
select (select count(*) from articles) as articles, (select count(*) from portals) as portals,
  (select count(*) from channels) as channels,
  (select substr(min(date), 1, 10) from articles) as first, (select substr(max(date), 1, 10) from articles) as last,
  (select max(coalesce(finished_at, started_at)) from crawls) as crawled_at,
  (select count(*) from failures where resolved_at is null) as failures"""
_NEWEST = """
select a.id, a.title, substr(a.date, 1, 10) as day, coalesce(p.name, a.portal) as portal, a.channel, a.source
from articles a left join portals p on p.host = a.portal order by a.date desc limit :limit"""
_CHANNELS = """
select c.id, c.portal, p.name as portal_name, c.name, c.url, c.claimed, c.listed, c.archived, c.complete,
  round(100.0 * c.archived / nullif(max(coalesce(c.claimed, 0), c.listed), 0), 1) as percent
from channels c left join portals p on p.host = c.portal
order by c.portal, c.listed desc, c.id limit 300"""
_ARTICLE = """
select a.*, p.name as portal_name, h.html, k.fetched_at, k.status, k.url as captured_url
from articles a left join portals p on p.host = a.portal left join article_html h on h.article_id = a.id
  left join captures k on k.id = a.capture_id
where a.id = :id"""
_OF_ARTICLE = {
    "attachments": """select t.id, t.url, t.name, t.digest, f.kind, f.text, b.size from attachments t
                      left join files f on f.digest = t.digest left join blobs b on b.digest = t.digest
                      where t.article_id = :id order by t.position, t.id""",
    "images": "select id, url, caption, digest from images where article_id = :id order by position, id",
    "history": "select seen_at, views, origin from views where article_id = :id order by seen_at desc limit 100",
    "document": f"select {', '.join(NAMES)} from documents where article_id = :id",
    "versions": """select seen_at, old_capture, new_capture, changed from versions
                   where article_id = :id order by seen_at desc limit 50""",
    "captures": """select id, fetched_at, status, kind from captures
                   where frontier_id = :frontier order by id desc limit 50""",
}


async def home(datasette: Any, database: str, actor: Any, newest: int = 12) -> _Row:
    """Counts, newest articles, channels and ready queries of one archive."""
    db = datasette.get_database(database)
    counts = (await _rows(db, _COUNTS))[0]
    return {
        "database": database,
        "counts": counts,
        "newest": await _rows(db, _NEWEST, limit=newest),
        "channels": await _rows(db, _CHANNELS),
        "queries": await _queries(datasette, database, actor),
    }


async def index(datasette: Any, actor: Any) -> list[_Row]:
    """The archives on the start page, with their newest articles; [] if other databases are served too."""
    names = archive_names(datasette)
    if len(names) < len([name for name in datasette.databases if not name.startswith("_")]):
        return []
    return [await home(datasette, name, actor) for name in names]


async def article(datasette: Any, database: str, key: str, *, images: bool) -> _Row | None:
    """One article with all that hangs on it, its HTML made safe to show. None if there is no such article."""
    if not (key.isascii() and key.isdigit()):
        return None
    db = datasette.get_database(database)
    found = await _rows(db, _ARTICLE, id=key)
    if not found:
        return None
    row = found[0]
    for name, sql in _OF_ARTICLE.items():
        row[name] = await _rows(db, sql, id=key, frontier=row["frontier_id"])
    for version in row["versions"]:
        version["changed"] = {field: _plain(before) for field, before in _object(version["changed"]).items()}
    row["evidence"] = _object(row["evidence"])
    row["document"] = {name: said for name, said in (row["document"] or [{}])[0].items() if said is not None}
    row["pictures_shown"] = images
    row["content"] = clean_html(
        row["html"] or "",
        images=images,
        kept={
            i["url"]: f"{kept_url(datasette, database)}images/{i['id']}" for i in row["images"] if i["digest"]
        },
    )  # where there is none, the plain text is shown
    return row


def _plain(before: Any) -> str:
    """A value before a change, for people: links as lines of address and name, a document a line for each of its fields."""
    if isinstance(before, list):
        return "\n".join(" ".join(map(str, one)) if isinstance(one, list) else str(one) for one in before)
    if isinstance(before, dict):
        return "\n".join(f"{label(name)}：{said}" for name, said in before.items())
    return "" if before is None else str(before)


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


async def _queries(datasette: Any, database: str, actor: Any) -> list[Any]:
    if hasattr(datasette, "get_canned_queries"):
        return list((await datasette.get_canned_queries(database, actor)).values())
    return list((await datasette.list_queries(database, actor=actor)).queries)  # 1.0


async def _rows(db: Any, sql: str, **params: Any) -> list[_Row]:
    results = await db.execute(sql, params)
    return [dict(zip(row.keys(), tuple(row), strict=True)) for row in results.rows]
