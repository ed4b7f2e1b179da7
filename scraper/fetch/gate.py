"""The pace: one request at a time per host, a pause after each, and longer ones when a host is in trouble.

All waiting of the room is done here, so what one task learns (Retry-After, a failure) holds for every task of the host,
and other hosts go on.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

Sleep = Callable[[float], Awaitable[object]]

_SECONDS = re.compile(rb"[0-9]{1,9}")


@dataclass(slots=True)
class _Host:
    """What is remembered of one host; times by the monotonic clock."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ready_at: float = float("-inf")
    delay: float | None = None
    pause: float | None = None
    failures: int = 0


class Gate:
    """Turns per host. `www.` and the bare domain are one host: one server stands behind both."""

    def __init__(
        self,
        *,
        delay: float,
        backoff: float,
        max_wait: float,
        monotonic: Callable[[], float],
        sleep: Sleep,
        random: Callable[[], float],
    ) -> None:
        self._delay = delay
        self._backoff = backoff
        self._max_wait = max_wait
        self._monotonic = monotonic
        self._sleep = sleep
        self._random = random
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until `host` may be asked; nobody else asks it until the block ends. The pause counts from that end."""
        state = self._state(host)
        async with state.lock:
            wait = state.ready_at - self._monotonic()
            if wait > 0:
                await self._sleep(wait)
            try:
                yield
            finally:
                state.ready_at = max(state.ready_at, self._monotonic() + self.pause(host))

    def pause(self, host: str) -> float:
        """Seconds between the end of one request to `host` and the start of the next, when all is well."""
        state = self._state(host)
        delay = self._delay if state.delay is None else state.delay
        return delay if state.pause is None else max(delay, state.pause)

    def set_delay(self, host: str, seconds: float) -> None:
        """The delay that the user wants for this host, instead of that for all."""
        self._state(host).delay = seconds

    def set_pause(self, host: str, seconds: float | None) -> None:
        """The pause that the host itself asks for (robots.txt Crawl-delay); None: it asks for none."""
        self._state(host).pause = seconds

    def hold(self, host: str, seconds: float) -> None:
        """Nobody asks `host` for that long, at most `max_wait`."""
        state = self._state(host)
        state.ready_at = max(state.ready_at, self._monotonic() + min(seconds, self._max_wait))

    def failed(self, host: str) -> None:
        """The host is in trouble: hold it, twice as long after each failure in a row, up to a quarter more by chance."""
        state = self._state(host)
        doubled = self._backoff * 2.0 ** min(state.failures, 30)
        state.failures += 1
        self.hold(host, doubled * (1 + self._random() / 4))

    def succeeded(self, host: str) -> None:
        """The host answered: the next failure counts as the first."""
        self._state(host).failures = 0

    def failures(self, host: str) -> int:
        """Failures of `host` in a row."""
        return self._state(host).failures

    def _state(self, host: str) -> _Host:
        name = host.removeprefix("www.")
        state = self._hosts.get(name)
        if state is None:
            state = self._hosts[name] = _Host()
        return state


def retry_after(headers: tuple[tuple[bytes, bytes], ...], now: datetime) -> float | None:
    """Seconds to wait by the Retry-After header (RFC 9110 §10.2.3: seconds or an HTTP date), or None."""
    value = next((value.strip() for name, value in headers if name.lower() == b"retry-after"), None)
    if value is None:
        return None
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        when = parsedate_to_datetime(value.decode("ascii"))
        return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
