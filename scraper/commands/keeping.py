"""Commands that prove, tell and pass on what an archive keeps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from scraper.commands.options import DATE, db_option
from scraper.errors import UsageError


@click.command(short_help="Prove the archive whole: pages, index, counts.")
@db_option
@click.option("--repair", is_flag=True, help="First make the search index and the counts again.")
def verify(db: str, repair: bool) -> None:
    """Prove the archive whole: each page against its digest, index and counts against the rows.

    Exit code: 0 sound, 1 problems, each told in one line. A damaged page is kept and told; `merge` makes it whole from
    another archive. What is read from pages is made again by `reread --apply`.

    Example:  kaifaqu verify --repair
    """
    from scraper.archive import Archive
    from scraper.archive import verify as proof

    with Archive.open(db, create=False, write=repair) as archive:
        if repair:
            proof.repair(archive)
        problems = proof.verify(archive)
    for problem in problems:
        click.echo(f"{problem.check}: {problem.what}")
    click.echo(f"{len(problems)} problems found" if problems else "the archive is sound", err=True)
    click.get_current_context().exit(1 if problems else 0)


@click.command()
@db_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "parquet", "datapackage", "warc", "wacz"]),
    required=True,
)
@click.option("--out", default="-", help="A file or a folder; stdout if absent (csv, jsonl).")
@click.option("--portal", help="Only this portal (its host).")
@click.option(
    "--since", type=DATE, metavar="DATE", help="Only articles (warc, wacz: visits) from YYYY-MM-DD on."
)
def export(db: str, form: Any, out: str, portal: str | None, since: Any) -> None:
    """Write the archive as files others can use.

    Files: csv opens in Excel as it is; jsonl is for programs; warc is what web archives read (FILE.warc.gz). Folders:
    parquet by year; datapackage (CSV, each column explained); wacz replays in a browser, a file per portal and year.

    Example:  kaifaqu export --format csv --out articles.csv
    """
    from scraper.archive import Archive
    from scraper.export import Wanted, export_as

    wanted = Wanted(portal=portal, since=since and f"{since:%Y-%m-%d}", now=lambda: datetime.now(UTC))
    with Archive.open(db, create=False, write=False) as archive:
        written = export_as(form, archive, out, wanted)
    for line in written.lost:
        click.echo(f"left out: {line}", err=True)
    click.echo(written.told, err=True)
    click.get_current_context().exit(1 if written.lost else 0)


@click.command(short_help="Tell what became of an article, sentence by sentence.")
@click.argument("url", metavar="URL")
@db_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def history(url: str, db: str, as_json: bool) -> None:
    """Tell what became of an article: corrections, additions, removals, withdrawal, sentence by sentence.

    Example:  kaifaqu history http://www.example.gov.cn/news/1.html
    """
    from scraper.archive import Archive
    from scraper.archive.history import history as history_of

    with Archive.open(db, create=False, write=False) as archive:
        told = history_of(archive, url)
    if as_json:
        click.echo(json.dumps(asdict(told), ensure_ascii=False))
        return
    click.echo(f"{told.title or ''}\n{told.url}\n{told.first_seen}  first seen")
    for change in told.changes:
        click.echo(f"{change.at}  {change.kind}" + (f" ({change.field})" if change.field else ""))
        for sign, line in change.lines:
            click.echo(f"  {sign} {line}")
    click.echo(f"{told.last_seen}  last seen")


@click.command(short_help="Tell how to cite the archive.")
@db_option
@click.option("--bibtex", "as_bibtex", is_flag=True, help="Print a BibTeX entry.")
def cite(db: str, as_bibtex: bool) -> None:
    """Tell how to cite the archive: what was crawled, when, how much, with which version.

    Example:  kaifaqu cite --bibtex
    """
    from scraper.archive import Archive
    from scraper.archive.summary import summary
    from scraper.export import cite as citing

    with Archive.open(db, create=False, write=False) as archive:
        told = summary(archive)
    click.echo(citing.bibtex(told) if as_bibtex else citing.cite(told))


@click.command(short_help="Read all archived pages again with today's rules.")
@db_option
@click.option("--portal", help="Only this portal (its host).")
@click.option("--apply", "write", is_flag=True, help="Write what changes; without it nothing is written.")
@click.option(
    "--samples", type=click.IntRange(min=0), default=3, show_default=True, help="Samples of each change."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def reread(db: str, portal: str | None, write: bool, samples: int, as_json: bool) -> None:
    """Read all archived pages again with today's rules, without the network, and tell what changes.

    With --apply the articles are brought up to date; the values before stand in the table `rereadings`. No article is
    deleted: one whose page is none by today's rules is marked in `articles.read_as`. Exit code: 1 some pages failed.

    Example:  kaifaqu reread --samples 5
    """
    from scraper import show
    from scraper.crawl.reread import reread as read_again

    with show.Steps("pages read") as steps:
        told = read_again(
            db, now=lambda: datetime.now(UTC), portal=portal, write=write, samples=samples, on_pages=steps
        )
    if as_json:
        click.echo(json.dumps(asdict(told), ensure_ascii=False))
    else:
        show.rereading(told)
    click.get_current_context().exit(1 if told.lost else 0)


@click.command("import", short_help="Take in web archives made by others: WARC, WACZ.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(dir_okay=False))
@db_option
@click.option("--portal", "portals", multiple=True, help="Only this portal (its host); may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def import_(files: Sequence[str], db: str, portals: Sequence[str], as_json: bool) -> None:
    """Take in web archives made by others: WARC (Heritrix, wget, …) and WACZ (Browsertrix, …) files.

    Their pages are read as if they were crawled when they were; done twice, it adds nothing. Styles, scripts and pictures
    are left aside. Exit code: 0 all fine, 1 some records could not be read, each told in one line.

    Example:  kaifaqu import old.warc.gz crawl.wacz --portal www.example.gov.cn
    """
    from scraper import show
    from scraper.crawl.bring import bring_in

    with show.Steps("answers read") as steps:
        told = bring_in(files, db, now=lambda: datetime.now(UTC), portals=portals, on_answers=steps)
    if as_json:
        click.echo(json.dumps(asdict(told), ensure_ascii=False))
    else:
        for line in told.lost:
            click.echo(f"not read: {line}", err=True)
        click.echo(
            f"{told.answers} answers: {told.captures} taken, {told.held} here before, {told.aside} left aside; "
            f"{told.new} new articles, {told.changed} changed"
        )
    click.get_current_context().exit(1 if told.lost else 0)


@click.command(short_help="Make archives that were crawled apart one.")
@click.argument("archives", nargs=-1, required=True, metavar="ARCHIVE...", type=click.Path(dir_okay=False))
@click.option(
    "--db", type=click.Path(dir_okay=False), help="The archive that takes all; the first named if absent."
)
def merge(archives: Sequence[str], db: str | None) -> None:
    """Make archives that were crawled apart one: the first takes what the others hold and it does not.

    The others stay as they are. Pages are checked on the way; damaged ones are made whole where another archive has them.
    Done twice, it adds nothing. Exit code: 0 all fine, 1 some pages are damaged, each told in one line.

    Example:  kaifaqu merge all.db east.db west.db
    """
    from scraper.archive import Archive
    from scraper.archive.merge import merge as merge_into

    main, others = (archives[0], archives[1:]) if db is None else (db, archives)
    if not others:
        raise UsageError("there is nothing to merge", "name two archives, or one and --db")
    lost = 0
    with Archive.open(main) as archive:
        for other in others:
            told = merge_into(archive, other)
            for line in told.lost:
                click.echo(f"{other}: {line}", err=True)
            lost += len(told.lost)
            healed = f", {told.healed} damaged pages made whole" if told.healed else ""
            click.echo(
                f"{other}: {told.articles} new articles, {told.changed} changed, {told.captures} captures{healed}"
            )
    click.get_current_context().exit(1 if lost else 0)


@click.command(short_help="Find the same text on several portals: who was first.")
@click.argument("url", metavar="[URL]", required=False)
@db_option
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Texts at most.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def reprints(url: str | None, db: str, limit: int, as_json: bool) -> None:
    """Find the same text on several portals: who was first, how much later the others came, what they changed.

    Without URL: compares what is new in the archive and lists the texts printed most. With it: the copies of that article.

    Example:  kaifaqu reprints http://www.example.gov.cn/news/1.html
    """
    from scraper import show
    from scraper.archive import Archive
    from scraper.archive import reprints as texts

    if url is None:
        _compare(db, limit, as_json=as_json)
        return
    with Archive.open(db, create=False, write=False) as archive:
        copies = texts.copies(archive, url)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in copies], ensure_ascii=False))
    else:
        show.copies(copies)


def _compare(db: str, limit: int, *, as_json: bool) -> None:
    from scraper import show
    from scraper.archive import Archive
    from scraper.archive import reprints as texts

    with Archive.open(db, create=False) as archive:
        with show.Steps("articles compared") as steps:
            told = texts.compare(archive, on_batch=steps)
        found = texts.most_reprinted(archive, limit=limit)
    if as_json:
        click.echo(json.dumps(asdict(told) | {"texts": [asdict(one) for one in found]}, ensure_ascii=False))
    else:
        show.reprints(told, found)


COMMANDS = (export, verify, history, cite, import_, merge, reread, reprints)
