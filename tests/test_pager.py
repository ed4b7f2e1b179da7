"""Pagers: base and direction of each dialect, what is claimed, and never a wrong next page. All names are invented."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from one_page import page_of

from scraper.model import Listing
from scraper.read.listing.pager import Pager, find_article_next, find_pager, with_pager

BASE = "http://www.bailuzhou.example.cn/zwgk/tzgg/"


def pager(html: str, url: str = BASE) -> Pager:
    found = find_pager(page_of(f"<html><body>{html}</body></html>", url))
    assert found is not None
    return found


def facts(html: str, url: str = BASE) -> tuple[str | None, int | None, int | None, int | None]:
    """(next page below BASE, page number, pages, articles)."""
    p = pager(html, url)
    return (p.next_url and p.next_url.removeprefix(BASE), p.page_number, p.page_count, p.total)


@pytest.mark.parametrize(
    ("script", "url", "want"),
    [
        ('createPageHTML(9, 0, "index", "html");', BASE, ("index_1.html", 1, 9, None)),
        ('createPageHTML(9,3,"index","shtml", "black2", 172);', BASE, ("index_4.shtml", 4, 9, 172)),
        ('createPageHTML("9","0","index_68","htm")', BASE, ("index_68_1.htm", 1, 9, None)),
        ('createPageHTML(9, 8, "index", "html");', BASE, (None, 9, 9, None)),
        ("createPageHTML('page_div', 12, 1, 'list3_1', 'shtml', 232);", BASE, ("list3_1_2.shtml", 1, 12, 232)),
        ("createPageHTML('page_div', 12, 12, 'list', 'shtml', 232);", BASE, (None, 12, 12, 232)),
        ('createPage(5, 1, "index", "html")', BASE, ("index_2.html", 2, 5, None)),
        ("function createPageHTML(_count, _now, _name, _ext){}\ncreatePageHTML(4,0,'index','html')", BASE, ("index_1.html", 1, 4, None)),
        ("var currentPage = 0;\nvar countPage = 4//共\n", BASE, ("index_1.html", 1, 4, None)),
        ("var currentPage = 2; var countPage = 4;", BASE + "index_2.htm", ("index_3.htm", 3, 4, None)),
        ("var currentPage = 3; var countPage = 4;", BASE + "index_3.htm", (None, 4, 4, None)),
        (
            "var pager_options = {currentPage:parseInt('0')+1, countPage:parseInt('6}'), PAGE_NAME:'index', PAGE_EXT:'html'}",
            BASE,
            ("index_1.html", 1, 6, None),
        ),
        ('$(".pagination").pagination("setPage", 1, 32)', BASE, ("index_2.html", 1, 32, None)),
        ('$(".pagination").pagination("setPage", 32, 32)', BASE + "index_32.html", (None, 32, 32, None)),
        (
            'Ls.pagination("#page_530", function(){}, {currPage:(0+1), pageCount:67})',
            "http://www.bailuzhou.example.cn/zwgk/index.html",
            ("http://www.bailuzhou.example.cn/content/column/530?pageIndex=2", 1, 67, None),
        ),
        (
            'Ls.pagination("#page_530", function(){}, {currPage:1, pageCount:67})',
            "http://www.bailuzhou.example.cn/content/column/530?pageIndex=67",
            (None, 67, 67, None),
        ),
    ],
)  # fmt: skip
def test_scripts_are_counted_from_their_own_base(
    script: str, url: str, want: tuple[str | None, int | None, int | None, int | None]
) -> None:
    assert facts(f"<script>{script}</script>", url) == want


def test_a_pager_call_in_a_comment_counts_too() -> None:
    assert facts("<!-- <script>createPageHTML('p',10,1,'list','shtml',200)</script> -->")[0] == "list_2.shtml"


def test_page_inp_and_page_count_go_from_one() -> None:
    assert facts('<input id="PageInp" value="2"><b class="pageCount">10</b>', BASE + "index_2.shtml") == (
        "index_3.shtml", 2, 10, None,
    )  # fmt: skip


HANWEB = """<div id="77"><script type="text/xml"><datastore>
<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=8&path=/&columnid=301&unitid=77&webname=白鹭洲&permissiontype=0"></a>]]></nextgroup>
<recordset>{records}</recordset></datastore></script></div>
<script>$('#77').jpage({{ totalRecord:{total}, proxyUrl:'/module/web/jpage/dataproxy.jsp', perPage:{size} }})</script>"""


def hanweb(records: int, total: int, size: int) -> str:
    return HANWEB.format(records="<record><![CDATA[<li></li>]]></record>" * records, total=total, size=size)


def test_hanweb_asks_its_data_proxy_for_page_two() -> None:
    p = pager(hanweb(15, 230, 15))
    asked = urlsplit(p.next_url or "")
    query = parse_qs(asked.query)
    assert asked.path == "/module/web/jpage/dataproxy.jsp"
    assert {k: v[0] for k, v in query.items()} == {
        "page": "2", "startrecord": "16", "endrecord": "30", "appid": "1", "webid": "8", "path": "/", "columnid": "301", "unitid": "77", "webname": "白鹭洲",
        "permissiontype": "0", "perpage": "15",
    }  # fmt: skip
    assert (p.page_count, p.total, p.page_number) == (16, 230, 1)


def test_hanweb_skips_the_pages_its_first_group_holds() -> None:
    assert "page=4&" in (pager(hanweb(45, 230, 15)).next_url or "")


def test_hanweb_ends_where_all_rows_are_shown() -> None:
    assert pager(hanweb(9, 9, 15)).next_url is None


def test_hanweb_takes_its_parameters_from_the_script_where_no_link_stands() -> None:
    script = (
        "<script>$('#9').jpage({totalRecord:90, perPage:20, proxyUrl:'/module/jpage/dataproxy.jsp', ajaxParam:{col:1,appid:1,webid:3,"
        "path:'/',columnid:44,sourceContentType:1,unitid:'9',webname:'青石港',permissiontype:0}})</script>"
    )
    query = parse_qs(urlsplit(pager(script).next_url or "").query)
    assert (query["columnid"], query["unitid"], query["sourceContentType"], query["page"]) == (
        ["44"],
        ["9"],
        ["1"],
        ["2"],
    )


def jpaas(tag: str, inside: str = "") -> str:
    data = f"{{'parseType':'bulidstatic','webId':'w1','tplSetId':'t1','pageType':'column','tagId':'{tag}','pageId':'p1'}}"
    return f'<div>{inside}<script src="/unitbuild.js" url="/api-gateway/jpaas-publish-server/front/page/build/unit" queryData="{data}"></script></div>'


def test_jpaas_asks_for_page_two_of_the_list_block() -> None:
    rows = '<a href="/art/2023/art_1.html">开发区召开安全生产会议</a><div class="pagination" rows="15" count="40" pageNo="1"></div>'
    p = pager(jpaas("导航") + jpaas("信息列表", rows) + jpaas("底部"))
    query = parse_qs(urlsplit(p.next_url or "").query)
    assert query["tagId"] == ["信息列表"]
    assert query["paramJson"] == ['{"pageNo":2,"pageSize":15}']
    assert "%E5%88%97%E8%A1%A8" in (p.next_url or "")
    assert (p.page_count, p.total) == (3, 40)


def test_jpaas_asks_for_page_one_where_the_block_is_empty() -> None:
    assert '"pageNo":1' in parse_qs(urlsplit(pager(jpaas("信息列表")).next_url or "").query)["paramJson"][0]


def test_jpaas_with_broken_query_data_is_no_error() -> None:
    assert find_pager(page_of('<script url="/front/page/build/unit" queryData="{oops"></script>')) is None


@pytest.mark.parametrize(
    ("html", "want"),
    [
        (  # VSB counts down: its links are followed
            '<span class="p_pages"><span class="p_no_d">1</span><span class="p_no"><a href="tzgg/17.htm">2</a></span>'
            '<span class="p_next"><a href="tzgg/17.htm">下页</a></span><span class="p_last"><a href="tzgg/1.htm">尾页</a></span></span>共171条',
            ("tzgg/17.htm", 1, None, 171),
        ),
        (  # Sudy
            '<div class="wp_paging" id="wp_paging_w6"><em class="all_count">341</em>条 <a class="next" href="list2.htm">下一页&gt;&gt;</a>'
            '<a class="last" href="list25.htm">尾页</a> <em class="curr_page">1</em>/<em class="all_pages">25</em></div>',
            ("list2.htm", 1, 25, 341),
        ),
        (  # Dede
            '<ul class="pagelist"><li class="thisclass">1</li><li><a href="list_7_2.html">2</a></li><li><a href="list_7_2.html">下一页</a></li>'
            '<li><a href="list_7_2.html">末页</a></li><li><span class="pageinfo">共 <strong>2</strong>页<strong>26</strong>条</span></li></ul>',
            ("list_7_2.html", 1, 2, 26),
        ),
        (  # Empire: the first number is the articles
            '<div class="epages"><a title="总数"><b>32</b></a> <b>1</b> <a href="index_2.html">2</a> <a href="index_2.html">下一页</a></div>',
            ("index_2.html", 1, None, 32),
        ),
        (  # NFCMS
            '<div class="page"><a class="prev">上一页</a><a class="current">1</a><a href="index_2.html">2</a><a class="next" href="index_2.html">下一页</a>'
            '<a class="last" href="index_20.html">尾页</a></div>',
            ("index_2.html", 1, 20, None),
        ),
        (  # PHPCMS
            '<div id="pages"><a class="a1">98条</a> <span>1</span> <a href="list-12-2.html">2</a> <a class="a1" href="list-12-2.html">下一页</a></div>',
            ("list-12-2.html", 1, None, 98),
        ),
        (  # a query parameter, arrows for words
            '<div class="pagination"><span class="current">2</span><a href="?page=3">3</a><a href="?page=3">&raquo;</a></div>',
            ("?page=3", 2, None, None),
        ),
        (  # eportal: address in onclick
            '<div class="easysite-page">第1页/共6页 <a href="javascript:void(0)" onclick="toPage(\'/eportal/ui?pageId=31&currentPage=2&moduleId=ab&staticRequest=yes\')">下一页</a></div>',
            ("http://www.bailuzhou.example.cn/eportal/ui?pageId=31&currentPage=2&moduleId=ab&staticRequest=yes", 1, 6, None),
        ),
        (  # no word for next: the number after the current one
            '<div class="pages"><b class="on">2</b> <a href="l_1.html">1</a> <a href="l_3.html">3</a> <a href="l_4.html">4</a></div>',
            ("l_3.html", 2, None, None),
        ),
        (  # a select box
            '<select onchange="location=this.value"><option value="l_1.html">1</option><option value="l_2.html" selected>2</option><option value="l_3.html">3</option></select>',
            ("l_3.html", None, None, None),
        ),
        (  # image button
            '<div class="page"><a href="p3.html"><img src="n.gif" alt="下一页"></a> 第2页 共9页 共175条信息</div>',
            ("p3.html", 2, 9, 175),
        ),
        ('<div>页次：1/10 共 195 条记录 <a href="javascript:goPage(\'tz_2.asp\')">下一页</a></div>', ("tz_2.asp", 1, 10, 195)),
        ('<div>共56条记录 每页20条 1/3 <a href="more2.aspx">下页</a></div>', ("more2.aspx", 1, 3, 56)),
    ],
)  # fmt: skip
def test_links_that_say_next_are_followed(
    html: str, want: tuple[str | None, int | None, int | None, int | None]
) -> None:
    assert facts(html) == want


def test_the_last_page_has_no_next() -> None:
    html = '<div class="page"><a href="index_4.html">上一页</a><b>5</b><a href="javascript:void(0)">下一页</a> 第5页/共5页</div>'
    p = pager(html, BASE + "index_5.html")
    assert (p.next_url, p.rule, p.page_number) == (None, "last page", 5)


def test_a_next_link_to_the_page_itself_is_the_end() -> None:
    html = '<div>第5页/共5页 <a href="index_5.html">下一页</a></div>'
    assert pager(html, BASE + "index_5.html").next_url is None


@pytest.mark.parametrize("void", ["javascript:;", "javascript:void(0)", "javascript:void(0);", "#"])
def test_links_that_do_nothing_tell_no_number_of_pages(void: str) -> None:
    links = "".join(f'<a href="{void}">{text}</a> ' for text in ("2", "3", "下一页", "尾页"))
    assert facts(f'<div class="page">共742条 <span>1</span> {links}</div>') == (None, 1, None, 742)


def test_a_post_back_without_a_form_is_named_and_not_followed() -> None:
    html = "<div><span>1</span><a href=\"javascript:__doPostBack('AspNetPager1','2')\">2</a><a href=\"javascript:__doPostBack('AspNetPager1','2')\">下一页</a></div>"
    p = pager(html)
    assert (p.rule, p.next_url) == ("aspnet", None)


def test_a_script_of_the_site_s_own_is_named_and_not_followed() -> None:
    p = pager('<div>共23621条 <a href="javascript:getList(2)">下一页</a></div>')
    assert (p.rule, p.next_url, p.total) == ("script", None, 23621)


@pytest.mark.parametrize(
    "html",
    [
        "<p>开发区召开会议。</p>",
        '<p>上一篇：<a href="1.html">旧闻</a></p><p>下一篇：<a href="3.html">下一篇</a></p>',
        '<div class="slider"><a class="next" href="#"></a><a class="prev" href="#"></a></div>',
        '<div class="banner"><a class="next" href="/a.html">&gt;</a></div>',
        "<p>全书共3篇，增长1/3。</p>",
    ],
)
def test_no_pager_is_seen_where_none_is(html: str) -> None:
    assert find_pager(page_of(html)) is None


def test_listing_and_pager_join() -> None:
    joined = with_pager(Listing(url=BASE), pager('<script>createPageHTML(9, 0, "index", "html");</script>'))
    assert (joined.next_url, joined.page_count) == (BASE + "index_1.html", 9)
    assert joined.evidence["next_url"].rule == "createPageHTML:0"
    assert with_pager(Listing(url=BASE), None) == Listing(url=BASE)


ARTICLE = "http://www.bailuzhou.example.cn/xw/202305/t20230518_61.html"


def article_next(html: str, url: str = ARTICLE) -> str | None:
    page = page_of(f"<html><body><div class=box><div id=body><p>正文第一段。</p>{html}</body></html>", url)
    return find_article_next(page, page.doc.select("#body")[0])


@pytest.mark.parametrize(
    ("html", "url", "want"),
    [
        ('<script>createPageHTML(3, 0, "t20230518_61", "html")</script>', ARTICLE, "t20230518_61_1.html"),
        ('<script>createPageHTML(3, 1, "t20230518_61", "html")</script>', ARTICLE.replace("_61", "_61_1"), "t20230518_61_2.html"),
        ('<script>createPageHTML(3, 2, "t20230518_61", "html")</script>', ARTICLE.replace("_61", "_61_2"), None),
        ('<script>createPageHTML(3, 0, "index", "html")</script>', ARTICLE, None),
        ('<p><a href="t20230518_61_2.html">下一页</a></p>', ARTICLE, "t20230518_61_2.html"),
        ('</div><p><b>1</b> <a href="t20230518_61_2.html">[2]</a> <a href="t20230518_61_3.html">[3]</a></p>', ARTICLE, "t20230518_61_2.html"),
        ('<a href="?page=2">下一页</a>', ARTICLE, "t20230518_61.html?page=2"),
        ('<a href="t20230518_62.html">下一页</a>', ARTICLE, None),
        ('<p>下一篇：<a href="t20230518_62.html">园区动态</a></p>', ARTICLE, None),
        ('<a href="https://other.example.cn/xw/202305/t20230518_61_2.html">下一页</a>', ARTICLE, None),
    ],
)  # fmt: skip
def test_the_next_page_of_an_article_shares_its_name(html: str, url: str, want: str | None) -> None:
    got = article_next(html, url)
    assert got == (want and url.rpartition("/")[0] + "/" + want)


@pytest.mark.parametrize(
    "link",
    ['<a href="p{i}.html">{i}</a>', '<a class="next" href="#">下一页</a>', "共{i}页 ", "createPageHTML("],
)
def test_time_grows_with_the_links_not_with_their_square(link: str) -> None:
    def spent(n: int) -> float:
        page = page_of("<div class=page>" + "".join(link.format(i=i) for i in range(n)) + "</div>")
        start = time.process_time()
        find_pager(page)
        return time.process_time() - start

    small = min(spent(1_000) for _ in range(3))
    assert spent(8_000) < 40 * small + 0.2


@pytest.mark.parametrize(
    "link",
    [
        '<a href="p{i}.html">尾页</a><a href="q{i}.html">{i}</a>',
        '<a class="next" href="p{i}.html">&gt;</a>',
        '<script url="/build/unit" queryData="{{}}"></script>',
    ],
)
def test_many_pagers_on_one_page_cost_no_more_than_their_number(link: str) -> None:
    def spent(n: int) -> float:
        page = page_of("<div>" + "".join(link.format(i=i) for i in range(n)) + "</div>")
        start = time.process_time()
        find_pager(page)
        return time.process_time() - start

    small = min(spent(1_000) for _ in range(3))
    assert spent(8_000) < 40 * small + 0.2


def test_the_information_index_asks_its_interface_for_the_first_page() -> None:
    p = pager(
        "<script>window._CONFIG = {SID: '758', TREE: []}</script>",
        "http://www.bailuzhou.example.cn/gkmlpt/index",
    )
    assert (p.rule, p.next_url) == (
        "gkmlpt",
        "http://www.bailuzhou.example.cn/gkmlpt/api/all/0?page=1&sid=758",
    )


@pytest.mark.parametrize(
    ("words", "want"),
    [
        ("共 <b>12</b> 页 <b>232</b> 条记录", (None, 12, 232)),
        ("当前第 1 页 / 共 12 页", (1, 12, None)),
        ("记录总数:232 总页数:12 当前页:1", (1, 12, 232)),
        ("页次：1/12页 每页20条 共232条", (1, 12, 232)),
        ("1-20条 共232条", (None, None, 232)),
        ("总共232条信息 分12页显示 当前第1页", (1, 12, 232)),
        ("共<font>232</font>篇 每页<font>20</font>篇 页次<font>1</font>/12", (1, 12, 232)),
        ("Page 1 of 12", (1, 12, None)),
        ('<b>1</b> <a href="index_2.html">2</a> <a href="index_11.html">尾页</a>', (1, 11, None)),
    ],
)
def test_what_a_portal_claims_is_read_from_its_pager_s_words(
    words: str, want: tuple[int | None, int | None, int | None]
) -> None:
    assert facts(f'<div>{words} <a href="index_2.html">下一页</a></div>') == ("index_2.html", *want)


def test_the_last_page_is_numbered_from_the_base_of_its_links() -> None:
    html = '<div><b>1</b> <a href="index_1.html">2</a> <a href="index_1.html">下一页</a> <a href="index_11.html">尾页</a></div>'
    assert facts(html) == ("index_1.html", 1, 12, None)
