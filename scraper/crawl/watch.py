"""Watching over portals: what a crawl meets at each is counted while it runs, judged at its end, and kept as a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from scraper import urls
from scraper.archive import Archive
from scraper.archive.health import Facts, Run, facts, measured
from scraper.crawl.health import Health, Visit, judge
from scraper.crawl.plan import COUNTERS, Clock, stamp
from scraper.crawl.report import Outcome, PortalOutcome, Totals
from scraper.crawl.take import Taken
from scraper.errors import Blocked, FetchError, Forbidden
from scraper.model import Row

CHINA = timezone(timedelta(hours=8))


def china_day(at: datetime) -> str:
    """The day in China, as the dates of articles are: `2024-03-05`."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d")


@dataclass(slots=True, kw_only=True)
class Met:
    """What one crawl met at one portal so far. `totals` are of all pages; `asked`, `failures` and `walls` leave out those
    that failed before this crawl."""

    totals: Totals = field(default_factory=Totals)
    asked: int = 0
    failures: int = 0
    walls: int = 0
    all_walls: int = 0
    away: int = 0
    whole: bool = False
    outcome: PortalOutcome | None = None
    error: str | None = None
    moved: str | None = None


@dataclass(slots=True, kw_only=True)
class Watch:
    """One crawl's eyes on all its portals."""

    archive: Archive
    crawl_id: int
    now: Clock
    met: dict[str, Met] = field(default_factory=dict)

    def begin(self, portal: str, *, whole: bool) -> None:
        """A portal is reached; `whole`: all its channels will be looked at."""
        met = self.met.setdefault(portal, Met())
        met.whole |= whole

    def count(self, portal: str, row: Row, taken: Taken) -> None:
        """One page was taken."""
        met = self.met.get(portal)
        if met is None:
            return
        failed, wall = taken.word in ("failed", "blocked"), is_wall(taken)
        met.totals.pages += 1
        met.totals.new += taken.word == "new"
        met.totals.changed += taken.word == "changed"
        met.totals.failures += failed
        met.all_walls += wall
        if row.attempts == 0 and row.kind not in (*COUNTERS, "file"):  # these may stand on hosts of their own
            met.asked += 1
            met.failures += failed
            met.walls += wall
            met.away += taken.word == "outside" and not row.fresh

    def left(self, portal: str, words: str, *, walls: bool) -> None:
        """A portal was left before all was asked."""
        met = self.met.setdefault(portal, Met())
        met.outcome, met.error = "blocked" if walls else "left", words

    def not_reached(self, seed: str, error: FetchError, *, listed: bool) -> None:
        """A seed could not be had. Of one that no crawl knows and that is on no list, nothing is kept: it may be misspelled."""
        met = self._at(seed, listed=listed)
        if met is not None:
            met.outcome = "blocked" if isinstance(error, Blocked | Forbidden) else "unreachable"
            met.error = str(error)

    def moved(self, seed: str, to: str, *, listed: bool) -> None:
        """A seed redirects to the portal at another host `to`."""
        met = self._at(seed, listed=listed)
        if met is not None:
            met.outcome, met.moved = "moved", to

    def _at(self, seed: str, *, listed: bool) -> Met | None:
        """What is counted of the portal at a seed, unless it is reached by another seed, or nobody knows it."""
        portal = self.archive.portal_of(seed)
        if portal is None and listed:
            portal = urls.host(seed)
            self.archive.add_portal(portal, home_url=seed)
        if portal is None or (portal in self.met and self.met[portal].totals.pages):
            return None
        return self.met.setdefault(portal, Met(whole=True))

    def finish(self, outcome: Outcome, *, started: str) -> None:
        """Judge each portal and keep its run."""
        for portal, met in self.met.items():
            known = facts(self.archive, portal, self.crawl_id, today=china_day(self.now()))
            ended = met.outcome or outcome
            self.archive.save_run(self._run(portal, met, ended, known, started))

    def _run(self, portal: str, met: Met, ended: PortalOutcome, known: Facts, started: str) -> Run:
        health = self._health(met, ended, known)
        signs = measured(known.now)
        return Run(
            crawl_id=self.crawl_id,
            portal=portal,
            started_at=started,
            finished_at=stamp(self.now().astimezone(UTC)),
            outcome=ended,
            pages=met.totals.pages,
            articles_new=met.totals.new,
            articles_changed=met.totals.changed,
            failures=met.totals.failures,
            walls=met.all_walls,
            titled=signs.titled,
            sourced=signs.sourced,
            dated=signs.dated,
            body_median=signs.body_median,
            state=health.state,
            seen="; ".join(health.seen),
        )

    def _health(self, met: Met, ended: PortalOutcome, known: Facts) -> Health:
        visit = Visit(
            outcome=ended,
            asked=met.asked,
            failures=met.failures,
            walls=met.walls,
            away=met.away,
            error=met.error,
            moved=met.moved,
            whole=met.whole,
        )
        return judge(visit, known, today=self.now().astimezone(CHINA).date())


def is_wall(taken: Taken) -> bool:
    """Whether a visitor was kept out: by a wall, or by 401 or 403."""
    return taken.word == "blocked" or taken.cause == "closed"
