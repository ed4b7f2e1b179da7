"""Which formats there are, and where each is written to: a stream, a file, or a folder of files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, TextIO

from scraper.archive import Archive
from scraper.errors import UsageError
from scraper.export.csv import export_csv
from scraper.export.datapackage import export_datapackage
from scraper.export.jsonl import export_jsonl
from scraper.export.parquet import export_parquet
from scraper.export.wacz import export_wacz
from scraper.export.warc import export_warc
from scraper.export.whole import whole_file

Format = Literal["csv", "jsonl", "parquet", "datapackage", "warc", "wacz"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is exported: of one portal or all, since a day (`YYYY-MM-DD`) or all, at which time by which clock."""

    portal: str | None = None
    since: str | None = None
    now: Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class Written:
    """What an export wrote, in words, and what it had to leave out because it is damaged, a line each."""

    told: str = ""
    lost: list[str] = field(default_factory=list)


def export_as(form: Format, archive: Archive, out: str, wanted: Wanted) -> Written:
    """Export to `out`: `-` is standard output, for text. Raises UsageError where `out` cannot be written."""
    if out == "-" and form not in _STREAMS:
        raise UsageError(f"{form} is no text for a terminal", "name a place with --out")
    written = Written()
    try:
        with archive.snapshot():
            written.told = _WRITERS[form](archive, out, wanted, written.lost)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror})", "give another --out") from error
    return written


def _csv(archive: Archive, out: str, wanted: Wanted, lost: list[str]) -> str:
    with _text(out) as stream:
        count = export_csv(archive, stream, portal=wanted.portal, since=wanted.since)
    return f"{count} articles written"


def _jsonl(archive: Archive, out: str, wanted: Wanted, lost: list[str]) -> str:
    with _text(out) as stream:
        count = export_jsonl(archive, stream, portal=wanted.portal, since=wanted.since)
    return f"{count} articles written"


def _parquet(archive: Archive, out: str, wanted: Wanted, lost: list[str]) -> str:
    count = export_parquet(archive, Path(out), portal=wanted.portal, since=wanted.since)
    return f"{count} articles written"


def _datapackage(archive: Archive, out: str, wanted: Wanted, lost: list[str]) -> str:
    count = export_datapackage(archive, Path(out), portal=wanted.portal, since=wanted.since, now=wanted.now)
    return f"{count} articles written"


def _warc(archive: Archive, out: str, wanted: Wanted, lost: list[str]) -> str:
    with whole_file(Path(out)) as file:
        count = export_warc(
            archive, file, portal=wanted.portal, since=wanted.since, now=wanted.now, lost=lost
        )
    return f"{count} captures written"


def _wacz(archive: Archive, out: str, wanted: Wanted, lost: list[str]) -> str:
    paths = export_wacz(
        archive, Path(out), portal=wanted.portal, since=wanted.since, now=wanted.now, lost=lost
    )
    return f"{len(paths)} files written, one for each portal and year"


_WRITERS: dict[Format, Callable[[Archive, str, Wanted, list[str]], str]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
    "datapackage": _datapackage,
    "warc": _warc,
    "wacz": _wacz,
}
_STREAMS = ("csv", "jsonl")
FORMATS = tuple(_WRITERS)


@contextmanager
def _text(out: str) -> Iterator[TextIO]:
    if out == "-":
        yield sys.stdout
        return
    with Path(out).open("w", encoding="utf-8", newline="") as stream:
        yield stream
