"""An archive as a source that can be cited: in words, and as BibTeX."""

from __future__ import annotations

import re

from scraper.archive.summary import Summary

_SPECIAL = re.compile(r"[\\{}$&#%_^~]")


def cite(told: Summary) -> str:
    """A citation in plain words: portals, numbers, time of crawling, version, fingerprint."""
    hosts = ", ".join(f"{name} ({host})" if name else host for host, name in told.portals) or "no portal"
    dated = f", dated {told.dated[0]} to {told.dated[1]}" if told.dated[0] else ""
    return (
        f"News archive of {hosts}: {told.articles} articles{dated}; {told.captures} captures by {told.crawls} crawls, "
        f"{_when(told)}. Made with kaifaqu {', '.join(told.versions) or '(never crawled)'}. "
        f"Content SHA-256 {told.fingerprint}."
    )


def bibtex(told: Summary) -> str:
    """The same as a BibTeX entry. It names no author: that is the one who crawled."""
    hosts = [host for host, _ in told.portals]
    year = (told.last or "")[:4]
    label = re.sub("[^a-z0-9]+", "-", f"kaifaqu {hosts[0] if hosts else 'archive'} {year}".lower()).strip("-")
    names = ", ".join(name or host for host, name in told.portals)
    fields = {
        "title": f"News archive of {names}",
        "year": year,
        "howpublished": f"Web archive, made with kaifaqu {', '.join(told.versions)}",
        "note": f"{told.articles} articles and {told.captures} captures of {', '.join(hosts)}, {_when(told)}; "
        f"content SHA-256 {told.fingerprint}",
    }
    lines = ",\n".join(f"  {name} = {{{_escaped(value)}}}" for name, value in fields.items() if value)
    return f"@misc{{{label},\n{lines}\n}}"


def _when(told: Summary) -> str:
    if told.first is None or told.last is None:
        return "nothing fetched yet"
    first, last = told.first[:10], told.last[:10]
    return f"fetched {first}" if first == last else f"fetched {first} to {last}"


def _escaped(value: str) -> str:
    r"""A name as TeX takes it; `\` and braces are left out, for they could end the field."""
    return _SPECIAL.sub(
        lambda sign: "" if sign[0] in "\\{}" else f"\\{sign[0]}" if sign[0] not in "^~" else " ", value
    )
