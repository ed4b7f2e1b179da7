"""UCAP: createPageHTML counted from 1, custom elements, an info table, dates with 时 and 分, a counter that may add."""

from __future__ import annotations

from html import escape

from scraper.demo.content import DemoChannel, Story
from scraper.demo.layout import (
    SITE,
    Dialect,
    Look,
    Site,
    blocks_html,
    built,
    fill,
    hex_of,
    link_to,
    menu,
    moment,
    side_list,
)


def _path(channel: DemoChannel, number: int) -> str:
    return channel.path if number == 1 else channel.path.replace(".shtml", f"_{number}.shtml")


def _frame(title: str, head: str, content: str, site: Site) -> str:
    return fill("ucap/frame", title=f"{title} - {SITE}", head=head, nav=menu(site.channels), content=content)


def _list(channel: DemoChannel, number: int, site: Site) -> str:
    rows = "\n".join(f"<li>{link_to(row, 38)}<span>{row.date}</span></li>" for row in channel.page(number))
    content = fill(
        "ucap/list",
        path=channel.path,
        channel=channel.name,
        rows=rows,
        count=str(channel.page_count),
        number=str(number),
        total=str(channel.claimed),
    )
    return _frame(channel.name, "", content, site)


def _article(channel: DemoChannel, story: Story, _: int, site: Site) -> str:
    a = story.article
    title, channel_hex = escape(a.title), hex_of(channel.path)
    look = Look(
        paragraph='<p style="text-indent: 2em; line-height: 2; font-family: 宋体; font-size: 12pt;">{text}</p>'
    )
    head = fill("ucap/head", title=title, built=built(story), hex=hex_of(story.id), channel_hex=channel_hex)
    content = fill(
        "ucap/article",
        path=channel.path,
        channel=channel.name,
        index=f"000000000/{a.path[6:10]}-{int(story.id):05d}",
        source=escape(a.source or ""),
        number=escape(story.facts.get("文号", "")),
        written=story.facts.get("成文日期", ""),
        title=title,
        date=f"{moment(a):%Y年%m月%d日 %H时%M分}",
        body=blocks_html(story.pages[0], look),
        related=side_list([row for row in channel.rows if row.story is not story][:3], 40),
        channel_hex=channel_hex,
    )
    return _frame(title, head, content, site)


UCAP = Dialect(list_path=_path, list_page=_list, article_page=_article)
