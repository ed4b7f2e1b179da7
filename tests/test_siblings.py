"""Learning from siblings takes the template's words from a text, and never the writer's, however often he repeats them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import read
from scraper.model import Article, Block
from scraper.read import read_blocks
from scraper.read.article.siblings import MIN_PAGES, learn, may_teach, without

URL = "http://www.qinghe-zone.example/tzgg/{}.html"
TIPS = '<div class="zn-tips"><p>青禾服务窗口周一至周六开放，扫码预约可免排队。</p></div>'
TOPICS = "供水 供电 供热 排水 道路 绿化 消防 招标 培训 环卫 托育 公交".split()


def page(n: int, *, before: str = "", after: str = "", middle: str = "") -> bytes:
    topic = TOPICS[n]
    return (
        f"<html><head><title>关于{topic}工作的公告</title></head><body><h1>关于{topic}工作的公告</h1>"
        f"<div class=info>发布时间：2024-03-{n + 1:02}</div><div id=zoom>{before}"
        f"<p>为做好今年的{topic}工作，青禾开发区决定分三批实施，{n + 3}月底前完成第一批，请相关单位提前安排。</p>{middle}"
        f"<p>涉及{topic}的事项由第{n + 1}服务窗口受理，材料不全的一次告知，补齐后两个工作日内答复。</p>{after}</div></body></html>"
    ).encode()


def learned(pages: list[bytes]) -> frozenset[Block]:
    return learn(read_blocks(body, URL.format(n)) for n, body in enumerate(pages))


def article(body: bytes, template: frozenset[Block]) -> Article:
    got = read(body, URL.format(0), template=template).article
    assert got is not None
    return got


@pytest.mark.parametrize("end", ["before", "after"])
def test_a_box_of_the_template_leaves_body_and_html_and_is_told_as_a_rival(end: str) -> None:
    pages = [page(n, **{end: TIPS}) for n in range(8)]
    plain = [page(n) for n in range(8)]
    template = learned(pages)
    for body, bare in zip(pages, plain, strict=True):
        got, want = article(body, template), article(bare, frozenset())
        assert "窗口周一至周六" in article(body, frozenset()).body
        assert got.body == want.body
        assert "窗口周一至周六" not in got.body_html
        assert ("alike on sibling pages", "青禾服务窗口周一至周六开放，扫码预约可免排队。") in got.evidence[
            "body"
        ].rivals


@pytest.mark.parametrize(
    "written",
    [
        "<p>特此公告。</p><p style='text-align:right'>青禾开发区管委会</p>",
        "<p class=MsoClosing>特此公告。</p>",
        "<p><span class=MsoClosing>联系人：王小明 电话：0999-1234567</span></p>",
        "特此公告。<br>青禾开发区管委会",
        "<div>特此公告。</div>",
        "<center><b class=sign>青禾开发区管委会</b></center>",
    ],
)
def test_what_writers_repeat_stays(written: str) -> None:
    pages = [page(n, before="<p>各有关单位：</p>", after=written) for n in range(10)]
    template = learned(pages)
    assert template == frozenset()
    for body in pages:
        assert article(body, template) == article(body, frozenset())


def test_a_box_that_says_something_else_on_one_page_is_no_templates() -> None:
    other = '<div class="zn-tips"><p>本公告自发布之日起三十日内可以提出意见，意见寄综合科。</p></div>'
    pages = [page(n, after=TIPS) for n in range(8)] + [page(8, after=other)]
    assert learned(pages) == frozenset()


def test_a_box_on_half_of_the_pages_is_no_templates() -> None:
    pages = [page(n, after=TIPS if n % 2 else "") for n in range(10)]
    assert learned(pages) == frozenset()


def test_a_box_amid_the_text_stays() -> None:
    pages = [page(n, middle=TIPS) for n in range(8)]
    assert learned(pages) == frozenset()


def test_few_pages_teach_nothing_and_one_page_many_times_is_one() -> None:
    assert learned([page(n, after=TIPS) for n in range(MIN_PAGES - 1)]) == frozenset()
    assert learned([page(0, after=TIPS)] * 20) == frozenset()
    assert learned([page(n, after=TIPS) for n in range(MIN_PAGES)]) != frozenset()


def test_numbers_in_class_names_are_one_place() -> None:
    pages = [page(n, after=TIPS.replace("zn-tips", f"zn-tips box{n}")) for n in range(8)]
    template = learned(pages)
    assert "窗口周一至周六" not in article(pages[3], template).body


def test_a_page_of_another_template_is_read_as_ever() -> None:
    template = learned([page(n, after=TIPS) for n in range(8)])
    other = page(9, after="<p>青禾服务窗口周一至周六开放，扫码预约可免排队。</p>")
    assert article(other, template) == article(other, frozenset())


BLOCKS = st.lists(
    st.builds(Block, box=st.sampled_from(["", "div a", "div b < td c"]), text=st.sampled_from("甲乙丙丁戊")),
    max_size=8,
)


@given(st.lists(BLOCKS, max_size=12))
def test_only_what_most_pages_say_is_ever_taken_and_only_from_the_ends(pages: list[list[Block]]) -> None:
    template = learn(pages)
    different = {tuple(b.text for b in p): p for p in pages}.values()
    for block in template:
        assert block.box
        assert 2 * sum(block in p for p in different) > len(different) >= MIN_PAGES
    for blocks in pages:
        left = without(blocks, template)
        assert not set(blocks[: left.start] + blocks[left.stop :]) - template


LINES = st.builds(Block, box=st.sampled_from(["div a", "div b", ""]), text=st.sampled_from("甲乙丙丁戊"))


@given(st.lists(st.lists(LINES, max_size=4), min_size=MIN_PAGES, max_size=9))
def test_the_cheap_look_never_misses_what_could_be_learned(pages: list[list[Block]]) -> None:
    if learn(pages):
        assert may_teach("\n".join(block.text for block in page) for page in pages)


def test_the_cheap_look_passes_over_texts_that_share_nothing_at_their_ends() -> None:
    assert not may_teach(f"{n}甲\n特此公告\n{n}乙" for n in range(12))
    assert may_teach(f"{n}甲\n{n}乙\n特此公告" for n in range(12))
    assert may_teach(f"特此公告\t{n}甲\n{n}乙" for n in range(12))
