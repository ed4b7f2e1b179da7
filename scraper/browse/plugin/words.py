"""Filters for the templates: Chinese names for what the database calls in English, and excerpts."""

from __future__ import annotations

from scraper.archive.search import words_of
from scraper.browse.plugin import metadata
from scraper.text import squeeze
from scraper.urls import filename

_AROUND = 24
"""Characters shown before the word that was searched for."""


def label(column: str) -> str:
    """The Chinese name of a column, or the name as it is."""
    return metadata.labels().get(column, column)


def table_title(table: str) -> str:
    """The Chinese name of a table, or the name as it is."""
    return metadata.table_titles().get(table, table)


def lookup_label(key: str, display: str) -> str:
    """The Chinese name of a comparison, or datasette's own sign for it."""
    return metadata.lookups().get(key, display)


def file_name(url: str) -> str:
    """The name of the file at an address, or the address where it names none."""
    return filename(url) or url


def file_size(count: int) -> str:
    """A number of bytes for people."""
    return f"{count / (1 << 20):.1f} MB" if count >= 1 << 20 else f"{max(1, round(count / 1024))} KB"


def excerpt(body: str | None, search: str | None = "", width: int = 80) -> str:
    """A line of the text around the first word searched for that stands in it, else its beginning."""
    text = squeeze(body or "")
    low = text.lower()
    places = [at for word in words_of(search or "") if (at := low.find(word.lower())) >= 0]
    start = max(0, min(places, default=0) - _AROUND)
    cut = text[start : start + width]
    return ("…" if start else "") + cut + ("…" if start + width < len(text) else "")
