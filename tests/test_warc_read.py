"""Reading web archives of others: every habit of the programs that write them, and every bound on what a file may cost."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from warc_bytes import chunked, http, packed, record

from scraper.errors import UsageError
from scraper.fetch import warc as module
from scraper.fetch.limits import Limits
from scraper.fetch.warc import Answer, dechunk, read_warc, read_warcs

URL = "http://kfq.example/news/1.html"
PAGE = "<html><h1>青石湾要闻</h1></html>".encode("gbk")
HTML = "Content-Type: text/html; charset=gbk"


def told(
    *records: bytes, plain: bool = False, lost: list[str] | None = None, limits: Limits | None = None
) -> list[Answer]:
    data = b"".join(records) if plain else packed(*records)
    found: list[str] = [] if lost is None else lost
    answers = list(read_warc(io.BytesIO(data), "a.warc", lost=found, limits=limits))
    assert lost is not None or not found, found
    return answers


def one(block: bytes, kind: str = "response", **headers: str) -> Answer:
    (answer,) = told(record(kind, URL, block, **headers))
    return answer


@pytest.mark.parametrize("form", ["members", "plain", "whole"])
def test_a_file_is_read_packed_by_record_as_a_whole_or_not_at_all(form: str) -> None:
    records = [
        record("warcinfo", block=b"software: x\r\n"),
        *(record("response", f"{URL}?{n}", http(PAGE, HTML)) for n in (1, 2)),
    ]
    data = {
        "members": packed(*records),
        "plain": b"".join(records),
        "whole": gzip.compress(b"".join(records)),
    }[form]
    answers = list(read_warc(io.BytesIO(data), "a", lost=[]))
    assert [a.url for a in answers] == [f"{URL}?1", f"{URL}?2"] and {a.body for a in answers} == {PAGE}


def test_an_answer_is_told_as_it_came() -> None:
    answer = one(http(PAGE, HTML, "X-Odd: a: b", " folded", "Set-Cookie: k=v"), WARC_IP_Address="10.0.0.7")
    assert (answer.status, answer.at, answer.ip) == (200, "2020-05-01T08:00:00Z", "10.0.0.7")
    assert answer.headers[1:] == ((b"X-Odd", b"a: b folded"), (b"Set-Cookie", b"k=v"))


@pytest.mark.parametrize(
    "status",
    ["HTTP/1.1 200 OK", "HTTP/1.0 200 OK", "HTTP/2 200", "HTTP/2.0 200 ", "HTTP/3 200 OK", "HTTP/1.1 200", "HTTP/1.1 200 很好"],
)  # fmt: skip
def test_status_lines_of_all_versions_are_read(status: str) -> None:
    assert (one(http(PAGE, HTML, status=status)).status, one(http(PAGE, HTML, status=status)).body) == (
        200,
        PAGE,
    )


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (chunked(PAGE), ("Transfer-Encoding: chunked",)),
        (PAGE, ("Transfer-Encoding: chunked",)),  # undone, and the header left
        (gzip.compress(PAGE), ("Content-Encoding: gzip",)),
        (PAGE, ("Content-Encoding: gzip",)),
        (PAGE, ("Content-Encoding: br",)),
        (zlib.compress(PAGE), ("Content-Encoding: deflate",)),
        (chunked(gzip.compress(PAGE)), ("Transfer-Encoding: chunked", "Content-Encoding: gzip")),
        (PAGE, ("Content-Length: 99999",)),
    ],
    ids=["chunked", "said chunked", "gzip", "said gzip", "said br", "deflate", "chunked gzip", "said longer"],
)
def test_bodies_lose_their_chunks_and_coding_whatever_the_header_says(
    body: bytes, headers: tuple[str, ...]
) -> None:
    assert one(http(body, HTML, *headers)).body == PAGE


def test_a_body_whose_chunks_break_off_is_kept_and_noted() -> None:
    answer = one(http(chunked(PAGE)[:-20], HTML, "Transfer-Encoding: chunked"))
    assert PAGE.startswith(answer.body) and answer.body and answer.note == "truncated"


def test_lines_that_end_with_a_bare_newline_are_lines() -> None:
    assert one(http(PAGE, HTML).replace(b"\r\n", b"\n")).body == PAGE
    assert one(b"HTTP/1.1 204 No Content").status == 204


def test_addresses_in_brackets_and_with_chinese_are_addresses() -> None:
    (answer,) = told(record("response", f"<{URL}>", http(PAGE), version="1.0"))
    assert answer.url == URL
    (answer,) = told(record("response", "http://kfq.example/新闻/1.html", http(PAGE)))
    assert answer.url == "http://kfq.example/%E6%96%B0%E9%97%BB/1.html"


def test_times_with_fractions_are_times_of_a_second() -> None:
    assert one(http(PAGE), WARC_Date="2020-05-01T08:00:00.123456Z").at == "2020-05-01T08:00:00Z"


def test_what_is_no_answer_to_a_web_request_is_passed_over() -> None:
    lost: list[str] = []
    others = [
        record("warcinfo", block=b"software: x"),
        record("response", "dns:kfq.example", b"20200501080000\nkfq.example. 60 IN A 10.0.0.7"),
        record("resource", "urn:pageinfo:http://kfq.example/", b"{}"),
        record("metadata", URL, b"via: x"),
        record("conversion", URL, b"text"),
        record("request", URL, b"GET / HTTP/1.1\r\n\r\n"),
    ]
    assert told(*others, lost=lost) == [] and lost == []


def test_a_resource_is_an_answer_without_a_head() -> None:
    answer = one(PAGE, "resource", Content_Type="text/html")
    assert (answer.status, answer.body, answer.headers) == (200, PAGE, ((b"Content-Type", b"text/html"),))


def test_revisits_name_what_they_repeat_with_and_without_a_head() -> None:
    where = {
        "WARC_Profile": "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
        "WARC_Refers_To_Target_URI": URL,
        "WARC_Refers_To_Date": "2019-01-01T00:00:00Z",
        "WARC_Payload_Digest": "sha1:ABC",
    }
    for block in (http(b"", HTML), b""):
        answer = one(block, "revisit", **where)
        assert answer.revisit and not answer.not_modified and answer.body == b"" and answer.status == 200
        assert answer.refers_to == (URL, "2019-01-01T00:00:00Z") and answer.payload == "sha1:ABC"
    not_modified = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert one(http(status="HTTP/1.1 304 Not Modified"), "revisit", WARC_Profile=not_modified).not_modified


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_form_that_was_posted_is_known_on_either_side_of_its_answer(order: str) -> None:
    answer = record("response", URL, http(PAGE), WARC_Record_ID="<urn:a>")
    asked = record(
        "request", URL, b"POST /news HTTP/1.1\r\nHost: x\r\n\r\npage=2", WARC_Concurrent_To="<urn:a>"
    )
    (found,) = told(*((asked, answer) if order == "before" else (answer, asked)))
    assert found.form == "page=2"
    assert one(http(PAGE)).form is None


def test_a_redirect_tells_where_it_leads() -> None:
    assert one(http(b"", "Location: /new/", status="HTTP/1.1 302 Found")).location == "/new/"


def test_a_wacz_is_read_file_by_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as package:
        for n in (1, 2):
            package.writestr(f"archive/rec-{n}.warc.gz", packed(record("response", f"{URL}?{n}", http(PAGE))))
        package.writestr("pages/pages.jsonl", "{}")
        package.writestr("archive/../../evil.warc", "x")
    lost: list[str] = []
    assert [a.url for a in read_warcs(path, lost=lost)] == [f"{URL}?1", f"{URL}?2"] and lost == []


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>", b"\x28\xb5\x2f\xfd", gzip.compress(b"<html>"), b"PK\x03\x04 no zip"],
    ids=["empty", "html", "zstd", "gzip", "zip"],
)
def test_what_is_no_web_archive_is_said_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    if not data:
        assert list(read_warcs(path, lost=[])) == []
        return
    with pytest.raises(UsageError):
        list(read_warcs(path, lost=[]))


def test_a_zip_of_other_things_is_said_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as package:
        package.writestr("a.txt", "x")
    with pytest.raises(UsageError, match="archive"):
        list(read_warcs(tmp_path / "a.zip", lost=[]))


# Hostile and broken files


@pytest.mark.parametrize("cut", [1, 40, 120])
@pytest.mark.parametrize("plain", [True, False])
def test_a_file_that_breaks_off_costs_its_last_record(cut: int, plain: bool) -> None:
    records = [record("response", f"{URL}?{n}", http(PAGE * 20, HTML)) for n in (1, 2)]
    data = (b"".join(records) if plain else packed(*records))[:-cut]
    lost: list[str] = []
    answers = list(read_warc(io.BytesIO(data), "a.warc", lost=lost))
    assert answers[0].url == f"{URL}?1" and answers[0].body == PAGE * 20
    if len(answers) < 2 or (plain and cut > 4):
        assert lost


def test_flipped_bytes_never_raise() -> None:
    data = packed(
        *(
            record("response", f"{URL}?{n}", http(chunked(PAGE), "Transfer-Encoding: chunked"))
            for n in range(4)
        )
    )
    for place in range(0, len(data), 3):
        hurt = bytearray(data)
        hurt[place] ^= 0x55
        try:
            list(read_warc(io.BytesIO(bytes(hurt)), "a", lost=[]))
        except UsageError:
            assert place < 400  # the first record is what tells a WARC
    plain = b"".join(record("response", f"{URL}?{n}", http(PAGE)) for n in range(2))
    for place in range(0, len(plain), 3):
        hurt = bytearray(plain)
        hurt[place] ^= 0x55
        try:
            list(read_warc(io.BytesIO(bytes(hurt)), "a", lost=[]))
        except UsageError:
            assert place < 10


@pytest.mark.parametrize(
    "bad",
    [
        b"WARC/1.1\r\nWARC-Type: response\r\n\r\n",
        b"WARC/1.1\r\nContent-Length: -5\r\n\r\n",
        b"WARC/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"WARC/1.1\r\nContent-Length: \xd9\xa1\r\n\r\n",
        b"WARC/1.1\r\n" + b"A: b\r\n" * 600 + b"\r\n",
        b"WARC/1.1\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
        b"nonsense\r\n",
    ],
    ids=['no length', 'negative', 'too long', 'other digits', 'endless headers', 'endless line', 'nonsense'],
)  # fmt: skip
def test_a_record_that_is_none_ends_the_file_with_a_word(bad: bytes) -> None:
    lost: list[str] = []
    answers = told(
        record("response", URL, http(PAGE)), bad, record("response", URL, http(PAGE)), plain=True, lost=lost
    )
    assert len(answers) == 1 and len(lost) == 1 and "damaged" in lost[0]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (record("response", URL, b"no http"), "no HTTP"),
        (record("response", URL, b"HTTP/1.1 abc\r\n\r\n"), "no HTTP status"),
        (record("response", URL, http(PAGE), WARC_Date="yesterday"), "no time"),
        (record("response", "http://[::", http(PAGE)), "no address"),
        (record("response", URL, http(b"\x0b\x02", "Content-Encoding: br")), "br"),
        (
            record("response", URL, http(PAGE, "Content-Encoding: " + ", ".join(["gzip"] * 9))),
            "packed 9 times",
        ),
    ],
    ids=["no http", "no status", "no time", "no address", "br", "nine layers"],
)
def test_an_answer_that_can_not_be_read_costs_itself(bad: bytes, why: str) -> None:
    lost: list[str] = []
    answers = told(bad, record("response", URL, http(PAGE)), lost=lost)
    assert len(answers) == 1 and len(lost) == 1 and why in lost[0]


def test_bodies_are_bounded_as_sent_and_as_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_HEAD", 1000)
    small = Limits(max_body=20_000)
    bomb = gzip.compress(bytes(10_000_000))
    assert len(bomb) < 20_000
    for large in (http(bytes(70_000)), http(bytes(20_500)), http(bomb, "Content-Encoding: gzip")):
        lost: list[str] = []
        (answer,) = told(
            record("response", URL, large), record("response", URL, http(PAGE)), lost=lost, limits=small
        )
        assert answer.body == PAGE
        assert len(lost) == 1 and ("larger than" in lost[0] or "unpacks to more" in lost[0])


def test_a_bomb_inside_a_member_is_not_unpacked_into_memory() -> None:
    import tracemalloc

    bomb = packed(
        record("metadata", URL, bytes(30_000_000)), record("response", URL, http(bytes(30_000_000)))
    )
    tracemalloc.start()
    lost: list[str] = []
    limits = Limits(max_body=1 << 20)
    assert list(read_warc(io.BytesIO(bomb), "a", lost=lost, limits=limits)) == [] and len(lost) == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize(
    "block",
    [
        http(b"1\r\na\r\n" * 300_000, "Transfer-Encoding: chunked"),
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 150_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"\r" * 900_000,
        http(b"0" * 900_000, "Transfer-Encoding: chunked"),
    ],
    ids=["chunks", "headers", "returns", "zeros"],
)
def test_odd_answers_take_time_in_proportion_to_their_size(block: bytes) -> None:
    begun = time.process_time()
    told(record("response", URL, block), lost=[])
    assert time.process_time() - begun < 3


def test_chunks_are_undone_and_what_has_none_stays() -> None:
    assert dechunk(b"3;ext=1\r\nabc\r\n0\r\n\r\n") == (b"abc", False)
    assert dechunk(b"3\r\nabc\r\n") == (b"abc", True)
    assert dechunk(b"<html>") == (b"<html>", False)
    assert dechunk(b"") == (b"", False)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it leaves a file open
def test_what_warcio_writes_is_read(tmp_path: Path) -> None:
    pytest.importorskip("warcio", reason="warcio is not installed: pip install 'kaifaqu[warc]'")
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    path = tmp_path / "a.warc.gz"
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer.write_record(writer.create_warcinfo_record("a", {"software": "x"}))
        response = writer.create_warc_record(URL, "response", payload=io.BytesIO(PAGE), http_headers=head)
        writer.write_record(response)
        date = response.rec_headers.get_header("WARC-Date")
        digest = response.rec_headers.get_header("WARC-Payload-Digest")
        writer.write_record(writer.create_revisit_record(URL, digest, URL, date, http_headers=head))
    first, again = read_warcs(path, lost=[])
    assert (first.url, first.status, first.body) == (URL, 200, PAGE)
    assert again.revisit and again.payload == first.payload and again.refers_to == (URL, date)
