"""All pages of an archive read again with today's rules, without the network, on all processors.

Each process opens the archive for reading and hands back only what it reads otherwise; one writer, this process, writes
it, some pages a transaction: a kill loses nothing, and the next run finds what is left.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path

from scraper import __version__
from scraper.archive import Archive
from scraper.archive.file import transaction
from scraper.archive.rereading import Reread, Work, apply, compare, differs, page_of, to_read, work_of
from scraper.crawl.changes import Changes, Rereading
from scraper.crawl.plan import Clock, stamp
from scraper.crawl.siblings import learn_templates
from scraper.crawl.take import FRONT_PAGE, read_again
from scraper.errors import KaifaquError, UsageError

CHUNK = 50
"""Pages a task: enough that handing them over costs nothing, few enough that a kill costs seconds."""


FEW = 4
"""Tasks that are done before other processes have begun: to start one costs as much as to read a hundred pages."""


@dataclass(slots=True, kw_only=True)
class Batch:
    """What came of one task: articles and loose pages (`works`), their pages, what is read otherwise, and pages that could not be read, a line each."""

    works: int = 0
    pages: int = 0
    found: list[Reread] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def reread(
    db: str | Path,
    *,
    now: Clock,
    portal: str | None = None,
    write: bool = False,
    samples: int = 3,
    jobs: int | None = None,
    on_pages: Callable[[int, int], None] = lambda done, of: None,
) -> Rereading:
    """Read all pages again that articles were read from, and those that gave none; what would change, or with `write` did.

    `samples`: how many of each change are shown. `jobs`: processes; None: one a processor. `on_pages` hears how many are
    done, and of how many. Raises UsageError (no archive, no such portal), ArchiveBusy.
    """
    jobs = jobs or os.cpu_count() or 1
    with Archive.open(db, create=False, write=write) as archive:
        if write:
            archive.lock()
        if portal is not None and portal not in archive.portals():
            raise UsageError(f"no portal {portal} in this archive", "see the portals with `status`")
        if write:
            learn_templates(archive, at=stamp(now()), portal=portal)
        articles, loose = to_read(archive.db.conn, portal)
        changes, total = Changes(samples=samples), len(articles) + len(loose)
        try:
            for batch in _batches(Path(db), [*_tasks(articles), *_tasks(loose)], jobs):
                changes.add(batch.found, works=batch.works, pages=batch.pages, lost=batch.lost)
                if write and batch.found:
                    _write(archive, batch.found, at=stamp(now()))
                on_pages(changes.works, total)
        except BrokenProcessPool as error:
            raise KaifaquError(
                "a reading process was ended from outside", "run it again: what was written stays"
            ) from error
        return changes.told(written=write)


def _write(archive: Archive, found: Iterable[Reread], *, at: str) -> None:
    with transaction(archive.db.conn, archive.path):
        for told in found:
            apply(archive.db.conn, told, at=at, reader=__version__)


def _tasks(numbers: list[int] | list[tuple[int, int]]) -> Iterator[tuple[int | tuple[int, int], ...]]:
    for start in range(0, len(numbers), CHUNK):
        yield tuple(numbers[start : start + CHUNK])


def _batches(db: Path, tasks: list[tuple[int | tuple[int, int], ...]], jobs: int) -> Iterator[Batch]:
    """Work through the tasks in order, at most a few ahead of who takes the batches."""
    if jobs == 1 or len(tasks) <= FEW:
        with Archive.open(db, create=False, write=False) as archive:
            yield from (_read_all(archive, task) for task in tasks)
        return
    # A fresh process each: a fork would share SQLite's connections and locks.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(tasks)), context, _start, (str(db),)) as pool:
        ahead: deque[Future[Batch]] = deque()
        for task in tasks:
            ahead.append(pool.submit(_run, task))
            if len(ahead) > 3 * jobs:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


_archive: Archive | None = None
"""The archive of a reading process, open for its life."""


def _start(db: str) -> None:
    global _archive
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _archive = Archive.open(db, create=False, write=False)


def _end_with_parent() -> None:
    """A pool's process waits for ever where the one that feeds it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _run(task: tuple[int | tuple[int, int], ...]) -> Batch:
    assert _archive is not None
    return _read_all(_archive, task)


def _read_all(archive: Archive, task: Iterable[int | tuple[int, int]]) -> Batch:
    batch = Batch()
    db = archive.db.conn
    for one in task:
        loose = () if isinstance(one, int) else (page_of(db, *one),)
        work = work_of(db, one) if isinstance(one, int) else Work(article=None, pages=loose)
        batch.works += 1
        batch.pages += len(work.pages)
        try:
            readings = [read_again(archive, page) for page in work.pages]
        except UsageError as error:  # its bytes are damaged
            batch.lost.append(f"{work.pages[0].row.url}: {error.cause}")
            continue
        except Exception as bug:  # a bug of ours costs its page, as in a crawl
            batch.lost.append(f"{work.pages[0].row.url}: kaifaqu failed on it ({type(bug).__name__}: {bug})")
            continue
        told = compare(db, work, readings, reader=__version__)
        if differs(told) and not _stands_in(told):
            batch.found.append(told)
    return batch


def _stands_in(told: Reread) -> bool:
    """Whether a page was told dead by what the crawl knew beside it: the portal's front page stood in its place."""
    return FRONT_PAGE in told.work.pages[0].note and told.kinds[1] != "article"
