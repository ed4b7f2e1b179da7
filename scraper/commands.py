"""The command line: parse arguments, call one function, print. No logic."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import click

from scraper import __version__
from scraper.errors import KaifaquError
from scraper.keeping import COMMANDS, db_option

DATE = click.DateTime(formats=["%Y-%m-%d"])


class Commands(click.Group):
    """Turns every error a user can meet into one line and its exit code; a traceback is a bug of ours."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KaifaquError as error:
            click.echo(f"kaifaqu: {error}", err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except OSError as error:
            click.echo(
                f"kaifaqu: {error.strerror or error}; make room or name another place, and run it again",
                err=True,
            )
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo("kaifaqu: stopped; nothing is lost, the same command goes on from here", err=True)
            ctx.exit(130)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of a first day."""
        return list(self.commands)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="First steps:  kaifaqu demo;  kaifaqu crawl http://www.example.gov.cn/;  kaifaqu browse",
)
@click.version_option(__version__, prog_name="kaifaqu")
def cli() -> None:
    """Crawl and archive the news of China's development zones: one address in, a browsable archive out."""


@cli.command()
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


@cli.command()
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
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object on stdout.")
def crawl(
    urls: Sequence[str],
    db: str,
    limit: int | None,
    since: Any,
    delay: float,
    contact: str | None,
    as_json: bool,
) -> None:
    """Crawl portals, channels or single articles; run it again for what is new.

    Exit code: 0 all fine, 1 some pages failed, 2 wrong usage, 3 a portal could not be reached or refused.

    Example:  kaifaqu crawl http://www.example.gov.cn/ --limit 100
    """
    from scraper.crawl import Options

    options = Options(limit=limit, since=since and f"{since:%Y-%m-%d}", delay=delay, contact=contact)
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


@cli.command()
@click.argument("page", metavar="FILE|URL|-")
@click.option("--url", help="The address a FILE was saved from; relative links start there.")
@click.option(
    "--db",
    type=click.Path(dir_okay=False),
    help="Take the page of URL from this archive, not from the network.",
)
def read(page: str, url: str | None, db: str | None) -> None:
    """Print one page's reading as JSON.

    Example:  kaifaqu read http://www.example.gov.cn/news/1.html
    """
    from scraper.onepage import read_one

    click.echo(json.dumps(asdict(read_one(page, url, db)), ensure_ascii=False, indent=2))


@cli.command()
@click.argument("page", metavar="FILE|URL|-")
@click.option("--url", help="The address a FILE was saved from; relative links start there.")
@click.option(
    "--db",
    type=click.Path(dir_okay=False),
    help="Take the page of URL from this archive, not from the network.",
)
def explain(page: str, url: str | None, db: str | None) -> None:
    """Tell why each field of one page was read as it was.

    Example:  kaifaqu explain saved.html --url http://www.example.gov.cn/news/1.html
    """
    from scraper import show
    from scraper.onepage import read_one

    show.explain(read_one(page, url, db))


@cli.command()
@click.argument("words", nargs=-1, required=True)
@db_option
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Results at most.")
@click.option("--portal", help="Only this portal (its host).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def search(words: Sequence[str], db: str, limit: int, portal: str | None, as_json: bool) -> None:
    """Find articles by words of any length, one character upwards.

    Example:  kaifaqu search 招商 5G
    """
    from scraper import show
    from scraper.archive import Archive

    with Archive.open(db, create=False, write=False) as archive:
        found = archive.search(" ".join(words), limit=limit, portal=portal)
    if as_json:
        for hit in found:
            click.echo(json.dumps(asdict(hit), ensure_ascii=False))
    elif not show.hits(found):
        click.echo("nothing found", err=True)


@cli.command()
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


@cli.command()
@db_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port to serve on."
)
@click.option("--open/--no-open", "open_browser", default=sys.stdout.isatty(), help="Open a browser window.")
def browse(db: str, host: str, port: int, open_browser: bool) -> None:
    """Browse and search the archive with datasette, in Chinese.

    Example:  kaifaqu browse --db demo.db
    """
    from scraper.browse import browse as serve

    serve(Path(db), host=host, port=port, open_browser=open_browser)


for command in COMMANDS:
    cli.add_command(command)


def main(args: Sequence[str] | None = None) -> None:
    """The installed command `kaifaqu`."""
    for stream in (sys.stdout, sys.stderr):
        _utf8(stream)
    cli(args=args, prog_name="kaifaqu")


def _utf8(stream: TextIO) -> None:
    """Chinese on a terminal or in a pipe whose locale is C or a Windows code page."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")
