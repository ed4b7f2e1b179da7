"""The floors of the house: who may import whom, and how large a room may be."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "scraper"
FILES = sorted(HOUSE.rglob("*.py"))
# A room may import from rooms with a lower number only; rooms of one number stand beside each other and never meet.
FLOORS = {
    "commands": 8, "keeping": 7, "show": 7, "onepage": 7, "crawl": 5, "export": 5, "browse": 5, "cluster": 5, "demo": 5, "archive": 4, "fetch": 3, "read": 2,
    "model": 1, "errors": 1, "text": 1, "urls": 1,
}  # fmt: skip
# Inside read/: __init__ on top, the field readers beside each other, then rules and family, then what they stand on.
READ_FLOORS = {
    "__init__": 5, "rules": 2, "family": 2, "lines": 2, "dom": 1, "charset": 1, "dates": 1,
    # What article fields are made of: words, names of elements, lines, labelled facts, pictures.
    "labels": 1, "marks": 1, "sight": 1, "layout": 1.5, "facts": 1.8, "pictures": 2.1,
    # What listings and pagers are made of, from the row's date up to the answer of a script.
    "row_dates": 2.1, "row_titles": 2.2, "rows": 2.3, "items": 2.4, "claims": 2.4, "json_rows": 2.45, "fragment": 2.5, "next_link": 2.5, "ajax_pager": 2.5,
}  # fmt: skip
FIELD_READER = 3
DOORS = {
    "selectolax": {"read/dom.py"},
    "httpx": {"fetch/"},
    "tenacity": {"fetch/"},
    "sqlite3": {"archive/", "browse/plugin"},
    "sqlite_utils": {"archive/", "browse/plugin"},
}
UNWANTED = {"utils", "helpers", "manager", "base", "common"}


def place(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "scraper" and len(parts) > 1 and parts[1] in FLOORS else None


@pytest.mark.parametrize("path", FILES, ids=place)
def test_a_room_imports_only_from_rooms_below_it(path: Path) -> None:
    own = place(path).split("/")[0].removesuffix(".py")
    if own in ("__init__", "__main__"):
        return
    for other in {r for r in map(room, imports(path)) if r and r != own}:
        assert FLOORS[other] < FLOORS[own] or {own, other} <= {"urls", "text"}, f"{own} imports {other}"


@pytest.mark.parametrize("path", sorted((HOUSE / "read").rglob("*.py")), ids=place)
def test_field_readers_never_import_one_another(path: Path) -> None:
    own = READ_FLOORS.get(path.stem, FIELD_READER)
    for module in imports(path):
        parts = module.split(".")
        if parts[:2] == ["scraper", "read"] and len(parts) > 2 and parts[2] != path.stem:
            if not (HOUSE / "read" / f"{parts[2]}.py").exists():
                continue
            assert READ_FLOORS.get(parts[2], FIELD_READER) < own or parts[2] in ("dom", "charset", "dates"), (
                f"{path.stem} imports {parts[2]}"
            )


@pytest.mark.parametrize("path", FILES, ids=place)
def test_each_library_has_one_door(path: Path) -> None:
    for module in {m.split(".")[0] for m in imports(path)} & DOORS.keys():
        assert any(place(path).startswith(door) for door in DOORS[module]), f"{place(path)} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=place)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") < 450, f"{place(path)} has {text.count(chr(10))} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
            length = (node.end_lineno or 0) - first.lineno + 1
            assert length < 40, f"{place(path)}: {node.name} has {length} lines"


def test_no_room_has_a_name_that_says_nothing() -> None:
    assert not [place(p) for p in HOUSE.rglob("*") if p.stem in UNWANTED]
