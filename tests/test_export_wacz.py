"""WACZ: one file for each portal and year, whose index finds every record and whose pages can be begun at."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archive_rows import DAY1, DAY2, DAY3, HOME, NEWS
from click.testing import CliRunner
from web_archive import GBK, web_archive

from scraper.archive import Archive
from scraper.commands import cli
from scraper.export import export_wacz
from scraper.export import wacz as form

YEARS = ["kfq.example-2024.wacz", "kfq.example-2025.wacz", "kfq.example-2026.wacz"]


def clock() -> datetime:
    return datetime(2026, 3, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("wacz")
    with web_archive(folder / "a.db") as archive:
        paths = export_wacz(archive, folder / "out", now=clock, lost=[])
    opened = {path.name: zipfile.ZipFile(path) for path in paths}
    yield opened
    for one in opened.values():
        one.close()


def index(wacz: zipfile.ZipFile) -> list[tuple[str, str, dict[str, str]]]:
    lines = gzip.decompress(wacz.read("indexes/index.cdx.gz")).decode().splitlines()
    return [(key, time, json.loads(told)) for key, time, told in (line.split(" ", 2) for line in lines)]


def pages(wacz: zipfile.ZipFile) -> list[dict[str, Any]]:
    head, *lines = map(json.loads, wacz.read("pages/pages.jsonl").decode().splitlines())
    assert (head["format"], head["hasText"]) == ("json-pages-1.0", True)
    return lines


def test_each_portal_and_year_is_a_file(made: dict[str, zipfile.ZipFile]) -> None:
    assert list(made) == YEARS
    urls = [{told["url"] for _, _, told in index(wacz)} for wacz in made.values()]
    assert urls[0] == {f"{NEWS}2.html?b=2&a=1"}
    assert urls[1] == {f"{NEWS}1.html", f"{NEWS}3.html", f"{HOME}old"}
    assert urls[2] == {HOME, f"{NEWS}4.html"}


def test_pages_have_title_text_and_time(made: dict[str, zipfile.ZipFile]) -> None:
    listed = [(p["url"], p["ts"], p["title"], p["text"]) for p in pages(made[YEARS[1]])]
    assert listed == [
        (f"{NEWS}1.html", DAY2, "题目 1.html", "正文。"),
        (f"{NEWS}3.html", DAY3, "题目 3.html", "正文。"),
    ]
    assert [(p["url"], p["ts"]) for p in pages(made[YEARS[2]])] == [(HOME, DAY1)]


def test_the_index_is_sorted_and_finds_each_record(made: dict[str, zipfile.ZipFile]) -> None:
    for wacz in made.values():
        lines = index(wacz)
        assert lines == sorted(lines, key=lambda line: line[:2]) and lines
        data = wacz.read("archive/data.warc.gz")
        for key, time, told in lines:
            start = int(told["offset"])
            record = gzip.decompress(data[start : start + int(told["length"])])
            assert f"WARC-Target-URI: {told['url']}\r\n".encode() in record and key == form.surt(told["url"])
            assert time == record.split(b"WARC-Date: ")[1][:20].decode().translate(
                str.maketrans("", "", "-:TZ")
            )
            assert told["filename"] == "data.warc.gz"


def test_a_revisit_never_refers_to_another_file(made: dict[str, zipfile.ZipFile]) -> None:
    ((_, _, told),) = index(made[YEARS[0]])
    assert told["mime"] == "text/html"  # the same bytes stand in 2025's file too
    assert GBK in gzip.GzipFile(fileobj=io.BytesIO(made[YEARS[0]].read("archive/data.warc.gz"))).read()
    assert [told["mime"] for _, _, told in index(made[YEARS[1]])][:2] == ["text/html", "warc/revisit"]


def test_a_304_is_kept_but_never_shown_as_an_empty_page(made: dict[str, zipfile.ZipFile]) -> None:
    assert b"server-not-modified" in gzip.decompress(made[YEARS[1]].read("archive/data.warc.gz"))
    assert "304" not in {told["status"] for wacz in made.values() for _, _, told in index(wacz)}


def test_digests_and_sizes_of_all_files_are_told(made: dict[str, zipfile.ZipFile]) -> None:
    for wacz in made.values():
        package = json.loads(wacz.read("datapackage.json"))
        assert package["wacz_version"] == "1.1.1" and package["created"] == "2026-03-09T00:00:00Z"
        told = {r["path"]: (r["hash"], r["bytes"]) for r in package["resources"]}
        names = set(wacz.namelist()) - {"datapackage.json", "datapackage-digest.json"}
        assert told.keys() == names
        for name, (digest, size) in told.items():
            data = wacz.read(name)
            assert (f"sha256:{hashlib.sha256(data).hexdigest()}", len(data)) == (digest, size)
        digest = json.loads(wacz.read("datapackage-digest.json"))["hash"]
        assert digest == f"sha256:{hashlib.sha256(wacz.read('datapackage.json')).hexdigest()}"
        assert {info.compress_type for info in wacz.infolist()} == {zipfile.ZIP_STORED}
    assert json.loads(made[YEARS[2]].read("datapackage.json"))["mainPageUrl"] == HOME


def test_a_long_index_is_found_by_its_blocks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(form, "_BLOCK", 2)
    with web_archive(tmp_path / "a.db") as archive:
        path = export_wacz(archive, tmp_path, now=clock, lost=[])[1]
    with zipfile.ZipFile(path) as wacz:
        head, *lines = wacz.read("indexes/index.idx").decode().splitlines()
        assert head == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
        data, found = wacz.read("indexes/index.cdx.gz"), []
        for line in lines:
            key, time, told = line.split(" ", 2)
            place = json.loads(told)
            block = data[place["offset"] : place["offset"] + place["length"]]
            assert place["digest"] == f"sha256:{hashlib.sha256(block).hexdigest()}"
            inside = gzip.decompress(block).decode().splitlines()
            assert inside[0].startswith(f"{key} {time} ") and len(inside) <= 2
            found += inside
        assert len(lines) == 2 and found == gzip.decompress(data).decode().splitlines()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.kfq.example/", "example,kfq)/"),
        ("https://www2.Kfq.example/A//B.html?x=2&a=1&", "example,kfq)/a/b.html?&a=1&x=2"),
        ("http://127.0.0.1:8080/list_2.html?page=3", "1,0,0,127:8080)/list_2.html?page=3"),
        ("http://kfq.example/a/?", "example,kfq)/a"),
        ("http://kfq.example/x?jsessionid=0123456789ABCDEF0123456789ABCDEF&b=2", "example,kfq)/x?b=2"),
        ("http://kfq.example/www.html?u=http://b.example/?c=1", "example,kfq)/www.html?u=http://b.example/?c=1"),
    ],
)  # fmt: skip
def test_addresses_sort_as_other_web_archives_sort_them(url: str, key: str) -> None:
    assert form.surt(url) == key


def test_the_command_writes_a_folder_of_files(tmp_path: Path) -> None:
    web_archive(tmp_path / "a.db").close()
    said = ["export", "--db", str(tmp_path / "a.db"), "--format", "wacz", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(cli, said)
    assert result.exit_code == 0 and "3 files" in result.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == YEARS


def test_an_archive_of_nothing_makes_no_file(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db") as archive:
        assert export_wacz(archive, tmp_path / "out", now=clock, lost=[]) == []
