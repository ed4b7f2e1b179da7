"""The heart: bytes to a Reading. Pure: no network, disk, clock or log; linear in the page's size; never raises on a page."""

from __future__ import annotations

import re
from dataclasses import replace

from scraper.model import Block, Charset, Family, Kind, Link, Listing, Reading
from scraper.read.article import find_text, look, read_article
from scraper.read.article.siblings import block_at
from scraper.read.article.title import plain
from scraper.read.channel import find_channel
from scraper.read.charset import decode
from scraper.read.classify import find_file, find_kind, find_redirect
from scraper.read.dom import parse
from scraper.read.family import find_family
from scraper.read.layout import Layout
from scraper.read.links import find_links
from scraper.read.listing import read_listing
from scraper.read.listing.fragment import read_fragment
from scraper.read.listing.pager import find_article_next, find_pager, with_pager
from scraper.read.rules import Page
from scraper.read.wall import find_dead, find_missed, find_wall
from scraper.urls import join

_HEAD = 20_000
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
    template: frozenset[Block] = frozenset(),
) -> Reading:
    """All that one page says. Whatever the bytes, it answers; `portal` holds the rules of one portal, if it has any.

    content_type, status: the HTTP answer's, where known. expect: what the asker knows it to be; a page that the walk of a
    list led to is one, though it has a single row. template: what `learn` made of its siblings (see `read_blocks`). Work is
    bounded by the page's size, links by MAX_LINKS.
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
    page = _page(text, charset, url, portal, template)
    reading = Reading(
        url=url,
        kind="other",
        charset=charset,
        family=page.family.name if page.family else None,
        links=find_links(page),
        title=plain(page.doc.title) or None,
    )
    return _read_page(page, reading, len(body), status, expect)


def read_blocks(body: bytes, url: str, *, content_type: str | None = None) -> tuple[Block, ...]:
    """The text of an article page line by line, each with its place: what `siblings.learn` learns from."""
    text, charset = decode(body, content_type)
    page = _page(text, charset, url)
    sight = look(page)
    return tuple(block_at(page.doc, sight.layout, i) for i in find_text(page, sight))


def _page(
    text: str,
    charset: Charset,
    url: str,
    portal: Family | None = None,
    template: frozenset[Block] = frozenset(),
) -> Page:
    doc = parse(text)
    base = (join(url, doc.base, charset.name) if doc.base else None) or url
    family = find_family(doc, url)
    return Page(doc=doc, url=url, base=base, charset=charset, family=family, portal=portal, template=template)


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
    sight = look(page)
    # what is an article beside the strongest list needs no look for lists
    kind, why = find_kind(page, sight, 1.0)
    if kind != "article":
        listing, strength = read_listing(page, expected=expect == "listing")
        kind, why = find_kind(page, sight, strength)
        if expect == "listing" and kind == "other" and listing.items:
            kind = "listing"
        missed = find_missed(doc) if expect != "listing" else None
        if missed:
            return replace(reading, kind="dead", note=missed)
    reading = replace(reading, evidence={"kind": why})
    if kind == "article":
        follows = find_article_next(page, sight.body.node) if sight.body else None
        article = replace(read_article(page, sight), next_page=follows)
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
