"""Pages of our own: the raw bytes of a capture, as inert text, and the style sheet."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from datasette import handle_exception
from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import Forbidden, NotFound, Response

from scraper.archive.blobs import Blobs
from scraper.browse.plugin.archives import archive_names
from scraper.browse.plugin.headers import INERT

STYLE_URL = "/-/kaifaqu.css"
_TEXT = re.compile(r"\s*(?:text/|application/(?:json|javascript|xml|xhtml))", re.I)
_CHARSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}")


async def raw(request: Any, datasette: Any) -> Any:
    """The bytes of one capture: pages as plain text in their own charset, other files as a download.

    `/-/raw/7` asks the first archive, `/-/raw/archive/7` the one of that name.
    """
    names = archive_names(datasette)
    wanted = request.url_vars["database"]
    name = tilde_decode(wanted) if wanted else next(iter(names), "")
    if name not in names:
        raise NotFound(f"no archive named {name}")
    await ensure_visible(datasette, request.actor, name, "captures")
    number = int(request.url_vars["capture"])
    found = await datasette.get_database(name).execute_fn(lambda conn: _load(conn, number))
    if found is None:
        raise NotFound(f"no bytes for capture {number}")
    body, content_type, charset = found
    headers = {"content-security-policy": INERT, "x-content-type-options": "nosniff"}
    if content_type and not _TEXT.match(content_type):
        headers["content-disposition"] = f'attachment; filename="capture-{number}"'
        return Response(body, headers=headers, content_type="application/octet-stream")
    charset = charset if charset and _CHARSET.fullmatch(charset) else "utf-8"
    return Response(body, headers=headers, content_type=f"text/plain; charset={charset}")


def raw_url(datasette: Any, database: str) -> str:
    """Where the bytes of captures are; the capture's number follows."""
    return str(datasette.urls.path(f"/-/raw/{tilde_encode(database)}/"))


def style() -> Any:
    """The style sheet."""
    return Response(_css(), headers={"cache-control": "max-age=300"}, content_type="text/css; charset=utf-8")


@cache
def _css() -> str:
    return files(__package__).joinpath("static", "kaifaqu.css").read_text(encoding="utf-8")


def answer_unknown_addresses() -> None:
    """Let an unknown address be a plain 404 again.

    Where rich is installed, as it is with kaifaqu, datasette (0.65.5, 1.0a41) prints every exception with it, which
    raises in its turn where there is no traceback: an address that no route knows would be a crash.
    """
    handle_exception.rich = None


def _load(conn: Any, number: int) -> tuple[bytes, str | None, str | None] | None:
    row = conn.execute("select digest, content_type, charset from captures where id = ?", [number]).fetchone()
    if row is None or row["digest"] is None:
        return None
    return Blobs(conn).load(row["digest"]), row["content_type"], row["charset"]


async def ensure_visible(datasette: Any, actor: Any, database: str, table: str) -> None:
    """Whoever may not see a table may not see the bytes behind its rows."""
    if hasattr(datasette, "check_visibility") and not hasattr(datasette, "set_instance_metadata"):
        visible, _ = await datasette.check_visibility(
            actor,
            permissions=[
                ("view-table", (database, table)),
                ("view-database", database),
                "view-instance",
            ],
        )
    else:
        from datasette.resources import TableResource

        resource = TableResource(database=database, table=table)
        visible = await datasette.allowed(action="view-table", resource=resource, actor=actor)
    if not visible:
        raise Forbidden(f"view-table {table}")
