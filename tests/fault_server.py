"""A raw server on loopback that answers with exactly the bytes it is told to, faults included."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from scraper.fetch import Fetcher, Limits

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived: `method` and `target` from the request line, header names in lower case, `body`."""

    target: str
    headers: dict[str, str]
    at: float
    method: str = "GET"
    body: bytes = b""


class Hang(Exception):
    """Raised by a script: close the connection now; `reset` sends RST and not FIN."""

    def __init__(self, *, reset: bool = False) -> None:
        self.reset = reset


def answer(status: int, body: bytes = b"", *headers: str | bytes, length: int | None = None) -> bytes:
    """An HTTP/1.1 answer with Content-Length (of the body, or `length` where the server lies)."""
    lines = [f"HTTP/1.1 {status} Whatever".encode()]
    lines += [line.encode() if isinstance(line, str) else line for line in headers]
    lines.append(b"Content-Length: %d" % (len(body) if length is None else length))
    return b"\r\n".join([*lines, b"", body])


def redirect(location: bytes | str, *headers: str | bytes, status: int = 302) -> bytes:
    """A redirect whose Location is these bytes."""
    raw = location.encode() if isinstance(location, str) else location
    return answer(status, b"", b"Location: " + raw, *headers)


@dataclass
class FaultServer:
    """Answers by `routes`: bytes, a list of bytes (one per request, the last again and again), a function of the request
    that returns bytes, or an async generator of pieces. `*` answers what has no route; robots.txt is 404 by default.
    """

    routes: dict[str, object]
    seen: list[Asked] = field(default_factory=list)
    active: int = 0
    most_active: int = 0
    connections: int = 0

    async def __aenter__(self) -> Self:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def url(self, path: str = "/") -> str:
        """The address of `path` here."""
        return f"http://{self.host}{path}"

    def paths(self) -> list[str]:
        """Targets asked for so far, robots.txt left out."""
        return [asked.target for asked in self.seen if not asked.target.endswith("/robots.txt")]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while asked := await _read(reader):
                self.seen.append(asked)
                self.active += 1
                self.most_active = max(self.most_active, self.active)
                try:
                    await self._reply(asked, writer)
                finally:
                    self.active -= 1
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        except Hang as hang:
            if hang.reset:
                raw = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if writer.transport.is_closing() else writer.close()

    async def _reply(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        path = asked.target.partition("?")[0]
        route: Any = self.routes.get(asked.target, self.routes.get(path))
        if route is None:
            route = (
                answer(404) if path.endswith("/robots.txt") else self.routes.get("*", answer(404, b"none"))
            )
        if isinstance(route, list):
            route = route.pop(0) if len(route) > 1 else route[0]
        if callable(route):
            route = route(asked)
        if isinstance(route, bytes):
            writer.write(route)
            return await writer.drain()
        async for piece in route:
            writer.write(piece)
            await writer.drain()
        return None


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    head = await reader.readexactly(1)
    if head == b"\x16":  # a TLS client
        return Asked("/tls", {}, 0.0)
    head += await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    method, target, _ = lines[0].split(" ")
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(target, headers, asyncio.get_running_loop().time(), method, body)


@dataclass
class FakeClock:
    """A clock that only sleeping moves; `slept` are the waits asked for."""

    time: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        """Seconds."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Move on without waiting, but let others run."""
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


def visit(
    routes: dict[str, object],
    scenario: Callable[[FaultServer, Fetcher], Awaitable[T]],
    *,
    clock: FakeClock | None = None,
    limits: Limits | None = None,
    seconds: float = 30,
    **options: Any,
) -> T:
    """What `scenario` returns, given a server with these routes and a Fetcher that may ask it and never really waits."""
    clock = clock or FakeClock()
    options = {"delay": 0.0, "allow_private": frozenset({"127.0.0.1"}), "random": lambda: 0.0, **options}

    async def scene() -> T:
        async with (
            FaultServer(routes) as server,
            Fetcher(limits=limits, monotonic=clock.monotonic, sleep=clock.sleep, **options) as fetcher,
        ):
            return await asyncio.wait_for(scenario(server, fetcher), seconds)

    return asyncio.run(scene())
