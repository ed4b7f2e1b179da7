"""One request and its whole answer, within bounds. No redirects, retries or pace here."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import httpx

from scraper import urls
from scraper.errors import TooLarge, TooSlow, Unreachable
from scraper.fetch import faults
from scraper.fetch.decode import CUT, TRUNCATED, codings, decode, size
from scraper.fetch.limits import Limits
from scraper.fetch.pool import Line
from scraper.fetch.tls import shown

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer as it came: raw `headers`, `body` with its content-coding undone, `ip` of the peer, `notes`.

    `tls`: the protocol and the ways of the secure connection (`TLSv1 legacy`), None for http. `at` is when it was asked for, `elapsed_ms` from then to the last byte.
    """

    status: int
    headers: Headers
    body: bytes
    ip: str | None
    tls: str | None
    at: datetime
    elapsed_ms: int
    notes: tuple[str, ...]


async def exchange(
    line: Line,
    request: httpx.Request,
    limits: Limits,
    *,
    admit: Callable[[str | None], None],
    most: int,
    cut: bool = False,
    at: datetime,
    monotonic: Callable[[], float] = time.monotonic,
) -> Answer:
    """Send `request` and read the answer, at most `most` bytes of it: more raises TooLarge, or is cut there if `cut`.

    `admit` may refuse the peer's address before the body is read. Raises FetchError, whatever the server does.
    """
    started = monotonic()
    url = str(request.url)
    try:
        async with asyncio.timeout(limits.total_seconds):
            response = await line.transport.handle_async_request(request)
            try:
                ip, tls = None if line.proxy else _peer(response), _tls(response, line)
                admit(ip)
                headers = tuple(response.headers.raw)
                raw, broken = await _read_body(response, most, cut)
            finally:
                await response.aclose()
    except TimeoutError as error:
        raise TooSlow(
            f"{urls.host(url)} took longer than {limits.total_seconds:g} s for one answer", "try again later"
        ) from error
    except faults.ERRORS as error:
        raise faults.explain(
            error, url, proxy=line.proxy, connect_seconds=limits.connect_seconds, tls=line.tls
        ) from error
    if response.status_code == 407 and line.proxy:
        raise Unreachable(
            f"the proxy {line.proxy} wants a user and password",
            "write them into HTTP_PROXY as http://user:password@host:port",
        )
    body, notes = decode(raw, codings(headers), most, cut=cut)
    notes = tuple(dict.fromkeys((*notes, *broken)))
    return Answer(
        status=response.status_code,
        headers=headers,
        body=body,
        ip=ip,
        tls=tls,
        at=at,
        elapsed_ms=round((monotonic() - started) * 1000),
        notes=notes,
    )


async def _read_body(response: httpx.Response, most: int, cut: bool) -> tuple[bytes, tuple[str, ...]]:
    """The body as sent, and a note if it is not whole. What breaks off after some bytes is kept; after none, the error stands."""
    length = response.headers.get("content-length", "")
    if not cut and length.isascii() and length.isdigit() and int(length) > most:
        raise _too_large(most)
    raw = bytearray()
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("socket") if stream else None
    assert isinstance(response.stream, httpx.AsyncByteStream)
    try:
        # The stream itself, not aiter_raw(): chunks as they come, and no decoding of httpx's in between.
        _acknowledge(connection)
        async for chunk in response.stream:
            _acknowledge(connection)
            raw += chunk
            if len(raw) > most:
                if cut:
                    return bytes(raw[:most]), (CUT,)
                raise _too_large(most)
    except (httpx.ReadError, httpx.RemoteProtocolError):
        if not raw:
            raise
        return bytes(raw), (TRUNCATED,)
    return bytes(raw), ()


_QUICKLY: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux


def _acknowledge(connection: socket.socket | None) -> None:
    """Tell the server at once that its bytes came. One that sends the last piece of an answer only then (Nagle, RFC 896)
    else waits the 40 ms for which a kernel holds acknowledgements back (RFC 1122 §4.2.3.2), and we with it."""
    if connection is not None and _QUICKLY is not None:
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, _QUICKLY, 1)


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"the answer is larger than {size(most)}", "it is no news page and is left out")


def _peer(response: httpx.Response) -> str | None:
    """The address that answers; known only while the connection stands, so before the body is read."""
    stream = response.extensions.get("network_stream")
    address = stream.get_extra_info("server_addr") if stream else None
    return str(address[0]) if address else None


def _tls(response: httpx.Response, line: Line) -> str | None:
    """Protocol of the connection and the ways it was made in; None where it is not secured."""
    stream = response.extensions.get("network_stream") if line.secure else None
    secured = stream.get_extra_info("ssl_object") if stream else None
    return " ".join(filter(None, (secured.version(), shown(line.tls)))) if secured else None
