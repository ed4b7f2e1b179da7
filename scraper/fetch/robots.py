"""robots.txt by RFC 9309: what an answer means, and how long it is believed.

Protego reads the rules (longest match, `*`, `$`); the policy around it is ours: 4xx allows all (§2.3.1.3), 5xx and no
answer forbid all (§2.3.1.4), 429 counts as 5xx, a page of markup in its place is a soft 404 and allows all.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from protego import Protego

from scraper.errors import FetchError

TOKEN = "kaifaqu"
"""The product token that rules are matched with (§2.2.1)."""

_DAY = 24 * 3600.0  # §2.4: a copy is used no longer, unless the file can't be had now
_SOON = 600.0  # after which a file that could not be had is asked for again
_MOST_KEPT = 1024
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HIGH = re.compile("%([89a-fA-F][0-9a-fA-F])")


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsAnswer:
    """What one scheme and host allows. `status` is None where nothing answered, and then `error` says why.

    `text` is the file as it came, for the archive; `crawl_delay` in seconds, as the file says, not capped.
    """

    origin: str
    status: int | None
    text: str = ""
    fetched_at: str = ""
    crawl_delay: float | None = None
    error: FetchError | None = None
    rules: Protego | None = field(default=None, repr=False, compare=False)

    @property
    def file(self) -> str:
        """The text of the file; '' where there is none, or another page in its place."""
        return self.text if self.rules is not None else ""

    @property
    def unreachable(self) -> bool:
        """Whether the file could not be had, so that nothing may be fetched for now."""
        return self.status is None or self.status == 429 or self.status >= 500

    def allowed(self, url: str) -> bool:
        """Whether `url` (of this scheme and host) may be fetched."""
        if self.unreachable:
            return False
        return self.rules is None or self.rules.can_fetch(_wire(url), TOKEN)


def parse(origin: str, status: int, body: bytes, fetched_at: str = "") -> RobotsAnswer:
    """The meaning of one answer to `<origin>/robots.txt`, redirects already followed. Never raises, whatever the bytes."""
    body = _plain(body)
    answer = RobotsAnswer(origin=origin, status=status, text=_text(body), fetched_at=fetched_at)
    if not 200 <= status < 300 or body.lstrip()[:1] == b"<":
        return answer
    escaped = "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in body)
    rules = Protego.parse(_wire(escaped))
    return replace(answer, rules=rules, crawl_delay=rules.crawl_delay(TOKEN))


def _plain(body: bytes) -> bytes:
    """Without byte order mark and NUL (UTF-16 of ASCII is then ASCII): a mark before `User-agent` would hide the rules."""
    for bom in _BOMS:
        body = body.removeprefix(bom)
    return body.replace(b"\0", b"")


def _wire(text: str) -> str:
    """Each escaped byte above 7F as a letter of its own: Protego reads escapes as UTF-8, where all of GBK looks the same."""
    return _HIGH.sub(lambda match: chr(0x100 + int(match[1], 16)), text)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")


class RobotsCache:
    """One answer per scheme and host for a day; asked for once, however many tasks want it."""

    def __init__(
        self, load: Callable[[str], Awaitable[RobotsAnswer]], monotonic: Callable[[], float]
    ) -> None:
        self._load = load
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, RobotsAnswer]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, origin: str) -> RobotsAnswer:
        """The answer of `origin` (`https://host`), from memory or by asking. An older one stands while none can be had."""
        kept = self._fresh(origin)
        if kept:
            return kept
        async with self._locks.setdefault(origin, asyncio.Lock()):
            return self._fresh(origin) or await self._refresh(origin)

    def keep(self, answer: RobotsAnswer, age: float) -> None:
        """Remember an answer that is `age` seconds old, as if it had been asked for here."""
        self._kept.setdefault(answer.origin, (self._monotonic() + _DAY - age, answer))

    def _fresh(self, origin: str) -> RobotsAnswer | None:
        until, answer = self._kept.get(origin, (float("-inf"), None))
        return answer if self._monotonic() < until else None

    async def _refresh(self, origin: str) -> RobotsAnswer:
        answer = await self._load(origin)
        _, old = self._kept.pop(origin, (0.0, None))
        until = self._monotonic() + (_SOON if answer.unreachable else _DAY)
        if answer.unreachable and old and not old.unreachable:
            answer = old
        if len(self._kept) >= _MOST_KEPT:
            oldest = next(iter(self._kept))
            del self._kept[oldest], self._locks[oldest]
        self._kept[origin] = (until, answer)
        return answer
