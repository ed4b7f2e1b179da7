"""`explain` tells a stranger why a page was read as it was: the rule, what it saw, what lost, and why a field is empty."""

from __future__ import annotations

import pytest

from scraper import read, show

URL = "http://www.qinghe-zone.example/xwzx/202403/t20240320_1.html"
TEXT = "青禾开发区三月二十日举行春季项目集中开工仪式，二十一个项目同时动工，总投资六十八亿元。"
LAST = "管委会承诺，办理的事项一件一件写在公示牌上，请大家监督。"


def explained(html: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    show.explain(read(html.encode(), URL))
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def article(byline: str, head: str = "") -> str:
    return (
        f"<html><head><title>项目集中开工</title>{head}</head><body><h1>项目集中开工</h1><p class=info>{byline}</p>"
        f"<div id=zoom><p>{TEXT}</p><p>{LAST}</p></div></body></html>"
    )


def test_kind_tells_what_was_weighed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = explained(article("来源：青禾日报 发布时间：2024-03-20 09:00"), capsys)
    assert "kind article" in lines
    why = lines[lines.index("kind article") + 1]
    assert why.startswith("by weighs ") and "an article needs 0.8" in why and "byline, date" in why


def test_a_rival_is_shown_with_its_rule(capsys: pytest.CaptureFixture[str]) -> None:
    meta = '<meta name="ContentSource" content="青禾晚报">'
    lines = explained(article("来源：青禾日报 发布时间：2024-03-20", meta), capsys)
    place = lines.index("source 青禾日报")
    assert lines[place + 1].startswith("by byline 来源: 来源：青禾日报")
    assert lines[place + 2].startswith("not 青禾晚报 (")


def test_an_empty_label_is_told_for_the_field_it_leaves_empty(capsys: pytest.CaptureFixture[str]) -> None:
    lines = explained(article("来源： 发布时间：2024-03-20 浏览次数："), capsys)
    for field, label in (("source", "来源"), ("views", "浏览次数")):
        assert lines[lines.index(f"{field} –") + 1].startswith(f"by label {label} is empty: 来源：")


def test_a_value_that_is_not_the_articles_is_told_for_the_field_it_leaves_empty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = explained(article("发布时间：2024-03-20 作者：admin"), capsys)
    place = lines.index("author –")
    assert lines[place + 1 : place + 3] == [
        "by none of those seen is the article's own",
        "not admin (label 作者)",
    ]


def test_a_text_shows_its_size_and_both_ends(capsys: pytest.CaptureFixture[str]) -> None:
    lines = explained(article("发布时间：2024-03-20"), capsys)
    assert f"body {len(TEXT + LAST)} characters in 2 paragraphs" in lines
    assert f"begins: {TEXT}" in lines and f"ends: {LAST}" in lines


def test_a_document_shows_its_fields_with_their_labels(capsys: pytest.CaptureFixture[str]) -> None:
    table = (
        "<table><tr><td>文号</td><td>青管〔2024〕3号</td></tr><tr><td>索引号</td><td>QH-7</td></tr></table>"
    )
    lines = explained(article("发布时间：2024-03-20").replace("<h1>", f"{table}<h1>"), capsys)
    assert "document_number 青管〔2024〕3号" in lines
    assert "by label 索引号: 索引号 QH-7" in lines


def test_what_looks_like_markup_of_the_terminal_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    lines = explained(article("来源：[red]青禾[/red]日报 发布时间：2024-03-20"), capsys)
    assert any("[red]青禾[/red]日报" in line for line in lines)
