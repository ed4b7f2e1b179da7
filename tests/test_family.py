"""Families: which CMS speaks, by weighted marks; pasted markup proves nothing."""

from __future__ import annotations

import re

import pytest

from scraper.read.dom import parse
from scraper.read.family import find_family, load_families, parse_family

URL = "http://www.bailuzhou.example.cn/a/b.html"
HEX = "0123456789abcdef0123456789abcdef"


def family(html: str, url: str = URL) -> str | None:
    found = find_family(parse(html), url)
    return found.name if found else None


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ('<a class="CurrChnlCls" href="../">x</a><div class=TRS_Editor>', "trs"),
        ('<meta name="Generator" content="大汉版通"><p>x', "hanweb"),
        ("<!-- visitcount Begin --><iframe name=vishidden>", "hanweb"),
        ('<script url="/api-gateway/jpaas-publish-server/front/page/build/unit"></script>', "jpaas"),
        ("<UCAPCONTENT><p>x</p></UCAPCONTENT>", "ucap"),
        ('<link href="/_sitegray/_sitegray_d.css">', "vsb"),
        ("<!--Announced by Visual SiteBuilder 9-->", "vsb"),
        ('<script src="/_js/jquery.sudy.wp.visitcount.js"></script>', "sudy"),
        ('<div frag="窗口6" portletmode="simpleNewsList"></div><div class="wp_articlecontent">', "sudy"),
        ("<script>window.NFCMS_SITE_ID=1</script>", "nfcms"),
        ('<script>Ls.pagination("#page_5")</script>', "lonsun"),
        ('<input id="eprotalCurrentPageId" type="hidden">', "eportal"),
        ('<div class="ewb-left"></div><span id="infoViewCount">', "epoint"),
        ("<script>$.get('/intertidwebapp/govChanInfo/getDocuments')</script>", "intertid"),
        ("<script>PowerEasyRef()</script>", "powereasy"),
        ("<script>jsonrpc.InfoBaseRPC.addInfoHits(1)</script>", "deya"),
        ("<!--enpproperty <x></x>/enpproperty-->", "founder"),
        ('<script src="/include/dedeajax2.js"></script>', "dedecms"),
        ('<script src="/e/data/js/ajax.js"></script>', "empirecms"),
        ('<script src="/api.php?op=count&id=1"></script>', "phpcms"),
        ("<script>$.get('/?m=api&c=Ajax&a=arcclick&type=view')</script>", "eyoucms"),
        ('<meta name="generator" content="PbootCMS 3">', "pbootcms"),
        ("<script>$.post('/api/stl/actions/hits')</script>", "sscms"),
        ('<section class="met-shownews"></section>', "metinfo"),
        ('<script src="/r/cms/front.js"></script>', "jeecms"),
        ("<script>$.get('/info_views/3.jspx')</script>", "jspxcms"),
        ('<input name="__VIEWSTATE" type=hidden><script>function __doPostBack(a,b){}</script>', "aspnet"),
    ],
)
def test_each_family_is_known_by_its_marks(html: str, name: str) -> None:
    assert family(html) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://a.example.cn/xw/202305/t20230518_4471.html", "trs"),
        ("http://a.example.cn/art/2023/5/18/art_12_3456.html", "hanweb"),
        ("http://a.example.cn/xw/content/post_4471.html", "nfcms"),
        ("http://a.example.cn/2023/0518/c12a3456/page.htm", "sudy"),
    ],
)
def test_some_addresses_are_proof_enough(url: str, name: str) -> None:
    assert family("<p>x</p>", url) == name


@pytest.mark.parametrize(
    "html",
    [
        "<div class=TRS_Editor><p class=MsoNormal>x</p></div><!--ZJEG_RSS.content.begin-->",
        '<div class="TRS_Editor TRS_UEDITOR trs_editor_view TRS_PreAppend"></div>',
        '<script src="https://zfwzgl.www.gov.cn/exposure/jiucuo.js"></script>',
        "<p>本站采用 PowerEasy、EmpireCMS 与 NFCMS_SITE_ID 技术培训班开班</p>",
        "",
    ],
)
def test_pasted_markup_and_words_in_the_text_prove_nothing(html: str) -> None:
    assert family(html) is None


def test_a_pasted_editor_class_does_not_hide_the_real_family() -> None:
    html = "<script>window.NFCMS_SITE_ID=1</script><div class='TRS_Editor TRS_UEDITOR trs_editor_view'>"
    assert family(html) == "nfcms"


def test_two_medium_marks_are_enough_and_one_is_not() -> None:
    medium = "http://a.example.cn/info/1012/3456.htm"
    assert family("<p>x</p>", medium) is None
    assert family('<div id="vsb_content">x</div>', medium) == "vsb"


def test_families_are_whole() -> None:
    families = load_families()
    assert len(families) >= 24
    assert len({f.name for f in families}) == len(families)
    for one in families:
        assert one.marks, one.name
        assert any(weight >= 0.5 for _, _, weight in one.marks), one.name
        for pattern, _ in one.counters:
            re.compile(pattern)
        document = parse("<p>x</p>")
        for field, selectors in one.selectors.items():
            assert field in {
                "title",
                "source",
                "author",
                "date",
                "editor",
                "byline",
                "body",
                "channel",
                "attachments",
            }
            for css in selectors:
                document._tree.css(css)  # type: ignore[union-attr]  # raises where it is no selector


@pytest.mark.parametrize(
    "text",
    [
        "name = ",
        "marks = []",
        'name = "x"\ncolour = 1',
        'name = "x"\nmarks = [["smell", "y", 1.0]]',
        'name = "x"\nmarks = [["url", "(", 1.0]]',
    ],
)
def test_a_broken_family_file_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"x\.toml"):
        parse_family("x.toml", text)
