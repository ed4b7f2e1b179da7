"""Rows as items: address, headline and date of each, once. Used for pages and for AJAX answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from scraper.model import Item
from scraper.read.dates import find_dates
from scraper.read.dom import Document
from scraper.read.listing.row_dates import date_column, heading_year, row_date, with_years
from scraper.read.listing.row_titles import link_title
from scraper.read.listing.rows import Rows

_TAG, _HEADLINE = 5, 40  # characters of a tag over a picture, of a headline
MAX_ITEMS = 5_000  # rows of one page that are kept


def items_of(doc: Document, rows: Rows, link: Callable[[str], str | None]) -> tuple[Item, ...]:
    """Items in the order of the rows, each address once, by its headline; rows that lead nowhere are left out. `link` makes absolute."""
    found: dict[str, Item] = {}
    for item in _items(doc, rows, link):
        old = found.get(item.url)
        if old is None:
            found[item.url] = item
        elif not old.date and item.date:
            found[item.url] = replace(item, title=max(old.title, item.title, key=len))
        elif len(old.title) <= _TAG < len(item.title) <= _HEADLINE:
            found[item.url] = replace(old, title=item.title)  # the first link was the kind of the thing
    kept = list(found.values())
    years = with_years([(item.url, item.date) for item in kept])
    return tuple(replace(item, date=date) for item, date in zip(kept, years, strict=True))


def _items(doc: Document, rows: Rows, link: Callable[[str], str | None]) -> Iterator[Item]:
    column = date_column(doc, rows.rows[-1].start)
    year = ""
    before: int | None = None
    for row in rows.rows[:MAX_ITEMS]:
        year = heading_year(doc, before, row.start) or year
        before = row.stop
        url = link(row.href) if row.href else None
        title = link_title(doc, row.link) if url else ""
        if url and title:
            date = _whole(
                row_date(doc, row.start, row.stop, row.link, title, column), doc.attr(row.link, "title")
            )
            yield Item(
                url=url, title=title, date=f"{year}-{date}" if year and date and len(date) == 5 else date
            )


def _whole(date: str | None, tip: str) -> str | None:
    """A day of the month with its year, where the link's tooltip has that day whole."""
    if date is None or len(date) != 5 or not tip:
        return date
    return next((d.value[:10] for d in find_dates(tip[:400], loose=True) if d.value[5:10] == date), date)
