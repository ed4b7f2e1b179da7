"""CSV as spreadsheets read it: a BOM (Excel takes a file without one for GBK), RFC 4180, UTF-8."""

from __future__ import annotations

import csv
from typing import TextIO

from scraper.archive import Archive

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_csv(
    archive: Archive,
    out: TextIO,
    *,
    portal: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> int:
    """Write articles as CSV to `out` (opened with `newline=""` and UTF-8); how many.

    Columns are those of `articles`, then `attachments` and `document` as JSON. A text that a spreadsheet would run as a formula
    gets an apostrophe before it.
    """
    columns = archive.article_columns()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    count = 0
    for article in archive.articles(portal=portal, since=since, until=until):
        writer.writerow([_cell(article[name]) for name in columns])
        count += 1
    return count


def _cell(value: object) -> object:
    # OWASP, "CSV injection": these first characters make a cell a formula.
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
