"""Invented portals of any size on loopback, in a process of their own: `python benchmarks/portals.py HOSTS ARTICLES`.

Each host is a port with four channels in the dialect of TRS; a page weighs about what pages of portals weigh, most of it a
frame that all share. Pages are made as they are asked for, so the server's memory tells nothing. The first line printed is
a JSON list of the front pages; the process ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

CHANNELS = {"xwdt": "新闻动态", "tzgg": "通知公告", "zsyz": "招商引资", "djgz": "党建工作"}
ROWS = 20
_WORDS = "开发区 企业 项目 建设 招商 服务 产业 工作 发展 创新 园区 投资 经济 技术 会议 调研 推进 管委会 安全 检查 环境 改革 重点 签约 开工 智能 制造 物流 人才 政策".split()
_MENU = "".join(f'<li class="nav-item"><a href="/{slug}/">{name}</a></li>' for slug, name in CHANNELS.items())
_FRAME = "".join(
    f'<div class="side-box s{n}"><a class="more" href="javascript:void(0)">更多</a><span class="icon-{n}"></span></div>'
    for n in range(60)
)
_ARTICLE = re.compile(r"/(\w+)/\d{6}/t\d{8}_(\d+)\.html")
_LIST = re.compile(r"/(\w+)/(?:index(?:_(\d+))?\.html)?")


def _words(dice: random.Random, count: int) -> str:
    return "".join(dice.choices(_WORDS, k=count))


def _title(slug: str, number: int) -> str:
    return f"第{number}号{_words(random.Random(f'{slug}{number}'), 6)}"


def _day(number: int) -> date:
    return date(2026, 6, 30) - timedelta(days=number // 3)


def _link(slug: str, number: int) -> str:
    return f"/{slug}/{_day(number):%Y%m}/t{_day(number):%Y%m%d}_{number}.html"


def _page(title: str, inside: str) -> bytes:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}-云岭开发区</title></head><body><div class="header">'
        f'<ul class="nav">{_MENU}</ul></div>{inside}<div class="side">{_FRAME}</div><div class="footer">主办单位：云岭开发区管委会</div>'
        "</body></html>"
    ).encode()


def _row(slug: str, number: int) -> str:
    title = _title(slug, number)
    return f'<li><a href="{_link(slug, number)}" title="{title}">{title}</a><span>{_day(number)}</span></li>'


def _listing(slug: str, page: int, each: int) -> bytes:
    rows = "".join(_row(slug, n) for n in range(page * ROWS, min(each, (page + 1) * ROWS)))
    pages = -(-each // ROWS)
    pager = f'<script>createPageHTML({pages}, {page}, "index", "html");</script>'
    place = f'<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/{slug}/">{CHANNELS[slug]}</a></div>'
    return _page(CHANNELS[slug], f'{place}<ul class="newslist">{rows}</ul><div class="page">{pager}</div>')


def _article(slug: str, number: int) -> bytes:
    dice = random.Random(f"{slug}{number}!")
    body = "".join(f"<p>　　{_words(dice, 40)}。</p>" for _ in range(dice.randrange(3, 10)))
    info = (
        f"发布时间：{_day(number)} {8 + number % 9:02}:{number % 60:02}　来源：云岭开发区管委会　作者：林知远"
    )
    title = _title(slug, number)
    inside = f'<h1>{title}</h1><div class="info">{info}</div><div class="content" id="zoom">{body}</div>'
    return _page(title, f'<div class="article">{inside}</div>')


def respond(path: str, each: int) -> tuple[int, bytes]:
    """Status and body; `each`: articles of a channel."""
    if path == "/":
        rows = "".join(f"<ul>{''.join(_row(slug, n) for n in range(6))}</ul>" for slug in CHANNELS)
        return 200, _page("首页", rows)
    if (found := _ARTICLE.fullmatch(path)) and found[1] in CHANNELS and int(found[2]) < each:
        return 200, _article(found[1], int(found[2]))
    if (found := _LIST.fullmatch(path)) and found[1] in CHANNELS and int(found[2] or 0) * ROWS < each:
        return 200, _listing(found[1], int(found[2] or 0), each)
    return 404, b"<h1>404 Not Found</h1>"


class _Talk(asyncio.Protocol):
    """One connection."""

    def __init__(self, each: int) -> None:
        self.each = each
        self.held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, _, self.held = self.held.partition(b"\r\n\r\n")
            status, body = respond(head.split(b" ", 2)[1].decode(), self.each)
            told = b"HTTP/1.1 %d X\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (
                status,
                len(body),
            )
            self.transport.write(told + body)  # type: ignore[attr-defined]


async def _serve(hosts: int, articles: int) -> None:
    loop = asyncio.get_running_loop()
    each = articles // hosts // len(CHANNELS)
    servers = [await loop.create_server(lambda: _Talk(each), "127.0.0.1", 0) for _ in range(hosts)]
    print(json.dumps([f"http://127.0.0.1:{one.sockets[0].getsockname()[1]}/" for one in servers]), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def portals(hosts: int, articles: int) -> Iterator[list[str]]:
    """The front pages of so many portals with so many articles in all, while the block runs."""
    command = [sys.executable, str(Path(__file__)), str(hosts), str(articles)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
