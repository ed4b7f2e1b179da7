"""No markup, however broken, makes a reader of listings, pagers, counters, families or walls raise."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from one_page import page_of

from scraper.read.article.counter import find_counter, parse_answer
from scraper.read.family import find_family
from scraper.read.listing import read_listing
from scraper.read.listing.fragment import read_fragment
from scraper.read.listing.pager import find_article_next, find_pager
from scraper.read.wall import find_dead, find_wall

PIECES = (
    "<ul>", "</ul>", "<li>", "<a href='1.html'>", "<a href='?page=2'>", "<a onclick=\"go('./x.html')\">", "</a>", "<table><tr><td>", "</table>",
    "<script>", "</script>", "<!--", "-->", "云山湖新闻标题", "2023-05-18", "05-18", "[2023-05-18]", "下一页", "尾页", "共9页", "1/9", "2", "<br>",
    "createPageHTML(9, 0, 'index', 'html')", "createPageHTML('p', 9, 1, 'list', 'shtml', 99)", "countPage=9 currentPage=0", "<record><![CDATA[",
    "<datastore>", "]]></record>", "Ls.pagination(\"#page_5\"", "pageCount:9", "/module/web/jpage/dataproxy.jsp?page=1&columnid=3&unitid=4", ".jpage({",
    "<script url='/build/unit' querydata='{", "}'>", "setPage", "<input id=PageInp value=1>", "<select><option value=a.html>1<option value=b.html>2",
    "manuscriptId='", "_showDynClicks('a',1,2)", "/e/public/ViewClick/?id=1", "<span class=j-info-hit data-setting='{infoId:9}'>", "\x00", "\ufffd", "&#",
    "当前位置：", "{{el.url}}", "<div class=sidebar>", "</div>", "<base href='http://[::'>", "404", "{\"list\":[", "title", "]}",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_no_markup_makes_a_reader_raise(html: str) -> None:
    page = page_of(html)
    doc = page.doc
    listing, strength = read_listing(page)
    assert 0 <= strength <= 1
    assert all(item.url.startswith("http") and item.title for item in listing.items)
    pager = find_pager(page)
    assert pager is None or pager.next_url != page.url
    find_article_next(page, 0)
    find_counter(page)
    find_family(doc, page.url)
    find_wall(doc, len(html), 200)
    find_dead(doc, 200)
    read_fragment(html, page.url)
    parse_answer(html)
