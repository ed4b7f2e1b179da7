"""A crawl on a disk that becomes full: it stops with one line, nothing is lost or broken, and it goes on when there is room."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from zoo import Zoo, dialects
from zoo_crawl import articles, make_portal, rows, true

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.commands import cli


def fill(monkeypatch: pytest.MonkeyPatch, db: Path, *, pages: int) -> None:
    """Let the file of the archive grow by so many pages and no further, as a full disk does."""
    real = Archive.open.__func__  # type: ignore[attr-defined]

    def bounded(cls: type[Archive], path: Path, **said: bool) -> Archive:
        archive: Archive = real(cls, path, **said)
        ((size,),) = archive.db.conn.execute("PRAGMA page_count").fetchall()
        archive.db.conn.execute(f"PRAGMA max_page_count = {size + pages}")
        return archive

    monkeypatch.setattr(Archive, "open", classmethod(bounded))


def test_a_crawl_on_a_full_disk_stops_with_one_line_and_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = tmp_path / "a.db"
    Archive.open(db).close()
    with Zoo() as zoo:
        stand = zoo.stand(make_portal(dialects.TRS, stories=12))
        crawl = ["crawl", stand.url, "--delay", "0", "--db", str(db)]
        with monkeypatch.context() as patch:
            fill(patch, db, pages=12)
            told = CliRunner().invoke(cli, crawl)
        assert told.exit_code == 2 and "full" in told.output and "make room" in told.output
        assert "Traceback" not in told.output
        assert rows(db, "pragma integrity_check") == [("ok",)]
        had = len(articles(db, stand))
        assert 0 < had < len(stand.portal.truth())
        with Archive.open(db, write=False) as archive:
            assert list(verify(archive)) == []
        before = stand.asked()
        assert CliRunner().invoke(cli, crawl).exit_code == 0
        assert articles(db, stand) == true(stand.portal.truth())
    again = [path for path in stand.portal.truth() if stand.asked()[path] > 1]
    assert len(again) <= 2, before  # the page that did not fit, and the one already asked for
