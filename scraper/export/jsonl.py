"""JSON Lines: one article a line, for programs."""

from __future__ import annotations

import json
from typing import TextIO

from scraper.archive import Archive

_JSON_COLUMNS = ("evidence", "attachments", "document")


def export_jsonl(
    archive: Archive,
    out: TextIO,
    *,
    portal: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> int:
    """Write articles to `out`, a JSON object a line (UTF-8, Chinese as it is); how many."""
    count = 0
    for article in archive.articles(portal=portal, since=since, until=until):
        whole = {
            name: json.loads(str(value)) if name in _JSON_COLUMNS and value is not None else value
            for name, value in article.items()
        }
        out.write(json.dumps(whole, ensure_ascii=False) + "\n")
        count += 1
    return count
