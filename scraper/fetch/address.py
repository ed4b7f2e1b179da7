"""Which addresses may be asked at all: a page of the open web must not lead the crawler into a private network.

A host is looked up before it is asked and its peer is looked at again once connected, before the body is read, so that a
name which changes its address in between (DNS rebinding) brings nothing home.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

from scraper import urls
from scraper.errors import Forbidden, Unreachable

Resolve = Callable[[str], Awaitable[list[str]]]

_REMEMBER = 300.0  # seconds that a host once looked up stays known as open
_MOST_KNOWN = 4096
# 198.18/15 (RFC 2544) is what tunnelling proxies with a "fake IP" resolver answer for every name of the open web.
_FAKE_IP = ipaddress.ip_network("198.18.0.0/15")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the IPv4 address is the last 32 bits


async def resolve(name: str) -> list[str]:
    """All addresses of a host name, by the system's resolver. Raises socket.gaierror."""
    found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Guard:
    """Knows which hosts may be private (`allow`: as in URLs, with or without port) and which were found open."""

    def __init__(
        self, allow: frozenset[str], resolve: Resolve | None, monotonic: Callable[[], float], seconds: float
    ) -> None:
        self._allow = frozenset(name.lower() for name in allow)
        self._resolve = resolve
        self._monotonic = monotonic
        self._seconds = seconds
        self._open: dict[str, float] = {}

    async def check(self, url: str, *, proxied: bool) -> None:
        """Raise Forbidden if the host of `url` is private and not allowed to be, Unreachable if it has no address.

        Behind a proxy names are the proxy's to look up; only literal addresses are judged.
        """
        name = urls.hostname(url)
        if self._allowed(url):
            return
        if urls.is_ip(name):
            self.check_peer(url, name)
        elif self._resolve and not proxied and self._open.get(name, 0.0) <= self._monotonic():
            for address in await self._look_up(name):
                if not _is_fake(address):
                    self.check_peer(url, address)
            if len(self._open) >= _MOST_KNOWN:
                self._open.clear()
            self._open[name] = self._monotonic() + _REMEMBER

    def check_peer(self, url: str, address: str | None) -> None:
        """Raise Forbidden if `address`, the one that is asked for `url`, is private and the host not allowed to be."""
        if address and is_private(address) and not self._allowed(url):
            raise Forbidden(
                f"{urls.host(url)} is a private address ({address})",
                "such a host is crawled only when its own address is given as the start",
            )

    def _allowed(self, url: str) -> bool:
        return urls.host(url) in self._allow or urls.hostname(url) in self._allow

    async def _look_up(self, name: str) -> list[str]:
        assert self._resolve is not None
        try:
            async with asyncio.timeout(self._seconds):
                return await self._resolve(name)
        except TimeoutError as error:
            raise Unreachable(
                f"the name server did not answer for {name}", "check the network connection"
            ) from error
        except (OSError, UnicodeError) as error:
            raise no_such_host(name, error) from error


def no_such_host(name: str, error: Exception) -> Unreachable:
    """A failed look-up in words: the name does not exist (no use asking again), or nobody could be asked."""
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return Unreachable(f"the name server did not answer for {name}", "check the network connection")
    failure = Unreachable(f"no such host: {name}", "check the spelling of the address")
    failure.retry = False
    return failure


def is_private(address: str) -> bool:
    """Whether an IP address is not of the open network, also where IPv6 only wraps an IPv4 address."""
    try:
        ip = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return urls.is_private(str(ip.ipv4_mapped))
        if ip in _NAT64:
            return urls.is_private(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return urls.is_private(str(ip))


def _is_fake(address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in _FAKE_IP
    except ValueError:
        return False
