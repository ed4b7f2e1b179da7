"""What servers do wrong: each fault takes the answer that was meant, and sends something else over the wire."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import replace

from zoo.portal import Answer
from zoo.server import Fault, Reset, Wire, wire


def status(
    code: int, *headers: tuple[str, str], body: str = "", kind: str = "text/html; charset=utf-8"
) -> Fault:
    """Another status, with a body of its own."""
    return page(Answer(body=body.encode(), status=code, kind=kind, headers=headers))


def page(answer: Answer) -> Fault:
    """Another page than the one asked for."""

    async def fault(_: Answer) -> Wire:
        yield wire(answer)

    return fault


def redirect(location: bytes, code: int = 302) -> Fault:
    """A redirect whose Location is these bytes."""

    async def fault(_: Answer) -> Wire:
        yield b"HTTP/1.1 %d Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (code, location)

    return fault


async def reset(_: Answer) -> Wire:
    """The connection breaks before a byte was sent."""
    raise Reset
    yield b""


async def truncated(answer: Answer) -> Wire:
    """Half of what Content-Length promises."""
    whole = wire(answer)
    yield whole[: len(whole) - len(answer.body) // 2]


async def drip(answer: Answer) -> Wire:
    """A byte now and then."""
    for byte in wire(answer):
        yield bytes((byte,))
        await asyncio.sleep(0.05)


async def endless(_: Answer) -> Wire:
    """A body without end."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    while True:
        yield b"<p>" + b"x" * 65_536


_BOMB = gzip.compress(bytes(8 << 20))


async def bomb(_: Answer) -> Wire:
    """A small body that unpacks to 8 MiB."""
    yield wire(Answer(body=_BOMB, headers=(("Content-Encoding", "gzip"),)))


def lying_length(by: int) -> Fault:
    """A Content-Length that is off by so many bytes."""

    async def fault(answer: Answer) -> Wire:
        yield wire(answer, length=len(answer.body) + by)

    return fault


def relabelled(kind: str) -> Fault:
    """The right bytes under another Content-Type."""

    async def fault(answer: Answer) -> Wire:
        yield wire(replace(answer, kind=kind))

    return fault
