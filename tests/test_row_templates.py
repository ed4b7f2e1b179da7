"""Small lists of our own, each with one habit of template makers, and the rows a careful reader would see."""

from __future__ import annotations

from small_pages import SIDE, listing

from scraper import read


def test_rows_under_the_heading_of_a_year_have_that_year() -> None:
    def rows(days: list[str]) -> str:
        return "".join(
            f'<dt><a href="/c{d}.html">青禾集团召开第{d}次工作会议</a></dt><dd class=rq>[{d}]</dd>'
            for d in days
        )

    got = listing(
        f"<div class=lb><h3>2024年</h3><dl>{rows(['01-19', '01-08', '01-03'])}</dl>"
        f"<h3>2023年</h3><dl>{rows(['12-26', '12-15', '12-02'])}</dl></div>"
    )
    assert [item.date for item in got.items][2:4] == ["2024-01-03", "2023-12-26"]


def test_years_to_choose_from_say_nothing_of_the_rows() -> None:
    rows = "".join(
        f'<li><a href="/c{n}.html">青禾集团召开第{n}次工作会议</a><span>01-0{n}</span></li>'
        for n in range(1, 8)
    )
    got = listing(f"<div><b>2024年</b> <b>2023年</b> <b>2022年</b></div><ul>{rows}</ul>")
    assert {item.date for item in got.items} == {f"01-0{n}" for n in range(1, 8)}


def test_days_with_a_year_of_two_digits_and_slashes_are_dates_of_rows() -> None:
    rows = "".join(
        f'<tr><td><a href="/c{n}.html">青禾集团召开第{n}次工作会议</a></td><td>24/03/0{n}</td></tr>'
        for n in range(1, 8)
    )
    assert listing(f"<table>{rows}</table>").items[0].date == "2024-03-01"


def test_authors_and_clicks_of_rows_make_no_article() -> None:
    rows = "".join(
        f'<tr><td><a href="/n/{n}">青禾研究所举行第{n}次学术交流会</a></td><td>2019年04月0{n}日</td>'
        f"<td>作者: 韦青岚</td><td>点击: 22{n}</td></tr>"
        for n in range(1, 8)
    )
    heads = "".join(f'<th><a href="#">{head}</a></th>' for head in ("标题", "发布日期", "作者", "点击数"))
    page = f"<html><title>工作动态</title><body><h2>工作动态</h2><table><tr>{heads}</tr>{rows}</table></body></html>"
    got = read(page.encode(), "http://www.qinghe-zone.example/index.php/news?start=12")
    assert got.kind == "listing"
    assert got.listing is not None
    assert len(got.listing.items) == 7


def test_a_day_split_over_elements_is_trusted_before_one_that_a_summary_speaks_of() -> None:
    rows = "".join(
        f"<div class=row><strong>0{n}</strong><span>2025.02</span><h4><a href='/n/{n}'>青禾集团获评第{n}批绿色工厂</a></h4>"
        f"<p>要以2025年3月31日前开工为目标。</p></div>"
        for n in range(1, 8)
    )
    assert listing(f"<div>{rows}</div>").items[0].date == "2025-02-01"


def test_the_days_of_rows_that_only_their_markup_tells_whole() -> None:
    rows = "".join(
        f'<article><h2><a href="/n/{n}">青禾周刊第{n}期刊登产业园区专题报道</a></h2>'
        f'<footer><time datetime="2023-11-2{n}T07:00:00+08:00">11月2{n}日</time></footer></article>'
        for n in range(1, 7)
    )
    assert [item.date for item in listing(rows).items] == [f"2023-11-2{n}" for n in range(1, 7)]


def test_rows_with_their_own_bylines_make_a_listing() -> None:
    side = "<h3>报告预告</h3><dl><dt><a href=/b/1>溶液中离子结构的研究</a></dt><dd>时间：2025-10-16 15:00</dd></dl>"
    rows = "".join(
        f"<dl><dt><a href=/kydt/39{n}.jhtml>青禾研究中心团队取得第{n}项进展</a></dt><dd>研究团队提出了一种新的方法。</dd>"
        f"<dd>来源：综合办公室发布：2025-10-0{n}浏览：-</dd></dl>"
        for n in range(1, 9)
    )
    page = f"<html><title>科研动态</title><body>{side}<div>{rows}</div></body></html>"
    got = read(page.encode(), "http://www.qinghe-zone.example/kydt/index.jhtml")
    assert got.kind == "listing"
    assert got.listing is not None
    assert [item.date for item in got.listing.items] == [f"2025-10-0{n}" for n in range(1, 9)]


def test_a_pager_of_numbers_tells_the_list_above_it_from_the_one_below() -> None:
    cards = "".join(
        f"<div class=col><a href=/g/{n}><img src=/{n}.jpg></a><div><p><a href=/g/{n} title=t>产业园区第{n}期建设现场航拍图集</a></p>"
        f"<small>{n}张</small></div></div>"
        for n in range(1, 13)
    )
    pages = '<ul class="pagination"><li>«</li><li>1</li><li><a href="?p=2">2</a></li></ul>'
    page = f"<html><title>图库</title><body><div class=row>{cards}</div>{pages}<h3>最新资讯</h3><ul>{SIDE}</ul></body></html>"
    got = read(page.encode(), "http://www.qinghe-zone.example/gallery/1")
    assert got.kind == "listing"
    assert got.listing is not None
    assert [item.url.rsplit("/", 1)[1] for item in got.listing.items] == [str(n) for n in range(1, 13)]


def test_rows_behind_the_pager_are_another_list_s() -> None:
    row = '<div class="card"><a href="/n/{}">青禾开发区第{}批重点项目签约</a><em>2025-11-{:02}</em></div>'
    first = "".join(row.format(n, n, n) for n in range(1, 7))
    other = "".join(row.format(n, n, n) for n in range(20, 23))
    pages = '<div class="pagination"><a href="?p=2">2</a></div>'
    assert len(listing(f"<div>{first}{pages}{other}</div>").items) == 6


def test_the_link_in_a_heading_is_the_row_s_title() -> None:
    rows = "".join(
        f"<article><h2><a href=/n/{n}>青禾周刊第{n}期</a></h2><p>清晨六点，园区醒来……<a href=/n/{n}#more>继续阅读“青禾周刊第{n}期”</a></p>"
        f"<time>2024-03-0{n}</time></article>"
        for n in range(1, 6)
    )
    assert [item.title for item in listing(rows).items] == [f"青禾周刊第{n}期" for n in range(1, 6)]


def test_the_day_that_a_summary_begins_with_is_the_story_s() -> None:
    rows = "".join(
        f"<div class=row><b>1{n}</b><i>2024.02</i><h4><a href=/n/{n}>青禾开发区第{n}届马拉松鸣枪开跑</a></h4>"
        f"<p>2024年1月2{n}日，赛事在滨江路鸣枪。</p></div>"
        for n in range(1, 7)
    )
    assert [item.date for item in listing(rows).items] == [f"2024-02-1{n}" for n in range(1, 7)]


def test_a_cut_title_behind_its_day_in_one_link_is_whole_in_its_tooltip() -> None:
    rows = "".join(
        f'<li><a href="/2024/070{n}/c3107a887{n}/page.htm" title="研究生院关于组织申报第{n}批教育教学改革研究项目的通知">'
        f"<span>0{n}</span><i>2024-07</i><b>研究生院关于组织申报第{n}批教育教...</b></a></li>"
        for n in range(1, 7)
    )
    got = listing(f"<ul>{rows}</ul>").items
    assert [item.title for item in got] == [
        f"研究生院关于组织申报第{n}批教育教学改革研究项目的通知" for n in range(1, 7)
    ]
    assert [item.date for item in got] == [f"2024-07-0{n}" for n in range(1, 7)]


def test_a_card_is_called_by_its_headline_and_not_by_the_tag_on_its_picture() -> None:
    cards = "".join(
        f"<div class=c><div class=k><a href=/c/{n}><img src=/{n}.jpg><span>写字楼</span></a><div><h4><a href=/c/{n}>智谷创新中心{n}号楼</a></h4>"
        f"<p>海棠路8{n}号</p><a href=/ask?c={n}>在线咨询</a></div></div></div>"
        for n in range(1, 10)
    )
    pages = '<ul class="pagination"><li><a href="?page=2">2</a></li></ul>'
    got = listing(f"<div>{cards}</div>{pages}").items
    assert [item.title for item in got][:9] == [f"智谷创新中心{n}号楼" for n in range(1, 10)]
