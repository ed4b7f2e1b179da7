"""Hanweb: the first rows inside a script, the others behind dataproxy.jsp; one counter shows, the other adds."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from scraper.demo.content import DemoChannel, DemoRow, Story
from scraper.demo.layout import (
    SITE,
    Dialect,
    Look,
    Site,
    blocks_html,
    built,
    fill,
    link_to,
    menu,
)

COLUMN, UNIT = "1234", "4321"
PROXY = "/module/web/jpage/dataproxy.jsp?" + urlencode(
    {
        "col": 1,
        "appid": 1,
        "webid": 1,
        "path": "/",
        "columnid": COLUMN,
        "sourceContentType": 1,
        "unitid": UNIT,
        "webname": SITE,
        "permissiontype": 0,
    },
    safe="/",
)


def _path(channel: DemoChannel, number: int) -> str:
    return channel.path if number == 1 else f"{PROXY}&page={number}"


def data_store(rows: Sequence[DemoRow], channel: DemoChannel) -> str:
    """Rows as the XML that Hanweb's data proxy answers, and that its column pages carry in a script."""
    records = "".join(
        f"<record><![CDATA[<li><span>{row.date}</span>{link_to(row, 36)}</li>]]></record>" for row in rows
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><datastore><totalrecord>{channel.claimed}</totalrecord>"
        f'<totalpage>{channel.page_count}</totalpage><nextgroup><![CDATA[<a href="{escape(PROXY)}&amp;page=1"></a>]]>'
        f"</nextgroup><recordset>{records}</recordset></datastore>"
    )


def _list(channel: DemoChannel, number: int, site: Site) -> str:
    content = fill(
        "hanweb/list",
        path=channel.path,
        channel=channel.name,
        unit=UNIT,
        datastore=data_store(channel.page(number), channel),
        total=str(channel.claimed),
        per_page=str(channel.per_page),
        proxy=PROXY,
    )
    return _frame(channel.name, "", content, site)


def _frame(title: str, head: str, content: str, site: Site) -> str:
    nav = menu(site.channels, "<td>{}</td>")
    return fill("hanweb/frame", title=f"{SITE} {title}", head=head, nav=nav, content=content)


def _article(channel: DemoChannel, story: Story, _: int, site: Site) -> str:
    a = story.article
    title, source = escape(a.title), escape(a.source or "")
    head = fill("hanweb/head", title=title, built=f"{built(story)}:27", date=a.date or "", source=source)
    look = Look(
        paragraph='<p style="text-indent:2em"><span style="font-size:16px">{text}</span></p>',
        file='<p>附件：<a href="{href}">{text}</a></p>',
    )
    content = fill(
        "hanweb/article",
        path=channel.path,
        channel=channel.name,
        column=COLUMN,
        id=story.id,
        title=title,
        date=a.date or "",
        source=source,
        body=blocks_html((b for b in story.pages[0] if b.kind != "file"), look),
        files=blocks_html((b for b in story.pages[0] if b.kind == "file"), look),
        editor=f"（责任编辑：{a.editor}）" if a.editor else "",
    )
    return _frame(title, head, content, site)


HANWEB = Dialect(list_path=_path, list_page=_list, article_page=_article, by_proxy=True)
