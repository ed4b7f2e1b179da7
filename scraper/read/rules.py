"""What every field reader is handed (`Page`), and how a field is decided: candidates in order of trust (`choose`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from scraper.model import Block, Charset, Evidence, Family
from scraper.read.dom import Document
from scraper.text import compact, shorten
from scraper.urls import join

# Most links of a page: nothing in them that a join would change, so that root or folder are simply put before them.
_PLAIN = re.compile(r"(?a:/?\w[\w-]*(?:/\w[\w-]*)*(?:\.\w+)?/?)\Z")


@lru_cache(64)
def _roots(base: str) -> tuple[str, str]:
    """(root, folder) of an address, each with its last slash; ('', '') of one that is none."""
    return join(base, "/") or "", join(base, ".") or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page on its way through the readers. `base` is `<base href>` joined to `url`, where links start from.
    `template`: what its siblings taught is no article's text."""

    doc: Document
    url: str
    base: str
    charset: Charset
    family: Family | None = None
    portal: Family | None = None
    template: frozenset[Block] = frozenset()

    def link(self, href: str) -> str | None:
        """A link of this page as an absolute http(s) URL, or None."""
        if _PLAIN.match(href):
            root, folder = _roots(self.base)
            if root:
                return root + href[1:] if href[0] == "/" else folder + href
        return join(self.base, href, self.charset.name)

    def selectors(self, field: str) -> list[tuple[str, str]]:
        """(rule name, CSS) for a field: the portal's own first, then the family's."""
        out: list[tuple[str, str]] = []
        for owner, what in ((self.portal, "portal"), (self.family, "family")):
            if owner is not None:
                out += [(f"{what}:{owner.name}", css) for css in owner.selectors.get(field, ())]
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A value that one rule gives a field. Higher `weight` wins; of equals the earlier."""

    value: str
    rule: str
    snippet: str = ""
    weight: float = 1.0


def choose(candidates: Iterable[Candidate]) -> tuple[str | None, Evidence | None]:
    """The heaviest candidate and the evidence for it, those that differ from it as its rivals; (None, None) of none."""
    ranked = sorted(candidates, key=lambda c: -c.weight)
    if not ranked:
        return None, None
    best = ranked[0]
    rivals = {(c.rule, shorten(c.value)) for c in ranked[1:] if compact(c.value) != compact(best.value)}
    evidence = Evidence(
        rule=best.rule, snippet=shorten(best.snippet or best.value), rivals=tuple(sorted(rivals))
    )
    return best.value, evidence
