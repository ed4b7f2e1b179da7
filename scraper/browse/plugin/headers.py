"""Headers that keep archived pages harmless, whatever gets through."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from scraper.browse.plugin.archives import archive_names

_Message = MutableMapping[str, Any]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, Any, _Send], Awaitable[None]]

# Nothing from elsewhere: no script, frame, font, request; forms go only to ourselves.
_LOCAL = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-src 'none'; object-src 'none'; frame-ancestors 'self'; "
)
# datasette's own pages carry inline scripts (the SQL editor, the menus); they show archived text, never archived HTML.
_PAGE = _LOCAL + "img-src 'self' data:; script-src 'self' 'unsafe-inline'"
# The page of an article shows archived HTML: there, no script runs at all.
_ARTICLE = _LOCAL + "img-src 'self' data:; script-src 'none'"
_WITH_IMAGES = _LOCAL + "img-src 'self' data: http: https:; script-src 'none'"
INERT = "default-src 'none'; sandbox"
"""The policy of raw pages: nothing runs, nothing loads, no origin."""

_BLANK_SEARCH = re.compile(rb"(?:^|&)_search=(?:\+|%20|%E3%80%80)*(?=&|$)", re.I)
_HOLDER = "kaifaqu_policy"


def guard(app: _App, datasette: Any) -> _App:
    """Wrap datasette: security headers on every page but those of other databases.

    A blank `_search=`, which the search form sends with every filter, is left out: FTS5 would find nothing.
    """

    async def guarded(scope: _Message, receive: Any, send: _Send) -> None:
        if scope["type"] != "http" or _elsewhere(scope["path"], datasette):
            return await app(scope, receive, send)
        query = _BLANK_SEARCH.sub(b"", scope.get("query_string", b"")).lstrip(b"&")
        holder = {"policy": _PAGE}

        async def send_guarded(message: _Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_policy(message.get("headers", []), holder["policy"])}
            await send(message)

        return await app({**scope, "query_string": query, _HOLDER: holder}, receive, send_guarded)

    return guarded


def forbid_scripts(request: Any, *, images: bool) -> None:
    """Give the page in the making the policy for archived HTML; with `images`, pictures may come from anywhere."""
    request.scope[_HOLDER]["policy"] = _WITH_IMAGES if images else _ARTICLE


def _with_policy(headers: Any, policy: str) -> list[tuple[bytes, bytes]]:
    kept = [(key, value) for key, value in headers]
    named = {key.lower() for key, _ in kept}
    for name, value in (
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ):
        if name not in named:
            kept.append((name, value))
    return kept


def _elsewhere(path: str, datasette: Any) -> bool:
    archives = archive_names(datasette)
    others = (str(datasette.urls.database(name)) for name in datasette.databases if name not in archives)
    return any(path == url or path.startswith((f"{url}/", f"{url}.")) for url in others)
