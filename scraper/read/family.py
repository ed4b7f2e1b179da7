"""Which CMS product speaks on a page: weighted marks, from `families/*.toml`.

A mark is (where, pattern, weight). `html` marks are literals sought in the page's own words (tag names, classes, ids,
addresses, comments, inline scripts, the parts a CMS writes, never the text people write); `url` marks are regular
expressions on the address; `generator` marks are literals, any case, in <meta name=generator|author>. One strong mark
(1.0) is enough, two medium ones (0.5) are; weak ones (≤ 0.25: what editors paste from one system into another, such as
TRS_Editor or ZJEG_RSS) support but together never count for more than one medium mark.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from scraper.model import Family
from scraper.read.dom import Document

ENOUGH = 1.0
WEAK = 0.25
WEAK_CAP = 0.5
_MAX_SCRIPT = 3_000  # characters of one inline script: marks stand at its start, data may go on for megabytes
_EDGE = 1_000  # characters at either end of a page
_COMMENT = re.compile(r"<!--[^>]{0,200}")
_MAX_WORDS = 200_000
_SPEAKING = frozenset({"script", "link", "form", "iframe", "input", "span"})
_NAMED = ("src", "href", "name", "action", "url")


def find_family(doc: Document, url: str) -> Family | None:
    """The family with the most evidence on this page, or None where none has enough. Ties go to the first by name."""
    words = _words(doc)
    maker = f"{doc.meta('generator')} {doc.meta('author')}".lower()
    best, most = None, ENOUGH - 1e-9
    for family, marks in _compiled():
        strong = weak = 0.0
        for where, pattern, weight in marks:
            if weight <= WEAK and not strong:
                break
            if where == "html":
                hit = pattern in words
            elif where == "url":
                hit = pattern.search(url) is not None
            else:
                hit = pattern in maker
            if hit and weight > WEAK:
                strong += weight
            elif hit:
                weak += weight
        if strong and strong + min(weak, WEAK_CAP) > most:
            best, most = family, strong + min(weak, WEAK_CAP)
    return best


@cache
def load_families() -> tuple[Family, ...]:
    """All families of `families/*.toml`, by name. A broken file is a fault of ours: ValueError names it."""
    folder = files("scraper") / "families"
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
    return tuple(parse_family(name, (folder / name).read_text("utf-8")) for name in names)


def parse_family(name: str, text: str) -> Family:
    """One TOML file as a Family; ValueError (file and cause) where it isn't well-formed."""
    try:
        raw: dict[str, Any] = tomllib.loads(text)
        unknown = raw.keys() - {"name", "marks", "selectors", "drop", "pager", "counters"}
        if unknown:
            raise ValueError(f"unknown keys {sorted(unknown)}")
        family = Family(
            name=raw["name"],
            marks=tuple((str(w), str(p), float(n)) for w, p, n in raw.get("marks", ())),
            selectors={field: tuple(css) for field, css in raw.get("selectors", {}).items()},
            drop=tuple(raw.get("drop", ())),
            pager=raw.get("pager"),
            counters=tuple((str(p), bool(adds)) for p, adds in raw.get("counters", ())),
        )
        for where, pattern, _ in family.marks:
            if where not in ("html", "url", "generator"):
                raise ValueError(f"unknown place {where!r} of a mark")
            if where == "url":
                re.compile(pattern)
        for pattern, _ in family.counters:
            re.compile(pattern)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, re.error) as error:
        raise ValueError(f"{name}: {error}; mend the file") from error
    return family


@cache
def _compiled() -> tuple[tuple[Family, tuple[tuple[str, Any, float], ...]], ...]:
    def prepared(where: str, pattern: str) -> Any:
        if where == "url":
            return re.compile(pattern)
        return pattern.lower() if where == "generator" else pattern

    return tuple(
        (
            family,
            tuple((where, prepared(where, pattern), weight) for where, pattern, weight in _ranked(family)),
        )
        for family in load_families()
    )


def _ranked(family: Family) -> list[tuple[str, str, float]]:
    """Its marks, the weak ones last: they are sought only beside a strong one."""
    return sorted(family.marks, key=lambda mark: -mark[2])


def _words(doc: Document) -> str:
    """What the CMS wrote, each word once: tags, class, id and addresses, comments, the heads of inline scripts."""
    named = [doc.attrs[n] for n in doc.named]
    words = set(doc.places).union(*named, doc.metas)
    words.update([attrs["class"][:200] for attrs in named if "class" in attrs])
    words.update([attrs["id"][:200] for attrs in named if "id" in attrs])
    speaking = [doc.attrs[n] for n in doc.elements_of(_SPEAKING)]
    words.update([attrs[name][:200] for attrs in speaking for name in _NAMED if name in attrs])
    for values in doc.metas.values():
        words.update(v[:200] for v in values)
    words.update(doc.data[n][:200] for n in doc.comments)
    words.update(doc.data[n][:_MAX_SCRIPT] for n in doc.scripts)
    # comments before <html> and behind </html> are no part of the tree: VSB, Founder and Hanweb sign there
    edges = _COMMENT.findall(doc.html[:_EDGE]) + _COMMENT.findall(doc.html[-_EDGE:])
    return "\n".join([*words, *edges])[:_MAX_WORDS]
