"""What keeps datasette quick on an archive of a million articles: a search box that looks at enough, and no counting of
tables that nobody sees.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import MethodType
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils import await_me_maybe

from scraper.archive.search import COMMON
from scraper.browse.plugin import metadata

_MATCH = "match escape_fts(:search))"


def capped(result: Any) -> Callable[[], Awaitable[Any]]:
    """One of datasette's filters, the search box's with a bound: of a word that stands in half the articles, those archived
    last. Each query of a page (rows, count, facets) would else fetch and look up half a million.
    """

    async def filters() -> Any:
        found = await await_me_maybe(result)
        found.where_clauses = [
            clause.replace(_MATCH, f"{_MATCH[:-1]} order by rowid desc limit {COMMON})")
            for clause in found.where_clauses
        ]
        return found

    return filters


def count_what_is_shown(db: Any) -> None:
    """Let a database of ours count only tables that readers see. To count one, SQLite walks it and no time limit stops it:
    the tables of the search index alone are gigabytes.
    """

    async def table_counts(self: Any, limit: int = 10) -> dict[str, int | None]:
        counts: dict[str, int | None] = {}
        shown = {name for name, table in metadata.tree()["tables"].items() if not table.get("hidden")}
        for table in await self.table_names():
            counts[table] = None
            if table in shown:
                with suppress(QueryInterrupted):
                    found = await self.execute(
                        f"select count(*) from [{table}]", custom_time_limit=max(limit, 100)
                    )
                    counts[table] = found.rows[0][0]
        return counts

    db.table_counts = MethodType(table_counts, db)
