"""What to fetch next, and when to stop: pure functions over readings. Nothing here asks, stores or waits.

A home page and a page of the kind `other` lead to all their links, a listing to its rows and its next page (and to its
links, when the crawl began at a home page), an article to its further pages and its view counter. What keeps this from
going on for ever: a depth, a budget for addresses that look alike and bring nothing, and the end rules of a listing.
"""

from __future__ import annotations

import re
from collections import Counter as Tally
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from scraper import urls
from scraper.model import Channel, Found, FrontierKind, Item, Listing, Reading, Row

Mode = Literal["portal", "channel", "article"]
"""How far a seed reaches: the whole portal, one channel, one article."""

COUNTERS = ("counter", "beacon")
"""Kinds of frontier rows that answer with a number of views."""

MAX_DEPTH = 6
MAX_LISTING_PAGE = 20_000
BARREN_ALLOWED = 24  # pages of one form of address that bring nothing, where they lead to one another …
BARREN_LISTED = 200  # … and where other pages lead to them, as a menu does to columns that are still empty
REVISIT_DAYS = (1, 3, 7, 30, 90)
# Further listing pages are asked again after so many days, or up to twice as many: a part of them each day.
AUDIT_DAYS = 30
# Listing pages in a row that may bring no new row: where the portal claims no further pages, where it does, and where
# the channel was walked to its end before and rows are awaited that its count promises.
IDLE_ALLOWED, IDLE_CLAIMED, IDLE_AWAITED = 3, 100, 20
# Lists and landing pages that led to no article so far; the others are asked by each crawl.
BARREN_REVISIT_DAYS = 14
# The front page and the channels are looked at again after so many hours: each night, though last night took longer.
LOOK_HOURS = 20
# Lower is earlier: an article before the next listing page, so that a crawl cut short holds whole articles, newest first.
FIRST, ARTICLE, PART, COUNTER, LISTING, PAGE = 0, 3, 2, 3, 5, 6

_PAGER_TEXT = re.compile(
    r"^(?:\d{1,6}|[<>«»‹›\[\]()（）. …]+|(?:上|下|前|后|首|尾|末|第)(?:一)?\d*页.*|[<>«»‹›]*\s*(?:首页|尾页|上一?页|下一?页)\s*[<>«»‹›]*"
    r"|(?:next|prev|previous|first|last|more)\b.*)$",
    re.I,
)
_MORE = re.compile(r"更多|more|查看|详细|[>»]", re.I)
_TITLE_JOINTS = re.compile(r"\s*(?:[-_|－—–｜>»]+|\s)\s*")
# Pages that are forms or accounts, and never news; but TRS WAS 5 answers its lists as searches of a channel.
_NOT_NEWS = re.compile(
    r"/(?:log(?:in|out|on)|regist(?:er|ration)|passport|sso|captcha|api|wp-admin|user|member|feedback|guestbook)(?:[/._?]|$)"
    r"|/rss(?:[/._?]|$)|(?<!/was5/web)/(?:search|so|s)(?:[/._?]|$)|[?&](?:keywords?|searchword|q)=",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a crawl of one portal may go. `origin` = scheme and host that answer; `since` = oldest date wanted;
    `name` = what the portal calls itself on its front page; `beacons` = counters that count the asking are asked too;
    `leave_out` = paths not to be asked, with all below them."""

    portal: str
    origin: str
    mode: Mode
    since: str | None = None
    name: str | None = None
    beacons: bool = False
    leave_out: tuple[str, ...] = ()


def on_origin(url: str, scope: Scope) -> str:
    """The address asked at the portal's own origin: its http/https and www twins are one portal, and one of them answers."""
    parts = urlsplit(url)
    if not urls.same_portal(url, scope.portal):
        return url
    return scope.origin + url[len(parts.scheme) + 3 + len(parts.netloc) :]


def mode_of(reading: Reading, *, url: str) -> Mode:
    """How far a seed reaches, by what it was read as. A front page is a portal's whatever it looks like."""
    if urlsplit(url).path in ("", "/") and not urlsplit(url).query:
        return "portal"
    if reading.kind == "listing":
        return "channel"
    return "article" if reading.kind in ("article", "file") else "portal"


def follow(reading: Reading, row: Row, scope: Scope, *, walk_on: bool) -> tuple[Found, ...]:
    """All pages that one page leads to. `walk_on` = the listing's next page is wanted too (see `walk`)."""
    if reading.redirect and reading.kind == "other":
        target = on_origin(reading.redirect, scope)
        same = urls.same_portal(target, scope.portal)
        hop = Found(
            url=target,
            kind=row.kind,
            channel=row.channel,
            page=row.page,
            depth=row.depth + 1,
            priority=LISTING,
        )
        return (hop,) if same and row.depth < MAX_DEPTH else ()
    if reading.kind == "article":
        return _article(reading, row, scope)
    found: list[Found] = []
    if reading.kind == "listing" and reading.listing is not None:
        found += _listing(reading.listing, row, scope, walk_on=walk_on)
    if scope.mode == "portal" and reading.kind in ("home", "listing", "other") and row.depth < MAX_DEPTH:
        known = {f.url for f in found}
        found += [f for f in _links(reading, row, scope) if f.url not in known]
    return tuple(found)


def _article(reading: Reading, row: Row, scope: Scope) -> tuple[Found, ...]:
    article = reading.article
    found: list[Found] = []
    owner, page = (row.part_of, row.page or 1) if row.kind == "part" else (row.id, 1)
    if article is None or owner is None:
        return ()
    if article.next_page and page < 200:
        url = on_origin(article.next_page, scope)
        found.append(
            Found(
                url=url,
                kind="part",
                part_of=owner,
                page=page + 1,
                channel=row.channel,
                depth=row.depth,
                priority=PART,
                again=True,
            )
        )
    if article.counter is not None and (scope.beacons or not article.counter.adds) and row.kind != "part":
        url = on_origin(article.counter.url, scope)
        found.append(
            Found(
                url=url,
                kind="beacon" if article.counter.adds else "counter",
                part_of=owner,
                channel=row.channel,
                depth=row.depth,
                priority=COUNTER,
                again=True,
            )
        )
    return tuple(found)


def front(reading: Reading, row: Row) -> Reading:
    """A front page is no channel, however much the news on it look like a list, unless a pager leads on from them."""
    if (
        row.kind == "home"
        and reading.kind == "listing"
        and not (reading.listing and reading.listing.next_url)
    ):
        return replace(reading, kind="home")
    return reading


def channel_url(row: Row) -> str:
    """The channel a listing page belongs to: that of its walk, or the page itself where a walk begins."""
    return row.url if begins(row) else row.channel or row.url


def begins(row: Row) -> bool:
    """Whether a page is the first of its channel; pages that are posted for have the same address as that."""
    return not (row.kind == "listing" and row.channel and (row.page or 1) > 1)


def channel_name(reading: Reading, site: str | None, link: str | None = None) -> str | None:
    """What a listing page calls its channel: the end of its breadcrumb, else its title without the site's name, else the
    text of the `link` that led to it, where that says more than 更多.
    """
    if reading.listing is not None and reading.listing.channel:
        return reading.listing.channel[-1]
    parts = [part for part in _TITLE_JOINTS.split(reading.title or "") if part]
    own = [part for part in parts if not site or (part not in site and site not in part)]
    named = link if link and 2 <= len(link) <= 20 and not _MORE.search(link) else None
    return own[0] if own else named or reading.title


def channel_of(
    reading: Reading, row: Row, *, complete: bool | None, site: str | None = None
) -> Channel | None:
    """The channel that a listing page tells of, with what the portal (called `site`) claims of its size."""
    listing = reading.listing
    first = begins(row)
    if row.kind == "listing" and not first and reading.kind != "listing":
        note = f"page {row.page} of its list is none ({reading.note or reading.kind}): older pages are not published"
        return Channel(url=channel_url(row), page=(row.page or 2) - 1, complete=True, note=note)
    if reading.kind != "listing" or listing is None or (not listing.items and row.kind != "listing"):
        return None
    evidence = listing.evidence.get("next_url")
    page = (row.page or 1) if row.kind == "listing" else 1
    return Channel(
        url=channel_url(row),
        name=channel_name(reading, site, row.title) if first else None,
        claimed=listing.total,
        claimed_pages=listing.page_count,
        claimed_by=f"{evidence.rule}: {evidence.snippet}" if evidence else None,
        page=page,
        complete=complete,
        note=_note(listing, page, whole=complete is True and page == 1 and not listing.next_url),
    )


def _note(listing: Listing, page: int, *, whole: bool) -> str | None:
    """What is to be said of a pager that does not lead as far as it claims; '' where a list is whole on its one page."""
    if whole:
        return ""
    if listing.next_url or not listing.items or page >= (listing.page_count or 0):
        return None
    if page == 1:
        return f"no way from its page 1 to the other {(listing.page_count or 2) - 1} was found"
    return f"its pager ends on page {page} of {listing.page_count}: older pages are not published"


def _listing(listing: Listing, row: Row, scope: Scope, *, walk_on: bool) -> list[Found]:
    channel = channel_url(row)
    found = [_item(item, channel, row, scope) for item in listing.items]
    if walk_on and listing.next_url:
        page = (row.page or 1) + 1 if row.kind == "listing" else 2
        url = on_origin(listing.next_url, scope)
        found.append(
            Found(
                url=url,
                kind="listing",
                channel=channel,
                page=page,
                depth=row.depth,
                priority=LISTING,
                again=True,
                form=listing.next_form,
            )
        )
    return found


def _item(item: Item, channel: str, row: Row, scope: Scope) -> Found:
    url = on_origin(item.url, scope)
    kind: FrontierKind = "article"
    if not urls.same_portal(url, scope.portal):
        kind = "external"
    elif urls.is_file(url):
        kind = "file"
    old = scope.since is not None and older(item.date, scope.since)
    wanted = kind == "article" and not old and not left_out(url, scope)
    return Found(
        url=url,
        kind=kind,
        channel=channel,
        title=item.title,
        date=item.date,
        depth=row.depth + 1,
        priority=ARTICLE,
        item=True,
        due=wanted,
    )


def _links(reading: Reading, row: Row, scope: Scope) -> Iterable[Found]:
    for link in reading.links:
        if _PAGER_TEXT.match(link.text.strip()) and reading.kind == "listing":
            continue  # the walk reaches it, in order and under its channel
        if not leads_on(link.url, scope):
            continue
        yield Found(
            url=on_origin(link.url, scope),
            kind="page",
            title=link.text.strip() or None,
            depth=row.depth + 1,
            priority=PAGE + row.depth,
        )


def leads_on(url: str, scope: Scope) -> bool:
    """Whether a link may lead to news of this portal: same portal, a page and no file, no form or account."""
    if not urls.same_portal(url, scope.portal) or urls.is_mirror(url) or urls.is_file(url):
        return False
    return len(url) <= 500 and not _NOT_NEWS.search(url) and not left_out(url, scope)


def left_out(url: str, scope: Scope) -> bool:
    """Whether a page of this portal stands below a path that the user leaves out."""
    return bool(scope.leave_out) and urlsplit(url).path.startswith(scope.leave_out)


def older(date: str | None, since: str) -> bool:
    """Whether a date is surely before `since` (YYYY-MM-DD); a date without a year or none at all is not sure."""
    return date is not None and len(date) >= 10 and date[:10] < since


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Whether a listing's next page is wanted (`go_on`), and whether the walk has seen the channel to its end."""

    go_on: bool
    complete: bool | None


def walk(
    listing: Listing,
    row: Row,
    scope: Scope,
    *,
    unseen: int,
    was_complete: bool,
    repeated: bool,
    idle_pages: int,
    awaited: int = 0,
    further: bool = False,
) -> Walk:
    """Whether to go on with a channel after one of its pages.

    unseen: rows new to the channel. was_complete: an earlier walk reached the end, so only news are looked for.
    repeated: this walk already saw a page with the same rows (servers that answer page 1 for any number).
    idle_pages: pages in a row without an unseen row, this one included. awaited: rows that the portal has more than
    before, by its own count, and that this walk has not met yet. further: the next page is one that no walk knew of: the list
    was shown shorter before.
    """
    own, page = urls.key(row.url), row.page or 1
    if repeated or (not listing.items and (page > 1 or not listing.next_url)):
        return Walk(go_on=False, complete=page > 1 or not (listing.total or listing.page_count))
    itself = (
        listing.next_url and not listing.next_form and urls.key(on_origin(listing.next_url, scope)) == own
    )
    if not listing.next_url or itself:
        return Walk(go_on=False, complete=page > 1 or listing.page_count in (None, 0, 1))
    if page >= MAX_LISTING_PAGE:
        return Walk(go_on=False, complete=None)
    if was_complete and unseen == 0 and awaited <= 0 and not further:
        return Walk(go_on=False, complete=True)
    if idle_pages >= _patience(listing, page, was_complete=was_complete):
        return Walk(go_on=False, complete=None)
    if scope.since and all(older(item.date, scope.since) for item in listing.items):
        return Walk(go_on=False, complete=None)
    return Walk(go_on=True, complete=None)


def _patience(listing: Listing, page: int, *, was_complete: bool) -> int:
    """How many pages in a row may bring no new row before a walk is left."""
    if was_complete:
        return IDLE_AWAITED
    return IDLE_CLAIMED if page < (listing.page_count or 0) else IDLE_ALLOWED


def skipped(listing: Listing, row: Row) -> bool:
    """Whether pages were renumbered while they were walked, so that this one is further on than the walk is."""
    return row.kind == "listing" and (listing.page_number or 0) > (row.page or 1) > 1


def shape(url: str) -> str:
    """What addresses of one template share: the path with its numbers made N, and the names of the parameters."""
    parts = urlsplit(url)
    names = sorted({re.sub(r"\d+", "N", p.partition("=")[0]) for p in parts.query.split("&") if p})
    return re.sub(r"\d+", "N", re.sub(r"[0-9a-f]{16,}", "H", parts.path)) + (
        "?" + "&".join(names) if names else ""
    )


def same_address(one: str, other: str) -> bool:
    """Whether two addresses differ only in parameters or in naming a folder's index page: then equal bytes are one page.

    Equal bytes at unlike addresses are two posts: an editor published the text twice.
    """
    return _bare(one) == _bare(other)


def _bare(url: str) -> str:
    return re.sub(r"(?:index|default)\.\w+$", "", urlsplit(url).path)


class Budget:
    """How many pages of one shape are worth asking: calendars and endless parameters bring nothing and run out.

    A shape may bring BARREN_ALLOWED pages that tell nothing new, and two more for each that did; more of those that were
    found on pages of another shape, for a trap leads to itself.
    """

    def __init__(self, spent: Iterable[str] = ()) -> None:
        """`spent`: addresses that earlier crawls set aside; their shapes have nothing left but for new finds elsewhere."""
        self._barren: Tally[str] = Tally({shape(url): BARREN_ALLOWED for url in spent})
        self._fruitful: Tally[str] = Tally()

    def allows(self, url: str, *, found_on: str | None = None) -> bool:
        """Whether one more page of this shape may be asked."""
        name = shape(url)
        own = found_on is None or shape(found_on) == name
        return self._barren[name] < (BARREN_ALLOWED if own else BARREN_LISTED) + 2 * self._fruitful[name]

    def note(self, url: str, *, fruitful: bool) -> None:
        """Remember what a page of this shape brought."""
        (self._fruitful if fruitful else self._barren)[shape(url)] += 1


def revisit(row: Row, *, changed: bool, at: datetime) -> datetime:
    """When to ask an article again: 1, 3, 7, 30, then every 90 days; a change starts the schedule anew."""
    step = 0 if changed or row.fresh else row.unchanged + 1
    return at + timedelta(days=REVISIT_DAYS[min(step, len(REVISIT_DAYS) - 1)])


def audit(row: Row, *, at: datetime) -> datetime:
    """When to ask a further page of a list again, for what was put between older rows; not all pages on one day."""
    return at + timedelta(days=AUDIT_DAYS + (row.page or 1) % AUDIT_DAYS)


def retry(row: Row, *, at: datetime) -> datetime:
    """When to ask again what failed: an hour, doubling to a month. Always later than the crawl that failed."""
    return at + timedelta(hours=min(2 ** min(row.attempts, 10), 24 * 30))


Clock = Callable[[], datetime]


def stamp(at: datetime) -> str:
    """UTC text as the archive keeps it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
