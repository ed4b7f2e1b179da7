"""The heart: bytes to a Reading. Pure: no network, disk, clock or log; linear in the page's size; never raises on a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from scraper.model import Article, Charset, Evidence, Family, Kind, Link, Listing, Reading
from scraper.read.attachments import find_attachments, find_images, find_links
from scraper.read.body import find_body
from scraper.read.byline import (
    byline_lines,
    find_author,
    find_date,
    find_editor,
    find_source,
    find_views,
)
from scraper.read.channel import find_channel
from scraper.read.charset import decode
from scraper.read.classify import classify, find_file, find_redirect
from scraper.read.clean import to_html, to_text
from scraper.read.counter import find_counter
from scraper.read.dom import Document, parse
from scraper.read.facts import Fact, read_facts
from scraper.read.family import find_family
from scraper.read.fragment import read_fragment
from scraper.read.layout import Layout, lay_out
from scraper.read.listing import read_listing
from scraper.read.pager import find_article_next, find_pager, with_pager
from scraper.read.pictures import is_content_image
from scraper.read.rules import Page
from scraper.read.sight import Body, Headline, Zone
from scraper.read.signoff import find_signatures
from scraper.read.title import find_side_titles, find_title, plain
from scraper.read.trim import trim
from scraper.read.wall import find_dead, find_wall
from scraper.urls import join

_HEAD = 20_000
_BYLINE = 12
"""Lines below the headline that are looked at for a byline where no text ends it."""
_PAGE = re.compile(r"<(?:html|head|body|title|frameset|!doctype)\b", re.I)
"""What a page has and the answer to a script's request has not."""


def read(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    status: int | None = None,
    portal: Family | None = None,
    expect: Kind | None = None,
) -> Reading:
    """All that one page says. Whatever the bytes, it answers; `portal` holds the rules of one portal, if it has any.

    content_type, status: the HTTP answer's, where known. expect: what the asker knows it to be; a page that the walk of a
    list led to is one, though it has a single row. Work is bounded by the page's size, links by MAX_LINKS.
    """
    file = find_file(body, content_type)
    if file:
        return Reading(url=url, kind="file", charset=Charset(name="binary", decided="empty"), note=file)
    text, charset = decode(body, content_type)
    fragment = None if _PAGE.search(text[:_HEAD]) else read_fragment(text, url, charset.name)
    if fragment is not None:
        return Reading(
            url=url, kind="listing", charset=charset, listing=fragment, links=_item_links(fragment)
        )
    doc = parse(text)
    base = (join(url, doc.base, charset.name) if doc.base else None) or url
    page = Page(doc=doc, url=url, base=base, charset=charset, family=find_family(doc, url), portal=portal)
    reading = Reading(
        url=url,
        kind="other",
        charset=charset,
        family=page.family.name if page.family else None,
        links=find_links(page),
        title=plain(doc.title) or None,
    )
    return _read_page(page, reading, len(body), status, expect)


def _item_links(listing: Listing) -> tuple[Link, ...]:
    return tuple(Link(url=item.url, text=item.title) for item in listing.items)


def _read_page(page: Page, reading: Reading, size: int, status: int | None, expect: Kind | None) -> Reading:
    doc = page.doc
    target = find_redirect(doc)
    redirect = page.link(target) if target else None
    wall = find_wall(doc, size, status)
    if wall:
        return replace(reading, kind="blocked", note=wall, redirect=redirect)
    dead = find_dead(doc, status)
    if dead:
        return replace(reading, kind="dead", note=dead, redirect=redirect)
    if redirect and redirect != reading.url:
        return replace(reading, kind="other", redirect=redirect, note="sends its reader elsewhere")
    sight = _look(page)
    # what is an article beside the strongest list needs no look for lists
    kind = _kind(page, sight, 1.0)
    if kind != "article":
        listing, strength = read_listing(page)
        kind = _kind(page, sight, strength)
        if expect == "listing" and kind == "other" and listing.items:
            kind = "listing"
    if kind == "article":
        article = _article(page, sight)
        return replace(reading, kind=kind, article=article, title=article.title or reading.title)
    if kind == "listing":
        listing = replace(
            listing, channel=find_channel(page, sight.layout, None, _begin(sight.layout, listing))
        )
        return replace(reading, kind=kind, listing=with_pager(listing, find_pager(page)))
    return replace(reading, kind=kind)


def _begin(layout: Layout, listing: Listing) -> int:
    """The line where a list begins; 0 where it has no rows."""
    first = listing.items[0].title[:8] if listing.items else "\0"
    return next((n for n, line in enumerate(layout.lines) if first in line.text), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What was seen of a page before its kind is decided."""

    layout: Layout
    facts: list[Fact]
    bylines: set[int]
    headline: Headline
    body: Body | None


def _look(page: Page) -> _Sight:
    layout = lay_out(page.doc)
    facts = read_facts(page.doc, layout)
    bylines = byline_lines(facts, layout, page)
    headline = find_title(page, layout, bylines)
    body = find_body(page, layout, headline, bylines)
    return _Sight(layout=layout, facts=facts, bylines=bylines, headline=headline, body=body)


def _zone(sight: _Sight, kept: list[int]) -> Zone:
    title, stop = sight.headline.start, sight.headline.stop
    start = kept[0] if kept else min(max(stop, 0) + _BYLINE, len(sight.layout.lines))
    end = kept[-1] + 1 if kept else start
    if title < 0:
        title = stop = max(0, start - 8)
    return Zone(title=title, title_stop=stop, start=max(start, stop), stop=max(end, start))


def _kind(page: Page, sight: _Sight, strength: float) -> Kind:
    title, stop = sight.headline.start, sight.headline.stop
    near = [f for f in sight.facts if title - 8 <= f.line < stop + 10 and not f.hidden] if title >= 0 else []
    return classify(
        page.doc,
        page.url,
        listing=strength,
        weight=sight.body.weight if sight.body else 0.0,
        title=sight.headline.score,
        dated=any(f.field in ("date", "bare_date", "updated") and f.value for f in near),
        labelled=any(
            f.label and f.field in ("date", "source", "author", "views", "editor", "updated") for f in near
        ),
    )


def _article(page: Page, sight: _Sight) -> Article:
    doc, layout, facts, headline, body = page.doc, sight.layout, sight.facts, sight.headline, sight.body
    kept = trim(doc, layout, body, headline.text, sight.bylines) if body else []
    zone = _zone(sight, kept)
    evidence: dict[str, Evidence | None] = {
        "title": headline.evidence,
        "body": body.evidence if body else None,
    }
    (source, evidence["source"]), person = find_source(page, facts, zone, layout)
    between = range(zone.title_stop, zone.start) if headline.start >= 0 else range(0)
    shown = [layout.lines[i].text for i in between[:20] if not layout.lines[i].hidden]
    signed = find_signatures([layout.lines[i].text for i in kept], shown)
    author, evidence["author"] = find_author(page, layout, facts, zone, person, signed)
    date, evidence["date"] = find_date(page, facts, zone)
    editor, evidence["editor"] = find_editor(facts, zone, page)
    views, evidence["views"] = find_views(page, facts, zone)
    kicker, subtitle = find_side_titles(page, layout, headline, zone.start)
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
        next_page=find_article_next(page, body.node) if body else None,
        evidence={name: why for name, why in evidence.items() if why is not None},
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
