"""The Fetcher's promises on a server that behaves, or nearly: answers, redirects, retries, cookies, headers."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fault_server import Asked, FakeClock, FaultServer, Hang, answer, redirect, visit

from scraper import __version__
from scraper.errors import BadAnswer, FetchError, Forbidden, Unreachable, UsageError
from scraper.fetch import Fetcher, Limits
from scraper.fetch.client import AGENT
from scraper.model import Capture

PAGE = "<html><title>云岭开发区</title>".encode("gb18030")


def fetch(routes: dict[str, object], path: str = "/a", **options: object) -> tuple[Capture, FaultServer]:
    """One page of a server, and the server to look at afterwards. Options of `fetch` go by `ask`."""
    ask = options.pop("ask", {})

    async def scenario(server: FaultServer, fetcher: Fetcher) -> tuple[Capture, FaultServer]:
        return await fetcher.fetch(server.url(path), **ask), server  # type: ignore[arg-type]

    return visit(routes, scenario, **options)  # type: ignore[arg-type]


def fails(routes: dict[str, object], path: str = "/a", **options: object) -> FetchError:
    """The error that a page ends in."""
    with pytest.raises(FetchError) as caught:
        fetch(routes, path, **options)
    assert "\n" not in str(caught.value)
    return caught.value


def test_an_answer_is_kept_as_it_came() -> None:
    when = datetime(2026, 3, 1, 9, 30, 5, tzinfo=UTC)
    name = b'Content-Disposition: attachment; filename="\xb8\xbd\xbc\xfe.doc"'
    capture, server = fetch({"/a": answer(200, PAGE, "eTag: x", name)}, now=lambda: when)
    assert (capture.status, capture.body, capture.note) == (200, PAGE, "")
    assert capture.headers[:2] == ((b"eTag", b"x"), tuple(name.split(b": ", 1)))
    assert capture.url == capture.requested == server.url("/a")
    assert (capture.fetched_at, capture.ip) == ("2026-03-01T09:30:05Z", "127.0.0.1")


def test_the_time_of_an_answer_is_when_it_was_asked_for_and_not_when_waiting_began() -> None:
    clock = FakeClock(time=0)
    began = datetime(2026, 3, 1, tzinfo=UTC)
    routes: dict[str, object] = {"/a": [answer(503, b"", "Retry-After: 240"), answer(200)]}
    capture, _ = fetch(routes, clock=clock, now=lambda: began + timedelta(seconds=clock.time))
    assert (capture.fetched_at, capture.elapsed_ms) == ("2026-03-01T00:04:00Z", 0)


@pytest.mark.parametrize("status", [304, 403, 404, 412, 500, 521])
def test_every_status_is_an_answer(status: int) -> None:
    capture, _ = fetch({"/a": answer(status, b"" if status == 304 else b"wall")})
    assert capture.status == status


@pytest.mark.parametrize("status", [403, 404, 412, 521])
def test_walls_and_missing_pages_are_not_asked_again(status: int) -> None:
    _, server = fetch({"/a": answer(status)})
    assert server.paths() == ["/a"]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_passing_trouble_is_asked_again(status: int) -> None:
    capture, server = fetch({"/a": [answer(status), answer(200, b"back")]})
    assert (capture.body, len(server.paths())) == (b"back", 2)


def test_trouble_that_stays_is_an_answer_after_three_attempts() -> None:
    capture, server = fetch({"/a": answer(503, b"busy")})
    assert (capture.status, capture.body, len(server.paths())) == (503, b"busy", 3)


def test_the_request_says_who_asks_and_in_which_language() -> None:
    _, server = fetch({}, contact="desk@zones.example", ask={"referer": "http://zone.example/"})
    headers = server.seen[-1].headers
    assert headers["user-agent"] == AGENT[:-1] + "; desk@zones.example)"
    assert headers["accept-language"].startswith("zh-CN")
    assert headers["accept-encoding"] == "gzip, deflate"
    assert headers["referer"] == "http://zone.example/"
    assert headers["host"] == server.host


def test_the_user_agent_names_this_version() -> None:
    _, server = fetch({})
    assert server.seen[-1].headers["user-agent"].startswith(f"kaifaqu/{__version__} (")


@pytest.mark.parametrize(
    "cookie",
    [b"\xb8\xbd=\xbc\xfe", b"a=\xd6\xd0; Path=/", b"=; ;;", b"a=1; Expires=" + b"9" * 400, b"a" * 60_000],
)
def test_a_cookie_that_cannot_be_sent_back_breaks_nothing(cookie: bytes) -> None:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> int:
        await fetcher.fetch(server.url("/a"))
        return (await fetcher.fetch(server.url("/a"))).status

    assert visit({"/a": answer(200, b"x", b"Set-Cookie: " + cookie)}, scenario) == 200


@pytest.mark.parametrize("contact", ["开发区", "a@b.example\r\nX: y"])
def test_a_contact_that_cannot_stand_in_a_header_is_a_usage_error(contact: str) -> None:
    with pytest.raises(UsageError):
        Fetcher(contact=contact)


def test_a_second_visit_is_conditional_and_304_is_an_answer() -> None:
    def reply(asked: Asked) -> bytes:
        known = asked.headers.get("if-none-match") == '"v1"' and "if-modified-since" in asked.headers
        return b"HTTP/1.1 304 Not Modified\r\n\r\n" if known else answer(200, b"new")

    capture, _ = fetch({"/a": reply}, ask={"etag": '"v1"', "last_modified": "Sun, 01 Mar 2026 00:00:00 GMT"})
    assert (capture.status, capture.body) == (304, b"")


@pytest.mark.parametrize("etag", ['"x"\r\nCookie: a=b', "", "x" * 5000, "版本"])
def test_a_validator_that_could_break_the_request_is_not_sent(etag: str) -> None:
    capture, server = fetch({"/a": answer(200)}, ask={"etag": etag})
    assert capture.status == 200
    assert not {"if-none-match", "cookie"} & set(server.seen[-1].headers)


def test_validators_follow_a_page_to_its_other_spelling() -> None:
    async def scenario() -> list[bool]:
        sent = []

        def reply(request: httpx.Request) -> httpx.Response:
            sent.append("if-none-match" in request.headers)
            if request.url.scheme == "http" and request.url.path != "/robots.txt":
                return httpx.Response(301, headers={"Location": "https://www.yunling.example/a"})
            return httpx.Response(404)

        async with Fetcher(delay=0, transport=httpx.MockTransport(reply)) as fetcher:
            await fetcher.fetch("yunling.example/a", etag='"v1"')
        return sent

    assert asyncio.run(scenario()) == [False, True, False, True]


def test_validators_go_only_to_the_page_they_belong_to() -> None:
    _, server = fetch({"/a": redirect("/b"), "/b": answer(200)}, ask={"etag": '"v1"'})
    assert ["if-none-match" in asked.headers for asked in server.seen[-2:]] == [True, False]


def test_gzip_and_deflate_are_undone() -> None:
    capture, _ = fetch({"/a": answer(200, gzip.compress(PAGE), "Content-Encoding: gzip")})
    assert (capture.body, capture.note) == (PAGE, "")


def test_connections_are_kept_between_requests() -> None:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> int:
        for _ in range(5):
            await fetcher.fetch(server.url("/a"))
        return server.connections

    assert visit({"/a": answer(200, b"x")}, scenario) == 1


def test_a_kept_connection_that_the_server_closed_is_opened_anew() -> None:
    async def closing(asked: Asked) -> AsyncIterator[bytes]:
        yield answer(200, b"x")
        raise Hang

    capture, server = fetch({"/robots.txt": closing, "/a": closing})
    assert (capture.body, server.connections) == (b"x", 2)


def test_redirects_are_followed_and_recorded() -> None:
    capture, server = fetch({"/a": redirect("b/../c.html#top", status=301), "/c.html": answer(200, b"here")})
    (hop,) = capture.redirects
    assert (hop.url, hop.status, hop.location) == (server.url("/a"), 301, server.url("/c.html"))
    assert (capture.url, capture.requested, capture.body) == (
        server.url("/c.html"),
        server.url("/a"),
        b"here",
    )


def test_gbk_bytes_in_location_stay_gbk() -> None:
    target = "/新闻.htm".encode("gb18030")
    capture, _ = fetch({"/a": redirect(target), "/%D0%C2%CE%C5.htm": answer(200, b"here")})
    assert capture.body == b"here"


@pytest.mark.parametrize("location", [b"/x\ty", b"  /xy ", b"\\xy", b"/./xy"])
def test_sloppy_locations_are_read_as_browsers_do(location: bytes) -> None:
    capture, _ = fetch({"/a": redirect(location), "/xy": answer(200, b"here")})
    assert capture.body == b"here"


def test_an_ampersand_in_location_is_no_html_entity() -> None:
    capture, _ = fetch({"/a": redirect("/b?x=1&copy=2"), "/b?x=1&copy=2": answer(200, b"here")})
    assert capture.body == b"here"


def test_a_connection_in_use_is_not_closed_for_others() -> None:
    release = asyncio.Event()

    async def slow(asked: Asked) -> AsyncIterator[bytes]:
        yield answer(200, b"la", length=4)
        await release.wait()
        yield b"te"

    async def scenario(server: FaultServer, fetcher: Fetcher) -> Capture:
        hanging = asyncio.create_task(fetcher.fetch(server.url("/slow")))
        while "/slow" not in server.paths():
            await asyncio.sleep(0.01)
        async with FaultServer({}) as second, FaultServer({}) as third:
            for each in (second, third):
                await fetcher.fetch(each.url("/a"))
        release.set()
        return await hanging

    capture = visit({"/slow": slow}, scenario, limits=Limits(max_hosts=1, attempts=1))
    assert (capture.body, capture.note) == (b"late", "")


def test_a_given_transport_is_left_to_its_giver() -> None:
    class Given(httpx.MockTransport):
        closed = False

        async def aclose(self) -> None:
            self.closed = True

    async def scenario(given: Given) -> None:
        async with Fetcher(delay=0, transport=given, limits=Limits(max_hosts=1)) as fetcher:
            for name in ("yunling", "xikou", "dongshan"):
                await fetcher.fetch(f"http://{name}.example/")

    given = Given(lambda request: httpx.Response(404))
    asyncio.run(scenario(given))
    assert not given.closed


@pytest.mark.parametrize(
    "location", ["javascript:void(0)", "weixin://dl", "http://[::bad", "http://a b/", "ftp://x.example/"]
)
def test_a_location_that_is_no_web_address_is_a_bad_answer(location: str) -> None:
    assert isinstance(fails({"/a": redirect(location)}), BadAnswer)


def test_a_redirect_without_location_is_an_answer() -> None:
    capture, _ = fetch({"/a": answer(302, b"moved")})
    assert (capture.status, capture.body) == (302, b"moved")


def test_redirect_loops_end() -> None:
    error = fails({"/a": redirect("/b"), "/b": redirect("/a")})
    assert isinstance(error, BadAnswer)
    assert "circle" in str(error)


def test_endless_redirects_end_at_the_bound() -> None:
    seen: list[str] = []

    def onward(asked: Asked) -> bytes:
        seen.append(asked.target)
        return redirect(f"/n{len(seen)}")

    error = fails({"*": onward}, limits=Limits(max_redirects=3))
    assert isinstance(error, BadAnswer)
    assert "more than 3 times" in str(error)
    assert len(seen) == 4


def test_a_redirect_out_of_scope_is_refused_before_it_is_asked() -> None:
    asked: list[str] = []

    def in_scope(url: str) -> bool:
        asked.append(url)
        return False

    error = fails({"/a": redirect("/b")}, ask={"in_scope": in_scope})
    assert isinstance(error, Forbidden)
    assert asked[0].endswith("/b")


def test_a_redirect_to_itself_that_sets_a_cookie_passes() -> None:
    def reply(asked: Asked) -> bytes:
        if "CT6T=1" in asked.headers.get("cookie", ""):
            return answer(200, b"in")
        return redirect("/a", "Set-Cookie: CT6T=1; path=/")

    capture, _ = fetch({"/a": reply})
    assert (capture.body, len(capture.redirects)) == (b"in", 1)


def test_a_redirect_to_itself_with_ever_new_cookies_ends() -> None:
    seen: list[str] = []

    def reply(asked: Asked) -> bytes:
        seen.append(asked.target)
        return redirect("/a", f"Set-Cookie: n={len(seen)}")

    assert isinstance(fails({"/a": reply}), BadAnswer)


def test_cookies_stay_with_the_host_that_set_them() -> None:
    sent: list[tuple[str, str | None]] = []

    def reply(request: httpx.Request) -> httpx.Response:
        sent.append((request.url.host, request.headers.get("cookie")))
        return httpx.Response(404, headers={"Set-Cookie": "a=1; Domain=yunling.example"})

    async def scenario() -> None:
        async with Fetcher(delay=0, transport=httpx.MockTransport(reply)) as fetcher:
            await fetcher.fetch("http://news.yunling.example/")
            await fetcher.fetch("http://invest.yunling.example/")

    asyncio.run(scenario())
    news, invest = "news.yunling.example", "invest.yunling.example"
    assert sent == [(news, None), (news, "a=1"), (invest, None), (invest, "a=1")]


def test_a_flood_of_cookies_is_not_kept() -> None:
    flood = [f"Set-Cookie: c{n}={'x' * 100}" for n in range(60)]

    async def scenario(server: FaultServer, fetcher: Fetcher) -> dict[str, str]:
        await fetcher.fetch(server.url("/set"))
        await fetcher.fetch(server.url("/set"))
        return server.seen[-1].headers

    assert "cookie" not in visit({"/set": answer(200, b"", *flood)}, scenario)


def test_retry_after_holds_the_whole_host_in_both_forms() -> None:
    now = datetime(2026, 3, 1, 9, 30, 0, tzinfo=UTC)
    for value in ("120", "Sun, 01 Mar 2026 09:32:00 GMT"):
        clock = FakeClock()
        fetch({"/a": [answer(429, b"", f"Retry-After: {value}"), answer(200)]}, clock=clock, now=lambda: now)
        assert clock.slept == [120.0]


def test_retry_after_is_capped() -> None:
    clock = FakeClock()
    fetch({"/a": [answer(503, b"", "Retry-After: 86400"), answer(200)]}, clock=clock)
    assert clock.slept == [300.0]


def test_a_host_in_trouble_is_asked_ever_slower_until_it_answers() -> None:
    clock = FakeClock()

    async def scenario(server: FaultServer, fetcher: Fetcher) -> tuple[int, int]:
        await fetcher.fetch(server.url("/a"))
        before = fetcher.failures(server.host)
        await fetcher.fetch(server.url("/b"))
        return before, fetcher.failures(server.host)

    before, after = visit({"/a": answer(503), "/b": answer(200)}, scenario, clock=clock)
    assert clock.slept == [1.0, 2.0, 4.0]
    assert (before, after) == (3, 0)


def test_a_page_that_is_broken_by_itself_slows_nothing_down() -> None:
    clock = FakeClock()
    fetch({"/a": answer(500)}, clock=clock)
    assert clock.slept == [1.0, 1.0]


def test_requests_to_one_host_never_overlap_and_pause() -> None:
    clock = FakeClock()

    async def scenario(server: FaultServer, fetcher: Fetcher) -> int:
        await asyncio.gather(*(fetcher.fetch(server.url(f"/{n}")) for n in range(5)))
        return server.most_active

    assert visit({}, scenario, clock=clock, delay=2.0) == 1
    assert clock.slept == [2.0] * 5  # robots.txt counts as a request


def test_other_hosts_go_on_while_one_hangs() -> None:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> bytes:
        release = asyncio.Event()

        async def slow(asked: Asked) -> AsyncIterator[bytes]:
            await release.wait()
            yield answer(200, b"late")

        server.routes["/slow"] = slow
        hanging = asyncio.create_task(fetcher.fetch(server.url("/slow")))
        async with FaultServer({"/a": answer(200, b"quick")}) as other:
            quick = await fetcher.fetch(other.url("/a"))
            assert not hanging.done()
        release.set()
        await hanging
        return quick.body

    assert visit({}, scenario) == b"quick"


def test_idle_connections_are_closed_beyond_the_bound() -> None:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> int:
        async with FaultServer({}) as second, FaultServer({}) as third:
            for each in (server, second, third, second, server):
                await fetcher.fetch(each.url("/a"))
            return server.connections

    assert visit({}, scenario, limits=Limits(max_hosts=2)) == 2


@pytest.mark.parametrize(
    "url", ["ftp://zone.example/a", "file:///etc/passwd", "javascript:alert(1)", "", "http://", "http://a b"]
)
def test_only_web_addresses_are_fetched(url: str) -> None:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> None:
        with pytest.raises(Forbidden):
            await fetcher.fetch(url)

    visit({}, scenario)


def test_the_network_can_be_replaced() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404 if request.url.path == "/robots.txt" else 200, content=b"made up")

    async def scenario() -> Capture:
        async with Fetcher(delay=0, transport=httpx.MockTransport(reply)) as fetcher:
            return await fetcher.fetch("http://yunling-zone.example/")

    assert asyncio.run(scenario()).body == b"made up"


def test_a_host_label_no_resolver_takes_is_an_error_of_ours() -> None:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> None:
        for url in (f"http://{'a' * 70}.example/", "http://..example/", "http://-.example:99/"):
            with pytest.raises((Unreachable, BadAnswer, Forbidden)):
                await fetcher.fetch(url)

    async def nobody(name: str) -> list[str]:
        raise OSError("no network in tests")

    visit({}, scenario, resolve=nobody)


def test_nothing_of_the_http_library_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        fetch({"/a": redirect("/b"), "/b": answer(503)})
    assert caplog.records == []


class RecordingSocket:
    """A connection's socket that keeps what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int]] = []

    def setsockopt(self, level: int, name: int, value: int) -> None:
        self.asked.append((level, name, value))

    def get_extra_info(self, name: str) -> object:
        return self if name == "socket" else None


@pytest.mark.skipif(
    not hasattr(socket, "TCP_QUICKACK"), reason="only Linux lets a program acknowledge at once"
)
def test_bytes_are_acknowledged_as_they_come_for_servers_that_wait_for_that() -> None:
    connection = RecordingSocket()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"<html>"
        yield b"</html>"

    def serve(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        return httpx.Response(200, content=pieces(), extensions={"network_stream": connection})

    async def scenario() -> Capture:
        async with Fetcher(delay=0, transport=httpx.MockTransport(serve)) as fetcher:
            return await fetcher.fetch("http://zone.example/a")

    assert asyncio.run(scenario()).body == b"<html></html>"
    assert connection.asked == [(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)] * 3
