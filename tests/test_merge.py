"""Merging: archives crawled apart become the one that a single crawl would have made, whatever the order, once or twice."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from archive_rows import (
    DAY1,
    DAY2,
    DAY3,
    HOST,
    NEWS,
    capture,
    page,
    reading,
    row,
    save,
    save_listing,
    started,
    values,
)
from click.testing import CliRunner

from scraper.archive import Archive
from scraper.archive.history import history
from scraper.archive.merge import MERGED, Merged, merge
from scraper.archive.verify import verify
from scraper.commands import cli
from scraper.demo import start_demo
from scraper.errors import ArchiveBusy, UsageError

HERE = Path(__file__).parent
DERIVED = {"articles_fts", "_sqlite_migrations", "sqlite_sequence", "sqlite_stat1"}
DERIVED |= {"compared", "text_bands", "reprints", "tallies"}


def content(archive: Archive) -> dict[str, Any]:
    """All that an archive says, without its row numbers."""
    asked = {
        "articles": "SELECT url, portal, channel, title, source, author, date, views, body, family, first_seen, last_seen, "
        "changed_at, gone_at, evidence, reader FROM articles ORDER BY url",
        "html": "SELECT a.url, html FROM article_html h JOIN articles a ON a.id = h.article_id ORDER BY 1",
        "pages": "SELECT a.url, p.page, p.body, c.fetched_at FROM article_pages p JOIN articles a ON a.id = p.article_id "
        "JOIN captures c ON c.id = p.capture_id ORDER BY 1, 2",
        "links": "SELECT a.url, l.position, l.url, l.name FROM attachments l JOIN articles a ON a.id = l.article_id ORDER BY 1, 2",
        "images": "SELECT a.url, l.position, l.url FROM images l JOIN articles a ON a.id = l.article_id ORDER BY 1, 2",
        "views": "SELECT a.url, v.seen_at, v.origin, v.views FROM views v JOIN articles a ON a.id = v.article_id ORDER BY 1, 2, 3",
        "versions": "SELECT a.url, v.seen_at, v.changed FROM versions v JOIN articles a ON a.id = v.article_id ORDER BY 1, 2",
        "captures": "SELECT c.url, c.requested, c.fetched_at, c.status, c.digest, c.kind, f.key FROM captures c "
        "JOIN frontier f ON f.id = c.frontier_id ORDER BY 3, 2, 1, 4",
        "frontier": "SELECT f.key, f.portal, f.kind, f.state, f.read_as, f.visited_at, a.url, o.key, p.key, h.key FROM frontier f "
        "LEFT JOIN articles a ON a.id = f.article_id LEFT JOIN frontier o ON o.id = f.found_on "
        "LEFT JOIN frontier p ON p.id = f.part_of LEFT JOIN channels h ON h.id = f.channel_id ORDER BY 1",
        "channels": "SELECT key, name, claimed, listed, archived, walked_pages, complete FROM channels ORDER BY 1",
        "items": "SELECT h.key, f.key, i.title, i.date, i.first_seen, i.last_seen FROM items i "
        "JOIN channels h ON h.id = i.channel_id JOIN frontier f ON f.id = i.frontier_id ORDER BY 1, 2",
        "failures": "SELECT url, at, cause, resolved_at FROM failures ORDER BY 1, 2",
        "portals": "SELECT host, name, home_url, robots FROM portals ORDER BY 1",
    }
    return {name: values(archive, sql) for name, sql in asked.items()}


def archive_of(path: Path, days: dict[str, dict[int, str]], at: str = DAY1) -> Archive:
    """An archive with articles by day, number and text, all rows of one list."""
    archive, crawl = started(path, at)
    for day, texts in days.items():
        save_listing(archive, crawl, NEWS, range(min(texts), max(texts) + 1), at=day)
        for n, text in texts.items():
            save(archive, crawl, f"{NEWS}{n}.html", at=day, title=f"第{n}条", body=text, views=n * 10)
    return archive


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    with start_demo() as server:
        CliRunner().invoke(cli, ["crawl", server.url, "--delay", "0", "--db", str(path)])
    return path


def test_an_empty_archive_takes_all_and_is_then_the_same(crawled: Path, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db") as archive, Archive.open(crawled, write=False) as other:
        told = merge(archive, crawled)
        assert content(archive) == content(other)
        counts = values(other, "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM captures)")
        assert [(told.articles, told.captures)] == counts and told.changed == told.healed == 0
        assert verify(archive) == []
        sizes = "SELECT sum(length(data)) FROM blobs"
        assert values(archive, sizes) == values(other, sizes)


def test_done_twice_it_adds_nothing(crawled: Path, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db") as archive:
        merge(archive, crawled)
        everything = list(archive.db.conn.iterdump())
        assert merge(archive, crawled) == Merged()
        assert list(archive.db.conn.iterdump()) == everything


def test_archives_of_different_portals_stand_side_by_side(crawled: Path, tmp_path: Path) -> None:
    with archive_of(tmp_path / "a.db", {DAY1: {1: "甲。"}}) as archive:
        before = content(archive)
        merge(archive, crawled)
        after = content(archive)
        with Archive.open(crawled, write=False) as other:
            theirs = content(other)
        assert {name: sorted(map(repr, rows)) for name, rows in after.items()} == {
            name: sorted(map(repr, [*before[name], *theirs[name]])) for name in after
        }
        assert verify(archive) == []


def test_the_later_crawl_of_a_portal_tells_how_things_stand_in_either_order(tmp_path: Path) -> None:
    one = {DAY1: {1: "甲。", 2: "乙。"}}
    other = {DAY2: {2: "乙。改。", 3: "丙。"}}
    for name, days, at in (("a", one, DAY1), ("b", other, DAY2), ("both", one | other, DAY1)):
        archive_of(tmp_path / f"{name}.db", days, at).close()
    shutil.copy(tmp_path / "a.db", tmp_path / "ab.db")
    shutil.copy(tmp_path / "b.db", tmp_path / "ba.db")
    with Archive.open(tmp_path / "ab.db") as ab, Archive.open(tmp_path / "ba.db") as ba:
        assert merge(ab, tmp_path / "b.db").changed == 1
        assert merge(ba, tmp_path / "a.db").changed == 1
        with Archive.open(tmp_path / "both.db") as both:
            told = content(both)
        assert content(ab) == told
        assert content(ba) == told
        assert verify(ab) == verify(ba) == []
        assert (
            [hit.url for hit in ab.search("改")] == [hit.url for hit in ba.search("改")] == [f"{NEWS}2.html"]
        )


def test_readings_of_two_archives_are_told_in_order_of_time(tmp_path: Path) -> None:
    days = [f"2026-03-0{n}T08:00:00Z" for n in range(1, 6)]
    texts = ["甲。", "乙。", "甲。", "丙。", "丙。"]
    archive_of(tmp_path / "a.db", {days[n]: {1: texts[n]} for n in (0, 2, 4)}).close()
    archive_of(tmp_path / "b.db", {days[n]: {1: texts[n]} for n in (1, 3)}).close()
    with Archive.open(tmp_path / "a.db") as archive:
        merge(archive, tmp_path / "b.db")
        told = [
            (c.at, "".join(line for _, line in c.lines)) for c in history(archive, f"{NEWS}1.html").changes
        ]
    assert told == [(days[1], "甲。乙。"), (days[2], "乙。甲。"), (days[3], "甲。丙。")]


def test_a_page_gone_in_the_later_archive_is_gone(tmp_path: Path) -> None:
    url = f"{NEWS}1.html"
    archive_of(tmp_path / "a.db", {DAY1: {1: "甲。"}}).close()
    later = archive_of(tmp_path / "b.db", {DAY2: {1: "甲。"}}, DAY2)
    gone = capture(url, b"<p>404</p>", at=DAY3, status=404)
    later.save_page(row(later, url), gone, reading(url, "dead"), crawl_id=1)
    later.close()
    shutil.copy(tmp_path / "b.db", tmp_path / "c.db")
    shutil.copy(tmp_path / "a.db", tmp_path / "d.db")
    for here, there in (("a.db", "b.db"), ("c.db", "d.db")):
        with Archive.open(tmp_path / here) as archive:
            merge(archive, tmp_path / there)
            assert values(archive, "SELECT gone_at, first_seen FROM articles") == [(DAY3, DAY1)]
            assert [c.kind for c in history(archive, url).changes] == ["withdrawn"]


def test_a_page_not_yet_asked_here_is_read_there(tmp_path: Path) -> None:
    here = archive_of(tmp_path / "a.db", {DAY1: {1: "甲。"}})
    save_listing(here, 1, NEWS, range(1, 4), at=DAY1)
    archive_of(tmp_path / "b.db", {DAY2: {2: "乙。", 3: "丙。"}}, DAY2).close()
    merge(here, tmp_path / "b.db")
    assert values(here, "SELECT listed, archived FROM channels") == [(3, 3)]
    assert values(here, "SELECT count(*) FROM frontier WHERE state = 'new'") == [(0,)]
    assert verify(here) == []
    here.close()


def test_a_host_with_and_without_www_is_one_portal(tmp_path: Path) -> None:
    with archive_of(tmp_path / "a.db", {DAY1: {1: "甲。"}}) as archive:
        other, crawl = started(tmp_path / "b.db")
        other.db.conn.execute("UPDATE portals SET host = 'www.' || host")
        url = f"http://www.{HOST}/news/2.html"
        from scraper.model import Found

        other.add_found(f"www.{HOST}", [Found(url=url, kind="article")], at=DAY2)
        known = other.row_at(url)
        assert known is not None
        from archive_rows import article

        other.save_page(known, capture(url, page("二", "乙。"), at=DAY2), article(url), crawl_id=crawl)
        other.close()
        merge(archive, tmp_path / "b.db")
        assert values(archive, "SELECT DISTINCT portal FROM articles") == [(HOST,)]
        assert (
            values(archive, "SELECT DISTINCT portal FROM frontier") == [(HOST,)]
            and len(archive.portals()) == 1
        )


def test_failures_and_crawls_come_along_once(tmp_path: Path) -> None:
    other, crawl = started(tmp_path / "b.db")
    failure = {"cause": "slow", "message": "too slow", "status": None, "retry_at": DAY2}
    other.save_failure(row(other, f"{NEWS}1.html"), crawl_id=crawl, at=DAY1, **failure)
    with Archive.open(tmp_path / "a.db") as archive:
        merge(archive, tmp_path / "b.db")
        other.save_failure(row(other, f"{NEWS}1.html"), crawl_id=crawl, at=DAY2, **failure)
        merge(archive, tmp_path / "b.db")
        assert values(archive, "SELECT at, cause FROM failures ORDER BY at") == [
            (DAY1, "slow"),
            (DAY2, "slow"),
        ]
        assert values(archive, "SELECT count(*) FROM crawls") == [(1,)]
    other.close()


def test_a_page_damaged_here_is_made_whole(tmp_path: Path, crawled: Path) -> None:
    with Archive.open(shutil.copy(crawled, tmp_path / "a.db")) as archive:
        archive.db.conn.execute("UPDATE blobs SET data = substr(data, 1, 20)")
        assert len(verify(archive)) > 100
        assert merge(archive, crawled).healed > 10
        assert verify(archive) == []


def test_a_page_damaged_there_is_told_and_costs_itself(tmp_path: Path, crawled: Path) -> None:
    bad = Path(shutil.copy(crawled, tmp_path / "bad.db"))
    with Archive.open(bad) as other:
        ((digest,),) = values(other, "SELECT digest FROM blobs WHERE prefix IS NOT NULL LIMIT 1")
        other.db.conn.execute("UPDATE blobs SET data = x'28B52FFD' WHERE digest = ?", (digest,))
    with Archive.open(tmp_path / "a.db") as archive:
        told = merge(archive, bad)
        assert len(told.lost) == 1 and digest in told.lost[0]
        assert [problem.check for problem in verify(archive)] == ["page"]
        assert merge(archive, crawled).healed == 1
        assert verify(archive) == []


def test_no_page_ever_leans_on_one_that_leans_on_another(tmp_path: Path) -> None:
    """The page all others are stored against in one archive is itself stored against one in the other."""
    one = archive_of(tmp_path / "a.db", {DAY1: {n: f"{n}。" for n in (1, 2, 3)}})
    archive_of(tmp_path / "b.db", {DAY2: {n: f"{n}。" for n in (3, 2, 4)}}, DAY2).close()
    merge(one, tmp_path / "b.db")
    chains = "SELECT count(*) FROM blobs b JOIN blobs p ON p.digest = b.prefix WHERE p.prefix IS NOT NULL"
    assert values(one, chains) == [(0,)] and verify(one) == []
    one.close()


def test_pages_that_came_again_with_another_counter_come_along_small(tmp_path: Path) -> None:
    url = f"{NEWS}1.html"
    with Archive.open(tmp_path / "a.db") as archive:
        other, crawl = started(tmp_path / "b.db")
        for day in range(1, 8):
            raw = page("会议", "".join(f"第{n * 7919}号正文。" for n in range(200))) + b"<b>%d</b>" % day
            save(other, crawl, url, at=f"2026-03-0{day}T08:00:00Z", raw=raw)
        merge(archive, tmp_path / "b.db")
        sizes = "SELECT count(*), sum(length(data)) FROM blobs"
        ((count, size),), ((_, before),) = values(archive, sizes), values(other, sizes)
        assert count == 7 and size <= 1.1 * before and verify(archive) == []
        archive.db.conn.execute("UPDATE blobs SET data = x'28B52FFD'")
        assert merge(archive, tmp_path / "b.db").healed == 7
        assert verify(archive) == []
        other.close()


def test_an_archive_that_a_crawl_writes_is_not_merged_half_way(tmp_path: Path) -> None:
    other = archive_of(tmp_path / "b.db", {DAY1: {1: "甲。"}})
    other.lock()
    with Archive.open(tmp_path / "a.db") as archive:
        with pytest.raises(ArchiveBusy):
            merge(archive, tmp_path / "b.db")
        other.close()
        assert merge(archive, tmp_path / "b.db").articles == 1


def test_numbers_of_clusters_mean_nothing_in_another_archive(tmp_path: Path) -> None:
    archive_of(tmp_path / "b.db", {DAY2: {1: "改。", 2: "乙。"}}, DAY2).close()
    with Archive.open(tmp_path / "b.db") as other:
        other.db.conn.execute("UPDATE articles SET cluster = 2")
    with archive_of(tmp_path / "a.db", {DAY1: {1: "甲。"}}) as archive:
        merge(archive, tmp_path / "b.db")
        assert values(archive, "SELECT body, cluster FROM articles ORDER BY url") == [
            ("改。", None),
            ("乙。", None),
        ]


def test_every_table_is_merged_or_made_from_others(tmp_path: Path) -> None:
    """A table that a later version adds must be given its rule here."""
    with Archive.open(tmp_path / "a.db") as archive:
        names = {name for (name,) in values(archive, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {name for name in names if not re.match("articles_fts_", name)} - DERIVED == MERGED


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize("wait", [0.0, 0.05, 0.15])
def test_a_kill_in_the_middle_harms_nothing_and_a_second_run_completes(
    tmp_path: Path, crawled: Path, wait: float
) -> None:
    with archive_of(tmp_path / "a.db", {DAY1: {1: "甲。"}}) as archive:
        before = content(archive)
    script = (
        "import sys; from scraper.archive import Archive, merge as m; m.BATCH = 5\n"
        "print(1, flush=True); a = Archive.open(sys.argv[1]); m.merge(a, sys.argv[2])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path / "a.db", crawled], cwd=HERE.parent, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Archive.open(tmp_path / "a.db") as archive:
        assert verify(archive) == []
        merge(archive, crawled)
        assert verify(archive) == []
        with Archive.open(crawled, write=False) as other:
            theirs = content(other)
        assert sorted(map(repr, content(archive)["articles"])) == sorted(
            map(repr, [*before["articles"], *theirs["articles"]])
        )
        assert merge(archive, crawled) == Merged()


def test_the_command_merges_into_the_first_or_into_db(tmp_path: Path, crawled: Path) -> None:
    one, new = str(tmp_path / "a.db"), str(tmp_path / "new.db")
    archive_of(Path(one), {DAY1: {1: "甲。"}}).close()
    first = CliRunner().invoke(cli, ["merge", one, str(crawled)])
    assert first.exit_code == 0 and "new articles, 0 changed" in first.stdout
    again = CliRunner().invoke(cli, ["merge", str(crawled), "--db", one])
    assert again.exit_code == 0 and ": 0 new articles" in again.stdout
    assert CliRunner().invoke(cli, ["merge", one, str(crawled), "--db", new]).exit_code == 0
    with Archive.open(one) as a, Archive.open(new) as b:
        assert content(a)["articles"] == content(b)["articles"]


@pytest.mark.parametrize("args", [["a.db"], ["a.db", "absent.db"], ["a.db", "a.db"]])
def test_what_can_not_be_merged_is_told_in_one_line(tmp_path: Path, args: list[str]) -> None:
    archive_of(tmp_path / "a.db", {DAY1: {1: "甲。"}}).close()
    result = CliRunner().invoke(cli, ["merge", *(str(tmp_path / name) for name in args)])
    assert result.exit_code == 2 and result.stderr.count("\n") == 1


def test_an_archive_is_not_merged_with_itself(tmp_path: Path) -> None:
    with (
        archive_of(tmp_path / "a.db", {DAY1: {1: "甲。"}}) as archive,
        pytest.raises(UsageError, match="itself"),
    ):
        merge(archive, tmp_path / "a.db")
