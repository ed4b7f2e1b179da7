"""What every field reader is handed (`Page`), and how a field is decided: candidates in order of trust (`choose`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from scraper.model import Block, Charset, Evidence, Family
from scraper.read.dom import Document
from scraper.text import compact, shorten
from scraper.urls import join

# Most links of a page: nothing in them that a join would change, so that their folder is simply put before them.
_PATH = r"(?:[\w-][\w.-]*/)*(?:[\w-][\w.-]*)?(?:(?<=[\w/.-])\?[\w=&./:%-]+)?"
_RELATIVE = re.compile(rf"(?a:(/|\./|(?:\.\./)+|(?=\w))({_PATH}))\Z")
_ABSOLUTE = re.compile(rf"(?a:(https?:)?//(?:(?!xn--)[a-z\d][a-z\d-]*\.)+[a-z]{{2,}}(/{_PATH})?)\Z")
_LONGEST = 1000


@lru_cache(256)
def _folder(base: str, way: str) -> str:
    """The address of the folder that a way (`/`, `./`, `../../`, ``) leads to from a page; '' where it leads nowhere."""
    return join(base, way or ".") or ""


def _plain(base: str, href: str) -> str | None:
    """What `join` makes of a link that holds nothing to be resolved, escaped or refused; None of any other."""
    if len(href) > _LONGEST:
        return None
    if found := _RELATIVE.match(href):
        folder = _folder(base, found[1])
        return folder + found[2] if folder else None
    if found := _ABSOLUTE.match(href):
        scheme = _folder(base, "/").partition("//")[0]
        return f"{'' if found[1] else scheme}{href}{'' if found[2] else '/'}" if scheme else None
    return None


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
    _links: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    def link(self, href: str) -> str | None:
        """A link of this page as an absolute http(s) URL, or None."""
        if href not in self._links:
            self._links[href] = _plain(self.base, href) or join(self.base, href, self.charset.name)
        return self._links[href]

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
