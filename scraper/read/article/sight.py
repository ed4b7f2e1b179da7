"""What is seen of a page before its fields are decided: headline, text, and the zone they span."""

from __future__ import annotations

from dataclasses import dataclass

from scraper.model import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The headline as text, and the lines it stands on (start, stop); an empty range where only metas gave it."""

    text: str | None
    start: int = -1
    stop: int = -1
    evidence: Evidence | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The main text's container (a node) and the range of lines it holds after headline and byline."""

    node: int
    start: int
    stop: int
    weight: float
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Where the article stands, in line numbers: headline [title, title_stop), body [start, stop)."""

    title: int
    title_stop: int
    start: int
    stop: int

    def weight(self, line: int, *, hidden: bool) -> float:
        """How near a line stands to the article: 1 in the byline, less in an info table above or a line below, 0 else."""
        if self.title <= line < self.start:
            near = 1.0
        elif self.title - 30 <= line < self.title:
            near = 0.7 if self.title - line <= 6 else 0.5
        elif self.stop <= line < self.stop + 20:
            near = 0.6
        elif self.start <= line < self.start + 2:
            near = 0.55
        elif self.stop - 5 <= line < self.stop:
            near = 0.5
        else:
            return 0.0
        return near * (0.3 if hidden else 1.0)
