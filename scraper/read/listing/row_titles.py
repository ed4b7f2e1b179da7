"""The headline of a listing's row: which of its links, and what of that link's text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scraper.read.dom import BLOCK, Document
from scraper.read.listing.row_dates import CLOCK, CLOSE, DAY, OPEN, SHORT, has_date
from scraper.text import compact, squeeze

_LABELLED = re.compile(r"\s{0,9}(?:文章|新闻|信息)?标\s{0,9}题\s?[:：]\s{0,9}(?P<title>[^\r\n]{1,300})")
_TAGGED = re.compile(r"^[\[【(（〔<《|｜].{1,14}[\]】)）〕>》|｜]$|^.{1,8}[:：|｜]$")


def main_link(doc: Document, links: Sequence[int]) -> int:
    """Which of a row's links is its title: the one that is a heading, else the first that is no column tag, picture or date box;
    -1 of none."""
    if len(links) <= 1:
        return links[0] if links else -1
    sizes = [len(compact(link_title(doc, n))) for n in links]
    longest = max(sizes)
    headed = [n for n, size in zip(links, sizes, strict=True) if size >= _HEADLINE and _in_heading(doc, n)]
    if len(headed) == 1:
        return headed[0]
    for n, size in zip(links, sizes, strict=True):
        if size >= min(longest, 9) and not (size < longest and _TAGGED.match(doc.text(n))):
            return n
    return links[sizes.index(longest)]


_HEADLINE = 6  # characters of a heading that is more than a column's name


def _in_heading(doc: Document, n: int) -> bool:
    return any(doc.tag[up] in _HEADINGS for up in doc.ancestors(n, 2))


_BULLET = re.compile(r"^[\s·•●■◆▪◇□○▶►>»›★☆※→\-–—|∙・]+(?=\S)|\s*(?:\bnew!?|NEW)$")
_PINNED = re.compile(r"^[\[【(（]\s?(?:置顶|顶|top|new)\s?[\]】)）]\s*", re.I)
_CUT = re.compile(r"(?:…+|\.{2,}|。{3,})\s*$")
_EDGE_DATE = re.compile(
    rf"^{OPEN}{DAY}{CLOCK}{CLOSE}|{OPEN}{DAY}{CLOCK}{CLOSE}$|[\[【(（]\s*{SHORT}\s*[\]】)）]\s*$|^[\[【(（]\s*{SHORT}\s*[\]】)）]"
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TITLED = re.compile(
    r"(?:^|[\s_-])(?:\w{0,8}title|\w{0,6}tit|\w{0,3}bt|biaoti|headline|name|subject)(?:$|[\s_\d-])"
)


def link_title(doc: Document, n: int) -> str:
    """The headline a link gives: whole from `title=` where the text is cut or mixed with more, without bullet and date."""
    shown = clean_title(_shown(doc, n))
    whole = clean_title(squeeze(_tip(doc.attr(n, "title"))))
    if not whole or _CUT.search(whole):
        return shown or whole or _picture(doc, n)
    if not shown:
        return whole
    if _CUT.search(shown):
        cut = compact(_CUT.sub("", shown))
        return whole if compact(whole).startswith(cut[:6]) or compact(whole)[:6] in cut else shown
    a, b = compact(shown), compact(whole)
    if a == b:
        return shown
    if b.startswith(a) and len(a) >= 4 and "\n" not in doc.attr(n, "title").strip():
        return whole
    return whole if b in a and doc.end[n] > n + 2 else shown


def _tip(text: str) -> str:
    """The headline of a tooltip that tells several things, each on a line of its own after its label."""
    if "标题" not in text:
        return text
    found = _LABELLED.match(text)
    return found["title"] if found else text


def clean_title(text: str) -> str:
    """Without bullets and the date glued to either end."""
    text = _PINNED.sub("", _BULLET.sub("", text)).strip()
    return _EDGE_DATE.sub("", text).strip()


def _shown(doc: Document, n: int) -> str:
    """The text of a link; of a block link (headline, summary, date) the headline only."""
    texts = list(doc.texts(n))
    if len(texts) <= 1:
        return squeeze("".join(doc.data[t] for t in texts))
    for m in range(n + 1, doc.end[n]):
        named = doc.tag[m] in _HEADINGS or (doc.attrs[m] and _TITLED.search(doc.marks(m)))
        if named and (text := clean_title(doc.text(m))):
            return text
    lines = list(_lines(doc, n, texts))
    kept = [line for line in lines if not has_date(line) or clean_title(line)]
    return next((line for line in kept if len(line) >= 4), "") or " ".join(kept)


def _lines(doc: Document, n: int, texts: Sequence[int]) -> Iterator[str]:
    """The link's text, split where a block or a date of its own stands between two pieces."""
    line = ""
    last = n
    for t in texts:
        piece = doc.data[t]
        dated = has_date(piece) and not clean_title(squeeze(piece))
        if line.strip() and (dated or _parted(doc, last, t)):
            yield squeeze(line)
            line = ""
        if not dated:
            line += piece
        last = t
    if line.strip():
        yield squeeze(line)


def _parted(doc: Document, a: int, b: int) -> bool:
    """Whether a block begins or ends between text nodes a and b."""
    if not BLOCK.isdisjoint(doc.tag[a + 1 : b]):
        return True
    for p in doc.ancestors(a, 6):
        if doc.end[p] > b:
            return False
        if doc.tag[p] in BLOCK:
            return True
    return False


def _picture(doc: Document, n: int) -> str:
    for m in range(n, doc.end[n]):
        if doc.tag[m] == "img" and (alt := squeeze(doc.attr(m, "alt") or doc.attr(m, "title"))):
            return alt
    return ""
