"""Bare lists with `下一页` links; one byline with source and person behind one label, views printed; `_2.html` pages."""

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
    outside_links,
    prev_next,
    step_links,
)


def _path(channel: DemoChannel, number: int) -> str:
    return channel.path if number == 1 else f"{channel.path}list_{number}.html"


def _frame(title: str, content: str, site: Site) -> str:
    hot = "".join(f"<li>{link_to(row, 15)}({row.story.article.views})</li>" for row in site.hot if row.story)
    return fill(
        "plain/frame",
        title=f"{escape(title)}-{SITE}",
        nav=menu(site.channels),
        content=content,
        hot=hot,
        links=outside_links(),
    )


def _list(channel: DemoChannel, number: int, site: Site) -> str:
    rows = "\n".join(
        f"<li>{link_to(row, 34)}<span>{row.date or ''}</span></li>" for row in channel.page(number)
    )
    content = fill(
        "plain/list",
        path=channel.path,
        channel=channel.name,
        rows=rows,
        total=str(channel.claimed),
        number=str(number),
        count=str(channel.page_count),
        pager=step_links(channel, number, _path),
    )
    return _frame(channel.name, content, site)


def _article(channel: DemoChannel, story: Story, number: int, site: Site) -> str:
    a = story.article
    before, after = prev_next(channel, story, "上一篇：", "下一篇：", 30)
    paths = (a.path, *a.pages)
    turn = [f"<a>共{len(paths)}页: </a>"] + [
        f"<b>{n}</b>" if n == number else f'<a href="{path}">{n}</a>' for n, path in enumerate(paths, 1)
    ]
    if number < len(paths):
        turn.append(f'<a href="{paths[number]}">下一页</a>')
    content = fill(
        "plain/article",
        path=channel.path,
        channel=channel.name,
        title=escape(a.title),
        source=escape(" ".join(filter(None, (a.source, story.facts.get("byline", a.author or ""))))),
        date=f"{moment(a):%Y年%m月%d日 %H:%M}",
        views=str(a.views),
        body=blocks_html(story.pages[number - 1], Look(paragraph="<p>\u3000\u3000{text}</p>")),
        pager=f'<div class="dede_pages">{" ".join(turn)}</div>' if a.pages else "",
        before=before,
        after=after,
    )
    return _frame(a.title, content, site)


PLAIN = Dialect(list_path=_path, list_page=_list, article_page=_article)
