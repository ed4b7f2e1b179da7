"""Every saved page of our own making answers what its expected.json promises, field by field."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scraper import Reading, read

FIXTURES = Path(__file__).parent / "fixtures"
PAGES = sorted(p.parent for p in FIXTURES.glob("*/*/expected.json"))


def promise(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "expected.json").read_text("utf-8"))  # type: ignore[no-any-return]


def page_bytes(folder: Path) -> bytes:
    return (folder / "page.html").read_bytes()


@cache
def reading(folder: Path) -> Reading:
    said = promise(folder)
    return read(
        page_bytes(folder), said["url"], content_type=said.get("content_type"), status=said.get("status")
    )


def cases() -> list[Any]:
    out = []
    for folder in PAGES:
        said = promise(folder)
        fields = [("kind", said["kind"])]
        fields += [(f"reading.{k}", v) for k, v in said.get("reading", {}).items()]
        fields += [(f"article.{k}", v) for k, v in said.get("article", {}).items()]
        fields += [(f"listing.{k}", v) for k, v in said.get("listing", {}).items()]
        name = folder.relative_to(FIXTURES).as_posix()
        out += [pytest.param(folder, field, want, id=f"{name}/{field}") for field, want in fields]
    return out


def said_of(got: Reading, field: str) -> Any:
    """The value of `kind`, `reading.x`, `article.x` or `listing.x` as JSON would hold it."""
    owner, _, name = field.rpartition(".")
    thing: Any = {"": got, "reading": got, "article": got.article, "listing": got.listing}[owner]
    assert thing is not None, f"read as {got.kind} ({got.note}), there is no {owner}"
    if name.startswith("body_") and name != "body_html":
        return thing.body
    if name in ("html_has", "html_lacks"):
        return thing.body_html
    if name == "items":
        return [[i.url, i.title, i.date] for i in thing.items]
    if name == "count":
        return len(thing.items)
    value = getattr(thing, name)
    if name in ("attachments", "images", "links"):
        return [[link.url, link.text] for link in value]
    if name == "counter":
        return value and value.url
    if name == "document":
        return value and {field: said for field, said in asdict(value).items() if said is not None}
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize(("folder", "field", "want"), cases())
def test_a_page_says_what_it_promises(folder: Path, field: str, want: Any) -> None:
    got = said_of(reading(folder), field)
    why = promise(folder)["promise"]
    name = field.rpartition(".")[2]
    if name == "body_starts":
        assert got.startswith(want), why
    elif name == "body_ends":
        assert got.endswith(want), why
    elif name in ("body_lacks", "html_lacks"):
        assert [w for w in want if w in got] == [], why
    elif name in ("body_has", "html_has"):
        assert [w for w in want if w not in got] == [], why
    else:
        assert got == want, why


def test_there_are_pages_to_read() -> None:
    assert len(PAGES) >= 25
