"""Parquet and data package: what is read back is the archive, row for row."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archive_rows import DAY2, DAY3, HOST, NEWS, save, started, values
from click.testing import CliRunner

from scraper.archive import Archive
from scraper.commands import cli
from scraper.errors import MissingExtra
from scraper.export import export_datapackage, export_parquet
from scraper.model import Link, PolicyDocument

TABLES = ("views", "versions", "attachments", "images", "documents")


def clock() -> datetime:
    return datetime(2026, 3, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Any:
    archive, crawl = started(tmp_path_factory.mktemp("tables") / "a.db")
    link = Link(url=f"{NEWS}a.pdf", text="名单，甲")
    save(archive, crawl, f"{NEWS}1.html", title='第一条，"引号"', views=2**62, attachments=(link,))
    said = PolicyDocument(issuer="管委会，甲")
    save(
        archive,
        crawl,
        f"{NEWS}2.html",
        date="2024-05-06",
        body="第一段\n第二段",
        images=(link,),
        document=said,
    )
    save(archive, crawl, f"{NEWS}3.html", date=None, source="-1+2", views=-5)
    save(archive, crawl, f"{NEWS}1.html", at=DAY2, title="改了", views=7)
    save(archive, crawl, f"{NEWS}4.html", at=DAY3, date="2024-12-31 23:59", attachments=(link,))
    yield archive
    archive.close()


def stored(archive: Archive, table: str) -> list[dict[str, Any]]:
    cursor = archive.db.conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def parquet(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'kaifaqu[parquet]'")
    folder = tmp_path_factory.mktemp("parquet")
    assert export_parquet(archive, folder) == 4
    return folder


def test_parquet_read_back_is_the_archive_row_for_row(archive: Archive, parquet: Path) -> None:
    from pyarrow import dataset

    articles = dataset.dataset(parquet / "articles", partitioning="hive").to_table().to_pylist()
    by_id = {row["id"]: row for row in articles}
    assert len(articles) == 4
    for row in stored(archive, "articles"):
        assert by_id[row["id"]] == row
    for table in TABLES:
        told = dataset.dataset(parquet / f"{table}.parquet").to_table().to_pylist()
        assert told == stored(archive, table) and told, table


def test_parquet_stands_by_year_and_an_unknown_one_is_null_to_others(parquet: Path) -> None:
    folders = sorted(path.name for path in (parquet / "articles").iterdir())
    assert folders == ["year=2024", "year=2026", "year=__HIVE_DEFAULT_PARTITION__"]


def test_parquet_columns_are_typed_and_explained_also_where_all_are_null(parquet: Path) -> None:
    import pyarrow
    from pyarrow import parquet as pq

    schema = pq.read_schema(parquet / "articles" / "year=2024" / "articles.parquet")
    assert schema.field("views").type == pyarrow.int64() and schema.field("kicker").type == pyarrow.string()
    assert "still there" in schema.field("gone_at").metadata[b"description"].decode()
    assert "year" not in schema.names


def test_duckdb_reads_parquet_as_the_words_of_the_module_say(archive: Archive, parquet: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    told = duckdb.sql(
        f"SELECT id, year, body FROM read_parquet('{parquet}/articles/*/*.parquet', hive_partitioning = true) "
        "ORDER BY id"
    ).fetchall()
    assert [(i, int(y) if y is not None else None, b) for i, y, b in told] == values(
        archive, "SELECT id, year, body FROM articles ORDER BY id"
    )


def test_a_year_that_emptied_leaves_no_file_behind(archive: Archive, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'kaifaqu[parquet]'")
    export_parquet(archive, tmp_path)
    assert export_parquet(archive, tmp_path, since="2026") == 1
    assert [path.name for path in (tmp_path / "articles").iterdir()] == ["year=2026"]


def test_without_pyarrow_the_line_to_install_it_is_told(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r'pip install "kaifaqu\[parquet\]"'):
        export_parquet(archive, tmp_path)


@pytest.fixture(scope="module")
def package(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    assert export_datapackage(archive, folder, now=clock) == 4
    return folder


def test_a_data_package_holds_the_archive_row_for_row(archive: Archive, package: Path) -> None:
    for table in ("articles", *TABLES):
        with (package / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            told = list(csv.DictReader(file, strict=True))
        expected = [
            {name: "" if value is None else str(value) for name, value in row.items()}
            for row in stored(archive, table)
        ]
        assert sorted(told, key=str) == sorted(expected, key=str) and told


def test_a_data_package_says_what_each_column_is(archive: Archive, package: Path) -> None:
    told = json.loads((package / "datapackage.json").read_text("utf-8"))
    assert (
        told["profile"] == "tabular-data-package"
        and HOST in told["title"]
        and "4 articles" in told["description"]
    )
    for resource in told["resources"]:
        data = (package / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (
            len(data),
            f"sha256:{hashlib.sha256(data).hexdigest()}",
        )
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert names == data.decode().splitlines()[0].split(",")
        assert set(resource["schema"]["primaryKey"]) <= set(names)
    fields = {f["name"]: f for f in told["resources"][0]["schema"]["fields"]}
    assert fields["views"]["type"] == "integer" and fields["date"]["type"] == "string"
    assert fields["reader"]["description"] == "version of kaifaqu that read it"


@pytest.mark.parametrize("form", ["parquet", "datapackage"])
def test_only_what_was_asked_for_is_exported(archive: Archive, tmp_path: Path, form: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'kaifaqu[parquet]'")
    said = ["export", "--db", str(archive.path), "--format", form, "--out", str(tmp_path / "o")]
    for option, count in ((["--since", "2024-12-01"], 2), (["--portal", "other.example"], 0)):
        result = CliRunner().invoke(cli, [*said, *option])
        assert (result.exit_code, result.stderr) == (0, f"{count} articles written\n")
