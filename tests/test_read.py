"""What read() promises of any bytes: it answers, it is bounded, and it takes a page for what it is."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper import read
from scraper.model import Family
from scraper.read.links import MAX_LINKS

PAGES = sorted(Path(__file__).parent.glob("fixtures/*/*/page.html"))
URL = "http://www.qinghe-zone.example/xwzx/202403/t20240320_1.html"
KINDS = {"article", "listing", "home", "file", "dead", "blocked", "other"}
TEXT = "青禾开发区今天公布了上半年的用水账单，工业用水重复利用率达到九成，节水改造的企业得到表扬。"
TAGS = "div p span table tr td li ul a h1 h2 script style br img em font form iframe title meta body html <!-- -->".split()
PIECES = st.lists(
    st.one_of(
        st.sampled_from([f"<{t}>" for t in TAGS] + [f"</{t}>" for t in TAGS]),
        st.sampled_from(["来源：", "作者：", "发布时间：2024-03-20", "点击量：12", "（记者 王小明）", "<td>发布机构", "<td>文号<td>", "<dt>索引号", "｜", "文/", "上一篇", "&nbsp;&nbsp;"]),
        st.text(max_size=30),
        st.just(TEXT),
    ),
    max_size=60,
)  # fmt: skip


@given(st.binary(max_size=600))
def test_any_bytes_are_answered(body: bytes) -> None:
    assert read(body, URL).kind in KINDS


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(PIECES)
def test_any_tag_soup_is_answered(pieces: list[str]) -> None:
    got = read("".join(pieces).encode("utf-8", "replace"), URL)
    assert got.kind in KINDS
    if got.article is not None:
        assert "<script" not in got.article.body_html
        assert "javascript:" not in got.article.body_html


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PAGES), st.randoms(use_true_random=False))
def test_a_damaged_page_is_answered(path: Path, chance: random.Random) -> None:
    body = bytearray(path.read_bytes())
    for _ in range(8):
        at = chance.randrange(len(body) + 1)
        if chance.random() < 0.5:
            del body[at : at + chance.randrange(200)]
        else:
            body[at:at] = chance.choice(
                [b"<", b"<?", b"</div>", b"\0", b"\xff\xfe", b"<table><tr><td>", b'"', b"<script>"]
            )
    assert read(bytes(body), URL).kind in KINDS


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}")
def test_a_page_that_is_cut_or_mislabelled_is_answered(path: Path) -> None:
    body = path.read_bytes()
    for part in (1, 3, 5, 7):
        assert read(body[: len(body) * part // 8], URL).kind in KINDS
    for charset in ("utf-16", "big5", "shift_jis", "x-none", "utf-7"):
        assert read(body, URL, content_type=f"text/html; charset={charset}").kind in KINDS


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<p>来源：<span>青</span>",
        "<a href='x.html'>一条消息的标题</a> ",
        "来源：",
        "（",
        "<h1 class=title>",
        "<div class=position>首页 &gt; ",
        "<div id=zoom>" + TEXT,
        "2024-03-20 ",
        "<td>发布机构<td>",
        "<tr><td>索引号<td>文号",
        "<p>索引号：1 文号：2",
        "<script>var a='b';document.write(a)</script>",
        "<!-- x -->",
        "<img src=a.jpg>" + TEXT,
        "王小明、",
        "&nbsp;&nbsp;",
    ],
)
def test_time_grows_no_faster_than_the_page(unit: str) -> None:
    def cost(times: int) -> float:
        body = f"<html><head><title>{TEXT[:20]}</title></head><body>{unit * times}</body></html>".encode()
        start = time.process_time()
        read(body, URL)
        return time.process_time() - start

    small = max(cost(500), 0.002)
    assert cost(5_000) < 60 * small + 0.5  # ten times the page; a square would cost a hundred


def test_links_are_bounded_absolute_and_each_once() -> None:
    body = "<html><body>" + "".join(f"<a href='/n/{i % 9000}.html'>第{i}条</a>" for i in range(12_000))
    links = read(body.encode(), URL).links
    assert len(links) == MAX_LINKS
    assert len({link.url for link in links}) == MAX_LINKS
    assert links[0].url == "http://www.qinghe-zone.example/n/0.html"
    assert links[0].text == "第0条"


def test_links_stand_in_frames_areas_and_handlers_too() -> None:
    body = b"""<html><body><iframe src="list.html"></iframe><map><area href="/map.html" title="map"></map>
    <span onclick="window.open('/open.html')">x</span><a href="javascript:void(0)" onclick="location.href='jump.html'">y</a>
    <a href="mailto:x@y.example">mail</a><a href="#top">top</a></body></html>"""
    assert [link.url.rpartition("/")[2] for link in read(body, URL).links] == [
        "list.html",
        "map.html",
        "open.html",
        "jump.html",
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"%PDF-1.4 x", None, "file"),
        (b"PK\x03\x04rest", None, "file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "text/html", "file"),
        (b"\xff\xd8\xff\xe0rest", None, "file"),
        (b"Rar!\x1a\x07\x00rest", None, "file"),
        (b"whatever", "application/pdf", "file"),
        (b"BM and so on, <p>said the page</p>", None, "other"),
        (b"", None, "other"),
        (b"<p>x</p>", "application/octet-stream", "other"),
    ],
)
def test_files_are_told_from_pages_by_first_bytes_and_media_type(
    body: bytes, content_type: str | None, kind: str
) -> None:
    assert read(body, URL, content_type=content_type).kind == kind


def test_the_rule_of_a_portal_beats_the_label_on_the_page() -> None:
    body = f"""<html><body><h1>节水账单公布</h1><p class=b>来源：青禾晚报 发布时间：2024-03-20</p>
    <b id=real>青禾水务局</b><div class=con><p>{TEXT}</p><p>{TEXT}！</p></div></body></html>""".encode()
    portal = Family(name="www.qinghe-zone.example", selectors={"source": ("#real",)})
    plain, ruled = read(body, URL).article, read(body, URL, portal=portal).article
    assert plain is not None
    assert ruled is not None
    assert (plain.source, ruled.source) == ("青禾晚报", "青禾水务局")
    assert ruled.evidence["source"].rule.startswith("portal")
    assert ("byline 来源", "青禾晚报") in ruled.evidence["source"].rivals


def test_a_status_of_404_is_a_dead_page_whatever_it_says() -> None:
    assert read(f"<html><body><p>{TEXT}</p></body></html>".encode(), URL, status=404).kind == "dead"


def test_importing_the_reader_opens_no_network_and_no_database() -> None:
    code = "import sys, scraper; print([m for m in ('httpx', 'sqlite3', 'sqlite_utils', 'tenacity') if m in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


@pytest.mark.parametrize(
    ("page", "leads_to"),
    [
        ("<script>window.location.href='/a.html'</script>", "/a.html"),
        (
            "<script>function go(){ if (top) { location.href='/a.html' } } setTimeout(go, 0)</script>",
            "/a.html",
        ),
        ("<script>function go(){ location.replace('/a.html') }</script><body onload='go()'>", "/a.html"),
        ("<script>window.onload = function(){ location.href = '/a.html' }</script>", "/a.html"),
        ("<script>function check(x){ if (x) { return '' } }\nlocation.href='/a.html'</script>", "/a.html"),
        ("<script>function sub(){ location.href='/search.html' }</script><form onsubmit='sub()'>", None),
        ("<script>location.href='/search.html?keyword=' + key</script>", None),
        ("<script>function ask(){ location.href='/s.html' }\nlocation.href='/a.html'</script>", "/a.html"),
    ],
)
def test_a_script_sends_on_when_it_runs_by_itself_and_not_when_a_click_runs_it(
    page: str, leads_to: str | None
) -> None:
    redirect = read(f"<html>{page}<p>青禾开发区</p></html>".encode(), URL).redirect
    assert redirect == (leads_to and f"http://www.qinghe-zone.example{leads_to}")


def test_a_script_of_many_functions_costs_linear_time() -> None:
    script = "function f(){{" * 20_000 + "location.href='/a.html'"
    start = time.process_time()
    read(f"<html><script>{script}</script></html>".encode(), URL)
    read(f"<html><script>{'location.href=1+' * 5_000}</script></html>".encode(), URL)
    sleeping = "".join(f"function f{n}(){{location.href='/a.html'}}" for n in range(5_000))
    assert read(f"<html><script>{sleeping}</script></html>".encode(), URL).redirect is None
    assert time.process_time() - start < 2
