"""What a crawl did, as nouns: made by the run, printed by the command line, and given whole as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from scraper.crawl.listed import Listed

if TYPE_CHECKING:
    from scraper.archive import ReportLine
    from scraper.fetch.tls import Way

Outcome = Literal["done", "limited", "left", "interrupted", "unreachable", "blocked", "stopped"]
"""done = nothing due remains; limited = --limit was reached; left = a portal was left early, for walls or silence;
unreachable, blocked = no seed could be reached; stopped = the archive could not be written."""

PortalOutcome = Outcome | Literal["moved"]
"""How a crawl ended at one portal; moved = its address redirects to another host, which was crawled instead."""

Counters = Literal["telling", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to crawl. limit: new articles at most; since: oldest date wanted (YYYY-MM-DD); delay: seconds between requests
    to one host, None: as listed, else one; contact: an address put into the User-Agent; tls: ways of secure connections (`legacy`, `noverify`), kept
    for these portals; empty: back to the normal way; None: as it is kept; counters: ask view counters that only tell
    (`telling`), or those too that count the asking (`all`); due: take up only what is due, and look at no channel before
    its time; listed: what is known of portals that stand on a list, and that their runs are kept though no crawl reached
    them yet. attachments, images: fetch these too, none larger than `attachments_max` MiB; `attachment_types`: only
    attachments with these suffixes (`pdf`), or with none. render: let a browser (`chromium`: its executable, None: the one
    that is found) make the pages whose links only scripts write."""

    limit: int | None = None
    since: str | None = None
    delay: float | None = None
    contact: str | None = None
    tls: tuple[Way, ...] | None = None
    counters: Counters = "telling"
    due: bool = False
    listed: tuple[Listed, ...] = ()
    attachments: bool = False
    images: bool = False
    attachments_max: int = 20
    attachment_types: tuple[str, ...] = ()
    render: bool = False
    chromium: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One page taken, for a progress display. `outcome` is a word: new, changed, same, listing, page, failed, gone, blocked."""

    portal: str
    url: str
    outcome: str
    title: str
    pages: int
    articles: int
    failures: int
    waiting: int


@dataclass(slots=True, kw_only=True)
class Totals:
    """Running numbers of one crawl."""

    pages: int = 0
    new: int = 0
    changed: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole crawl: numbers, one row per channel, notes for people (traps set aside, walls met, seeds that failed)."""

    crawl: int | None
    """Its id in the archive; None where nothing was due, so that no crawl began."""
    outcome: Outcome
    seconds: float
    pages: int
    articles_new: int
    articles_changed: int
    failures: int
    channels: Sequence[ReportLine] = ()
    unreached: Sequence[str] = field(default_factory=tuple)
    notes: Sequence[str] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data for JSON."""
        return asdict(self)

    @property
    def exit_code(self) -> int:
        """0 all fine, 1 some pages failed, 3 no seed could be reached, 130 interrupted."""
        if self.outcome == "interrupted":
            return 130
        if self.outcome in ("unreachable", "blocked"):
            return 3
        return 1 if self.failures or self.unreached or self.outcome in ("left", "stopped") else 0


NOTHING_DUE = Report(
    crawl=None, outcome="done", seconds=0, pages=0, articles_new=0, articles_changed=0, failures=0
)
"""What a crawl of what is due reports where nothing is."""
