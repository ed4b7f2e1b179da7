"""Archived HTML and values as markup: what is kept, what is dropped, what is folded."""

from __future__ import annotations

import pytest

from scraper.browse.plugin.markup import cell, clean_html
from scraper.browse.plugin.words import excerpt


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p style='x' onclick='y'>甲<b>乙</b></p>", "<p>甲<b>乙</b></p>"),
        ("<a href=' javascript:alert(1)'>甲</a>", "甲"),
        ("<a href='data:text/html,x'>甲</a>", "甲"),
        ("<a href='http://x.example/?a=\"><script>'>甲</a>", '<a href="http://x.example/?a=&quot;&gt;&lt;script&gt;" rel="noopener noreferrer nofollow">甲</a>'),
        ("<table><tr><td colspan=3 rowspan=99999 width=9>甲</td></tr></table>", '<table><tbody><tr><td colspan="3">甲</td></tr></tbody></table>'),
        ("<script>x</script><style>y</style><svg><a href=http://e>z</a></svg>甲", "甲"),
        ("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style>", ""),
        ("<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<p></p>"),
        ("<textarea><img src=x onerror=y></textarea>乙", "乙"),
        ("&lt;script&gt;甲", "&lt;script&gt;甲"),
        ("<a href='http://x.example/'><img src='http://x.example/p.png'></a>", '<a href="http://x.example/" rel="noopener noreferrer nofollow"><span class="picture">图片：p.png</span></a>'),
        ("<img src='data:image/svg+xml,x'>", ""),
        ("<h1>甲</h1><section>乙<hr></section><font color=red>丙</font>", "<h2>甲</h2><div>乙<hr></div>丙"),
        ("<p>　　\u00a0甲　乙</p>", "<p>甲　乙</p>"),
        ("<pre>  甲</pre>", "<pre>  甲</pre>"),
        ("", ""),
    ],
)  # fmt: skip
def test_archived_html_is_written_anew_from_a_short_list(html: str, expected: str) -> None:
    assert clean_html(html) == expected


def test_archived_html_may_nest_without_end() -> None:
    assert clean_html("<div>" * 20_000 + "甲").count("甲") == 1


def test_cells_link_only_to_the_web_and_fold_what_is_long() -> None:
    assert cell("javascript:alert(1)", "url") is None
    assert cell('http://x.example/"><b>', "url") is not None
    assert "<b>" not in str(cell('http://x.example/"><b>', "url"))
    assert str(cell('{"a":\n "甲<"}', "evidence")) == "<code>{&#34;a&#34;: &#34;甲&lt;&#34;}</code>"
    assert str(cell("长" * 500, "body")).startswith("<details")
    assert cell("短", "body") is None
    assert cell("[" * 100_000, "changed") is not None
    assert cell("[图文] 标题", "title") is None
    assert "Server" in str(cell(b"Server: x\r\n", "headers"))


def test_excerpt_shows_the_word_that_was_searched_for() -> None:
    assert "谷城" in excerpt("前" * 500 + "谷城" + "后" * 500, '"谷城"')
    assert len(excerpt("前" * 500, "谷城")) <= 81
    assert excerpt(None, None) == ""
