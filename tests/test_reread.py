"""Reading again: what is told, what is written, and that neither a kill nor a bug of a reader costs anything."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from archive_rows import DAY1, DAY2, HOST, NEWS, article, capture, reading, row, save, started, values
from click.testing import CliRunner

from scraper import __version__
from scraper.archive import Archive
from scraper.archive.history import history
from scraper.archive.verify import verify
from scraper.commands import cli
from scraper.crawl import reread as module
from scraper.crawl import take
from scraper.crawl.reread import reread
from scraper.demo import start_demo
from scraper.errors import UsageError
from scraper.model import Article
from scraper.read import read

HERE = Path(__file__).parent
NOW = datetime(2026, 4, 1, tzinfo=UTC)
again = partial(reread, now=lambda: NOW, jobs=1)
TEXT = "会议研究了项目建设，部署了下一步工作，要求按期完成各项任务。"


def article_page(title: str = "青石湾开发区召开会议", views: int = 12, text: str = TEXT) -> bytes:
    byline = f"来源：青石湾日报 发布时间：2026-02-27 09:30 浏览次数：{views}"
    body = f"<p>{text}</p>" * 6
    return f"<html><body><h1>{title}</h1><p>{byline}</p><div class='con'>{body}</div></body></html>".encode()


def list_page() -> bytes:
    rows = "".join(
        f"<li><a href='/news/{n}.html'>青石湾开发区第{n}次召开项目建设会议</a><span>2026-02-{n}</span></li>"
        for n in range(10, 28)
    )
    return f"<html><body><ul>{rows}</ul></body></html>".encode()


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo portal as a crawl of today reads it."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    with start_demo() as server:
        CliRunner().invoke(cli, ["crawl", server.url, "--delay", "0", "--db", str(path)])
    return path


@pytest.fixture
def aged(crawled: Path, tmp_path: Path) -> Path:
    """The same, as if an earlier reader had read some fields otherwise."""
    path = Path(shutil.copy(crawled, tmp_path / "aged.db"))
    with Archive.open(path) as archive:
        db = archive.db.conn
        db.execute("UPDATE articles SET title = title || ' - 站名', reader = '0.0' WHERE id % 2")
        db.execute("UPDATE articles SET source = NULL WHERE id % 3 = 0")
        db.execute("UPDATE articles SET body = '上一页 下一页' || char(10) || body WHERE id % 5 = 0")
    return path


CONTENT = (
    "SELECT id, url, channel, title, source, author, date, views, body, kicker, subtitle, editor, evidence, family "
    "FROM articles ORDER BY id"
)


def content(path: Path) -> list[tuple[Any, ...]]:
    with Archive.open(path, write=False) as archive:
        return values(archive, CONTENT)


def test_what_was_read_by_today_s_rules_reads_the_same(crawled: Path) -> None:
    told = again(crawled)
    assert told.pages > 50 and (told.articles, told.fields, told.kinds, told.lost) == (0, (), (), ())


def test_each_field_is_told_with_counts_and_samples_and_nothing_is_written(aged: Path) -> None:
    before = content(aged)
    told = again(aged, samples=2)
    by_field = {one.field: one for one in told.fields}
    assert set(by_field) == {"title", "source", "body"} and content(aged) == before
    title = by_field["title"]
    assert (title.filled, title.emptied) == (0, 0) and title.changed > 10 and len(title.samples) == 2
    assert title.samples[0].before == title.samples[0].after + " - 站名"
    assert by_field["source"].filled > 5 and by_field["source"].changed == 0
    assert by_field["body"].samples[0].before.startswith("上一页 下一页")


def test_what_is_written_is_what_a_crawl_of_today_would_read(aged: Path, crawled: Path) -> None:
    told = again(aged, write=True)
    assert told.written and told.articles > 30
    assert content(aged) == content(crawled)
    with Archive.open(aged, write=False) as archive:
        assert verify(archive) == []
        assert values(archive, "SELECT count(*) FROM versions") == [(0,)]
        kept = values(
            archive, "SELECT article_id, old_reader, new_reader, at, changed FROM rereadings ORDER BY id"
        )
        assert len(kept) == told.articles
        assert {(row[2], row[3]) for row in kept} == {(__version__, "2026-04-01T00:00:00Z")}
        assert json.loads(kept[0][4])["title"].endswith(" - 站名") and kept[0][1] == "0.0"
    assert again(aged, write=True).articles == 0


def test_several_processes_tell_what_one_tells(aged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 20)
    one, several = again(aged), again(aged, jobs=2)
    assert one == several


def test_only_the_portal_asked_for_is_read(aged: Path) -> None:
    with Archive.open(aged, write=False) as archive:
        (portal,) = archive.portals()
    assert again(aged, portal=portal) == again(aged)
    with pytest.raises(UsageError, match="no portal"):
        again(aged, portal="other.example")


def test_all_pages_of_an_article_are_read_again_and_joined(aged: Path, crawled: Path) -> None:
    with Archive.open(aged) as archive:
        parts = values(archive, "SELECT DISTINCT article_id FROM article_pages")
        assert parts
        archive.db.conn.execute("UPDATE article_pages SET body = '', html = ''")
        archive.db.conn.execute(
            "UPDATE articles SET body = '第一页' WHERE id IN (SELECT article_id FROM article_pages)"
        )
    again(aged, write=True)
    assert content(aged) == content(crawled)
    with Archive.open(aged) as one, Archive.open(crawled) as other:
        pages = "SELECT * FROM article_pages"
        assert values(one, pages) == values(other, pages)


def test_an_article_that_is_a_list_by_today_s_rules_stays_marked(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    url = f"{NEWS}index.html"
    assert read(list_page(), url).kind == "listing"
    save(archive, crawl, url, raw=list_page())
    archive.close()
    told = again(tmp_path / "a.db")
    assert [(k.before, k.after, k.pages, k.samples) for k in told.kinds] == [
        ("article", "listing", 1, (url,))
    ]
    again(tmp_path / "a.db", write=True)
    with Archive.open(tmp_path / "a.db") as archive:
        assert values(archive, "SELECT title, read_as FROM articles") == [("青石湾开发区召开会议", "listing")]
        save(archive, crawl, url, at=DAY2)
        assert values(archive, "SELECT read_as FROM articles") == [(None,)]


@pytest.mark.parametrize("before", ["other", "listing", "dead"])
def test_a_page_that_is_an_article_by_today_s_rules_becomes_one(tmp_path: Path, before: Any) -> None:
    archive, crawl = started(tmp_path / "a.db")
    url = f"{NEWS}1.html"
    archive.save_page(
        row(archive, url, "page"), capture(url, article_page()), reading(url, before), crawl_id=crawl
    )
    archive.close()
    told = again(tmp_path / "a.db", write=True)
    assert [(k.before, k.after) for k in told.kinds] == [(before, "article")]
    with Archive.open(tmp_path / "a.db") as archive:
        found = values(archive, "SELECT url, title, source, views, first_seen, reader FROM articles")
        assert found == [(url, "青石湾开发区召开会议", "青石湾日报", 12, DAY1, __version__)]
        assert values(archive, "SELECT state, kind, read_as, article_id FROM frontier") == [
            ("read", "article", "article", 1)
        ]
        assert verify(archive) == []
    assert again(tmp_path / "a.db").kinds == ()


def test_a_page_that_an_earlier_reader_failed_on_is_read_now(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    url = f"{NEWS}1.html"
    failure = {"cause": "unread", "message": "a bug", "status": 200, "retry_at": DAY2}
    archive.save_failure(
        row(archive, url), crawl_id=crawl, at=DAY1, capture=capture(url, article_page()), **failure
    )
    archive.close()
    again(tmp_path / "a.db", write=True)
    with Archive.open(tmp_path / "a.db") as archive:
        assert values(archive, "SELECT count(*) FROM articles") == [(1,)]
        assert values(archive, "SELECT count(*) FROM failures WHERE resolved_at IS NULL") == [(0,)]


def test_a_part_that_is_an_article_s_page_by_today_s_rules_is_joined_to_it(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    first, second = f"{NEWS}1.html", f"{NEWS}1_2.html"
    archive.save_page(
        row(archive, first), capture(first, article_page()), read(article_page(), first), crawl_id=crawl
    )
    part = row(archive, second, "part", part_of=1, page=2)
    raw = article_page(text="第二页的正文，写明了各项任务的牵头部门和完成时限，并提出了要求。")
    archive.save_article_page(1, 2, part, capture(second, raw), reading(second, "other"), crawl_id=crawl)
    archive.close()
    again(tmp_path / "a.db", write=True)
    with Archive.open(tmp_path / "a.db") as archive:
        ((body,),) = values(archive, "SELECT body FROM articles")
        assert TEXT in body and "第二页的正文" in body


def test_a_count_that_was_misread_is_put_right_at_its_own_time(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    url = f"{NEWS}1.html"
    said = read(article_page(views=655), url).article
    assert isinstance(said, Article)
    fields = {name: getattr(said, name) for name in ("title", "source", "date", "body", "body_html")}
    archive.save_page(
        row(archive, url),
        capture(url, article_page(views=655)),
        article(url, **fields, views=6),
        crawl_id=crawl,
    )
    archive.save_views(1, 700, at=DAY2, origin="counter")
    archive.close()
    told = again(tmp_path / "a.db", write=True)
    assert [(f.field, f.samples[0].before, f.samples[0].after) for f in told.fields] == [
        ("views", "6", "655")
    ]
    with Archive.open(tmp_path / "a.db") as archive:
        points = values(archive, "SELECT seen_at, origin, views FROM views ORDER BY seen_at")
        assert points == [(DAY1, "page", 655), (DAY2, "counter", 700)]
        assert values(archive, "SELECT views FROM articles") == [(700,)]


def test_a_rereading_shows_in_no_history(aged: Path) -> None:
    again(aged, write=True)
    with Archive.open(aged, write=False) as archive:
        for (url,) in values(archive, "SELECT url FROM articles WHERE id < 10"):
            assert history(archive, url).changes == ()


def test_damaged_pages_and_bugs_cost_themselves_and_are_told(
    aged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(aged) as archive:
        ((lost,), (buggy,)) = values(archive, "SELECT url FROM articles ORDER BY id DESC LIMIT 2")
        archive.db.conn.execute(
            "UPDATE blobs SET data = x'28B52FFD' WHERE prefix IS NOT NULL AND digest = "
            "(SELECT digest FROM captures c JOIN articles a ON a.capture_id = c.id WHERE a.url = ?)",
            (lost,),
        )

    def fails(body: bytes, url: str, **said: Any) -> Any:
        if url == buggy:
            raise RecursionError("too deep")
        return read(body, url, **said)

    monkeypatch.setattr(take, "read", fails)
    told = again(aged, write=True)
    assert len(told.lost) == 2 and told.articles > 20
    assert lost in told.lost[1] + told.lost[0] and "RecursionError" in told.lost[0] + told.lost[1]


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize("wait", [0.0, 0.1])
def test_a_kill_in_the_middle_harms_nothing_and_a_second_run_completes(
    aged: Path, crawled: Path, wait: float
) -> None:
    script = (
        "import sys; from scraper.crawl import reread as r; r.CHUNK = 2; from datetime import datetime, UTC\n"
        "def told(n, of):\n print(n, flush=True)\n"
        "r.reread(sys.argv[1], now=lambda: datetime.now(UTC), write=True, jobs=1, on_pages=told)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, aged], cwd=HERE.parent, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Archive.open(aged) as archive:
        assert verify(archive) == []
    again(aged, write=True)
    assert content(aged) == content(crawled)
    with Archive.open(aged) as archive:
        twice = "SELECT count(*) FROM rereadings GROUP BY article_id HAVING count(*) > 1"
        assert verify(archive) == [] and values(archive, twice) == []


def test_a_reading_process_ends_with_the_one_that_feeds_it(aged: Path) -> None:
    script = (
        "import sys, os, multiprocessing as m; from scraper.crawl import reread as r; r.CHUNK = 5\n"
        "from datetime import datetime, UTC\n"
        "def stop(n, of):\n"
        " print(*(p.pid for p in m.active_children()), flush=True); os.kill(os.getpid(), 9)\n"
        "if __name__ == '__main__':\n"
        " r.reread(sys.argv[1], now=lambda: datetime.now(UTC), jobs=2, on_pages=stop)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, aged], cwd=HERE.parent, stdout=subprocess.PIPE, text=True
    )
    children = [int(number) for number in done.stdout.split()]
    assert children
    for _ in range(200):
        if not any(map(alive, children)):
            return
        time.sleep(0.05)
    pytest.fail("a reading process lives on")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_the_command_tells_and_writes_only_when_asked(aged: Path) -> None:
    told = CliRunner().invoke(cli, ["reread", "--db", str(aged), "--samples", "1"])
    assert told.exit_code == 0 and "title: 0 filled, 0 emptied" in told.stdout
    assert "nothing written" in told.stdout
    as_json = CliRunner().invoke(cli, ["reread", "--db", str(aged), "--apply", "--json"])
    assert json.loads(as_json.stdout)["written"] is True
    assert "0 articles read otherwise" in CliRunner().invoke(cli, ["reread", "--db", str(aged)]).stdout


def test_a_crawl_that_runs_keeps_a_rereading_from_writing(aged: Path) -> None:
    with Archive.open(aged) as archive:
        archive.lock()
        assert CliRunner().invoke(cli, ["reread", "--db", str(aged), "--apply"]).exit_code == 2
        assert CliRunner().invoke(cli, ["reread", "--db", str(aged), "--portal", HOST]).exit_code == 2
