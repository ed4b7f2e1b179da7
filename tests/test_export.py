"""Export: CSV as spreadsheets read it, JSON Lines for programs, both as a stream."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from archive_rows import HOST, NEWS, save, started

from scraper.archive import Archive
from scraper.export import export_csv, export_jsonl
from scraper.model import Link

FIRST = ["id", "url", "portal", "channel", "title", "source", "author", "date", "views", "body"]
NASTY = '=HYPERLINK("http://evil.example/")'


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Any:
    archive, crawl = started(tmp_path_factory.mktemp("export") / "a.db")
    links = (Link(url=f"{NEWS}a.pdf", text="名单，甲"), Link(url=f"{NEWS}b.pdf", text='"乙"'))
    save(archive, crawl, f"{NEWS}1.html", body='第一段，带"引号"\n第二段', views=12, attachments=links)
    save(
        archive,
        crawl,
        f"{NEWS}2.html",
        title=NASTY,
        source="-1+2",
        author="@某",
        date="2025-11-30",
        kicker="\t甲",
        views=-5,
    )
    save(archive, crawl, f"{NEWS}3.html", date=None, subtitle="+86", editor="\r乙")
    yield archive
    archive.close()


def table(archive: Archive, **said: Any) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    count = export_csv(archive, out, **said)
    told = list(csv.DictReader(io.StringIO(out.getvalue().removeprefix("\ufeff"), newline=""), strict=True))
    assert count == len(told)
    return told


def lines(archive: Archive, **said: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    count = export_jsonl(archive, out, **said)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert count == len(told)
    return told


def test_csv_is_what_excel_and_rfc_4180_ask_for(archive: Archive) -> None:
    out = io.StringIO(newline="")
    export_csv(archive, out)
    assert out.getvalue().startswith("\ufeffid,url,portal,")
    assert out.getvalue().count("\r\n") == 4
    rows = table(archive)
    assert list(rows[0])[:10] == FIRST and list(rows[0])[-2:] == ["attachments", "document"]
    assert rows[0]["body"] == '第一段，带"引号"\n第二段'
    assert rows[2]["date"] == ""


def test_csv_runs_no_formula(archive: Archive) -> None:
    _, second, third = table(archive)
    assert (second["title"], second["source"], second["author"]) == (f"'{NASTY}", "'-1+2", "'@某")
    assert (second["kicker"], third["subtitle"], third["editor"]) == ("'\t甲", "'+86", "'\r乙")
    assert second["views"] == "-5"


def test_jsonl_is_an_object_a_line_as_it_is(archive: Archive) -> None:
    first, second, third = lines(archive)
    assert list(first)[:10] == FIRST
    assert first["attachments"] == [
        {"url": f"{NEWS}a.pdf", "name": "名单，甲"},
        {"url": f"{NEWS}b.pdf", "name": '"乙"'},
    ]
    assert (first["views"], first["year"], third["attachments"]) == (12, 2026, [])
    assert (second["title"], third["date"], third["evidence"]) == (NASTY, None, {})


def test_both_tell_the_same_columns(archive: Archive) -> None:
    assert list(table(archive)[0]) == list(lines(archive)[0]) == archive.article_columns()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, [1, 2, 3]),
        ({"portal": HOST}, [1, 2, 3]),
        ({"portal": "other.example"}, []),
        ({"since": "2026"}, [1]),
        ({"since": "2025-11-30", "until": "2026-02"}, [1, 2]),
        ({"until": "2026-02-27"}, [1, 2]),
        ({"until": "2026-02-26"}, [2]),
    ],
)
def test_what_is_asked_for_is_exported(archive: Archive, said: dict[str, str], found: list[int]) -> None:
    assert [row["id"] for row in lines(archive, **said)] == found
    assert [int(row["id"]) for row in table(archive, **said)] == found


def test_an_empty_archive_exports_a_head_and_no_rows(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db") as archive:
        out = io.StringIO(newline="")
        assert export_csv(archive, out) == 0 and out.getvalue().count("\r\n") == 1
        assert lines(archive) == []


class Nowhere(io.TextIOBase):
    """Takes all and keeps nothing, so that what is measured is the exporter's own."""

    def write(self, text: str) -> int:
        return len(text)


@pytest.mark.parametrize("export", [export_csv, export_jsonl])
def test_memory_does_not_grow_with_the_archive(tmp_path: Path, export: Any) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, f"{NEWS}0.html", body="正文" * 10_000)
    archive.db.conn.executescript(
        "DROP TRIGGER articles_ai;"
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 499) INSERT INTO frontier"
        "(id, portal, url, key, kind) SELECT i, portal, url || i, key || i, kind FROM n, frontier WHERE frontier.id = 1;"
        "INSERT INTO articles(url, portal, body, frontier_id, capture_id, first_seen, last_seen) SELECT f.url, a.portal, "
        "a.body, f.id, a.capture_id, '', '' FROM frontier f, articles a WHERE f.id >= 100"
    )
    tracemalloc.start()
    assert export(archive, Nowhere()) == 401
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    archive.close()
    assert peak < 3_000_000  # 400 bodies take 24 million bytes
