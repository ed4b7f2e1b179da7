"""Files that articles carry: which of them a crawl fetches, and what becomes of one that came.

Attachments and images may stand on other hosts than their portal; robots.txt and the pace hold there as everywhere. A file
is asked for once: portals give a changed file a new address.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scraper import urls
from scraper.archive import Archive
from scraper.archive.carried import Carried
from scraper.archive.files import Mention, save_file, save_text, unread_files, want_files
from scraper.crawl.plan import MAX_DEPTH, PAGE, PART, older
from scraper.crawl.report import Options
from scraper.fetch import Limits
from scraper.files import FileKind, file_name, kind_of, read_text, text_reader
from scraper.files.child import PACKAGES
from scraper.model import Capture, Found, FrontierKind, Link, Reading, Row

# An attachment is part of its article, which a crawl cut short holds whole; images come after all that is news, and so do
# files of articles that earlier crawls brought.
IMAGE = BACKLOG = PAGE + MAX_DEPTH + 1

_FILE: FrontierKind = "file"
_SUFFIX = re.compile(r"\.([a-z0-9]{1,5})\W*$", re.I)
_TEXTS: tuple[FileKind, ...] = ("txt", *PACKAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which files a crawl fetches. `types` are suffixes (`pdf`), () for all; `since`: of articles not older than that."""

    attachments: bool = False
    images: bool = False
    types: frozenset[str] = frozenset()
    since: str | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def tables(self) -> tuple[Carried, ...]:
        """What is wanted, by the names of the archive's tables."""
        named: tuple[tuple[Carried, bool], ...] = (("attachments", self.attachments), ("images", self.images))
        return tuple(table for table, wanted in named if wanted)


def wanted_by(options: Options) -> Wanted:
    """What a crawl's options ask for. A file of the largest size has as long as a line of 1 Mbit/s takes for it."""
    most = options.attachments_max << 20
    usual = Limits()
    return Wanted(
        attachments=options.attachments,
        images=options.images,
        types=frozenset(kind.lower().lstrip(".") for kind in options.attachment_types),
        since=options.since,
        limits=Limits(max_body=most, total_seconds=max(usual.total_seconds, most / 125_000)),
    )


def prepare(archive: Archive, portal: str, wanted: Wanted, *, at: str) -> None:
    """Make the files due that earlier crawls of a portal left behind and this one wants; only these."""

    def choose(table: Carried, mention: Mention) -> Found | None:
        if wanted.since and older(mention.date, wanted.since):
            return None
        return _found(
            mention.link, table, wanted, mention.article, mention.channel, depth=0, priority=BACKLOG
        )

    want_files(archive, portal, choose, tables=wanted.tables, at=at)


def found_in(reading: Reading, row: Row, wanted: Wanted) -> tuple[Found, ...]:
    """The files of an article that are wanted, as pages to fetch."""
    article = reading.article
    if reading.kind != "article" or article is None:
        return ()
    owner = row.part_of if row.kind == "part" else row.id
    links: Iterable[tuple[Carried, Link]] = [
        *(("attachments", link) for link in article.attachments),
        *(("images", link) for link in article.images),
    ]
    found = (
        _found(link, table, wanted, owner or row.id, row.channel, depth=row.depth, priority=PART)
        for table, link in links
        if table in wanted.tables
    )
    return tuple(filter(None, found))


def _found(
    link: Link, table: Carried, wanted: Wanted, owner: int, channel: str | None, *, depth: int, priority: int
) -> Found | None:
    url = urls.normalise(link.url)
    if url is None or (table == "attachments" and wanted.types and not _of_types(link, wanted.types)):
        return None
    return Found(
        url=url,
        kind=_FILE,
        part_of=owner,
        channel=channel,
        title=link.text or None,
        depth=depth,
        priority=priority if table == "attachments" else IMAGE,
    )


def _of_types(link: Link, types: frozenset[str]) -> bool:
    """Whether the name or the address says one of these types; where neither says any, as with a download by number, it may
    be.
    """
    said = [m[1].lower() for text in (link.text, urlsplit(link.url).path) if (m := _SUFFIX.search(text))]
    named = [suffix for suffix in said if urls.FILE_SUFFIX.search("." + suffix)]
    return not named or not types.isdisjoint(named)


def refusal(capture: Capture) -> str | None:
    """Why an answer is no file, or None: an error page with status 200 is one of the commonest answers to a dead link."""
    kind = kind_of(capture.body)
    if kind == "empty":
        return "the portal answers without a file"
    return "the portal answers with a page instead of the file" if kind == "html" else None


async def save(archive: Archive, row: Row, capture: Capture, *, crawl_id: int) -> str:
    """Keep a file and read its text; what it is called."""
    kind, name = kind_of(capture.body), file_name(capture.headers, capture.url)
    digest, unread = save_file(archive, row, capture, kind=kind, name=name, crawl_id=crawl_id)
    if unread and text_reader(kind):
        save_text(archive, digest, await asyncio.to_thread(read_text, capture.body, kind))
    return name


async def read_left_over(archive: Archive) -> None:
    """Read the texts that no crawl read: it was stopped, or the packages were not installed then."""
    for digest, kind in unread_files(archive, [kind for kind in _TEXTS if text_reader(kind)]):
        body = archive.load_blob(digest)
        save_text(archive, digest, await asyncio.to_thread(read_text, body, kind))


def note(archive: Archive) -> str | None:
    """What to tell of files whose text could not be read for want of a package."""
    unread = len(unread_files(archive, _TEXTS))
    if not unread:
        return None
    return f'the texts of {unread} attachments are not searchable yet; install: pip install "kaifaqu[attachments]" and crawl again'
