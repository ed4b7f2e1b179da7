"""The nouns: frozen dataclasses without behaviour. DESIGN words; every room speaks in these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["article", "listing", "home", "file", "dead", "blocked", "other"]
"""What a page is. dead = gone or soft 404, blocked = a wall stood before it, file = not HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address as a page gives it: absolute `url`, visible `text` (or title attribute, or file name)."""

    url: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a field has its value: the `rule` that won, the `snippet` it saw, and the `rivals` (rule, value) that lost."""

    rule: str
    snippet: str = ""
    rivals: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Charset:
    """The encoding a page was decoded with, how that was decided, and how many bytes had no character."""

    name: str
    decided: Literal["bom", "valid", "declared", "scored", "empty"]
    replaced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A line of an article's text and its `box`: the marked elements around it, from the nearest out; '' if there are none."""

    box: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """The address that tells an article's views. `adds` = asking also adds one, so it is not asked."""

    url: str
    adds: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """What a policy document (公文) says of itself beside its text; days are `YYYY-MM-DD`, China time.

    document_number 文号, index_number 索引号, issuer 发布机构, written_on 成文日期, topic 主题分类, document_type 公文种类, validity 有效性,
    effective_on 生效日期, expires_on 失效日期.
    """

    document_number: str | None = None
    index_number: str | None = None
    issuer: str | None = None
    written_on: str | None = None
    topic: str | None = None
    document_type: str | None = None
    validity: str | None = None
    effective_on: str | None = None
    expires_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news article. A field is what the page says, or None; `evidence` (by field name) tells why.

    `date` is China time, `YYYY-MM-DD HH:MM` where the page shows a clock, else `YYYY-MM-DD`. `body` is plain text, a
    paragraph a line, tables row by row (cells by tab). `body_html` is clean: allow-listed tags, absolute links.
    `document` is None for news.
    """

    url: str
    title: str | None = None
    source: str | None = None
    author: str | None = None
    date: str | None = None
    views: int | None = None
    body: str = ""
    kicker: str | None = None
    subtitle: str | None = None
    editor: str | None = None
    channel: tuple[str, ...] = ()
    body_html: str = ""
    attachments: tuple[Link, ...] = ()
    images: tuple[Link, ...] = ()
    counter: Counter | None = None
    next_page: str | None = None
    document: PolicyDocument | None = None
    evidence: Mapping[str, Evidence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of a listing. `date` as in Article, `MM-DD` where the page hides the year and it can't be told."""

    url: str
    title: str
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of links to articles. `total` counts articles, `page_count` pages: what the portal claims, or None.

    `next_form`: what must be posted to `next_url` for the next page; None where a GET brings it.
    """

    url: str
    items: tuple[Item, ...] = ()
    next_url: str | None = None
    next_form: str | None = None
    page_number: int | None = None
    page_count: int | None = None
    total: int | None = None
    channel: tuple[str, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that `read()` makes of one page. `links` are all links in page order; `note` is a word for people.

    `redirect` is where a page sends its reader by meta refresh or script, instead of content.
    """

    url: str
    kind: Kind
    charset: Charset
    family: str | None = None
    article: Article | None = None
    listing: Listing | None = None
    links: tuple[Link, ...] = ()
    title: str | None = None
    redirect: str | None = None
    note: str = ""
    evidence: Mapping[str, Evidence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What is known of one CMS product (`families/*.toml`), or of one portal (`portals/*.toml`).

    marks: (where, pattern, weight): where is html | url | generator. selectors: field → CSS selectors in order of trust.
    pager: name of a pager rule. counters: (URL regular expression, adds).
    """

    name: str
    marks: tuple[tuple[str, str, float], ...] = ()
    selectors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    pager: str | None = None
    counters: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One hop on the way to an answer."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One answer as it came. `headers` are the raw bytes in order; `body` has its content-coding removed, nothing else.

    `fetched_at` is UTC, `YYYY-MM-DDTHH:MM:SSZ`; `elapsed_ms` from request to last byte. A 304 has an empty body. `tls` as in
    `fetch.tls`, None for http. `form` = what was posted, None for a GET. `rendered` = the body is not what the portal sent
    but what a browser made of it.
    """

    url: str
    requested: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    fetched_at: str = ""
    elapsed_ms: int = 0
    ip: str | None = None
    redirects: tuple[Redirect, ...] = ()
    note: str = ""
    tls: str | None = None
    form: str | None = None
    rendered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A section of a portal, by the address of its first listing page. Counts are what the portal claims, or None.

    `note`: words on where its list ends, '' = nothing is to be said any more. `page` is the number of the page just read;
    `complete` = this page was the last of the walk (None: not known).
    """

    url: str
    name: str | None = None
    claimed: int | None = None
    claimed_pages: int | None = None
    claimed_by: str | None = None
    page: int | None = None
    complete: bool | None = None
    note: str | None = None


FrontierKind = Literal["home", "listing", "article", "part", "counter", "beacon", "page", "file", "external"]
"""What a frontier row is expected to be. page = not known before it is read; part = a further page of an article;
counter = the address that tells an article's views; beacon = one that adds to them with each asking; file and external rows are kept for the count, not fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page that a crawl learned of: where, what it should be, from which channel, and what its listing row said.

    `channel` is the URL of the channel's first listing page. `page` counts a channel's listing pages, or an article's
    parts, from 1. `part_of` is the frontier id of the article that a part or a counter belongs to. `depth` counts steps
    from the seed. A lower `priority` is fetched earlier. `item` = a row of the channel's list, which counts in its
    coverage. `due` = fetch it (else it is only known); `again` = also when it was fetched before. `form` = what is posted for
    it, None for a GET.
    """

    url: str
    kind: FrontierKind = "page"
    channel: str | None = None
    title: str | None = None
    date: str | None = None
    page: int | None = None
    part_of: int | None = None
    depth: int = 0
    priority: int = 5
    item: bool = False
    due: bool = True
    again: bool = False
    form: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A frontier row as the crawl claims it. `fresh` = never fetched before; `found_on` = the address of the page that first
    led to it."""

    id: int
    portal: str
    url: str
    kind: FrontierKind
    channel: str | None = None
    page: int | None = None
    part_of: int | None = None
    depth: int = 0
    etag: str | None = None
    last_modified: str | None = None
    title: str | None = None
    date: str | None = None
    attempts: int = 0
    visits: int = 0
    unchanged: int = 0
    found_on: str | None = None
    form: str | None = None
    fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving a page did. `outcome` is about the article: new, changed, same, or None where there is none."""

    capture_id: int
    article_id: int | None = None
    outcome: Literal["new", "changed", "same"] | None = None
    added: int = 0
    """New frontier rows."""
    new_items: int = 0
    """Rows of the listing that this channel did not have before."""
