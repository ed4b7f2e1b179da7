"""Which portals are due: by the frontier's own dates, and not before a portal in trouble has had its rest."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.archive import Archive
from scraper.archive.health import trouble
from scraper.crawl.listed import PortalList, list_beside, load
from scraper.crawl.plan import stamp
from scraper.errors import UsageError

MOST_REST_HOURS = 24


def due_seeds(archive: Archive, listed: PortalList, *, at: datetime) -> list[str]:
    """Addresses to begin with, so that all that is due now is asked: of portals that the archive knows and of those that
    are listed and were never reached. Nothing where nothing is due."""
    seeds = [seed for portal in archive.portals_due(at=stamp(at)) for seed in archive.seeds_of(portal)]
    seeds += [entry.url for entry in listed.portals if archive.row_at(entry.url) is None]
    return [seed for seed in dict.fromkeys(seeds) if not _resting(archive, seed, at)]


def nothing_is_due(db: Path, *, at: datetime) -> bool:
    """Whether a crawl of what is due would find nothing to do; in doubt (a file that can't be read so) False."""
    with suppress(UsageError), Archive.open(db, create=False, write=False) as archive:
        return not due_seeds(archive, load(list_beside(db)), at=at)
    return False


def _resting(archive: Archive, seed: str, at: datetime) -> bool:
    portal = archive.portal_of(seed)
    failed, last = trouble(archive, portal) if portal else (0, None)
    return bool(failed and last and at < since(last) + rest(failed))


def rest(failed: int) -> timedelta:
    """How long a portal is left alone after so many crawls in a row that did not get through: an hour, doubling to a day."""
    return timedelta(hours=min(2 ** (min(failed, 10) - 1), MOST_REST_HOURS))


def since(text: str) -> datetime:
    """A time of the archive, `2024-03-05T01:02:03Z`."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
