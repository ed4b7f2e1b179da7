"""Lists that a script asks for by posting JSON: the request as the page holds it, and the one after."""

from __future__ import annotations

import json
import time

import pytest
from one_page import page_of

from scraper.model import Item, Listing
from scraper.read.listing.json_post import continued
from scraper.read.listing.pager import Pager, find_pager

URL = "http://www.bailuzhou.example.cn/zwgk/"


def pager(script: str) -> Pager | None:
    return find_pager(page_of(f"<html><body><ul id=list></ul><script>{script}</script></body></html>", URL))


def asked(script: str) -> dict[str, object]:
    found = pager(script)
    assert found is not None and found.next_form is not None
    assert found.next_url == "http://www.bailuzhou.example.cn/irs/front/list"
    return dict(json.loads(found.next_form))


@pytest.mark.parametrize(
    "request_",
    [
        """{"pageNo":3,"pageSize":15,"tenantId":"8","tableName":"t_news","sorts":[{"sortField":"save_time"}]}""",
        """{pageNo: page, pageSize: 15, tenantId: '8', tableName: 't_news', sorts: [{sortField: 'save_time',},],}""",
        """{sorts: [{"sortField": "save_time"}], tenantId: tenant, tableName: table, pageSize: size, pageNo: 1}""",
    ],
)
def test_the_request_is_read_in_any_dress_and_begins_at_page_one(request_: str) -> None:
    script = f"var tenant = '8', x; var table = \"t_news\";\nvar size = 15; var page = 7;\npost('/irs/front/list', {request_})"
    assert asked(script) == {
        "pageNo": 1, "pageSize": 15, "tenantId": "8", "tableName": "t_news", "sorts": [{"sortField": "save_time"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    "script",
    [
        "post('/irs/front/list', {pageNo: 1, tableName: unknown()})",
        "post('/irs/front/list', {pageNo: 1, tableName: never.set})",
        "post('/irs/front/list', {pageSize: 15, tableName: 't_news'})",
        "post('/irs/front/list', tableName)",
        "post('/other/list', {pageNo: 1, tableName: 't_news'})",
        "post('/irs/front/list', [{tableName: 't'}, ",
    ],
)
def test_a_request_that_the_page_does_not_hold_whole_is_not_made_up(script: str) -> None:
    found = pager(script)
    assert found is None or found.next_form is None


def listing(rows: int, **said: int) -> Listing:
    items = tuple(Item(url=f"{URL}{n}.html", title=f"第{n}条") for n in range(rows))
    return Listing(url=URL, items=items, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "page", "more"),
    [
        (listing(5, total=18), 3, True),
        (listing(3, total=18), 4, False),
        (listing(5, page_count=4), 3, True),
        (listing(5), 2, True),
        (listing(4), 2, False),
        (listing(0, total=18), 2, False),
    ],
)
def test_the_page_after_is_asked_for_while_there_is_one(found: Listing, page: int, more: bool) -> None:
    form = json.dumps({"pageNo": page, "pageSize": 5, "tableName": "t"})
    after = continued(found, URL, form)
    assert after.page_number == page and (after.next_url == URL) is more
    if more:
        assert json.loads(after.next_form or "") == {"pageNo": page + 1, "pageSize": 5, "tableName": "t"}


@pytest.mark.parametrize("form", ["{", "[]", '{"pageSize":5}', '{"pageNo":"x"}', '{"pageNo":null}'])
def test_a_form_that_tells_no_page_is_followed_by_none(form: str) -> None:
    assert continued(listing(5), URL, form).next_form is None


@pytest.mark.parametrize(
    "piece", ["tableName", "{tableName:", "tableName:'", "{a:{tableName:[", "tableName = "]
)
def test_hostile_scripts_take_no_long_time(piece: str) -> None:
    began = time.process_time()
    pager("post('/irs/front/list')" + piece * 60_000)
    assert time.process_time() - began < 5
