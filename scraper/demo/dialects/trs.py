"""TRS: createPageHTML counted from 0, a build-time PubDate, TRS_Editor twice, a hidden twin for the elderly."""

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
    menu,
)


def _path(channel: DemoChannel, number: int) -> str:
    return channel.path if number == 1 else f"{channel.path}index_{number - 1}.html"


def _list(channel: DemoChannel, number: int, site: Site) -> str:
    rows = "\n".join(
        f'<li><span>{row.date}</span><a href="{escape(_beside(row.href, channel.path))}"'
        f' title="{escape(row.title)}" target="_blank">{escape(row.title)}</a></li>'
        for row in channel.page(number)
    )
    content = fill(
        "trs/list",
        path=channel.path,
        channel=channel.name,
        rows=rows,
        count=str(channel.page_count),
        index=str(number - 1),
    )
    return fill(
        "trs/frame", title=f"{channel.name}_{SITE}", head="", nav=menu(site.channels, "{}"), content=content
    )


def _article(channel: DemoChannel, story: Story, _: int, site: Site) -> str:
    a, blocks = story.article, story.pages[0]
    look = Look(
        paragraph="<p>\u3000\u3000{text}</p>",
        picture='<p align="center"><img src="{src}" OLDSRC="{src}" /></p>',
        file='<p class="insertfileTag"><a appendix="true" needdownload="true" href="{href}" OLDSRC="{href}">{text}</a></p>',
        beside=True,
    )
    source = escape(a.source or "")
    head = fill(
        "trs/head",
        title=escape(a.title),
        built=built(story),
        source=source,
        url="./" + a.path.rpartition("/")[2],
    )
    content = fill(
        "trs/article",
        channel=channel.name,
        title=escape(a.title),
        date=a.date or "",
        source=source,
        body=blocks_html((b for b in blocks if b.kind != "file"), look),
        files=blocks_html((b for b in blocks if b.kind == "file"), look),
        editor=f"【责任编辑：{a.editor}】" if a.editor else "",
    )
    title = f"{escape(a.title)}_{SITE}"
    return fill("trs/frame", title=title, head=head, nav=menu(site.channels, "{}"), content=content)


def _beside(href: str, folder: str) -> str:
    """An address inside `folder` as seen from there."""
    return "./" + href.removeprefix(folder) if href.startswith(folder) else href


TRS = Dialect(list_path=_path, list_page=_list, article_page=_article, kind="text/html")
