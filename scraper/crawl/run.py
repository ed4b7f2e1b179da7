"""The loop: claim → gate → fetch → read → save, one page in flight per host, one transaction per page.

There is no state here that a kill could lose: what is due stands in the archive's frontier, and a page's row leaves the
due list in the transaction that stores the page. Claims are only in memory, so the pages in flight are asked again.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from scraper import __version__, urls
from scraper.archive import Archive
from scraper.crawl import attached
from scraper.crawl.absent import Absence
from scraper.crawl.due import due_seeds
from scraper.crawl.known import make_ready
from scraper.crawl.listed import PortalList, address, list_beside, load
from scraper.crawl.patience import Patience
from scraper.crawl.plan import COUNTERS, FIRST, LOOK_HOURS, Budget, Clock, Mode, Scope, mode_of, stamp
from scraper.crawl.report import NOTHING_DUE, Event, Options, Outcome, Report, Totals
from scraper.crawl.shells import Shells
from scraper.crawl.siblings import learn_templates
from scraper.crawl.take import Taken, Taker, content_type
from scraper.crawl.twins import Twins
from scraper.crawl.watch import Watch, is_wall
from scraper.errors import ArchiveUnwritable, BadAnswer, Blocked, FetchError, Unreachable, UsageError
from scraper.fetch import Fetcher, Limits, tls
from scraper.fetch.render import Renderer, check
from scraper.model import Capture, Found, FrontierKind, Row
from scraper.read import read


def run(
    seeds: Sequence[str],
    db: str | Path,
    options: Options,
    on_event: Callable[[Event], None],
    *,
    now: Clock = lambda: datetime.now(UTC),
    fetcher: Callable[..., Fetcher] = Fetcher,
) -> Report:
    """Crawl `seeds` into the archive file `db`; see `scraper.crawl.crawl`. `now` and `fetcher` (which makes one) are for
    tests: another clock, other limits.
    """
    wanted = [address(seed) for seed in seeds]
    listed = load(list_beside(db))
    _check(wanted, options, listed, Path(db))
    options = _with_list(options, listed)
    if options.render:
        check(options.chromium)
    with Archive.open(db) as archive:
        archive.lock()
        if options.due:
            wanted = due_seeds(archive, listed, at=now())
            if not wanted:
                return NOTHING_DUE
        wanted = wanted or [one.url for one in listed.portals]
        if any(renders(options, urls.host(seed)) for seed in wanted):
            check(options.chromium)
        return asyncio.run(Run(archive, options, on_event, now, fetcher).main(wanted))


def _check(wanted: Sequence[str], options: Options, listed: PortalList, db: Path) -> None:
    if wanted and options.due:
        raise UsageError("what is due is known without addresses", "leave them out, or leave out --due")
    if wanted or listed.portals or (options.due and db.exists()):
        return
    raise UsageError(
        f"no address was given, and {list_beside(db)} names none",
        "name a portal: kaifaqu crawl http://…, or list it: kaifaqu add http://…",
    )


def renders(options: Options, portal: str) -> bool:
    """Whether a browser makes pages of this portal: as the crawl was asked to, or as the list says."""
    return options.render or any(one.render and urls.same_portal(one.url, portal) for one in options.listed)


def _with_list(options: Options, listed: PortalList) -> Options:
    """What a crawl was asked for goes before what the list says of a portal, and that before what it says of all."""
    delay = listed.delay if options.delay is None else options.delay
    portals = listed.portals
    if options.delay is not None:
        portals = tuple(replace(one, delay=None) for one in portals)
    contact = options.contact or listed.contact
    return replace(options, delay=1.0 if delay is None else delay, contact=contact, listed=portals)


@dataclass(slots=True)
class Run:
    """One crawl while it runs: the archive it holds, its numbers so far and what it noticed.

    `busy`: portals at work, one seed at a time; `whole`: portals that were crawled from their front page.
    """

    archive: Archive
    options: Options
    on_event: Callable[[Event], None]
    now: Clock
    make_fetcher: Callable[..., Fetcher]
    id: int = 0
    started: str = ""
    totals: Totals = field(default_factory=Totals)
    notes: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    reached: int = 0
    walls: int = 0
    left: int = 0
    busy: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    whole: set[str] = field(default_factory=set)
    watch: Watch = field(init=False)
    browser: Renderer | None = None

    async def main(self, seeds: Sequence[str]) -> Report:
        """Crawl all seeds and report; an interruption is recorded and reported too."""
        clock = time.monotonic()
        self.started = stamp(self.now())
        self.id = self.archive.start_crawl(
            seeds=seeds, options=asdict(self.options), at=self.started, version=__version__
        )
        self.watch = Watch(archive=self.archive, crawl_id=self.id, now=self.now)
        outcome: Outcome = "stopped"
        try:
            outcome = await self._all(seeds)
        except asyncio.CancelledError:
            outcome = "interrupted"
        finally:
            with contextlib.suppress(ArchiveUnwritable):
                self._finish(outcome)
        return self._report(outcome, time.monotonic() - clock)

    async def _all(self, seeds: Sequence[str]) -> Outcome:
        by_host: dict[str, list[str]] = defaultdict(list)
        for seed in seeds:
            by_host[urls.host(seed).removeprefix("www.")].append(seed)
        private = frozenset(urls.hostname(seed) for seed in seeds)
        with _stop_on_sigterm():
            async with (
                self.make_fetcher(
                    delay=self.options.delay,
                    contact=self.options.contact,
                    allow_private=private,
                    tls=frozenset(self.options.tls or ()),
                ) as fetcher,
                self._browser(fetcher, seeds) as self.browser,
            ):
                make_ready(fetcher, self.archive, self.options, now=self.now())
                try:
                    async with asyncio.TaskGroup() as group:
                        for of_host in by_host.values():
                            group.create_task(self._host(fetcher, of_host))
                except* (ArchiveUnwritable, UsageError) as errors:
                    raise errors.exceptions[0] from None
        if self.options.attachments:
            await attached.read_left_over(self.archive)
            self.notes += filter(None, [attached.note(self.archive)])
        if not self.reached:
            return "blocked" if self.walls else "unreachable"
        return "limited" if self._enough() else "left" if self.left else "done"

    def _browser(
        self, fetcher: Fetcher, seeds: Sequence[str]
    ) -> contextlib.AbstractAsyncContextManager[Renderer | None]:
        if not any(renders(self.options, urls.host(seed)) for seed in seeds):
            return contextlib.nullcontext()
        return Renderer(fetcher, browser=self.options.chromium, now=self.now)

    async def _host(self, fetcher: Fetcher, seeds: Sequence[str]) -> None:
        for seed in seeds:
            if self._enough():
                return
            try:
                await self._seed(fetcher, seed)
            except FetchError as error:
                self.walls += isinstance(error, Blocked)
                self.unreached.append(f"{seed}: {error}")
                self.watch.not_reached(seed, error, listed=self._listed(seed))

    async def _seed(self, fetcher: Fetcher, seed: str) -> None:
        """Ask a seed, learn from what it is how far it reaches, then work through what is due there."""
        known = self.archive.row_at(seed)
        capture = await fetcher.fetch(
            seed, etag=known.etag if known else None, last_modified=known.last_modified if known else None
        )
        portal, home = self.archive.portal_of(capture.url) or urls.host(capture.url), capture.url
        scope = Scope(
            portal=portal,
            origin="{0.scheme}://{0.netloc}".format(urlsplit(home)),
            mode=await _reach(capture, known, due=self.options.due),
            since=self.options.since,
            name=self.archive.portal_name(portal),
            beacons=self.options.counters == "all",
            leave_out=self._leave_out(portal),
        )
        self.reached += 1
        if not urls.same_portal(seed, portal):
            self.watch.moved(seed, portal, listed=self._listed(seed))
        async with self.busy[portal.removeprefix("www.")]:  # two seeds may be one portal, by a redirect
            if scope.mode != "portal" or portal not in self.whole:
                self.whole |= {portal} if scope.mode == "portal" else set()
                await self._begin(fetcher, scope, home, capture)

    async def _begin(self, fetcher: Fetcher, scope: Scope, home: str, capture: Capture) -> None:
        """Make the portal and the seed at `home` known and due, and what this crawl asks again; then crawl it."""
        portal = scope.portal
        self.archive.add_portal(portal, home_url=scope.origin + "/", at_crawl=self.id)
        if self.options.tls is not None and capture.tls:
            self.archive.update_portal(portal, tls=tls.shown(frozenset(self.options.tls)))
        first = Found(url=home, kind=_SEED_KIND[scope.mode], priority=FIRST, page=1, again=True)
        self.archive.add_found(portal, [first], at=self.started)
        robots = await fetcher.robots(scope.origin)
        self.archive.update_portal(
            portal, robots=robots.file, robots_at=robots.fetched_at, last_crawl=self.id
        )
        if scope.mode == "portal" and not self.options.due:
            self.archive.ask_again(portal, kinds=("home", "listing"), at=self.started)
        if scope.mode != "article":
            self.watch.begin(portal, whole=scope.mode == "portal")
        row = self.archive.row_at(home)
        assert row is not None  # it was just added
        await self._portal(fetcher, scope, row, capture)
        soon = stamp(self.now() + timedelta(hours=LOOK_HOURS))
        self.archive.ask_again(portal, kinds=("home", "listing"), at=soon)

    async def _portal(self, fetcher: Fetcher, scope: Scope, seed: Row, capture: Capture) -> None:
        """Work through what is due: while one answer is read and saved, the next request is on its way."""
        budget = Budget(self.archive.aside(scope.portal))
        taker = Taker(
            archive=self.archive,
            crawl_id=self.id,
            scope=scope,
            now=self.now,
            budget=budget,
            twins=Twins(archive=self.archive),
            absence=Absence(
                archive=self.archive, crawl_id=self.id, now=self.now, ask=partial(_probe, fetcher, scope)
            ),
            files=attached.wanted_by(self.options),
            shells=Shells(
                render=self.browser.render if self.browser and renders(self.options, scope.portal) else None
            ),
        )
        attached.prepare(self.archive, scope.portal, taker.files, at=self.started)
        claimed = {seed.id}
        self._count(await taker.take(seed, capture), seed, scope)
        claimed.discard(seed.id)
        patience = Patience()
        pending = self._start(fetcher, taker, claimed, seed)
        while pending is not None:
            row, answer = await pending
            pending = self._start(fetcher, taker, claimed, seed)
            taken = await taker.take(row, answer)
            claimed.discard(row.id)
            self._count(taken, row, scope)
            own = row.kind not in (*COUNTERS, "file") or urls.same_portal(row.url, scope.portal)
            if self._enough() or (own and await self._left(patience, taken, fetcher, taker, seed)):
                break
            if pending is None:
                pending = self._start(fetcher, taker, claimed, seed)
        if pending is not None:
            pending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pending
        learn_templates(self.archive, at=stamp(self.now()), portal=scope.portal)
        self.notes += taker.notes()

    def _start(
        self, fetcher: Fetcher, taker: Taker, claimed: set[int], seed: Row
    ) -> asyncio.Task[tuple[Row, Capture | FetchError]] | None:
        if self._enough():
            return None
        row = taker.claim(claimed, seed)
        if row is None:
            return None
        claimed.add(row.id)
        return asyncio.create_task(_ask(fetcher, row, taker.scope, taker.files.limits))

    async def _left(
        self, patience: Patience, taken: Taken, fetcher: Fetcher, taker: Taker, seed: Row
    ) -> bool:
        """Whether to leave a portal after this answer, with a note. In doubt its first page is asked once more."""
        verdict = patience.after(taken.word, taken.cause)
        if verdict == "probe":
            again = await taker.take(*await _ask(fetcher, seed, taker.scope, taker.files.limits))
            self._count(again, seed, taker.scope)
            verdict = patience.probed(well=again.word not in ("failed", "blocked"))
        if verdict == "go on":
            return False
        self.left += 1
        self.walls += patience.walls > 0
        what = f"{patience.walls} walls" if patience.walls else f"{patience.failures} failures"
        words = f"{what} in a row ({taken.title}), stopped asking; the next crawl goes on from here"
        self.notes.append(f"{taker.scope.portal}: {words}")
        self.watch.left(taker.scope.portal, words, walls=patience.walls > 0 or is_wall(taken))
        return True

    def _enough(self) -> bool:
        return self.options.limit is not None and self.totals.new >= self.options.limit

    def _count(self, taken: Taken, row: Row, scope: Scope) -> None:
        self.totals.pages += 1
        self.totals.new += taken.word == "new"
        self.totals.changed += taken.word == "changed"
        self.totals.failures += taken.word in ("failed", "blocked")
        self.watch.count(scope.portal, row, taken)
        self.on_event(
            Event(
                portal=scope.portal,
                url=row.url,
                outcome=taken.word,
                title=taken.title,
                pages=self.totals.pages,
                articles=self.totals.new,
                failures=self.totals.failures,
                waiting=self.archive.due_count(scope.portal, at=stamp(self.now())),
            )
        )

    def _leave_out(self, portal: str) -> tuple[str, ...]:
        own = (one.leave_out for one in self.options.listed if urls.same_portal(one.url, portal))
        return tuple(path for paths in own for path in paths)

    def _listed(self, seed: str) -> bool:
        """Whether a seed's portal is one that somebody listed."""
        return any(urls.same_portal(seed, urls.host(one.url)) for one in self.options.listed)

    def _finish(self, outcome: Outcome) -> None:
        self.archive.finish_crawl(
            self.id,
            at=stamp(self.now()),
            outcome=outcome,
            pages=self.totals.pages,
            articles_new=self.totals.new,
            articles_changed=self.totals.changed,
            failures=self.totals.failures,
        )
        self.watch.finish(outcome, started=self.started)

    def _report(self, outcome: Outcome, seconds: float) -> Report:
        return Report(
            crawl=self.id,
            outcome=outcome,
            seconds=round(seconds, 2),
            pages=self.totals.pages,
            articles_new=self.totals.new,
            articles_changed=self.totals.changed,
            failures=self.totals.failures,
            channels=tuple(self.archive.report(self.id)),
            unreached=tuple(self.unreached),
            notes=tuple(self.notes),
        )


async def _ask(
    fetcher: Fetcher, row: Row, scope: Scope, of_files: Limits
) -> tuple[Row, Capture | FetchError]:
    """The answer to one row's address, or why there is none. Counters and files may stand on hosts of their own."""

    def in_scope(url: str) -> bool:
        return row.kind in (*COUNTERS, "file") or urls.same_portal(url, scope.portal)

    try:
        capture = await fetcher.fetch(
            row.url,
            etag=row.etag,
            last_modified=row.last_modified,
            in_scope=in_scope,
            referer=scope.origin + "/",
            form=row.form,
            limits=of_files if row.kind == "file" else None,
        )
    except FetchError as error:
        return row, error
    return row, capture


async def _probe(fetcher: Fetcher, scope: Scope, url: str) -> Capture | FetchError:
    """The answer to an address that is no row of the frontier."""
    try:
        return await fetcher.fetch(
            url, in_scope=lambda hop: urls.same_portal(hop, scope.portal), referer=scope.origin + "/"
        )
    except FetchError as error:
        return error


_SEED_KIND: dict[Mode, FrontierKind] = {"portal": "home", "channel": "listing", "article": "article"}


def _reached(known: Row, url: str) -> Mode:
    """How far a seed reached when it was asked before."""
    front = urlsplit(url).path in ("", "/") or known.kind == "home"
    return "portal" if front else "channel" if known.kind == "listing" else "article"


async def _reach(capture: Capture, known: Row | None, *, due: bool) -> Mode:
    """How far a seed reaches, by its answer; as far as before, where it is unchanged, was a front page, or where only what
    is due is wanted: a bad day or a redesign makes a channel no portal. Raises FetchError."""
    before = _reached(known, capture.url) if known is not None and known.visits else None
    if capture.status == 304 and before is not None:
        return before
    reading = await asyncio.to_thread(
        read, capture.body, capture.url, content_type=content_type(capture), status=capture.status
    )
    if reading.kind == "blocked":
        cause = f"a wall stands before {urls.host(capture.url)} ({reading.note})"
        raise Blocked(cause, "try later, or from another network; nothing is evaded")
    if capture.status >= 500:
        raise Unreachable(f"{capture.url} answers {capture.status}", "try again later")
    if capture.status >= 400 and not (due and before == "article"):
        kind = Blocked if capture.status in (401, 403) else BadAnswer
        raise kind(f"{capture.url} answers {capture.status}", "check the address in a browser")
    return before if before is not None and (due or before == "portal") else mode_of(reading, url=capture.url)


@contextlib.contextmanager
def _stop_on_sigterm() -> Iterator[None]:
    """Let a service manager's SIGTERM stop a crawl as cleanly as Ctrl-C does."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    try:
        if task is not None:
            loop.add_signal_handler(signal.SIGTERM, task.cancel)
    except (NotImplementedError, RuntimeError, ValueError):
        yield  # Windows, or not the main thread: the default stays
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
