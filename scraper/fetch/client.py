"""The Fetcher: one address in, one Capture out, politely. Redirects, retries, robots.txt and pace come together here."""

from __future__ import annotations

import asyncio
import random as chance
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Self

import ada_url
import httpx
from tenacity import AsyncRetrying, RetryCallState, stop_after_attempt

from scraper import __version__, urls
from scraper.errors import BadAnswer, Blocked, FetchError, Forbidden, LeavesPortal, Unreachable, UsageError
from scraper.fetch import address
from scraper.fetch.cookies import Cookies
from scraper.fetch.decode import TRUNCATED
from scraper.fetch.exchange import Answer, exchange
from scraper.fetch.faults import ERRORS, explain
from scraper.fetch.forms import content_type
from scraper.fetch.gate import Gate, Sleep, retry_after
from scraper.fetch.limits import Limits
from scraper.fetch.pool import Pool, origin_of
from scraper.fetch.robots import RobotsAnswer, RobotsCache, parse
from scraper.fetch.tls import NORMAL, Tls
from scraper.model import Capture, Redirect
from scraper.text import shorten

AGENT = f"kaifaqu/{__version__} (news archive of development zones; polite crawler)"

_STRAIN = frozenset({429, 503})  # the host asks for less: the pace of the whole host slows down
_AGAIN = _STRAIN | {408, 425, 500, 502, 504}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SAME_METHOD = frozenset({307, 308})  # after the others a browser asks with GET
_ROBOTS_HOPS = 5  # RFC 9309 §2.3.1.2
_WALL = 521  # not an error of the server: the mark of a wall that wants a browser
_PRINTABLE = re.compile(r"[\x21-\x7e\x80-\xff][\x20-\x7e\x80-\xff]*")
_HIGH = re.compile(rb"[\x80-\xff]")
_MOST_VALUE = 4096

Header = tuple[bytes, bytes]


class Fetcher:
    """Fetches over HTTP; use as `async with`. One for a whole crawl: it remembers hosts, robots.txt, cookies and pace.

    `delay`: seconds between two requests to one host. `contact`: put into the User-Agent, so that a portal can write.
    `allow_private`: hosts (as in URLs) that may be on private addresses. Clock, sleep and chance are passed in by tests;
    `transport` replaces the network, and then no host is looked up unless `resolve` is given too. `tls`: the ways in which
    secure connections may be made; `use_tls` names others for a host.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        delay: float = 1.0,
        contact: str | None = None,
        allow_private: frozenset[str] = frozenset(),
        tls: Tls = NORMAL,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        random: Callable[[], float] = chance.random,
        transport: httpx.AsyncBaseTransport | None = None,
        resolve: address.Resolve | None = None,
    ) -> None:
        limits = limits or Limits()
        self._limits = limits
        self._now = now
        self._monotonic = monotonic
        self._headers = _headers(contact)
        self._timeout = httpx.Timeout(
            limits.read_seconds, connect=limits.connect_seconds, pool=None
        ).as_dict()
        self._tls: dict[str, Tls] = {}
        self._pool = Pool(
            most=limits.max_hosts,
            transport=transport,
            tls=lambda host: self._tls.get(host.removeprefix("www."), tls),
        )
        resolve = resolve or (None if transport else address.resolve)
        self._guard = address.Guard(allow_private, resolve, monotonic, limits.connect_seconds)
        self._gate = Gate(
            delay=delay,
            backoff=limits.backoff_seconds,
            max_wait=limits.max_wait,
            monotonic=monotonic,
            sleep=sleep,
            random=random,
        )
        self._cookies = Cookies()
        self._robots = RobotsCache(self._load_robots, monotonic)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._pool.aclose()

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        in_scope: Callable[[str], bool] = lambda url: True,
        referer: str | None = None,
        form: str | None = None,
        limits: Limits | None = None,
    ) -> Capture:
        """The answer to a GET of `url`, or to a POST of `form`, redirects followed; any status is an answer (304, 404, 412,
        521 too). A form is sent as JSON where it is an object of it, else as browsers send theirs.

        `etag` and `last_modified` (of an earlier answer) make the request conditional. `in_scope` judges each address a
        redirect leads to. `limits`: the size and time this answer may take, where not the fetcher's own. Raises
        Unreachable, TooSlow, TooLarge, BadAnswer, Forbidden, Blocked.
        """
        target = _web_address(url)
        page = urls.key(target)
        conditions = (
            _sent("If-None-Match", etag) + _sent("If-Modified-Since", last_modified) if not form else []
        )
        hops: list[Redirect] = []
        seen: set[tuple[str, str, bool]] = set()
        posted = form
        while True:
            await self._check_robots(target)
            headers = _sent("Referer", referer)
            # An answer earlier kept belongs to this page, also under another scheme or with www., and to no other.
            headers += conditions if urls.key(target) == page else []
            state = (target, self._cookies.header(target), posted is None)
            if state in seen:
                raise BadAnswer(
                    f"{shorten(target)} redirects to itself in a circle",
                    "open it in a browser to see where it leads",
                )
            seen.add(state)
            answer = await self._ask(target, headers, form=posted, limits=limits)
            location = _location(answer, target)
            if location is None:
                return _capture(answer, url, target, tuple(hops), posted)
            if answer.status not in _SAME_METHOD:
                posted = None
            hops.append(Redirect(url=target, status=answer.status, location=location))
            self._check_hop(hops, in_scope)
            target = location

    async def robots(self, host_url: str) -> RobotsAnswer:
        """robots.txt of the scheme and host of `host_url`: asked for once, remembered for a day. Raises Forbidden."""
        target = _web_address(host_url)
        answer = await self._robots.get(origin_of(target))
        self._gate.set_pause(
            urls.host(target), answer.crawl_delay and min(answer.crawl_delay, self._limits.max_crawl_delay)
        )
        return answer

    def use_robots(self, origin: str, text: str, *, at: str, age: float) -> None:
        """Believe a robots.txt that was had `age` seconds ago (`at`), for the rest of its day (RFC 9309 §2.4)."""
        self._robots.keep(parse(origin, 200, text.encode(), at), age)

    def use_tls(self, host: str, tls: Tls) -> None:
        """Make secure connections with `host` (and its www. twin) in these ways, from its next new connection on."""
        self._tls[host.removeprefix("www.")] = tls

    def use_delay(self, host: str, seconds: float) -> None:
        """Keep these seconds between requests to `host`, instead of those for all; its robots.txt may ask for more."""
        self._gate.set_delay(host, seconds)

    def crawl_delay(self, host: str) -> float:
        """Seconds kept between requests to `host`: the delay, or what its robots.txt asks for if that is longer."""
        return self._gate.pause(host)

    def failures(self, host: str) -> int:
        """How many requests to `host` failed in a row (429, 503, no connection): a crawl gives up by this."""
        return self._gate.failures(host)

    async def _check_robots(self, url: str) -> None:
        robots = await self.robots(url)
        if robots.allowed(url):
            return
        host = urls.host(url)
        if robots.error:
            raise _copy(robots.error, robots.error.cause)
        if robots.status == _WALL:
            raise Blocked(
                f"a wall (HTTP {_WALL}) stands before {host}, its robots.txt included",
                "ask the portal for access",
            )
        if robots.unreachable:
            raise Unreachable(
                f"robots.txt of {host} answers HTTP {robots.status}, so nothing there may be fetched",
                "try again later",
            )
        raise Forbidden(f"robots.txt of {host} forbids {shorten(url)}", "it is left out")

    def _check_hop(self, hops: list[Redirect], in_scope: Callable[[str], bool]) -> None:
        hop = hops[-1]
        if len(hops) > self._limits.max_redirects:
            raise BadAnswer(
                f"{shorten(hops[0].url)} redirects more than {self._limits.max_redirects} times",
                "open it in a browser to see where it leads",
            )
        if not in_scope(hop.location):
            raise LeavesPortal(
                f"{shorten(hop.url)} redirects out of the portal, to {shorten(hop.location)}",
                "it is left out",
            )

    async def _load_robots(self, origin: str) -> RobotsAnswer:
        """Ask for the file. Redirects lead anywhere; more than five, or to where we must not go, mean there is none."""
        target = origin + "/robots.txt"
        status = 404
        for hop in range(_ROBOTS_HOPS + 1):
            try:
                answer = await self._ask(target, [], robots=True)
            except Forbidden:
                if hop:
                    break
                raise
            except FetchError as error:
                # What lasts (no such host, no TLS) is the host's and not the file's.
                cause = f"{error.cause} (asked for robots.txt)" if error.retry else error.cause
                kept = _copy(error, cause)
                return RobotsAnswer(origin=origin, status=None, error=kept, fetched_at=_stamp(self._now()))
            status = answer.status
            try:
                location = _location(answer, target)
            except BadAnswer:
                break
            if location is None:
                return parse(origin, status, answer.body, _stamp(self._now()))
            target = location
        return parse(origin, status, b"", _stamp(self._now()))

    async def _ask(
        self,
        url: str,
        headers: list[Header],
        *,
        form: str | None = None,
        robots: bool = False,
        limits: Limits | None = None,
    ) -> Answer:
        """One hop, asked again where that can help. The gate does the waiting between attempts."""
        attempts = AsyncRetrying(
            stop=stop_after_attempt(self._limits.attempts),
            retry=_helps,
            sleep=_no_sleep,
            retry_error_callback=_outcome,
        )
        answer: Answer = await attempts(self._attempt, url, headers, form, robots, limits or self._limits)
        return answer

    async def _attempt(
        self, url: str, headers: list[Header], form: str | None, robots: bool, limits: Limits
    ) -> Answer:
        host = urls.host(url)
        async with self._gate.turn(host), self._pool.line(url) as line:
            try:
                await self._guard.check(url, proxied=line.proxy is not None)
                request = self._request(url, headers, form)
                answer = await exchange(
                    line,
                    request,
                    limits,
                    admit=lambda ip: self._guard.check_peer(url, ip),
                    most=limits.max_robots if robots else limits.max_body,
                    cut=robots,
                    at=self._now(),
                    monotonic=self._monotonic,
                )
            except FetchError as error:
                if error.retry:
                    self._gate.failed(host)
                raise
            self._cookies.keep(request, answer.headers)
            self._pace(host, answer)
            return answer

    def _request(self, url: str, headers: list[Header], form: str | None) -> httpx.Request:
        kind = [] if form is None else [(b"Content-Type", content_type(form).encode())]
        try:
            request = httpx.Request(
                "GET" if form is None else "POST",
                url,
                headers=[*self._headers, *headers, *kind],
                content=form,
                extensions={"timeout": self._timeout},
            )
        except ERRORS as error:
            raise explain(error, url) from error
        self._cookies.add_to(request)
        return request

    def _pace(self, host: str, answer: Answer) -> None:
        """What an answer tells of the host's state."""
        if answer.status not in _AGAIN:
            return self._gate.succeeded(host)
        if answer.status in _STRAIN:
            self._gate.failed(host)
        asked = retry_after(answer.headers, self._now())
        self._gate.hold(host, self._limits.backoff_seconds if asked is None else asked)
        return None


def _headers(contact: str | None) -> list[Header]:
    """The headers of every request. HTML first, Chinese first, and who asks."""
    agent = f"{AGENT[:-1]}; {contact})" if contact else AGENT
    if not (agent.isascii() and _sent("User-Agent", agent)):
        raise UsageError(
            f"{contact!r} can't stand in a User-Agent", "give an e-mail or web address in plain ASCII"
        )
    return [
        (b"User-Agent", agent.encode("ascii")),
        (b"Accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        (b"Accept-Language", b"zh-CN,zh;q=0.9,en;q=0.5"),
        (b"Accept-Encoding", b"gzip, deflate"),
        (b"Connection", b"keep-alive"),
    ]


def _web_address(url: str) -> str:
    target = urls.normalise(url)
    if target is None:
        raise Forbidden(f"{shorten(url)} is no web address", "only http:// and https:// are fetched")
    return target


def _sent(name: str, value: str | None) -> list[Header]:
    """The header, or none if its value can't stand in one: it came from a page or a server, and could break the line."""
    if not value or len(value) > _MOST_VALUE or not _PRINTABLE.fullmatch(value):
        return []
    return [(name.encode("ascii"), value.encode("latin-1"))]


def _location(answer: Answer, url: str) -> str | None:
    """Where a redirect leads, from the raw bytes of Location: GBK stays as it is, only percent-encoded; None: no redirect.

    Libraries read the bytes as Latin-1 and ask for their UTF-8 form, which no portal knows.
    """
    if answer.status not in _REDIRECTS:
        return None
    value = next((value for name, value in answer.headers if name.lower() == b"location"), None)
    if value is None:
        return None
    text = _HIGH.sub(lambda match: b"%%%02X" % match[0][0], value).decode("ascii")
    try:
        target = str(ada_url.join_url(url, text)).partition("#")[0]
    except (ValueError, UnicodeError):
        target = ""
    if not target.startswith(("http://", "https://")):
        raise BadAnswer(
            f"{shorten(url)} redirects to what is no web address ({shorten(text)})", "it is left out"
        )
    return target


def _capture(
    answer: Answer, requested: str, url: str, hops: tuple[Redirect, ...], form: str | None
) -> Capture:
    return Capture(
        url=url,
        requested=requested,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        fetched_at=_stamp(answer.at),
        elapsed_ms=answer.elapsed_ms,
        ip=answer.ip,
        tls=answer.tls,
        redirects=hops,
        note="; ".join(answer.notes),
        form=form,
    )


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _copy(error: FetchError, cause: str) -> FetchError:
    """The same failure as a new exception: one kept in memory must not hold, nor gather, tracebacks."""
    copy = type(error)(cause, error.cure)
    copy.retry = error.retry
    return copy


def _helps(state: RetryCallState) -> bool:
    """Whether to ask once more: trouble that passes, and once after a body that broke off."""
    outcome = state.outcome
    assert outcome is not None
    error = outcome.exception()
    if error is not None:
        return isinstance(error, FetchError) and error.retry
    answer: Answer = outcome.result()
    return answer.status in _AGAIN or (TRUNCATED in answer.notes and state.attempt_number == 1)


def _outcome(state: RetryCallState) -> Answer:
    """After the last attempt: its answer, or its error raised."""
    assert state.outcome is not None
    answer: Answer = state.outcome.result()
    return answer


async def _no_sleep(seconds: float) -> None:
    """Waiting is the gate's."""
