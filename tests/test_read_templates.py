"""Small pages of our own, each with one habit of template makers, and what a careful reader would say of it."""

from __future__ import annotations

import pytest
from small_pages import SIDE, TEXT, TITLE, URL, article, whole

from scraper import read


@pytest.mark.parametrize(
    ("byline", "field", "value"),
    [
        ("<ul><li>2024年3月11日</li><li><span>稿件来源</span><em>青禾融媒</em></li></ul>", "source", "青禾融媒"),
        ("<ul><li>2024年3月11日</li><li><label>撰稿人</label><span>苏晚晴</span></li></ul>", "author", "苏晚晴"),
        ("<div>时间：2024-03-11 来源：青禾融媒</div><div>阅读量 1,284</div>", "views", 1284),
        ("<div>日期：2024-03-11 来源：青禾集团<span>1,306 次浏览</span></div>", "views", 1306),
        ("<div>日期：2024-03-11 来源：青禾集团<span>1,306 次浏览</span></div>", "source", "青禾集团"),
        ("<div>日期：<time>28/03/2024</time> 来源：青禾集团</div>", "date", "2024-03-28"),
        ("<div>日期：03/28/2024 来源：青禾集团</div>", "date", "2024-03-28"),
        ("<div>日期：05/03/2024 来源：青禾集团</div>", "date", None),
        ("<div>二〇二四年三月十一日</div>", "date", "2024-03-11"),
        ("<div>文/图：李鹿鸣 发表于 2024-03-11 10:24</div>", "author", "李鹿鸣"),
        ("<div>By Chen Yulan in Qinghe | Source: Qinghe Daily | Posted: March 11, 2024</div>", "author", "Chen Yulan"),
        ("<div>更新于：2024-03-12 来源：青禾集团</div>", "date", "2024-03-12"),
        (
            '<div>发布时间：2024-03-11<script>var ly="贸易局";if(ly!="")document.write("<span>来源："+ly+"</span>");</script></div>',
            "source",
            "贸易局",
        ),
        ("<div data-v-1a><span data-v-1a>2024-03-11</span><span data-v-1a>青禾集团</span></div>", "date", "2024-03-11"),
    ],
)  # fmt: skip
def test_a_byline_is_read_however_it_is_set(byline: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1>{byline}"), field) == value


def test_a_day_above_the_headline_is_trusted_before_that_of_an_update() -> None:
    byline = f"<h1>{TITLE}</h1><div>发布单位：质量部 更新于：2023-11-29</div>"
    assert article(f"<div>2023-11-17</div>{byline}").date == "2023-11-17"
    leaf = "<div class=rili><strong>17</strong><span>2023-11</span></div>"
    assert article(f"{leaf}{byline}").date == "2023-11-17"
    assert article(byline).date == "2023-11-29"


def test_a_byline_below_the_text_has_its_day_too() -> None:
    foot = "<div><span>2022.03.19</span><span>图文：梁小满</span><span>供稿单位：宣传中心</span><span>责任编辑：韦佳</span></div>"
    got = article(f"<h1>{TITLE}</h1>", TEXT + "</div>" + foot + "<div>")
    assert (got.date, got.author, got.source) == ("2022-03-19", "梁小满", "宣传中心")


def test_a_headline_may_share_its_line_with_the_byline() -> None:
    head = (
        '<div class="b2"><span class="b21">返乡创业能拿多少补贴？局长来解答</span>'
        '<span class="b22">信息来源：青禾日报 记者 周既明 | 发布时间：2024年3月5日 9时06分</span></div>'
    )
    got = article(head, title="青禾示范区 政策问答 返乡创业能拿多少补贴？局长来解答")
    assert (got.title, got.source, got.author) == ("返乡创业能拿多少补贴？局长来解答", "青禾日报", "周既明")


def test_a_headline_of_two_characters_is_one_where_the_page_is_called_so() -> None:
    got = article("<div>讣　告</div><div>发布日期：2024-03-05 供稿单位：离退休处</div>", title="讣告")
    assert got.title == "讣 告"


def test_a_breadcrumb_without_links_is_no_headline() -> None:
    got = article(f"<div>首页－政务公开－政策问答</div><div>{TITLE}</div><div>发布时间：2024-03-11</div>")
    assert got.title == TITLE
    got = article(
        f"<div>{TITLE}</div><div>首页－政务公开－政策问答</div><div>发布时间：2024-03-11</div>",
        title="青禾开发区",
    )
    assert got.title == TITLE


@pytest.mark.parametrize(
    "signed",
    ["（记者 尤志刚 通讯员 白晓燕）3月11日，", "本报讯（记者 尤志刚 通讯员 白晓燕）3月11日，"],
)
def test_reporters_and_correspondents_of_one_bracket_are_all_named(signed: str) -> None:
    head = f"<h1>{TITLE}</h1><div>发布时间：2024-03-11</div>"
    assert article(head, TEXT.replace("3月11日，", signed, 1)).author == "尤志刚 白晓燕"
    tail = TEXT + "<p>（本报记者 尤志刚 通讯员 麦冬 易安）</p>"
    assert article(head, tail).author == "尤志刚 麦冬 易安"


@pytest.mark.parametrize("mark", ["为您推荐", "您可能感兴趣的内容", "Related Stories", "Most Read"])
def test_what_is_recommended_below_a_short_notice_is_not_its_text(mark: str) -> None:
    story = f"<div class=tj><h4>{TITLE}</h4><p>{'此次活动优化了发展环境，凝聚了干事创业的合力。' * 6}</p><a href='#'>全文</a></div>"
    notice = "因管网检修，3月6日8:00至18:00梧桐路以东区域停水，请提前储水。"
    head = "<h3>停水通知</h3><div>日期：2024-03-05 9:12 访问次数：</div>"
    got = article(head, f"<div>{notice}</div></div><div>{mark}</div>{story * 5}<div>", title="停水通知")
    assert got.body == notice


def test_pictures_that_lead_to_other_stories_are_no_gallery() -> None:
    teasers = "".join(
        f'<div class=tk><a href="/zt/{n}.html"><img src="/u/s{n}.jpg"><span>青禾组图第{n}辑</span></a></div>'
        for n in range(20)
    )
    head = f"<h1>{TITLE}</h1><div>文/图：李鹿鸣 2024-03-09 10:24</div>"
    photos = (
        '<p><img src="/u/1.jpg"></p><p>图为湖边的樱花。</p><p><img src="/u/2.jpg"></p><p>图为踏青的市民。</p>'
    )
    got = article(head, f"{photos}</div><div>更多图集{teasers}")
    assert [image.url.rpartition("/")[2] for image in got.images] == ["1.jpg", "2.jpg"]
    assert got.body == "图为湖边的樱花。\n图为踏青的市民。"


def test_the_visitors_of_a_site_are_not_the_readers_of_its_article() -> None:
    foot = "</div><div>闽ICP备05000011号 2005年7月1日开通 访问 5530982 人次</div><div>"
    assert article(f"<h1>{TITLE}</h1><div>发布时间：2024-03-11</div>", TEXT[:60] + foot).views is None
    assert article(f"<h1>{TITLE}</h1><div>发布时间：2024-03-11</div>", TEXT + foot).views is None


def test_an_article_that_is_gone_is_dead_in_its_frame_and_beside_its_lists() -> None:
    gone = "<p>对不起，您访问的信息不存在或已被删除！</p><p>系统将在5秒后返回</p>"
    page = f"<html><title>青禾园区</title><body><div>发布时间： 来源： 点击数：0</div>{gone}<ul>{SIDE}</ul></body></html>"
    assert read(page.encode(), URL).kind == "dead"
    assert read(page.replace(gone, "").encode(), URL).kind == "listing"


def test_a_headline_that_a_break_parts_is_whole_where_the_head_of_the_page_knows_it() -> None:
    whole = "青禾综合保税区管委会关于印发《跨境电商产业扶持暂行办法》的通知"
    meta = f'<meta name="ArticleTitle" content="{whole}">'
    head = (
        f"<p>{whole[:14]}<br>{whole[14:]}</p><div>发布机构：青禾综合保税区管委会 发布日期：2023-11-06</div>"
    )
    assert article(head, title=f"青禾综合保税区 规范性文件 {whole}", metas=meta).title == whole


def test_the_name_of_the_site_above_all_is_no_headline() -> None:
    head = (
        "<h1>青禾农业科学研究院</h1><div>2024年3月11日 星期一</div><table><tr><td><span class=lblTitle>司空砚同志讣告</span></td></tr>"
        "<tr><td>供稿单位：离退休职工处</td><td>发布日期：2024-3-5 9:07:41</td><td>访问次数：1024</td></tr></table>"
    )
    got = article(head, title="青禾农业科学研究院")
    assert (got.title, got.date, got.views) == ("司空砚同志讣告", "2024-03-05 09:07", 1024)


@pytest.mark.parametrize("sorts", ["分类：标准化", "所属栏目：通知公告", "标签：园区"])
def test_what_an_article_is_sorted_under_is_no_headline(sorts: str) -> None:
    got = article(
        f"<div>{TITLE}</div><dl><dd>{sorts}</dd><dd>发布于：2022年06月17日</dd></dl>", title="标准化"
    )
    assert got.title == TITLE


def test_a_signature_below_the_text_is_no_headline() -> None:
    foot = "<p>宋长庚同志治丧小组</p><p>2024年3月2日</p></div><div>供稿单位：老干处 发布日期：24-03-02</div><div>"
    text = "".join(TEXT.replace("青禾", zone) for zone in ("青禾", "云岭", "白河", "石湾"))
    got = article("", text + foot, title="青禾开发区")
    assert got.title != "宋长庚同志治丧小组"
    assert got.body.startswith("3月11日，青禾开发区召开")
    got = article("", text + foot.replace("治丧小组", "亲属敬启"), title="青禾开发区")
    assert got.title != "宋长庚同志亲属敬启"


def test_a_time_in_another_zone_is_told_in_china_s() -> None:
    meta = '<meta property="article:published_time" content="2023-09-08T03:12:00+00:00">'
    head = f"<h1>{TITLE}</h1><div>发布日期：2023-09-08</div>"
    assert article(head, metas=meta).date == "2023-09-08 11:12"
    broken = meta.replace("2023-09-08", "2023-99-08")
    assert article(head, metas=broken).date == "2023-09-08"


def test_a_byline_below_makes_an_article_of_a_page_without_headline_and_the_line_above_its_headline() -> None:
    title = "关于2013年端午节放假安排的通知"
    page = (
        f"<html><title>青禾高新区</title><body><table><tr><td><font size=4>{title}</font></td></tr>"
        "<tr><td>各镇人民政府，高新区各部门，驻区各单位：<br>根据市政府办公室通知精神，结合我区实际，现将放假安排通知如下。<br>"
        "一、6月10日至12日放假调休，共3天，6月8日、9日上班。<br>二、各单位要妥善安排好值班和安全、保卫等工作，遇有突发事件及时报告。<br>"
        "青禾高新区管委会办公室<br>二○一三年六月三日</td></tr>"
        "<tr><td>发布单位：管委会办公室 录入者：ql_admin 录入日期：13-06-04 人气：1287</td></tr></table></body></html>"
    )
    got = read(page.encode(), "http://www.qinghe-zone.example/show.jsp?id=7").article
    assert got is not None
    assert (got.title, got.source, got.date, got.views) == (title, "管委会办公室", "2013-06-04", 1287)


def test_the_text_below_the_headline_counts_where_a_copy_of_it_stands_above() -> None:
    copy = TEXT.replace("<p>", "<div>").replace("</p>", "</div>")
    page = (
        f"<html><title>{TITLE}</title><body><div><span>{TITLE}</span></div><div>2024-03-11</div><div>{copy}</div>"
        f"<h1>{TITLE}</h1><div>发布时间：2024-03-11 来源：青禾融媒</div><div class=m>{TEXT}</div></body></html>"
    )
    got = read(page.encode(), URL).article
    assert got is not None
    assert got.body == TEXT.replace("<p>", "").replace("</p>", "\n").strip()


@pytest.mark.parametrize(
    ("byline", "field", "value"),
    [
        ('<i class="icon-eye"></i><b>2,048</b>', "views", 2048),
        ('<img src="/images/liulan.png"><span>573</span>', "views", 573),
        ('<span class="viewCount">573</span>', "views", 573),
        ('<i class="icon-zan"></i><b>573</b>', "views", None),
        ('<time datetime="2024-03-11T08:30:00+08:00">三天前</time>', "date", "2024-03-11 08:30"),
        ('<time class="updated" datetime="2024-03-15T08:30:00+08:00">今天</time>', "date", None),
        ("<span>2024-03-11 18:02:47</span><span>青禾集团</span>", "date", "2024-03-11 18:02"),
        (
            '发布于 <a href="/3312.html">2024年3月11日</a> <a href="/u/7">青禾开发区网站编辑部同仁</a> 阅读 (77)',
            "views",
            77,
        ),
        ("<p><b>供稿单位</b><i>材料学院</i></p><p><b>文字</b><i>宁可欣</i></p>", "author", "宁可欣"),
        ("2024-3-11|发布者: 秘书处小黄|来自: 商会秘书处", "source", "商会秘书处"),
    ],
)
def test_a_byline_that_markup_tells_more_of_than_words(byline: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1><div class=info>{byline}</div>"), field) == value


def test_clicks_behind_a_link_are_the_row_s() -> None:
    hot = (
        "<div><h3>热门资讯</h3><ul><li><a href=/1>第九届盆景展获奖名单</a>阅读：3310</li>"
        "<li><a href=/2>榕树盆景冬季养护要点</a>阅读：9021</li></ul></div>"
    )
    head = "<div><div class=bt>讣&emsp;告</div><ul><li>日期：2022-12-30</li><li>访问次数：</li></ul></div>"
    got = article(hot + head, title="讣告_公告_青禾盆景协会")
    assert (got.title, got.views, got.date) == ("讣 告", None, "2022-12-30")


def test_a_line_of_writers_is_the_byline_of_the_headline_above_its_subtitle() -> None:
    head = (
        "<table><tr><td>走基层·看变化</td></tr><tr><td><b>茶山雨润采茶忙</b></td></tr>"
        "<tr><td>——石坳乡牛角村见闻</td></tr><tr><td>□ 本报记者 韦 舟</td></tr></table>"
    )
    foot = "<p>《青禾报》二〇一一年四月十二日 第3版&nbsp;&nbsp;录入：xiaoli&nbsp;&nbsp;人气：<b>1,306</b></p>"
    got = article(head, TEXT + foot, title="青禾报·电子版")
    assert (got.title, got.author, got.date, got.views) == ("茶山雨润采茶忙", "韦舟", "2011-04-12", 1306)
    assert "录入" not in got.body


def test_a_file_with_its_size_is_no_text() -> None:
    got = article(f"<h1>{TITLE}</h1>", TEXT + '<p><a href="/a.xls">签到表.xls</a> (23 KB, 下载次数: 65)</p>')
    assert "签到表" not in got.body
    assert [file.text for file in got.attachments] == ["签到表.xls"]


@pytest.mark.parametrize(
    ("byline", "field", "value"),
    [
        ("<i></i>《青禾日报》 <span>作者：段文清</span>", "source", "《青禾日报》"),
        ("<span>《青禾日报》改版座谈会</span>", "source", None),
        ("发布：公用事业管理科 2021.12.09 [ 打印 ]", "date", "2021-12-09"),
    ],
)
def test_a_byline_that_says_less_than_its_labels_ask(byline: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1><div>{byline}</div>"), field) == value


def test_a_reporter_signs_for_pictures_and_text() -> None:
    assert article(f"<h1>{TITLE}</h1>", TEXT + "<p>记者 卓玛措 摄影报道</p>").author == "卓玛措"


@pytest.mark.parametrize(
    ("abstract", "kept"), [("摘要：3月11日，青禾开发区召开项目建设…", False), ("摘要：本文综述近况。", True)]
)
def test_a_summary_goes_only_where_the_text_begins_with_it(abstract: str, kept: bool) -> None:
    got = article(f"<h1>{TITLE}</h1><div>时间：2024-03-11</div>", f"<p>{abstract}</p>{TEXT}")
    assert got.body.startswith("摘要") == kept


def test_a_calendar_leaf_dates_the_headline_below_it_a_kicker_between_or_not() -> None:
    leaf = "<div class=rq><b>26</b><span>2024-01</span></div>"
    head = "<div><h2>新闻中心</h2><h4>携手逐风 共赢蓝海｜青禾集团签约</h4></div>".replace(
        "<h4>", leaf + "<h4>"
    )
    got = article(head, title="青禾轴承集团股份有限公司")
    assert (got.title, got.date) == ("携手逐风 共赢蓝海｜青禾集团签约", "2024-01-26")
    got = article(f"{leaf}<div>系列报道之五</div><h1>{TITLE}</h1><div>阅读：7</div>")
    assert got.date == "2024-01-26"


def test_the_day_of_an_edition_is_told_where_the_address_has_it_too() -> None:
    page = f"<html><body><div>2023年11月17日 星期五</div><h1>{TITLE}</h1><div class=nr>{TEXT}</div></body></html>"
    assert whole(page, "http://www.qinghe-paper.example/html/2023-11/17/content_2_1.htm").date == "2023-11-17"
    assert whole(page, "http://www.qinghe-paper.example/html/2023-11/16/content_2_1.htm").date is None


@pytest.mark.parametrize(
    ("byline", "field", "value"),
    [
        ("<p>【供稿单位】德育处 【日期】二〇二四年四月一日 【人气】</p>", "source", "德育处"),
        ("<p><em>信息来源</em>青禾融媒<em>责任编辑</em>邢露<em>阅读</em>--</p>", "source", "青禾融媒"),
        ("<p><em>信息来源</em>青禾融媒<em>责任编辑</em>邢露<em>阅读</em>--</p>", "editor", "邢露"),
        ("<div class=field__label>来源</div><div>科技外事处</div>", "source", "科技外事处"),
        ("<p>来源：青禾办公室发布：2025-10-09浏览：-</p>", "source", "青禾办公室"),
        ("<p>2018-12-10 08:55来源：青禾日报作者：<a>我来说两句</a> ()</p>", "author", None),
        ("<p>青禾新闻记者 骆雨桐 实习生 于静姝</p><p>2024-01-14 09:33</p>", "author", "骆雨桐 于静姝"),
        ("<p><a href=/u/7>河汉商报</a></p><p>2023年09月21日 15:20</p>", "source", "河汉商报"),
        ("<p><a href=/u/7>青禾人家</a></p><p>2023年09月21日 15:20</p>", "source", None),
    ],
)
def test_a_byline_of_odd_labels(byline: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1><div>{byline}</div>"), field) == value


def test_what_stands_above_a_clocked_byline_and_below_the_text_in_its_box_is_no_text() -> None:
    box = (
        "<p><a href=/u/7>青禾人家</a></p><p>2023年09月21日 15:20:09 来自青禾市</p><p>27人参与6评论</p>"
        f"{TEXT}<p>特别声明：以上作品内容为本平台用户上传并发布。</p>"
    )
    got = article(f"<h1>{TITLE}</h1>", box)
    assert got.body == TEXT.replace("<p>", "").replace("</p>", "\n").strip()


def test_paragraphs_above_a_late_byline_are_no_headline() -> None:
    page = (
        "<html><title>青禾茶叶协会</title><body><table><tr><td><a href=/>首页</a> <a href=/a>动态</a></td></tr>"
        "<tr><td><font size=4>春茶加工技术培训班在青禾举办</font><br><font>——126名骨干“充电”</font></td></tr>"
        f"<tr><td>字体：<a href=#>大</a> <a href=#>小</a></td></tr><tr><td>{TEXT}"
        "<p>“以前全凭手感。”学员叶大根说，“现在有了数字。”</p></td></tr>"
        "<tr><td>信息来源：青禾茶业中心 日期：12-03-15 阅读量：</td></tr></table></body></html>"
    )
    assert whole(page).title == "春茶加工技术培训班在青禾举办"


def test_the_writer_of_a_wechat_page_is_the_first_of_its_meta_words() -> None:
    page = (
        f'<html><title></title><body><h1 class="rich_media_title" id="activity-name">{TITLE}</h1><div>'
        '<span class="rich_media_meta rich_media_meta_text">顾小满</span><span><a href="javascript:void(0);">青禾发布</a></span>'
        f'</div><em id="publish_time">2024-02-26 18:30</em><div id="js_content" class="rich_media_content">{TEXT}</div></body></html>'
    )
    got = whole(page, "https://mp.weixin.example/s?__biz=MzA5&mid=265")
    assert (got.author, got.source, got.date) == ("顾小满", None, "2024-02-26 18:30")


@pytest.mark.parametrize(
    ("byline", "field", "value"),
    [
        (
            "<p><label>来源</label><em>综合协调局</em></p><p><label>浏览</label><em>614</em></p>",
            "source",
            "综合协调局",
        ),
        ("<p>2024-06-04 19:52</p><p>来源：青禾新闻联播2317次播放</p>", "views", 2317),
        ("<p>2024-06-04 19:52</p><p>来源：青禾新闻联播2317次播放</p>", "source", "青禾新闻联播"),
        ("<p>时间：2024-06-04</p><p>博客访问：286,417</p>", "views", None),
        (
            "<dl><dt>作者</dt><dd><a href=/z/1>施怀谦</a> <a href=/z/2>龚雨桐</a></dd></dl>",
            "author",
            "施怀谦 龚雨桐",
        ),
        ("<p>■ 本报记者 路一鸣 通讯员 石磊</p>", "author", "路一鸣 石磊"),
        ("<p>时间：2024-06-04 作者丨柳亦菲 食品工程博士</p>", "author", "柳亦菲"),
        ("<p>由 labweb 提交于 周一, 2019-11-11 16:22</p>", "date", "2019-11-11 16:22"),
        ("<p>By Zhu Wen in Qinghe | Coastal Daily | Updated: Apr 24, 2024</p>", "source", "Coastal Daily"),
        ("<p>(qinghedaily.com.cn)  Updated: 2024-04-24</p>", "source", "qinghedaily.com.cn"),
        ("<p>（2024年2月21日）</p><p>2024年02月26日 文章来源：投资促进司</p>", "date", "2024-02-26"),
        (
            '发布于 <time datetime="2023-12-22T10:05:00+08:00">2023年12月22日</time>',
            "date",
            "2023-12-22 10:05",
        ),
    ],
)
def test_a_byline_of_portals_and_blogs(byline: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1><div>{byline}</div>"), field) == value


@pytest.mark.parametrize(
    ("foot", "field", "value"),
    [
        ("<p>(Reported by Sophie Deng, edited by Mark Allen)</p>", "author", "Sophie Deng"),
        ("<p>记者：彭旭 田小禾摄像：石柱编辑：邬小曼</p>", "author", "彭旭 田小禾"),
        ("<p>2024-03-11 来源：青禾消防 <i class=icon-view></i><b>867</b> 点赞 <b>23</b></p>", "views", 867),
        ("<p>作者：生态环境分局日期：2019/11/18已阅 97 次</p>", "views", 97),
        ("<p>发布：公用事业管理科 2021.12.09 [ 打印 ] [ 返回 ]</p>", "date", "2021-12-09"),
    ],
)
def test_a_byline_below_the_text(foot: str, field: str, value: object) -> None:
    assert getattr(article(f"<h1>{TITLE}</h1>", TEXT + foot), field) == value


def test_the_name_of_the_site_is_no_headline_wherever_it_stands() -> None:
    signed = f"<p>{TITLE.replace('召开', '将召开')}</p><p>录入者：admin</p><p>时间：2009-6-30 8:47</p>{TEXT}<p>青石县图书馆</p><p>二○○九年六月二十九日</p>"
    page = f"<html><title>青石县图书馆</title><body>{signed}<div>青石县图书馆 版权所有</div></body></html>"
    got = whole(page)
    assert (got.title, got.date) == ("青禾开发区将召开项目建设推进会", "2009-06-30 08:47")
    header = f"<html><title>通知公告 - 青禾市体育局</title><body><h1>青禾市体育局</h1><ul>{SIDE}</ul><p><strong>{TITLE}</strong></p>"
    page = f"{header}<table><tr><td>信息来源</td><td>群体科</td></tr><tr><td>发布日期</td><td>2024.03.06</td></tr></table>{TEXT}</body></html>"
    assert whole(page).title == TITLE
    metas = '<meta property="og:title" content="青禾自贸片区">'
    page = f"<p>青禾自贸片区</p><div>{TITLE}</div><div>来源：综合局 时间：2024-04-22</div>"
    assert article(page, title="贺信 - 青禾自贸片区", metas=metas).title == TITLE


def test_a_headline_may_begin_with_a_day_and_cells_with_days_are_no_bylines() -> None:
    title = "2019年11月11日—11月15日建设项目环评文件受理公示"
    rows = "".join(
        f"<tr><td>{n}</td><td>涂料建设项目</td><td>青禾环境科技公司</td><td>2019年11月1{n}日</td></tr>"
        for n in (2, 3)
    )
    page = (
        f"<html><title>青禾开发区</title><body><div>{title}</div><div class=txt>{TEXT}<table><tr><td>序号</td><td>项目</td>"
        f"<td>机构</td><td>日期</td></tr>{rows}</table></div><p>作者：生态环境分局日期：2019/11/18</p></body></html>"
    )
    got = whole(page)
    assert (got.title, got.date) == (title, "2019-11-18")


def test_labels_on_lines_of_their_own_below_the_text_make_an_article() -> None:
    page = (
        f"<html><title>青禾陆港</title><body><h1>青禾陆港</h1><ul>{SIDE}</ul><p class=bt><b>{TITLE}结果公告</b></p>"
        f"<div class=art-text>{TEXT}</div><ul><li>发布单位：合约部</li><li>发布日期：二〇二五年十月二十日</li><li>访问次数：</li></ul></body></html>"
    )
    got = whole(page, "http://www.qinghe-port.example/a/7")
    assert (got.title, got.date, got.source) == (f"{TITLE}结果公告", "2025-10-20", "合约部")
