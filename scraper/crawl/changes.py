"""What a rereading would change, field by field, portal by portal, with samples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from scraper.archive.history import diff, sentences
from scraper.archive.rereading import Reread

Way = Literal["filled", "emptied", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One article's field as it stands and as it would be; of a text, the first sentences that differ."""

    url: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of one portal: in how many articles it would be filled, emptied or changed."""

    portal: str
    field: str
    filled: int
    emptied: int
    changed: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindChange:
    """Pages of one portal that are read as another kind than before; `before` None: could not be read."""

    portal: str
    before: str | None
    after: str
    pages: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereading:
    """What reading again told. pages: those read; articles: in how many a field differs; lost: pages that could not be
    read, a line each; written: whether the archive has it now.
    """

    pages: int
    articles: int
    fields: tuple[FieldChange, ...]
    kinds: tuple[KindChange, ...]
    lost: tuple[str, ...]
    written: bool


@dataclass(slots=True, kw_only=True)
class _Field:
    ways: dict[Way, int] = field(default_factory=lambda: {"filled": 0, "emptied": 0, "changed": 0})
    samples: list[Sample] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Changes:
    """Counts what is read otherwise, in memory that does not grow with the archive."""

    samples: int
    works: int = 0
    _pages: int = 0
    _articles: int = 0
    _fields: dict[tuple[str, str], _Field] = field(default_factory=dict)
    _kinds: dict[tuple[str, str | None, str], list[str]] = field(default_factory=dict)
    _kind_counts: dict[tuple[str, str | None, str], int] = field(default_factory=dict)
    _lost: list[str] = field(default_factory=list)

    def add(self, found: Iterable[Reread], *, works: int, pages: int, lost: Iterable[str]) -> None:
        """Count one batch: `works` articles and loose pages, `pages` in all."""
        self.works += works
        self._pages += pages
        self._lost += lost
        for told in found:
            row = told.work.pages[0].row
            self._articles += bool(told.before)
            if told.kinds[0] != told.kinds[1]:
                name = (row.portal, *told.kinds)
                self._kind_counts[name] = self._kind_counts.get(name, 0) + 1
                samples = self._kinds.setdefault(name, [])
                samples += [row.url] * (len(samples) < self.samples)
            for label, before in told.before.items():
                counted = self._fields.setdefault((row.portal, label), _Field())
                counted.ways[_way(before, told.after[label])] += 1
                if len(counted.samples) < self.samples:
                    counted.samples.append(_sample(row.url, label, before, told.after[label]))

    def told(self, *, written: bool) -> Rereading:
        """All that was counted."""
        return Rereading(
            pages=self._pages,
            articles=self._articles,
            fields=tuple(
                FieldChange(portal=portal, field=label, samples=tuple(one.samples), **one.ways)
                for (portal, label), one in sorted(self._fields.items())
            ),
            kinds=tuple(
                KindChange(
                    portal=portal,
                    before=before,
                    after=after,
                    pages=self._kind_counts[portal, before, after],
                    samples=tuple(samples),
                )
                for (portal, before, after), samples in sorted(
                    self._kinds.items(), key=lambda item: (item[0][0], str(item[0][1]), item[0][2])
                )
            ),
            lost=tuple(self._lost),
            written=written,
        )


def _way(before: Any, after: Any) -> Way:
    empty: tuple[Any, ...] = (None, "", [])
    return "filled" if before in empty else "emptied" if after in empty else "changed"


def _sample(url: str, label: str, before: Any, after: Any) -> Sample:
    if label in ("body", "html"):
        lines = list(islice(diff(sentences(before or ""), sentences(after or "")), 200))
        gone, come = ([line for sign, line in lines if sign == mark] for mark in "-+")
        return Sample(url=url, before=" ".join(gone[:2]), after=" ".join(come[:2]))
    return Sample(url=url, before=_words(before), after=_words(after))


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(" ".join(filter(None, one)) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {said}" for name, said in value.items())
    return "" if value is None else str(value)
