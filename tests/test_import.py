"""Web archives brought in: our own gives the same archive again; those of others become articles, once, whatever kills it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from archive_rows import capture, row, started, values
from click.testing import CliRunner
from test_reread import article_page, list_page
from warc_bytes import chunked, http, packed, record
from web_archive import web_archive
from zoo import Zoo, invent, revised
from zoo.dialects import TRS
from zoo_crawl import Crawler, make_portal

from scraper.archive import Archive
from scraper.archive.history import history
from scraper.archive.verify import verify
from scraper.commands import cli
from scraper.crawl.bring import bring_in
from scraper.demo import start_demo
from scraper.read import read

HERE = Path(__file__).parent
NOW = datetime(2026, 4, 1, tzinfo=UTC)
bring = partial(bring_in, now=lambda: NOW)
SITE = "http://kfq.example"
URL = f"{SITE}/news/1.html"
HTML = "Content-Type: text/html; charset=utf-8"
CONTENT = {
    "articles": "SELECT url, portal, channel, title, source, author, date, views, body, kicker, subtitle, editor, family, "
    "first_seen, last_seen, changed_at, gone_at, evidence, reader FROM articles ORDER BY url",
    "html": "SELECT a.url, html FROM article_html h JOIN articles a ON a.id = h.article_id ORDER BY 1",
    "links": "SELECT a.url, l.position, l.url, l.name FROM attachments l JOIN articles a ON a.id = l.article_id ORDER BY 1, 2",
    "images": "SELECT a.url, l.position, l.url FROM images l JOIN articles a ON a.id = l.article_id ORDER BY 1, 2",
    "pages": "SELECT a.url, p.page, p.body FROM article_pages p JOIN articles a ON a.id = p.article_id ORDER BY 1, 2",
    "views": "SELECT a.url, v.seen_at, v.origin, v.views FROM views v JOIN articles a ON a.id = v.article_id ORDER BY 1, 2, 3",
    "versions": "SELECT a.url, v.seen_at, v.changed FROM versions v JOIN articles a ON a.id = v.article_id ORDER BY 1, 2",
    "captures": "SELECT url, requested, fetched_at, status, headers, digest, ip, redirects, kind, charset FROM captures ORDER BY id",
    "channels": "SELECT url, name, claimed, listed, archived, complete FROM channels ORDER BY 1",
    "items": "SELECT c.url, f.url, i.title, i.date FROM items i JOIN channels c ON c.id = i.channel_id "
    "JOIN frontier f ON f.id = i.frontier_id ORDER BY 1, 2",
}


def content(path: Path) -> dict[str, Any]:
    with Archive.open(path, write=False) as archive:
        return {name: values(archive, sql) for name, sql in CONTENT.items()}


def export(db: Path, out: Path) -> Path:
    done = CliRunner().invoke(
        cli,
        [
            "export",
            "--db",
            str(db),
            "--format",
            out.suffix.strip(".").replace("gz", "warc"),
            "--out",
            str(out),
        ],
    )
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    with start_demo() as server:
        CliRunner().invoke(cli, ["crawl", server.url, "--delay", "0", "--db", str(path)])
    return path


@pytest.fixture(scope="module")
def own(crawled: Path) -> Path:
    return export(crawled, crawled.with_name("own.warc.gz"))


def warc(path: Path, *records: bytes) -> Path:
    path.write_bytes(packed(*records))
    return path


def test_our_own_export_gives_the_same_articles_row_for_row(crawled: Path, own: Path, tmp_path: Path) -> None:
    told = bring([own], tmp_path / "a.db")
    before, after = content(crawled), content(tmp_path / "a.db")
    assert len(before["articles"]) > 50 and told.new == len(before["articles"]) and told.lost == []
    for name, rows in before.items():
        assert after[name] == rows, name
    with Archive.open(tmp_path / "a.db") as archive:
        assert verify(archive) == []


def test_days_of_a_portal_come_back_with_versions_counts_and_what_is_gone(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "zoo.db"), make_portal(TRS, stories=12)
    stories = portal.channels[0].stories
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        stories[3] = revised(stories[3])
        stories.insert(0, invent(-1))
        del stories[5]
        for _ in range(3):
            crawler.later(days=8)
            crawler.crawl(stand)
    bring([export(tmp_path / "zoo.db", tmp_path / "zoo.warc.gz")], tmp_path / "a.db")
    before, after = content(tmp_path / "zoo.db"), content(tmp_path / "a.db")
    assert before["versions"] and [row for row in before["articles"] if row[16]]
    for name, rows in before.items():
        assert after[name] == rows, name


def test_every_trait_of_a_capture_survives_the_way_out_and_in(tmp_path: Path) -> None:
    web_archive(tmp_path / "web.db").close()
    told = bring([export(tmp_path / "web.db", tmp_path / "web.warc.gz")], tmp_path / "a.db")
    asked = "SELECT url, requested, fetched_at, status, headers, digest, ip, redirects, note FROM captures ORDER BY id"
    with Archive.open(tmp_path / "web.db") as one, Archive.open(tmp_path / "a.db") as other:
        before, after = values(one, asked), values(other, asked)
    kept = [row for row in before if row[3] != 404]  # nothing led to this one
    assert [row[:8] for row in after] == [row[:8] for row in kept] and told.lost == []


def test_done_twice_it_adds_nothing(own: Path, tmp_path: Path) -> None:
    first = bring([own], tmp_path / "a.db")
    before = content(tmp_path / "a.db")
    again = bring([own, own], tmp_path / "a.db")
    assert (again.captures, again.new, again.changed, again.held) == (0, 0, 0, 2 * first.captures)
    assert content(tmp_path / "a.db") == before


def test_what_a_browser_made_of_a_page_comes_back_beside_it(tmp_path: Path) -> None:
    url = f"{SITE}/news/1.html"
    raw = b"<html><body><div id=app></div><script>fetch('/api/1')</script></body></html>"
    archive, crawl = started(tmp_path / "one.db")
    for body, rendered in ((raw, False), (article_page(), True)):
        made = replace(capture(url, body), rendered=rendered)
        archive.save_page(row(archive, url), made, read(body, url), crawl_id=crawl)
    archive.close()
    told = bring([export(tmp_path / "one.db", tmp_path / "one.warc.gz")], tmp_path / "a.db")
    asked = "SELECT url, digest, rendered, status FROM captures ORDER BY id"
    articles = "SELECT url, title, source, body, views FROM articles"
    with Archive.open(tmp_path / "one.db") as one, Archive.open(tmp_path / "a.db") as other:
        assert values(one, asked) == values(other, asked) and [r[2] for r in values(other, asked)] == [0, 1]
        assert values(one, articles) == values(other, articles) != []
    assert told.lost == []


def test_a_wacz_is_taken_in_like_its_warc(crawled: Path, tmp_path: Path) -> None:
    out = tmp_path / "wacz"
    assert (
        CliRunner()
        .invoke(cli, ["export", "--db", str(crawled), "--format", "wacz", "--out", str(out)])
        .exit_code
        == 0
    )
    told = bring(sorted(out.glob("*.wacz")), tmp_path / "a.db")
    urls = "SELECT url, title, body FROM articles ORDER BY url"
    with Archive.open(crawled) as one, Archive.open(tmp_path / "a.db") as other:
        assert values(one, urls) == values(other, urls) and told.lost == []


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize("after", [3, 40, 90])
def test_a_kill_in_the_middle_harms_nothing_and_a_second_run_completes(
    crawled: Path, own: Path, tmp_path: Path, after: int
) -> None:
    script = (
        "import sys; from scraper.crawl.bring import bring_in; from datetime import datetime, UTC\n"
        "bring_in([sys.argv[1]], sys.argv[2], now=lambda: datetime.now(UTC), on_answers=lambda n: print(n, flush=True))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, own, tmp_path / "a.db"],
        cwd=HERE.parent,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while int(process.stdout.readline()) < after:
        pass
    time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Archive.open(tmp_path / "a.db") as archive:
        assert verify(archive) == []
    bring([own], tmp_path / "a.db")
    assert content(tmp_path / "a.db") == content(crawled)


# Web archives of others


def crawl_of_others(**at: str) -> list[bytes]:
    """What a browser's crawl keeps: no seeds told, styles and pictures among the pages, no request records."""
    dated = {"WARC_Date": "2020-05-01T08:00:00Z"} | at
    return [
        record("warcinfo", block=b"software: Browsertrix-Crawler 1.2\r\n"),
        record("response", f"{SITE}/style.css", http(b"a{}", "Content-Type: text/css"), **dated),
        record(
            "response", f"{SITE}/logo.png", http(b"\x89PNG\r\n\x1a\n", "Content-Type: image/png"), **dated
        ),
        record(
            "response", f"{SITE}/app.js", http(b"var x='<html>'", "Content-Type: text/javascript"), **dated
        ),
        record("response", "http://count.example/x", http(b"{}", "Content-Type: application/json"), **dated),
        record(
            "response",
            f"{SITE}/news/",
            http(chunked(list_page()), HTML, "Transfer-Encoding: chunked"),
            **dated,
        ),
        record(
            "response", f"{SITE}/news/10.html", http(article_page("青石湾开发区召开动员会"), HTML), **dated
        ),
        record(
            "response",
            f"{SITE}/news/11.html",
            http(article_page("青石湾开发区项目集中开工"), HTML, status="HTTP/2 200"),
            **dated,
        ),
    ]


def test_a_browser_s_crawl_becomes_articles_of_its_channel(tmp_path: Path) -> None:
    told = bring([warc(tmp_path / "o.warc.gz", *crawl_of_others())], tmp_path / "a.db")
    assert (told.new, told.captures, told.aside, told.lost) == (2, 3, 4, [])
    with Archive.open(tmp_path / "a.db") as archive:
        rows = values(archive, "SELECT url, portal, title, first_seen FROM articles ORDER BY url")
        assert rows == [
            (f"{SITE}/news/{n}.html", "kfq.example", t, "2020-05-01T08:00:00Z")
            for n, t in ((10, "青石湾开发区召开动员会"), (11, "青石湾开发区项目集中开工"))
        ]
        assert values(archive, "SELECT url, listed, archived FROM channels") == [(f"{SITE}/news/", 18, 2)]
        assert archive.portals() == ["kfq.example"] and verify(archive) == []
        # a later crawl goes on with what the list names
        assert archive.next_due("kfq.example", at="2026-04-01T00:00:00Z") is not None


def test_older_and_newer_web_archives_give_one_history_in_either_order(tmp_path: Path) -> None:
    days = ("2019-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z")
    texts = (
        "会议部署了工作，要求按期完成任务。",
        "会议部署了工作，要求按时完成任务。",
        "会议部署了重点工作，要求按时完成任务。",
    )
    files = [
        warc(
            tmp_path / f"{n}.warc.gz",
            record("response", URL, http(article_page(text=text), HTML), WARC_Date=day),
        )
        for n, (day, text) in enumerate(zip(days, texts, strict=True))
    ]
    told = []
    for n, order in enumerate((files, files[::-1], [files[1], files[2], files[0]])):
        for file in order:
            bring([file], tmp_path / f"{n}.db")
        with Archive.open(tmp_path / f"{n}.db") as archive:
            told.append(history(archive, URL))
            assert verify(archive) == []
    assert told[0] == told[1] == told[2]
    assert [change.at for change in told[0].changes] == list(days[1:])


@pytest.mark.parametrize("names", ["digest", "address", "digest alone"])
def test_a_revisit_has_the_bytes_it_repeats(tmp_path: Path, names: str) -> None:
    digest = {"WARC_Payload_Digest": "sha1:AAAA"}
    place = {"WARC_Refers_To_Target_URI": URL, "WARC_Refers_To_Date": "2020-05-01T08:00:00Z"}
    said = {"digest": digest | place, "address": place, "digest alone": digest}[names]
    profile = {"WARC_Profile": "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"}
    first = record("response", URL, http(article_page(), HTML), **digest)
    again = record("revisit", URL, http(b"", HTML), WARC_Date="2020-06-01T08:00:00Z", **said, **profile)
    twice = [warc(tmp_path / "a.warc.gz", first, again)]
    if names != "digest alone":  # also from a file of its own
        twice = [warc(tmp_path / "a.warc.gz", first), warc(tmp_path / "b.warc.gz", again)]
    told = bring(twice, tmp_path / "a.db")
    assert (told.captures, told.lost) == (2, [])
    with Archive.open(tmp_path / "a.db") as archive:
        assert values(archive, "SELECT count(DISTINCT digest), count(*) FROM captures") == [(1, 2)]
        assert values(archive, "SELECT last_seen FROM articles") == [("2020-06-01T08:00:00Z",)]


def test_a_revisit_of_what_is_not_here_is_told(tmp_path: Path) -> None:
    profile = {"WARC_Profile": "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"}
    told = bring(
        [warc(tmp_path / "a.warc.gz", record("revisit", URL, http(b"", HTML), **profile))], tmp_path / "a.db"
    )
    assert told.captures == 0 and len(told.lost) == 1 and "not here" in told.lost[0]


def test_a_redirect_leads_to_its_page_and_only_within_a_portal(tmp_path: Path) -> None:
    moved = partial(http, b"", status="HTTP/1.1 302 Found")
    told = bring(
        [
            warc(
                tmp_path / "a.warc.gz",
                record("response", f"{SITE}/old", moved("Location: /newer")),
                record("response", f"{SITE}/newer", moved(f"Location: {URL}")),
                record("response", URL, http(article_page(), HTML)),
                record("response", f"{SITE}/away", moved("Location: http://other.example/x.html")),
                record("response", "http://other.example/x.html", http(article_page("别处的消息"), HTML)),
            )
        ],
        tmp_path / "a.db",
    )
    with Archive.open(tmp_path / "a.db") as archive:
        asked = values(
            archive, "SELECT requested, url, json_array_length(redirects) FROM captures ORDER BY id"
        )
        assert asked == [
            (f"{SITE}/old", URL, 2),
            ("http://other.example/x.html", "http://other.example/x.html", None),
        ]
        assert values(archive, "SELECT portal FROM articles ORDER BY id") == [
            ("kfq.example",),
            ("other.example",),
        ]
        assert told.new == 2


def test_only_the_portals_asked_for_are_taken(tmp_path: Path) -> None:
    file = warc(
        tmp_path / "a.warc.gz",
        record("response", URL, http(article_page(), HTML)),
        record("response", "http://other.example/x.html", http(article_page("别处的消息"), HTML)),
    )
    told = bring([file], tmp_path / "a.db", portals=["www.kfq.example"])
    with Archive.open(tmp_path / "a.db") as archive:
        assert archive.portals() == ["kfq.example"] and (told.new, told.aside) == (1, 1)


def test_a_page_that_breaks_the_reader_costs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(import_module("scraper.crawl.take"), "read", fails)
    bring([warc(tmp_path / "a.warc.gz", *crawl_of_others())], tmp_path / "a.db")
    with Archive.open(tmp_path / "a.db") as archive:
        assert values(archive, "SELECT DISTINCT cause FROM failures") == [("unread",)]


def test_the_command_tells_what_came_and_what_could_not_be_read(tmp_path: Path) -> None:
    file = warc(tmp_path / "a.warc.gz", *crawl_of_others(), record("response", URL, b"no http"))
    db = str(tmp_path / "a.db")
    done = CliRunner().invoke(cli, ["import", str(file), "--db", db])
    assert done.exit_code == 1 and "2 new articles" in done.stdout and f"not read: {URL}" in done.stderr
    told = json.loads(CliRunner().invoke(cli, ["import", str(file), "--db", db, "--json"]).stdout)
    assert (told["captures"], told["held"], told["new"]) == (0, 3, 0)
    for bad in ("absent.warc", __file__):
        refused = CliRunner().invoke(cli, ["import", bad, "--db", db])
        assert refused.exit_code == 2 and refused.stderr.count("\n") == 1
