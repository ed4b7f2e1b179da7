"""The zoo's server: one thread, one loop, a port of 127.0.0.1 per portal, and a log of all that was asked.

A request is answered as its portal means it, or as the next of the faults says that were set for its path.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Self
from urllib.parse import urlsplit

from zoo.portal import Answer, Portal

Wire = AsyncIterator[bytes]
Fault = Callable[[Answer], Wire]
"""What goes over the wire instead of an answer: pieces of bytes; `Reset` raised in it breaks the connection."""


class Reset(Exception):
    """Break the connection with RST."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its target, its headers (lower-case names), when it came and when its answer was sent whole, and the
    form that was posted.
    """

    target: str
    headers: dict[str, str]
    began: float
    ended: float
    status: int
    form: str = ""


@dataclass(slots=True)
class Stand:
    """One portal on its port, with what was asked of it and the faults it is to show."""

    portal: Portal
    port: int = 0
    name: str = "127.0.0.1"
    scheme: str = "http"
    log: list[Asked] = field(default_factory=list)
    faults: dict[str, Iterator[Fault]] = field(default_factory=dict)
    active: int = 0
    most_active: int = 0

    @property
    def host(self) -> str:
        """As the archive calls the portal."""
        return f"{self.name}:{self.port}"

    @property
    def url(self) -> str:
        """Its home page."""
        return f"{self.scheme}://{self.host}/"

    def fail(self, path: str, *faults: Fault) -> None:
        """Show these faults, one a request, to who asks for `path` (or a target with its query)."""
        self.faults[path] = iter(faults)

    def fail_always(self, path: str, fault: Fault) -> None:
        """Show this fault to who asks for `path`, however often."""
        self.faults[path] = iter(lambda: fault, None)

    def asked(self) -> Counter[str]:
        """How often each target was asked for."""
        return Counter(one.target for one in self.log)

    def forget(self) -> None:
        """Begin the log anew."""
        self.log.clear()
        self.most_active = 0


class Zoo:
    """All portals of a test, served by a thread of its own. Use as a context manager."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._await(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def stand(
        self, portal: Portal, *, port: int = 0, name: str = "127.0.0.1", tls: ssl.SSLContext | None = None
    ) -> Stand:
        """Open a port for a portal (0: any free one) of the loopback address `name`; with `tls` it speaks https."""
        stand = Stand(portal, name=name, scheme="https" if tls else "http")
        self._await(self._open(stand, port, tls))
        return stand

    def _await(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self, stand: Stand, port: int, tls: ssl.SSLContext | None) -> None:
        name = stand.name.strip("[]")
        server = await asyncio.start_server(partial(self._serve, stand), name, port, ssl=tls)
        self._servers.append(server)
        stand.port = server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, stand: Stand, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await _exchange(stand, reader, writer):
                pass
        except Reset:
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, or the zoo closes
        finally:
            self._tasks.discard(task)
            writer.close()


async def _exchange(stand: Stand, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """One request and its answer; whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    target, began = head[0].split(" ")[1], time.monotonic()
    form = (await reader.readexactly(int(headers.get("content-length", "0")))).decode()
    stand.active += 1
    stand.most_active = max(stand.most_active, stand.active)
    status = 0
    try:
        stand.portal.watch(target)
        answer = stand.portal.answer(target, form if head[0].startswith("POST ") else None)
        fault = _fault(stand, target)
        if fault is not None:
            async for piece in fault(answer):
                writer.write(piece)
                await writer.drain()
            return False
        known = (
            stand.portal.validators and answer.status == 200 and headers.get("if-none-match") == answer.etag
        )
        status = 304 if known else answer.status
        writer.write(wire(answer, status=status, validators=stand.portal.validators))
        await writer.drain()
        return True
    finally:
        stand.active -= 1
        stand.log.append(Asked(target, headers, began, time.monotonic(), status, form))


def _fault(stand: Stand, target: str) -> Fault | None:
    path = urlsplit(target).path
    faults = stand.faults.get(target) or stand.faults.get(path) or stand.faults.get("*")
    return next(faults, None) if faults else None


def wire(
    answer: Answer, *, status: int | None = None, validators: bool = False, length: int | None = None
) -> bytes:
    """An answer as bytes; `length`: what Content-Length says, where it lies."""
    status = status or answer.status
    body = b"" if status == 304 else answer.body
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase if status in _KNOWN else 'Wall'}",
        f"Content-Type: {answer.kind}",
    ]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if validators and answer.status == 200:
        lines.append(f"ETag: {answer.etag}")
    if status != 304:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


_KNOWN = frozenset(map(int, HTTPStatus))
