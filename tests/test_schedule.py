"""Files for those who run kaifaqu by the clock: each is read back here as its program reads it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.errors import UsageError
from scraper.schedule import Job, cron, github, own_command, systemd, written

PLAIN = Job(command=["/opt/venv/bin/kaifaqu"], db=Path("/srv/zones/archive.db"), hour=3, minute=17)
HARD = Job(
    command=["/opt/my tools/kaifaqu"], db=Path('/srv/开发区 50%/it\'s "$HOME"\\a;b.db'), hour=23, minute=5
)
JOBS = pytest.mark.parametrize("job", [PLAIN, HARD], ids=["plain", "hard"])


def crontab(line: str) -> tuple[str, str]:
    """(times, command as sh gets it), as crontab(5) reads a line: a bare % would be a new line, \\% is %."""
    found = re.fullmatch(r"((?:\S+ ){5})((?:[^%\\\n]|\\.)*)\n", line)
    assert found, line
    return found[1].strip(), found[2].replace("\\%", "%")


@JOBS
def test_the_line_for_cron_has_its_time_and_one_line(job: Job) -> None:
    times, command = crontab(cron(job))
    assert times == f"{job.minute} {job.hour} * * *"
    assert shlex.split(command.partition(" >>")[0]) == job.crawl()


@pytest.mark.skipif(os.name != "posix", reason="needs sh")
def test_the_line_for_cron_runs_both_commands_with_their_words_whole(tmp_path: Path) -> None:
    folder = tmp_path / '开发区 50% it\'s "$HOME"\\a;b'
    folder.mkdir()
    stub = folder / "kaifaqu"
    stub.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    stub.chmod(0o755)
    job = Job(command=[str(stub)], db=folder / "a b.db", hour=3, minute=17)
    done = subprocess.run(["sh", "-c", crontab(cron(job))[1]], capture_output=True, text=True, timeout=20)
    assert done.stdout.splitlines() == job.strict()[1:]
    assert (folder / "crawl.log").read_text("utf-8").splitlines() == job.crawl()[1:]


def unit_words(value: str) -> list[str]:
    """The words of ExecStart as systemd.service(5) and systemd.syntax(7) read them."""
    found, rest = [], value.removeprefix("-")
    while rest:
        match = re.match(r'"((?:[^"\\]|\\.)*)"(?: |$)|([^\s"\'\\;]+)(?: |$)', rest)
        assert match, rest
        word = match[1] if match[1] is not None else match[2]
        found.append(re.sub(r"\\(.)", r"\1", word))
        rest = rest[match.end() :]
    assert not any(re.search(r"(?<!%)(?:%%)*%(?!%)", word) for word in found)
    return [word.replace("%%", "%").replace("$$", "$") for word in found]


@JOBS
def test_the_unit_for_systemd_has_its_fields_and_the_words_of_both_commands(job: Job) -> None:
    text = systemd(job)
    service, _, timer = text.partition("# ~/.config/systemd/user/kaifaqu.timer")
    sections = re.findall(r"^\[(\w+)\]$", service, re.M)
    assert sections == ["Unit", "Service"] and "[Timer]" in timer and "[Install]" in timer
    fields = re.findall(r"^(\w+)=(.*)$", service, re.M)
    started = [value for name, value in fields if name == "ExecStart"]
    assert [unit_words(value) for value in started] == [job.crawl(), job.strict()]
    assert started[0].startswith("-"), "failed pages are no failed service"
    assert dict(fields)["WorkingDirectory"].replace("%%", "%") == str(job.db.parent)
    assert f"OnCalendar=*-*-* {job.hour:02}:{job.minute:02}:00" in timer


@JOBS
def test_the_workflow_for_github_is_yaml_with_a_clock_and_the_steps_in_order(job: Job) -> None:
    yaml = pytest.importorskip("yaml", reason="read back where PyYAML is")
    tree = yaml.safe_load(github(job))
    assert tree[True]["schedule"] == [
        {"cron": f"{job.minute} {job.hour} * * *"}
    ]  # YAML 1.1 takes `on` for true
    work = tree["jobs"]["crawl"]
    assert work["env"]["ARCHIVE"] == job.db.name
    runs = [step.get("run", "") for step in work["steps"]]
    order = ["pip install", "gh release download", "crawl --due", "gh release upload", "status --strict"]
    places = [next(n for n, run in enumerate(runs) if word in run) for word in order]
    assert places == sorted(places)
    assert work["steps"][places[3]]["if"] == "always()"


def test_the_workflow_has_no_tabs_and_even_indents() -> None:
    for line in github(HARD).splitlines():
        assert "\t" not in line and (len(line) - len(line.lstrip(" "))) % 2 == 0


@pytest.mark.parametrize("form", ["cron", "systemd", "github"])
def test_a_path_with_a_line_break_is_refused(form: str) -> None:
    job = Job(command=["kaifaqu"], db=Path("/srv/a\nb.db"), hour=3, minute=0)
    with pytest.raises(UsageError, match="plain path"):
        written(form, job)  # type: ignore[arg-type]


def test_the_command_is_told_as_it_was_started(tmp_path: Path) -> None:
    script, module = tmp_path / "kaifaqu", tmp_path / "cli.py"
    script.touch(), module.touch()
    assert own_command(str(script), "/py") == [str(script)]
    assert own_command(str(module), "/py") == ["/py", str(module)]
    assert own_command("/x/scraper/__main__.py", "/py") == ["/py", "-m", "scraper"]
    assert own_command(str(tmp_path / "absent"), sys.executable) == [sys.executable, "-m", "scraper"]
