"""The arena: places, sizes and selections agree with the tree, and no page is too deep or too large for it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.read import dom
from scraper.read.dom import parse
from scraper.read.layout import lay_out, spaced

PAGE = """<html><head><title>新 闻</title><meta name="PubDate" content="2024-01-02"><base href="/x/">
<script>var a = "来源";</script></head><body class="Main" id="B"><!--正文s--><p>一 二<b>三</b></p><a href="y.html">四五</a>
<style>p{}</style><noscript>六</noscript><p hidden>七</p></body></html>"""


def test_the_head_is_indexed_and_mute_text_is_not_counted() -> None:
    doc = parse(PAGE)
    assert (doc.title, doc.meta("pubdate"), doc.base) == ("新 闻", "2024-01-02", "/x/")
    assert (doc.text(0), doc.text(0, "|")) == ("一 二三四五 七", "一 二|三|四五| |七")
    assert (doc.size(0), doc.link_size(0)) == (6, 2)
    assert [doc.data[n] for n in doc.comments] == ["正文s"]
    assert 'var a = "来源";' in doc.script_text()


def test_selections_are_node_numbers_in_document_order() -> None:
    doc = parse(PAGE)
    (body,) = doc.select("#B")
    assert (doc.tag[body], doc.marks(body)) == ("body", "main b")
    assert [doc.text(n) for n in doc.select("p, a")] == ["一 二三", "四五", "七"]
    assert doc.select("p", within=doc.select("a")[0]) == []
    assert doc.select(":no-such(") == []


def test_a_subtree_is_a_range() -> None:
    doc = parse(PAGE)
    (b,) = doc.select("b")
    p = doc.parent[b]
    assert doc.tag[p] == "p"
    assert list(doc.children(p)) == [p + 1, b]
    assert doc.within(b + 1, b)
    assert not doc.within(doc.end[b], b)
    assert p in list(doc.ancestors(b))


@given(st.text(alphabet="<>/abdiptv ='\"!-青", max_size=200))
def test_any_text_gives_a_sound_arena(html: str) -> None:
    doc = parse(html)
    for n in range(len(doc)):
        assert n < doc.end[n] <= len(doc)
        assert doc.parent[n] < n
    assert len(doc.chars) == len(doc.link_chars) == len(doc) + 1 or not len(doc)
    lay_out(doc)


def test_a_page_nested_ten_thousand_deep_is_flattened_in_time() -> None:
    start = time.process_time()
    doc = parse("<div>" * 10_000 + "深" + "</div>" * 10_000)
    assert time.process_time() - start < 2
    assert doc.text(0) == "深"
    depth = max(sum(1 for _ in doc.ancestors(n, 10_000)) for n in range(len(doc)))
    assert depth <= dom.MAX_DEPTH + 8


@pytest.mark.parametrize("value", ["1", ">", "<b>"])
def test_a_tag_with_a_hundred_thousand_attributes_keeps_the_first_and_costs_no_quadratic_time(
    value: str,
) -> None:
    attributes = " ".join(f'a{i}="{value}"' for i in range(100_000))
    start = time.process_time()
    doc = parse(f"<p {attributes}>青</p><div id=b>禾</div>")
    assert time.process_time() - start < 2
    (p,) = doc.elements("p")
    assert (len(doc.attrs[p]), doc.attr(p, "a0"), doc.text(0)) == (dom.MAX_ATTRS, value, "青禾")
    assert [doc.tag[n] for n in doc.select("#b")] == ["div"]


def test_what_code_compares_is_no_crowded_tag() -> None:
    code = "if (i <n && j) { " + "x = y ; " * 20_000 + "}"
    assert parse(f"<script>{code}</script><p>青").script_text() == code


def test_nodes_beyond_the_bound_are_left_out_and_told(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(dom, "MAX_NODES", 50)
    doc = parse("<body>" + "<i>x</i>" * 500)
    assert doc.cut
    assert len(doc) <= 51


def test_nul_characters_vanish() -> None:
    assert parse("<p>一\0二</p>").text(0) == "一二"


def test_lines_break_at_blocks_and_br_only() -> None:
    doc = parse(
        "<body>甲<span>乙</span><br>丙<div>丁</div>戊<table><tr><td>己</td><td>庚</td></tr></table><p></p>辛</body>"
    )
    assert [line.text for line in lay_out(doc).lines] == ["甲乙", "丙", "丁", "戊", "己", "庚", "辛"]


def test_what_a_style_hides_is_marked_and_scripts_are_no_text() -> None:
    doc = parse(
        "<body><p style='DISPLAY : none'>甲<b>乙</b></p><script>丙</script><p hidden>丁</p><p>戊</p></body>"
    )
    assert [(x.text, x.hidden) for x in lay_out(doc).lines] == [("甲乙", True), ("丁", True), ("戊", False)]


def test_named_elements_part_a_line_and_plain_spans_do_not() -> None:
    doc = parse(
        "<p><span class=a>来源：甲</span><span class=b>乙</span> <i>丙</i><i>丁</i>&nbsp;&nbsp;戊</p>"
    )
    layout = lay_out(doc)
    assert spaced(doc, layout, layout.lines[0]) == "来源：甲  乙  丙丁  戊"


def test_one_write_of_a_known_string_is_text_where_the_script_stands() -> None:
    doc = parse(
        "<p>来源：<script>var s='甲报';document.write(s)</script></p><p>乙<script>if(x){document.write('丙')}else{document.write('丁')}</script></p>"
    )
    assert [line.text for line in lay_out(doc).lines] == ["来源：甲报", "乙"]


def test_a_processing_instruction_is_no_text_and_no_element() -> None:
    doc = parse("<html><head><?itle></head><body><p>甲<?php echo 1 ?>乙</p></body></html>")
    assert [line.text for line in lay_out(doc).lines] == ["甲乙"]
    assert None not in doc.tag
