"""A browser for pages that are made by script only: an optional room with one guest, Chromium by Playwright.

The browser never reaches the network. What a page wants is asked for by the Fetcher, as everything is: in its turn, within
robots.txt and bounds; then handed to the browser. Asked for are scripts, frames and data of the same portal, by GET. Images,
fonts, styles, beacons, forms and view counters are not.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Self

from scraper.errors import BadAnswer, FetchError, MissingExtra, TooLarge, TooSlow, UsageError
from scraper.fetch.client import Fetcher
from scraper.fetch.limits import Limits
from scraper.model import Capture
from scraper.read.family import load_families
from scraper.text import shorten

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Playwright, Request, Route

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MOST_REQUESTS = 60
"""Of one page. A portal's page asks for a dozen scripts and a few data; with more the page is an application."""
MOST_MOVES = 4
"""Documents that a page may lead its window to, itself the first: an entry page sends its reader on once or twice."""
MOST_SECONDS = 180.0
"""For one page with its turns at the gate: MOST_REQUESTS at the usual pause, and some for a slow host."""
QUIET_SECONDS = 0.5
"""A page is made when it has wanted nothing for so long, as browsers' own test of an idle network has it."""
MOST_KEPT = 16 << 20  # bytes of scripts that are not asked for anew by each page

_WANTED = frozenset({"document", "script", "xhr", "fetch"})
# Words of addresses that count visits, whole or as part of a name; `count` alone is also the length of a list.
_COUNTING = re.compile(
    r"hits?(?![a-z])|click|visit|(?:view|add|pv|read)_?count|counter|statist|analy(?:s|tics)|tongji|beacon|webdig|/pv(?![a-z])|track",
    re.I,
)


def find_browser(named: str | None = None) -> str:
    """The Chromium to use: the one named, or in KAIFAQU_CHROMIUM, or the first that the system knows. UsageError: none."""
    named = named or os.environ.get("KAIFAQU_CHROMIUM")
    found = [path for name in ((named,) if named else NAMES) if (path := shutil.which(name))]
    if found:
        return found[0]
    if named:
        raise UsageError(f"there is no Chromium at {named}", "name another with --chromium PATH")
    raise UsageError(
        "no Chromium was found", "install one (apt install chromium) or name it: --chromium PATH"
    )


def check(named: str | None = None) -> None:
    """Raise MissingExtra or UsageError, with the cure, where pages can't be rendered on this machine."""
    try:
        import playwright.async_api  # noqa: F401
    except ImportError as error:
        raise MissingExtra(
            "pages can't be rendered without playwright", "pip install 'kaifaqu[render]'"
        ) from error
    find_browser(named)


class Renderer:
    """A browser that is started by the first page; use as `async with`. One page at a time.

    `browser`: its executable, None: the first that is found. `seconds`: how long one page may take. `now` tells when a page
    was made.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        browser: str | None = None,
        limits: Limits | None = None,
        seconds: float = MOST_SECONDS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._fetcher = fetcher
        self._named = browser
        self._limits = limits or Limits()
        self.seconds = seconds
        self._now = now
        self._turn = asyncio.Lock()
        self._scripts: OrderedDict[str, Capture] = OrderedDict()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()

    async def render(self, raw: Capture, *, in_scope: Callable[[str], bool]) -> Capture:
        """What the browser makes of a page that was fetched: its whole document, as UTF-8, marked as rendered.

        `in_scope` judges what the page wants. Raises TooSlow, TooLarge, BadAnswer, UsageError (no browser).
        """
        from playwright.async_api import Error

        async with self._turn:
            began = time.monotonic()
            browser = self._browser or await self._start()
            context = await browser.new_context(
                service_workers="block", locale="zh-CN", timezone_id="Asia/Shanghai"
            )
            try:
                async with asyncio.timeout(self.seconds):
                    visit = _Visit(self._fetcher, raw, in_scope, self._scripts)
                    url, html = await visit.make(await context.new_page())
            except TimeoutError as error:
                raise TooSlow(
                    f"{shorten(raw.url)} was not made within {self.seconds:g} s by its scripts",
                    "try again later",
                ) from error
            except Error as error:
                raise BadAnswer(
                    f"the browser could not make {shorten(raw.url)} ({shorten(error.message, 100)})"
                ) from error
            finally:
                await context.close()
        body = html.encode("utf-8", "replace")
        if len(body) > self._limits.max_body:
            raise TooLarge(f"scripts made {shorten(raw.url)} too large", "it is left as it came")
        return Capture(
            url=url,
            requested=raw.requested,
            status=raw.status,
            headers=((b"Content-Type", b"text/html; charset=utf-8"),),
            body=body,
            fetched_at=self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            elapsed_ms=round((time.monotonic() - began) * 1000),
            note=f"rendered by Chromium {browser.version}",
            rendered=True,
        )

    async def _start(self) -> Browser:
        from playwright.async_api import Error, async_playwright

        found = find_browser(self._named)
        self._playwright = self._playwright or await async_playwright().start()
        try:
            # The proxy is nobody: what escapes the routes below (a look-up ahead of need, a socket) ends there.
            self._browser = await self._playwright.chromium.launch(
                executable_path=found,
                chromium_sandbox=not hasattr(os, "geteuid") or os.geteuid() != 0,
                proxy={"server": "http://127.0.0.1:9"},
                args=[
                    "--dns-prefetch-disable",
                    "--no-pings",
                    "--disable-remote-fonts",
                    "--proxy-bypass-list=<-loopback>",
                ],
            )
        except Error as error:
            raise UsageError(
                f"{found} could not be started ({shorten(error.message, 100)})",
                "name another: --chromium PATH",
            ) from error
        return self._browser


class _Visit:
    """One page in the browser, and what it wants."""

    def __init__(
        self,
        fetcher: Fetcher,
        raw: Capture,
        in_scope: Callable[[str], bool],
        scripts: OrderedDict[str, Capture],
    ) -> None:
        self._fetcher = fetcher
        self._raw = raw
        self._in_scope = in_scope
        self._scripts = scripts
        self._asked = 0
        self._open = 0
        self._moves = 0
        self._away = ""
        self._last = time.monotonic()

    async def make(self, page: Page) -> tuple[str, str]:
        """The address it ends at and the document as it stands when nothing more is wanted."""
        await page.route("**/*", self._answer)
        await page.route_web_socket("**/*", lambda socket: None)  # a mock of ours, which says nothing
        page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
        try:
            await page.goto(self._raw.url, wait_until="domcontentloaded", timeout=0)
            while self._open or time.monotonic() - self._last < QUIET_SECONDS:
                await asyncio.sleep(QUIET_SECONDS / 10)
            return page.url.partition("#")[0], await page.content()
        finally:
            if self._away:
                cause = f"the script of {shorten(self._raw.url)} sends its reader on to {shorten(self._away)}"
                raise BadAnswer(cause, "it is left as it came")

    async def _answer(self, route: Route, request: Request) -> None:
        from playwright.async_api import Error

        self._open += 1
        self._last = time.monotonic()
        try:
            capture = await self._fetch(request)
            if capture is None:
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(status=capture.status, headers=_headers(capture), body=capture.body)
        except Error:
            pass  # the page went on, or was closed, before its answer came
        finally:
            self._open -= 1
            self._last = time.monotonic()

    async def _fetch(self, request: Request) -> Capture | None:
        """The answer to what a page wants; None where it is not asked for."""
        url = request.url.partition("#")[0]
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self._moves += 1
            if self._moves > MOST_MOVES or not self._in_scope(url):
                self._away = url
                return None
            if url == self._raw.url:
                return self._raw
        if url in self._scripts:
            self._scripts.move_to_end(url)
            return self._scripts[url]
        if not self._wanted(request, url) or self._asked >= MOST_REQUESTS:
            return None
        self._asked += 1
        try:
            capture = await self._fetcher.fetch(url, in_scope=self._in_scope, referer=self._raw.url)
        except FetchError:
            return None
        if request.resource_type == "script" and capture.status == 200:
            self._keep(url, capture)
        return capture

    def _wanted(self, request: Request, url: str) -> bool:
        kind = request.resource_type in _WANTED and request.method == "GET"
        return kind and url.startswith(("http://", "https://")) and self._in_scope(url) and not counts(url)

    def _keep(self, url: str, capture: Capture) -> None:
        self._scripts[url] = capture
        while sum(len(one.body) for one in self._scripts.values()) > MOST_KEPT:
            self._scripts.popitem(last=False)


def counts(url: str) -> bool:
    """Whether asking an address may add to a number of visits: as a family's counter does, or by the words in it."""
    known = next((adds for pattern, adds in _counters() if pattern.search(url)), None)
    return bool(_COUNTING.search(url.partition("://")[2].partition("/")[2])) if known is None else known


@cache
def _counters() -> tuple[tuple[re.Pattern[str], bool], ...]:
    return tuple((re.compile(pattern), adds) for one in load_families() for pattern, adds in one.counters)


def _headers(capture: Capture) -> dict[str, str]:
    """What a browser must know of an answer; the body has no content-coding any more, and nothing is to be kept."""
    wanted = (b"content-type", b"access-control-allow-origin")
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in capture.headers
        if name.lower() in wanted
    }
