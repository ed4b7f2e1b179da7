"""Connections: one httpx transport per scheme and host, all with one TLS context, the idle ones closed.

Transports and not clients: a client follows no redirect and keeps no cookie that we don't redo here, and it fails on a
`Location` it can't parse. A pool for all hosts costs more per request the more hosts it holds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from scraper import urls
from scraper.errors import MissingExtra, UsageError
from scraper.fetch.tls import NORMAL, Tls, context

# One request at a time per host; a kept connection outlives a pause of some seconds, not a server's patience.
_LIMITS = httpx.Limits(max_connections=2, max_keepalive_connections=1, keepalive_expiry=20.0)


@dataclass(slots=True, kw_only=True)
class Line:
    """The way to one scheme and host. `proxy`: the proxy's address without user and password, or None."""

    transport: httpx.AsyncBaseTransport
    proxy: str | None
    secure: bool = False
    tls: Tls = NORMAL
    users: int = 0


class Pool:
    """Lines by scheme and host; `transport` replaces them all (tests). Proxies as the environment names them.

    `tls`: how each host's secure connections are made.
    """

    def __init__(
        self,
        *,
        most: int,
        transport: httpx.AsyncBaseTransport | None = None,
        proxies: Mapping[str, str] | None = None,
        tls: Callable[[str], Tls] = lambda host: NORMAL,
    ) -> None:
        self._most = most
        self._tls = tls
        self._transport = transport
        self._proxies = getproxies() if proxies is None else proxies
        self._lines: OrderedDict[str, Line] = OrderedDict()

    @asynccontextmanager
    async def line(self, url: str) -> AsyncIterator[Line]:
        """The line to the host of `url`, which is not closed while the block runs."""
        origin = origin_of(url)
        line = self._lines.get(origin)
        if line is None:
            line = self._lines[origin] = self._open(url)
        self._lines.move_to_end(origin)
        line.users += 1
        try:
            yield line
        finally:
            line.users -= 1
            if len(self._lines) > self._most:
                await self._close_idle()

    def proxy(self, url: str) -> str | None:
        """The proxy that serves `url`, or None: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY; never for loopback."""
        scheme, name = urlsplit(url).scheme, urls.hostname(url)
        found = self._proxies.get(scheme) or self._proxies.get("all")
        if self._transport or not found or _is_loopback(name) or proxy_bypass(name):
            return None
        return found if "://" in found else "http://" + found

    async def aclose(self) -> None:
        """Close all lines."""
        while self._lines:
            await self._close(next(iter(self._lines)))

    async def _close_idle(self) -> None:
        for origin in [origin for origin, line in self._lines.items() if not line.users]:
            if len(self._lines) <= self._most:
                return
            await self._close(origin)

    async def _close(self, origin: str) -> None:
        line = self._lines.pop(origin)
        if line.transport is not self._transport:  # a given one is its giver's to close
            await line.transport.aclose()

    def _open(self, url: str) -> Line:
        if self._transport:
            return Line(transport=self._transport, proxy=None)
        proxy = self.proxy(url)
        shown, tls = proxy and _without_password(proxy), self._tls(urls.host(url))
        try:
            transport = httpx.AsyncHTTPTransport(verify=context(tls), limits=_LIMITS, proxy=proxy)
        except ImportError as error:
            raise MissingExtra(f"the proxy {shown} speaks SOCKS", "pip install 'httpx[socks]'") from error
        except (ValueError, httpx.InvalidURL) as error:
            raise UsageError(f"{shown} is no address of a proxy", "write it as http://host:port") from error
        return Line(transport=transport, proxy=shown, secure=url.startswith("https:"), tls=tls)


def origin_of(url: str) -> str:
    """Scheme and host of a URL, `https://host:port`: what robots.txt and connections belong to."""
    return f"{urlsplit(url).scheme}://{urls.host(url)}"


def _is_loopback(name: str) -> bool:
    return name == "localhost" or name.startswith("127.") or name == "::1"


def _without_password(proxy: str) -> str:
    scheme, _, rest = proxy.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
