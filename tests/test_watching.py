"""The commands that watch over portals, as a user meets them: status, its states and runs, the list, the log, the clock."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scraper.archive import Archive
from scraper.archive.health import Run, State
from scraper.commands import cli
from scraper.demo import start_demo


def invoke(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args])


def make_run(portal: str, state: State, *, crawl: int = 1, seen: str = "") -> Run:
    at = "2026-03-02T08:00:00Z"
    return Run(
        crawl_id=crawl, portal=portal, started_at=at, finished_at=at, outcome="done", pages=7, articles_new=3,
        articles_changed=0, failures=0, walls=0, titled=3, sourced=2, dated=3, body_median=512, state=state, seen=seen,
    )  # fmt: skip


def archive_of(folder: Path, **states: State) -> Path:
    """An archive of a portal per word, each in a state."""
    path = folder / "a.db"
    with Archive.open(path) as archive:
        crawl = archive.start_crawl(seeds=[], options={}, at="2026-03-02T08:00:00Z", version="0")
        for name, state in states.items():
            archive.add_portal(f"{name}.example", home_url=f"http://{name}.example/", at_crawl=crawl)
            archive.save_run(
                make_run(
                    f"{name}.example",
                    state,
                    crawl=crawl,
                    seen="no news [red] for 40 days" if state == "quiet" else "",
                )
            )
    return path


def test_status_tells_how_each_portal_is_and_what_was_seen(tmp_path: Path) -> None:
    path = archive_of(tmp_path, one="ok", two="quiet")
    shown = invoke("status", "--db", path)
    assert (
        "ok" in shown.output and "quiet  no news [red] for 40 days" in shown.output and shown.exit_code == 0
    )
    told = json.loads(invoke("status", "--json", "--db", path).output)
    assert [(p["host"], p["state"]) for p in told] == [("one.example", "ok"), ("two.example", "quiet")]
    assert told[1]["seen"] == "no news [red] for 40 days"


@pytest.mark.parametrize("state", ["quiet", "blocked", "broken", "moved", "unreachable"])
def test_strict_names_the_portals_that_are_not_ok_and_exits_with_one(state: State, tmp_path: Path) -> None:
    path = archive_of(tmp_path, one="ok", two=state)
    shown = invoke("status", "--strict", "--db", path)
    assert shown.exit_code == 1
    assert "two.example" in shown.output and state in shown.output and "one.example" not in shown.output
    assert len(json.loads(invoke("status", "--strict", "--json", "--db", path).output)) == 1


def test_strict_says_nothing_where_all_is_well_so_that_cron_sends_no_mail(tmp_path: Path) -> None:
    path = archive_of(tmp_path, one="ok")
    with Archive.open(path) as archive:
        archive.add_portal("new.example", home_url="http://new.example/")  # no crawl judged it yet
    shown = invoke("status", "--strict", "--db", path)
    assert (shown.exit_code, shown.output) == (0, "")


def test_the_state_is_that_of_the_last_run_and_runs_are_told_newest_first(tmp_path: Path) -> None:
    path = archive_of(tmp_path, one="broken")
    with Archive.open(path) as archive:
        crawl = archive.start_crawl(seeds=[], options={}, at="2026-03-03T08:00:00Z", version="0")
        archive.save_run(make_run("one.example", "ok", crawl=crawl))
    assert invoke("status", "--strict", "--db", path).exit_code == 0
    told = json.loads(invoke("status", "--runs", "--json", "--db", path).output)
    assert [(run["crawl_id"], run["state"]) for run in told] == [(2, "ok"), (1, "broken")]
    shown = invoke("status", "--runs", "--db", path).output
    assert "broken" in shown and "one.example" in shown and "512" in shown


def test_a_crawl_of_the_demo_is_kept_as_a_run(tmp_path: Path) -> None:
    with start_demo() as server:
        invoke("crawl", server.url, "--delay", "0", "--limit", "5", "--db", tmp_path / "a.db")
    (run,) = json.loads(invoke("status", "--runs", "--json", "--db", tmp_path / "a.db").output)
    assert run["outcome"] == "limited" and run["articles_new"] >= 5 and run["dated"] >= 5


# --- the list ----------------------------------------------------------------------------------------------------


def test_add_and_crawl_without_an_address_go_together(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    with start_demo() as server:
        added = invoke("add", server.url, "--name", "云岭开发区", "--delay", "0", "--db", db)
        assert added.exit_code == 0 and "added to" in added.output
        again = invoke("add", server.url, "--db", db)
        assert again.exit_code == 0 and "stands already" in again.output
        first = invoke("crawl", "--due", "--limit", "3", "--db", db)
        assert first.exit_code in (0, 1) and "new articles" in first.output
    assert (tmp_path / "portals.toml").read_text("utf-8").count("[[portal]]") == 1


def test_crawl_without_an_address_or_a_list_says_what_to_do(tmp_path: Path) -> None:
    for option in ([], ["--due"]):
        result = invoke("crawl", *option, "--db", tmp_path / "a.db")
        assert result.exit_code == 2 and "kaifaqu add" in result.stderr and not (tmp_path / "a.db").exists()


def test_a_broken_list_is_named_by_every_crawl(tmp_path: Path) -> None:
    (tmp_path / "portals.toml").write_text("[[portal]]\npause = 2\n")
    result = invoke("crawl", "http://127.0.0.1:9/", "--db", tmp_path / "a.db")
    assert result.exit_code == 2 and "portals.toml" in result.stderr and "pause" in result.stderr


def test_due_where_nothing_is_due_says_so_and_exits_with_zero(tmp_path: Path) -> None:
    path = archive_of(tmp_path, one="ok")
    result = invoke("crawl", "--due", "--db", path)
    assert (result.exit_code, result.output.strip()) == (0, "nothing is due")
    assert json.loads(invoke("crawl", "--due", "--json", "--db", path).output)["crawl"] is None


def test_an_address_that_is_none_is_not_listed(tmp_path: Path) -> None:
    result = invoke("add", "ftp://x.example/", "--db", tmp_path / "a.db")
    assert result.exit_code == 2 and "ftp" in result.stderr and not (tmp_path / "portals.toml").exists()


# --- the log -----------------------------------------------------------------------------------------------------


def test_the_log_is_json_lines_on_stderr_and_the_report_stays_on_stdout(tmp_path: Path) -> None:
    with start_demo() as server:
        result = invoke(
            "crawl", server.url, "--delay", "0", "--limit", "5", "--log-json", "--db", tmp_path / "a.db"
        )
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert all(line["time"].endswith("Z") for line in lines)
    assert [lines[0]["event"], lines[-1]["event"]] == ["start", "end"]
    pages = [line for line in lines if line["event"] == "page"]
    assert all(page["url"].startswith(server.url) and page["outcome"] for page in pages)
    assert lines[-1]["outcome"] == "limited" and lines[-1]["pages"] == len(pages)
    assert "new articles" in result.stdout and not result.stdout.startswith("{")


def test_what_stops_a_crawl_is_a_line_of_the_log_too(tmp_path: Path) -> None:
    result = invoke("crawl", "ftp://x.example/", "--log-json", "--db", tmp_path / "a.db")
    last = json.loads(result.stderr.splitlines()[-1])
    assert (last["event"], last["exit_code"], result.exit_code) == ("error", 2, 2) and "ftp" in last["text"]
    result = invoke("crawl", "http://127.0.0.1:9/", "--log-json", "--delay", "0", "--db", tmp_path / "a.db")
    events = [json.loads(line)["event"] for line in result.stderr.splitlines()]
    assert events == ["start", "unreached", "end"] and result.exit_code == 3


# --- the clock ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["cron", "systemd", "github"])
def test_schedule_prints_a_file_that_names_this_archive(form: str, tmp_path: Path) -> None:
    result = invoke("schedule", "--print", form, "--at", "04:05", "--db", tmp_path / "zones.db")
    assert result.exit_code == 0 and "crawl --due" in result.output and "status --strict" in result.output
    assert ("zones.db" if form == "github" else str(tmp_path / "zones.db")) in result.output


def test_schedule_makes_a_relative_archive_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path.resolve() / "a.db") in invoke("schedule", "--print", "cron", "--db", "a.db").output


def test_a_time_that_is_none_is_refused(tmp_path: Path) -> None:
    assert invoke("schedule", "--print", "cron", "--at", "25:00", "--db", tmp_path / "a.db").exit_code == 2


# --- how far a list goes -----------------------------------------------------------------------------------------


def test_a_list_that_shows_a_part_of_its_pages_is_not_told_as_whole(tmp_path: Path) -> None:
    path = archive_of(tmp_path, one="ok")
    db = sqlite3.connect(path)
    with db:
        db.execute(
            "insert into channels(portal, url, key, name, claimed_pages, walked_pages, complete, listed, archived) "
            "values ('one.example', 'http://one.example/x/', 'one.example/x/', '要闻', 73, 20, 1, 400, 400)"
        )
    db.close()
    shown = invoke("status", "--db", path).output
    assert "20 of 73 pages" in shown and "100 %" not in shown
