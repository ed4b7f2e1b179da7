"""Whole tables as streams, for those who take an archive elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from scraper.archive.store import Archive

Table = Literal["articles", "views", "versions", "attachments", "images", "documents"]
Value = str | int | float | bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as the schema declares it: `type` is TEXT, INTEGER, REAL or BLOB, `note` what its comment says."""

    name: str
    type: str
    note: str = ""


def columns_of(archive: Archive, table: Table) -> list[Column]:
    """The columns of a table in order, generated ones too, with the words the schema has for them."""
    db = archive.db.conn
    (sql,) = db.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()
    notes = _notes(sql)
    told = db.execute("SELECT name, type FROM pragma_table_xinfo(?) ORDER BY cid", (table,)).fetchall()
    return [Column(name=name, type=kind.split()[0], note=notes.get(name, "")) for name, kind in told]


def _notes(sql: str) -> dict[str, str]:
    """`column -> comment` of a CREATE TABLE as it was written: `  name TYPE …,  -- comment`."""
    notes = {}
    for line in sql.splitlines():
        definition, mark, words = line.partition("--")
        if mark and definition.strip():
            notes[definition.split()[0]] = words.strip()
    return notes


def rows_of(
    archive: Archive, table: Table, *, portal: str | None = None, since: str | None = None
) -> Iterator[tuple[Value, ...]]:
    """Rows of a table, those of articles of one portal or dated since a day; articles by year (unknown first) and id."""
    columns = ", ".join(f"t.{column.name}" for column in columns_of(archive, table))
    own = "id" if table == "articles" else "article_id"
    order = "t.year, t.id" if table == "articles" else "t.rowid" if table != "views" else "1, 2, 3"
    yield from archive.db.conn.execute(
        f"SELECT {columns} FROM {table} t JOIN articles a ON a.id = t.{own} "
        f"WHERE (:portal IS NULL OR a.portal = :portal) AND (:since IS NULL OR a.date >= :since) ORDER BY {order}",
        {"portal": portal, "since": since},
    )
