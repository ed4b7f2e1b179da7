"""What is known of single portals before a crawl asks them: the pace, how they are reached, and their robots.txt of today."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from scraper import urls
from scraper.archive import Archive
from scraper.crawl.report import Options
from scraper.fetch import Fetcher, tls

ROBOTS_SECONDS = 24 * 3600  # RFC 9309 §2.4: a copy is used no longer


def make_ready(fetcher: Fetcher, archive: Archive, options: Options, *, now: datetime) -> None:
    """Tell the fetcher. What the command line says goes before what a list says, and that before what was kept."""
    for one in options.listed:
        if one.delay is not None:
            fetcher.use_delay(urls.host(one.url), one.delay)
    for host, home, ways, robots, robots_at in archive.portals_reached():
        if ways and options.tls is None:
            fetcher.use_tls(host, tls.parse(ways))
        if robots_at and 0 <= (age := _age(robots_at, now)) < ROBOTS_SECONDS:
            fetcher.use_robots(
                "{0.scheme}://{0.netloc}".format(urlsplit(home)), robots or "", at=robots_at, age=age
            )
    for one in options.listed:
        if one.tls is not None and options.tls is None:
            fetcher.use_tls(urls.host(one.url), frozenset(one.tls))


def _age(at: str, now: datetime) -> float:
    try:
        return (now - datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)).total_seconds()
    except ValueError:  # written by hand
        return -1.0
