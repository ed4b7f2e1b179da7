"""Lists of ASP.NET: the form that brings the next page, what of it is sent, and what never is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from archive_rows import HOST, NEWS, started, values
from fault_server import FaultServer, answer, redirect, visit
from one_page import page_of
from zoo import Zoo
from zoo.posted import ASPNET, ASPNET_NEXT
from zoo_crawl import FAST, articles, make_portal, rows, true

from scraper.archive import Archive
from scraper.crawl import crawl
from scraper.fetch import Fetcher
from scraper.model import Capture, Charset, Found
from scraper.read.listing.pager import Pager, find_pager
from scraper.read.listing.postback import LARGEST_FORM

BASE = "http://www.bailuzhou.example.cn/list.aspx?id=602"
STATE = '<input type="hidden" name="__VIEWSTATE" value="/wEP+DwU=" />'
NEXT = "<a href=\"javascript:__doPostBack('ctl00$Pager1','3')\">下一页</a>"


def pager(inside: str, *, method: str = "post", action: str = "./list.aspx?id=602") -> Pager | None:
    html = (
        f'<html><body><form id="form1" method="{method}" action="{action}">'
        f"{inside}<div>第2页/共9页</div></form></body></html>"
    )
    return find_pager(page_of(html, BASE))


def fields(inside: str, **said: str) -> dict[str, list[str]]:
    found = pager(inside, **said)
    assert found is not None and found.next_form is not None
    return parse_qs(found.next_form, keep_blank_values=True)


def test_the_form_is_sent_as_a_browser_sends_it_but_for_buttons() -> None:
    inside = (
        f'{STATE}<input name="__EVENTTARGET" value="old"><input name="key" value="a b&c"><input name="empty">'
        '<input type="checkbox" name="off" value="1"><input type="checkbox" name="on" value="1" checked>'
        '<select name="year"><option value="0">全部</option><option value="2024" selected>2024年</option></select>'
        '<input type="submit" name="btnSave" value="保存"><input type="image" name="btnDelete">'
        f'<input type="password" name="pw" value="x"><input name="late" disabled value="1">{NEXT}'
    )
    assert fields(inside) == {
        "__EVENTTARGET": ["ctl00$Pager1"],
        "__EVENTARGUMENT": ["3"],
        "__VIEWSTATE": ["/wEP+DwU="],
        "key": ["a b&c"],
        "empty": [""],
        "on": ["1"],
        "year": ["2024"],
    }


def test_it_goes_to_the_address_the_form_names() -> None:
    found = pager(STATE + NEXT)
    assert found is not None
    assert (found.rule, found.next_url) == ("postback", BASE)
    assert (found.page_number, found.page_count) == (2, 9)


@pytest.mark.parametrize(
    "link",
    [
        "<a href=\"javascript:__doPostBack('ctl00$Pager1','3')\">下一页</a>",
        "<a href='javascript:__doPostBack(&#39;ctl00$Pager1&#39;,&#39;3&#39;)'>下页</a>",
        "<a href='#' onclick=\"__doPostBack('ctl00$Pager1','3');return false\">下一页</a>",
        "<span>2</span><a href=\"javascript:__doPostBack('ctl00$Pager1','3')\">3</a>",
    ],
)
def test_the_ways_to_write_its_call(link: str) -> None:
    assert fields(STATE + link)["__EVENTARGUMENT"] == ["3"]


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        pytest.param(NEXT, {}, id="no state: no page of ASP.NET"),
        pytest.param(STATE + NEXT, {"method": "get"}, id="a form that is not posted"),
        pytest.param(STATE + NEXT.replace("<a ", "<a disabled "), {}, id="the last page"),
        pytest.param(STATE + NEXT.replace("'3'", "'2'"), {}, id="a link to the page itself"),
        pytest.param(STATE + NEXT.replace("下一页", "下一条"), {}, id="no pager"),
        pytest.param(STATE + NEXT.replace("下一页", "删除"), {}, id="another command"),
        pytest.param(STATE.replace("+", "+" * LARGEST_FORM) + NEXT, {}, id="a state beyond the bound"),
    ],
)
def test_nothing_is_posted_for(inside: str, said: dict[str, str]) -> None:
    found = pager(inside, **said)
    assert found is None or found.next_form is None


def test_text_goes_in_the_charset_of_the_page() -> None:
    html = f'<form method="post">{STATE}<input name="key" value="关键">{NEXT}<div>第2页/共9页</div></form>'
    charset = Charset(name="gb18030", decided="declared")
    found = find_pager(replace(page_of(html, BASE), charset=charset))
    assert found is not None and found.next_form is not None
    assert "key=" + "".join(f"%{byte:02X}" for byte in "关键".encode("gb18030")) in found.next_form


# --- asking ------------------------------------------------------------------------------------------------------


def post(routes: dict[str, object], form: str) -> tuple[Capture, FaultServer]:
    async def scenario(server: FaultServer, fetcher: Fetcher) -> tuple[Capture, FaultServer]:
        return await fetcher.fetch(server.url("/a"), form=form, etag='"1"'), server

    return visit(routes, scenario)


@pytest.mark.parametrize(
    ("form", "kind"),
    [("a=1&b=2", "application/x-www-form-urlencoded"), ('{"pageNo":2}', "application/json; charset=utf-8")],
)
def test_a_form_is_posted_as_what_it_is(form: str, kind: str) -> None:
    capture, server = post({"/a": answer(200, b"page 2")}, form)
    asked = server.seen[-1]
    assert (asked.method, asked.body, asked.headers["content-type"]) == ("POST", form.encode(), kind)
    assert "if-none-match" not in asked.headers
    assert (capture.form, capture.body) == (form, b"page 2")


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_a_redirect_goes_on_as_browsers_do(status: int, method: str) -> None:
    capture, server = post({"/a": redirect("/b", status=status), "/b": answer(200, b"there")}, "a=1")
    assert [one.method for one in server.seen[1:]] == ["POST", method]
    assert capture.form == ("a=1" if method == "POST" else None)


# --- keeping -----------------------------------------------------------------------------------------------------


def test_a_page_stays_one_page_whatever_the_server_wrote_into_its_form(tmp_path: Path) -> None:
    archive, _ = started(tmp_path / "a.db")
    with archive:
        for state, page in (("x", 2), ("y", 2), ("z", 3)):
            form = f"__EVENTTARGET=p&__VIEWSTATE={state}&__EVENTVALIDATION={state}&year=2024"
            found = Found(url=NEWS, kind="listing", page=page, form=form, again=True)
            archive.add_found(HOST, [found], at="2026-03-01T08:00:00Z")
        assert values(
            archive, "SELECT page, substr(form, instr(form, 'STATE='), 7) FROM frontier ORDER BY page"
        ) == [
            (2, "STATE=y"),
            (3, "STATE=z"),
        ]


@pytest.mark.parametrize("dialect", [ASPNET, ASPNET_NEXT])
def test_each_page_of_the_list_is_posted_for_once_and_its_form_kept(dialect: object, tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    portal = make_portal(dialect, channels=1)  # type: ignore[arg-type]
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, db, options=FAST)
        crawl(stand.url, db, options=FAST)
    posted = [one.form for one in stand.log if one.form]
    assert len(posted) == portal.channels[0].pages - 1
    assert articles(db, stand) == true(portal.truth())
    assert rows(db, "select count(*), count(distinct form) from captures where method = 'POST'") == [
        (len(posted),) * 2
    ]
    assert rows(db, "select count(*) from captures where method = 'GET' and form is not null") == [(0,)]
    with Archive.open(db, write=False) as archive:
        kept = [
            archive.load_capture(number)
            for (number,) in rows(db, "select id from captures where method = 'POST'")
        ]
    assert [capture.form for capture in kept] == posted


def test_a_server_that_takes_no_form_costs_its_further_pages_and_is_told(tmp_path: Path) -> None:
    portal = make_portal(replace(ASPNET, asked=lambda c, path, form: None), channels=1)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert len(articles(tmp_path / "a.db", stand)) == portal.channels[0].per_page
    ((note,),) = rows(tmp_path / "a.db", "select note from channels")
    assert "page 2 of its list is none" in note
