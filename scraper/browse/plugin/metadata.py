"""The metadata of an archive for datasette, by its two interfaces: a hook in 0.65, a store filled at startup in 1.0."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from scraper.browse.plugin.archives import archive_names

_Tree = dict[str, Any]


@cache
def _source() -> str:
    text = files(__package__).joinpath("metadata.toml").read_text(encoding="utf-8")
    return json.dumps(tomllib.loads(text))


def tree() -> _Tree:
    """A fresh copy of metadata.toml: datasette merges into what it is given, and asks hundreds of times a page."""
    loaded: _Tree = json.loads(_source())
    return loaded


@cache
def labels() -> dict[str, str]:
    """Chinese names of columns."""
    return dict(tree()["labels"])


@cache
def lookups() -> dict[str, str]:
    """Chinese names of the comparisons in the filter form, by datasette's key."""
    return dict(tree()["lookups"])


@cache
def table_titles() -> dict[str, str]:
    """Chinese names of tables."""
    return {name: table["title"] for name, table in tree()["tables"].items() if "title" in table}


@cache
def title() -> str:
    """The name under which an archive presents itself."""
    return str(tree()["title"])


def queries() -> _Tree:
    """The ready queries: name -> {title, description, sql, params?}."""
    found: _Tree = tree()["queries"]
    return found


def for_datasette(datasette: Any) -> _Tree:
    """Metadata in the shape of datasette's metadata.json, for every archive whatever its name.

    The title goes to the whole instance as well, unless other databases are served beside the archives.
    """
    archives = archive_names(datasette)
    if not archives:
        return {}
    out: _Tree = {"databases": {name: _database() for name in archives}}
    if len(archives) == len([db for db in datasette.databases.values() if db.path]):
        out |= {key: out["databases"][archives[0]][key] for key in ("title", "description")}
    return out


def _database() -> _Tree:
    source = tree()
    return {key: source[key] for key in ("title", "description", "tables")}


_CONFIG = frozenset("label_column sort sort_desc fts_table fts_pk facets facet_size hidden".split())


async def store(datasette: Any) -> None:
    """Hand the metadata to datasette 1.0, where descriptions are stored rows and behaviour is configuration.

    What the user configured for the same table wins.
    """
    wanted = for_datasette(datasette)
    for key in ("title", "description"):
        if key in wanted:
            await datasette.set_instance_metadata(key, wanted[key])
    for name, database in wanted.get("databases", {}).items():
        for key in ("title", "description"):
            await datasette.set_database_metadata(name, key, database[key])
        configured = (
            datasette.config.setdefault("databases", {}).setdefault(name, {}).setdefault("tables", {})
        )
        for table, values in database["tables"].items():
            settings = {key: value for key, value in values.items() if key in _CONFIG}
            configured[table] = settings | configured.get(table, {})
            for key in ("title", "description"):
                if key in values:
                    await datasette.set_resource_metadata(name, table, key, values[key])
            for column, text in values.get("columns", {}).items():
                await datasette.set_column_metadata(name, table, column, "description", text)
        await _store_queries(datasette, name)


async def _store_queries(datasette: Any, database: str) -> None:
    configured = datasette.config["databases"][database].get("queries", {})
    for name, query in queries().items():
        if name not in configured:
            await datasette.add_query(
                database,
                name,
                query["sql"],
                title=query["title"],
                description=query["description"],
                parameters=query.get("params"),
                is_trusted=True,
            )
