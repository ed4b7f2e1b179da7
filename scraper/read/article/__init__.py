"""An article: what is seen of a page (`look`), and every field that is read from it (`read_article`).

`look` comes before the page's kind is decided and `read_article` after, so that no field is read of a page that is no article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from scraper.model import Article, Evidence
from scraper.read.article.attachments import find_attachments, find_images
from scraper.read.article.body import find_body
from scraper.read.article.byline import (
    byline_lines,
    find_author,
    find_date,
    find_editor,
    find_source,
    find_views,
    is_row,
    late_bylines,
)
from scraper.read.article.clean import to_html, to_text
from scraper.read.article.counter import find_counter
from scraper.read.article.document import find_document
from scraper.read.article.facts import Fact, crowded, read_facts, why_none
from scraper.read.article.first_line import first_line
from scraper.read.article.labels import is_credit, is_organisation
from scraper.read.article.pictures import is_content_image
from scraper.read.article.siblings import block_at, without
from scraper.read.article.side_titles import find_side_titles
from scraper.read.article.sight import Body, Headline, Zone
from scraper.read.article.signoff import find_signatures
from scraper.read.article.title import find_title
from scraper.read.article.trim import trim
from scraper.read.channel import find_channel
from scraper.read.dates import clock
from scraper.read.dom import Document
from scraper.read.layout import Layout, lay_out
from scraper.read.rules import Page
from scraper.text import shorten

_BYLINE = 12
"""Lines below the headline that are looked at for a byline where no text ends it."""


_CREDIT = 40
"""Characters of a line that names its writers and no label."""
_COUNT = 14
"""Characters of a line that tells a count and nothing else."""
_WRITER = re.compile("记者|通讯员")


_LABELLED = {
    "source": ("source", "issuer"),
    "author": ("author",),
    "date": ("date", "bare_date", "updated", "not_date"),
    "views": ("views",),
}
"""The fields of an article, and the facts that speak of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen of a page before its kind is decided."""

    layout: Layout
    facts: list[Fact]
    bylines: set[int]
    headline: Headline
    body: Body | None


def look(page: Page) -> Sight:
    """What is seen of any page before its kind is known: lines, labelled facts, headline, main text."""
    layout = lay_out(page.doc)
    facts = read_facts(page.doc, layout)
    bylines = byline_lines(facts, layout, page)
    # editors are named below the text as often as above it
    upper = bylines & {f.line for f in facts if f.field != "editor" and not is_row(page.doc, f, layout)}
    upper |= bylines - {f.line for f in facts}  # values on lines of their own
    upper |= {
        i
        for i, line in enumerate(layout.lines)
        if line.size < _CREDIT and _WRITER.search(line.text) and is_credit(line.text)
    }
    headline = find_title(page, layout, upper, (f.value for f in facts if f.field == "title"))
    body = find_body(page, layout, headline, bylines)
    return Sight(layout=layout, facts=facts, bylines=bylines, headline=headline, body=body)


def _zone(sight: Sight, kept: list[int]) -> Zone:
    title, stop = sight.headline.start, sight.headline.stop
    start = kept[0] if kept else min(max(stop, 0) + _BYLINE, len(sight.layout.lines))
    end = kept[-1] + 1 if kept else start
    if title < 0:
        title = stop = max(0, start - 8)
    return Zone(title=title, title_stop=stop, start=max(start, stop), stop=max(end, start))


def find_text(page: Page, sight: Sight) -> list[int]:
    """Numbers of the lines that are the article's text."""
    body = sight.body
    if body is None:
        return []
    sure = crowded(sight.facts, ("date", "source", "author", "editor", "views"))
    days = {f.line: f for f in sight.facts if f.field == "bare_date"}
    sure |= {line for line, f in days.items() if clock(f.value) and f.at < 3}
    sure |= {f.line for f in sight.facts if f.field == "source" and f.value and f.line in days}
    lines = sight.layout.lines
    sure |= {
        f.line for f in sight.facts if f.field == "views" and not f.label and lines[f.line].size <= _COUNT
    }
    return trim(page.doc, sight.layout, body, sight.headline.text, sight.bylines, sure & sight.bylines)


def _without_template(
    page: Page, layout: Layout, kept: list[int]
) -> tuple[list[int], tuple[tuple[str, str], ...]]:
    """The lines of the text that are not the template's, and as rivals those that are."""
    if not page.template or not kept:
        return kept, ()
    blocks = [block_at(page.doc, layout, i) for i in kept]
    own = without(blocks, page.template)
    left = [*blocks[: own.start], *blocks[own.stop :]]
    return kept[own.start : own.stop], tuple(("alike on sibling pages", shorten(b.text)) for b in left)


def _between(sight: Sight, zone: Zone) -> list[str]:
    """The visible lines between headline and text."""
    if sight.headline.start < 0:
        return []
    return [line.text for line in sight.layout.lines[zone.title_stop : zone.start][:20] if not line.hidden]


def _titled(sight: Sight) -> Sight:
    """With the line above the text, or its first, as headline where there is no other or a <title> that is a name: only of
    an article is that known to be one."""
    headline, body = sight.headline, sight.body
    from_title = headline.evidence is not None and headline.evidence.rule == "<title>"
    site = from_title and is_organisation(headline.text or "")
    if body is not None and (headline.text is None or site):
        line = first_line(sight.layout, body)
        return replace(sight, headline=line) if line.text or not site else sight
    return sight


def read_article(page: Page, sight: Sight) -> Article:
    """Every field of an article, each with its evidence; how its next page is reached is the pager's to tell."""
    sight = _titled(sight)
    doc, layout, facts, headline, body = page.doc, sight.layout, sight.facts, sight.headline, sight.body
    kept, repeated = _without_template(page, layout, find_text(page, sight))
    zone = _zone(sight, kept)
    evidence: dict[str, Evidence | None] = {
        "title": headline.evidence,
        "body": replace(body.evidence, rivals=body.evidence.rivals + repeated) if body else None,
    }
    late = late_bylines(facts, zone)
    (source, evidence["source"]), person = find_source(page, facts, zone, layout, late)
    signed = find_signatures([layout.lines[i].text for i in kept], _between(sight, zone))
    author, evidence["author"] = find_author(page, layout, facts, zone, late, person, signed)
    date, evidence["date"] = find_date(page, facts, layout, zone, headline.text)
    editor, evidence["editor"] = find_editor(facts, zone, page)
    views, evidence["views"] = find_views(page, facts, layout, zone, late)
    kicker, subtitle = find_side_titles(page, layout, headline, zone.start)
    document, told = find_document(doc, layout, zone, kept)
    for name, fields in _LABELLED.items():
        evidence[name] = evidence[name] or why_none(facts, fields)
    pictures = _pictures(doc, layout, body, kept)
    return Article(
        url=page.url,
        title=headline.text,
        source=source,
        author=author,
        date=date,
        views=views,
        editor=editor,
        kicker=kicker,
        subtitle=subtitle,
        body=to_text(doc, layout, kept),
        body_html=to_html(page, layout, body.node, kept, pictures) if body else "",
        channel=find_channel(page, layout, headline.text, zone.start),
        attachments=find_attachments(page, *_frame(doc, layout, headline, body, kept)),
        images=find_images(page, pictures),
        counter=find_counter(page),
        document=document,
        evidence={name: why for name, why in (evidence | told).items() if why is not None},
    )


def _pictures(doc: Document, layout: Layout, body: Body | None, kept: list[int]) -> list[int]:
    if body is None:
        return []
    lines = layout.lines
    first = lines[body.start - 1].last if body.start and body.start <= len(lines) else body.node
    stop = lines[kept[-1]].last + 1 if kept else doc.end[body.node]
    after = [i for i in range(body.start, body.stop) if not kept or i > kept[-1]]
    stop = lines[after[0]].node if after and kept else doc.end[body.node] if not after else stop
    return [
        n
        for n in range(max(first, body.node), stop)
        if doc.tag[n] == "img" and not layout.hidden[n] and is_content_image(doc, n)
    ]


def _frame(
    doc: Document, layout: Layout, headline: Headline, body: Body | None, kept: list[int]
) -> tuple[int, int]:
    """Where attachments stand: in the article's frame (the smallest box with headline and text), from the headline on.

    Where that frame is the page itself, only as far as a few lines behind the text.
    """
    if body is None:
        return 0, 0
    first = layout.lines[headline.start].node if headline.start >= 0 else body.node
    frame = body.node
    for up in doc.ancestors(body.node, 12):
        if doc.within(first, frame) or doc.tag[up] in ("body", "html"):
            break
        frame = up
    last = kept[-1] if kept else body.stop
    behind = layout.lines[min(last + 12, len(layout.lines) - 1)].last + 1 if layout.lines else 0
    stop = doc.end[frame] if doc.within(first, frame) else max(doc.end[body.node], behind)
    return min(first, body.node), stop
