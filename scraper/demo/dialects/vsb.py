"""VSB: listing pages that count down, and a counter asked by script."""

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
    menu,
    prev_next,
    rebase,
    side_list,
)

OWNER = "1700000001"


def _path(channel: DemoChannel, number: int) -> str:
    if number == 1:
        return channel.path
    return f"{channel.path.removesuffix('.htm')}/{channel.page_count - number + 1}.htm"


def _list(channel: DemoChannel, number: int, site: Site) -> str:
    up = "" if number == 1 else "../"
    rows = channel.page(number)
    ids = [row.story.id for row in rows if row.story and row.story.article.channel == channel.name]
    lines = "\n".join(
        f'<li id="line_u7_{i}"><a href="{escape(rebase(row.href, up))}" title="{escape(row.title)}">'
        f'{escape(row.title)}</a><em id="dynclicks_u7_{row.story.id if row.story else 0}"></em>'
        f"<em>{row.date}</em></li>"
        for i, row in enumerate(rows)
    )
    content = fill(
        "vsb/list",
        up=up or "./",
        path=up + channel.path.lstrip("/"),
        channel=channel.name,
        rows=lines,
        pager=_pager(channel, number, up),
        spans=",".join(f"'dynclicks_u7_{i}'" for i in ids),
        ids=",".join(ids),
        owner=OWNER,
        hot=side_list(site.hot, 15),
    )
    title = f"{channel.name}-{SITE}"
    return fill("vsb/frame", title=title, nav=menu(site.channels), content=content)


def _pager(channel: DemoChannel, number: int, up: str) -> str:
    count = channel.page_count

    def button(name: str, text: str, target: int) -> str:
        if not 1 <= target <= count or target == number:
            return f'<span class="{name}_d p_fun_d">{text}</span>'
        return f'<span class="{name} p_fun"><a href="{rebase(_path(channel, target), up)}">{text}</a></span>'

    def digit(n: int) -> str:
        if n == number:
            return f'<span class="p_no_d">{n}</span>'
        return f'<span class="p_no"><a href="{rebase(_path(channel, n), up)}">{n}</a></span>'

    first = button("p_first", "首页", 1) + button("p_prev", "上页", number - 1)
    last = button("p_next", "下页", number + 1) + button("p_last", "尾页", count)
    return (
        f'<span class="p_t">共{channel.claimed}条</span> '
        + first
        + "".join(map(digit, range(1, count + 1)))
        + last
    )


def _article(channel: DemoChannel, story: Story, _: int, site: Site) -> str:
    a, blocks = story.article, story.pages[0]
    before, after = prev_next(channel, story, "<strong>上一条：</strong>", "<strong>下一条：</strong>", 40)
    look = Look(
        paragraph='<p class="vsbcontent_start" style="text-indent:2em;">{text}</p>',
        picture='<p class="vsbcontent_img" style="text-align:center"><img src="{src}" orisrc="{src}" class="img_vsb_content"></p>',
        file='<p>附件【<a href="{href}" target="_blank">{text}</a>】已下载<span id="nattach{text}"></span>次</p>',
    )
    content = fill(
        "vsb/article",
        path=channel.path,
        channel=channel.name,
        title=escape(a.title),
        date=a.date or "",
        author=escape(story.facts.get("byline", a.author or "")),
        source=escape(a.source or ""),
        owner=OWNER,
        id=story.id,
        body=blocks_html((b for b in blocks if b.kind != "file"), look),
        files=blocks_html((b for b in blocks if b.kind == "file"), look),
        before=before,
        after=after,
        hot=side_list(site.hot, 15),
    )
    title = f"{escape(a.title)}-{SITE}"
    return fill("vsb/frame", title=title, nav=menu(site.channels), content=content)


VSB = Dialect(list_path=_path, list_page=_list, article_page=_article)
