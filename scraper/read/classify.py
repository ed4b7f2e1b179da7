"""What a page is: file, dead, blocked, home, listing, article or other."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scraper.model import Kind
from scraper.read.dom import Document

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
    r"|/contents/\d+/\d+\.|/content_\d+|/article/\d+|/\d{4}[-/]?\d{2}[-/]\d{1,2}/\w*\d+\.|/page/\d+\.html|/show[-_]?\d|/view\.php\?|newsid=|articleid=|/detail|/\d{5,}\.s?html?$|/Item/\d+|/c/\d{4}-\d\d-\d\d/",
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


def classify(
    doc: Document, url: str, *, listing: float, weight: float, title: float, dated: bool, labelled: bool
) -> Kind:
    """Article, listing, home or other. listing: strength 0..1; weight: body's; title: headline's score; labelled: byline.

    A byline is what only articles have, so that with one little else is asked for; a list beside an article is common,
    so its strength counts against, and decides only where the article has little to say.
    """
    text = article_score(doc, url, weight=weight, title=title, dated=dated, labelled=labelled)
    links = doc.tag.count("a")
    told = dated and title >= 4 and weight > 150
    crowded = links > 30 and doc.link_size(0) > (0.6 if told else 0.4) * doc.size(0)
    if is_home_url(url) and crowded and not labelled and not doc.meta("ArticleTitle") and listing < 0.65:
        return "home"
    if text - 4 * listing >= (0.8 if labelled else 3.0):
        return "article"
    if listing >= 0.45:
        return "listing"
    return "home" if is_home_url(url) and links > 10 else "other"


def article_score(
    doc: Document, url: str, *, weight: float, title: float, dated: bool, labelled: bool
) -> float:
    """Evidence that a page is one article, 0 to about 14."""
    score = 0.0
    if doc.meta("ArticleTitle") or doc.meta("og:type") == "article":
        score += 2.5
    if ARTICLE_URL.search(url):
        score += 2.0
    if LISTING_URL.search(url):
        score -= 1.0
    if labelled:
        score += 3.0
    if dated:
        score += 1.5
    if title >= 4:
        score += 1.0
    if weight > 800 and doc.link_size(0) < 0.2 * doc.size(0):
        score += 1.5
    return score + min(4.0, weight / 100)


def find_redirect(doc: Document) -> str | None:
    """Where a page without content of its own sends its reader: meta refresh of 0 to 3 seconds, or a script."""
    for value in doc.metas.get("refresh", ()):
        match = re.match(r"\s*([0-3])(?:\.\d)?\s*[;,]\s*url\s*=\s*['\"]?([^'\"\s]{1,1000})", value, re.I)
        if match and (match[1] == "0" or doc.size(0) < 200):
            return match[2]
    if doc.size(0) > 200 or not len(doc):
        return None
    match = re.search(
        r"""(?:window|self|top|parent|document)?\.?\s*location(?:\.href)?\s*=\s*["']([^"'\s]{1,1000})["']|location\.(?:replace|assign)\(\s*["']([^"'\s]{1,1000})["']""",
        doc.script_text()[:20_000],
    )
    return (match[1] or match[2]) if match else None
