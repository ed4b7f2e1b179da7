"""Kept attachments and images over HTTP: an attachment is only ever a download, an image only an image."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import NotFound, Response

from scraper.archive.blobs import Blobs
from scraper.archive.carried import CARRIED
from scraper.browse.plugin.archives import archive_names
from scraper.browse.plugin.headers import INERT
from scraper.browse.plugin.routes import ensure_visible
from scraper.files import safe_name
from scraper.urls import filename

# Pictures that no browser runs anything of; SVG is a document with scripts and is not among them.
_SHOWN = {kind: f"image/{kind}" for kind in ("jpeg", "png", "gif", "bmp", "webp")}


async def kept(request: Any, datasette: Any) -> Any:
    """One file as it came: `/-/kept/archive/attachments/7`, by the row's number in its table."""
    name, table = tilde_decode(request.url_vars["database"]), request.url_vars["table"]
    if name not in archive_names(datasette) or table not in CARRIED:
        raise NotFound("no such file")
    await ensure_visible(datasette, request.actor, name, table)
    number = int(request.url_vars["number"])
    found = await datasette.get_database(name).execute_fn(lambda conn: _load(conn, table, number))
    if found is None:
        raise NotFound(f"no kept file behind row {number} of {table}")
    body, kind, told = found
    headers = {"content-security-policy": INERT, "x-content-type-options": "nosniff"}
    shown = table == "images" and kind in _SHOWN
    if not shown:
        headers["content-disposition"] = disposition(told)
    return Response(body, headers=headers, content_type=_SHOWN[kind] if shown else "application/octet-stream")


def kept_url(datasette: Any, database: str) -> str:
    """Where kept files are; `attachments/7` follows."""
    return str(datasette.urls.path(f"/-/kept/{tilde_encode(database)}/"))


def disposition(name: str) -> str:
    """A Content-Disposition that saves a file under its Chinese name, and under an ASCII one in old browsers (RFC 6266)."""
    name = safe_name(name) or "file"
    plain = "".join(c if c.isascii() and c not in '%;"' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _load(conn: Any, table: str, number: int) -> tuple[bytes, str, str] | None:
    row = conn.execute(
        f"select t.digest, f.kind, t.file_name, t.url from {table} t join files f on f.digest = t.digest where t.id = ?",
        [number],
    ).fetchone()
    if row is None:
        return None
    return Blobs(conn).load(row["digest"]), row["kind"], row["file_name"] or filename(row["url"])
