"""`portals.toml`, the list of portals that stands beside an archive: read, checked, and written to by `kaifaqu add`.

    contact = "you@university.edu"          # into the User-Agent, for all portals
    delay = 1.0                             # seconds between requests to a host

    [[portal]]
    url = "http://www.example.gov.cn/"      # where its crawl begins
    name = "某某开发区"                      # for you; not used
    delay = 2.0                             # another pause for this one
    tls = ["legacy"]                        # secure connections with an old server; "noverify": a bad certificate
    render = true                           # lists that only a browser shows
    leave_out = ["/video/"]                 # paths that are not asked, with all below them

Only `url` must be there. A person keeps this file: lines are added at its end, and nothing else in it is touched.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from scraper import urls
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.fetch.tls import Way  # HTTP is loaded by those who crawl

NAME = "portals.toml"
_WAYS = ("legacy", "noverify")
_T = TypeVar("_T", str, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One portal of the list; what is None or empty is as for all."""

    url: str
    name: str | None = None
    delay: float | None = None
    tls: tuple[Way, ...] | None = None
    render: bool | None = None
    leave_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalList:
    """The whole file: what holds for all, and the portals in its order."""

    contact: str | None = None
    delay: float | None = None
    portals: tuple[Listed, ...] = ()


_OF_ALL = {"contact", "delay", "portal"}
_OF_ONE = {field.name for field in fields(Listed)}


def list_beside(db: str | Path) -> Path:
    """Where the list of an archive stands."""
    return Path(db).parent / NAME


def load(path: Path) -> PortalList:
    """The list at `path`; an empty one where there is no file. Raises UsageError that names the line or the entry."""
    if not path.exists():
        return PortalList()
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} is no TOML ({error})", "mend that place, or make the file anew with `add`"
        ) from error
    return _parse(raw, path)


def _parse(raw: Mapping[str, Any], path: Path) -> PortalList:
    _known(raw, _OF_ALL, str(path))
    entries = raw.get("portal", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _wrong(str(path), "portal", "[[portal]], and below it url = …")
    return PortalList(
        contact=_typed(raw, "contact", str, str(path)),
        delay=_delay(raw, str(path)),
        portals=tuple(_portal(entry, f"{path}, portal {n}") for n, entry in enumerate(entries, 1)),
    )


def _portal(raw: Mapping[str, Any], where: str) -> Listed:
    _known(raw, _OF_ONE, where)
    url = address(_typed(raw, "url", str, where) or "", where)
    tls = _texts(raw, "tls", where)
    if tls is not None and (wrong := set(tls) - set(_WAYS)):
        raise _wrong(where, f"tls = {sorted(wrong)[0]!r}", "one of " + ", ".join(_WAYS))
    return Listed(
        url=url,
        name=_typed(raw, "name", str, where),
        delay=_delay(raw, where),
        tls=cast("tuple[Way, ...] | None", tls),
        render=_typed(raw, "render", bool, where),
        leave_out=_texts(raw, "leave_out", where) or (),
    )


def address(text: str, where: str = "") -> str:
    """An address that can be crawled, as a browser would ask for it. Raises UsageError, which says `where` it stands."""
    place = f"{where}: " if where else ""
    scheme = text.partition("://")[0].lower() if "://" in text else "http"
    if scheme not in ("http", "https"):
        cure = "only http:// and https:// addresses can be crawled"
        raise UsageError(f"{place}{text!r} has the scheme {scheme}", cure)
    url = urls.normalise(text)
    if url is None or not urls.hostname(url):
        raise UsageError(f"{place}{text!r} is no web address", "give one such as http://www.example.gov.cn/")
    return url


def _known(raw: Mapping[str, Any], names: set[str], where: str) -> None:
    if unknown := sorted(raw.keys() - names):
        raise UsageError(
            f"{where}: {unknown[0]!r} means nothing here", f"the names are {', '.join(sorted(names))}"
        )


def _typed(raw: Mapping[str, Any], name: str, kind: type[_T], where: str) -> _T | None:
    value = raw.get(name)
    if value is not None and not isinstance(value, kind):
        raise _wrong(where, name, {str: "a text in quotes", bool: "true or false"}[kind])
    return value


def _delay(raw: Mapping[str, Any], where: str) -> float | None:
    value = raw.get("delay")
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 86_400
    ):
        raise _wrong(where, "delay", "seconds, as 2 or 0.5")
    return value


def _texts(raw: Mapping[str, Any], name: str, where: str) -> tuple[str, ...] | None:
    value = raw.get(name)
    if value is not None and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
        raise _wrong(where, name, 'a list of texts, as ["…"]')
    return None if value is None else tuple(value)


def _wrong(where: str, what: str, cure: str) -> UsageError:
    return UsageError(f"{where}: {what} is not understood", f"write {cure}")


def add(path: Path, portals: Sequence[Listed]) -> list[Listed]:
    """Write portals at the end of the list, those left out that stand there already; which were written.

    Raises UsageError where the file can't be read, or could not be read with them.
    """
    known = [entry.url for entry in load(path).portals]
    new: list[Listed] = []
    for portal in portals:
        if not any(urls.key(portal.url) == urls.key(url) for url in known):
            known.append(portal.url)
            new.append(portal)
    if new:
        before = path.read_text("utf-8") if path.exists() else ""
        lines = before + ("\n" if before and not before.endswith("\n") else "")
        text = lines + "".join(_written(portal) for portal in new)
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            cure = "write its portals as [[portal]], each with url = …"
            raise UsageError(f"{path} has no place for another portal ({error})", cure) from error
        path.write_text(text, "utf-8")
    return new


def _written(portal: Listed) -> str:
    said = [(name, value) for name in _OF_ORDER if (value := getattr(portal, name)) not in (None, (), False)]
    # What JSON makes of a text, a number, a list or a truth value is TOML too; DEL is what TOML alone forbids.
    lines = (
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n".replace("\x7f", "\\u007f")
        for name, value in said
    )
    return "\n[[portal]]\n" + "".join(lines)


_OF_ORDER = tuple(field.name for field in fields(Listed))
