"""Commands that fill an archive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from scraper.commands.options import DATE, db_option, files_options


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


@click.command(short_help="Crawl portals, channels or single articles; again for what is new.")
@click.argument("urls", nargs=-1, metavar="[URL...]")
@db_option
@click.option("--limit", type=click.IntRange(min=1), help="Stop after this many new articles.")
@click.option("--since", type=DATE, metavar="DATE", help="Leave out articles older than YYYY-MM-DD.")
@click.option(
    "--delay", type=click.FloatRange(min=0), metavar="SECONDS", help="Pause between requests.  [default: 1]"
)
@click.option(
    "--contact",
    metavar="ADDRESS",
    help="Your mail or web address, told to the portals.",
)
@click.option(
    "--tls",
    multiple=True,
    type=click.Choice(["legacy", "noverify", "strict"]),
    metavar="WAY",
    help="legacy (old server), noverify (certificate), strict.",
)
@files_options
@click.option("--render", is_flag=True, help="Let a browser make pages only scripts fill.")
@click.option("--chromium", metavar="PATH", help="The browser, if not the one found.")
@click.option("--due", is_flag=True, help="All known and listed portals, but only what is due.")
@click.option(
    "--counters",
    type=click.Choice(["telling", "all"]),
    default="telling",
    metavar="WHICH",
    help="all: ask view counters that count the asking too.",
)
@click.option("--log-json", is_flag=True, help="Log as JSON lines on stderr.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def crawl(
    urls: Sequence[str],
    db: str,
    limit: int | None,
    since: Any,
    delay: float | None,
    contact: str | None,
    tls: Sequence[Any],
    as_json: bool,
    log_json: bool,
    **more: Any,
) -> None:
    """\b
    Crawl portals, channels or single articles; without URL those listed in portals.toml.
    Exit code: 0 all fine, 1 some pages failed, 2 wrong usage, 3 not reached or refused.
    Example:  kaifaqu crawl http://www.example.gov.cn/ --limit 100
    """
    from scraper.crawl import Options

    ways = tuple(way for way in dict.fromkeys(tls) if way != "strict") if tls else None
    since = since and f"{since:%Y-%m-%d}"
    options = Options(limit=limit, since=since, delay=delay, contact=contact, tls=ways, **more)
    _crawl(urls, db, options, as_json=as_json, log_json=log_json)


def _crawl(
    urls: Sequence[str], db: str, options: Any, *, as_json: bool, quiet: bool = False, log_json: bool = False
) -> None:
    from scraper import show
    from scraper.crawl import crawl as run_crawl

    if log_json:
        result = _logged(urls, db, options)
    else:
        with show.CrawlProgress(quiet=quiet) as progress:
            result = run_crawl(list(urls), db, options=options, on_event=progress)
    if as_json:
        click.echo(json.dumps(result.as_dict(), ensure_ascii=False))
    elif result.crawl is None:
        click.echo("nothing is due")
    else:
        show.report(result, db=db, notes=not log_json)
        if result.articles_new or result.pages:
            at = "" if db == "archive.db" else f" --db {db}"
            click.echo(f"\nThe archive is {db}. Next:  kaifaqu browse{at}   or   kaifaqu search 招商{at}")
    click.get_current_context().exit(result.exit_code)


def _logged(urls: Sequence[str], db: str, options: Any) -> Any:
    """Crawl with a log of JSON lines on stderr, and nothing else there."""
    from scraper.crawl import crawl as run_crawl
    from scraper.errors import KaifaquError
    from scraper.log import JsonLog

    log = JsonLog(write=lambda line: click.echo(line, err=True), now=lambda: datetime.now(UTC))
    log.start(urls, db=db)
    try:
        result = run_crawl(list(urls), db, options=options, on_event=log)
    except KaifaquError as error:
        log.error(error)
        click.get_current_context().exit(error.exit_code)
    log.end(result)
    return result


COMMANDS = (demo, crawl)
