"""Cookies of a session, in memory, per host: some portals answer a page only after a redirect that sets one."""

from __future__ import annotations

import httpx

from scraper import urls
from scraper.fetch.exchange import Headers

_MOST_PER_HOST = 50


class Cookies:
    """A jar per host, so that no portal sees another's cookies, whatever domain these name."""

    def __init__(self) -> None:
        self._jars: dict[str, httpx.Cookies] = {}

    def header(self, url: str) -> str:
        """The Cookie header that a request for `url` would carry; '' for none."""
        if urls.hostname(url) not in self._jars:
            return ""
        request = httpx.Request("GET", url)
        self.add_to(request)
        return str(request.headers.get("cookie", ""))

    def add_to(self, request: httpx.Request) -> None:
        """Give `request` the cookies its host has set."""
        jar = self._jars.get(urls.hostname(str(request.url)))
        if jar is not None:
            jar.set_cookie_header(request)

    def keep(self, request: httpx.Request, headers: Headers) -> None:
        """Keep what the answer to `request` sets; a host that sets too many begins anew."""
        # What is not plain ASCII can't be sent back: the jar would take it and the next request fail.
        cookies = [header for header in headers if header[0].lower() == b"set-cookie" and header[1].isascii()]
        if not cookies:
            return
        jar = self._jars.setdefault(urls.hostname(str(request.url)), httpx.Cookies())
        jar.extract_cookies(httpx.Response(200, headers=cookies, request=request))
        if len(jar) > _MOST_PER_HOST:
            jar.clear()
