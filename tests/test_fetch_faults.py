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
from fault_server import Asked, FaultServer, Hang, answer, redirect, visit
from test_fetch import fails, fetch

from scraper.errors import (
    BadAnswer,
    FetchError,
    Forbidden,
    MissingExtra,
    TooLarge,
    TooSlow,
    Unreachable,
    UsageError,
)
from scraper.fetch import Fetcher, Limits
from scraper.fetch.address import is_private
from scraper.fetch.faults import explain
from scraper.model import Capture

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


def test_a_refused_connection_says_so() -> None:
    error = ask(f"http://127.0.0.1:{closed_port()}/")
    assert isinstance(error, Unreachable)
    assert "refuses connections" in str(error)


def test_a_failed_tls_handshake_says_so_and_is_not_tried_again() -> None:
    error = ask("https://SERVER/")
    assert isinstance(error, Unreachable)
    assert "no secure connection" in str(error)
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


# Private addresses


def looked_up(**hosts: list[str]):  # type: ignore[no-untyped-def]
    """A resolver that knows these hosts (`_` for the dot)."""

    async def resolve(name: str) -> list[str]:
        return hosts[name.replace(".", "_")]

    return resolve


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.1.2.3:8080/",
        "http://0.0.0.0/",
        "http://inner.example/",
        "http://mixed.example/",
    ],
)
def test_private_addresses_are_refused(url: str) -> None:
    resolve = looked_up(inner_example=["192.168.1.4"], mixed_example=["93.184.216.34", "::1"])
    error = ask(url, allow_private=frozenset(), resolve=resolve)
    assert isinstance(error, Forbidden)
    assert "private" in str(error)


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("::ffff:93.184.216.34", False),
        ("::ffff:127.0.0.1", True),
        ("::ffff:100.64.0.1", True),
        ("64:ff9b::5db8:d822", False),
        ("fe80::1%eth0", True),
        ("2400:3200::1", False),
        ("no address", False),
    ],
)
def test_wrapped_addresses_are_judged_by_what_they_wrap(address: str, private: bool) -> None:
    assert is_private(address) is private


def test_a_host_is_allowed_with_or_without_its_port_and_no_other() -> None:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> Capture:
        async with Fetcher(delay=0, allow_private=frozenset({server.host})) as narrow:
            with pytest.raises(Forbidden):
                await narrow.fetch(f"http://127.0.0.1:{closed_port()}/")
            return await narrow.fetch(server.url("/a"))

    assert visit({"/a": answer(200, b"x")}, scenario).body == b"x"


def test_a_redirect_to_a_private_address_is_refused() -> None:
    error = fails({"/a": redirect("http://169.254.169.254/latest/")})
    assert isinstance(error, Forbidden)


def test_a_name_that_turns_private_after_the_look_up_brings_nothing_home() -> None:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> None:
        with pytest.raises(Forbidden, match="private"):
            await fetcher.fetch(f"http://localhost:{server.port}/a")

    visit({"/a": answer(200, b"secret")}, scenario, resolve=looked_up(localhost=["93.184.216.34"]))


def mocked(pages: int, addresses: list[str]) -> list[str]:
    """The names looked up while some pages of one host are fetched, without a network."""
    calls: list[str] = []

    async def resolve(name: str) -> list[str]:
        calls.append(name)
        return addresses

    async def scenario() -> None:
        transport = httpx.MockTransport(lambda request: httpx.Response(404))
        async with Fetcher(delay=0, transport=transport, resolve=resolve) as fetcher:
            for page in range(pages):
                await fetcher.fetch(f"http://yunling.example/{page}")

    asyncio.run(scenario())
    return calls


def test_the_fake_addresses_of_a_tunnel_are_no_private_network() -> None:
    assert mocked(1, ["198.18.0.7"])
    with pytest.raises(Forbidden):
        mocked(1, ["10.18.0.7"])


def test_a_host_is_looked_up_once_for_many_pages() -> None:
    assert mocked(5, ["93.184.216.34"]) == ["yunling.example"]


# Proxies


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No proxy set but what the test sets."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


async def through(proxy: str, url: str, environment: pytest.MonkeyPatch, **options: object) -> Capture:
    """One fetch by a Fetcher that found `proxy` in its environment."""
    environment.setenv("http_proxy", proxy)
    environment.setenv("https_proxy", proxy)

    async def no_resolver(name: str) -> list[str]:
        raise AssertionError("behind a proxy, names are the proxy's to look up")

    async def at_once(seconds: float) -> None:
        return None

    async with Fetcher(delay=0, resolve=no_resolver, sleep=at_once, **options) as fetcher:  # type: ignore[arg-type]
        return await fetcher.fetch(url)


def test_a_proxy_of_the_environment_is_used(environment: pytest.MonkeyPatch) -> None:
    async def scenario() -> tuple[Capture, list[Asked]]:
        async with FaultServer({"http://yunling.example/a": answer(200, b"by proxy")}) as proxy:
            return await through(
                f"http://user:secret@{proxy.host}", "http://yunling.example/a", environment
            ), proxy.seen

    capture, seen = asyncio.run(scenario())
    assert (capture.body, capture.ip) == (b"by proxy", None)
    assert [asked.target for asked in seen] == [
        "http://yunling.example/robots.txt",
        "http://yunling.example/a",
    ]
    assert seen[0].headers["proxy-authorization"].startswith("Basic ")


def test_a_proxy_serves_no_private_address_on_behalf_of_a_page(environment: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with FaultServer({"*": answer(200, b"secret")}) as proxy:
            with pytest.raises(Forbidden):
                await through(proxy.host, "http://10.0.0.1/", environment)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("routes", "url", "words"),
    [
        (
            {"http://yunling.example/robots.txt": answer(407)},
            "http://yunling.example/",
            "wants a user and password",
        ),
        (
            {"yunling.example:443": answer(403)},
            "https://yunling.example/",
            "would not connect to yunling.example",
        ),
    ],
)
def test_a_proxy_that_refuses_is_named(
    routes: dict[str, object], url: str, words: str, environment: pytest.MonkeyPatch
) -> None:
    async def scenario() -> str:
        async with FaultServer(routes) as proxy:
            with pytest.raises(Unreachable) as caught:
                await through(f"http://user:secret@{proxy.host}", url, environment)
            assert proxy.host in str(caught.value)
            return str(caught.value)

    message = asyncio.run(scenario())
    assert words in message
    assert "secret" not in message


def test_a_proxy_that_is_down_is_named(environment: pytest.MonkeyPatch) -> None:
    proxy = f"http://127.0.0.1:{closed_port()}"
    with pytest.raises(Unreachable, match=f"the proxy {proxy} can't be reached"):
        asyncio.run(through(proxy, "http://yunling.example/", environment))


def test_no_proxy_and_loopback_go_straight(environment: pytest.MonkeyPatch) -> None:
    async def scenario() -> Capture:
        async with FaultServer({"/a": answer(200, b"straight")}) as server:
            allowed = frozenset({"127.0.0.1"})
            return await through("http://127.0.0.1:1", server.url("/a"), environment, allow_private=allowed)

    assert asyncio.run(scenario()).body == b"straight"
    environment.setenv("no_proxy", ".yunling.example")
    with pytest.raises(AssertionError, match="look up"):
        asyncio.run(through("http://127.0.0.1:1", "http://news.yunling.example/", environment))


@pytest.mark.parametrize(
    ("proxy", "error"), [("socks5://127.0.0.1:1", MissingExtra), ("gopher://127.0.0.1:1", UsageError)]
)
def test_a_proxy_that_cannot_be_used_is_a_usage_error(
    proxy: str, error: type[UsageError], environment: pytest.MonkeyPatch
) -> None:
    try:
        import socksio  # noqa: F401
    except ImportError:
        with pytest.raises(error):
            asyncio.run(through(proxy, "http://yunling.example/", environment))
