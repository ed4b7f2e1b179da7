"""Browse an archive with datasette, in Chinese: search, articles, channels, ready queries.

What is shown comes from `scraper.browse.plugin`, which a plain `datasette archive.db` loads as well.
"""

from __future__ import annotations

import socket
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from scraper.archive.file import is_still, open_database
from scraper.errors import MissingExtra, UsageError

SETTINGS = {
    "sql_time_limit_ms": 3000,
    "facet_time_limit_ms": 1500,
    "default_page_size": 50,
    "max_returned_rows": 2000,
    "truncate_cells_html": 300,
    "suggest_facets": "off",  # one query per column of a page: the facets worth having are in the metadata
}


def browse(db: Path, *, host: str = "127.0.0.1", port: int = 8001, open_browser: bool = False) -> None:
    """Serve an archive read-only until interrupted; a crawl may write it meanwhile.

    Raises MissingExtra without datasette, UsageError (no such file, port taken), NotAnArchive, NewerArchive.
    """
    if find_spec("datasette") is None:
        raise MissingExtra("browsing needs datasette", 'install it: pip install "kaifaqu[browse]"')
    open_database(db, create=False, write=False).close()
    _ensure_free(host, port)
    _register_plugin()
    from datasette.cli import cli

    cli.main(
        args=arguments(db, host=host, port=port, open_browser=open_browser),
        prog_name="datasette",
        standalone_mode=False,
    )


def arguments(db: Path, *, host: str, port: int, open_browser: bool = False) -> list[str]:
    """The words of `datasette serve`: the same can be typed by hand.

    An archive that a crawl may be writing is opened read-only through its WAL, so that neither waits for the other.
    """
    words = [
        "serve",
        *(["--immutable"] if is_still(db) else []),
        str(db),
        "--host",
        host,
        "--port",
        str(port),
    ]
    for name, value in SETTINGS.items():
        words += ["--setting", name, str(value)]
    return [*words, "--open"] if open_browser else words


def _register_plugin() -> None:
    """Where kaifaqu is installed datasette has found the plugin by itself; in a checkout it is told."""
    from datasette.plugins import pm

    from scraper.browse import plugin

    if not pm.has_plugin("kaifaqu"):
        pm.register(plugin, "kaifaqu")


def _ensure_free(host: str, port: int) -> None:
    """Say it in one line now, not in a traceback after datasette has started. Raises UsageError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise UsageError(
            f"can't serve at {host} port {port} ({error.strerror})", "name another with --port"
        ) from error
