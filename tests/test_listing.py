"""Listings: one test for each trap that lists lay for naive rules. All places, names and sentences are invented."""

from __future__ import annotations

import json
import time

import pytest
from one_page import page_of

from scraper.read.listing import read_listing
from scraper.read.listing.items import MAX_ITEMS

HEADLINES = (
    "云山湖开发区召开年度招商引资推进会",
    "白鹭洲园区首批企业正式投产运营",
    "管委会调研组走访重点项目建设现场",
    "关于公布第三批示范车间名单的通知",
    "青石港保税物流中心通过封关验收",
    "开发区举办春季专场招聘会促进就业",
)
DAYS = ("2023-05-18", "2023-05-16", "2023-05-11", "2023-04-28", "2023-04-20", "2023-04-07")
MENU = "".join(
    f'<li><a href="/m{i}/">{t}</a></li>'
    for i, t in enumerate(("首页", "园区概况", "新闻中心", "政务公开", "投资指南"))
)
HEAD = f'<div class="header"><ul class="nav">{MENU}</ul></div>'
FOOT = '<div class="footer">版权所有：云山湖开发区管理委员会 备案号 <a href="http://beian.example.cn/">000000号</a></div>'


def rows(row: str, n: int = 6) -> str:
    return "".join(
        row.format(
            i=i,
            title=HEADLINES[i],
            date=DAYS[i],
            year=DAYS[i][:4],
            md=DAYS[i][5:],
            d=DAYS[i][8:],
            ym=DAYS[i][:7],
        )
        for i in range(n)
    )


def listed(
    body: str, url: str = "http://www.yunshanhu.example.cn/xwzx/index.html"
) -> list[tuple[str, str, str | None]]:
    listing, _ = read_listing(page_of(f"<html><body>{HEAD}{body}{FOOT}</body></html>", url))
    return [(item.url.rpartition("/")[2], item.title, item.date) for item in listing.items]


WHOLE = [(f"{i}.html", HEADLINES[i], DAYS[i]) for i in range(6)]


@pytest.mark.parametrize(
    "row",
    [
        '<li><a href="{i}.html">{title}</a><span>{date}</span></li>',
        '<li><span class="time">[{date}]</span><a href="{i}.html">{title}</a></li>',
        '<li><a href="{i}.html">·{title}<span>{date}</span></a></li>',
        '<li><a href="{i}.html"><span>{date}</span>{title}</a></li>',
        '<li><a href="{i}.html"><em>{date}</em><p>{title}</p></a></li>',
        '<p><a href="{i}.html">{title}</a>&nbsp;&nbsp;({date})</p>',
        '<dl><dt><a href="{i}.html">{title}</a></dt><dd>发布时间：{date}　浏览：12</dd></dl>',
        '<div class="row"><div class="a"><a href="{i}.html">{title}</a></div><div class="b">{date}</div></div>',
        '<a href="{i}.html">{title}</a> {date}<br>',
        '{date} <a href="{i}.html">{title}</a><br>',
        '<li><a href="{i}.html"><b>{d}</b><i>{ym}</i><h3>{title}</h3></a></li>',
        '<li><span><b>{md}</b><i>{year}</i></span><a href="{i}.html">{title}</a></li>',
        '<li><a href="{i}.html">{title} {date}</a></li>',
        "<li onclick=\"location.href='{i}.html'\"><span>{title}</span><span>{date}</span></li>",
        '<li><a href="javascript:void(0)" onclick="jumpToDetail(\'./{i}.html\')">{title}</a><span>{date}</span></li>',
        '<li><a href="{i}.html" title="{title}">{title}</a><i>{date}</i><li class="lm_line"></li></li>',
    ],
)
def test_a_row_is_read_whatever_its_form(row: str) -> None:
    assert listed(f'<div class="list">{rows(row)}</div>') == WHOLE


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><th>标题</th><th>日期</th></tr>{}</table>",
        "<table>{}</table>",
    ],
)
def test_table_rows_are_rows(table: str) -> None:
    cells = rows('<tr><td>·</td><td><a href="{i}.html">{title}</a></td><td>王小舟</td><td>{date}</td></tr>')
    assert listed(table.format(cells)) == WHOLE


def test_a_table_for_each_row_is_one_list() -> None:
    row = '<table><tr><td><a href="{i}.html">{title}</a></td><td>{date}</td></tr></table>'
    assert listed(f"<div>{rows(row)}</div>") == WHOLE


def test_two_articles_in_one_table_row_are_two_items() -> None:
    cell = '<td><a href="{i}.html">{title}</a> <span>{date}</span></td>'
    halves = rows(cell).split("</td>")
    trs = "".join(f"<tr>{halves[k]}</td>{halves[k + 1]}</td></tr>" for k in (0, 2, 4))
    assert listed(f"<table>{trs}</table>") == WHOLE


def test_a_list_cut_into_several_ul_is_one_list() -> None:
    row = '<li><a href="{i}.html">{title}</a><span>{date}</span></li>'
    parts = rows(row).split("</li>")[:6]
    uls = "".join(f"<ul>{'</li>'.join(parts[k : k + 2])}</li></ul>" for k in (0, 2, 4))
    assert listed(f'<div class="list">{uls}</div>') == WHOLE


def test_a_cut_title_is_taken_whole_from_its_attribute() -> None:
    row = '<li><a href="{i}.html" title="{title}">{title:.8}…</a><span>{date}</span></li>'
    assert listed(f"<ul>{rows(row)}</ul>") == WHOLE


def test_a_title_attribute_with_other_facts_does_not_replace_the_title() -> None:
    row = '<li><a href="{i}.html" title="标题：{title}&#13;点击数：88&#13;发表时间：2023年5月1日">{title}</a><span>{date}</span></li>'
    assert listed(f"<ul>{rows(row)}</ul>") == WHOLE


def test_the_column_tag_before_a_title_is_not_the_title() -> None:
    row = '<li><a href="/tz/">[园区动态]</a><a href="{i}.html">{title}</a><span>{date}</span></li>'
    assert listed(f"<ul>{rows(row)}</ul>") == WHOLE


def test_picture_headline_and_summary_count_once_a_row() -> None:
    row = (
        '<li><a href="{i}.html"><img src="{i}.jpg"></a><h4><a href="{i}.html">{title}</a></h4>'
        '<p>连日来，园区各部门紧盯目标，抓进度、保质量，项目建设稳步推进。<a href="{i}.html">[详细]</a></p><span>{date}</span></li>'
    )
    assert listed(f"<ul>{rows(row)}</ul>") == WHOLE


def test_a_list_without_dates_is_still_the_main_list() -> None:
    row = '<li><a href="{i}.html">{title}</a></li>'
    got = listed(f'<div class="main"><ul>{rows(row)}</ul></div>')
    assert got == [(url, title, None) for url, title, _ in WHOLE]


def test_external_rows_and_attachments_stay_in_the_list() -> None:
    body = (
        f'<ul><li><a href="https://mp.weixin.qq.com/s/Ab12">{HEADLINES[0]}</a><span>{DAYS[0]}</span></li>'
        f'<li><a href="./202305/P020230516.xlsx">{HEADLINES[1]}</a><span>{DAYS[1]}</span></li>'
        f'<li><a href="http://tzb.example.cn/a.html">{HEADLINES[2]}</a><span>{DAYS[2]}</span></li></ul>'
    )
    listing, _ = read_listing(page_of(body))
    assert [item.url for item in listing.items] == [
        "https://mp.weixin.qq.com/s/Ab12",
        "http://www.yunshanhu.example.cn/xwzx/202305/P020230516.xlsx",
        "http://tzb.example.cn/a.html",
    ]


def test_menus_side_lists_and_footers_are_not_the_list() -> None:
    side = '<div class="sidebar"><h3>热点排行</h3><ul>{}</ul></div>'.format(
        "".join(
            f'<li><a href="/hot/{i}.html">热点新闻标题之第{i}条内容介绍</a><span>2023-01-0{i}</span></li>'
            for i in range(1, 9)
        )
    )
    main = (
        f'<div class="main"><ul>{rows("<li><a href={i}.html>{title}</a><span>{date}</span></li>")}</ul></div>'
    )
    assert listed(side + main) == WHOLE


def test_a_breadcrumb_in_the_same_box_is_no_row() -> None:
    crumb = '<p>您的位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; <a href="/zwgk/tzgg/">通知公告</a></p>'
    row = '<p><a href="{i}.html">{title}</a><span>{date}</span></p>'
    assert listed(f"<div>{crumb}{rows(row, 2)}</div>") == WHOLE[:2]


def test_template_rows_that_were_never_rendered_are_skipped() -> None:
    real = rows('<li><a href="{i}.html">{title}</a><span>{date}</span></li>')
    ghost = '<li ms-repeat="el in list"><a ms-attr-href="el.url" href="{{el.url}}">{{el.title}}</a><span>2023-05-20</span></li>'
    assert listed(f"<ul>{ghost}{real}</ul>") == WHOLE


def test_dummies_that_repeat_one_text_lose_to_the_real_list() -> None:
    dummies = (
        '<div class="box">' + '<li><a href="#">列表标题列表标题</a><span>09-10</span></li>' * 12 + "</div>"
    )
    real = f"<div class=box><ul>{rows('<li><a href={i}.html>{title}</a><span>{date}</span></li>')}</ul></div>"
    assert listed(dummies + real) == WHOLE


def test_the_mobile_twin_of_a_link_is_read_once() -> None:
    row = '<li><a class="pc" href="{i}.html">{title}</a><a class="wap" href="{i}.html">{title}</a><span>{date}</span></li>'
    assert listed(f"<ul>{rows(row)}</ul>") == WHOLE


def test_hidden_links_to_related_pages_within_a_row_are_not_items() -> None:
    row = (
        '<li><a href="{i}.html">{title}</a><span>{date}</span><div class="pop"><a href="/jd/{i}a.html">图解：一张图看懂本办法全部内容要点</a>'
        '<a href="/jd/{i}b.html">专家解读：本办法对园区企业意味着什么</a></div></li>'
    )
    assert listed(f"<ul>{rows(row)}</ul>") == WHOLE


def test_rows_in_a_datastore_script_are_found() -> None:
    records = "".join(
        f'<record><![CDATA[<li><a href="/art/2023/5/1/art_7_{i}.html">{HEADLINES[i]}</a><span>{DAYS[i]}</span></li>]]></record>'
        for i in range(6)
    )
    script = f'<div id="u1"><script type="text/xml"><datastore><recordset>{records}</recordset></datastore></script></div>'
    assert [t for _, t, _ in listed(script)] == list(HEADLINES)


def test_rows_in_a_comment_are_found_where_none_are_visible() -> None:
    row = '<li><a href="{i}.html">{title}</a><span>{date}</span></li>'
    assert listed(f"<ul id=list><!-- {rows(row)} --></ul>") == WHOLE


def test_rows_in_a_comment_do_not_replace_visible_ones() -> None:
    row = '<li><a href="{i}.html">{title}</a><span>{date}</span></li>'
    old = row.replace("{i}.html", "/old/{i}.html")
    assert listed(f"<ul>{rows(row)}</ul><!-- <ul>{rows(old)}</ul> -->") == WHOLE


def test_month_and_day_stay_alone_where_the_year_is_not_told() -> None:
    row = '<li><a href="a{i}.html">{title}</a><span>[{md}]</span></li>'
    assert [d for _, _, d in listed(f"<ul>{rows(row)}</ul>")] == [day[5:] for day in DAYS]


def test_the_year_comes_from_an_address_of_the_same_day() -> None:
    row = '<li><a href="/2023/{md}/c{i}.html">{title}</a><span>{md}</span></li>'
    got = listed(f"<ul>{rows(row)}</ul>")
    assert [d for _, _, d in got] == list(DAYS)


def test_the_year_comes_from_neighbours_of_one_year_in_order() -> None:
    dates = ["2023-05-18", "05-16", "05-11", "2023-04-28"]
    lis = "".join(
        f'<li><a href="{i}.html">{HEADLINES[i]}</a><span>{d}</span></li>' for i, d in enumerate(dates)
    )
    assert [d for _, _, d in listed(f"<ul>{lis}</ul>")] == [
        "2023-05-18",
        "2023-05-16",
        "2023-05-11",
        "2023-04-28",
    ]


def test_a_new_year_between_neighbours_leaves_the_year_open() -> None:
    dates = ["2023-01-05", "12-29", "2022-12-20"]
    lis = "".join(
        f'<li><a href="{i}.html">{HEADLINES[i]}</a><span>{d}</span></li>' for i, d in enumerate(dates)
    )
    assert [d for _, _, d in listed(f"<ul>{lis}</ul>")][1] == "12-29"


def test_a_clock_is_kept_with_the_day() -> None:
    row = '<li><a href="{i}.html">{title}</a><span>{date} 09:3{i}:00</span></li>'
    assert [d for _, _, d in listed(f"<ul>{rows(row)}</ul>")] == [
        f"{day} 09:3{i}" for i, day in enumerate(DAYS)
    ]


def test_a_date_inside_a_title_is_not_the_row_s_date() -> None:
    lis = "".join(
        f'<li><a href="{i}.html">2021年3月{i + 1}日园区停水检修公告第{i}号</a><span>{DAYS[i]}</span></li>'
        for i in range(6)
    )
    assert [d for _, _, d in listed(f"<ul>{lis}</ul>")] == list(DAYS)


def test_rows_that_lead_nowhere_are_left_out_but_make_a_listing() -> None:
    row = '<li><a href="javascript:;">{title}</a><span>{date}</span></li>'
    listing, strength = read_listing(page_of(f"<ul>{rows(row)}</ul>"))
    assert listing.items == ()
    assert strength > 0.6


def test_a_full_dated_list_is_surely_a_listing() -> None:
    row = '<li><a href="{i}.html">{title}</a><span>{date}</span></li>'
    assert read_listing(page_of(f"{HEAD}<ul>{rows(row)}</ul>{FOOT}"))[1] > 0.9


def test_an_article_with_a_side_list_is_hardly_a_listing() -> None:
    text = (
        "<p>近日，云山湖开发区组织召开项目调度会，研究部署下一阶段重点工作，要求各单位压实责任，确保各项任务按期完成。</p>"
        * 12
    )
    row = '<li><a href="{i}.html">{title}</a><span>{date}</span></li>'
    article = (
        f'<h1>{HEADLINES[0]}</h1><div class="con">{text}</div><div class="related"><ul>{rows(row)}</ul></div>'
    )
    assert (
        read_listing(
            page_of(HEAD + article + FOOT, "http://www.yunshanhu.example.cn/xwzx/2023/05/18/61.html")
        )[1]
        < 0.4
    )


def test_a_page_of_menus_is_no_listing() -> None:
    assert read_listing(page_of(HEAD + FOOT))[1] < 0.3


@pytest.mark.parametrize(
    "html", ["", "<", "<a>", "<ul><li></ul>", "<a href>" * 50, "\ufffd" * 99, "<table><tr><td><a href=x>"]
)
def test_broken_pages_are_no_listing_and_no_error(html: str) -> None:
    listing, strength = read_listing(page_of(html))
    assert len(listing.items) <= 1
    assert strength < 0.6


def test_a_huge_list_is_bounded() -> None:
    lis = "".join(
        f'<li><a href="{i}.html">园区动态新闻标题第{i}条</a><span>2023-05-18</span></li>'
        for i in range(MAX_ITEMS + 50)
    )
    assert len(read_listing(page_of(f"<ul>{lis}</ul>"))[0].items) == MAX_ITEMS


@pytest.mark.parametrize("wrap", ["<li>{}</li>", "{}", "{}<br>", "<p>{}</p>", "<div>{}", "<span>{}"])
def test_time_grows_with_the_links_not_with_their_square(wrap: str) -> None:
    def spent(n: int) -> float:
        page = page_of(
            "<div>"
            + "".join(wrap.format(f'<a href="{i}.html">标题{i}</a> 05-18') for i in range(n))
            + "</div>"
        )
        start = time.process_time()
        read_listing(page)
        return time.process_time() - start

    small = min(spent(1_000) for _ in range(3))
    assert spent(8_000) < 40 * small + 0.2


def test_a_lead_story_in_a_box_of_its_own_is_the_first_item() -> None:
    lead = f'<div class="lead"><h2><a href="0.html">{HEADLINES[0]}</a></h2><p>园区各项工作稳步推进。</p><span>{DAYS[0]}</span></div>'
    rest = rows('<li><a href="{i}.html">{title}</a><span>{date}</span></li>').partition("</li>")[2]
    assert listed(f"{lead}<ul>{rest}</ul>") == WHOLE


def test_columns_of_a_table_layout_are_not_one_list() -> None:
    hot = "".join(
        f'<li><a href="/h/{i}.html">热点文章标题第{i}号</a><span>2023-0{i + 1}-11</span></li>'
        for i in range(8)
    )
    main = rows('<li><a href="{i}.html">{title}</a><span>{date}</span></li>')
    body = f"<table><tr><td><h3>最新</h3><ul>{hot}</ul></td><td><ul>{main}</ul><p>共8页 <a href=index_2.html>下一页</a></p></td></tr></table>"
    assert listed(body) == WHOLE


def test_blocks_of_several_columns_are_not_one_list() -> None:
    row = '<li><a href="/{c}/{i}.html">{c}栏目的文章标题第{i}篇</a><span>2023-05-1{i}</span></li>'
    blocks = "".join(
        f'<div class="blk"><h2>{c}<a href="/{c}/">更多</a></h2><ul>{"".join(row.format(c=c, i=i) for i in range(5))}</ul></div>'
        for c in ("动态", "公告", "政策", "解读")
    )
    listing, strength = read_listing(page_of(HEAD + blocks + FOOT, "http://www.yunshanhu.example.cn/zwgk/"))
    assert len(listing.items) == 5
    assert strength < 0.45


def test_long_headlines_without_dates_are_a_listing_and_menus_are_not() -> None:
    lis = "".join(f'<li><a href="{i}.html">云山湖开发区推进重点工作纪实之第{i}篇</a></li>' for i in range(10))
    assert read_listing(page_of(f"{HEAD}<ul>{lis}</ul>{FOOT}"))[1] >= 0.45


@pytest.mark.parametrize(
    ("mark", "title"),
    [
        ("[置顶]", HEADLINES[0]),
        ("【顶】", HEADLINES[0]),
        ("·", HEADLINES[0]),
        ("[图文]", "[图文]" + HEADLINES[0]),
    ],
)
def test_a_pin_is_no_part_of_the_title_but_a_genre_is(mark: str, title: str) -> None:
    body = rows('<li><a href="{i}.html">{title}</a><span>{date}</span></li>').replace(
        HEADLINES[0], mark + HEADLINES[0]
    )
    assert listed(f"<ul>{body}</ul>")[0][1] == title


def test_a_date_in_a_summary_is_not_the_row_s_date() -> None:
    row = '<li><a href="{i}.html">{title}</a><p>新区论坛启航，活动时间：2022年9月22日，诚邀各位企业家莅临现场，共话产业发展的未来与机遇，共谋合作新篇章。</p><span>{date}</span></li>'
    assert [d for _, _, d in listed(f"<ul>{rows(row)}</ul>")] == list(DAYS)


def test_of_two_date_columns_the_one_headed_as_publication_counts() -> None:
    head = "<tr><th>序号</th><th>名称</th><th>成文日期</th><th>发布日期</th></tr>"
    row = '<tr><td>{i}</td><td><a href="{i}.html">{title}</a></td><td>2020-01-0{i}</td><td>{date}</td></tr>'
    assert listed(f"<table>{head}{rows(row.replace('0{i}<', '1{i}<'))}</table>") == WHOLE


@pytest.mark.parametrize(
    ("shell", "strong"),
    [
        ("<script url='/x/build/unit' queryData=\"{'tagId':'信息列表'}\"></script>", True),
        ("<script url='/x/build/unit' queryData=\"{'tagId':'底部导航'}\"></script>", False),
        ("<script>$('#7').jpage({proxyUrl:'/module/web/jpage/dataproxy.jsp'})</script>", True),
    ],
)
def test_the_shell_of_a_list_that_a_script_fills_is_a_listing(shell: str, strong: bool) -> None:
    assert (read_listing(page_of(HEAD + shell + FOOT))[1] >= 0.45) is strong
    assert (
        read_listing(
            page_of(HEAD + shell + FOOT, "http://www.yunshanhu.example.cn/art/2023/5/1/art_3_9.html")
        )[1]
        < 0.45
    )


def test_rows_that_a_script_holds_as_json_are_found() -> None:
    data = [
        {"title": t, "url": f"{i}.html", "publishTime": d}
        for i, (t, d) in enumerate(zip(HEADLINES, DAYS, strict=True))
    ]
    script = f"<div id=app></div><script>var other = [{{x:1}}]; var dataList = {json.dumps([{'infolist': data}])};</script>"
    assert listed(script) == WHOLE


def test_json_in_a_script_does_not_replace_visible_rows() -> None:
    data = [{"title": f"相关文章标题第{i}篇", "url": f"/x/{i}.html", "date": d} for i, d in enumerate(DAYS)]
    row = '<li><a href="{i}.html">{title}</a><span>{date}</span></li>'
    assert listed(f"<ul>{rows(row)}</ul><script>var hot = {json.dumps(data)};</script>") == WHOLE
