"""How portals are put together: hubs, frames, empty columns, deep sections, lists of mixed rows, front pages that are lists."""

from __future__ import annotations

from html import escape
from pathlib import Path

from zoo import Answer, Channel, Portal, Zoo, dialects, invent
from zoo_crawl import FAST, articles, make_portal, rows, true

from scraper.crawl import crawl


def page(content: str, title: str = "栖霞湾开发区") -> Answer:
    """A page beside the channels."""
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{content}</body></html>"
    return Answer(body=html.encode())


def channel(slug: str, name: str, of: int, stories: int = 8) -> Channel:
    return Channel(
        name=name, slug=slug, dialect=dialects.TRS, stories=[invent(n, of=of) for n in range(1, stories + 1)]
    )


def block(of: Channel) -> str:
    """A channel's first rows, as a hub shows them."""
    top = "".join(f'<li><a href="{of.link(s)}">{s.title}</a><span>{s.day}</span></li>' for s in of.page(1))
    return f'<div class="box"><h2><a href="{of.first()}">{of.name}</a></h2><ul>{top}</ul><a href="{of.first()}">更多</a></div>'


def menu(*links: tuple[str, str]) -> str:
    return "".join(f'<li><a href="{escape(url)}">{text}</a></li>' for url, text in links)


def hidden_portal(*hidden: Channel) -> Portal:
    """A portal whose front page shows one channel and knows nothing of the others."""
    portal = make_portal(dialects.TRS, stories=6, channels=1)
    portal.unlinked = list(hidden)
    return portal


def test_a_hub_leads_to_its_channels_and_is_none_itself(tmp_path: Path) -> None:
    sub = [
        channel("zwgk/tzgg", "通知公告", 3),
        channel("zwgk/gsgg", "公示公告", 6),
        channel("zwgk/zcfg", "政策法规", 5),
    ]
    portal = hidden_portal(*sub)
    portal.extra["/zwgk/"] = page("".join(map(block, sub)), "政务公开-栖霞湾开发区")
    portal.home_links = menu(("/zwgk/", "政务公开"))
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())
    whole = dict(rows(tmp_path / "a.db", "select name, listed from channels"))
    assert {c.name: whole.get(c.name) for c in sub} == {c.name: 8 for c in sub}


def test_a_list_in_a_frame_is_found(tmp_path: Path) -> None:
    framed = channel("frame/list", "工作动态", 3)
    portal = hidden_portal(framed)
    portal.extra["/gzdt.html"] = page(
        f'<h2>工作动态</h2><iframe src="{framed.first()}" width="800"></iframe>'
    )
    portal.home_links = menu(("/gzdt.html", "工作动态"))
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())


def test_a_section_five_steps_from_the_front_page_is_reached(tmp_path: Path) -> None:
    deep = channel("a/b/c/d", "园区党建", 3)
    portal = hidden_portal(deep)
    portal.home_links = menu(("/a/", "党务"))
    for path, below in (("/a/", "/a/b/"), ("/a/b/", "/a/b/c/"), ("/a/b/c/", "/a/b/c/d/")):
        portal.extra[path] = page(f"<ul>{menu((below, '下属栏目'))}</ul>")
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())


def test_a_menu_of_many_empty_columns_does_not_hide_the_full_ones(tmp_path: Path) -> None:
    full = [channel(f"col/col{900 + n}", f"栏目{n}", 5 + n, stories=6) for n in range(3)]
    portal = hidden_portal(*full)
    empty = [(f"/col/col{n}/", f"空栏目{n}") for n in range(60)]
    for url, name in empty:
        portal.extra[url] = page(f"<h2>{name}</h2><p>暂无内容</p>")
    portal.home_links = menu(*empty, *((c.first(), c.name) for c in full))
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())


def test_a_front_page_that_is_the_list_itself_is_walked(tmp_path: Path) -> None:
    news = channel("", "新闻", 3, stories=17)
    portal = Portal(name="栖霞湾开发区", channels=[])
    portal.unlinked = [news]
    news.dialect = dialects.FRONT
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())


def test_a_list_whose_headlines_hold_the_number_404_is_not_dead(tmp_path: Path) -> None:
    portal = Portal(name="栖霞湾开发区", channels=[channel("tzgg", "通知公告", 4, stories=6)])
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert "404" in portal.channels[0].stories[3].title
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())


def test_a_portal_that_answers_its_front_page_for_what_it_lost_has_no_channels_by_it(tmp_path: Path) -> None:
    """The front page shows the time, so its bytes differ at each request."""
    portal = make_portal(dialects.TRS, stories=12)
    portal.gone = set(list(portal.truth())[2:9])
    answer, clock = portal.answer, iter(range(10**6))

    def watch(target: str) -> None:
        portal.name = f"栖霞湾开发区（今日访问{next(clock)}次）"
        portal.lost = answer("/")

    portal.watch = watch
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand).keys() == portal.truth().keys()
    assert rows(tmp_path / "a.db", "select name, listed, archived from channels order by id") == [
        ("新闻动态", 12, 5),
        ("通知公告", 7, 7),
    ]
    assert rows(tmp_path / "a.db", "select count(*) from frontier where state = 'gone'") == [(7,)]


def test_an_article_whose_every_page_is_the_first_is_asked_for_one_page_more(tmp_path: Path) -> None:
    portal = make_portal(dialects.QUERY, stories=6, channels=1)
    path = list(portal.truth())[2]
    page_one = portal.answer(path).body.decode()
    for n in range(1, 300):
        turn = f'<div class="pages"><a href="{path}?page={n + 1}">下一页</a></div></div><p class="near">'
        body = page_one.replace('</div><p class="near">', turn, 1)
        portal.extra[path if n == 1 else f"{path}?page={n}"] = Answer(body=body.encode())
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())
    assert sum(n for target, n in stand.asked().items() if target.startswith(path)) == 2


def test_rows_of_other_sites_and_files_are_counted_and_not_asked(tmp_path: Path) -> None:
    portal = make_portal(dialects.UCAP, stories=6, channels=1)
    first = portal.channels[0].first()
    mixed = portal.answer(first).body.decode()
    extra = "".join(
        f'<li><a href="{href}" title="{title}">{title}</a><span>2024-07-0{n}</span></li>'
        for n, (href, title) in enumerate(
            (
                ("http://mp.weixin.example/s/abc", "栖霞湾开发区举行青年人才沙龙活动的报道"),
                ("/files/2024/P0202407.pdf", "关于公布企业名单的附件下载文件"),
                ("https://www.province.example/a/1.html", "全省开发区工作会议在省会城市召开"),
            ),
            1,
        )
    )
    portal.extra[first] = Answer(
        body=mixed.replace('<ul class="newslist">', '<ul class="newslist">' + extra).encode()
    )
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, tmp_path / "a.db", options=FAST)
    assert articles(tmp_path / "a.db", stand) == true(portal.truth())
    assert not [t for t in stand.asked() if t.endswith(".pdf")]
    assert rows(tmp_path / "a.db", "select listed, archived from channels") == [(9, 6)]
