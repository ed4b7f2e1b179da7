"""The crawl: joins fetch, read and archive. `crawl()` is the whole of it for a program; the command line calls the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from scraper.crawl.report import NOTHING_DUE, Event, Options, Report

__all__ = ["Event", "Options", "Report", "crawl"]


def crawl(
    seeds: str | Sequence[str] = (),
    db: str | Path = "archive.db",
    *,
    options: Options | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Report:
    """Crawl portals, channels or single articles by their addresses into the archive `db`, and tell what was done.

    Without addresses: the portals listed in `portals.toml` beside the archive, or what is due of them and of all that the
    archive knows (`Options(due=True)`). What that file says of a portal holds for it in any crawl.

    Seeds on different hosts go side by side, each host at its own pace. Raises UsageError (an address that is none, a
    file that is no archive), ArchiveBusy (another crawl runs), ArchiveUnwritable. Pages that fail are rows, not errors.
    """
    options = options or Options()
    if options.due and not seeds:
        from scraper.crawl.due import nothing_is_due

        if nothing_is_due(Path(db), at=datetime.now(UTC)):
            return NOTHING_DUE
    from scraper.crawl.run import run  # HTTP and SQLite are loaded by those who crawl, not by those who read

    return run(
        [seeds] if isinstance(seeds, str) else list(seeds),
        db,
        options,
        on_event or (lambda _: None),
    )
