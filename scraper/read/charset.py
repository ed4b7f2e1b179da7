"""Bytes to text. On these portals labels lie, so validity beats declaration; strict WHATWG is the wrong target.

Order tried: BOM → the whole body is valid UTF-8 (a cut-off tail is allowed) → candidates scored on how much common
Chinese they give. gb2312, gbk and cp936 are all read as gb18030, which holds both (喆, 镕 are outside gb2312).
"""

from __future__ import annotations

import codecs
import re

from scraper.model import Charset

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,20})""", re.I)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w-]{2,20})""", re.I)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w-]{2,20})""", re.I)
_HIGH = re.compile(rb"[\x80-\xff][\x00-\xff]{0,3}(?:[\x80-\xff][\x00-\xff]{0,3})*")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_GB = re.compile(
    r"^(?:x-)?(?:gb[-_]?(?:2312|k|18030|_?2312-80)|cp936|ms936|windows-936|chinese|hz|zh_?cn)$", re.I
)
# The commonest Han characters and the marks of Chinese text: right decodings are full of them, wrong ones are not.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定"
    "行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些"
    "然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公"
    "无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将"
    "组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金"
    "市县省中央网站首页新闻通知公告信息公开政府版权所有备案号来源发布时间，。、：；“”（）《》"
)
_SAMPLE = 40_000


def decode(body: bytes, content_type: str | None = None) -> tuple[str, Charset]:
    """The page's text and how its charset was decided. Never raises; undecodable bytes become U+FFFD and are counted."""
    if not body:
        return "", Charset(name="utf-8", decided="empty")
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _finish(body[len(bom) :], name, "bom")
    try:
        return _told(body.decode("utf-8"), "utf-8", "valid")
    except UnicodeDecodeError as error:
        if _is_cut(body, error):
            return _finish(body, "utf-8", "valid")
    declared = _declared(body, content_type)
    if _mostly_zero(body):
        return _finish(body, "utf-16-le" if body[1:2] == b"\0" else "utf-16-be", "scored")
    scores = {name: _score(body, name) + 0.02 * (name in declared) for name in _candidates(declared)}
    best = max(scores, key=lambda name: scores[name])
    return _finish(body, best, "declared" if best in declared else "scored")


def _finish(body: bytes, name: str, decided: str) -> tuple[str, Charset]:
    return _told(body.decode(name, "replace"), name, decided)


def _told(text: str, name: str, decided: str) -> tuple[str, Charset]:
    return text, Charset(name=name, decided=decided, replaced=text.count("\ufffd"))  # type: ignore[arg-type]


def _is_cut(body: bytes, error: UnicodeDecodeError) -> bool:
    """Whether nothing is wrong with a text in UTF-8 but that its last character is cut off."""
    return error.end == len(body) and error.reason == "unexpected end of data"


def _mostly_zero(body: bytes) -> bool:
    """UTF-16 without BOM: markup is ASCII, so about every second byte is NUL."""
    sample = body[:2000]
    return len(sample) > 16 and sample.count(0) > len(sample) // 3


def _declared(body: bytes, content_type: str | None) -> list[str]:
    found = [m[1] for m in [_HEADER.search(content_type or "")] if m]
    head = body[:8192]
    found += [m[1].decode("ascii") for m in (_XML.search(head), *_META.finditer(head)) if m]
    return [name for name in map(_canonical, found) if name]


def _canonical(label: str) -> str | None:
    if _GB.match(label):
        return "gb18030"
    if label.lower() in ("unicode", "utf-16", "utf16", "iso-8859-1", "latin1", "ascii", "us-ascii"):
        return None  # a server's default, or what an office suite writes into an 8-bit page: says nothing
    try:
        name = codecs.lookup(label).name
        "x".encode(name)
        b"x".decode(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    return {"big5": "big5hkscs", "utf_8": "utf-8"}.get(name, name)


def _candidates(declared: list[str]) -> list[str]:
    return list(dict.fromkeys([*declared, "gb18030", "utf-8", "big5hkscs"]))


def _score(body: bytes, name: str) -> float:
    """Common characters less eight times the replacements, per character of the non-ASCII runs."""
    sample = b" ".join(match[0] for match in _HIGH.finditer(body[: _SAMPLE * 4]))[:_SAMPLE]
    text = sample.decode(name, "replace")
    high = [c for c in text if c > "\x7f"]
    if not high:
        return 0.0
    return (sum(c in _COMMON for c in high) - 8 * text.count("\ufffd")) / len(high)
