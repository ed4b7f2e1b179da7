"""Parquet, for pandas, DuckDB, Spark and R: `articles/year=2024/articles.parquet`, and a file each for what hangs on them.

Values and names are those of the archive's tables, the year stands in the folder's name as Hive has it (unknown:
`__HIVE_DEFAULT_PARTITION__`). DuckDB: `FROM read_parquet('OUT/articles/*/*.parquet', hive_partitioning = true)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from scraper.archive import Archive
from scraper.archive.tables import Column, Table, Value, columns_of, rows_of
from scraper.errors import MissingExtra
from scraper.export.whole import whole_file

_TABLES: tuple[Table, ...] = ("views", "versions", "attachments", "images", "documents")
_UNKNOWN = "__HIVE_DEFAULT_PARTITION__"
_ROWS = 1000
"""In one row group of articles: about 5 MB of text, so that a reader need not take in a year to see a row."""


def export_parquet(
    archive: Archive, folder: Path, *, portal: str | None = None, since: str | None = None
) -> int:
    """Write articles, their views, versions, attachments, images and documents as Parquet into `folder`; how many articles.

    Raises MissingExtra without pyarrow. Files of years that no article has any more are removed.
    """
    arrow = _arrow()
    columns = columns_of(archive, "articles")
    place = [column.name for column in columns].index("year")
    count, written = 0, set()
    rows = rows_of(archive, "articles", portal=portal, since=since)
    for year, of_year in groupby(rows, key=lambda row: row[place]):
        path = folder / "articles" / f"year={_UNKNOWN if year is None else year}" / "articles.parquet"
        without = (row[:place] + row[place + 1 :] for row in of_year)
        count += _write(arrow, path, [*columns[:place], *columns[place + 1 :]], without)
        written.add(path)
    for old in set(folder.glob("articles/year=*/articles.parquet")) - written:
        old.unlink()
        old.parent.rmdir()
    for table in _TABLES:
        of_table = rows_of(archive, table, portal=portal, since=since)
        _write(arrow, folder / f"{table}.parquet", columns_of(archive, table), of_table)
    return count


def _write(arrow: Any, path: Path, columns: Sequence[Column], rows: Iterable[tuple[Value, ...]]) -> int:
    types = {
        "INTEGER": arrow.int64(),
        "REAL": arrow.float64(),
        "TEXT": arrow.string(),
        "BLOB": arrow.binary(),
    }
    schema = arrow.schema([
        arrow.field(column.name, types[column.type], metadata={"description": column.note} if column.note else None)
        for column in columns
    ])  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with whole_file(path) as out, arrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        stream = iter(rows)
        while group := list(islice(stream, _ROWS)):
            values = [arrow.array(column, field.type) for column, field in zip(zip(*group, strict=True), schema, strict=True)]  # fmt: skip
            writer.write_table(arrow.Table.from_arrays(values, schema=schema))
            count += len(group)
    return count


def _arrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra("Parquet needs pyarrow", 'install it: pip install "kaifaqu[parquet]"') from None
    return pyarrow
