"""The bounds of one answer, in one place: every one has a test against a server that tries to pass it."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one address may cost. Sizes in bytes, times in seconds.

    `max_body` bounds the body as sent and as unpacked; `total_seconds` one attempt from connect to last byte, however
    it drips. `attempts` counts requests for one hop. RFC 9309 §2.5 asks for at least 500 KiB of robots.txt.
    """

    max_body: int = 16 * MIB
    max_robots: int = MIB
    total_seconds: float = 60.0
    connect_seconds: float = 15.0
    read_seconds: float = 30.0
    max_redirects: int = 8
    attempts: int = 3
    backoff_seconds: float = 1.0
    max_wait: float = 300.0
    max_crawl_delay: float = 30.0
    max_hosts: int = 64
