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
