"""Tables, bare text with `<br>`, GB18030 bytes that nothing announces on listings and `gb2312` on articles."""

from __future__ import annotations

from html import escape

from scraper.demo.content import DemoChannel, Story
from scraper.demo.layout import (
    SITE,
    Dialect,
    Look,
    Site,
    blocks_html,
    fill,
    link_to,
    menu,
    moment,
    prev_next,
    step_links,
)


def _path(channel: DemoChannel, number: int) -> str:
    return channel.path if number == 1 else f"{channel.path}?page={number}"


def _frame(title: str, head: str, content: str, site: Site) -> str:
    nav = menu(site.channels, "&nbsp;{}&nbsp;|")
    return fill("gbk/frame", title=title, head=head, nav=nav, content=content)


def _list(channel: DemoChannel, number: int, site: Site) -> str:
    rows = "\n".join(
        f'<tr><td>·{link_to(row, 40)}</td><td width="100" class="hui">{row.date or ""}</td></tr>'
        for row in channel.page(number)
    )
    content = fill(
        "gbk/list",
        path=channel.path,
        channel=channel.name,
        rows=rows,
        total=str(channel.claimed),
        number=str(number),
        count=str(channel.page_count),
        pager=step_links(channel, number, _path),
    )
    return _frame(f"{channel.name} {SITE}", "", content, site)


def _article(channel: DemoChannel, story: Story, _: int, site: Site) -> str:
    a = story.article
    before, after = prev_next(channel, story, "上一篇：", "下一篇：", 30)
    info = [
        f"日期：{moment(a).year}-{moment(a).month}-{moment(a).day}" if a.date else "",
        f"来源：{escape(a.source)}" if a.source else "",
        f"作者：{escape(a.author)}" if a.author else "",
        f"阅读：{a.views}次" if a.views is not None else "",
    ]
    look = Look(
        paragraph="&nbsp;&nbsp;&nbsp;&nbsp;{text}<br>",
        picture='<center><img src="{src}" border="0"></center><br>',
        caption="<center>{text}</center><br>",
        file='<a href="{href}">{text}</a><br>',
    )
    content = fill(
        "gbk/article",
        path=channel.path,
        channel=channel.name,
        title=escape(a.title),
        info="　".join(filter(None, info)),
        body=blocks_html(story.pages[0], look),
        before=before,
        after=after,
    )
    head = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">\n'
    return _frame(escape(a.title), head, content, site)


GBK = Dialect(list_path=_path, list_page=_list, article_page=_article, charset="gb18030", kind="text/html")
