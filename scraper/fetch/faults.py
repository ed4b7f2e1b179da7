"""What went wrong, in words a reader understands: exceptions of httpx and below become our FetchErrors."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

from scraper import urls
from scraper.errors import BadAnswer, FetchError, TooSlow, Unreachable
from scraper.fetch.address import no_such_host
from scraper.fetch.tls import NORMAL, Tls, cure
from scraper.text import shorten

ERRORS = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError)
"""All that a request can raise by itself: HTTP, an address httpx does not take, sockets and TLS, host names (IDNA)."""

_LATER = "try again later"
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})


def explain(
    error: Exception, url: str, *, proxy: str | None = None, connect_seconds: float = 0.0, tls: Tls = NORMAL
) -> FetchError:
    """The FetchError for an `error` met while asking for `url`, through `proxy` (its address without password) or not,
    in the ways `tls`.
    """
    host = urls.host(url)
    if proxy and isinstance(error, httpx.ProxyError | httpx.ConnectError | httpx.ConnectTimeout):
        return _proxy_failed(error, host, proxy, tls)
    secure = url.startswith("https:")
    if isinstance(error, httpx.ConnectTimeout):
        return Unreachable(
            f"{host} did not answer within {connect_seconds:g} s",
            ("try its http:// address; " if secure else "") + "it may be down or refuse this network",
        )
    if isinstance(error, httpx.TimeoutException):
        return TooSlow(f"{host} stopped sending in the middle of an answer", _LATER)
    if isinstance(error, httpx.RemoteProtocolError):
        return _bad_protocol(error, host)
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return _tls_failed(cause, host, tls)
        if isinstance(cause, socket.gaierror):
            return no_such_host(urls.hostname(url), cause)
        if isinstance(cause, ConnectionRefusedError):
            other = "try its http:// address" if secure else "check the address (http or https, port)"
            return Unreachable(f"{host} refuses connections", f"{other}, or {_LATER}")
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
            return Unreachable(
                f"there is no route to {host}",
                "check the network connection; a host with IPv6 addresses only needs a network with IPv6",
            )
    if isinstance(error, httpx.NetworkError | OSError):
        return Unreachable(f"{host} broke the connection off", _LATER)
    return BadAnswer(f"{shorten(url)} can't be asked for ({_words(error)})", "check the address")


def _proxy_failed(error: Exception, host: str, proxy: str, tls: Tls) -> Unreachable:
    check = "check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY in the environment"
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):  # the proxy let us through, and the host's own TLS failed
            return _tls_failed(cause, host, tls)
    if isinstance(error, httpx.ProxyError):
        return Unreachable(f"the proxy {proxy} would not connect to {host} ({_words(error)})", check)
    return Unreachable(f"the proxy {proxy} can't be reached", check)


def _tls_failed(error: ssl.SSLError, host: str, tls: Tls) -> Unreachable:
    """No use asking again: certificates and old servers don't change within minutes."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = getattr(error, "verify_message", "") or _words(error)
        cause = f"the TLS certificate of {host} is not valid ({reason})"
    else:
        reason = (getattr(error, "reason", "") or _words(error)).replace("_", " ").lower()
        cause = f"no secure connection with {host} ({reason})"
    failure = Unreachable(cause, cure(error, reason, tls))
    failure.retry = False
    return failure


def _bad_protocol(error: httpx.RemoteProtocolError, host: str) -> FetchError:
    if "without sending" in str(error):  # also a kept connection that the server closed just now
        return Unreachable(f"{host} closed the connection without an answer", _LATER)
    return BadAnswer(
        f"{host} answers in broken HTTP ({_words(error)})", "check the address (http or https, port)"
    )


def _words(error: BaseException) -> str:
    return shorten(str(error), 100) or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, its causes and the members of groups; at most 20, for chains can be circular."""
    queue = [error]
    for _ in range(20):
        if not queue:
            return
        current = queue.pop(0)
        if current is not None:
            yield current
            queue += getattr(current, "exceptions", ())
            queue.append(current.__cause__ or current.__context__)
