"""A crawl's log for machines: one JSON object a line, each with `time` (UTC), `event` and, where it is about a page, `url`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from scraper.crawl import Event, Report
from scraper.errors import KaifaquError


class JsonLog:
    """Writes events as lines: start, page (one an answer), note, unreached, end, error. Call it with each page."""

    def __init__(self, *, write: Callable[[str], object], now: Callable[[], datetime]) -> None:
        self._write = write
        self._now = now

    def __call__(self, event: Event) -> None:
        """One page that was taken."""
        self._line("page", **asdict(event))

    def start(self, urls: Sequence[str], *, db: str) -> None:
        """A crawl is about to begin; without addresses it takes them from the list or from what is due."""
        self._line("start", urls=list(urls), db=db)

    def end(self, report: Report) -> None:
        """What is to be said when a crawl is over."""
        for note in report.notes:
            self._line("note", text=note)
        for words in report.unreached:
            self._line("unreached", text=words)
        numbers = ("crawl", "outcome", "seconds", "pages", "articles_new", "articles_changed", "failures")
        self._line("end", **{name: getattr(report, name) for name in numbers})

    def error(self, error: KaifaquError) -> None:
        """Why there was no crawl, or why it stopped."""
        self._line("error", text=str(error), exit_code=error.exit_code)

    def _line(self, event: str, **told: Any) -> None:
        at = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        self._write(json.dumps({"time": at, "event": event} | told, ensure_ascii=False))
