"""An HTTP/1.1 server for the demo portal, on loopback only: GET and HEAD, keep-alive, ETag with 304.

`/__log` tells as JSON how often each target was asked for, so that a test can prove what a crawl did not ask.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus

from scraper.demo.layout import Answer
from scraper.demo.portal import pages, respond

HOST = "127.0.0.1"
LOG = "/__log"


async def serve(port: int, ready: Callable[[str], None], *, until_eof: bool = False) -> None:
    """Serve on `port` (0: any free one) until cancelled; `ready` is told the home page's URL.

    `until_eof`: end when standard input closes, that is with the process that holds its other end.
    Raises OSError where the port is taken.
    """
    pages()  # built before the first request, not by it
    asked: Counter[str] = Counter()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _exchange(reader, writer, asked):
                pass
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # the other side left, or sent a head beyond all bounds
        except asyncio.CancelledError:
            pass  # the portal ends while a client keeps its connection open
        finally:
            writer.close()

    server = await asyncio.start_server(converse, HOST, port)
    ready(f"http://{HOST}:{server.sockets[0].getsockname()[1]}/")
    await (_eof() if until_eof else asyncio.Event().wait())
    server.close()  # without waiting: a client that keeps its connection open must not keep the portal alive


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: Counter[str]) -> bool:
    """One request and its answer; whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    request, *lines = head.split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, target, version = (*request.split(" "), "", "")[:3]
    if target == LOG:
        answer = Answer(body=json.dumps(asked).encode(), kind="application/json")
    elif method in ("GET", "HEAD"):
        asked[target] += 1
        answer = respond(target)
    else:
        answer = Answer(body=b"", status=405)
    known = answer.status == 200 and answer.etag in fields.get("if-none-match", "")
    stays = version == "HTTP/1.1" and fields.get("connection", "").lower() != "close" and answer.status != 405
    writer.write(
        _bytes(answer, HTTPStatus(304 if known else answer.status), stays, method == "HEAD" or known)
    )
    await writer.drain()
    return stays


def _bytes(answer: Answer, status: HTTPStatus, stays: bool, bare: bool) -> bytes:
    """The answer on the wire; `bare` without its body."""
    head = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Content-Type: {answer.kind}",
        f"Connection: {'keep-alive' if stays else 'close'}",
    ]
    if answer.status == 200:
        head.append(f"ETag: {answer.etag}")
    if status is not HTTPStatus.NOT_MODIFIED:
        head.append(f"Content-Length: {len(answer.body)}")
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + (b"" if bare else answer.body)


async def _eof() -> None:
    """Return when standard input has ended."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, daemon=True).start()
    await ended.wait()
