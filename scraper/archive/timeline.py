"""An article's readings in the order of their captures, for those that come late: from an older web archive, or from an
archive of others. What was read when is told by the versions; with one reading more they are told anew.

Functions here run inside the caller's transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scraper.archive.articles import (
    Outcome,
    Visit,
    alike,
    mark_gone,
    same_article,
    save_article,
    save_views,
    values_to_store,
)
from scraper.archive.documents import said
from scraper.archive.history import values_of
from scraper.archive.multipage import is_multipage
from scraper.archive.values import clean
from scraper.model import Article, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """An article as one capture showed it: when (UTC), the digest of its bytes (None for a 304), and each field's value."""

    at: str
    capture: int
    digest: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A row of `versions` as it is to be: the fields that differ from before, with their values before."""

    at: str
    old_capture: int
    new_capture: int
    changed: Mapping[str, Any]


_CAPTURES = """
SELECT c.id, c.fetched_at, c.digest FROM captures c JOIN articles a ON a.id = :id
WHERE c.frontier_id = a.frontier_id AND c.kind = 'article' OR c.id = a.capture_id
  OR c.id IN (SELECT old_capture FROM versions WHERE article_id = :id UNION SELECT new_capture FROM versions WHERE article_id = :id)
ORDER BY c.fetched_at, c.id
"""


def sights(db: sqlite3.Connection, number: int) -> list[Sight]:
    """An article as each of its captures showed it, oldest first: made again backwards from what it is now."""
    captures = db.execute(_CAPTURES, {"id": number}).fetchall()
    versions = db.execute(
        "SELECT seen_at, changed FROM versions WHERE article_id = ? ORDER BY seen_at DESC, id DESC", (number,)
    ).fetchall()
    values, found, place = values_of(db, number), [], 0
    for capture, at, digest in reversed(captures):
        while place < len(versions) and versions[place][0] > at:
            values = values | json.loads(versions[place][1])
            place += 1
        found.append(Sight(at=at, capture=capture, digest=digest, values=values))
    return found[::-1]


def together(*lists: Iterable[Sight]) -> list[Sight]:
    """Several lists as one in order of time; of one capture in two lists, that of the first list stays."""
    known: dict[int, Sight] = {}
    for sight in (sight for one in lists for sight in one):
        known.setdefault(sight.capture, sight)
    return sorted(known.values(), key=lambda sight: (sight.at, sight.capture))


def changes(seen: Sequence[Sight]) -> list[Version]:
    """What changed from each sight to the next. The same bytes are the same page, whoever read them."""
    found = []
    steady: list[Sight] = []
    for sight in seen:
        before = steady[-1] if steady else sight
        same = sight.digest is None or sight.digest == before.digest
        steady.append(
            Sight(
                at=sight.at, capture=sight.capture, digest=sight.digest or before.digest, values=before.values
            )
            if same
            else sight
        )
    for old, new in pairwise(steady):
        changed = {
            name: value
            for name, value in old.values.items()
            if name in new.values and not _alike(value, new.values[name])
        }
        if changed:
            found.append(
                Version(at=new.at, old_capture=old.capture, new_capture=new.capture, changed=changed)
            )
    return found


def _alike(old: Any, new: Any) -> bool:
    if isinstance(old, str) and isinstance(new, str):
        return alike(old, new)
    return bool(old == new)


def write(db: sqlite3.Connection, number: int, seen: Sequence[Sight]) -> bool:
    """Tell an article's versions and days anew; whether any version is new. A version that stands as it is keeps its row."""
    wanted = changes(seen)
    stored = db.execute("SELECT id, seen_at, changed FROM versions WHERE article_id = ?", (number,))
    standing = {(at, _text(json.loads(changed))): version for version, at, changed in stored.fetchall()}
    new = [version for version in wanted if (version.at, _text(version.changed)) not in standing]
    kept = {standing.get((version.at, _text(version.changed))) for version in wanted}
    for gone in set(standing.values()) - kept:
        db.execute("DELETE FROM versions WHERE id = ?", (gone,))
    db.executemany(
        "INSERT INTO versions(article_id, seen_at, old_capture, new_capture, crawl_id, changed) "
        "SELECT ?, ?, ?, id, crawl_id, ? FROM captures WHERE id = ?",
        [(number, v.at, v.old_capture, _text(v.changed), v.new_capture) for v in new],
    )
    first, last = seen[0], seen[-1]
    db.execute(
        "UPDATE articles SET first_crawl = iif(first_seen > :first, (SELECT crawl_id FROM captures WHERE id = :capture), first_crawl), "
        "first_seen = min(first_seen, :first), last_seen = max(last_seen, :last), changed_at = :changed WHERE id = :id",
        {
            "id": number,
            "first": first.at,
            "capture": first.capture,
            "last": last.at,
            "changed": wanted[-1].at if wanted else None,
        },
    )
    return bool(new)


def is_late(db: sqlite3.Connection, row: Row, at: str) -> bool:
    """Whether a row was visited after `at` already."""
    (visited,) = db.execute("SELECT visited_at FROM frontier WHERE id = ?", (row.id,)).fetchone()
    return visited is not None and visited > at


def save_late(
    db: sqlite3.Connection, article: Article, visit: Visit, *, channel: int | None
) -> tuple[int, Outcome]:
    """An article as its page was before its row's last visit; its id and what happened."""
    number = same_article(db, article, visit)
    newest = None
    if number is not None:
        (newest,) = db.execute(
            "SELECT c.fetched_at FROM articles a JOIN captures c ON c.id = a.capture_id WHERE a.id = ?",
            (number,),
        ).fetchone()
    if number is None or newest is None or newest <= visit.at:
        number, outcome = save_article(db, article, visit, channel=channel, views_origin="page")
        gone = db.execute(
            "SELECT visited_at FROM frontier WHERE id = ? AND state = 'gone'", (visit.row.id,)
        ).fetchone()
        if gone:
            mark_gone(db, visit.row, at=gone[0])
        return number, outcome
    if article.views is not None:
        save_views(db, number, article.views, at=visit.at, origin="page")
    if is_multipage(db, number):  # one page says nothing of the whole text
        return number, "same"
    sight = _sight(db, number, article, visit)
    before = [one for one in sights(db, number) if one.capture != sight.capture]
    return number, "changed" if write(db, number, together([sight], before)) else "same"


def _sight(db: sqlite3.Connection, number: int, article: Article, visit: Visit) -> Sight:
    """What a late capture showed; where it names no channel, that is no change."""
    values: dict[str, Any] = dict(values_to_store(db, article, None))
    now = values_of(db, number)
    if values["channel"] is None:
        values["channel"] = now["channel"]
    links: dict[str, str] = {}
    for link in article.attachments:
        links.setdefault(clean(link.url), clean(link.text))
    values |= {"attachments": [list(link) for link in links.items()], "document": said(article.document)}
    (digest,) = db.execute("SELECT digest FROM captures WHERE id = ?", (visit.capture_id,)).fetchone()
    return Sight(at=visit.at, capture=visit.capture_id, digest=digest, values=values)


def _text(changed: Mapping[str, Any]) -> str:
    return json.dumps(changed, ensure_ascii=False)
