"""What a page is made of, apart from what it says: for telling a redesign from news."""

from __future__ import annotations

import re

_CLASSES = re.compile(rb"""\bclass\s{0,9}=\s{0,9}["']?([^"'<>]{1,200})""", re.I)
_NUMBER = re.compile(rb"\d+")


def template(body: bytes) -> frozenset[bytes]:
    """The class names of a page, their numbers made N: rows come and go with the news, the names of their parts stay."""
    names = (name for found in _CLASSES.findall(body) for name in found.split())
    return frozenset(_NUMBER.sub(b"N", name) for name in names)


def kept(before: bytes, now: bytes) -> float:
    """Which part of all class names on two pages stands on both (Jaccard), 0 to 1; 1 where there are none to compare."""
    old, new = template(before), template(now)
    return len(old & new) / len(old | new) if old and new else 1.0
