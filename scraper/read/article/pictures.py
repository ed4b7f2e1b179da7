"""Which pictures of a page are content, and where they lie."""

from __future__ import annotations

import re

from scraper.read.dom import Document
from scraper.read.rules import Page

_ICON = re.compile(
    r"icon|logo|button|btn|arrow|bg\.|dot|spacer|blank\.gif|share|wechat|weixin|weibo|qr|ewm|print|close|loading|/images/(?:\w{1,12}\.)?gif|conac|gongan|beian"
)

_PICTURE = re.compile(r"^(?:#|javascript:)|\.(?:jpe?g|png|gif|webp|bmp)(?:$|[?#])|^$")


def is_content_image(doc: Document, n: int) -> bool:
    """Whether a picture is content: not an icon by its address, not tiny by its own measures, not another story's."""
    a = doc.attrs[n]
    src = a.get("src") or a.get("data-src") or a.get("orisrc") or ""
    low = src.lower()
    if not src or (_ICON.search(low[-200:]) and "upload" not in low):
        return False
    for side in ("width", "height"):
        value = re.match(r"\s*(\d{1,5})", a.get(side, ""))
        if value and int(value[1]) < 90:
            return False
    return not _is_teaser(doc, n)


def _is_teaser(doc: Document, n: int) -> bool:
    """Whether a picture stands in a link with words of its own, which leads to another story and not to a larger picture."""
    link = next((up for up in doc.ancestors(n, 4) if doc.tag[up] == "a"), -1)
    return link >= 0 and doc.size(link) > 3 and not _PICTURE.search(doc.attr(link, "href").lower())


def image_source(page: Page, n: int) -> str | None:
    """The absolute address of a picture, lazy-loading attributes included."""
    attrs = page.doc.attrs[n]
    for name in ("data-src", "data-original", "src", "orisrc", "oldsrc"):
        value = attrs.get(name, "").strip()
        if value and not value.startswith("data:"):
            return page.link(value)
    return None
