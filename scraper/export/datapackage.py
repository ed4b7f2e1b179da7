"""A Frictionless data package: CSV files of the tables, and `datapackage.json` that says what each column means.

Values stand as they are in the archive (no BOM, no guard against formulas: these files are for programs), NULL as an empty
field. Standard: https://specs.frictionlessdata.io/tabular-data-package/
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from scraper import __version__
from scraper.archive import Archive
from scraper.archive.tables import Table, columns_of, rows_of
from scraper.export.whole import whole_file

_TABLES: dict[Table, tuple[str, list[str]]] = {
    "articles": ("News articles, as last read", ["id"]),
    "views": ("View counts, as they were seen over time", ["article_id", "seen_at", "origin"]),
    "versions": ("Earlier readings of articles: the fields that changed, and their values before", ["id"]),
    "attachments": ("Files that articles link to", ["id"]),
    "images": ("Pictures in articles", ["id"]),
    "documents": ("What policy documents among the articles say of themselves", ["article_id"]),
}
_TYPES = {"INTEGER": "integer", "REAL": "number", "TEXT": "string", "BLOB": "string"}


def export_datapackage(
    archive: Archive,
    folder: Path,
    *,
    portal: str | None = None,
    since: str | None = None,
    now: Callable[[], datetime],
) -> int:
    """Write the tables of articles as CSV into `folder`, described in `datapackage.json`; how many articles."""
    folder.mkdir(parents=True, exist_ok=True)
    counts, resources = {}, []
    for table in _TABLES:
        with whole_file(folder / f"{table}.csv") as out:
            counts[table], written = _table(archive, table, out, portal=portal, since=since)
        resources.append(_resource(archive, table) | written)
    hosts = [portal] if portal else archive.portals()
    package = {
        "profile": "tabular-data-package",
        "name": "kaifaqu-archive",
        "title": "News of development zones: " + ", ".join(hosts),
        "description": f"{counts['articles']} articles of {len(hosts)} portals, archived by kaifaqu {__version__}.",
        "created": f"{now():%Y-%m-%dT%H:%M:%SZ}",
        "sources": [{"title": host, "path": f"http://{host}/"} for host in hosts],
        "resources": resources,
    }
    with whole_file(folder / "datapackage.json") as out:
        out.write(json.dumps(package, ensure_ascii=False, indent=2).encode("utf-8"))
    return counts["articles"]


class _Hashed(io.RawIOBase):
    """Bytes on their way into a file, counted and digested."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.size, self.digest = 0, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._out.write(data)


def _table(
    archive: Archive, table: Table, out: BinaryIO, *, portal: str | None, since: str | None
) -> tuple[int, dict[str, Any]]:
    """Write one table; how many rows, and size and digest of the file."""
    hashed = _Hashed(out)
    count = 0
    with io.TextIOWrapper(io.BufferedWriter(hashed), encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([column.name for column in columns_of(archive, table)])
        for row in rows_of(archive, table, portal=portal, since=since):
            writer.writerow(row)
            count += 1
    return count, {"bytes": hashed.size, "hash": f"sha256:{hashed.digest.hexdigest()}"}


def _resource(archive: Archive, table: Table) -> dict[str, Any]:
    title, key = _TABLES[table]
    fields = [
        {"name": column.name, "type": _TYPES[column.type]}
        | ({"description": column.note} if column.note else {})
        for column in columns_of(archive, table)
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""], "primaryKey": key}
    if table != "articles":
        reference = {"resource": "articles", "fields": ["id"]}
        schema["foreignKeys"] = [{"fields": ["article_id"], "reference": reference}]
    return {
        "profile": "tabular-data-resource",
        "name": table,
        "title": title,
        "path": f"{table}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }
