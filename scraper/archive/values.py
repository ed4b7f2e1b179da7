"""Values of hostile pages on their way into SQLite."""

from __future__ import annotations

from typing import overload

_LARGEST = 2**63 - 1


@overload
def clean(text: str) -> str: ...
@overload
def clean(text: None) -> None: ...
def clean(text: str | None) -> str | None:
    """Text that SQLite can hold and other programs can read: without NULs (many stop there), lone surrogates as `?`."""
    if text is None:
        return None
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


@overload
def bounded(number: int) -> int: ...
@overload
def bounded(number: None) -> None: ...
def bounded(number: int | None) -> int | None:
    """A number that fits SQLite's 64 bits."""
    return None if number is None else max(-_LARGEST, min(number, _LARGEST))
