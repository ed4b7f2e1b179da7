"""Files by their bytes, their names made harmless, and their text read within bounds."""

from __future__ import annotations

import time
from email.header import Header
from urllib.parse import quote

import made_files as made
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.files import file_name, kind_of, read_text, safe_name
from scraper.files import text as text_room

NAME = "扶持资金申报表（2026年）.doc"
URL = "http://kfq.example/down/1"
NOTICE = "青石湾开发区扶持资金申报指南"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (made.pdf(NOTICE), "pdf"),
        (b"\xef\xbb\xbf\n" + made.pdf(NOTICE), "pdf"),
        (made.docx(NOTICE), "docx"),
        (made.doc(NOTICE), "doc"),
        (made.compound({"Workbook": b""}), "xls"),
        (made.compound({"PowerPoint Document": b""}), "ppt"),
        (made.compound({"Another": b""}), "other"),
        (made.zipped({"OFD.xml": "<a/>"}), "ofd"),
        (made.zipped({"1.txt": "x"}), "zip"),
        (b"PK\x03\x04 and nothing that follows", "zip"),
        (b"Rar!\x1a\x07\x01\x00", "rar"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        ("  \n<!DOCTYPE html><title>文件不存在</title>".encode("gbk"), "html"),
        ("序号,企业名称\n".encode("gbk"), "txt"),
        (b"\0\1\2\3", "other"),
        (b"", "empty"),
    ],
)
def test_a_file_is_what_its_bytes_say(body: bytes, kind: str) -> None:
    assert kind_of(body) == kind


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
def test_no_bytes_break_the_look_at_a_file(body: bytes, start: bytes) -> None:
    assert kind_of(start + body)


@pytest.mark.parametrize(
    "value",
    [
        b"attachment; filename*=UTF-8''" + quote(NAME).encode(),
        b"attachment; filename*=GBK''" + quote(NAME, encoding="gbk").encode(),
        b"attachment; filename=\"x.doc\"; filename*=utf-8'zh'" + quote(NAME).encode(),
        b'attachment; filename="' + NAME.encode("gbk") + b'"',
        b'attachment;filename="' + NAME.encode() + b'"',
        b"attachment; filename=" + NAME.encode("gb18030"),
        b'attachment; filename="' + quote(NAME).encode() + b'"',
        b"attachment; filename=" + quote(NAME, encoding="gbk").encode(),
        b'attachment; filename="' + Header(NAME, "utf-8").encode(maxlinelen=10_000).encode() + b'"',
        b'FileName="' + NAME.encode("gbk") + b'"',
        b'attachment; filename="C:\\\\temp\\\\' + NAME.encode() + b'"',
    ],
)
def test_a_chinese_file_name_is_read_in_every_way_servers_write_it(value: bytes) -> None:
    assert file_name([(b"Content-Disposition", value)], URL) == NAME


def test_a_file_that_the_server_does_not_name_is_called_by_its_address() -> None:
    for value in (b"attachment", b"inline; filename=", b"attachment; filename*=UTF-8"):
        address = f"http://kfq.example/{quote(NAME, encoding='gbk')}?id=1"
        assert file_name([(b"content-disposition", value)], address) == NAME
    assert file_name([], "http://kfq.example/down/") == ""


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("..", ""),
        (".htaccess", "htaccess"),
        ("a\r\nSet-Cookie: x=1.doc", "a__Set-Cookie_ x=1.doc"),
        ("申报表\u202ecod.exe", "申报表cod.exe"),
        ("CON.doc", "_CON.doc"),
        ("附件\ud800.doc", "附件_.doc"),
        ("长" * 300 + ".docx", "长" * 65 + ".docx"),
    ],
)
def test_a_name_leads_nowhere_and_hides_nothing(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.binary(max_size=300))
def test_any_header_gives_a_harmless_name(value: bytes) -> None:
    name = file_name([(b"content-disposition", b"attachment; filename" + value)], URL)
    assert not set(name) & set('/\\\r\n\0"<>') and len(name.encode()) <= 200 and not name.startswith(".")


@pytest.mark.parametrize(
    ("body", "reader"),
    [
        (made.pdf(NOTICE, "二、申报条件"), "pypdfium2"),
        (made.docx(NOTICE, "二、申报条件"), "office_oxide"),
        (made.doc(f"{NOTICE}\n二、申报条件"), "office_oxide"),
        (f"{NOTICE}\r\n\r\n 二、申报条件".encode("gbk"), "kaifaqu"),
    ],
    ids=["pdf", "docx", "doc", "txt"],
)
def test_the_text_of_a_file_is_read_line_by_line(body: bytes, reader: str) -> None:
    said = read_text(body, kind_of(body))
    assert (said.text, said.reader, said.note) == (f"{NOTICE}\n二、申报条件", reader, "")


@pytest.mark.parametrize("body", [made.pdf(NOTICE)[:400], made.docx(NOTICE)[:300], made.doc(NOTICE)[:700]])
def test_a_damaged_file_has_a_note_and_no_text(body: bytes) -> None:
    said = read_text(body, {b"%": "pdf", b"P": "docx"}.get(body[:1], "doc"))  # type: ignore[arg-type]
    assert not said.text and said.note


def test_a_zip_bomb_is_left_unread() -> None:
    parts = {"[Content_Types].xml": "<a/>", "word/document.xml": b" " * (257 << 20)}
    said = read_text(made.zipped(parts), "docx")
    assert not said.text and "257 MiB" in said.note


def test_a_file_that_takes_too_long_is_given_up() -> None:
    page_after_page = made.pdf(NOTICE).replace(
        b"[3 0 R]/Count 1", b"[" + b"3 0 R " * 300_000 + b"]/Count 300000"
    )
    page_after_page = page_after_page.replace(
        b"Tj", b"  "
    )  # nothing is shown, so the bound on text does not end it
    start = time.monotonic()
    said = read_text(page_after_page, "pdf", seconds=1)
    assert not said.text and said.note and time.monotonic() - start < 10


def test_a_file_that_takes_too_much_memory_is_given_up() -> None:
    said = read_text(made.docx("字" * 3_000_000), "docx", memory=48 << 20)
    assert not said.text and said.note


def test_no_more_text_is_kept_than_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_room, "MOST_TEXT", 10)
    assert len(read_text(made.docx(NOTICE), "docx").text) == 10
    assert len(read_text(made.pdf(NOTICE), "pdf").text) == 10
    assert len(read_text(NOTICE.encode(), "txt").text) == 10


def test_where_no_package_reads_a_kind_the_text_stays_to_be_read() -> None:
    said = read_text(made.zipped({"1.txt": "x"}), "zip")
    assert (said.text, said.reader, said.note) == ("", "", "no reader for zip")
