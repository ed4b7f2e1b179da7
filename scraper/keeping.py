"""Commands that prove, tell and pass on what an archive keeps: parse arguments, call one function, print. No logic."""

from __future__ import annotations

from typing import Any

import click


def db_option(function: Any) -> Any:
    """`--db FILE`, the archive, on every command."""
    return click.option(
        "--db",
        default="archive.db",
        show_default=True,
        type=click.Path(dir_okay=False),
        help="The archive file.",
    )(function)


@click.command()
@db_option
@click.option("--repair", is_flag=True, help="First make the search index and the counts again.")
def verify(db: str, repair: bool) -> None:
    """Prove the archive whole: each page against its digest, index and counts against the rows.

    Exit code: 0 sound, 1 problems, each told in one line. A damaged page is kept and told, it can't be made again.

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


COMMANDS = (verify,)
