"""Citations: what they tell of an archive, and that the fingerprint names its content and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from archive_rows import DAY1, DAY2, HOST, NEWS, save, started
from click.testing import CliRunner

from scraper.archive import Archive
from scraper.archive.summary import summary
from scraper.commands import cli
from scraper.export.cite import bibtex, cite


def filled(path: Path, numbers: tuple[int, ...] = (1, 2), **fields: str) -> Archive:
    archive, crawl = started(path)
    for n in numbers:
        save(archive, crawl, f"{NEWS}{n}.html", title=f"第{n}条", date=f"2026-02-0{n}", **fields)
    archive.update_portal(HOST, name="青石湾 50% & {co}")
    return archive


def test_a_summary_counts_what_is_there(tmp_path: Path) -> None:
    with filled(tmp_path / "a.db") as archive:
        told = summary(archive)
    assert (told.articles, told.captures, told.crawls, told.versions) == (2, 2, 1, ("0.1",))
    assert (told.first, told.last, told.dated) == (DAY1, DAY1, ("2026-02-01", "2026-02-02"))


def test_the_same_content_has_the_same_fingerprint_in_whatever_order_it_came(tmp_path: Path) -> None:
    with filled(tmp_path / "a.db") as one, filled(tmp_path / "b.db", (2, 1)) as other:
        assert summary(one).fingerprint == summary(other).fingerprint


@pytest.mark.parametrize("numbers", [(1,), (1, 2, 3)])
def test_other_content_has_another_fingerprint(tmp_path: Path, numbers: tuple[int, ...]) -> None:
    with filled(tmp_path / "a.db") as one, filled(tmp_path / "b.db", numbers) as other:
        assert summary(one).fingerprint != summary(other).fingerprint


def test_a_page_that_changed_changes_the_fingerprint(tmp_path: Path) -> None:
    with filled(tmp_path / "a.db") as archive:
        before = summary(archive).fingerprint
        save(archive, 1, f"{NEWS}1.html", at=DAY2, body="改了。")
        assert summary(archive).fingerprint != before


def test_a_citation_names_portal_numbers_days_version_and_fingerprint(tmp_path: Path) -> None:
    with filled(tmp_path / "a.db") as archive:
        told = summary(archive)
    words = cite(told)
    for part in (HOST, "2 articles", "2026-02-01 to 2026-02-02", "fetched 2026-03-01", told.fingerprint):
        assert part in words


def test_a_name_with_special_signs_can_not_break_a_bibtex_entry(tmp_path: Path) -> None:
    with filled(tmp_path / "a.db") as archive:
        entry = bibtex(summary(archive))
    assert r"青石湾 50\% \& co" in entry and entry.startswith("@misc{kaifaqu-kfq-example-2026,")
    assert entry.count("{") == entry.count("}")


def test_an_empty_archive_can_be_cited_too(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db") as archive:
        assert "nothing fetched yet" in cite(summary(archive)) and "@misc{" in bibtex(summary(archive))


def test_the_command_prints_words_or_bibtex(tmp_path: Path) -> None:
    filled(tmp_path / "a.db").close()
    words = CliRunner().invoke(cli, ["cite", "--db", str(tmp_path / "a.db")])
    entry = CliRunner().invoke(cli, ["cite", "--db", str(tmp_path / "a.db"), "--bibtex"])
    assert words.exit_code == entry.exit_code == 0
    assert words.stdout.startswith("News archive of") and entry.stdout.startswith("@misc{")
