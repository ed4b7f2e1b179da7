"""Commands that watch over portals: how full the archive is and how they are, which are listed, and who runs the crawl."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from scraper.commands.options import db_option


@click.command(short_help="Show how each portal is, and what is archived of what it claims.")
@db_option
@click.option(
    "--missing",
    metavar="CHANNEL",
    help="The rows of one channel (name or address) that gave no article, and why.",
)
@click.option("--runs", "of_runs", is_flag=True, help="What each of the last crawls was like at each portal.")
@click.option("--strict", is_flag=True, help="Only portals that are not ok; exit code 1 if there are any.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def status(db: str, missing: str | None, of_runs: bool, strict: bool, as_json: bool) -> None:
    """Show how each portal is, and of each channel what is archived of what the portal claims.

    A portal is ok, quiet (no news, against its habit), blocked (walls), broken (fields, texts or lists fell against its own
    past), moved (another host, another template) or unreachable.

    Example:  kaifaqu status --missing 通知公告
    """
    from scraper import show
    from scraper.archive import Archive
    from scraper.archive.health import runs

    with Archive.open(db, create=False, write=False) as archive:
        if missing is not None:
            _tell(archive.missing(missing), show.missing, as_json=as_json)
        elif of_runs:
            _tell(runs(archive), show.runs, as_json=as_json)
        elif not strict:
            _tell(archive.status(), show.status, as_json=as_json)
        else:
            unwell = [portal for portal in archive.status() if portal.state not in ("ok", None)]
            _tell(unwell, show.health, as_json=as_json)
            click.get_current_context().exit(1 if unwell else 0)


def _tell(told: Sequence[Any], printed: Callable[[Any], None], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(one) for one in told], ensure_ascii=False))
    else:
        printed(told)


@click.command(short_help="Put portals on the list that crawl takes them from.")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@db_option
@click.option("--name", help="What you call it.")
@click.option(
    "--delay", type=click.FloatRange(min=0, max=86_399), metavar="SECONDS", help="A pause of its own."
)
@click.option("--tls", multiple=True, type=click.Choice(["legacy", "noverify"]), help="As for `crawl`.")
@click.option("--render", is_flag=True, help="As for `crawl`.")
@click.option("--leave-out", multiple=True, metavar="PATH", help="Ask nothing below this path, as /video/.")
def add(
    urls: Sequence[str],
    db: str,
    name: str | None,
    delay: float | None,
    tls: Sequence[Any],
    render: bool,
    leave_out: Sequence[str],
) -> None:
    """Put portals on the list beside the archive, portals.toml, which `crawl` takes them from.

    Example:  kaifaqu add http://www.example.gov.cn/ --name 某某开发区
    """
    from scraper.crawl import listed

    path = listed.list_beside(db)
    entries = [
        listed.Listed(
            url=listed.address(url),
            name=name,
            delay=delay,
            tls=tuple(tls) or None,
            render=render or None,
            leave_out=tuple(leave_out),
        )
        for url in urls
    ]
    written = listed.add(path, entries)
    for entry in entries:
        click.echo(f"{entry.url} {'added to' if entry in written else 'stands already in'} {path}")


@click.command(short_help="Print a file for cron, systemd or GitHub that crawls each night.")
@db_option
@click.option("--print", "form", type=click.Choice(["cron", "systemd", "github"]), required=True)
@click.option(
    "--at", type=click.DateTime(["%H:%M"]), default="03:17", show_default=True, metavar="HH:MM", help="When."
)
def schedule(db: str, form: Any, at: datetime) -> None:
    """Print a ready file that crawls each night what is due, and reports portals that are not ok.

    cron: a line for `crontab -e`. systemd: a service and a timer. github: a workflow that keeps the archive in a release.

    Example:  kaifaqu schedule --print cron --db /srv/zones/archive.db
    """
    from scraper import schedule as files

    job = files.Job(command=files.own_command(), db=Path(db).absolute(), hour=at.hour, minute=at.minute)
    click.echo(files.written(form, job), nl=False)


COMMANDS = (status, add, schedule)
