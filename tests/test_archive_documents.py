"""Policy documents in an archive: stored beside their article, a change of them is a version, exports have them."""

from __future__ import annotations

import io
import json
from pathlib import Path

from archive_rows import DAY2, DAY3, NEWS, save, started, values

from scraper.archive.history import history
from scraper.export import export_csv, export_jsonl
from scraper.model import PolicyDocument

VALID = PolicyDocument(document_number="青管〔2026〕3号", issuer="青石湾管委会", validity="有效")
REPEALED = PolicyDocument(document_number="青管〔2026〕3号", issuer="青石湾管委会", validity="废止")
SAID = {"document_number": "青管〔2026〕3号", "issuer": "青石湾管委会", "validity": "有效"}


def test_a_document_is_a_row_and_news_is_none(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        save(archive, crawl, f"{NEWS}1.html", document=VALID)
        save(archive, crawl, f"{NEWS}2.html")
        assert values(archive, "SELECT article_id, document_number, topic FROM documents") == [
            (1, "青管〔2026〕3号", None)
        ]


def test_a_document_that_says_otherwise_is_a_version_and_one_that_says_the_same_is_none(
    tmp_path: Path,
) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        save(archive, crawl, f"{NEWS}1.html", document=VALID)
        assert save(archive, crawl, f"{NEWS}1.html", at=DAY2, document=VALID).outcome == "same"
        assert save(archive, crawl, f"{NEWS}1.html", at=DAY3, document=REPEALED).outcome == "changed"
        assert values(archive, "SELECT validity FROM documents") == [("废止",)]
        (changed,) = (json.loads(row[0]) for row in values(archive, "SELECT changed FROM versions"))
        assert changed == {"document": SAID}
        (change,) = history(archive, f"{NEWS}1.html").changes
        assert (change.field, change.lines) == (
            "document",
            (("-", "validity: 有效"), ("+", "validity: 废止")),
        )


def test_a_document_that_is_one_no_more_leaves_its_row_to_the_versions(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        save(archive, crawl, f"{NEWS}1.html")
        save(archive, crawl, f"{NEWS}1.html", at=DAY2, document=VALID)
        save(archive, crawl, f"{NEWS}1.html", at=DAY3)
        assert values(archive, "SELECT * FROM documents") == []
        told = [json.loads(row[0]) for row in values(archive, "SELECT changed FROM versions ORDER BY id")]
        assert told == [{"document": None}, {"document": SAID}]


def test_exports_have_what_the_document_says_and_null_for_news(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        save(archive, crawl, f"{NEWS}1.html", document=VALID)
        save(archive, crawl, f"{NEWS}2.html")
        lines, table = io.StringIO(), io.StringIO()
        export_jsonl(archive, lines)
        export_csv(archive, table)
    told = [json.loads(line)["document"] for line in lines.getvalue().splitlines()]
    assert told == [SAID, None]
    head, first, _ = table.getvalue().splitlines()
    assert head.endswith(",attachments,document")
    assert '""document_number"":""青管〔2026〕3号""' in first
