"""Bylines and texts as everyday portals print them, in small pages of our own, and what a careful reader would say of each."""

from __future__ import annotations

import pytest
from small_pages import FIRST, SECOND, TEXT, TITLE, article, reading


@pytest.mark.parametrize(
    ("byline", "field", "value"),
    [
        ("<p>2023-04-13 17:05:41 文/图 蒋雨桐</p>", "author", "蒋雨桐"),
        ("<p>信息来源：水务公司审核：谭明</p>", "source", "水务公司"),
        ("<p>信息来源：水务公司审核：谭明</p>", "editor", "谭明"),
        ("<p>来源：《青禾新报》记者 江晚舟 实习生 柯一鸣</p>", "source", "《青禾新报》"),
        ("<p>来源：《青禾新报》记者 江晚舟 实习生 柯一鸣</p>", "author", "江晚舟 柯一鸣"),
        (
            "<p><span class=detail-src>青禾商报</span><span class=tm>2023-11-08 07:12</span></p>",
            "source",
            "青禾商报",
        ),
        ("<p>2023-11-08</p><p>□ 秦若水</p>", "author", "秦若水"),
    ],
)
def test_a_byline(byline: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1><div>{byline}</div>"), field) == value


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (f"<p>青禾网3月5日电 （韩雨桐）{FIRST}</p><p>{SECOND}</p>", "author", "韩雨桐"),
        (f"{TEXT}<p>文字：起云辉</p><p>图片：青禾团委</p>", "author", "起云辉"),
        (
            f"{TEXT}<p>【信息来源】青禾日报</p><p>【撰稿人】郁葱</p><p>【更新于】2024.03.27</p>",
            "source",
            "青禾日报",
        ),
        (
            f"{TEXT}<p>【信息来源】青禾日报</p><p>【撰稿人】郁葱</p><p>【更新于】2024.03.27</p>",
            "author",
            "郁葱",
        ),
        (f"{TEXT}<p>阅读<span class=num>(1874)</span>┊评论<span>(4)</span></p>", "views", 1874),
    ],
)
def test_a_byline_in_or_below_the_text(text: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1><p>发布时间：2024-03-11</p>", text), field) == value


@pytest.mark.parametrize(
    "junk",
    [
        "<p>听新闻 AI主播·小潮</p>",
        "<p>编辑 白晓 审校 童年 签发 丁卯</p>",
        "<p>1/5</p>",
        "<h4>相关视频</h4>"
        + "".join(f"<p>“小网格”里的大文章（{n}）</p><p>2024-03-1{n} 播放量：318{n}</p>" for n in range(9)),
    ],
)
def test_what_is_no_text_stays_out_of_it(junk: str) -> None:
    got = article(f"<h1>{TITLE}</h1><p>发布时间：2024-03-11 来源：青禾融媒</p>", TEXT + junk)
    assert got.body == f"{FIRST}\n{SECOND}"


def test_a_byline_s_table_below_the_text_in_its_box_is_no_headline_and_no_text() -> None:
    cells = "".join(
        f"<tr><td>{a}</td><td>{b}</td></tr>"
        for a, b in (("信息来源", "投资促进局 董晓菲"), ("发布时间", "2022-10-24"), ("阅读量", "311"))
    )
    page = (
        "<title>青禾保税港区投资促进网</title><body><div>→ <a href=/>首页</a> → <a href=/a>招商动态</a></div>"
        f"<p>宋书恒带队赴深圳考察</p><div>{TEXT}<table>{cells}</table></div></body>"
    )
    got = reading(page).article
    assert got is not None
    assert (got.title, got.source, got.author) == ("宋书恒带队赴深圳考察", "投资促进局", "董晓菲")
    assert (got.date, got.views, got.body) == ("2022-10-24", 311, f"{FIRST}\n{SECOND}")


def test_a_table_of_documents_under_a_row_of_labels_is_a_list() -> None:
    heads = "".join(
        f"<td>{head}</td>" for head in ("序号", "索引号", "信息名称", "文号", "成文日期", "发布日期", "下载")
    )
    rows = "".join(
        f"<tr><td>{n}</td><td>QH030-0202-2024-01{n}</td><td><a href=Detail.aspx?ID={n}>关于印发青禾开发区第{n}项管理办法的通知</a></td>"
        f"<td>青开发〔2024〕{n}号</td><td>2024-11-{n}</td><td>2024-12-{n}</td><td>-</td></tr>"
        for n in range(10, 30)
    )
    page = f"<title>政府信息公开目录</title><body><h3>信息公开目录</h3><table><tr>{heads}</tr>{rows}</table></body>"
    got = reading(page, "http://www.qinghe-zone.example/xxgk/InfoList.aspx?Type=gfxwj")
    assert got.kind == "listing"
    assert got.listing is not None
    assert [item.date for item in got.listing.items] == [f"2024-12-{n}" for n in range(10, 30)]


def test_rows_that_each_say_who_published_them_make_a_list() -> None:
    rows = "".join(
        f"<dl><dt><a href=/a/{n}>关于举办仓储管理师第{n}期培训班的通知</a></dt><dd>发布：培训部</dd><dd>2024.05.0{n}</dd>"
        f"<dd>根据管理规定，现批准发布，自2024年6月{n}日起实施……<a href=/a/{n}>阅读全文</a></dd></dl>"
        for n in range(1, 8)
    )
    got = reading(
        f"<title>通知公告</title><body><h2>通知公告</h2>{rows}</body>", "http://a.example/list.php?cid=4"
    )
    assert got.kind == "listing"
    assert got.listing is not None
    assert [item.date for item in got.listing.items] == [f"2024-05-0{n}" for n in range(1, 8)]


def test_a_column_of_several_lists_each_leading_on_is_a_front_page() -> None:
    boxes = "".join(
        f"<div class=box><h3>栏目{c}</h3><a href=/{c}/>更多&gt;&gt;</a><ul>"
        + "".join(
            f"<li><a href=/{c}/{n}.html>青禾开发区第{n}批重点项目公示</a><i>2024-07-1{n}</i></li>"
            for n in range(5)
        )
        + "</ul></div>"
        for c in "abcdef"
    )
    assert (
        reading(f"<title>政务公开</title><body>{boxes}</body>", "http://www.qinghe-zone.example/zwgk/").kind
        == "home"
    )


def test_a_gallery_s_captions_and_the_story_behind_them_are_one_text() -> None:
    slides = "".join(
        f"<div class=s><img src=/u/{n}.jpg width=800 height=500><p>4月6日，无人机拍摄的青禾园区第{n}号地块。周桂平摄</p><i>{n}/5</i></div>"
        for n in range(1, 6)
    )
    lists = "<div>精彩图集</div>" + "".join(
        f"<div><a href=/g/{n}>青禾开发区第{n}组图片报道</a></div>" for n in range(40)
    )
    page = (
        f"<title>{TITLE}</title><body><div><h1>{TITLE}</h1><p>来源：青禾在线 2025-04-07 10:03</p><div><div>{slides}</div></div>"
        f"<div><p>{FIRST}</p></div>{lists}</div></body>"
    )
    got = reading(page).article
    assert got is not None
    assert got.body.split("\n")[0] == "4月6日，无人机拍摄的青禾园区第1号地块。周桂平摄"
    assert got.body.split("\n")[1:] == [
        *(f"4月6日，无人机拍摄的青禾园区第{n}号地块。周桂平摄" for n in range(2, 6)),
        FIRST,
    ]


@pytest.mark.parametrize(
    ("byline", "field", "value"),
    [
        ("<p>潮闻记者 程以宁 实习生 范嘉</p><p>2024-01-19 18:27</p>", "author", "程以宁 范嘉"),
        ("<p>青禾融媒客户端 2025.04.18 16:05 浏览 2.3万</p>", "source", "青禾融媒客户端"),
        ("<p>青禾文旅之家 2025.04.18 16:05 浏览 2.3万</p>", "source", None),
        ("<p>青禾融媒客户端 2025.04.18 16:05 浏览 2.3万</p>", "views", None),
    ],
)
def test_a_byline_of_media(byline: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1><div>{byline}</div>"), field) == value


def test_a_byline_that_ends_the_text_is_read_whole() -> None:
    late = "<p>青禾日报记者 贺雪松 文/图</p><p>发布日期：2025-04-07 18:22来源：青禾日报人气：3076编辑：杭小雨</p>"
    got = article(
        f"<h1>{TITLE}</h1>", f"{TEXT}{late}<p><a href=/g/1>查看原图</a> <a href=/g/2>更多图集</a></p>"
    )
    assert (got.source, got.author, got.date, got.views) == ("青禾日报", "贺雪松", "2025-04-07 18:22", 3076)


def test_counts_of_rows_below_the_text_are_not_the_article_s() -> None:
    rows = "".join(
        f"<p><a href=/a/{n}>青禾开发区第{n}批重点项目签约落地</a></p><p>产经 05-0{n} {n}53{n}阅读</p>"
        for n in range(1, 6)
    )
    assert article(f"<h1>{TITLE}</h1><p>时间：2024-03-11</p>", f"{TEXT}<h4>继续阅读</h4>{rows}").views is None


def test_an_obituary_is_called_so_and_not_by_who_signs_it() -> None:
    text = f"{TEXT}<p>谨此讣告。</p><p>青禾市摄影家协会</p><p>2022年11月2日</p>"
    head = "<h3>最近更新</h3><ul><li><a href=/1>关于第十二届读书节征文的通知</a></li></ul><p>讣&emsp;告</p><p>发布时间：2022/11/03</p>"
    assert article(head, text, title="青禾市摄影家协会").title == "讣 告"


def test_of_two_copies_the_first_has_the_headline() -> None:
    first = f"<div>{TITLE}</div><p><label>信息来源</label><b>“青禾发布”公众号</b></p><p><label>发布日期</label><b>2023年09月14日</b></p>"
    more = "".join(
        f"<p>问：第{n}项怎么办？</p><p>答：按照第{n}条的规定，到窗口办理，材料齐全的当场办结。</p>"
        for n in range(5)
    )
    page = (
        f"<title>{TITLE}</title><body><div>{first}<div>{TEXT}{more}</div><p>（供稿：监管科 倪思源）</p></div>"
        f"<div class=m><h2>{TITLE}</h2><span>2023-09-14</span><div>{TEXT}{more}</div></div></body>"
    )
    got = reading(page).article
    assert got is not None
    assert got.source == "“青禾发布”公众号"


def test_comments_end_the_text_and_a_byline_in_cells_before_them_is_read() -> None:
    cells = "".join(
        f"<tr><td>{a}</td><td>{b}</td></tr>"
        for a, b in (
            ("发布单位", "离退休干部处"),
            ("录入者", "郝丽"),
            ("发布时间", "2015年3月30日"),
            ("访问次数", "2745"),
        )
    )
    rest = "<p>评论（0）</p><p>昵称 验证码</p><p>前一条：局举办健步走活动 (2015-03-26)</p>"
    got = article(f"<p>{TITLE}</p>", f"{TEXT}<table>{cells}</table>{rest}", title="青禾勘查局")
    assert (got.source, got.date, got.views) == ("离退休干部处", "2015-03-30", 2745)
    assert got.body == f"{FIRST}\n{SECOND}"


def test_pictures_of_a_list_below_the_text_do_not_outweigh_it() -> None:
    works = "".join(
        f"<p><img src=/u/{n}.jpg width=800 height=500>《青禾园区第{n}号地块》</p>" for n in range(30)
    )
    got = article(f"<h1>{TITLE}</h1><p>时间：2024-03-11</p>", f"{TEXT}</div><h4>相关文章</h4><div>{works}")
    assert got.body == f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize(
    ("signed", "author"),
    [
        ("（图/罗嘉 文/罗嘉 冯一禾）", "罗嘉 冯一禾"),
        ("（校记者站 黎小满 指导教师 邢岚）", "黎小满"),
    ],
)
def test_a_signature_names_the_writers_and_no_others(signed: str, author: str) -> None:
    assert article(f"<h1>{TITLE}</h1><p>时间：2024-03-11</p>", f"{TEXT}<p>{signed}</p>").author == author


def test_the_text_goes_on_behind_a_box_of_links_among_its_paragraphs() -> None:
    box = "<div><h4>延伸阅读</h4><ul><li><a href=/a/1>青禾高新区第一批重点项目签约落地</a></li></ul></div>"
    last = "高新区党工委书记表示，将锚定全年目标不放松，大抓项目、抓大项目，奋力实现首季开门红，确保完成全年任务。"
    got = article(
        f"<h1>{TITLE}</h1><p>时间：2024-03-11</p>", f"{TEXT}{TEXT.replace('3月', '4月')}{box}<p>{last}</p>"
    )
    assert got.body.endswith(f"\n{last}")
    assert "延伸阅读" not in got.body
    assert "签约落地" not in got.body


def test_of_leaves_above_the_headline_a_row_s_is_not_its_own() -> None:
    rows = "".join(
        f"<div>{n}2023-12</div><div><a href=/a/{n}>关于申报第{n}批教学名师的通知</a></div>"
        for n in (28, 23, 22)
    )
    got = article(f"{rows}<div>18<b>2023-06</b></div><p>{TITLE}</p><p>发布者：系统管理员 访问次数：</p>")
    assert got.date == "2023-06-18"


@pytest.mark.parametrize(
    ("byline", "field", "value"),
    [
        (
            "<p><b>作 者</b>田静宜 主治医师</p><p><b>审核专家</b>沙振华 主任医师</p><p><b>供稿单位</b>一院</p>",
            "author",
            "田静宜",
        ),
        ("<dl><dt class=label>Source 来源</dt><dd>青禾日报</dd></dl>", "source", "青禾日报"),
    ],
)
def test_labels_that_blanks_or_another_language_widen(byline: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1><div>{byline}</div><p>2024-03-11</p>"), field) == value


def test_the_tag_in_a_heading_is_no_part_of_the_headline() -> None:
    got = article(f"<h1>{TITLE} <a href=/c/7>汽车</a></h1><p>2024-03-11 来源：青禾融媒</p>", title="青禾网")
    assert got.title == TITLE


def test_a_count_behind_a_link_below_the_text_is_a_row_s() -> None:
    rows = "".join(f"<p><a href=/a/{n}>青禾夜校报名火爆</a>{n}31{n}阅读</p>" for n in range(2, 7))
    assert article(f"<h1>{TITLE}</h1><p>时间：2024-03-11</p>", f"{TEXT}<p>热文榜</p>{rows}").views is None


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (f"{TEXT}<p>（装备推广司 岳宁 东澜省林机站 简佳禾）</p>", "author", "岳宁 简佳禾"),
        (f"<p>文｜呼吸与危重症医学科 何静</p>{TEXT}", "author", "何静"),
        (f"{TEXT}<p>分类：<a href=/t/12>通知公告</a></p><p>5127 次阅读</p>", "views", 5127),
    ],
)
def test_writers_of_offices_and_counts_that_end_the_text(text: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1><p>时间：2024-03-11</p>", text), field) == value


def test_a_headline_parted_by_a_break_in_a_bold_cell_is_whole() -> None:
    head = "<table><tr><td><font size=5><b>总投资8.6亿元电驱壳体项目<br>签约落户青禾经济开发区</b></font></td></tr>"
    got = article(
        f"{head}<tr><td>发布单位：招商局 发布日期：2019年4月12日</td></tr></table>", title="青禾经济开发区"
    )
    assert got.title == "总投资8.6亿元电驱壳体项目签约落户青禾经济开发区"


def test_a_headline_of_two_characters_stands_above_its_text_where_nothing_marks_it() -> None:
    text = "".join(TEXT.replace("青禾", zone) for zone in ("青禾", "云岭", "白河", "石湾"))
    page = (
        f"<title>青禾大学信息网</title><body><p>当前位置：<a href=/>首页</a> → 讣告</p><p>讣 告</p><div>{text}</div>"
        "<p>发布单位：离退休工作处 发布日期：2024年03月04日</p></body>"
    )
    got = reading(page).article
    assert got is not None
    assert got.title == "讣 告"


@pytest.mark.parametrize(
    ("byline", "field", "value"),
    [
        ("2023-08-17 08:31 | 中国冷运报 | 记者 唐糖 浏览：4409 评论：0", "source", "中国冷运报"),
        ("2023-08-17 08:31 | 中国冷运报 | 记者 唐糖 浏览：4409 评论：0", "author", "唐糖"),
        ("24-01-12 青禾融媒 阅读：", "source", "青禾融媒"),
        ("2009年04月22日 07:36 青禾晚报 【大 中 小】", "source", "青禾晚报"),
        ("2009年04月22日 07:36 青禾通报 【大 中 小】", "source", None),
        ("<span>2024-03-18</span><span>28164 人已读</span>", "views", 28164),
        ("<span>2024-03-18</span><span>28164 人已读</span>", "date", "2024-03-18"),
    ],
)
def test_a_byline_without_labels(byline: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1><p>{byline}</p>"), field) == value


def test_a_column_s_banner_and_an_app_s_name_are_no_headline() -> None:
    menu = "<ul><li><a href=/a>通知公告</a></li><li><a href=/b>团体标准</a></li></ul>"
    head = f"{menu}<div class=banner><h2>通知公告</h2><p>NOTICE</p></div><p class=bt>{TITLE}</p><p>2023.01.18</p>"
    assert article(head, title="通知公告").title == TITLE
    head = (
        f"<span>看青禾</span><div class=tt><span>{TITLE}</span></div><p>青禾县融媒体中心 2024-06-21 10:08</p>"
    )
    assert article(head, title="看青禾").title == TITLE


def test_the_day_of_an_edition_is_that_of_the_page_its_pages_are_listed_on() -> None:
    pages = "".join(f"<p><a href=/a{n}>第A0{n}版：要闻</a></p>" for n in range(1, 9))
    text = "".join(TEXT.replace("青禾", zone) for zone in ("青禾", "云岭", "白河", "石湾"))
    page = f"<title>青禾日报</title><body><p>2023年11月14日 星期二</p>{pages}<p>{TITLE}</p><p>□本报记者 周立言</p><div>{text}</div></body>"
    got = reading(page, "http://paper.example/content_7.htm").article
    assert got is not None
    assert (got.title, got.date, got.author) == (TITLE, "2023-11-14", "周立言")
