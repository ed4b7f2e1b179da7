"""What a policy document says of itself, in the markups of information tables; and what is no such document."""

from __future__ import annotations

import time
from dataclasses import asdict

import pytest

from scraper import read
from scraper.model import Article

URL = "http://www.qinghe-zone.example/zfxxgk/202403/t20240320_1.html"
TEXT = "第一条 为方便企业办事，青禾开发区在三个园区各设一处综合窗口，周六上午照常办理，节假日提前公告。"


def article_of(head: str, body: str = f"<p>{TEXT}</p><p>{TEXT}！</p>") -> Article:
    page = (
        f"<html><head><title>青禾开发区窗口管理办法</title></head><body>{head}<h1>青禾开发区窗口管理办法</h1>"
        f"<p class=info>发布时间：2024-03-20</p><div id=zoom>{body}</div></body></html>"
    )
    got = read(page.encode(), URL).article
    assert got is not None
    return got


def document_of(head: str, body: str = f"<p>{TEXT}</p><p>{TEXT}！</p>") -> dict[str, str] | None:
    document = article_of(head, body).document
    return document and {name: value for name, value in asdict(document).items() if value is not None}


@pytest.mark.parametrize(
    "head",
    [
        "<table><tr><td>索引号</td><td>QH-2024-7</td><td>文号</td><td>青管〔2024〕3号</td></tr></table>",
        "<table><tr><th>索 引 号：</th><td>QH-2024-7</td></tr><tr><th>文　　号：</th><td>青管〔2024〕3号</td></tr></table>",
        "<table><tr><td>索引号</td><td>文号</td></tr><tr><td>QH-2024-7</td><td>青管〔2024〕3号</td></tr></table>",
        "<table><tr><td>索引号<br>QH-2024-7</td><td>文号：<br>青管〔2024〕3号</td></tr></table>",
        "<table><tr><td><b>索引号：</b>QH-2024-7</td><td><b>文　号：</b>青管〔2024〕3号</td></tr></table>",
        "<dl><dt>索引号</dt><dd>QH-2024-7</dd><dt>发文字号</dt><dd>青管〔2024〕3号</dd></dl>",
        "<ul><li><span>信息索引：</span><span>QH-2024-7</span></li><li><span>文号：</span>青管〔2024〕3号</li></ul>",
        "<ul><li><b class=t>索引号</b><i class=v>QH-2024-7</i></li><li><b class=t>发文字号</b><i class=v>青管〔2024〕3号</i></li></ul>",
        "<div><div>索引号</div><div>QH-2024-7</div></div><div><div>发文字号</div><div>青管〔2024〕3号</div></div>",
        "<p>索引号：QH-2024-7　发文字号：青管〔2024〕3号　公开方式：主动公开</p>",
        "<p>【索引号】：QH-2024-7发文字号：青管〔2024〕3号</p>",
    ],
)
def test_numbers_are_read_from_tables_lists_boxes_and_lines(head: str) -> None:
    assert document_of(head) == {"index_number": "QH-2024-7", "document_number": "青管〔2024〕3号"}


@pytest.mark.parametrize("empty", ["", "无", "暂无", "—", "号", "第  号", "&nbsp;", "null"])
def test_an_empty_value_is_none_and_never_the_next_label(empty: str) -> None:
    table = f"<table><tr><td>文号</td><td>{empty}</td><td>主题分类</td><td>农业</td></tr><tr><td>有效性</td><td>有效</td></tr></table>"
    assert document_of(table) == {"topic": "农业", "validity": "有效"}


def test_days_are_days_and_what_is_no_day_is_none() -> None:
    table = (
        "<table><tr><td>成文日期</td><td>二〇二四年三月五日</td></tr><tr><td>发文机关</td><td>青禾市政府办公室</td></tr>"
        "<tr><td>施行日期</td><td>2024年4月1日 00:00</td></tr><tr><td>废止日期</td><td>长期</td></tr></table>"
    )
    assert document_of(table) == {
        "issuer": "青禾市政府办公室",
        "written_on": "2024-03-05",
        "effective_on": "2024-04-01",
    }


def test_the_label_that_is_trusted_more_wins_and_the_other_is_its_rival() -> None:
    article = article_of("<p>信息分类：通知公告</p><p>主题分类：综合政务</p><p>索引号：QH-7</p>")
    assert article.document is not None
    assert article.document.topic == "综合政务"
    assert article.evidence["document.topic"].rule == "label 主题分类"
    assert article.evidence["document.topic"].rivals == (("label 信息分类", "通知公告"),)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("青管发〔2024〕12号", "青管发〔2024〕12号"),
        ("（青管发[2024]12号）", "青管发[2024]12号"),
        ("青管办函（2024）第12号", "青管办函（2024）第12号"),
        ("青管发〔2024〕12号文件已废止", None),
        ("2024年第12期", None),
    ],
)
def test_a_number_on_a_line_of_its_own_under_the_headline_is_the_documents(
    line: str, number: str | None
) -> None:
    got = document_of("", f"<p>{line}</p><p>{TEXT}</p><p>{TEXT}！</p>")
    assert got == ({"document_number": number} if number else None)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<p>发布机构：青禾开发区管委会</p>", f"<p>{TEXT}</p><p>{TEXT}！</p>"),
        ("", f"<p>{TEXT}</p><p>{TEXT}依据《办法》（青管发〔2020〕1号）办理。</p>"),
        ("", f"<p>{TEXT}</p><p>该药品批准文号：国药准字Z20240001，请核对。</p>"),
        ("<ul><li><a href=/a.html>索引号：QH-1 文号：青管〔2024〕3号</a></li></ul>", f"<p>{TEXT}</p><p>{TEXT}！</p>"),
        ("<p>产品批准文号：QH20240001</p>", f"<p>{TEXT}</p><p>{TEXT}！</p>"),
    ],
)  # fmt: skip
def test_news_is_no_document(head: str, body: str) -> None:
    assert document_of(head, body) is None


def test_a_row_of_very_many_labels_costs_little() -> None:
    def cost(times: int) -> float:
        started = time.process_time()
        article_of(
            "<table><tr>"
            + "<td>文号<td>有效性" * times
            + "</tr><tr>"
            + "<td>1<td>有效" * times
            + "</tr></table>"
        )
        return time.process_time() - started

    small = max(cost(300), 0.005)
    assert cost(3_000) < 40 * small + 0.5
