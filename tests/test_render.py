"""Pages made by script: a real browser on loopback, which never asks for anything itself."""

from __future__ import annotations

import builtins
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fault_server import FaultServer, answer, visit
from zoo import Answer, Portal, Stand, Zoo, dialects
from zoo_crawl import FAST, articles, make_portal, rows, true

from scraper.archive import Archive
from scraper.commands import cli
from scraper.crawl import crawl
from scraper.errors import BadAnswer, FetchError, MissingExtra, TooLarge, TooSlow, UsageError
from scraper.fetch import Fetcher, Limits
from scraper.fetch.render import MOST_REQUESTS, Renderer, check, counts, find_browser
from scraper.model import Capture

RENDER = replace(FAST, render=True)
HTML = "Content-Type: text/html; charset=utf-8"


def browser() -> None:
    """Skip where no browser can be had."""
    pytest.importorskip("playwright", reason="playwright is not installed: pip install 'kaifaqu[render]'")
    try:
        find_browser()
    except UsageError as missing:
        pytest.skip(str(missing))


def page(script: str, *, body: str = "<ul id='list'></ul>") -> bytes:
    return f"<html><head><meta charset=utf-8><title>甲</title></head><body>{body}<script>{script}</script></body></html>".encode()


@dataclass(frozen=True)
class Made:
    """What became of one page in the browser, and what was asked for meanwhile."""

    page: Capture | FetchError
    asked: list[str]

    @property
    def html(self) -> str:
        assert isinstance(self.page, Capture), self.page
        return self.page.body.decode("utf-8")


ADD = "document.getElementById('list').innerHTML += '<li>' + text + '</li>'"
ALL = """
  new Image().src = '/beacon.gif'; navigator.sendBeacon('/beat', 'x');
  fetch('/form', {method: 'POST', body: 'a=1'}); fetch('http://127.0.0.1:9/elsewhere');
  fetch('/module/visitcount/visit.jsp?type=3'); new WebSocket('ws://' + location.host + '/socket');
  fetch('/forbidden/list').catch(() => fetch('/wanted'));
"""
WITH_ALL = (
    "<link rel=stylesheet href='/s.css'><link rel=prefetch href='/ahead.html'><img src='/i.png'>"
    "<iframe src='/frame.html'></iframe><script src='/own.js'></script><ul id='list'></ul>"
)
PAGES = {
    "/list": page(f"fetch('/data?a=1').then(r => r.text()).then(text => {{ {ADD} }})"),
    "/all": page(ALL, body=WITH_ALL),
    "/on": page("location.href = '/list'"),
    "/away": page("location.href = 'http://127.0.0.1:9/'"),
    "/circle": page("location.reload()"),
    "/again": page("", body="<script src='/own.js'></script>"),
    "/large": page("document.body.innerHTML = 'x'.repeat(200000)"),
    "/endless": page("let n = 0; setInterval(() => fetch('/more?n=' + n++), 5)"),
    "/wild": page("while (true) {}"),
}


@pytest.fixture(scope="module")
def made() -> dict[str, Made]:
    """All PAGES, made by one browser one after another."""
    browser()
    routes: dict[str, object] = {path: answer(200, body, HTML) for path, body in PAGES.items()}
    routes |= {"*": answer(200, b"ok"), "/data": answer(200, "开发区要闻".encode())}
    routes["/robots.txt"] = answer(200, b"User-agent: *\nDisallow: /forbidden/")

    async def scenario(server: FaultServer, fetcher: Fetcher) -> dict[str, Made]:
        found: dict[str, Made] = {}
        async with Renderer(fetcher, limits=Limits(max_body=100_000), seconds=20) as renderer:
            for path in PAGES:
                raw = await fetcher.fetch(server.url(path))
                before = len(server.paths())
                renderer.seconds = 3 if path in ("/endless", "/wild") else 20
                try:
                    what: Capture | FetchError = await renderer.render(
                        raw, in_scope=lambda url: url.startswith(server.url())
                    )
                except FetchError as error:
                    what = error
                found[path] = Made(what, server.paths()[before:])
        assert server.most_active <= 1
        return found

    return visit(routes, scenario, seconds=120)


def test_the_page_is_what_its_scripts_made_of_it_and_says_so(made: dict[str, Made]) -> None:
    found = made["/list"]
    assert isinstance(found.page, Capture) and "<li>开发区要闻</li>" in found.html
    assert found.page.rendered and found.page.note.startswith("rendered by Chromium")
    assert found.page.status == 200 and found.asked == ["/data?a=1"]


def test_only_scripts_frames_and_data_of_the_portal_that_robots_txt_allows_are_asked_for(
    made: dict[str, Made],
) -> None:
    assert sorted(made["/all"].asked) == ["/frame.html", "/own.js", "/wanted"]


def test_scripts_are_asked_for_once_for_many_pages(made: dict[str, Made]) -> None:
    assert made["/again"].asked == []


def test_a_page_that_sends_its_reader_on_within_the_portal_is_followed(made: dict[str, Made]) -> None:
    found = made["/on"]
    assert isinstance(found.page, Capture) and "<li>开发区要闻</li>" in found.html
    assert found.page.url.endswith("/list") and found.page.requested.endswith("/on")
    assert found.asked == ["/list", "/data?a=1"]


@pytest.mark.parametrize("path", ["/away", "/circle"])
def test_a_page_that_leads_away_or_in_a_circle_is_left(path: str, made: dict[str, Made]) -> None:
    assert isinstance(made[path].page, BadAnswer) and "sends its reader on" in str(made[path].page)
    assert made[path].asked == []


def test_a_page_that_never_stops_asking_ends_at_the_bound(made: dict[str, Made]) -> None:
    assert isinstance(made["/endless"].page, TooSlow)
    assert len(made["/endless"].asked) <= MOST_REQUESTS


def test_a_page_that_runs_wild_costs_itself(made: dict[str, Made]) -> None:
    assert isinstance(made["/wild"].page, TooSlow) and isinstance(made["/large"].page, TooLarge)


@pytest.mark.parametrize(
    ("url", "adds"),
    [
        ("http://a.example/module/visitcount/visit.jsp?type=1&i_webid=1", True),
        ("http://a.example/e/public/ViewClick/?classid=1&id=2&addclick=1", True),
        ("http://a.example/e/public/ViewClick/?classid=1&id=2", False),
        ("http://a.example/api.php?op=count&id=1&modelid=1", True),
        ("http://a.example/hits/add?id=3", True),
        ("http://visit.example/news/list?page=1", False),
        ("http://a.example/api/architecture/white/list?pageCount=3", False),
    ],
)
def test_what_counts_visits_is_known_by_its_address(url: str, adds: bool) -> None:
    assert counts(url) is adds


# --- crawling ----------------------------------------------------------------------------------------------------

APP = """
const at = location.pathname;
const draw = (found) => { document.getElementById('app').innerHTML = found.html; };
fetch('/api' + (at === '/' ? '/index' : at)).then((r) => r.json()).then(draw);
"""
SHELL = '<html><head><meta charset="utf-8"><title>栖霞湾开发区</title></head><body><div id="app"></div><script src="/app.js"></script></body></html>'


def application(portal: Portal) -> Portal:
    """The portal as an application: its front page and lists are shells, which a script fills from a service."""

    def inside(target: str) -> Answer:
        html = portal.answer(target).body.decode().partition("<body>")[2].partition("</body>")[0]
        return Answer(body=json.dumps({"html": html}).encode(), kind="application/json")

    made = {"/api/index": inside("/")}
    for channel in portal.channels:
        for k in range(1, channel.pages + 1):
            made["/api" + channel.dialect.address(channel, k)] = inside(channel.dialect.address(channel, k))
    shell = Answer(body=SHELL.encode())
    lists = [c.dialect.address(c, k) for c in portal.channels for k in range(1, c.pages + 1)]
    portal.extra = (
        made
        | dict.fromkeys(["/", *lists], shell)
        | {"/app.js": Answer(body=APP.encode(), kind="text/javascript")}
    )
    return portal


@pytest.fixture
def shell() -> Iterator[Stand]:
    with Zoo() as zoo:
        yield zoo.stand(application(make_portal(dialects.PHPCMS, stories=7, channels=1)))


def test_a_portal_that_is_an_application_is_crawled_whole_and_what_it_sent_is_kept(
    shell: Stand, tmp_path: Path
) -> None:
    browser()
    db = tmp_path / "a.db"
    report = crawl(shell.url, db, options=RENDER)
    assert articles(db, shell) == true(shell.portal.truth()), report
    assert shell.most_active == 1 and shell.asked()["/app.js"] == 1
    made = rows(db, "select count(*) from captures where rendered")[0][0]
    assert rows(db, "select count(*) from captures where kind = 'shell' and not rendered") == [(made,)]
    assert made == 1 + sum(c.pages for c in shell.portal.channels)
    with Archive.open(db, write=False) as archive:
        home = archive.newest_capture(shell.url)
    assert home is not None and home.body == SHELL.encode()
    again = crawl(shell.url, db, options=RENDER)
    assert (again.articles_new, again.articles_changed) == (0, 0)


def test_without_a_browser_such_a_portal_is_told_and_the_way_to_get_one(shell: Stand, tmp_path: Path) -> None:
    report = crawl(shell.url, tmp_path / "a.db", options=FAST)
    assert report.articles_new == 0
    assert any("kaifaqu[render]" in note and "--render" in note for note in report.notes)


def test_pages_that_can_be_read_are_never_rendered(tmp_path: Path) -> None:
    browser()
    db = tmp_path / "a.db"
    with Zoo() as zoo:
        stand = zoo.stand(make_portal(dialects.JPAAS_EMPTY, stories=12))
        crawl(stand.url, db, options=RENDER)
        assert articles(db, stand) == true(stand.portal.truth())
    assert rows(db, "select count(*) from captures where rendered") == [(0,)]


def test_without_playwright_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *more: Any) -> Any:
        if name.startswith("playwright"):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(MissingExtra, match=r"kaifaqu\[render\]"):
        check()


def test_a_browser_that_is_not_there_is_named(tmp_path: Path) -> None:
    pytest.importorskip("playwright")
    told = CliRunner().invoke(
        cli,
        [
            "crawl",
            "http://127.0.0.1:9/",
            "--render",
            "--chromium",
            str(tmp_path / "none"),
            "--db",
            str(tmp_path / "a.db"),
        ],
    )
    assert told.exit_code == 2 and "--chromium" in told.output and not (tmp_path / "a.db").exists()


def test_a_browser_that_does_not_start_is_named() -> None:
    pytest.importorskip("playwright")

    async def scenario(server: FaultServer, fetcher: Fetcher) -> None:
        raw = await fetcher.fetch(server.url("/"))
        async with Renderer(fetcher, browser="true") as renderer:
            with pytest.raises(UsageError, match="could not be started"):
                await renderer.render(raw, in_scope=lambda url: True)

    visit({"/": answer(200, b"x")}, scenario)
