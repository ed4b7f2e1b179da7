"""Commands that look: at one page, or into an archive."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from scraper.commands.options import db_option


@click.command()
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


@click.command()
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


@click.command()
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


@click.command()
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


COMMANDS = (read, explain, search, browse)
