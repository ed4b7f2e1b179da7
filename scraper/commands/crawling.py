"""Commands that fill an archive and tell how full it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from scraper.commands.options import DATE, db_option


@click.command()
@db_option
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def demo(db: str, as_json: bool) -> None:
    """Serve the bundled demo portal on loopback and crawl it.

    Example:  kaifaqu demo --db demo.db
    """
    from scraper.crawl import Options
    from scraper.demo import start_demo

    with start_demo() as server:
        _crawl([server.url], db, Options(delay=0), as_json=as_json, quiet=True)


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@db_option
@click.option("--limit", type=click.IntRange(min=1), help="Stop after this many new articles.")
@click.option("--since", type=DATE, metavar="DATE", help="Leave out articles older than YYYY-MM-DD.")
@click.option(
    "--delay",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Seconds between requests to a host.",
)
@click.option(
    "--contact",
    metavar="ADDRESS",
    help="Mail or web address for the User-Agent, so that a portal can reach you.",
)
@click.option(
    "--tls",
    multiple=True,
    type=click.Choice(["legacy", "noverify", "strict"]),
    help="For old servers or bad certificates; kept for the portal until --tls strict.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object on stdout.")
def crawl(
    urls: Sequence[str],
    db: str,
    limit: int | None,
    since: Any,
    delay: float,
    contact: str | None,
    tls: Sequence[Any],
    as_json: bool,
) -> None:
    """Crawl portals, channels or single articles; run it again for what is new.

    Exit code: 0 all fine, 1 some pages failed, 2 wrong usage, 3 a portal could not be reached or refused.

    Example:  kaifaqu crawl http://www.example.gov.cn/ --limit 100
    """
    from scraper.crawl import Options

    ways = tuple(way for way in dict.fromkeys(tls) if way != "strict") if tls else None
    since = since and f"{since:%Y-%m-%d}"
    options = Options(limit=limit, since=since, delay=delay, contact=contact, tls=ways)
    _crawl(urls, db, options, as_json=as_json)


def _crawl(urls: Sequence[str], db: str, options: Any, *, as_json: bool, quiet: bool = False) -> None:
    from scraper import show
    from scraper.crawl import crawl as run_crawl

    with show.CrawlProgress(quiet=quiet) as progress:
        result = run_crawl(list(urls), db, options=options, on_event=progress)
    if as_json:
        click.echo(json.dumps(result.as_dict(), ensure_ascii=False))
    else:
        show.report(result, db=db)
        if result.articles_new or result.pages:
            at = "" if db == "archive.db" else f" --db {db}"
            click.echo(f"\nThe archive is {db}. Next:  kaifaqu browse{at}   or   kaifaqu search 招商{at}")
    click.get_current_context().exit(result.exit_code)


@click.command()
@db_option
@click.option(
    "--missing",
    metavar="CHANNEL",
    help="The rows of one channel (name or address) that gave no article, and why.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def status(db: str, missing: str | None, as_json: bool) -> None:
    """Show each portal and channel: archived, claimed, last crawl, failures.

    Example:  kaifaqu status --missing 通知公告
    """
    from scraper import show
    from scraper.archive import Archive

    with Archive.open(db, create=False, write=False) as archive:
        portals = archive.status() if missing is None else []
        gaps = [] if missing is None else archive.missing(missing)
    if as_json:
        told = [asdict(p) for p in portals] if missing is None else [asdict(gap) for gap in gaps]
        click.echo(json.dumps(told, ensure_ascii=False))
    elif missing is None:
        show.status(portals)
    else:
        show.missing(gaps)


COMMANDS = (demo, crawl, status)
