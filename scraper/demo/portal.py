"""The demo portal as a whole: every page built once, and the few answers that depend on what is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from html import escape
from urllib.parse import parse_qs, unquote, urlsplit
from zlib import crc32

from scraper.demo.content import DemoChannel, DemoRow, Story, channels
from scraper.demo.dialects import SPOKEN
from scraper.demo.dialects.hanweb import COLUMN, data_store
from scraper.demo.files import make_file
from scraper.demo.layout import SITE, Answer, Site, fill, link_to, menu, outside_links

ROBOTS = "User-agent: *\nDisallow: /search/\n"
NOT_FOUND = Answer(
    body=b"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>",
    status=404,
)
_SORRY = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>提示信息</title></head><body><div class="msgbox">'
    '<h3>提示信息</h3><p>您访问的页面不存在或已删除！</p><p><a href="/">返回首页</a></p></div></body></html>'
)
_DYNCLICKS = """\
var _clicks = '/system/resource/code/news/click/dynclicks.jsp?clicktype=wbnews&owner=';
function _ask(owner, id, span) {
  var ask = new XMLHttpRequest();
  ask.onload = function () { span.innerHTML = ask.responseText; };
  ask.open('GET', _clicks + owner + '&clickid=' + id);
  ask.send();
}
function _showDynClicks(type, owner, id) {
  document.write('<span id="dynclicks_' + type + '_' + id + '"></span>');
  _ask(owner, id, document.getElementById('dynclicks_' + type + '_' + id));
}
function _showDynClickBatch(spans, ids, type, owner) {
  for (var i = 0; i < ids.length; i++) _ask(owner, ids[i], document.getElementById(spans[i]));
}
"""


@cache
def pages() -> dict[str, Answer]:
    """All fixed pages and files of the portal by their path."""
    return dict(_pages())


def respond(target: str) -> Answer:
    """The answer to a request's target (path and query). Pure: nothing is counted here."""
    found = pages().get(target) or pages().get(target.removesuffix("index.html"))
    if found is not None:
        return found
    try:
        parts = urlsplit(target)
    except ValueError:  # such as an open bracket where a host should be
        return NOT_FOUND
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    match unquote(parts.path):
        case "/rl.html":
            return _calendar(query.get("d", ""))
        case "/search/":
            return _search(query.get("q", ""))
        case "/module/web/jpage/dataproxy.jsp":
            return _data_proxy(query)
        case "/system/resource/code/news/click/dynclicks.jsp":
            return _number("vsb", query.get("clickid", ""), "{}")
        case "/system/resource/code/news/click/addclicktimes.jsp":
            return Answer(body=b"")
        case "/module/visitcount/articlehits.jsp":
            return _number("hanweb", query.get("artid", ""), 'document.write("{}");')
        case "/module/visitcount/visit.jsp":
            return Answer(body=b"<html></html>")
        case "/cms-access-service/access/views":
            return _json({"status": "success", "result": {"views": 100 + crc32(target.encode()) % 900}})
        case path if path.startswith("/zxzx/") and path.endswith(".html"):
            return Answer(body=_SORRY.encode())  # this CMS says 200 to whatever it has not
        case _:
            return NOT_FOUND


def _pages() -> Iterator[tuple[str, Answer]]:
    site = Site(channels=channels(), hot=_hot())
    yield "/", _home(site)
    yield "/robots.txt", Answer(body=ROBOTS.encode(), kind="text/plain")
    yield "/system/resource/js/dynclicks.js", Answer(body=_DYNCLICKS.encode(), kind="text/javascript")
    for channel in channels():
        speak = SPOKEN[channel.dialect]
        for number in range(1, 2 if speak.by_proxy else channel.page_count + 1):
            yield speak.list_path(channel, number), speak.answer(speak.list_page(channel, number, site))
        for story in channel.stories():
            paths = (story.article.path, *story.article.pages)
            for number, path in enumerate(paths, 1):
                yield path, speak.answer(speak.article_page(channel, story, number, site))
            yield from _story_files(story)


def _story_files(story: Story) -> Iterator[tuple[str, Answer]]:
    for page in story.pages:
        for block in page:
            if block.path:
                body, kind = make_file(block.path, block.text or story.article.title)
                yield block.path, Answer(body=body, kind=kind)


def _hot() -> tuple[DemoRow, ...]:
    """The most viewed rows of the first channel."""

    def views(row: DemoRow) -> int:
        return (row.story and row.story.article.views) or 0

    return tuple(sorted(channels()[0].rows, key=views, reverse=True)[:6])


def _home(site: Site) -> Answer:
    blocks = "\n".join(_home_block(channel) for channel in site.channels)
    pictures = [
        (s.article, s.article.images[0]) for c in site.channels for s in c.stories() if s.article.images
    ]
    slides = "".join(
        f'<li><a href="{a.path}" title="{escape(a.title)}"><img src="{src}" alt="{escape(a.title)}"></a></li>'
        for a, src in pictures[:3]
    )
    return Answer(
        body=fill(
            "home", site=SITE, nav=menu(site.channels), slides=slides, blocks=blocks, links=outside_links()
        ).encode()
    )


def _home_block(channel: DemoChannel) -> str:
    rows = "".join(
        f"<li>{link_to(row, 24)}<span>{(row.date or '')[5:]}</span></li>" for row in channel.rows[:6]
    )
    return (
        f'<div class="block"><h3><a href="{channel.path}">{channel.name}</a>'
        f'<a class="more" href="{channel.path}">更多&gt;&gt;</a></h3><ul>{rows}</ul></div>'
    )


def _calendar(day: str) -> Answer:
    """A day of a calendar without end: each links to the days around it."""
    try:
        today = date.fromisoformat(day)
        around = [today + timedelta(days=n) for n in (-30, -1, 1, 30)]
    except (ValueError, OverflowError):
        return NOT_FOUND
    links = " ".join(f'<a href="/rl.html?d={other}">{other}</a>' for other in around)
    return Answer(
        body=(
            f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>办事日历 {today}-{SITE}</title></head>'
            f'<body><h1>{today:%Y年%m月%d日}</h1><p>今日无安排</p><div class="rl">{links}</div>'
            f'<p><a href="/">返回首页</a></p></body></html>'
        ).encode()
    )


def _search(words: str) -> Answer:
    hits = [row for c in channels() for row in c.rows if words and words in row.title]
    rows = "".join(f"<li>{link_to(row, 40)}</li>" for row in hits)
    return Answer(
        body=(
            f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>站内搜索-{SITE}</title></head><body>'
            f"<p>“{escape(words)}”共{len(hits)}条结果</p><ul>{rows}</ul></body></html>"
        ).encode()
    )


def _data_proxy(query: dict[str, str]) -> Answer:
    """Rows of the Hanweb channel: page `page`, or records `startrecord` to `endrecord`, both from 1."""
    channel = next(c for c in channels() if c.dialect == "hanweb")
    try:
        per_page = int(query.get("perpage", channel.per_page))
        page = int(query.get("page", 1))
        first = int(query.get("startrecord", (page - 1) * per_page + 1))
        last = int(query.get("endrecord", first + per_page - 1))
    except ValueError:
        return Answer(body=b"", status=500)
    mine = query.get("columnid") == COLUMN and first >= 1
    rows = channel.rows[first - 1 : max(last, 0)] if mine else ()
    return Answer(body=data_store(rows, channel).encode(), kind="text/xml; charset=utf-8")


def _number(dialect: str, number: str, pattern: str) -> Answer:
    """What a counter that does not add answers; 0 for an article it does not know."""
    known = (s for c in channels() if c.dialect == dialect for s in c.stories() if s.id == number)
    story = next(known, None)
    counted = story.article.counted if story else 0
    return Answer(body=pattern.format(counted).encode(), kind="text/html; charset=utf-8")


def _json(value: object) -> Answer:
    return Answer(body=json.dumps(value).encode(), kind="application/json")
