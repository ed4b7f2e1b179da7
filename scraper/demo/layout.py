"""What the dialects share in making pages: templates, escaping, blocks as HTML, the lists beside the text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from html import escape
from importlib import resources
from string import Template

from scraper.demo.content import Block, DemoArticle, DemoChannel, DemoRow, Story

SITE = "云岭经济技术开发区"
_OUTSIDE = tuple(
    "临澜市人民政府 临澜市发展和改革委员会 临澜市工业和信息化局 临澜市商务局 临澜市市场监督管理局 临澜海关 云岭区人民政府 临澜市税务局 "
    "开发区研究会 临澜市企业家联合会 临澜市物流协会 临澜日报 澜江新闻网 临澜广播电视台 栖凤新区 望石高新区 澜江港务 云岭人才网 中小企业之家".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the server: `kind` is the Content-Type header."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: int = 200

    @property
    def etag(self) -> str:
        """Of the bytes, so that an unchanged page is known again after a restart."""
        return f'"{hashlib.sha1(self.body, usedforsecurity=False).hexdigest()[:20]}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a CMS's editor writes blocks: patterns with `{text}`, `{src}`, `{href}`."""

    paragraph: str = "<p>{text}</p>"
    picture: str = '<p style="text-align:center"><img src="{src}" alt=""></p>'
    caption: str = '<p style="text-align:center">{text}</p>'
    file: str = '<p><a href="{href}">{text}</a></p>'
    table: str = '<table border="1" cellspacing="0" cellpadding="4">{rows}</table>'
    beside: bool = False
    """Files lie in the article's own folder and are linked as `./name`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What pages know of the portal around them."""

    channels: tuple[DemoChannel, ...]
    hot: tuple[DemoRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One way of speaking: the address of listing page k (from 1), its HTML, the HTML of page k of an article."""

    list_path: Callable[[DemoChannel, int], str]
    list_page: Callable[[DemoChannel, int, Site], str]
    article_page: Callable[[DemoChannel, Story, int, Site], str]
    charset: str = "utf-8"
    kind: str = "text/html; charset=utf-8"
    by_proxy: bool = False
    """Only the first listing page is a page; a data proxy answers the others."""

    def answer(self, html: str) -> Answer:
        """A page as the server sends it."""
        return Answer(body=html.encode(self.charset), kind=self.kind)


@cache
def template(name: str) -> Template:
    """`templates/<name>.html`."""
    return Template((resources.files("scraper.demo") / "templates" / f"{name}.html").read_text("utf-8"))


def fill(name: str, **slots: str) -> str:
    """A template with its slots filled; the values are HTML already."""
    return template(name).substitute(slots)


def blocks_html(blocks: Iterable[Block], look: Look) -> str:
    """A story's blocks as a CMS's editor would have written them."""
    return "\n".join(_block_html(block, look) for block in blocks)


def _block_html(block: Block, look: Look) -> str:
    text = escape(block.text)
    path = "./" + block.path.rpartition("/")[2] if look.beside else block.path
    match block.kind:
        case "text":
            return look.paragraph.format(text=text)
        case "picture":
            return look.picture.format(src=path) + (look.caption.format(text=text) if text else "")
        case "file":
            return look.file.format(href=path, text=text)
        case "table":
            rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in block.rows)
            return look.table.format(rows="\n".join(f"<tr>{row}</tr>" for row in rows))


def clip(title: str, width: int) -> str:
    """A headline cut as listings cut it."""
    return title if len(title) <= width else title[:width] + "..."


def menu(channels: Sequence[DemoChannel], pattern: str = "<li>{}</li>") -> str:
    """The portal's navigation, an entry a channel, each inside `pattern`."""
    links = ['<a href="/">首页</a>'] + [f'<a href="{c.path}">{c.name}</a>' for c in channels]
    return "".join(pattern.format(link) for link in links)


def side_list(rows: Iterable[DemoRow], width: int, pattern: str = "<li>{}</li>") -> str:
    """A short list of headlines beside the text."""
    return "".join(pattern.format(link_to(row, width)) for row in rows)


def link_to(row: DemoRow, width: int) -> str:
    """A link to a row's page: the headline cut, and whole in its `title`."""
    return f'<a href="{escape(row.href)}" title="{escape(row.title)}">{escape(clip(row.title, width))}</a>'


def built(story: Story) -> str:
    """When the CMS last generated the page: days after publication, as build-time metas are on real portals."""
    return f"{moment(story.article) + timedelta(days=2 + int(story.id) % 40, minutes=37):%Y-%m-%d %H:%M}"


def moment(article: DemoArticle) -> datetime:
    """The article's date; only for articles that have one."""
    if article.date is None:
        raise ValueError(f"{article.title} has no date")
    return datetime.fromisoformat(article.date)


def outside_links() -> str:
    """The long list of other sites at a portal's foot: names side by side, nothing between them."""
    return "".join(
        f'<a href="http://site{n}.example.com/" target="_blank">{name}</a>'
        for n, name in enumerate(_OUTSIDE, 1)
    )


def hex_of(word: str) -> str:
    """32 hex digits that stand for `word`, as CMSs name their objects."""
    return hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()


def rebase(href: str, up: str) -> str:
    """A root address as seen from below it, `up` being `../` or empty; an outside address as it is."""
    return up + href.lstrip("/") if href.startswith("/") else href


def step_links(channel: DemoChannel, number: int, path: Callable[[DemoChannel, int], str]) -> str:
    """首页 上一页 下一页 尾页, those without a target as plain words."""

    def step(text: str, target: int) -> str:
        there = 1 <= target <= channel.page_count and target != number
        return f'<a href="{path(channel, target)}">{text}</a>' if there else f"<span>{text}</span>"

    steps = (("首页", 1), ("上一页", number - 1), ("下一页", number + 1), ("尾页", channel.page_count))
    return " ".join(step(text, target) for text, target in steps)


def prev_next(channel: DemoChannel, story: Story, before: str, after: str, width: int) -> tuple[str, str]:
    """Links to the rows before and after a story in its channel, behind the words `before` and `after`."""
    rows = channel.rows
    index = next(i for i, row in enumerate(rows) if row.story is story)
    first = link_to(rows[index - 1], width) if index else "没有了"
    second = link_to(rows[index + 1], width) if index + 1 < len(rows) else "没有了"
    return before + first, after + second
