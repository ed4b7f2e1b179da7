"""What stands beside the headline and is none: kicker (引题) and subtitle (副题)."""

from __future__ import annotations

import re

from scraper.read.article.labels import is_byline
from scraper.read.article.sight import Headline
from scraper.read.layout import Layout
from scraper.read.rules import Page

_KICKER = re.compile(
    r"kicker|yinti|pretitle|pre-title|shoubiao|jianti|(?:^|[\W_])pre(?:$|[\W_])|title[-_]?up|introtitle", re.I
)
_SUBTITLE = re.compile(
    r"(?:^|[\W_])sub(?:$|[\W_])|sub[-_]?title|futi|fubiaoti|ftitle|vice[-_]?title|title[-_]?sub|title2|subhead",
    re.I,
)


def find_side_titles(
    page: Page, layout: Layout, headline: Headline, stop: int
) -> tuple[str | None, str | None]:
    """Kicker (引题, above) and subtitle (副题, below) where elements beside the headline are named so and filled."""
    kicker = subtitle = None
    if headline.start < 0:
        return None, None
    for i in range(max(0, headline.start - 3), min(stop, headline.stop + 4, len(layout.lines))):
        line = layout.lines[i]
        if headline.start <= i < headline.stop or line.hidden or line.size > 80 or line.links * 2 > line.size:
            continue
        marks = page.doc.marks(line.block)
        if not marks or is_byline(line.text):
            continue
        if i < headline.start and kicker is None and _KICKER.search(marks):
            kicker = line.text
        elif subtitle is None and _SUBTITLE.search(marks):
            subtitle = line.text
    return kicker, subtitle
