"""Browsing a large archive: facets from kept tallies, a bound on what the search box fetches, hidden tables not counted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("datasette", reason="the extra kaifaqu[browse] is not installed")

from datasette.app import Datasette
from invented_archive import fill
from test_browse import Get, found, serve

from scraper.browse.plugin import growth


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("growth") / "t.db")


@pytest.fixture(scope="module")
def get(path: Path) -> Iterator[Get]:
    yield from serve(path)


def facets(get: Get, query: str = "") -> dict[str, dict[str, int]]:
    told = get(f"/t/articles.json?_facet_size=50&{query}").json()["facet_results"]
    return {name: {str(v["value"]): v["count"] for v in facet["results"]} for name, facet in told.items()}


def test_facets_of_all_articles_are_the_kept_tallies_and_equal_a_count(get: Get) -> None:
    counted = get("/t/articles.json?_facet=source&_facet=year&_facet_size=50&_where=1=1").json()[
        "facet_results"
    ]
    kept = facets(get)
    for name in ("source", "year", "portal", "channel"):
        values = {str(v["value"]): v["count"] for v in counted[name]["results"]}
        assert kept[name] == values and kept[name]


def test_facets_of_some_articles_count_these(get: Get) -> None:
    some = facets(get, "channel=通知公告")
    assert set(some["channel"]) == {"通知公告"}
    assert sum(some["portal"].values()) == some["channel"]["通知公告"] < sum(facets(get)["portal"].values())


def test_a_facet_leads_to_its_articles(get: Get) -> None:
    (one, *_) = get("/t/articles.json").json()["facet_results"]["channel"]["results"]
    url = one["toggle_url"].partition("://")[2].partition("/")[2]
    assert get(f"/{url}").json()["filtered_table_rows_count"] == one["count"]
    assert facets(get, url.partition("?")[2])["channel"]


def test_the_search_box_looks_at_the_articles_archived_last_of_a_common_word(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = found(get, "号消息")
    assert len(everything) > 50
    monkeypatch.setattr(growth, "COMMON", 7)
    assert set(found(get, "号消息")) == set(sorted(everything)[-7:])
    assert found(get, "谷城") == [1]


def test_hidden_tables_are_not_counted(path: Path) -> None:
    datasette = Datasette([str(path)], settings={"num_sql_threads": 1})

    async def counts() -> dict[str, int | None]:
        await datasette.invoke_startup()
        told: dict[str, int | None] = await datasette.get_database("t").table_counts(50)
        return told

    told = asyncio.run(counts())
    assert told["articles"] == 60 and told["portals"] == 1
    assert told["articles_fts_data"] is None and told["blobs"] is None and told["captures"] is None
    datasette.executor.shutdown()
