"""Bylines in any order and with any separators: a value is what the page says, and an empty label has none."""

from __future__ import annotations

import pytest

from scraper.read.article.facts import text_facts
from scraper.read.article.labels import is_person, join_names, names_of, split_person
from scraper.read.article.signoff import find_signatures


def facts(text: str) -> dict[str, str]:
    return {f.field: f.value for f in text_facts(text) if f.field not in ("other", "not_date")}


@pytest.mark.parametrize(
    ("line", "want"),
    [
        (
            "来源:湖滨柳湾经济开发区 李明远 发布时间:2020年03月11日 09:35 点击量:655 字体: 分享:",
            {"source": "湖滨柳湾经济开发区 李明远", "date": "2020-03-11 09:35", "views": "655"},
        ),
        ("来 源：柳湾日报 | 作 者：王小明 | 2024-01-02", {"source": "柳湾日报", "author": "王小明", "bare_date": "2024-01-02"}),
        ("发布者：甲发布时间：2022-09-30浏览次数：10457", {"editor": "甲", "date": "2022-09-30", "views": "10457"}),
        ("【来源：北屏日报】【字号：大 中 小】", {"source": "北屏日报"}),
        ("来源：作者：发布时间：2023-07-19编辑：何小舟阅读次数：", {"source": "", "author": "", "date": "2023-07-19", "editor": "何小舟", "views": ""}),
        ("时间发布：2024/5/11 信息来源 ：《晨星报》", {"date": "2024-05-11", "source": "《晨星报》"}),
        ("（来源：柳湾融媒 编辑：王小明）", {"source": "柳湾融媒", "editor": "王小明"}),
        ("作者︱春小春", {"author": "春小春"}),
        ("文/张小三 图/李小四", {"author": "张小三"}),
        ("发布日期 2024-05-06 浏览 128 次", {"date": "2024-05-06", "views": "128"}),
        ("浏览次数：1,204次", {"views": "1204"}),
        ("总访问量：123456 今日访问量：12", {}),
        ("阅读：42万", {"views": ""}),
        ("点击：<次>", {"views": ""}),
        ("来源：http://www.example.org/a", {"source": "http://www.example.org/a"}),
        ("今天是2026年11月23日", {}),
        ("（2015年10月29日令第118号公布）", {}),
        ("成文日期：2024-01-02", {}),
        ("发布日期 2024-01-02 来源 柳湾局 作者 王小明 浏览 55", {"date": "2024-01-02", "source": "柳湾局", "author": "王小明", "views": "55"}),
        ("作者/王小明 来源/柳湾日报 时间/2024-01-02", {"author": "王小明", "source": "柳湾日报", "date": "2024-01-02"}),
        ("文、图/王小明", {"author": "王小明"}),
        ("图文/王小明 编辑/李小东", {"author": "王小明", "editor": "李小东"}),
        ("转自：北屏晚报 刊登日期：2024-01-02", {"source": "北屏晚报", "date": "2024-01-02"}),
        ("2024-01-02 128阅读", {"bare_date": "2024-01-02", "views": "128"}),
        ("2024年1月2日，园区绿道贯通。", {}),
        ("（2024年1月2日，园区报告厅）", {}),
        ("2024-01-02，来源：北屏晚报", {"bare_date": "2024-01-02", "source": "北屏晚报"}),
    ],
)  # fmt: skip
def test_a_line_gives_each_labelled_value(line: str, want: dict[str, str]) -> None:
    assert facts(line) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("湖滨柳湾经济开发区 李明远", ("湖滨柳湾经济开发区", "李明远")),
        ("柳湾网 马小贵 焦小宇", ("柳湾网", "马小贵 焦小宇")),
        ("国际合作处 青禾文旅之窗", ("国际合作处 青禾文旅之窗", None)),
        ("北屏日报", ("北屏日报", None)),
        ("北屏日报 记者 李明远 通讯员 焦小宇", ("北屏日报", "李明远 焦小宇")),
        ("北屏日报 记者", ("北屏日报 记者", None)),
        ("柳湾日报社 方 敏", ("柳湾日报社", "方敏")),
    ],
)
def test_an_organisation_and_a_person_are_told_apart(text: str, want: tuple[str, str | None]) -> None:
    assert split_person(text) == want


@pytest.mark.parametrize("name", ["王小明", "欧阳晓禾", "方敏", "阿依古丽·买买提"])
def test_names_of_people(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize(
    "word", ["新华社", "宣传部", "本网讯", "水利局", "编辑部", "张", "王小明同志们", "abc", ""]
)
def test_words_that_are_no_names(word: str) -> None:
    assert not is_person(word)


def test_a_blank_within_a_name_is_typesetting() -> None:
    assert join_names("王文 方 敏") == "王文 方敏"
    assert names_of("方　敏、王小明") == "方敏、王小明"


@pytest.mark.parametrize(
    ("paragraphs", "author"),
    [
        (["本报讯（记者叶小婉）近日开工。", "完。"], "叶小婉"),
        (["晨星报记者 张小圣 李小宏", "昨天开工。"], "张小圣 李小宏"),
        (["开工了。", "大家很高兴。（特约通讯员：林小勇）"], "林小勇"),
        (["开工了。", "完毕。（记者王小、李小明、赵小亮）"], "王小、李小明、赵小亮"),
        (["开工了。", "（柳湾人社局杨小熙）"], "杨小熙"),
        (["开工了。", "(图书馆 魏小禹)"], "魏小禹"),
        (["开工了。", "（文/图：王小明；审核：李小亮）"], "王小明"),
        (["开工了。", "作者：钱小溪"], "钱小溪"),
        (["开工了。", "大家很高兴。（撰稿人：朱小豪）"], "朱小豪"),
        (["开工了。", "大家很高兴。（供稿人：朱小豪 审核：李小明）"], "朱小豪"),
        (["开工了。", "大家很高兴。（主持人：朱小豪）"], None),
        (["本报讯（柳湾青年报・柳湾在线新闻客户端记者 叶小红）近日开工。", "完。"], "叶小红"),
        (["开工了。", "(作者：公共网络发起人、代表作《河湾》高小波，)"], "高小波"),
        (["开工了。", "（柳湾党校办 徐小青报道）"], "徐小青"),
        (["开工了。", "新华社记者 谢小欢 摄"], None),
        (["开工了。", "（作者单位：柳湾特区报）"], None),
        (["开工了。", "（作者为柳湾大学教授）"], None),
        (["开工了。", "（完）"], None),
        (["开工了。", "（详见附件）"], None),
        (["开工了。", "（刊于《半月谈》2019年第24期）"], None),
        (["开工了。", "（李小明 摄）"], None),
    ],
)  # fmt: skip
def test_writers_sign_in_the_text(paragraphs: list[str], author: str | None) -> None:
    found = sorted(find_signatures(paragraphs, []), key=lambda c: -c.weight)
    assert (found[0].value if found else None) == author
