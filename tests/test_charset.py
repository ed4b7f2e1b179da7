"""Labels lie: the right characters come out whatever header and meta say."""

from __future__ import annotations

import pytest

from scraper.read.charset import decode

TEXT = "青禾开发区的新闻：周喆、陈镕参加了开工仪式，共有二十一个项目在三月动工。"


def page(charset: str) -> str:
    return f'<html><head><meta charset="{charset}"><title>新闻</title></head><body>{TEXT}</body></html>'


@pytest.mark.parametrize(
    ("label", "encoding", "name"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("gb2312", "utf-8", "utf-8"),
        ("gb2312", "gb18030", "gb18030"),
        ("utf-8", "gb18030", "gb18030"),
        ("iso-8859-1", "gb18030", "gb18030"),
        ("x-gbk", "gb18030", "gb18030"),
        ("nonsense", "gb18030", "gb18030"),
    ],
)
def test_bytes_beat_the_label(label: str, encoding: str, name: str) -> None:
    text, charset = decode(page(label).encode(encoding))
    assert TEXT in text
    assert (charset.name, charset.replaced) == (name, 0)


@pytest.mark.parametrize(
    ("bom", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8")]
)
def test_a_bom_beats_the_meta(bom: bytes, encoding: str) -> None:
    text, charset = decode(bom + page("gb2312").encode(encoding))
    assert TEXT in text
    assert (charset.name, charset.decided) == (encoding, "bom")


def test_utf16_without_bom_is_seen_by_its_zeros() -> None:
    assert TEXT in decode(page("gb2312").encode("utf-16-le"))[0]


def test_a_cut_off_last_character_does_not_make_utf8_invalid() -> None:
    text, charset = decode(page("gb2312").encode() + "开".encode()[:2])
    assert TEXT in text
    assert charset.name == "utf-8"


def test_one_broken_byte_costs_one_character_and_is_counted() -> None:
    body = (
        page("gb2312").encode("gb18030").replace("动工".encode("gb18030"), b"\xff" + "动工".encode("gb18030"))
    )
    text, charset = decode(body)
    assert "青禾开发区的新闻" in text
    assert "动工" in text
    assert charset.replaced >= 1


def test_big5_is_read() -> None:
    words = "經濟開發區的新聞與公告，發布時間為今天上午，來源為本網。" * 3
    assert words in decode(f'<meta charset="big5"><p>{words}</p>'.encode("big5"))[0]


def test_no_bytes_are_no_text() -> None:
    assert decode(b"")[1].decided == "empty"
