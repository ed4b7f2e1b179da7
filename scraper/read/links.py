"""All links of a page, for the walk: where a page leads to."""

from __future__ import annotations

import re

from scraper.model import Link
from scraper.read.rules import Page
from scraper.text import squeeze

MAX_LINKS = 5000
_ONCLICK = re.compile(
    r"""(?:window\.open|location(?:\.href)?\s*=|location\.(?:replace|assign)|jumpTo\w*|openUrl)\s*\(?\s*['"]([^'"\s]{1,500})['"]"""
)


def find_links(page: Page) -> tuple[Link, ...]:
    """All links of a page in order, each address once with its first text; frames, areas and onclick jumps included."""
    doc = page.doc
    found: dict[str, Link] = {}
    for n, name in enumerate(doc.tag):
        a = doc.attrs[n]
        if not a:
            continue
        if name in ("a", "area"):
            href = a.get("href", "")
        elif name in ("iframe", "frame"):
            href = a.get("src", "")
        else:
            href = ""
        if (not href or href.startswith(("javascript", "#"))) and "onclick" in a:
            jump = _ONCLICK.search(a["onclick"][:1000])
            href = jump[1] if jump else ""
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        url = page.link(href.strip())
        if url and url not in found:
            text = (doc.text(n) if name == "a" else "") or squeeze(a.get("title", ""))
            found[url] = Link(url=url, text=text[:300])
            if len(found) >= MAX_LINKS:
                break
    return tuple(found.values())
