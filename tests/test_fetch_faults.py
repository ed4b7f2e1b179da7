"""Bounds and faults on a real connection: each ends in one line that names cause and cure, or in a capture that says so."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from fault_server import Asked, FaultServer, Hang, answer, visit
from test_fetch import fails, fetch

from scraper.errors import (
    BadAnswer,
    FetchError,
    TooLarge,
    TooSlow,
    Unreachable,
)
from scraper.fetch import Fetcher, Limits
from scraper.fetch.faults import explain

SMALL = Limits(max_body=100_000, total_seconds=5, attempts=1)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


async def endless(asked: Asked) -> AsyncIterator[bytes]:
    yield CHUNKED
    while True:
        yield b"2710\r\n" + b"x" * 10_000 + b"\r\n"


async def drip(asked: Asked) -> AsyncIterator[bytes]:
    yield answer(200, b"", length=1000)
    while True:
        await asyncio.sleep(0.02)
        yield b"x"


async def stall(asked: Asked) -> AsyncIterator[bytes]:
    yield answer(200, b"half", length=1000)
    await asyncio.sleep(60)


async def endless_headers(asked: Asked) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-Header: " + b"y" * 1000 + b"\r\n"


async def endless_interim(asked: Asked) -> AsyncIterator[bytes]:
    while True:
        yield b"HTTP/1.1 102 Processing\r\n\r\n"
        await asyncio.sleep(0.005)


async def silent(asked: Asked) -> AsyncIterator[bytes]:
    raise Hang
    yield b""


async def reset(asked: Asked) -> AsyncIterator[bytes]:
    raise Hang(reset=True)
    yield b""


async def short(asked: Asked) -> AsyncIterator[bytes]:
    yield answer(200, b"<html>half a page", length=1000)
    raise Hang


async def short_chunks(asked: Asked) -> AsyncIterator[bytes]:
    yield CHUNKED + b"11\r\n<html>half a page\r\n"
    raise Hang


async def bad_chunks(asked: Asked) -> AsyncIterator[bytes]:
    yield CHUNKED + b"11\r\n<html>half a page\r\nnonsense\r\n"


@pytest.mark.parametrize("limit", [{"total_seconds": 0.3}, {"read_seconds": 0.2}])
@pytest.mark.parametrize("script", [drip, stall])
def test_an_answer_that_takes_too_long_is_given_up(script: object, limit: dict[str, float]) -> None:
    if script is drip and "read_seconds" in limit:
        limit = {
            "total_seconds": 0.2,
            "read_seconds": 0.1,
        }  # every single read is quick: only the total bounds a drip
    started = time.monotonic()
    assert isinstance(fails({"/a": script}, limits=Limits(attempts=1, **limit)), TooSlow)
    assert time.monotonic() - started < 3


def test_endless_interim_answers_are_given_up() -> None:
    assert isinstance(fails({"/a": endless_interim}, limits=Limits(attempts=1, total_seconds=0.2)), TooSlow)


def test_an_endless_body_stops_at_the_bound() -> None:
    assert isinstance(fails({"/a": endless}, limits=SMALL), TooLarge)


def test_a_declared_length_beyond_the_bound_is_not_read() -> None:
    for length in (100_001, 10**12):
        assert isinstance(fails({"/a": answer(200, b"x", length=length)}, limits=SMALL), TooLarge)


def test_a_bomb_stops_at_the_bound_and_is_not_asked_for_again() -> None:
    bomb = answer(200, gzip.compress(bytes(10_000_000)), "Content-Encoding: gzip")
    twice = answer(200, gzip.compress(gzip.compress(bytes(10_000_000))), "Content-Encoding: gzip, gzip")
    for body in (bomb, twice):
        routes: dict[str, object] = {"/a": [body, answer(200, b"second")]}
        assert isinstance(fails(routes, limits=Limits(max_body=100_000)), TooLarge)


def test_endless_headers_are_a_bad_answer() -> None:
    assert isinstance(fails({"/a": endless_headers}, limits=SMALL), BadAnswer)


def test_many_codings_are_a_bad_answer() -> None:
    assert isinstance(
        fails({"/a": answer(200, b"x", "Content-Encoding: " + ", ".join(["gzip"] * 1000))}), BadAnswer
    )


def test_a_lying_content_encoding_is_seen_through() -> None:
    capture, server = fetch({"/a": answer(200, b"<html>plain", "Content-Encoding: gzip")})
    assert (capture.body, capture.note) == (b"<html>plain", "encoding-header-lied")
    assert server.paths() == ["/a"]


@pytest.mark.parametrize("script", [short, short_chunks, bad_chunks])
def test_a_body_that_breaks_off_is_asked_for_once_more_and_then_kept_as_truncated(script: object) -> None:
    capture, server = fetch({"/a": script})
    assert (capture.body, capture.note) == (b"<html>half a page", "truncated")
    assert len(server.paths()) == 2


def test_a_body_that_came_whole_the_second_time_is_whole() -> None:
    capture, _ = fetch(
        {"/a": [answer(200, gzip.compress(b"whole")[:-9], "Content-Encoding: gzip"), answer(200, b"whole")]}
    )
    assert (capture.body, capture.note) == (b"whole", "")


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.0 200 OK\r\n\r\n<html>old",
        b"HTTP/1.1 200\r\nContent-Length: 9\r\n\r\n<html>old",
        b"HTTP/1.1 200 OK\nContent-Length: 9\n\n<html>old",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 9\r\n\r\n<html>old",
    ],
    ids=["1.0", "no reason", "LF only", "length twice"],
)
def test_old_and_sloppy_servers_are_understood(raw: bytes) -> None:
    async def once(asked: Asked) -> AsyncIterator[bytes]:
        yield raw
        raise Hang

    capture, _ = fetch({"/a": once})
    assert (capture.body, capture.note) == (b"<html>old", "")


@pytest.mark.parametrize(
    "raw",
    [b"SSH-2.0-OpenSSH_9\r\n\r\n", b"HTTP/1.1 200 OK\r\nFoo Bar: 1\r\n\r\n", b"\x15\x03\x01\0\x02\r\n\r\n"],
)
def test_what_is_not_http_is_a_bad_answer(raw: bytes) -> None:
    assert isinstance(fails({"/a": raw}), BadAnswer)


@pytest.mark.parametrize("script", [silent, reset])
def test_a_connection_cut_before_an_answer_is_tried_three_times(script: object) -> None:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> int:
        with pytest.raises(Unreachable) as caught:
            await fetcher.fetch(server.url("/a"))
        assert server.host in str(caught.value)
        return len(server.paths())

    assert visit({"/a": script}, scenario) == 3


def test_an_answer_without_a_byte_of_its_body_is_no_answer() -> None:
    async def only_a_head(asked: Asked) -> AsyncIterator[bytes]:
        yield answer(200, b"", length=1000)
        raise Hang

    assert isinstance(fails({"/a": only_a_head}), BadAnswer | Unreachable)


def test_a_server_that_comes_back_is_heard() -> None:
    state = {"down": 2}

    async def flaky(asked: Asked) -> AsyncIterator[bytes]:
        state["down"] -= 1
        if state["down"] >= 0:
            raise Hang(reset=True)
        yield answer(200, b"back")

    capture, _ = fetch({"/a": flaky})
    assert capture.body == b"back"


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(url: str, **options: object) -> FetchError:
    """The error that asking for `url` ends in."""

    async def scenario(server: FaultServer, fetcher: Fetcher) -> FetchError:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(url.replace("SERVER", server.host))
        return caught.value

    return visit({}, scenario, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scheme", "cure"), [("http", "http or https"), ("https", "try its http:// address")]
)
def test_a_refused_connection_says_so_and_what_else_to_try(scheme: str, cure: str) -> None:
    error = ask(f"{scheme}://127.0.0.1:{closed_port()}/")
    assert isinstance(error, Unreachable)
    assert "refuses connections" in str(error) and cure in str(error)


def test_a_failed_tls_handshake_says_so_and_is_not_tried_again() -> None:
    error = ask("https://SERVER/")
    assert isinstance(error, Unreachable)
    assert "no secure connection" in str(error)
    assert "http://" in str(error) and "--tls" not in str(error)  # plain HTTP answers there: no old server
    assert not error.retry


def test_an_unknown_host_says_so_and_is_not_tried_again() -> None:
    calls: list[str] = []

    async def nobody(name: str) -> list[str]:
        calls.append(name)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    error = ask("http://yunling-zoen.example/", resolve=nobody)
    assert isinstance(error, Unreachable)
    assert "no such host: yunling-zoen.example" in str(error)
    assert "spelling" in str(error)
    assert calls == ["yunling-zoen.example"]


def test_a_silent_name_server_is_not_the_hosts_fault_and_asked_again() -> None:
    calls: list[str] = []

    async def offline(name: str) -> list[str]:
        calls.append(name)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    error = ask("http://yunling.example/", resolve=offline)
    assert error.retry
    assert "name server" in str(error)
    assert len(calls) == 3


def test_a_name_server_that_never_answers_is_given_up() -> None:
    async def never(name: str) -> list[str]:
        await asyncio.sleep(60)
        return []

    error = ask("http://yunling.example/", resolve=never, limits=Limits(connect_seconds=0.05, attempts=1))
    assert "name server" in str(error)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), "TLS certificate"),
        (ssl.SSLError(1, "[SSL: DH_KEY_TOO_SMALL] dh key too small"), "no secure connection"),
        (OSError(113, "No route to host"), "no route"),
        (ExceptionGroup("all", [OSError(111, "x"), ConnectionRefusedError(111, "refused")]), "refuses"),
    ],
)
def test_causes_deep_below_are_named(cause: Exception, words: str) -> None:
    error = httpx.ConnectError("All connection attempts failed")
    error.__cause__ = OSError("wrapped")
    error.__cause__.__cause__ = cause
    assert words in str(explain(error, "http://yunling.example/"))


def test_a_circle_of_causes_ends() -> None:
    error = httpx.ReadError("")
    error.__context__ = other = ValueError("x")
    other.__context__ = error
    assert "broke the connection off" in str(explain(error, "http://yunling.example/"))


def test_an_unreachable_host_is_not_asked_again_for_every_page() -> None:
    port = closed_port()

    async def scenario(server: FaultServer, fetcher: Fetcher) -> int:
        for page in range(20):
            with pytest.raises(Unreachable):
                await fetcher.fetch(f"http://127.0.0.1:{port}/{page}")
        return fetcher.failures(f"127.0.0.1:{port}")

    assert visit({}, scenario) == 3
