"""Options that several commands share."""

from __future__ import annotations

from typing import Any

import click

DATE = click.DateTime(formats=["%Y-%m-%d"])


def db_option(function: Any) -> Any:
    """`--db FILE`, the archive, on every command."""
    return click.option(
        "--db",
        default="archive.db",
        show_default=True,
        type=click.Path(dir_okay=False),
        help="The archive file.",
    )(function)


def files_options(function: Any) -> Any:
    """What `crawl` fetches beside pages; their names are those of the crawl's Options."""
    for option in (
        click.option("--images", is_flag=True, help="Fetch the images of articles too."),
        click.option(
            "--attachments-max",
            default=20,
            callback=_positive,
            metavar="MB",
            help="No larger file than this (20).",
        ),
        click.option(
            "--attachment-types",
            default="",
            callback=_words,
            metavar="LIST",
            help="Only of these types: pdf,docx.",
        ),
        click.option("--attachments", is_flag=True, help="Fetch attachments too, and search their text."),
    ):
        function = option(function)
    return function


def _positive(context: click.Context, parameter: click.Parameter, value: int) -> int:
    if value < 1:
        raise click.BadParameter("give a number of megabytes from 1 up")
    return value


def _words(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())
