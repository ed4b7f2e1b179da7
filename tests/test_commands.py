"""The command line as a user meets it: what it prints, and the one line and exit code for each thing that goes wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scraper.commands import cli
from scraper.demo import start_demo

ARTICLE = """<html><head><title>云岭开发区签约五个项目_云岭经济开发区</title></head><body>
<div class="nav"><a href="/">首页</a><a href="/xw/">新闻</a></div>
<h1>云岭开发区签约五个项目</h1>
<p>来源:云岭经济开发区 李明军 发布时间:2020年03月11日 09:35 点击量:655 字体: 分享:</p>
<div id="zoom"><p>　　3月10日，云岭经济开发区举行春季招商签约仪式，五个项目集中落地，总投资三十二亿元。</p>
<p>　　签约项目涵盖新材料、装备制造和现代物流，全部达产后预计年产值超过五十亿元。</p></div></body></html>"""


def invoke(*args: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, list(args), input=stdin)


def refused(result: Result, code: int, *words: str) -> None:
    """One line on stderr that holds these words, this exit code, and no traceback."""
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    assert "Traceback" not in result.output
    lines = [
        line for line in result.stderr.splitlines() if line.startswith("kaifaqu:")
    ] or result.stderr.splitlines()
    assert any(all(word in line for word in words) for line in lines), result.stderr


@pytest.fixture(scope="module")
def demo_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    result = invoke("demo", "--db", str(path))
    assert "articles" in result.output, result.output + result.stderr
    return path


def test_help_fits_a_screen_and_shows_an_example() -> None:
    for name in (None, *cli.commands):
        result = invoke(*([name] if name else []), "--help")
        assert result.exit_code == 0
        assert len(result.output.splitlines()) <= 24, name
        assert "kaifaqu " in result.output.split("Usage:")[1].partition("\n")[2], f"{name} has no example"


def test_every_command_takes_db() -> None:
    for name, command in cli.commands.items():
        assert "--db" in {o for p in command.params for o in p.opts}, name


def test_read_prints_the_page_as_json(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(ARTICLE, encoding="utf-8")
    reading = json.loads(invoke("read", str(page), "--url", "http://www.yunling.test/a.html").output)
    article = reading["article"]
    assert reading["kind"] == "article"
    assert article["title"] == "云岭开发区签约五个项目"
    assert (article["source"], article["author"]) == ("云岭经济开发区", "李明军")
    assert (article["date"], article["views"]) == ("2020-03-11 09:35", 655)


def test_read_takes_standard_input_in_gbk() -> None:
    result = invoke("read", "-", stdin=ARTICLE.encode("gbk"))
    assert json.loads(result.output)["article"]["title"] == "云岭开发区签约五个项目"


def test_explain_names_the_rule_behind_each_field(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(ARTICLE, encoding="utf-8")
    output = invoke("explain", str(page)).output
    assert "utf-8 (decided: valid)" in output
    for line in ("title", "source", "author", "date", "views"):
        assert line in output
    assert output.count(" by ") >= 5


def test_explain_takes_an_archived_page_without_the_network(demo_db: Path) -> None:
    lines = invoke("export", "--format", "jsonl", "--db", str(demo_db)).stdout.splitlines()
    article = json.loads(lines[0])
    output = invoke("explain", article["url"], "--db", str(demo_db)).output
    assert article["title"] in output and "decided" in output
    refused(invoke("explain", "http://127.0.0.1:9/absent.html", "--db", str(demo_db)), 2, "holds no page")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "e.html").write_bytes(b" \n")
    refused(invoke("read", str(tmp_path / "e.html")), 2, "is empty", "give")


@pytest.mark.parametrize(
    "head", [b"%PDF-1.7\n" + b"x" * 500, b"\x89PNG\r\n\x1a\n" + b"\0" * 500], ids=["pdf", "png"]
)
def test_a_file_that_is_no_page_is_refused(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "f").write_bytes(head)
    refused(invoke("read", str(tmp_path / "f")), 2, "no web page")


def test_an_absent_file_is_refused() -> None:
    refused(invoke("read", "absent.html"), 2, "absent.html", "cannot be read")


def test_an_unknown_option_is_refused() -> None:
    result = invoke("crawl", "--fast", "http://127.0.0.1/")
    assert result.exit_code == 2 and "--fast" in result.output + result.stderr


def test_a_wrong_scheme_is_refused(tmp_path: Path) -> None:
    refused(invoke("crawl", "ftp://example.test/", "--db", str(tmp_path / "a.db")), 2, "ftp", "http://")
    assert not (tmp_path / "a.db").exists()


def test_an_unknown_host_is_named(tmp_path: Path) -> None:
    result = invoke("crawl", "http://no-such-host.invalid/", "--db", str(tmp_path / "a.db"))
    assert result.exit_code == 3
    assert "no-such-host.invalid" in result.stderr and "Traceback" not in result.output


def test_a_closed_port_is_unreachable(tmp_path: Path) -> None:
    result = invoke("crawl", "http://127.0.0.1:9/", "--db", str(tmp_path / "a.db"), "--delay", "0")
    assert result.exit_code == 3 and "127.0.0.1:9" in result.stderr


def test_a_file_that_is_no_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("this is no database, and long enough to be looked at" * 5)
    before = path.read_bytes()
    refused(invoke("crawl", "http://127.0.0.1:9/", "--db", str(path)), 2, "notes.txt")
    assert path.read_bytes() == before


def test_a_database_of_somebody_else_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as db:
        db.execute("create table mine (x)")
    db.close()
    refused(invoke("status", "--db", str(path)), 2, "other.db")
    refused(invoke("crawl", "http://127.0.0.1:9/", "--db", str(path)), 2, "other.db")


def test_a_database_of_a_newer_version_is_refused(demo_db: Path, tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    with sqlite3.connect(demo_db) as old, sqlite3.connect(path) as new:
        old.backup(new)
        new.execute("pragma user_version = 9999")
    old.close(), new.close()
    refused(invoke("crawl", "http://127.0.0.1:9/", "--db", str(path)), 2, "newer")


@pytest.mark.parametrize(
    "command", [["status"], ["search", "招商"], ["export", "--format", "csv"], ["browse"]]
)
def test_commands_that_read_do_not_make_an_archive(tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "absent.db"
    refused(invoke(*command, "--db", str(path)), 2, "absent.db")
    assert not path.exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        refused(invoke("crawl", "http://127.0.0.1:9/", "--db", str(tmp_path / "a.db")), 2, "a.db")
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    refused(invoke("crawl", "http://127.0.0.1:9/", "--db", str(tmp_path / "no" / "a.db")), 2, "a.db")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(demo_db: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "scraper",
        "export",
        "--format",
        "csv",
        "--db",
        str(demo_db),
        "--out",
        "/dev/full",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "Traceback" not in done.stderr and done.stderr.startswith("kaifaqu: ")


def test_search_finds_words_of_any_length(demo_db: Path) -> None:
    for word in ("招", "招商", "开发区", "5G"):
        result = invoke("search", word, "--db", str(demo_db))
        assert result.exit_code == 0 and "http://127.0.0.1" in result.output, word
    assert "nothing found" in invoke("search", "没有这样的词语", "--db", str(demo_db)).stderr


def test_status_tells_archived_of_claimed(demo_db: Path) -> None:
    rows = json.loads(invoke("status", "--json", "--db", str(demo_db)).output)
    assert rows[0]["articles"] >= 75
    assert any(c["claimed"] and c["archived"] == c["claimed"] for c in rows[0]["channels"])
    assert "100 %" in invoke("status", "--db", str(demo_db)).output


def test_status_names_the_rows_of_a_channel_that_gave_no_article_and_why(demo_db: Path) -> None:
    portals = json.loads(invoke("status", "--json", "--db", str(demo_db)).output)
    short = next(c for p in portals for c in p["channels"] if c["archived"] < c["listed"])
    gaps = json.loads(invoke("status", "--missing", short["name"], "--json", "--db", str(demo_db)).output)
    assert len(gaps) == short["listed"] - short["archived"] and all(gap["why"] for gap in gaps)
    shown = invoke("status", "--missing", short["url"], "--db", str(demo_db)).output
    assert gaps[0]["url"] in shown and gaps[0]["why"] in shown
    refused(invoke("status", "--missing", "没有这个栏目", "--db", str(demo_db)), 2, "没有这个栏目")


def test_export_as_csv_opens_in_excel(demo_db: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    assert invoke("export", "--format", "csv", "--db", str(demo_db), "--out", str(out)).exit_code == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"), newline="")))
    assert len(rows) >= 75 and list(rows[0])[:10] == (
        ["id", "url", "portal", "channel", "title", "source", "author", "date", "views", "body"]
    )


def test_export_as_json_lines(demo_db: Path) -> None:
    lines = invoke("export", "--format", "jsonl", "--db", str(demo_db)).stdout.splitlines()
    assert len(lines) >= 75 and all(json.loads(line)["url"].startswith("http://") for line in lines)


def test_crawl_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    with start_demo() as server:
        result = invoke(
            "crawl", server.url, "--delay", "0", "--limit", "5", "--json", "--db", str(tmp_path / "a.db")
        )
    report = json.loads(result.stdout)
    assert report["articles_new"] >= 5 and report["outcome"] == "limited" and result.exit_code in (0, 1)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_cleanly_and_says_how_to_go_on(tmp_path: Path, how: signal.Signals) -> None:
    path = tmp_path / "a.db"
    with start_demo() as server:
        command = [sys.executable, "-m", "scraper", "crawl", server.url, "--delay", "0.05", "--db", str(path)]
        crawl = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert crawl.stderr is not None
        for _ in range(8):
            crawl.stderr.readline()
        crawl.send_signal(how)
        out, err = crawl.communicate(timeout=20)
    assert crawl.returncode == 130
    assert "Traceback" not in err and "goes on" in err + out
    db = sqlite3.connect(path)
    assert db.execute("select outcome from crawls").fetchone() == ("interrupted",)
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    db.close()


def test_a_second_crawl_of_one_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with start_demo() as server:
        command = [sys.executable, "-m", "scraper", "crawl", server.url, "--delay", "0.2", "--db", str(path)]
        first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            assert first.stderr is not None
            first.stderr.readline()
            refused(invoke("crawl", server.url, "--db", str(path)), 2, "another crawl")
            first.kill()
            first.wait(10)
            time.sleep(0.1)
            assert invoke(
                "crawl", server.url, "--delay", "0", "--limit", "1", "--db", str(path)
            ).exit_code in (0, 1)
        finally:
            first.kill()
            first.communicate()
