"""Files that let others run kaifaqu by the clock: a line for cron, units for systemd, a workflow for GitHub.

Each crawls what is due and then asks for the portals' health, so that word comes (cron's mail, a failed unit, a failed
workflow) when one is not ok, and only then. Commands and paths are quoted as each of the three reads them: shlex for sh and
crontab(5), where % means a new line; systemd.syntax(7) and systemd.unit(5), where % and $ stand for other things.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scraper.errors import UsageError

Form = Literal["cron", "systemd", "github"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be run: the `command` that kaifaqu answers to, the archive's absolute path, and when, `hour`:`minute`."""

    command: Sequence[str]
    db: Path
    hour: int
    minute: int

    def crawl(self) -> list[str]:
        """Crawl what is due."""
        return [*self.command, "crawl", "--due", "--db", str(self.db), "--log-json"]

    def strict(self) -> list[str]:
        """Tell which portals are not ok."""
        return [*self.command, "status", "--strict", "--db", str(self.db)]


def own_command(argv0: str = sys.argv[0], executable: str = sys.executable) -> list[str]:
    """How this program was started, with absolute paths: an installed script, `cli.py`, or a module of the interpreter."""
    script = Path(argv0)
    if script.name == "__main__.py" or not script.is_file():
        return [executable, "-m", "scraper"]
    path = str(script.absolute())
    return [executable, path] if script.suffix == ".py" else [path]


def written(form: Form, job: Job) -> str:
    """The file in one of the three forms. Raises UsageError where a path can't be written in it."""
    if any(not word.isprintable() for word in (*job.command, str(job.db))):
        raise UsageError(
            f"{str(job.db)!r} holds a character that no line can", "move the archive to a plain path"
        )
    return {"cron": cron, "systemd": systemd, "github": github}[form](job)


def cron(job: Job) -> str:
    """A line for `crontab -e`. The log goes beside the archive; what `status` prints goes into cron's mail."""
    log = shlex.quote(str(job.db.with_name("crawl.log")))
    words = f"{shlex.join(job.crawl())} >>{log} 2>&1; {shlex.join(job.strict())}"
    return f"{job.minute} {job.hour} * * * {words.replace('%', chr(92) + '%')}\n"


def systemd(job: Job) -> str:
    """A service and its timer. A crawl of which some pages failed does not fail the service; a portal that is not ok does."""
    folder = str(job.db.parent).replace("%", "%%")
    return f"""\
# ~/.config/systemd/user/kaifaqu.service
[Unit]
Description=Crawl what is due into {str(job.db).replace("%", "%%")}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={folder}
ExecStart=-{_unit_words(job.crawl())}
ExecStart={_unit_words(job.strict())}
Nice=10

# ~/.config/systemd/user/kaifaqu.timer
[Unit]
Description=Crawl what is due each night

[Timer]
OnCalendar=*-*-* {job.hour:02}:{job.minute:02}:00
RandomizedDelaySec=10min
Persistent=true

[Install]
WantedBy=timers.target

# Then:  systemctl --user daemon-reload && systemctl --user enable --now kaifaqu.timer
"""


def _unit_words(words: Sequence[str]) -> str:
    return " ".join(map(_unit_word, words))


def _unit_word(word: str) -> str:
    r"""A word of ExecStart: in quotes, with \ and " escaped, and with %% and $$ for % and $ (systemd.service(5))."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if escaped == word and word.isascii() and not set(word) & set(" ';") else f'"{escaped}"'


def github(job: Job) -> str:
    """A workflow for a repository that holds kaifaqu and `portals.toml`. The archive is kept as a file of the release
    `archive`, for it soon is larger than git likes; GitHub's clock is UTC."""
    name = job.db.name
    quoted = shlex.quote(name)
    return f"""\
# .github/workflows/crawl.yml
name: crawl
on:
  schedule:
    - cron: "{job.minute} {job.hour} * * *"
  workflow_dispatch:
concurrency: crawl
permissions:
  contents: write
jobs:
  crawl:
    runs-on: ubuntu-latest
    timeout-minutes: 350
    env:
      GH_TOKEN: ${{{{ github.token }}}}
      ARCHIVE: {_yaml(name)}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: pip install .
      - name: Take the archive from the last run
        run: |
          gh release view archive >/dev/null || gh release create archive --title Archive --notes "Crawled by kaifaqu"
          gh release download archive --pattern {quoted} || echo "no archive yet"
      - name: Crawl what is due, for five hours at most
        run: timeout --signal=TERM 300m kaifaqu crawl --due --db "./$ARCHIVE" --log-json || test $? -eq 1 -o $? -eq 3 -o $? -eq 124
      - name: Keep the archive
        if: always()
        run: test ! -f "./$ARCHIVE" || gh release upload archive "./$ARCHIVE" --clobber
      - name: Tell which portals are not ok
        run: test ! -f "./$ARCHIVE" || kaifaqu status --strict --db "./$ARCHIVE"
"""


def _yaml(text: str) -> str:
    """A text in YAML's single quotes, where only the quote itself is written twice."""
    return "'" + text.replace("'", "''") + "'"
