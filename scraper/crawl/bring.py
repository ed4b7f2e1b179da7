"""Web archives made by others, brought in: their answers are taken one after another as if they came from the network.

So all is as a crawl would have it: channels and their rows, articles of several pages, counters, versions, views. Each
answer is one transaction; one that is here already (address, time, bytes) is passed over, so a second run goes on where a
first one was killed, and then adds nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from scraper import __version__, urls
from scraper.archive import Archive
from scraper.archive.captures import digest_at, has_home, is_held, row_asked
from scraper.crawl import attached
from scraper.crawl.absent import Absence
from scraper.crawl.plan import Budget, Clock, Scope, stamp
from scraper.crawl.take import Taker, content_type
from scraper.crawl.twins import Twins
from scraper.errors import FetchError, Unreachable, UsageError
from scraper.fetch.warc import Answer, read_warcs
from scraper.model import Capture, Found, Redirect, Row
from scraper.read.classify import find_file, is_home_url

MOST_REMEMBERED = 100_000
"""Digests of payloads, and redirects whose target is still to come."""
_MOST_HOPS = 20


@dataclass(slots=True, kw_only=True)
class Brought:
    """What web archives brought. answers: those in the files; held: here already; new, changed: articles; aside: answers that
    are no pages (styles, scripts, pictures) or of other portals; lost: what could not be read, a line each.
    """

    answers: int = 0
    captures: int = 0
    held: int = 0
    new: int = 0
    changed: int = 0
    aside: int = 0
    lost: list[str] = field(default_factory=list)


def bring_in(
    paths: Sequence[str | Path],
    db: str | Path,
    *,
    now: Clock,
    portals: Collection[str] = (),
    on_answers: Callable[[int], None] = lambda done: None,
) -> Brought:
    """Take the answers of WARC and WACZ files into the archive `db`, of these portals (hosts) or of all that have pages.

    Raises UsageError where a file is none of these; ArchiveBusy.
    """
    for path in paths:
        if not Path(path).is_file():
            raise UsageError(f"there is no file {path}", "give WARC or WACZ files")
    with Archive.open(db) as archive:
        archive.lock()
        at = stamp(now())
        crawl = archive.start_crawl(
            seeds=[Path(path).name for path in paths], options={"import": True}, at=at, version=__version__
        )
        bringer = _Bringer(archive=archive, crawl=crawl, now=now, portals=portals, on_answers=on_answers)
        outcome = "stopped"
        try:
            asyncio.run(bringer.all(map(Path, paths)))
            outcome = "done"
        finally:
            told = bringer.told
            archive.finish_crawl(
                crawl,
                at=stamp(now()),
                outcome=outcome,
                pages=told.captures,
                articles_new=told.new,
                articles_changed=told.changed,
                failures=len(told.lost),
            )
        return bringer.told


@dataclass(slots=True, kw_only=True)
class _Bringer:
    archive: Archive
    crawl: int
    now: Clock
    portals: Collection[str]
    on_answers: Callable[[int], None]
    told: Brought = field(default_factory=Brought)
    takers: dict[str, Taker] = field(default_factory=dict)
    payloads: OrderedDict[str, str] = field(default_factory=OrderedDict)
    hops: OrderedDict[str, tuple[Redirect, ...]] = field(default_factory=OrderedDict)

    async def all(self, paths: Iterable[Path]) -> None:
        for path in paths:
            for answer in read_warcs(path, lost=self.told.lost):
                self.told.answers += 1
                await self._one(answer)
                self.on_answers(self.told.answers)
        for portal in self.takers:  # files that are not in the web archives wait until a crawl wants them
            attached.prepare(self.archive, portal, attached.Wanted(), at=stamp(self.now()))

    async def _one(self, answer: Answer) -> None:
        capture = self._capture(answer)
        if capture is None or self._hop(capture, answer.location):
            return
        if (hops := self.hops.pop(capture.url, ())) and urls.same_portal(hops[0].url, urls.host(capture.url)):
            capture = replace(capture, requested=hops[0].url, redirects=hops)
        row = row_asked(self.archive, capture)
        host = row.portal if row is not None else urls.host(capture.url)
        if not self._wanted(host) or not (_is_asked(row) or (capture.form is None and _is_page(capture))):
            self.told.aside += 1
            return
        taker = self._taker(capture, row)
        row = row if _is_asked(row) else self._row(capture, taker.scope)
        if row is None or is_held(self.archive, row, capture):
            self.told.held += 1
            return
        taken = await taker.take(row, capture)
        self.told.captures += 1
        self.told.new += taken.word == "new"
        self.told.changed += taken.word == "changed"

    def _wanted(self, host: str) -> bool:
        return not self.portals or any(urls.same_portal(f"http://{host}/", one) for one in self.portals)

    def _capture(self, answer: Answer) -> Capture | None:
        """The answer as a capture, a revisit with the bytes it stands for; None, and a line, where those are not here."""
        capture = Capture(
            url=answer.url,
            requested=answer.url,
            status=304 if answer.not_modified else answer.status,
            headers=answer.headers,
            body=answer.body,
            fetched_at=answer.at,
            ip=answer.ip,
            note=answer.note,
            form=answer.form,
            rendered=answer.rendered,
        )
        if answer.not_modified:
            return capture
        if not answer.revisit:
            if answer.payload and answer.body:
                _remember(self.payloads, answer.payload, answer.url + " " + answer.at)
            return capture
        digest = self._revisited(answer)
        if digest is None:
            self.told.lost.append(f"{answer.url} at {answer.at}: the page it repeats is not here")
            return None
        return replace(capture, body=self.archive.load_blob(digest))

    def _revisited(self, answer: Answer) -> str | None:
        places = [answer.refers_to] if answer.refers_to else []
        if known := self.payloads.get(answer.payload or ""):
            url, _, at = known.rpartition(" ")
            places.append((url, at))
        found = (digest_at(self.archive, urls.normalise(url) or url, at[:19] + "Z") for url, at in places)
        return next(filter(None, found), None)

    def _hop(self, capture: Capture, location: str | None) -> bool:
        """Keep a redirect for the answer it leads to; give an answer the redirects that led to it."""
        if not 300 <= capture.status < 400 or capture.status == 304 or location is None:
            return False
        target = urls.join(capture.url, location)
        before = self.hops.pop(capture.url, ())
        if target is not None and target != capture.url and len(before) < _MOST_HOPS:
            hop = Redirect(url=capture.url, status=capture.status, location=target)
            _remember(self.hops, target, (*before, hop))
        return True

    def _row(self, capture: Capture, scope: Scope) -> Row | None:
        """A row for a page that nothing led to: the seeds of another's crawl."""
        first = is_home_url(capture.url) and not has_home(self.archive, scope.portal)
        found = Found(url=capture.requested, kind="home" if first else "page", page=1, depth=0)
        self.archive.add_found(scope.portal, [found], at=capture.fetched_at)
        return self.archive.row_at(capture.requested)

    def _taker(self, capture: Capture, row: Row | None) -> Taker:
        """Who takes the answers of a portal: the one its row belongs to, else its host, known with or without www."""
        host = row.portal if row is not None else urls.host(capture.url)
        known = next(
            (h for h in (*self.takers, *self.archive.portals()) if urls.same_portal(f"http://{host}/", h)),
            host,
        )
        if known not in self.takers:
            parts = urlsplit(capture.url)
            origin = f"{parts.scheme}://{known}"
            self.archive.add_portal(known, home_url=f"{origin}/", at_crawl=self.crawl)
            self.takers[known] = Taker(
                archive=self.archive,
                crawl_id=self.crawl,
                scope=Scope(portal=known, origin=origin, mode="portal", name=self.archive.portal_name(known)),
                now=self.now,
                budget=Budget(),
                twins=Twins(archive=self.archive),
                absence=Absence(archive=self.archive, crawl_id=self.crawl, now=self.now, ask=_not_asked),
                files=attached.Wanted(attachments=True, images=True),
            )
        return self.takers[known]


async def _not_asked(url: str) -> FetchError:
    """What is said of a page that a crawl would ask for in between: the past can't be asked."""
    return Unreachable(f"{url} is not in the web archive")


def _is_asked(row: Row | None) -> bool:
    """Whether a page is one that a crawl would ask for."""
    return row is not None and row.kind != "external"


def _is_page(capture: Capture) -> bool:
    """Whether an answer that nothing led to is a web page: browsers' crawls keep styles, scripts and pictures too."""
    kind = (content_type(capture) or "").lower()
    if capture.status >= 300 or urls.is_file(capture.url) or find_file(capture.body, kind):
        return False
    return "html" in kind or (b"<" in capture.body[:1000] and not re.search("javascript|json|css|xml", kind))


_Kept = TypeVar("_Kept")


def _remember(kept: OrderedDict[str, _Kept], name: str, value: _Kept) -> None:
    kept[name] = value
    if len(kept) > MOST_REMEMBERED:
        kept.popitem(last=False)
