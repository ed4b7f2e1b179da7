"""Counters: where views are asked, whether asking adds one, and what the answers say. All ids and hosts are invented."""

from __future__ import annotations

import pytest
from one_page import page_of

from scraper.model import Counter
from scraper.read.article.counter import find_counter, parse_answer

HOST = "http://www.yunshanhu.example.cn"
UUID = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("html", "url", "adds"),
    [
        ("<script>window.NFCMS_SITE_ID='200';window.NFCMS_POST_ID = '931';</script>", "http://statistics.gd.gov.cn/jsonp/post/sum?post=931&site=200&callback=c", False),
        ('<script>_showDynClicks("wbnews", 1430, 2067)</script>', f"{HOST}/system/resource/code/news/click/dynclicks.jsp?clickid=2067&owner=1430&clicktype=wbnews", False),
        ('<span class="WP_VisitCount" url="/_visitcountdisplay?siteId=27&type=3&articleId=510"></span><img src="/_visitcount?siteId=27&type=3&articleId=510">', f"{HOST}/_visitcountdisplay?siteId=27&type=3&articleId=510", False),
        ('<img src="/_visitcount?siteId=27&amp;type=3&amp;articleId=510">', f"{HOST}/_visitcountdisplay?siteId=27&type=3&articleId=510", False),
        ('<script src="/vc/vc/interface/visit.jsp?type=3&i_webid=1&i_columnid=6&i_articleid=11"></script>', f"{HOST}/vc/vc/interface/artcount/artcount.jsp?i_columnid=6&i_articleid=11", False),
        ('<input type="hidden" id="eprotalCurrentPageId" value="31"><input id="eportalappPortletId" value="ab"><input id="eprotalCurrentColumnId" value="7"><input id="eprotalCurrentArticleKey" value="99">', f"{HOST}/eportal/ui?pageId=31&moduleId=ab&columnId=7&articleKey=99&struts.portlet.action=/app/counting-front!saveInfo.action&getHitsOnly=true", False),
        ('<script src="/e/public/onclick/?enews=donews&classid=5&id=77"></script>', f"{HOST}/e/public/ViewClick/?classid=5&id=77", False),
        ('<script src="/module/visitcount/articlehits.jsp?colid=6&artid=11"></script><iframe src="/module/visitcount/visit.jsp?type=3&i_articleid=11">', f"{HOST}/module/visitcount/articlehits.jsp?colid=6&artid=11", False),
        ('<iframe src="/module/visitcount/visit.jsp?type=3&i_webid=1&i_articleid=11"></iframe>', f"{HOST}/module/visitcount/visit.jsp?type=3&i_webid=1&i_articleid=11", True),
        ("<script>$.post('/eportal/ui?pageId=3&articleKey=4&struts.portlet.action=/app/counting-front!saveInfo.action')</script>", f"{HOST}/eportal/ui?pageId=3&articleKey=4&struts.portlet.action=/app/counting-front!saveInfo.action&getHitsOnly=true", False),
        ('<script src="/e/public/ViewClick/?classid=5&id=77&addclick=1"></script>', f"{HOST}/e/public/ViewClick/?classid=5&id=77", False),
        ('<script src=/e/public/ViewClick/?classid=5&id=77></script>', f"{HOST}/e/public/ViewClick/?classid=5&id=77", False),
        ('<script src="/plus/count.php?view=yes&aid=61&mid=1"></script>', f"{HOST}/plus/count.php?view=yes&aid=61&mid=1", True),
        ('<script src="http://www.yunshanhu.example.cn/api.php?op=count&id=9&modelid=1"></script>', f"{HOST}/api.php?op=count&id=9&modelid=1", True),
        ("<script>$.get('/index.php?m=api&c=Ajax&a=arcclick&type=view&aids=8')</script>", f"{HOST}/index.php?m=api&c=Ajax&a=arcclick&type=lists&aids=8", False),
        ("<script>$.post('/api/stl/actions/hits', {siteId: 1, channelId: 21, contentId: 689, autoIncrease: true})</script>", f"{HOST}/api/stl/actions/hits?siteId=1&channelId=21&contentId=689&autoIncrease=false", False),
        ('<script src="/hits/?type=news&vid=5"></script>', f"{HOST}/hits/?type=news&vid=5&list=1", False),
        ('<script>Cms.viewCount("","578")</script>', f"{HOST}/content_view.jspx?contentId=578", True),
        ("<script>$.get('/info_views/31.jspx')</script>", f"{HOST}/info_views/31.jspx?isUpdate=false", False),
        ('<script src="/Common/GetHits.aspx?id=12"></script>', f"{HOST}/Common/GetHits.aspx?id=12", True),
        (f'<meta name="manuscript" manuscriptId="{UUID}"><meta name="channel" channelId="{UUID[::-1]}">', f"{HOST}/cms-access-service/access/views?manuscriptId={UUID}&ChannelId={UUID[::-1]}", True),
        ('<span class="j-info-hit" data-setting="{infoId:7227}"></span>', f"{HOST}/content/hit/7227", True),
        ("<script>var DOCID='881'; var siteId=4; $.post('/visitor/stat/doc/visit.xhtml')</script>", f"{HOST}/visitor/stat/doc/visit.xhtml?siteId=4&docId=881", True),
        ('<script src="/include/clicknum.jsp?t=news&n=news_id&v=19"></script>', f"{HOST}/include/clicknum.jsp?t=news&n=news_id&v=19", True),
    ],
)  # fmt: skip
def test_a_counter_is_built_from_the_page_s_parameters(html: str, url: str, adds: bool) -> None:
    assert find_counter(page_of(html, HOST + "/xw/1.html")) == Counter(url=url, adds=adds)


def test_a_deya_counter_says_get_but_adds() -> None:
    page = page_of(
        "<script>$.get('/web/api/getTemplateClickCount?id=' + id)</script>",
        HOST + "/xw/1833316118612205569.html",
    )
    assert find_counter(page) == Counter(
        url=f"{HOST}/web/api/getTemplateClickCount?id=1833316118612205569", adds=True
    )


@pytest.mark.parametrize(
    "html",
    [
        "<p>点击量：655</p>",
        '<script src="/js/jquery.count.js?v=12"></script>',
        '<script src="http://tj.example.com/visit?site=1&url=http://www.yunshanhu.example.cn/a?id=3"></script>',
        "<script>_showDynClicks()</script>",
        '<img src="/_visitcount?siteId=135&type=2&columnId=9487">',
        "<script>window.NFCMS_POST_ID='';</script>",
    ],
)
def test_no_counter_is_seen_where_none_is(html: str) -> None:
    assert find_counter(page_of(html)) is None


@pytest.mark.parametrize(
    ("answer", "views"),
    [
        ("491", 491),
        ("\r\n\r\n\n\n   655\n", 655),
        ('"655"', 655),
        ('document.write("491");', 491),
        ("document.write('1250次');", 1250),
        ("$('#hits').html('88');$('#today').html('3');", 88),
        ("<span>1203</span>", 1203),
        ('c({"count":3021})', 3021),
        ('{"status":"success","result":{"views":77}}', 77),
        ('{"result":true,"count":"19"}', 19),
        ('{"status":200,"data":311}', 311),
        ("[120,3,0,5,1]", 120),
        ('[{"articleId":9,"count":17}]', 17),
        ('{"viewCount":8}', 8),
        ("document.getElementById('h').innerHTML='12';", 12),
        ("-", None),
        ("", None),
        ("0", None),
        ('document.write("0");', None),
        ("<span>-</span>", None),
        ("非法请求", None),
        ("<html><body>404 Not Found</body></html>", None),
        ('{"status":500,"msg":"error"}', None),
        ("9" * 60, None),
    ],
)
def test_an_answer_is_a_number_or_nothing(answer: str, views: int | None) -> None:
    assert parse_answer(answer) == views


def test_hostile_pages_and_answers_cost_linear_time() -> None:
    for text in (
        '"' * 200_000 + "/e/public/ViewClick/?",
        "manuscriptId=" * 20_000,
        '<script src="/click?id="></script>' * 10_000,
    ):
        find_counter(page_of(text))
    for text in ("document.write(" * 50_000, "count:" * 100_000, " " * 1_000_000 + "5"):
        parse_answer(text)
