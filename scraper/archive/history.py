"""What became of one article: each change as a diff of sentences, and when it was withdrawn or came back."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal, cast

from scraper.archive.articles import FIELDS
from scraper.archive.documents import stored_document
from scraper.errors import UsageError
from scraper.urls import key

if TYPE_CHECKING:
    from scraper.archive.store import Archive

ChangeKind = Literal["title", "date", "correction", "addition", "removal", "withdrawn", "restored"]

MOST_SENTENCES = 4000
"""Beyond this a changed stretch is told as a whole: comparing takes time that grows with the square of its length."""

# A sentence ends with its mark and the quotes and brackets that close after it; a line ends one too.
_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;]+[”’」』》）)\"]*|[^。！？!?；;\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of an article: which field, the lines that went and those that came, in order.

    kind: title and date by their field; addition where text only came, removal where it only went, correction otherwise;
    withdrawn and restored are about the whole page and have no lines. `at`: when the change was first seen, UTC.
    """

    at: str
    kind: ChangeKind
    field: str = ""
    lines: tuple[tuple[Literal["-", "+"], str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change of an article, first seen `at` (UTC): what was read before it and after it, field by field."""

    at: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An article and all that is known to have happened to it, oldest first."""

    url: str
    title: str | None
    first_seen: str
    last_seen: str
    gone_at: str | None
    changes: tuple[Change, ...]


def history(archive: Archive, url: str) -> History:
    """The history of the article at an address, however it is spelled. Raises UsageError where there is none."""
    db = archive.db.conn
    row = db.execute(
        "SELECT a.id, a.url, a.title, a.first_seen, a.last_seen, a.gone_at FROM articles a "
        "JOIN frontier f ON f.article_id = a.id WHERE f.key = ?",
        (key(url),),
    ).fetchone()
    if row is None:
        raise UsageError(f"no article {url} in this archive", "find its address with `search`")
    number, address, title, first_seen, last_seen, gone_at = row
    changes = [change for step in steps(db, number) for change in _between(step)]
    changes += _presence(db, number, gone_at)
    return History(
        url=address,
        title=title,
        first_seen=first_seen,
        last_seen=last_seen,
        gone_at=gone_at,
        changes=tuple(sorted(changes, key=lambda change: change.at)),
    )


_STEPS = """
SELECT seen_at AS at, 1 AS changes, id, changed FROM versions WHERE article_id = :id
UNION ALL SELECT at, 0, id, changed FROM rereadings WHERE article_id = :id ORDER BY at DESC, changes, id DESC
"""


def steps(db: sqlite3.Connection, number: int) -> list[Step]:
    """The changes of an article, oldest first, made again backwards from the reading it has now. A rereading is no change:
    it is undone on the way, so that both sides of a change are in the words of the reader that saw it.
    """
    values = values_of(db, number)
    found = []
    for at, is_change, _, changed in db.execute(_STEPS, {"id": number}).fetchall():
        before = values | {name: old for name, old in json.loads(changed).items() if name in values}
        if is_change:
            found.append(Step(at=at, before=before, after=values))
        values = before
    return found[::-1]


def values_of(db: sqlite3.Connection, number: int) -> dict[str, Any]:
    """What an article's last reading says, by field; `attachments` as a list of [address, name], `document` as an object."""
    stored = db.execute(f"SELECT {', '.join(FIELDS)} FROM articles WHERE id = ?", (number,)).fetchone()
    links = db.execute("SELECT url, name FROM attachments WHERE article_id = ? ORDER BY position", (number,))
    return dict(zip(FIELDS, stored, strict=True)) | {
        "attachments": [list(link) for link in links.fetchall()],
        "document": stored_document(db, number),
    }


def _between(step: Step) -> Iterator[Change]:
    for field, before in step.before.items():
        after = step.after[field]
        if before == after:
            continue
        lines = tuple(diff(_lines(field, before), _lines(field, after)))
        signs = {sign for sign, _ in lines}
        kind: ChangeKind = "correction"
        if field in ("title", "date"):
            kind = cast(ChangeKind, field)
        elif len(signs) == 1:
            kind = "addition" if "+" in signs else "removal"
        yield Change(at=step.at, kind=kind, field=field, lines=lines)


def _lines(field: str, value: Any) -> list[str]:
    if field == "attachments":
        return [f"{name} {url}".strip() for url, name in value]
    if field == "document":
        return [f"{name}: {said}" for name, said in (value or {}).items()]
    return sentences(value or "") if field == "body" else [value] if value else []


def sentences(text: str) -> list[str]:
    """A Chinese text as its sentences, without the white space around them."""
    return [sentence for found in _SENTENCE.findall(text) if (sentence := found.strip())]


def diff(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Literal["-", "+"], str]]:
    """The lines that went (-) and came (+), each stretch's gone ones first."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    before, after = before[start:], after[start:]
    if max(len(before), len(after)) > MOST_SENTENCES:
        stretches = [("replace", 0, len(before), 0, len(after))]
    else:
        stretches = list(SequenceMatcher(None, before, after).get_opcodes())
    for tag, a, b, c, d in stretches:
        if tag != "equal":
            yield from (("-", line) for line in before[a:b])
            yield from (("+", line) for line in after[c:d])


def _presence(db: sqlite3.Connection, number: int, gone_at: str | None) -> Iterator[Change]:
    """When the page was found gone, and when it was there again: told by what its address answered."""
    answers = db.execute(
        "SELECT c.fetched_at, c.kind = 'dead' FROM captures c JOIN articles a ON a.frontier_id = c.frontier_id "
        "WHERE a.id = ? AND c.kind IN ('dead', 'article') ORDER BY c.fetched_at, c.id",
        (number,),
    )
    gone = False
    for at, dead in answers.fetchall():
        if dead != gone:
            yield Change(at=at, kind="withdrawn" if dead else "restored")
            gone = bool(dead)
    if gone_at and not gone:  # its address leads to another article
        yield Change(at=gone_at, kind="withdrawn")
