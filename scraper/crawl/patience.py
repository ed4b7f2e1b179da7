"""When to leave a portal before all is asked: walls, silence, one failure after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["go on", "probe", "leave"]

WALLS_IN_A_ROW = 3
SILENCES_IN_A_ROW = (
    3  # no connection, no answer in time, 429, 503: each already tried several times by the fetcher
)
FAILURES_IN_A_ROW = 10
PROBES = 10

SILENT = frozenset(("unreachable", "slow", "strained"))
"""Causes that tell of the host rather than of one page."""


@dataclass(slots=True)
class Patience:
    """Counts what goes wrong in a row at one portal.

    A wall is the portal's own word: three, and it is left. Other trouble may be one dead corner of a portal that is well:
    then its first page is asked once more (`probe`), and only where that fails too it is left, or after ten such corners.
    """

    walls: int = 0
    silences: int = 0
    failures: int = 0
    probes: int = 0

    def after(self, word: str, cause: str | None) -> Verdict:
        """What to do after one answer was taken: its `word` and the `cause` of its failure, if it was one."""
        self.walls = self.walls + 1 if word == "blocked" else 0
        self.silences = self.silences + 1 if word == "failed" and cause in SILENT else 0
        self.failures = self.failures + 1 if word == "failed" else 0
        if self.walls >= WALLS_IN_A_ROW:
            return "leave"
        if self.silences >= SILENCES_IN_A_ROW or self.failures >= FAILURES_IN_A_ROW:
            self.probes += 1
            return "probe" if self.probes <= PROBES else "leave"
        return "go on"

    def probed(self, *, well: bool) -> Verdict:
        """What to do after the probe."""
        if well:
            self.silences = self.failures = 0
        return "go on" if well else "leave"
