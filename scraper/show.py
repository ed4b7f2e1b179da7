"""What people see on a terminal: the crawl's progress and report, a reading explained, the status of an archive.

Progress goes to stderr, results to stdout, so that a pipe holds results alone. Off a terminal everything is plain lines.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from scraper.archive import ChannelStatus, Hit, Missing, PortalStatus, ReportLine
from scraper.archive.health import Run
from scraper.archive.reprints import Compared, Copy, Reprint
from scraper.crawl import Event, Report
from scraper.crawl.changes import Rereading
from scraper.model import Article, Evidence, Listing, Reading
from scraper.text import shorten

WIDE = 140


def console(*, stderr: bool = False) -> Console:
    """A console that keeps its lines whole where nobody looks at a window."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else WIDE)


class CrawlProgress(AbstractContextManager["CrawlProgress"]):
    """One line that lives on a terminal; off it, a plain line for each page, or none if `quiet`."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = console(stderr=True)
        self._live = self._console.is_terminal
        self._quiet = quiet
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._progress = Progress(*columns, console=self._console, transient=True) if self._live else None
        self._task = self._progress.add_task("connecting…", total=None) if self._progress else None

    def __enter__(self) -> CrawlProgress:
        (self._progress or nullcontext()).__enter__()
        return self

    def __exit__(self, *exc: Any) -> None:
        if self._progress:
            self._progress.__exit__(*exc)

    def __call__(self, event: Event) -> None:
        """Show one page that was taken."""
        if self._progress is not None and self._task is not None:
            line = (
                f"{event.portal}  {event.articles} new articles, {event.pages} pages, {event.failures} failed, "
                f"{event.waiting} waiting  [dim]{escape(shorten(event.title, 40))}[/dim]"
            )
            self._progress.update(self._task, description=line)
        elif not self._quiet:
            print(f"{event.outcome:8} {event.url}  {shorten(event.title, 60)}", file=sys.stderr, flush=True)


class Steps(AbstractContextManager["Steps"]):
    """How far a long work is, on a terminal; off it, nothing: its result says all. `what` is counted."""

    def __init__(self, what: str) -> None:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.completed} of {task.total} " + what),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=console(stderr=True), transient=True)
        self._live = self._progress.console.is_terminal
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> Steps:
        if self._live:
            self._progress.start()
        return self

    def __exit__(self, *exc: Any) -> None:
        if self._live:
            self._progress.stop()

    def __call__(self, done: int, of: int | None = None) -> None:
        """Show that so many are done, of how many if that is known."""
        self._progress.update(self._task, completed=done, total=of)


def report(result: Report, *, db: str, notes: bool = True) -> None:
    """A crawl's summary: a table per channel, one line of numbers; and `notes` on stderr."""
    out = console()
    shown = [c for c in result.channels if c.found or c.archived or c.failed]
    if shown:
        table = Table(title=None, box=None, pad_edge=False, header_style="bold")
        table.add_column("channel", overflow="fold", min_width=16)
        for name in ("found", "new", "failed", "archived", "elsewhere", "claimed", "whole"):
            table.add_column(name, justify="right")
        for c in shown:
            cells = (
                c.found,
                c.new,
                c.failed,
                c.archived,
                c.elsewhere,
                "–" if c.claimed is None else c.claimed,
            )
            name = c.channel or c.url or "(no channel)"
            table.add_row(escape(name), *map(str, cells), whole(c))
        out.print(table)
        out.print()
    out.print(
        f"{result.articles_new} new articles, {result.articles_changed} changed, {result.pages} pages, "
        f"{result.failures} failed in {result.seconds:.1f} s ({result.outcome})"
    )
    if not notes:
        return
    err = console(stderr=True)
    for note in (*result.notes, *(f"not reached: {u}" for u in result.unreached)):
        err.print(f"note: {escape(note)}", soft_wrap=True)
    if result.outcome == "interrupted":
        err.print(
            f"stopped; nothing is lost. The same command goes on from here (archive: {escape(db)})",
            soft_wrap=True,
        )


def whole(channel: ReportLine | ChannelStatus) -> str:
    """Archived of what there is to archive, rounded down so that 100 % means all; empty where that is not known.

    There is what the portal claims, or the rows seen where those are more or it claims none and the walk is whole; rows
    that lead elsewhere (files, other sites, pages gone) are none of it. Of a list that claims pages only, and shows fewer
    of them, nobody knows how much there is: the pages are told instead.
    """
    if channel.claimed is None and channel.complete and channel.walked_pages < (channel.claimed_pages or 0):
        return f"{channel.walked_pages} of {channel.claimed_pages} pages"
    known = channel.claimed is not None or channel.complete
    there = max(channel.claimed or 0, channel.listed) - channel.elsewhere
    if not known or there <= 0:
        return ""
    return f"{int(1000 * min(channel.archived, there) / there) / 10:g} %"


def status(portals: Sequence[PortalStatus]) -> None:
    """Per portal and channel: archived against claimed, last crawl, failures."""
    out = console()
    for portal in portals:
        out.print(
            f"[bold]{escape(portal.host)}[/bold] {escape(portal.name or '')}  {portal.articles} articles, "
            f"last crawl {portal.last_crawl or 'never'}, {portal.failures} open failures, {portal.unread} pages waiting"
        )
        if portal.state is not None:
            out.print(_state(portal), soft_wrap=True)
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("channel", overflow="fold")
        for name in ("archived", "listed", "elsewhere", "claimed", "whole", "last crawl", "failed"):
            table.add_column(name, justify="right")
        for c in portal.channels:
            pages = f"{c.claimed_pages} pages" if c.claimed_pages else "–"
            claimed = pages if c.claimed is None else str(c.claimed)
            cells = (
                str(c.archived),
                str(c.listed),
                str(c.elsewhere),
                claimed,
                whole(c),
                c.last_crawl or "",
                str(c.failures),
            )
            table.add_row(escape(c.name or c.url), *cells)
        out.print(table)
        for c in portal.channels:
            if c.note:
                out.print(f"note: {escape(c.name or c.url)}: {escape(c.note)}", soft_wrap=True)
        out.print()


def health(portals: Sequence[PortalStatus]) -> None:
    """A line for each portal: its state, and what was seen."""
    for portal in portals:
        console().print(f"{escape(portal.host)}  {_state(portal)}", soft_wrap=True)


def _state(portal: PortalStatus) -> str:
    return f"[bold]{portal.state}[/bold]" + (f"  {escape(portal.seen)}" if portal.seen else "")


def runs(last: Sequence[Run]) -> None:
    """A line for each run: when, where, what it brought, and the state it found."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    names = (
        "crawl",
        "began",
        "portal",
        "outcome",
        "pages",
        "new",
        "changed",
        "failed",
        "walls",
        "dated",
        "sourced",
    )
    for name in (*names, "body", "state", "seen"):
        numbers = name not in ("began", "portal", "outcome", "state", "seen")
        table.add_column(name, justify="right" if numbers else "left", overflow="fold")
    for run in last:
        counts = (
            run.pages,
            run.articles_new,
            run.articles_changed,
            run.failures,
            run.walls,
            run.dated,
            run.sourced,
        )
        body = "–" if run.body_median is None else str(run.body_median)
        about = (str(run.crawl_id), run.started_at, escape(run.portal), run.outcome)
        table.add_row(*about, *map(str, counts), body, run.state, escape(run.seen))
    console().print(table)


def missing(gaps: Sequence[Missing]) -> None:
    """Listing rows that gave no article: why, date, title and address of each."""
    out = console()
    for gap in gaps:
        line = f"{escape(gap.why)}  {gap.date or ''}  {escape(gap.title or '')}  [dim]{escape(gap.url)}[/dim]"
        out.print(line, soft_wrap=True)
    out.print(f"{len(gaps)} rows gave no article")


def hits(found: Iterable[Hit]) -> int:
    """Search results, three lines each; returns how many."""
    out, count = console(), 0
    for hit in found:
        count += 1
        out.print(f"[bold]{escape(hit.title or '')}[/bold]", soft_wrap=True)
        attachment = f"附件：{hit.attachment}" if hit.attachment else None
        about = "  ".join(filter(None, (hit.date, hit.source, hit.portal, attachment)))
        out.print(f"  [dim]{escape(about)}[/dim]  {escape(hit.url)}", soft_wrap=True)
        out.print(f"  {escape(shorten(hit.snippet, 120))}", soft_wrap=True)
    return count


def reprints(told: Compared, found: Sequence[Reprint]) -> None:
    """What comparing did, and the texts that were printed most."""
    out = console()
    for one in found:
        out.print(f"[bold]{escape(one.title or '')}[/bold]", soft_wrap=True)
        lag = "" if one.lag_days is None else f", the last {one.lag_days:g} days later"
        about = f"{one.articles} articles on {one.portals} portals, first {one.date or 'without a date'} on {one.portal}{lag}"
        out.print(f"  [dim]{escape(about)}[/dim]  {escape(one.url)}", soft_wrap=True)
    line = f"{told.compared} articles compared; {told.articles} of the archive share {told.clusters} texts"
    console(stderr=True).print(line, soft_wrap=True)


def copies(found: Sequence[Copy]) -> None:
    """The articles of one text in the order they came, each with what it changed."""
    out = console()
    for place, one in enumerate(found, 1):
        lag = "" if one.lag_days is None or place == 1 else f"  {one.lag_days:g} days later"
        about = "  ".join(filter(None, (one.date, one.source, one.portal)))
        out.print(f"{place}. {escape(about)}{lag}  [dim]{escape(one.url)}[/dim]", soft_wrap=True)
        for sign, line in one.edits:
            out.print(f"   {sign} {escape(line)}", soft_wrap=True)
    if not found:
        console(stderr=True).print("no other article has this text")


def rereading(told: Rereading) -> None:
    """What reading again changes: kinds of pages, then each field of each portal, with samples."""
    out = console()
    for kind in told.kinds:
        was = kind.before or "unread"
        out.print(f"{escape(kind.portal)}  {kind.pages} pages: {was} → {kind.after}", soft_wrap=True)
        for url in kind.samples:
            out.print(f"    [dim]{escape(url)}[/dim]", soft_wrap=True)
    for one in told.fields:
        ways = f"{one.filled} filled, {one.emptied} emptied, {one.changed} changed"
        out.print(f"{escape(one.portal)}  [bold]{one.field}[/bold]: {ways}", soft_wrap=True)
        for sample in one.samples:
            out.print(f"    [dim]{escape(sample.url)}[/dim]", soft_wrap=True)
            out.print(f"      - {escape(shorten(sample.before, 120)) or '(nothing)'}", soft_wrap=True)
            out.print(f"      + {escape(shorten(sample.after, 120)) or '(nothing)'}", soft_wrap=True)
    for line in told.lost:
        console(stderr=True).print(f"not read: {escape(line)}", soft_wrap=True)
    done = "written" if told.written else "nothing written; write it with --apply"
    out.print(f"{told.pages} pages read, {told.articles} articles read otherwise ({done})")


def explain(reading: Reading) -> None:
    """A reading for people: kind, charset and how it was decided, family, each field with evidence and rivals."""
    out = console()
    charset = reading.charset
    replaced = f", {charset.replaced} characters unreadable" if charset.replaced else ""
    _field(out, "url", reading.url)
    note = f" ({reading.note})" if reading.note else ""
    _field(out, "kind", reading.kind + note, reading.evidence.get("kind"))
    _field(out, "charset", f"{charset.name} (decided: {charset.decided}{replaced})")
    _field(out, "family", reading.family)
    if reading.redirect:
        _field(out, "leads to", reading.redirect)
    if reading.article is not None:
        _article(out, reading.article)
    elif reading.listing is not None:
        _listing(out, reading.listing)
    elif reading.title:
        _field(out, "title", reading.title)


_FIELDS = ("title", "kicker", "subtitle", "source", "author", "editor", "date", "views")


def _article(out: Console, article: Article) -> None:
    why = article.evidence
    for name in _FIELDS:
        _field(out, name, getattr(article, name), why.get(name))
    _field(out, "channel", " > ".join(article.channel))
    for name, said in asdict(article.document).items() if article.document else ():
        if said is not None:
            _field(out, name, said, why.get(f"document.{name}"))
    _body(out, article)
    for name in ("attachments", "images"):
        for link in getattr(article, name):
            _field(out, name, f"{link.text}  {link.url}".strip(), whole=True)
    if article.counter is not None:
        adds = "asking adds one, so it is not asked" if article.counter.adds else "asking adds none"
        _field(out, "counter", f"{article.counter.url} ({adds})", whole=True)
    if article.next_page:
        _field(out, "next page", article.next_page, whole=True)


def _body(out: Console, article: Article) -> None:
    """How long the text is, its first and last paragraph: what is missing or too much shows at the ends."""
    paragraphs = article.body.split("\n") if article.body else []
    size = sum(map(len, paragraphs))
    told = f"{size} characters in {len(paragraphs)} paragraphs" if paragraphs else None
    _field(out, "body", told, article.evidence.get("body"))
    for mark, text in zip(("begins", "ends"), [*paragraphs[:1], *paragraphs[1:][-1:]], strict=False):
        out.print(f"{'':17}{mark}: {escape(shorten(text, 100))}", soft_wrap=True)


def _listing(out: Console, listing: Listing) -> None:
    pages = f"page {listing.page_number or '?'} of {listing.page_count or '?'}"
    total = "total not told" if listing.total is None else f"{listing.total} articles claimed"
    why = listing.evidence
    _field(out, "channel", " > ".join(listing.channel))
    _field(out, "items", f"{len(listing.items)} ({pages}, {total})", why.get("items"))
    for item in listing.items:
        line = f"{'':17}{item.date or '–':16} {escape(item.title)}  [dim]{escape(item.url)}[/dim]"
        out.print(line, soft_wrap=True)
    _field(out, "next", listing.next_url, why.get("next_url"), whole=True)
    for name in why.keys() - {"items", "next_url"}:
        _field(out, name, getattr(listing, name, None), why[name])


def _field(
    out: Console, name: str, value: object, evidence: Evidence | None = None, *, whole: bool = False
) -> None:
    """A field's value (– for none), then why: the rule and what it saw, and each rival that lost to it."""
    text = "–" if value in (None, "", ()) else str(value) if whole else shorten(str(value), 100)
    out.print(f"{name:17}{escape(text)}", soft_wrap=True)
    if evidence is None:
        return
    snippet = f": {evidence.snippet}" if evidence.snippet and evidence.snippet != text else ""
    out.print(f"{'':17}[dim]by {escape(evidence.rule + snippet)}[/dim]", soft_wrap=True)
    for rule, rival in evidence.rivals:
        out.print(f"{'':17}[dim]not {escape(shorten(rival, 80))} ({escape(rule)})[/dim]", soft_wrap=True)
