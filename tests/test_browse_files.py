"""Kept attachments and images when browsing: shown beside their article, found by their words, served as harmless bytes."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import made_files as made
import pytest

pytest.importorskip("datasette", reason="the extra kaifaqu[browse] is not installed")

from archive_rows import article, capture, row, started
from test_browse import Get, found, serve

from scraper.archive.files import save_file, save_text
from scraper.browse.plugin.kept import disposition
from scraper.files import kind_of, read_text
from scraper.model import Capture, Link

URL = "http://kfq.example/news/1.html"
FORM, PICTURE, PAGE = (f"http://kfq.example/{name}" for name in ("1.doc", "2.png", "3.svg"))
WORDS = "固定资产投资补助比例"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
FILES = {FORM: made.doc(WORDS), PICTURE: PNG, PAGE: SVG}


@pytest.fixture(scope="module")
def get(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Get]:
    path = tmp_path_factory.mktemp("files") / "t.db"
    archive, crawl = started(path)
    for url in FILES:
        row(archive, url, "file")
    told = article(
        URL,
        body="见附件。",
        body_html=f'<p>见附件。</p><img src="{PICTURE}" alt="开工"><img src="http://kfq.example/4.png" alt="签约">',
        attachments=(Link(url=FORM, text="申报表<b>.doc"),),
        images=(
            Link(url=PICTURE, text="开工"),
            Link(url=PAGE, text="示意图"),
            Link(url="http://kfq.example/4.png"),
        ),
    )
    archive.save_page(row(archive, URL), capture(URL, b"<p>1</p>"), told, crawl_id=crawl)
    for url, body in FILES.items():
        answer: Capture = capture(url, body, content_type="text/html")
        digest, _ = save_file(
            archive, row(archive, url, "file"), answer, kind=kind_of(body), name="申报表.doc", crawl_id=crawl
        )
        save_text(archive, digest, read_text(body, kind_of(body)))
    archive.close()
    yield from serve(path)


def test_words_of_an_attachment_find_its_article_in_the_search_box(get: Get) -> None:
    assert found(get, "投资补助比例") == [1]
    assert found(get, "补助 见附件") == [1]


def test_the_page_of_an_article_leads_to_its_kept_files_and_shows_their_text(get: Get) -> None:
    page = get("/t/articles/1").text
    assert '<a class="button" href="/-/kept/t/attachments/1">存档副本</a>' in page and "DOC" in page
    assert WORDS in page and "申报表&lt;b&gt;.doc" in page and FORM in page


def test_a_kept_attachment_is_only_ever_a_download_under_its_chinese_name(get: Get) -> None:
    answer = get("/-/kept/t/attachments/1")
    assert answer.content == FILES[FORM]
    assert answer.headers["content-type"].startswith("application/octet-stream")
    assert answer.headers["content-disposition"].endswith(f"filename*=UTF-8''{quote('申报表.doc')}")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_kept_pictures_are_shown_from_the_archive_and_others_not_loaded(get: Get) -> None:
    page = get("/t/articles/1").text
    assert '<img src="/-/kept/t/images/1"' in page and '<img src="http' not in page
    answer = get("/-/kept/t/images/1")
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    assert (
        "content-disposition" not in answer.headers and answer.headers["x-content-type-options"] == "nosniff"
    )


def test_a_picture_that_may_hold_scripts_is_a_download(get: Get) -> None:
    answer = get("/-/kept/t/images/2")
    assert answer.content == SVG and answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"].startswith("application/octet-stream")


@pytest.mark.parametrize(
    "path",
    ["t/attachments/99", "t/images/3", "x/attachments/1", "t/articles/1", "t/attachments/1'--", "t/blobs/1"],
)
def test_what_was_not_kept_is_not_found(get: Get, path: str) -> None:
    assert get(f"/-/kept/{path}").status_code == 404


@pytest.mark.parametrize(
    "name", ['a"; filename=b.exe', "../x\r\nSet-Cookie: a=1", "申报\udc80表.doc", "", "a;b%20.doc"]
)
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    header = disposition(name)
    assert header.isascii() and "\r" not in header and "\n" not in header
    assert header.count('"') == 2 and header.count(";") == 2 and "/" not in header
