"""All links of a page, for the walk: where a page leads to."""

from __future__ import annotations

import re

from scraper.model import Link
from scraper.read.rules import Page
from scraper.text import squeeze

MAX_LINKS = 5000
_ADDRESS = {"a": "href", "area": "href", "iframe": "src", "frame": "src"}
_ONCLICK = re.compile(
    r"""(?:window\.open|location(?:\.href)?\s*=|location\.(?:replace|assign)|jumpTo\w*|openUrl)\s*\(?\s*['"]([^'"\s]{1,500})['"]"""
)


def find_links(page: Page) -> tuple[Link, ...]:
    """All links of a page in order, each address once with its first text; frames, areas and onclick jumps included."""
    doc = page.doc
    found: dict[str, Link] = {}
    leading = doc.elements_of(_ADDRESS)
    jumping = [n for n in doc.named if "onclick" in doc.attrs[n]]
    for n in sorted({*leading, *jumping}) if jumping else leading:
        a, name = doc.attrs[n], doc.tag[n]
        href = a.get(_ADDRESS[name], "") if name in _ADDRESS else ""
        if (not href or href.startswith(("javascript", "#"))) and "onclick" in a:
            jump = _ONCLICK.search(a["onclick"][:1000])
            href = jump[1] if jump else ""
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        url = page.link(href.strip())
        if url and url not in found:
            text = (doc.text(n) if name == "a" else "") or ("title" in a and squeeze(a["title"])) or ""
            found[url] = Link(url=url, text=text[:300])
            if len(found) >= MAX_LINKS:
                break
    return tuple(found.values())
