"""AJAX answers: XML, JSON and pieces of HTML as listings, and the request after this one. All content is invented."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from scraper.read.listing import read_fragment

SITE = "http://www.qingshigang.example.cn"
TITLES = ("青石港综保区获批设立", "港区企业座谈会召开", "年度十大工程开工")


def xml(total: int = 46, pages: int = 16) -> str:
    rows = "".join(
        f'<record><![CDATA[<li><a href="/art/2023/5/{i + 1}/art_3_{i}.html" title="{t}">{t[:4]}...</a><b>2023-05-0{i + 1}</b></li>]]></record>'
        for i, t in enumerate(TITLES)
    )
    return f"<datastore><totalrecord>{total}</totalrecord><totalpage>{pages}</totalpage><recordset>{rows}</recordset></datastore>"


def test_a_datastore_gives_rows_totals_and_the_next_page() -> None:
    url = f"{SITE}/module/web/jpage/dataproxy.jsp?page=2&appid=1&columnid=3&unitid=7&perpage=3"
    listing = read_fragment(xml(), url)
    assert listing is not None
    assert [i.title for i in listing.items] == list(TITLES)
    assert [i.date for i in listing.items] == ["2023-05-01", "2023-05-02", "2023-05-03"]
    assert listing.items[0].url == f"{SITE}/art/2023/5/1/art_3_0.html"
    assert (listing.total, listing.page_count, listing.page_number) == (46, 16, 2)
    assert listing.next_url == url.replace("page=2", "page=3")


def test_the_record_window_moves_on_by_its_own_size() -> None:
    url = f"{SITE}/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=15&perpage=5&columnid=3"
    listing = read_fragment(xml(46, 10), url)
    assert listing is not None
    query = parse_qs(urlsplit(listing.next_url or "").query)
    assert (query["startrecord"], query["endrecord"]) == (["16"], ["30"])


@pytest.mark.parametrize("window", ["startrecord=31&endrecord=45", "startrecord=46&endrecord=60"])
def test_the_record_window_ends_with_the_total(window: str) -> None:
    listing = read_fragment(xml(45, 3), f"{SITE}/module/web/jpage/dataproxy.jsp?{window}&perpage=15")
    assert listing is not None
    assert listing.next_url is None


def test_the_last_page_asks_for_no_more() -> None:
    listing = read_fragment(xml(46, 16), f"{SITE}/module/web/jpage/dataproxy.jsp?page=16&perpage=3")
    assert listing is not None
    assert listing.next_url is None


def test_an_empty_datastore_is_an_empty_list_without_next() -> None:
    listing = read_fragment("<datastore><recordset></recordset></datastore>", f"{SITE}/dataproxy.jsp?page=9")
    assert listing is not None
    assert (listing.items, listing.next_url) == ((), None)


def test_jpaas_html_in_json() -> None:
    lis = "".join(
        f'<li><a href="/art/2023/art_{i}.html">{t}</a><span>2023-05-0{i + 1}</span></li>'
        for i, t in enumerate(TITLES)
    )
    html = f'<ul>{lis}</ul><div class="pagination" rows="3" count="7" pageNo="1"></div>'
    url = f"{SITE}/api-gateway/jpaas-publish-server/front/page/build/unit?webId=w&paramJson=" + quote(
        '{"pageNo":1,"pageSize":3}'
    )
    listing = read_fragment(json.dumps({"success": True, "code": "200", "data": {"html": html}}), url)
    assert listing is not None
    assert [i.title for i in listing.items] == list(TITLES)
    assert (listing.total, listing.page_count, listing.page_number) == (7, 3, 1)
    assert parse_qs(urlsplit(listing.next_url or "").query)["paramJson"] == ['{"pageNo":2,"pageSize":3}']


def test_a_last_page_of_one_row_is_a_list_where_the_answer_counts_its_rows() -> None:
    row = f'<ul><li><a href="/art/2023/art_1.html">{TITLES[0]}</a><span>2023-05-01</span></li></ul>'
    count = '<div class="pagination" rows="3" count="7" pageNo="3"></div>'
    url = f"{SITE}/front/page/build/unit?paramJson=" + quote('{"pageNo":3,"pageSize":3}')
    listing = read_fragment(json.dumps({"data": {"html": row + count}}), url)
    assert listing is not None
    assert ([i.title for i in listing.items], listing.next_url) == ([TITLES[0]], None)
    assert read_fragment(row, url) is None


def test_a_lonsun_label_is_a_piece_of_html() -> None:
    lis = "".join(
        f'<li><a href="/content/{i}.html" title="{t}">{t[:3]}…</a><span>2023-05-0{i + 1}</span></li>'
        for i, t in enumerate(TITLES)
    )
    listing = read_fragment(
        f"<ul>{lis}</ul><script>pageCount:12</script>", f"{SITE}/site/label/8888?labelName=x&pageIndex=3"
    )
    assert listing is not None
    assert [i.title for i in listing.items] == list(TITLES)
    assert listing.next_url == f"{SITE}/site/label/8888?labelName=x&pageIndex=4"
    assert listing.page_count == 12


@pytest.mark.parametrize(
    ("answer", "url", "want"),
    [
        (  # UCAP searchList
            {"data": {"total": 46, "rows": 3, "list": [{"title": t, "url": f"/c1/{i}.shtml", "publishedTime": 1684400000000, "publishedTimeStr": "2023-05-18 15:15:26"} for i, t in enumerate(TITLES)]}},
            "/searchList/0af?_isJson=true&_pageSize=3&page=1",
            ("2023-05-18 15:15", 46, 16, "/searchList/0af?_isJson=true&_pageSize=3&page=2"),
        ),
        (  # gkmlpt
            {"total": 3, "articles": [{"id": i, "title": t, "url": f"{SITE}/post_{i}.html", "create_time": 1684400000} for i, t in enumerate(TITLES)]},
            "/gkmlpt/api/all/0?page=1&sid=5",
            ("2023-05-18 16:53", 3, None, "/gkmlpt/api/all/0?page=2&sid=5"),
        ),
        (  # an information index: totals by other names
            {"status": 1, "data": {"totalElements": 9, "totalPages": 3, "page": 3, "data": [{"title": t, "writeTime": "2023-05-18", "url": f"/doc/{i}.shtml"} for i, t in enumerate(TITLES)]}},
            "/info_open/search?pageIndex=3",
            ("2023-05-18", 9, 3, None),
        ),
        (  # a bare array, upper-case names
            [{"TITLE": t, "URL": f"./{i}.htm", "DOCRELPUBTIME": "2023-05-18"} for i, t in enumerate(TITLES)],
            "/yaowen/liebiao.json",
            ("2023-05-18", None, None, None),
        ),
    ],
)  # fmt: skip
def test_json_lists_are_told_by_their_shape(
    answer: object, url: str, want: tuple[str, int | None, int | None, str | None]
) -> None:
    listing = read_fragment(json.dumps(answer), SITE + url)
    assert listing is not None
    assert [i.title for i in listing.items] == list(TITLES)
    date, total, pages, following = want
    assert {i.date for i in listing.items} == {date}
    assert (listing.total, listing.page_count) == (total, pages)
    assert listing.next_url == (following and SITE + following)


def test_jsonp_and_marked_up_titles() -> None:
    row = {"title": "<em>青石港</em>&amp;云山湖合作", "url": "/1.html"}
    listing = read_fragment(f"callback({json.dumps({'list': [row]})});", SITE + "/x")
    assert listing is not None
    assert listing.items[0].title == "青石港&云山湖合作"


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "{}", "[[[[", '{"a": 1}', "null", "f(", "plain text", "<p>no link</p>",
        '{"list":[{"title":"x"}]}',
        '{"list":[{"title":null,"url":[]}]}',
        "[" * 100_000,
        '<p><a href="1.html">一个链接</a></p>',
        '<!DOCTYPE html><html><body><ul><li><a href="1.html">甲</a>2023-01-01</li><li><a href="2.html">乙</a>2023-01-02</li></ul>',
    ],
)  # fmt: skip
def test_what_is_no_list_is_none(text: str) -> None:
    assert read_fragment(text, SITE + "/") is None


def test_time_is_linear_in_a_hostile_answer() -> None:
    for text in (
        "<record>" * 200_000,
        "<datastore>" + "<record><![CDATA[" * 100_000,
        "a(" * 300_000,
        '{"a":' * 100_000,
    ):
        read_fragment(text, SITE + "/x?page=1")
