"""WARC: what other tools read of it is what the portals sent."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archive_rows import DAY1, DAY3, HOME, HOST, NEWS, capture, listing, row, started, values
from click.testing import CliRunner
from web_archive import CODED, GBK, members, web_archive

from scraper.archive import Archive
from scraper.commands import cli
from scraper.demo import start_demo
from scraper.export import export_warc


def clock() -> datetime:
    return datetime(2026, 3, 9, tzinfo=UTC)


def warc(archive: Archive, **said: Any) -> bytes:
    out, lost = io.BytesIO(), list[str]()
    export_warc(archive, out, now=clock, lost=lost, **said)
    assert lost == []
    return out.getvalue()


def records(data: bytes) -> list[tuple[dict[str, str], bytes]]:
    """(header fields, block) of each record."""
    told = []
    for member in members(data):
        head, _, rest = member.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        assert lines[0] == "WARC/1.1"
        fields = dict(line.split(": ", 1) for line in lines[1:])
        size = int(fields["Content-Length"])
        assert rest[size:] == b"\r\n\r\n"
        told.append((fields, rest[:size]))
    return told


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Any:
    archive = web_archive(tmp_path_factory.mktemp("warc") / "a.db")
    yield archive
    archive.close()


@pytest.fixture(scope="module")
def told(archive: Archive) -> list[tuple[dict[str, str], bytes]]:
    return records(warc(archive))


def answers(told: list[tuple[dict[str, str], bytes]], url: str) -> list[tuple[dict[str, str], bytes]]:
    return [(f, b) for f, b in told if f.get("WARC-Target-URI") == url and f["WARC-Type"] not in ("request",)]


def test_a_file_begins_with_what_made_it_and_by_which_rules(told: Any) -> None:
    fields, block = told[0]
    text = block.decode()
    assert fields["WARC-Type"] == "warcinfo" and fields["WARC-Date"] == "2026-03-09T00:00:00Z"
    assert "software: kaifaqu/" in text and "robots: classic\r\n" in text and HOST in text


def test_header_bytes_stay_as_the_portal_sent_them(told: Any) -> None:
    _, block = answers(told, f"{NEWS}1.html")[0]
    head, _, body = block.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 200 OK",
        b"Content-Type: text/html; charset=gbk",
        b"X-Archive-Orig-content-ENCODING: gzip",
        b"X-Archive-Orig-Transfer-Encoding: chunked",
        *(name + b": " + value for name, value in CODED[3:]),
        b"Content-Length: %d" % len(GBK),
    ]
    assert body == GBK


def test_the_length_told_is_the_length_that_is_there(told: Any) -> None:
    _, block = answers(told, f"{NEWS}3.html")[0]
    assert b"X-Archive-Orig-Content-Length: 9999\r\nContent-Length: 12\r\n\r\n<p>three</p>" in block


def test_the_same_bytes_are_kept_once(told: Any) -> None:
    first, second = answers(told, f"{NEWS}1.html")[:2]
    (elsewhere,) = answers(told, f"{NEWS}2.html?b=2&a=1")
    assert first[0]["WARC-Type"] == "response"
    for fields, block in (second, elsewhere):
        assert fields["WARC-Type"] == "revisit"
        assert fields["WARC-Profile"].endswith("/identical-payload-digest")
        assert fields["WARC-Refers-To"] == first[0]["WARC-Record-ID"]
        assert fields["WARC-Refers-To-Target-URI"] == f"{NEWS}1.html"
        assert (
            fields["WARC-Refers-To-Date"] == DAY1
            and fields["WARC-Payload-Digest"] == first[0]["WARC-Payload-Digest"]
        )
        assert block.endswith(b"\r\n\r\n") and GBK not in block


def test_a_304_refers_to_the_page_it_left_as_it_was(told: Any) -> None:
    first, _, fields = (f for f, _ in answers(told, f"{NEWS}1.html"))
    assert fields["WARC-Profile"].endswith("/server-not-modified") and fields["WARC-Date"] == DAY3
    assert fields["WARC-Refers-To"] == first["WARC-Record-ID"]


def test_a_redirect_is_a_record_of_its_own(told: Any) -> None:
    ((_, block),) = answers(told, f"{HOME}old")
    assert block.startswith(b"HTTP/1.1 302 Found\r\nLocation: http://kfq.example/news/3.html\r\n")


def test_a_page_that_broke_off_says_so(told: Any) -> None:
    assert answers(told, f"{NEWS}3.html")[0][0]["WARC-Truncated"] == "disconnect"
    assert "WARC-Truncated" not in answers(told, f"{NEWS}1.html")[0][0]


def test_each_answer_has_the_request_it_is_known_to_answer(told: Any) -> None:
    requests = [(f, b) for f, b in told if f["WARC-Type"] == "request"]
    assert {f["WARC-Concurrent-To"] for f, _ in requests} == {
        f["WARC-Record-ID"] for f, _ in told if f["WARC-Type"] in ("response", "revisit")
    }
    assert b"GET /news/2.html?b=2&a=1 HTTP/1.1\r\nHost: kfq.example\r\n\r\n" in {b for _, b in requests}


def test_ids_differ_and_an_export_is_the_same_each_time(archive: Archive, told: Any) -> None:
    ids = [f["WARC-Record-ID"] for f, _ in told]
    assert len(ids) == len(set(ids))
    assert warc(archive) == warc(archive)


def test_addresses_and_header_lines_can_not_be_broken_by_a_hostile_one(tmp_path: Path) -> None:
    with web_archive(tmp_path / "a.db") as archive:
        archive.db.conn.execute(
            "UPDATE captures SET url = 'http://kfq.example/中\r\nWARC-Type: x', ip = NULL WHERE id = 2"
        )
        hostile = [f for f, _ in records(warc(archive)) if "%0D%0A" in f.get("WARC-Target-URI", "")]
    assert len(hostile) >= 2 and all(f["WARC-Target-URI"].isascii() for f in hostile)


def test_only_what_was_asked_for_is_exported(archive: Archive) -> None:
    assert {f["WARC-Type"] for f, _ in records(warc(archive, portal="other.example"))} == {"warcinfo"}
    dates = {f["WARC-Date"] for f, _ in records(warc(archive, since="2026-03-03"))[1:]}
    assert dates == {DAY3}


def test_a_damaged_page_costs_itself_and_is_told(tmp_path: Path) -> None:
    with web_archive(tmp_path / "a.db") as archive:
        (digest,) = values(archive, "SELECT digest FROM captures WHERE id = 1")[0]
        archive.db.conn.execute("UPDATE blobs SET data = x'00' WHERE digest = ?", (digest,))
    out = tmp_path / "a.warc.gz"
    result = CliRunner().invoke(
        cli, ["export", "--db", str(tmp_path / "a.db"), "--format", "warc", "--out", str(out)]
    )
    assert result.exit_code == 1 and digest in result.stderr
    assert len(answers(records(out.read_bytes()), f"{NEWS}1.html")) == 3


def test_a_half_written_export_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    web_archive(tmp_path / "a.db").close()
    out = tmp_path / "a.warc.gz"
    out.write_bytes(b"before")
    monkeypatch.setattr("scraper.export.formats.export_warc", full)
    result = CliRunner().invoke(
        cli, ["export", "--db", str(tmp_path / "a.db"), "--format", "warc", "--out", str(out)]
    )
    assert result.exit_code == 2 and "No space left" in result.stderr
    assert out.read_bytes() == b"before" and not list(tmp_path.glob("*.part"))


def test_a_web_archive_is_not_poured_on_a_terminal(tmp_path: Path) -> None:
    web_archive(tmp_path / "a.db").close()
    result = CliRunner().invoke(cli, ["export", "--db", str(tmp_path / "a.db"), "--format", "warc"])
    assert result.exit_code == 2 and "--out" in result.stderr


def test_warcio_finds_every_digest_of_a_demo_crawl_right(tmp_path: Path) -> None:
    pytest.importorskip("warcio", reason="warcio is not installed: pip install 'kaifaqu[warc]'")
    from warcio.archiveiterator import ArchiveIterator

    db, out = str(tmp_path / "d.db"), tmp_path / "d.warc.gz"
    with start_demo() as server:
        CliRunner().invoke(cli, ["crawl", server.url, "--delay", "0", "--limit", "12", "--db", db])
    assert (
        CliRunner().invoke(cli, ["export", "--db", db, "--format", "warc", "--out", str(out)]).exit_code == 0
    )
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", str(out)], capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout) == (0, "")
    with out.open("rb") as file:
        types = [record.rec_type for record in ArchiveIterator(file)]
    assert types.count("response") > 12 and types[0] == "warcinfo"


def test_a_posted_list_has_its_form_and_a_rendered_page_refers_to_what_it_was_made_of(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        at, form = row(archive, f"{NEWS}list.aspx", "listing"), "__EVENTTARGET=p&key=%B9%D8"
        sent = replace(capture(at.url, b"<ul>sent</ul>"), form=form)
        archive.save_page(at, sent, listing(at.url), crawl_id=crawl)
        shell = row(archive, f"{NEWS}app.html", "page")
        archive.save_shell(shell, capture(shell.url, b"<div id=app></div>"), crawl_id=crawl)
        made = replace(capture(shell.url, "<ul>渲染</ul>".encode()), rendered=True)
        archive.save_page(shell, made, listing(shell.url), crawl_id=crawl)
        told = records(warc(archive))
    (request,) = (b for f, b in told if f["WARC-Type"] == "request" and f["WARC-Target-URI"] == at.url)
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /news/list.aspx HTTP/1.1\r\n") and body == form.encode()
    assert b"Content-Length: %d" % len(form) in head
    (raw, block), (fields, document) = answers(told, shell.url)
    assert (raw["WARC-Type"], fields["WARC-Type"]) == ("response", "conversion")
    assert block.endswith(b"<div id=app></div>") and document == "<ul>渲染</ul>".encode()
    assert fields["WARC-Refers-To"] == raw["WARC-Record-ID"]
