"""The demo portal: it serves what `truth()` says, each channel's own rule reaches every article, and it ends with us."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import re
import socket
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest

from scraper.demo import DemoArticle, DemoChannel, DemoServer, channels, start_demo, truth
from scraper.demo.content import Block
from scraper.demo.dialects import SPOKEN
from scraper.demo.layout import Look, blocks_html
from scraper.demo.portal import respond
from scraper.errors import Unreachable

BASE = "http://127.0.0.1"
BY_PATH = {a.path: a for a in truth()}
CHARSET = {c.name: SPOKEN[c.dialect].charset for c in channels()}


def ids(value: DemoArticle | DemoChannel) -> str:
    return value.path


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with start_demo() as running:
        yield running


@pytest.fixture
def line(server: DemoServer) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    yield connection
    connection.close()


def get(
    line: http.client.HTTPConnection, target: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    line.request(method, target, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = line.getresponse()
    return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


def page(target: str, charset: str = "utf-8") -> str:
    answer = respond(target)
    assert answer.status == 200, target
    return answer.body.decode(charset)


# --- what it says --------------------------------------------------------------------------------------------------


def test_every_article_answers_with_its_headline_in_its_channels_charset(
    line: http.client.HTTPConnection,
) -> None:
    for article in truth():
        for path in (article.path, *article.pages):
            status, headers, body = get(line, path)
            assert status == 200
            assert int(headers["content-length"]) == len(body)
            assert article.title in unescape(body.decode(CHARSET[article.channel])), path


@pytest.mark.parametrize("article", truth(), ids=ids)
def test_the_pages_of_an_article_hold_its_body_and_its_printed_fields(article: DemoArticle) -> None:
    text = "".join(page(path, CHARSET[article.channel]) for path in (article.path, *article.pages))
    shown = unescape(text)
    for words in (article.source, article.author, article.editor, *article.body):
        for cell in (words or "").split("\t"):
            assert all(part in shown for part in cell.split())
    if article.views is not None:
        assert re.search(rf"(?:点击量|阅读)[:：]{article.views}\D", shown)


def test_every_file_of_an_article_is_served_as_what_its_name_says() -> None:
    magic = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<svg ", "pdf": b"%PDF-1.4", "docx": b"PK\x03\x04"}
    files = [path for a in truth() for path in (*a.attachments, *a.images)]
    assert {path.rpartition(".")[2] for path in files} == set(magic)
    for path in files:
        assert respond(path).body.startswith(magic[path.rpartition(".")[2]]), path


def test_pictures_and_attachments_are_whole() -> None:
    found = {
        path.rpartition(".")[2]: respond(path).body for a in truth() for path in (*a.images, *a.attachments)
    }
    width, height = struct.unpack(">II", found["png"][16:24])
    size = struct.unpack(">I", found["png"][33:37])[0]
    assert len(zlib.decompress(found["png"][41 : 41 + size])) == height * (1 + 3 * width)
    with zipfile.ZipFile(io.BytesIO(found["docx"])) as archive:
        assert archive.testzip() is None
    start = int(found["pdf"].rsplit(b"startxref\n", 1)[1].split()[0])
    assert found["pdf"][start:].startswith(b"xref\n")


def test_no_two_articles_are_alike() -> None:
    articles = truth()
    assert len(articles) >= 80
    assert len({a.title for a in articles}) == len({a.path for a in articles}) == len(articles)
    paragraphs = [line for a in articles for line in a.body]
    assert len(paragraphs) == len(set(paragraphs))


def test_the_articles_cover_the_years_and_every_length() -> None:
    dated = [a for a in truth() if a.date]
    assert {a.date[:4] for a in dated if a.date} == {str(year) for year in range(2021, 2027)}
    sizes = sorted(sum(map(len, a.body)) for a in truth())
    assert sizes[0] == 0, "a picture article has no text"
    assert sizes[1] < 100
    assert sizes[-1] > 500
    assert max(len(a.body) for a in truth()) >= 12


def test_the_portal_holds_each_hard_case() -> None:
    articles = truth()
    assert [a.pages for a in articles if a.pages] == [("/zxzx/202502/112_2.html", "/zxzx/202502/112_3.html")]
    assert [a.title for a in articles if a.date is None] == ["企业名片：临澜骁行智能装备有限公司"]
    assert any(not a.body and len(a.images) > 1 for a in articles), "pictures without text"
    assert any("\t" in line for a in articles for line in a.body), "a table"
    assert [a.title for a in articles if a.date and a.source is None] == ["一次没有主席台的座谈会"]
    assert re.search(r"来源：\s*&nbsp;", page("/info/1032/4597.htm")), "an empty label"
    listed = [row.href for c in channels() for row in c.rows]
    assert {href for href in listed if listed.count(href) > 1} == {
        "/tzgg/202609/t20260924_10225.html",
        "/art/2026/11/12/art_1234_5713.html",
    }
    assert [href for href in listed if href.startswith("http")] == [
        "http://news.example.com/2023/0817/yunling.html"
    ]
    gone = [href for href in listed if href.startswith("/") and href not in BY_PATH]
    assert [respond(href).status for href in gone] == [200, 404]
    assert "您访问的页面不存在或已删除" in page(gone[0])


def test_the_builders_time_in_the_metas_is_not_the_date_readers_see() -> None:
    article = next(a for a in truth() if a.channel == "通知公告")
    html = page(article.path)
    built = re.search(r'name="PubDate" content="([^"]+)"', html)
    assert built and article.date
    assert f'content="页面生成时间 {built[1]}"' in html
    assert built[1][:10] > article.date[:10]
    assert f"发布时间：{article.date}" in html
    assert html.count(article.body[0]) == 2, "once for readers, once hidden for the elderly"


def test_the_gbk_channel_says_nothing_of_its_charset_or_too_little() -> None:
    channel = next(c for c in channels() if c.dialect == "gbk")
    listing = respond(channel.path)
    assert listing.kind == "text/html" and b"charset" not in listing.body
    with pytest.raises(UnicodeDecodeError):
        listing.body.decode("utf-8")
    article = respond(next(a.path for a in truth() if a.author == "舒琬镕"))
    assert b"charset=gb2312" in article.body
    with pytest.raises(UnicodeDecodeError):
        article.body.decode("gb2312")
    assert "舒琬镕" in article.body.decode("gb18030")


def test_text_is_escaped_wherever_it_stands() -> None:
    blocks = (
        Block(kind="text", text="a<b>&c"),
        Block(kind="picture", text='"x"', path="/p.png"),
        Block(kind="table", rows=(("<i>", "&"),)),
        Block(kind="file", text="<u>", path="/f.pdf"),
    )
    html = blocks_html(blocks, Look())
    assert "a&lt;b&gt;&amp;c" in html and "<td>&lt;i&gt;</td><td>&amp;</td>" in html
    assert "&lt;u&gt;</a>" in html and "&quot;x&quot;" in html


# --- listings: each dialect walked by its own rule, written here a second time ------------------------------------


def links_of(html: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'<a[^>]+href="([^"]+)"[^>]*title="', html)]


def walk_by_link(channel: DemoChannel, words: str) -> Iterator[str]:
    url: str | None = BASE + channel.path
    while url:
        html = page(url.removeprefix(BASE), SPOKEN[channel.dialect].charset)
        yield from (urljoin(url, href) for href in main_rows(channel, html))
        step = re.search(rf'<a href="([^"]+)">{words}</a>', html)
        url = urljoin(url, unescape(step[1])) if step else None


def walk_trs(channel: DemoChannel) -> Iterator[str]:
    first = page(channel.path)
    match = re.search(r'createPageHTML\((\d+), (\d+), "(\w+)", "(\w+)"\);', first)
    assert match and match[2] == "0"
    for k in range(int(match[1])):
        path = channel.path + (f"{match[3]}_{k}" if k else match[3]) + "." + match[4]
        yield from (urljoin(BASE + path, href) for href in main_rows(channel, page(path)))


def walk_ucap(channel: DemoChannel) -> Iterator[str]:
    first = page(channel.path)
    match = re.search(r"createPageHTML\('page_div',(\d+), (\d+),'(\w+)','(\w+)',(\d+)\);", first)
    assert match and match[2] == "1" and int(match[5]) == channel.claimed
    for k in range(1, int(match[1]) + 1):
        path = urljoin(channel.path, (f"{match[3]}_{k}" if k > 1 else match[3]) + "." + match[4])
        yield from (urljoin(BASE + path, href) for href in main_rows(channel, page(path)))


def walk_hanweb(channel: DemoChannel) -> Iterator[str]:
    first = page(channel.path)
    proxy = re.search(r"proxy:'([^']+)'", first)
    assert (
        proxy
        and "<a " not in re.sub(r"<script.*?</script>", "", first, flags=re.S).split('id="4321"')[1][:40]
    )
    for k in range(1, 100):
        records = links_of(page(f"{proxy[1]}&page={k}"))
        if not records:
            return
        yield from (urljoin(BASE + channel.path, href) for href in records)


def main_rows(channel: DemoChannel, html: str) -> list[str]:
    """The links between the list's own marks."""
    marks = {
        "plain": ('<ul class="newslist">', "</ul>"),
        "trs": ('<ul class="list">', "</ul>"),
        "ucap": ('<ul class="zc">', "</ul>"),
        "vsb": ('<ul class="n_list">', "</ul>"),
        "gbk": ("当前位置", "共 "),
    }
    start, end = marks[channel.dialect]
    return links_of(html.split(start)[1].split(end)[0])


WALKS: dict[str, Callable[[DemoChannel], Iterator[str]]] = {
    "plain": lambda channel: walk_by_link(channel, "下一页"),
    "gbk": lambda channel: walk_by_link(channel, "下一页"),
    "vsb": lambda channel: walk_by_link(channel, "下页"),
    "trs": walk_trs,
    "ucap": walk_ucap,
    "hanweb": walk_hanweb,
}


@pytest.mark.parametrize("channel", channels(), ids=ids)
def test_a_walk_by_the_channels_own_rule_reaches_every_row_once(channel: DemoChannel) -> None:
    walked = list(WALKS[channel.dialect](channel))
    assert walked == [urljoin(BASE, row.href) for row in channel.rows]
    assert len(walked) == len(set(walked)) == channel.claimed


def test_the_channels_together_hold_every_article() -> None:
    listed = {row.href for c in channels() for row in c.rows}
    assert set(BY_PATH) <= listed


def test_vsb_pages_count_down() -> None:
    channel = next(c for c in channels() if c.dialect == "vsb")
    assert [SPOKEN["vsb"].list_path(channel, k) for k in (1, 2, 3)] == [
        "/yqdt.htm",
        "/yqdt/2.htm",
        "/yqdt/1.htm",
    ]


@pytest.mark.parametrize("channel", channels(), ids=ids)
def test_a_channel_claims_as_many_rows_as_it_has(channel: DemoChannel) -> None:
    html = page(channel.path, SPOKEN[channel.dialect].charset)
    said = re.search(r"共 ?(\d+) ?条|'shtml',(\d+)\)|totalRecord:(\d+)|createPageHTML\((\d+),", html)
    assert said
    number = next(int(group) for group in said.groups() if group)
    assert number == (channel.page_count if channel.dialect == "trs" else channel.claimed)


def test_the_data_proxy_answers_windows_of_records_and_nothing_beyond() -> None:
    channel = next(c for c in channels() if c.dialect == "hanweb")
    proxy = "/module/web/jpage/dataproxy.jsp?columnid=1234&unitid=4321"
    assert links_of(page(f"{proxy}&startrecord=3&endrecord=12")) == [row.href for row in channel.rows[2:12]]
    assert links_of(page(f"{proxy}&startrecord=1&endrecord=10000")) == [row.href for row in channel.rows]
    assert links_of(page(f"{proxy}&page=9")) == links_of(page(f"{proxy}&startrecord=0&endrecord=-5")) == []
    assert links_of(page(proxy.replace("1234", "1"))) == []
    assert respond(f"{proxy}&page=x").status == 500


def test_the_home_page_leads_to_every_channel() -> None:
    html = page("/")
    assert all(f'href="{c.path}"' in html and c.name in html for c in channels())


# --- how it serves -------------------------------------------------------------------------------------------------


def test_an_unchanged_page_is_answered_by_304_without_a_body(line: http.client.HTTPConnection) -> None:
    _, headers, body = get(line, "/zxzx/")
    status, again, empty = get(line, "/zxzx/", if_none_match=headers["etag"])
    assert (status, empty, again["etag"]) == (304, b"", headers["etag"]) and body
    assert get(line, "/zxzx/", if_none_match='"other"')[0] == 200


def test_head_tells_the_length_and_sends_no_body(line: http.client.HTTPConnection) -> None:
    status, headers, body = get(line, "/", method="HEAD")
    assert (status, body) == (200, b"") and int(headers["content-length"]) == len(respond("/").body)


def test_one_connection_carries_many_requests(line: http.client.HTTPConnection) -> None:
    get(line, "/")
    own = line.sock
    for _ in range(20):
        get(line, "/robots.txt")
    assert line.sock is own


def test_what_is_not_there_is_404_and_what_is_not_asked_for_so_is_405(
    line: http.client.HTTPConnection,
) -> None:
    assert get(line, "/nothing.html")[0] == 404
    assert get(line, "/", method="DELETE")[0] == 405
    assert get(line, "/")[0] == 200


def test_robots_keeps_crawlers_out_of_the_search_that_the_pages_link_to(
    line: http.client.HTTPConnection,
) -> None:
    assert b"Disallow: /search/" in get(line, "/robots.txt")[2]
    home = get(line, "/")[2].decode()
    link = re.search(r'href="(/search/[^"]+)"', home)
    assert link and get(line, link[1])[0] == 200


def test_the_calendar_has_no_end() -> None:
    path, seen = "/rl.html?d=2026-11-23", set()
    for _ in range(50):
        seen.add(path)
        fresh = [href for href in re.findall(r'href="(/rl[^"]+)"', page(path)) if href not in seen]
        path = fresh[-1]
    assert len(seen) == 50
    assert respond("/rl.html?d=never").status == respond("/rl.html?d=0001-01-01").status == 404


def test_counters_that_show_do_not_count_and_the_log_tells_who_asked_one_that_adds(
    line: http.client.HTTPConnection,
) -> None:
    vsb, hanweb = (next(a for a in truth() if a.channel == name) for name in ("园区动态", "招商引资"))
    number = vsb.path.rpartition("/")[2].removesuffix(".htm")
    show = (
        f"/system/resource/code/news/click/dynclicks.jsp?clickid={number}&owner=1700000001&clicktype=wbnews"
    )
    assert [int(get(line, show)[2]) for _ in range(3)] == [vsb.counted] * 3
    hits = f"/module/visitcount/articlehits.jsp?colid=1234&artid={hanweb.path[-9:-5]}"
    assert get(line, hits)[2].decode() == f'document.write("{hanweb.counted}");'
    add = f"/system/resource/code/news/click/addclicktimes.jsp?wburlid={number}"
    assert add not in json.loads(get(line, "/__log")[2])
    get(line, add)
    log = json.loads(get(line, "/__log")[2])
    assert log[add] == 1 and log[show] == 3 and "/__log" not in log


def test_it_listens_on_loopback_only(server: DemoServer) -> None:
    assert urlsplit(server.url).hostname == "127.0.0.1"
    with socket.socket() as other:
        other.bind(("127.0.0.2", urlsplit(server.url).port or 0))  # taken, had it bound every address


@pytest.mark.parametrize(
    "noise",
    [
        b"\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /" + b"a" * 200_000,
        b"\xff\xfe\x00" * 9,
        b"GET //[ HTTP/1.1\r\n\r\n",
        b"GET /%zz HTTP/9\r\n:\r\n\r\n",
    ],
)
def test_it_outlives_what_is_no_request(
    server: DemoServer, line: http.client.HTTPConnection, noise: bytes
) -> None:
    address = ("127.0.0.1", urlsplit(server.url).port or 0)
    with contextlib.suppress(OSError), socket.create_connection(address, timeout=5) as rude:
        rude.sendall(noise)  # the portal may hang up before all is said
        rude.shutdown(socket.SHUT_WR)
    assert get(line, "/")[0] == 200


def test_non_ascii_and_encoded_targets_mean_the_same(line: http.client.HTTPConnection) -> None:
    assert "条结果".encode() in get(line, "/search/?q=" + quote("云岭"))[2]


def closed(port: int, patience: float = 10.0) -> bool:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return True
        time.sleep(0.02)
    return False


def test_it_ends_when_it_is_closed_though_a_client_stays_connected() -> None:
    with start_demo() as server:
        port = urlsplit(server.url).port or 0
        idle = socket.create_connection(("127.0.0.1", port))
    idle.close()
    assert closed(port)


def test_it_ends_when_its_parent_is_killed() -> None:
    code = "from scraper.demo import start_demo; s = start_demo(); print(s.url, flush=True); input()"
    root = Path(__file__).parent.parent
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    port = urlsplit(parent.stdout.readline().strip()).port or 0
    assert not closed(port, 0.1)
    parent.kill()
    parent.communicate()
    assert closed(port)


def test_a_taken_port_is_said_in_one_line() -> None:
    with start_demo() as server:
        port = urlsplit(server.url).port or 0
        with pytest.raises(Unreachable, match=f"port {port}; "):
            start_demo(port)
