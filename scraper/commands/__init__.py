"""The command line: parse arguments, call one function, print. No logic."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import click

from scraper import __version__
from scraper.commands import crawling, keeping, looking, watching
from scraper.errors import KaifaquError


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

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """All commands on one screen of 24 lines: the two options stand in the line of usage."""
        room = formatter.width - max(map(len, self.commands)) - 6
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_dl(
                [(name, command.get_short_help_str(room)) for name, command in self.commands.items()]
            )


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="[-h] [--version]",
    subcommand_metavar="COMMAND …  (each tells more with -h)",
    epilog="First:  kaifaqu demo;  kaifaqu crawl http://example.gov.cn/;  kaifaqu browse",
)
@click.version_option(__version__, prog_name="kaifaqu")
def cli() -> None:
    """Crawl and archive the news of China's development zones."""


for command in (*crawling.COMMANDS, *watching.COMMANDS, *looking.COMMANDS, *keeping.COMMANDS):
    cli.add_command(command)


def main(args: Sequence[str] | None = None) -> None:
    """The installed command `kaifaqu`."""
    for stream in (sys.stdout, sys.stderr):
        _utf8(stream)
    # pages are many small objects and hardly a cycle: the collector need not look so often
    gc.set_threshold(20_000)
    cli(args=args, prog_name="kaifaqu")


def _utf8(stream: TextIO) -> None:
    """Chinese on a terminal or in a pipe whose locale is C or a Windows code page."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")
