"""The floors of the house: who may import whom, and how large a room may be."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "scraper"
FILES = sorted(HOUSE.rglob("*.py"))
# A room may import from rooms with a lower number only; rooms of one number stand beside each other and never meet.
FLOORS = {
    "commands": 8, "show": 7, "onepage": 7, "schedule": 7, "log": 7, "crawl": 5, "export": 5, "browse": 5, "cluster": 5, "demo": 5, "archive": 4, "fetch": 3, "files": 3, "read": 2,
    "model": 1, "errors": 1, "text": 1, "urls": 1,
}  # fmt: skip
# Inside read/: the function `read` on top, then what decides a page's kind, then the two sub-rooms, then what all stand on.
READ_FLOORS = {
    "read": 9, "classify": 8, "wall": 8, "article": 7, "listing": 6, "channel": 5, "links": 5,
    "rules": 4, "family": 3, "layout": 2, "marks": 1, "template": 1, "dom": 1, "charset": 1, "dates": 1,
}  # fmt: skip
# Inside a sub-room: its `__init__` on top, field readers beside each other, below them what several of them are made of.
SUBROOM_FLOORS = {
    "article": {"article": 6, "labels": 1, "sight": 1, "pictures": 1, "values": 2, "facts": 3, "markup": 4},
    "listing": {
        "listing": 9, "row_dates": 1, "row_titles": 2, "events": 2, "rows": 3, "items": 4, "claims": 4, "postback": 5, "json_rows": 5,
        "fragment": 6, "next_link": 6, "ajax_pager": 6, "json_post": 6, "pager": 7,
    },
}  # fmt: skip
FIELD_READER = 5
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


def reader(module: str) -> tuple[str, str] | None:
    """Where in read/ a module stands, as (room, module): ("article", "title"), ("read", "dom"); None: elsewhere."""
    parts = module.removesuffix(".__init__").split(".")
    if parts[:2] != ["scraper", "read"]:
        return None
    names = [
        name
        for name in parts[2:4]
        if (HOUSE / "read" / name).exists() or list((HOUSE / "read").rglob(f"{name}.py"))
    ]
    if names and names[0] in SUBROOM_FLOORS:
        return names[0], names[1] if len(names) > 1 else names[0]
    return "read", names[0] if names else "read"


@pytest.mark.parametrize("path", sorted((HOUSE / "read").rglob("*.py")), ids=place)
def test_readers_import_only_from_readers_below_them(path: Path) -> None:
    room, name = reader("scraper." + place(path).removesuffix(".py").replace("/", ".")) or ("", "")
    for other_room, other in filter(None, map(reader, imports(path))):
        if (room, name) == (other_room, other):
            continue
        if room == other_room != "read":
            floors = SUBROOM_FLOORS[room]
            assert floors.get(other, FIELD_READER) < floors.get(name, FIELD_READER), f"{name} imports {other}"
        else:
            above = READ_FLOORS[name if room == "read" else room]
            below = READ_FLOORS[other if other_room == "read" else other_room]
            assert below < above, f"{name} imports {other}"


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
