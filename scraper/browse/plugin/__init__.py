"""The datasette plugin. Installed with kaifaqu, it makes a plain `datasette archive.db` find Chinese words of any length,
speak Chinese and show articles as articles. Written for datasette 0.65; in 1.0 search, metadata, articles and raw pages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from markupsafe import Markup
from pluggy import HookimplMarker

from scraper.archive.search import COMMON
from scraper.browse.plugin import metadata, pages
from scraper.browse.plugin.archives import archive_names, escape_search, is_archive
from scraper.browse.plugin.facets import KeptFacet
from scraper.browse.plugin.growth import capped, count_what_is_shown
from scraper.browse.plugin.headers import forbid_scripts, guard
from scraper.browse.plugin.kept import kept, kept_url
from scraper.browse.plugin.markup import cell, web_link
from scraper.browse.plugin.routes import STYLE_URL, answer_unknown_addresses, raw, raw_url, style
from scraper.browse.plugin.words import excerpt, file_name, file_size, label, lookup_label, table_title

hookimpl = HookimplMarker("datasette")


@hookimpl(trylast=True, specname="prepare_connection")
def split_searches(conn: sqlite3.Connection) -> None:
    """Override the function that datasette's search box calls; last, so that it stands over datasette's own."""
    if is_archive(conn):
        conn.create_function("escape_fts", 1, escape_search, deterministic=True)


@hookimpl
def get_metadata(datasette: Any) -> dict[str, Any]:
    """Metadata (0.65)."""
    return metadata.for_datasette(datasette)


@hookimpl
def canned_queries(datasette: Any, database: str) -> dict[str, Any]:
    """Ready queries (0.65)."""
    return metadata.queries() if database in archive_names(datasette) else {}


@hookimpl
def startup(datasette: Any) -> Callable[[], Awaitable[None]] | None:
    """Metadata (1.0), unknown addresses, counts."""
    answer_unknown_addresses()
    for name in archive_names(datasette):
        count_what_is_shown(datasette.get_database(name))
    if not hasattr(datasette, "set_instance_metadata"):
        return None

    async def store() -> None:
        await metadata.store(datasette)

    return store


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Filters for the templates."""
    env.filters |= {
        f.__name__: f for f in (label, table_title, lookup_label, excerpt, file_name, file_size, web_link)
    }


@hookimpl
def extra_template_vars(
    template: str, database: str | None, table: str | None, request: Any, datasette: Any
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """`kaifaqu`: what our templates show; absent on the pages of other databases."""

    async def variables() -> dict[str, Any]:
        actor = request.actor if request else None
        if template == "index.html":
            archives = await pages.index(datasette, actor)
            return {"kaifaqu": {"title": metadata.title(), "archives": archives}} if archives else {}
        if database is None or database not in archive_names(datasette):
            return {}
        ours: dict[str, Any] = {
            "title": metadata.title(),
            "classic": not hasattr(datasette, "set_instance_metadata"),  # our tables are for 0.65's templates
            "raw_url": raw_url(datasette, database),
            "kept_url": kept_url(datasette, database),
            "common": COMMON,
            "home": None,
            "article": None,
        }
        if template == "database.html":
            ours["home"] = await pages.home(datasette, database, actor)
        elif template == "row.html" and table == "articles":
            images = "_images" in request.args
            ours["article"] = await pages.article(datasette, database, request.url_vars["pks"], images=images)
            forbid_scripts(request, images=images)
        return {"kaifaqu": ours}

    return variables


@hookimpl
def extra_css_urls(template: str, database: str | None, datasette: Any) -> list[str]:
    """Our style sheet, on the pages of archives."""
    archives = archive_names(datasette)
    return [STYLE_URL] if database in archives or (archives and template == "index.html") else []


@hookimpl
def render_cell(row: Any, value: Any, column: str, database: str, datasette: Any) -> Markup | None:
    """Links, JSON, long text; and a title beside an `article_id` leads to its article."""
    if database not in archive_names(datasette):
        return None
    if column in ("article_id", "title") and value and "article_id" in row.keys():  # noqa: SIM118
        key = row["article_id"]
        number = key["value"] if isinstance(key, dict) else key
        shown = value["label"] if isinstance(value, dict) else value
        if isinstance(number, int):
            return Markup('<a href="{}">{}</a>').format(
                datasette.urls.row(database, "articles", str(number)), shown
            )
    return cell(value, column)


@hookimpl(hookwrapper=True)
def filters_from_request(database: str, table: str, datasette: Any) -> Iterator[None]:
    """A search box that stays quick for the commonest words."""
    outcome: Any = yield
    if table == "articles" and database in archive_names(datasette):
        outcome.force_result([capped(result) for result in outcome.get_result()])


@hookimpl
def register_facet_classes() -> list[type[KeptFacet]]:
    """Facets from kept tallies."""
    return [KeptFacet]


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Raw pages as text, kept files, and the style sheet."""
    return [
        (r"/-/raw/(?:(?P<database>[^/]+)/)?(?P<capture>[0-9]{1,18})$", raw),
        (r"/-/kept/(?P<database>[^/]+)/(?P<table>attachments|images)/(?P<number>[0-9]{1,18})$", kept),
        (STYLE_URL + "$", style),
    ]


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Security headers, and blank searches that would otherwise find nothing."""
    return lambda app: guard(app, datasette)
