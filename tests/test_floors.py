"""The gate: what the reader scores on our own pages may not fall, nor may the pages promise less.

Text is compared after NFKC, without white space, quotes made alike. Scores and counts stand in `floors.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from test_fixtures import FIXTURES, PAGES, promise, reading, said_of

from scraper.model import Article, Link, Listing, PolicyDocument, Reading

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text("utf-8"))
FIELDS = sorted(name for name, floor in FLOORS.items() if isinstance(floor, dict))
_QUOTES = str.maketrans(dict.fromkeys("\"“”‘’＂＇「」『』«»", "'"))  # fmt: skip


def plain(value: Any) -> Any:
    """A value as it is compared."""
    if not isinstance(value, str):
        return value
    return re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", value)).translate(_QUOTES)


def grams(text: str) -> Counter[str]:
    bare = plain(text)
    return Counter(bare[i : i + 4] for i in range(max(1, len(bare) - 3)))


def f1(want: Counter[str], got: Counter[str]) -> float:
    """How much two bags have in common: 1 where they are equal."""
    both = want.total() + got.total()
    return 2 * (want & got).total() / both if both else 1.0


NONE = "(none)"
NO_ARTICLE = Article(
    url=NONE, title=NONE, source=NONE, author=NONE, date=NONE, views=-1, attachments=(Link(url=NONE),),
    document=PolicyDocument(),
)  # fmt: skip
NO_LISTING = Listing(url=NONE, next_url=NONE)


def article_scores(want: dict[str, Any], got: Reading) -> dict[str, float]:
    """The scores of one article, of the fields it promises."""
    out: dict[str, float] = {}
    for field in want.keys() & {"title", "source", "author", "views", "document"}:
        out[field] = plain(said_of(got, f"article.{field}")) == plain(want[field])
    if "date" in want:
        day, _, clock = (want["date"] or "").partition(" ")
        got_day, _, got_clock = (said_of(got, "article.date") or "").partition(" ")
        out["date"] = day == got_day
        if clock:
            out["clock"] = clock == got_clock
    if "attachments" in want:
        links = said_of(got, "article.attachments")
        out["attachments"] = {url for url, _ in links} == {url for url, _ in want["attachments"]}
    if "body" in want:
        out["body"] = f1(grams(want["body"]), grams(said_of(got, "article.body")))
    return out


def listing_scores(want: dict[str, Any], got: Reading) -> dict[str, float]:
    """The scores of one listing: its items, the titles and dates of those found, and the next page."""
    out: dict[str, float] = {}
    if "next_url" in want:
        out["next"] = said_of(got, "listing.next_url") == want["next_url"]
    if "items" in want:
        rows = {url: (title, date) for url, title, date in said_of(got, "listing.items")}
        wanted = {url: (title, date) for url, title, date in want["items"]}
        found = wanted.keys() & rows.keys()
        out["items"] = f1(Counter(wanted.keys()), Counter(rows.keys()))
        out["item_titles"] = share(plain(rows[url][0]) == plain(wanted[url][0]) for url in found)
        out["item_dates"] = share(rows[url][1] == wanted[url][1] for url in found)
    return out


def share(right: Any) -> float:
    """How many of some are true, 0 where there are none."""
    told = list(right)
    return sum(told) / len(told) if told else 0.0


@cache
def measured() -> dict[str, list[float]]:
    """The score of every promised value, by field."""
    out: dict[str, list[float]] = defaultdict(list)
    for folder in PAGES:
        said, got = promise(folder), reading(folder)
        scores: dict[str, float] = {"kind": got.kind == said["kind"]}
        # of a page that is read as something else every promise is broken, also that of a null
        got = replace(got, article=got.article or NO_ARTICLE, listing=got.listing or NO_LISTING)
        scores |= article_scores(said.get("article", {}), got)
        scores |= listing_scores(said.get("listing", {}), got)
        for field, score in scores.items():
            out[field].append(float(score))
    return out


def test_every_field_that_is_measured_has_a_floor() -> None:
    assert sorted(measured()) == FIELDS


@pytest.mark.parametrize("field", FIELDS)
def test_a_score_is_its_floor(field: str) -> None:
    score, floor = round(share(measured()[field]), 4), FLOORS[field]["score"]
    assert score >= floor, f"{field} fell to {score}"
    assert score <= floor, f"{field} rose to {score}: write that into floors.toml"


@pytest.mark.parametrize("field", FIELDS)
def test_pages_promise_no_fewer_values_than_they_did(field: str) -> None:
    assert len(measured()[field]) >= FLOORS[field]["promised"]


def test_the_pages_are_many_and_of_many_families() -> None:
    # Pages of no known family share the home-made markup of their host.
    assert len(PAGES) >= FLOORS["pages"]
    families = {reading(folder).family or folder.relative_to(FIXTURES).parts[0] for folder in PAGES}
    assert len(families) >= FLOORS["families"]


def test_the_measure_tells_better_from_worse() -> None:
    assert f1(grams("青禾开发区开工"), grams("青禾 开发区，开工".replace("，", ""))) == 1.0
    assert 0 < f1(grams("青禾开发区开工仪式"), grams("青禾开发区")) < 1
    assert f1(grams("青禾开发区"), grams("")) < 0.5


def test_a_page_that_is_read_as_something_else_breaks_every_promise() -> None:
    nothing = replace(reading(PAGES[0]), article=NO_ARTICLE, listing=NO_LISTING)
    article = dict.fromkeys(("title", "source", "author", "date", "views", "document"), None)
    assert not any(article_scores({**article, "attachments": [], "body": "青禾"}, nothing).values())
    assert not any(
        listing_scores({"next_url": None, "items": [["http://a.example/", "甲", None]]}, nothing).values()
    )
