"""robots.txt by RFC 9309: which answers allow, which forbid, how rules match, how long they are believed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from fault_server import Asked, FakeClock, FaultServer, Hang, answer, redirect, visit

from scraper.errors import Blocked, FetchError, Forbidden, Unreachable
from scraper.fetch import Fetcher, Limits, RobotsAnswer
from scraper.fetch.robots import parse

ORIGIN = "http://yunling.example"
RULES = b"User-agent: *\nDisallow: /admin/\nAllow: /admin/news/\nDisallow: /*.asp$\nCrawl-delay: 5\n"


def judge(body: bytes, path: str, status: int = 200) -> bool:
    """Whether a robots.txt of these bytes allows a path."""
    return parse(ORIGIN, status, body).allowed(ORIGIN + path)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/admin/a.htm", False),
        ("/admin/news/a.htm", True),
        ("/list.asp", False),
        ("/list.asp?id=1", True),
    ],
)
def test_the_longest_rule_wins(path: str, allowed: bool) -> None:
    assert judge(RULES, path) is allowed


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + RULES,
        RULES.replace(b"\n", b"\r\n"),
        RULES.replace(b"\n", b"\r"),
        RULES.replace(b"D", b"D\0"),
        b"\xff\xfe" + RULES.decode().encode("utf-16-le"),
        b"\xfe\xff" + RULES.decode().encode("utf-16-be"),
        "# 云岭开发区\n".encode("gb18030") + RULES,
        b"\xff\x81\n\x85 : \n" + RULES,
    ],
    ids=["bom", "crlf", "cr", "nul", "utf-16le", "utf-16be", "gbk", "rubbish"],
)
def test_rules_are_seen_through_marks_and_rubbish(body: bytes) -> None:
    assert judge(body, "/a.htm")
    assert not judge(body, "/admin/")


def test_our_own_group_is_obeyed_instead_of_the_general_one() -> None:
    body = b"User-agent: *\nDisallow: /\n\nUser-agent: Kaifaqu\nDisallow: /inner/\n"
    assert judge(body, "/a.htm")
    assert not judge(body, "/inner/a.htm")
    assert not judge(b"User-agent: kaifaqu\nDisallow: /\n", "/")


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_raw_chinese_paths_match_the_bytes_of_the_address(charset: str) -> None:
    body = b"User-agent: *\nDisallow: /" + "内部".encode(charset)
    escaped = "".join(f"%{byte:02X}" for byte in "内部".encode(charset))
    other = "".join(f"%{byte:02X}" for byte in "新闻".encode(charset))
    assert not judge(body, f"/{escaped}/a.htm")
    assert not judge(body, f"/{escaped.lower()}/a.htm")
    assert not judge(b"User-agent: *\nDisallow: /" + escaped.encode(), f"/{escaped}/")
    assert judge(body, f"/{other}/a.htm")


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 412, 451])
def test_a_missing_file_allows_all(status: int) -> None:
    assert judge(b"User-agent: *\nDisallow: /", "/", status)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 521])
def test_a_server_in_trouble_allows_nothing(status: int) -> None:
    assert not judge(b"", "/", status)


@pytest.mark.parametrize("body", [b"<!DOCTYPE html>\n" + RULES, b"\xef\xbb\xbf\r\n <pre>\n" + RULES])
def test_a_page_in_its_place_allows_all(body: bytes) -> None:
    answer = parse(ORIGIN, 200, body)
    assert answer.allowed(ORIGIN + "/admin/")
    assert answer.crawl_delay is None


@pytest.mark.parametrize("value", ["nan", "inf", "-3", "soon", "1e999", ""])
def test_a_senseless_crawl_delay_is_none(value: str) -> None:
    assert (
        parse(ORIGIN, 200, f"User-agent: *\nCrawl-delay: {value}\nDisallow: /x".encode()).crawl_delay is None
    )


def test_the_text_is_kept_for_the_archive() -> None:
    assert parse(ORIGIN, 200, "# 云岭\n".encode("gb18030")).text == "# 云岭\n"
    assert parse(ORIGIN, 200, "# 云岭\n".encode()).text == "# 云岭\n"


def test_a_file_of_half_a_mebibyte_is_read_to_its_end() -> None:
    body = (
        b"User-agent: *\n"
        + b"".join(b"Disallow: /trap/%06d\n" % n for n in range(20_000))
        + b"Disallow: /last/"
    )
    assert len(body) < Limits().max_robots
    assert not judge(body, "/last/")
    assert judge(body, "/a.htm")


# Over the network


def robots(routes: dict[str, object], **options: object) -> RobotsAnswer:
    """What a server with these routes allows."""

    async def scenario(server: FaultServer, fetcher: Fetcher) -> RobotsAnswer:
        return await fetcher.robots(server.url("/some/page.htm"))

    return visit(routes, scenario, **options)  # type: ignore[arg-type]


def refusal(routes: dict[str, object], **options: object) -> tuple[FetchError, list[str]]:
    """How a page of such a server is refused, and what was asked for."""

    async def scenario(server: FaultServer, fetcher: Fetcher) -> tuple[FetchError, list[str]]:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(server.url("/admin/a.htm"))
        return caught.value, server.paths()

    return visit(routes, scenario, **options)  # type: ignore[arg-type]


def test_a_forbidden_page_is_not_asked_for() -> None:
    error, asked = refusal({"/robots.txt": answer(200, RULES)})
    assert isinstance(error, Forbidden)
    assert "robots.txt" in str(error)
    assert asked == []


def test_a_redirect_to_a_forbidden_page_is_not_followed() -> None:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> list[str]:
        with pytest.raises(Forbidden):
            await fetcher.fetch(server.url("/a"))
        return server.paths()

    assert visit({"/robots.txt": answer(200, RULES), "/a": redirect("/admin/")}, scenario) == ["/a"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_page_of_a_server_in_trouble_is_not_asked_for_and_the_error_says_why(status: int) -> None:
    error, asked = refusal({"/robots.txt": answer(status)})
    assert isinstance(error, Unreachable)
    assert "robots.txt of 127.0.0.1" in str(error)
    assert f"HTTP {status}" in str(error)
    assert error.retry
    assert asked == []


def test_a_wall_before_robots_txt_is_a_wall() -> None:
    error, asked = refusal({"/robots.txt": answer(521, b"<script>")})
    assert isinstance(error, Blocked)
    assert asked == []


def test_no_answer_forbids_all_and_the_error_says_so() -> None:
    async def cut(asked: Asked) -> AsyncIterator[bytes]:
        raise Hang(reset=True)
        yield b""

    error, asked = refusal({"/robots.txt": cut})
    assert isinstance(error, Unreachable)
    assert "asked for robots.txt" in str(error)
    assert asked == []
    assert not robots({"/robots.txt": cut}).allowed("http://127.0.0.1/")


def test_not_http_forbids_all() -> None:
    assert robots({"/robots.txt": b"SSH-2.0-x\r\n\r\n"}).unreachable


def test_five_redirects_are_followed_and_rules_apply_to_the_first_host() -> None:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> RobotsAnswer:
        async with FaultServer({"/5": answer(200, RULES)}) as other:
            server.routes["/4"] = redirect(other.url("/5"))
            answer_ = await fetcher.robots(server.url())
            assert answer_.origin == server.url().rstrip("/")
            assert not answer_.allowed(server.url("/admin/"))
            return answer_

    routes: dict[str, object] = {f"/{n}": redirect(f"/{n + 1}") for n in range(1, 4)}
    assert visit({**routes, "/robots.txt": redirect("/1")}, scenario).crawl_delay == 5


@pytest.mark.parametrize("location", ["/robots.txt", "ftp://x/", "http://169.254.169.254/robots.txt"])
def test_redirects_that_lead_nowhere_mean_there_is_no_file(location: str) -> None:
    assert robots({"/robots.txt": redirect(location)}).allowed("http://127.0.0.1/")


def test_a_soft_404_behind_a_redirect_allows_all() -> None:
    page = answer(200, "<html>温馨提示：您访问的页面不存在".encode())
    assert robots({"/robots.txt": redirect("/404.htm"), "/404.htm": page}).allowed("http://127.0.0.1/")


def test_an_endless_file_is_cut_and_its_beginning_obeyed() -> None:
    async def endless(asked: Asked) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n" + RULES
        while True:
            yield b"# filler\n" * 1000

    answer_ = robots({"/robots.txt": endless}, limits=Limits(max_robots=50_000))
    assert not answer_.allowed("http://127.0.0.1/admin/")
    assert len(answer_.text) == 50_000


def test_the_file_is_asked_for_once_a_day() -> None:
    clock = FakeClock()

    async def scenario(server: FaultServer, fetcher: Fetcher) -> list[int]:
        counts = []
        for hours in (0, 23, 2):
            clock.time += hours * 3600
            await asyncio.gather(*(fetcher.fetch(server.url(f"/{n}")) for n in range(3)))
            counts.append(sum(asked.target == "/robots.txt" for asked in server.seen))
        return counts

    assert visit({}, scenario, clock=clock) == [1, 1, 2]


def test_a_file_that_could_not_be_had_is_asked_for_again_soon() -> None:
    clock = FakeClock()

    async def scenario(server: FaultServer, fetcher: Fetcher) -> int:
        with pytest.raises(Unreachable):
            await fetcher.fetch(server.url("/a"))
        clock.time += 3600
        return (await fetcher.fetch(server.url("/a"))).status

    routes: dict[str, object] = {
        "/robots.txt": [answer(503), answer(503), answer(503), answer(404)],
        "/a": answer(200),
    }
    assert visit(routes, scenario, clock=clock) == 200


def test_an_older_copy_stands_while_the_file_cannot_be_had() -> None:
    clock = FakeClock()

    async def scenario(server: FaultServer, fetcher: Fetcher) -> int:
        await fetcher.fetch(server.url("/a"))
        clock.time += 25 * 3600
        with pytest.raises(Forbidden):
            await fetcher.fetch(server.url("/admin/"))
        return (await fetcher.fetch(server.url("/a"))).status

    routes: dict[str, object] = {"/robots.txt": [answer(200, RULES), answer(503)], "/a": answer(200)}
    assert visit(routes, scenario, clock=clock) == 200


def test_crawl_delay_lengthens_the_pause_up_to_thirty_seconds() -> None:
    for asked, kept in ((0.1, 2.0), (5, 5.0), (3600, 30.0)):
        clock = FakeClock()

        async def scenario(server: FaultServer, fetcher: Fetcher) -> float:
            await fetcher.fetch(server.url("/a"))
            await fetcher.fetch(server.url("/b"))
            return fetcher.crawl_delay(server.host)

        body = f"User-agent: *\nCrawl-delay: {asked}\nDisallow: /x".encode()
        assert visit({"/robots.txt": answer(200, body)}, scenario, clock=clock, delay=2.0) == kept
        assert clock.slept[-1] == kept
