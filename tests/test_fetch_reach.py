"""What may be reached and through what: private addresses are refused, the proxies of the environment are used."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fault_server import Asked, FaultServer, answer, redirect, visit
from test_fetch import fails
from test_fetch_faults import ask, closed_port

from scraper.errors import Forbidden, MissingExtra, Unreachable, UsageError
from scraper.fetch import Fetcher
from scraper.fetch.address import is_private
from scraper.model import Capture

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
