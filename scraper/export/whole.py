"""Files that are there whole or not at all: written beside their place, moved into it when they are done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write bytes to, `path` when the block ends well; what stood there before stays until then."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w+b") as out:
            yield out
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
