"""kaifaqu: crawler and archiver for the news of China's development zones.

>>> from scraper import read
>>> read(b"<h1>...</h1>", "http://www.example.gov.cn/1.html").kind
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

from scraper.crawl import crawl
from scraper.model import Article, Listing, Reading
from scraper.read import read

if TYPE_CHECKING:
    from scraper.archive import Archive

__all__ = ["Archive", "Article", "Listing", "Reading", "__version__", "crawl", "read"]


def __getattr__(name: str) -> Any:
    """`Archive` is loaded when it is asked for: reading a page needs no SQLite."""
    if name == "Archive":
        from scraper.archive import Archive

        return Archive
    raise AttributeError(f"module 'scraper' has no attribute {name!r}")
