"""What a page is: file, dead, blocked, home, listing, article or other."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from urllib.parse import urlsplit

from scraper.model import Evidence, Kind
from scraper.read.article import Sight
from scraper.read.article.byline import is_row
from scraper.read.article.facts import Fact, crowded
from scraper.read.dom import Document
from scraper.read.rules import Page
from scraper.text import halfwidth

_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP or office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office document"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"ID3", "MP3"),
    (b"\x00\x00\x01\x00", "icon"),
    (b"RIFF", "RIFF"),
    (b"OggS", "Ogg"),
    (b"wOFF", "font"),
    (b"FWS", "Flash"),
    (b"CWS", "Flash"),
)
_PAGE_TYPES = re.compile(r"html|xml|text/plain|json|javascript|octet-stream|unknown", re.I)
ARTICLE_URL = re.compile(
    r"/t\d{7,9}(?:_\d+)?\.s?html?|/art/\d{4}/|/art_[0-9a-f_]+|/[0-9a-f]{32}\.s?html?|/content\.s?html?$|/info/\d+/\d+\.|/c\d+a\d+/page\.|content/post_\d+"
    r"|/contents/\d+/\d+\.|/content_\d+|/article/\d+|/\d{4}[-/]?\d{2}[-/]\d{1,2}/\w*\d+\.|/(?:19|20)\d{6}/\w*\d\w*\.s?html?|/page/\d+\.html|/show[-_]?\d|/view\.php\?|newsid=|articleid=|/detail|/\d{5,}\.s?html?$|/Item/\d+|/c/\d{4}-\d\d-\d\d/",
    re.I,
)
LISTING_URL = re.compile(
    r"/(?:index|list|newslist|node|col|more|channel|channels|column|lm_list)[-_\w]*\.(?:s?html?|jsp|psp|aspx?|php)$|/$|/list/|/col/col\d+/",
    re.I,
)
_HOME_PATH = re.compile(r"^/?(?:(?:index|default|main|home)\.\w{2,5})?$", re.I)


def find_file(body: bytes, content_type: str | None) -> str | None:
    """What kind of file the bytes are, if they are no page: by their first bytes, else by a media type; else None."""
    head = body[:64].lstrip()
    for magic, name in _MAGIC:
        if body.startswith(magic) and not (name == "BMP" and b"<" in body[:200]):
            return name
    if body[4:8] == b"ftyp":
        return "MP4"
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind and not _PAGE_TYPES.search(kind) and not head.startswith(b"<") and "/" in kind:
        return kind if not kind.startswith("text/") or kind in ("text/css", "text/csv") else None
    if b"\0" in body[:1024] and b"<" not in body[:1024]:
        return "binary"
    return None


def is_home_url(url: str) -> bool:
    """Whether an address is a portal's root or its index page."""
    parts = urlsplit(url)
    return bool(_HOME_PATH.match(parts.path)) and not parts.query


def find_kind(page: Page, sight: Sight, listing: float) -> tuple[Kind, Evidence]:
    """Article, listing, home or other, and what was weighed. `listing`: how sure (0..1) one may be that the page lists things.

    A byline is what only articles have, so that with one little else is asked for; a list beside an article is common,
    so its strength counts against, and decides only where the article has little to say.
    """
    doc, url = page.doc, page.url
    near = _near(sight)
    dated = any(f.field in ("date", "bare_date", "updated") and f.value for f in near)
    byline = _has_byline(doc, sight, near)
    weight = sight.body.weight if sight.body and not _is_table_of_links(sight) else 0.0
    headline = sight.headline.score >= _CONFIRMED
    links = doc.tag.count("a")
    # a front page is links for the greater part; one with a dated headline and a paragraph has to be so for sure
    told = dated and headline and weight > 150
    crowded = links > 30 and doc.link_size(0) > (0.6 if told else 0.4) * doc.size(0)
    titled = sight.headline.start >= 0
    text = _article_score(
        doc, url, weight=weight, headline=headline, titled=titled, dated=dated, byline=byline
    )
    score, needed = text - _LIST * listing, _WITH_BYLINE if byline else _WITHOUT
    article = score >= needed
    beside = "beside any list" if article and listing == 1 else f"list {listing:.2f}"
    seen = (("headline", headline), ("byline", byline), ("date", dated))
    signs = ", ".join([f"text {weight:.0f}", beside, *(name for name, is_there in seen if is_there)])
    why = Evidence(rule=f"weighs {score:.1f}, an article needs {needed:g}", snippet=signs)
    if is_home_url(url) and crowded and not byline and not doc.meta("ArticleTitle") and listing < 0.65:
        return "home", Evidence(rule="a portal's own address, and links for the greater part")
    if article:
        return "article", why
    if listing >= _LISTS:
        return "listing", why
    if links > 10 and (is_home_url(url) or _leads_on(doc)):
        return "home", why
    return "other", why


_MORE = frozenset(("更多", "more", "查看更多"))
_LISTS_OF_A_FRONT = 3


def _leads_on(doc: Document) -> bool:
    """Whether several lists stand beside each other, each with a 更多 of its own: the front page of a section."""
    links = doc.elements("a")
    return sum(doc.text(n).strip(" >»›+.…[]【】→").lower() in _MORE for n in links) >= _LISTS_OF_A_FRONT


# What speaks for an article, in the unit of a headline that the page's head or a byline confirms (1). The parts are
# independent of each other, so they add up.
_CONFIRMED = 4.0  # score of a headline from which two signs speak for it (title.py)
_TEXT = 4.0  # the text, in full from 400 characters: what the shortest news of some paragraphs has
_LIST = 4.0  # a sure list weighs as much as any text: beside it only what no list page has decides
_LISTS = 0.45  # how sure of a list one must be where there is no article
_WITHOUT = 3.0  # asked for without a byline: three fourths of a text, or its own kind of address and a dated headline
_WITH_BYLINE = 0.8  # asked for with one, over what the list beside it takes away


def _article_score(
    doc: Document, url: str, *, weight: float, headline: bool, titled: bool, dated: bool, byline: bool
) -> float:
    """Evidence that a page is one article, -1 to about 15."""
    score = min(_TEXT, weight / 100)
    if doc.meta("ArticleTitle") or doc.meta("og:type") == "article":
        score += 2.5  # official, but some templates put it on columns too
    if ARTICLE_URL.search(url):
        score += 2.0
    if LISTING_URL.search(url):
        score -= 1.0  # weak: /news/ and index.html are articles on some portals
    if byline:
        score += 3.0
    if dated:
        score += 1.5
    if headline:
        score += 1.0
    if weight > (400 if titled else 800) and doc.link_size(0) < 0.2 * doc.size(0):
        score += 1.5  # a page to be read: four fifths of it lead nowhere else, and a headline stands above it or it is long
    return score


_NEAR_ABOVE, _NEAR_BELOW = 8, 10  # lines around the headline where info tables and bylines stand
_LAST = 3  # lines at the end of the text that may be a byline's
_ALONE = 40  # characters of a line with date, clock, weekday and the name of who published it
_ROWS = 10  # lines from which links in every other line make a list
_EACH_ROW = (
    4  # times from which a label is that of a column: each row of a list has its author and its clicks
)
_BYLINE_FIELDS = frozenset(("date", "source", "issuer", "author", "views", "editor", "updated"))


def _near(sight: Sight) -> list[Fact]:
    """The facts around the headline; and below the text, where some templates put them all, the one dated label."""
    title, stop = sight.headline.start, sight.headline.stop
    if title < 0:
        return _below(sight)
    near = [f for f in sight.facts if title - _NEAR_ABOVE <= f.line < stop + _NEAR_BELOW and not f.hidden]
    body = sight.body
    late = [
        f
        for f in sight.facts
        if body and body.start <= f.line < body.stop + 4 and f.field == "date" and f.value and not f.hidden
    ]
    return near + [f for f in late if len(late) == 1 and f not in near]


def _below(sight: Sight) -> list[Fact]:
    """The facts of a byline at the end of the text, where old templates put it: two labels filled on one line, or a date and
    another on lines of their own."""
    if sight.body is None:
        return []
    told = [
        f
        for f in sight.facts
        if sight.body.stop - _NEAR_ABOVE <= f.line < sight.body.stop + 3 and f.value and not f.hidden
    ]
    bylines = crowded(told, _BYLINE_FIELDS)
    late = [f for f in told if f.label and f.field in _BYLINE_FIELDS and f.line >= sight.body.stop - _LAST]
    if len({f.field for f in late}) > 1 and any(f.field == "date" for f in late):
        return late
    return [f for f in told if f.line in bylines]


def _has_byline(doc: Document, sight: Sight, near: list[Fact]) -> bool:
    """Whether labels of a byline stand around the headline, one of them or a date filled; or one date alone right below it.

    Labels without any value are those of a form. A date below a link is a row's: the only row of its list.
    """
    often = Counter(f.label for f in sight.facts if f.label)
    labelled = [
        f
        for f in near
        if f.label
        and f.field in _BYLINE_FIELDS
        and often[f.label] < _EACH_ROW
        and not is_row(doc, f, sight.layout)
    ]
    if any(f.value for f in labelled):
        return True
    if any(":" in halfwidth(f.snippet) for f in labelled) and any(f.field == "bare_date" for f in near):
        return True
    stop = sight.headline.stop
    bare = [f for f in near if f.field == "bare_date" and f.line >= stop and len(f.snippet) <= _ALONE]
    if len(bare) != 1 or bare[0].line >= stop + 3:
        return False
    return not any(x.links for x in sight.layout.lines[sight.headline.start : bare[0].line + 1])


def _is_table_of_links(sight: Sight) -> bool:
    """Whether most lines of what looks like text hold a link: a ranking, a directory, a programme."""
    assert sight.body is not None
    lines = [x for x in sight.layout.lines[sight.body.start : sight.body.stop] if x.size > 3]
    return len(lines) >= _ROWS and 2 * sum(x.links > 0 for x in lines) > len(lines)


def find_redirect(doc: Document) -> str | None:
    """Where a page without content of its own sends its reader: meta refresh of 0 to 3 seconds, or a script."""
    for value in doc.metas.get("refresh", ()):
        match = re.match(r"\s*([0-3])(?:\.\d)?\s*[;,]\s*url\s*=\s*['\"]?([^'\"\s]{1,1000})", value, re.I)
        if match and (match[1] == "0" or doc.size(0) < 200):
            return match[2]
    if doc.size(0) > 200 or not len(doc):
        return None
    code = doc.script_text()[:_MAX_CODE]
    found = islice(_JUMP.finditer(code), _MAX_JUMPS)
    jumps = (jump for jump in found if not _waits(doc, code, jump.start()))
    return next((jump[1] or jump[2] for jump in jumps), None)


_MAX_CODE = 20_000
_JUMP = re.compile(
    r"""(?:window|self|top|parent|document)?\.?\s*location(?:\.href)?\s*=\s*["']([^"'\s]{1,1000})["'](?!\s*\+)|location\.(?:replace|assign)\(\s*["']([^"'\s]{1,1000})["'](?!\s*\+)"""
)
_FUNCTION = re.compile(r"\bfunction\s+([A-Za-z_$][\w$]{0,60})\s*\(")


def _waits(doc: Document, code: str, at: int) -> bool:
    """Whether a jump stands in a function that no script calls and the page not when it is loaded: a search form's."""
    for function in [*islice(_FUNCTION.finditer(code, 0, at), _MAX_FUNCTIONS)][::-1]:  # the nearest first
        inside = code[function.end() : at]
        if inside.count("{") > inside.count("}"):
            name = function[1]
            loads = any(name in doc.attr(n, "onload") for n in doc.elements("body"))
            return not loads and len(re.findall(rf"(?<![\w$]){re.escape(name)}(?![\w$])", code)) == 1
    return False


_MAX_FUNCTIONS, _MAX_JUMPS = 50, 20
