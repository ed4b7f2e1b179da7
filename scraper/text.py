"""Strings: white space, full-width forms, the few questions every field reader asks of Chinese text."""

from __future__ import annotations

import re

# U+00A0 no-break, U+3000 ideographic, U+2000-200A widths: all are just white space on these pages, as to str.split().
# Zero width, soft hyphen, BOM and direction marks: invisible, and they break comparisons.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f〇]")


def squeeze(text: str) -> str:
    """One line: invisible characters gone, every run of white space one blank, ends trimmed."""
    if text.isprintable():  # all white space but the blank, and all that is invisible, is not
        return text.strip() if "  " not in text else " ".join(text.split())
    return " ".join(_INVISIBLE.sub("", text).split())


def compact(text: str) -> str:
    """No white space at all: for comparing Chinese, where a blank means nothing."""
    if text.isprintable():
        return text.replace(" ", "")
    return "".join(_INVISIBLE.sub("", text).split())


def visible(text: str) -> str:
    """The text without invisible characters; white space stays."""
    return _INVISIBLE.sub("", text)


def halfwidth(text: str) -> str:
    """Full-width ASCII (U+FF01-FF5E) and the ideographic blank as their half-width twins; same length as `text`."""
    for wide in set(
        _FULL.findall(text)
    ):  # a line has a few kinds of them: cheaper than a look at every character
        text = text.replace(wide, _HALF[wide])
    return text


_FULL = re.compile("[\uff01-\uff5e\u3000\u2236\xa0]")
_HALF = {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)} | {"\u3000": " ", "\u2236": ":", "\xa0": " "}


def han_count(text: str) -> int:
    """Number of Han characters."""
    return len(_HAN.findall(text))


def is_han(char: str) -> bool:
    """Whether one character is Han (〇 included)."""
    return _HAN.match(char) is not None


def shorten(text: str, width: int = 80) -> str:
    """`text` on one line, cut with … after `width` characters."""
    line = squeeze(text)
    return line if len(line) <= width else line[: width - 1] + "…"
