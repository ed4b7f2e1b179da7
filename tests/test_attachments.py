"""Attachments and images of articles: fetched politely when asked for, kept once, named, read, and found by the search."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import made_files as made
import pytest
from zoo import Answer, Stand, Zoo, dialects
from zoo_crawl import Crawler, make_portal, path_of, rows

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.crawl import Options, attached
from scraper.files import FileText

FORM = "扶持资金申报表.doc"
WORDS = "固定资产投资补助比例为百分之十二"
WITH_FILES = Options(delay=0, attachments=True)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def carrying(*links: str, stories: int = 3):  # type: ignore[no-untyped-def]  # the portal of the zoo
    """A portal whose newest article carries these links."""
    portal = make_portal(dialects.TRS, stories=stories, channels=1)
    channel = portal.channels[0]
    channel.stories[0] = replace(channel.stories[0], body=(*channel.stories[0].body, *links))
    return portal


def link(path: str, name: str = FORM) -> str:
    return f'附件：<a href="{path}">{name}</a>'


def served(body: bytes, name: str | None = None, kind: str = "application/octet-stream") -> Answer:
    """A file; the server calls it `name` in GBK, as servers in China do."""
    told = (
        (
            (
                "Content-Disposition",
                f'attachment; filename="{name}"'.encode("gbk").decode("utf-8", "surrogateescape"),
            ),
        )
        if name
        else ()
    )
    return Answer(body=body, kind=kind, headers=told)


def asked(stand: Stand, start: str) -> int:
    return sum(visit.target.startswith(start) for visit in stand.log)


def kept(db: Path, table: str = "attachments") -> list[tuple[str, str | None, str | None]]:
    """(path, file name, kind) of what articles carry."""
    sql = f"SELECT t.url, t.file_name, f.kind FROM {table} t LEFT JOIN files f USING (digest) ORDER BY t.article_id, t.position"
    return [(path_of(url), name, kind) for url, name, kind in rows(db, sql)]


def test_attachments_are_fetched_only_when_asked_for(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), carrying(link("/down/1.doc"))
    portal.extra["/down/1.doc"] = served(made.doc(WORDS))
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand)
        assert asked(stand, "/down/") == 0 and kept(crawler.db) == [("/down/1.doc", None, None)]
        crawler.crawl(stand, options=WITH_FILES)  # the article itself is not due
        crawler.crawl(stand, options=WITH_FILES)
    assert asked(stand, "/down/") == 1
    assert kept(crawler.db) == [("/down/1.doc", "1.doc", "doc")]


def test_a_file_is_named_as_its_server_says_and_its_words_find_the_article(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), carrying(link("/down?id=7"))
    portal.extra["/down?id=7"] = served(made.doc(WORDS), FORM)
    with Zoo() as zoo:
        crawler.crawl(stand := zoo.stand(portal), options=WITH_FILES)
    assert stand.log
    assert kept(crawler.db) == [("/down?id=7", FORM, "doc")]
    with Archive.open(crawler.db, write=False) as archive:
        (hit,) = archive.search("投资补助比例")
        assert hit.attachment == FORM and "补助比例" in hit.snippet
        (by_name,) = archive.search("申报表.doc")
        assert by_name.id == hit.id
        assert not verify(archive)


def test_one_file_behind_two_addresses_is_kept_once(tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    portal = carrying(link("/down/1.doc"), link("/other/2.doc", "又一份.doc"))
    portal.extra |= {path: served(made.doc(WORDS)) for path in ("/down/1.doc", "/other/2.doc")}
    with Zoo() as zoo:
        crawler.crawl(zoo.stand(portal), options=WITH_FILES)
    assert [name for _, name, _ in kept(crawler.db)] == ["1.doc", "2.doc"]
    assert rows(crawler.db, "SELECT count(*) FROM files") == [(1,)]


def test_an_attachment_may_stand_on_another_host_that_robots_txt_rules(tmp_path: Path) -> None:
    crawler, other = Crawler(db=tmp_path / "a.db"), make_portal(dialects.TRS, stories=1, channels=1)
    other.robots = Answer(body=b"User-agent: *\nDisallow: /secret/\n", kind="text/plain")
    other.extra |= {path: served(made.pdf(WORDS)) for path in ("/open/a.pdf", "/secret/b.pdf")}
    with Zoo() as zoo:
        away = zoo.stand(other)
        portal = carrying(link(away.url + "open/a.pdf"), link(away.url + "secret/b.pdf"))
        report = crawler.crawl(zoo.stand(portal), options=WITH_FILES)
    assert [kind for _, _, kind in kept(crawler.db)] == ["pdf", None]
    assert [visit.target for visit in away.log] == ["/robots.txt", "/open/a.pdf"]
    assert rows(crawler.db, "SELECT cause FROM failures") == [("forbidden",)]
    assert report.outcome == "done"
    assert rows(crawler.db, "SELECT count(*) FROM portals") == [(1,)]


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Answer(body=b"", status=404), "dead"),
        (Answer(body="<html><title>出错了</title>文件不存在</html>".encode()), "bad-answer"),
        (Answer(body=b""), "bad-answer"),
        (Answer(body=b"%PDF-" + b"x" * (2 << 20)), "large"),
        (Answer(body=b"no", status=500), "bad-answer"),
    ],
    ids=["404", "error page", "empty", "too large", "500"],
)
def test_a_file_that_can_not_be_had_is_a_failure_and_no_file(
    tmp_path: Path, answer: Answer, cause: str
) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), carrying(link("/down/1.pdf"))
    portal.extra["/down/1.pdf"] = answer
    with Zoo() as zoo:
        report = crawler.crawl(zoo.stand(portal), options=replace(WITH_FILES, attachments_max=1))
    assert report.articles_new == 3 and kept(crawler.db) == [("/down/1.pdf", None, None)]
    assert rows(crawler.db, "SELECT cause, resolved_at FROM failures") == [(cause, None)]


def test_a_file_that_failed_is_asked_again_later_and_then_kept(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), carrying(link("/down/1.pdf"))
    portal.extra["/down/1.pdf"] = Answer(body=b"", status=404)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand, options=WITH_FILES)
        portal.extra["/down/1.pdf"] = served(made.pdf(WORDS))
        crawler.later(days=1)
        crawler.crawl(stand, options=WITH_FILES)
    assert [kind for _, _, kind in kept(crawler.db)] == ["pdf"]
    assert rows(crawler.db, "SELECT count(*) FROM failures WHERE resolved_at IS NULL") == [(0,)]


def test_only_wanted_types_are_fetched_and_images_by_their_own_switch(tmp_path: Path) -> None:
    crawler = Crawler(db=tmp_path / "a.db")
    portal = carrying(
        '<img src="/4.png" alt="开工现场">',
        link("/1.zip", "图集.zip"),
        link("/2.PDF", "指南"),
        link("/download?id=3", "下载"),
    )
    portal.extra |= {path: served(made.pdf(path)) for path in ("/1.zip", "/2.PDF", "/download?id=3")}
    portal.extra["/4.png"] = Answer(body=PNG, kind="image/png")
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand, options=replace(WITH_FILES, attachment_types=("pdf",)))
        assert kept(crawler.db) == [
            ("/1.zip", None, None),
            ("/2.PDF", "2.PDF", "pdf"),
            ("/download?id=3", "download", "pdf"),
        ]
        assert asked(stand, "/4.png") == 0
        crawler.crawl(stand, options=Options(delay=0, images=True))
    assert asked(stand, "/1.zip") == 0
    assert kept(crawler.db, "images") == [("/4.png", "4.png", "png")]


def test_files_left_over_are_not_fetched_by_a_crawl_that_wants_none(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), carrying(link("/down/1.pdf"))
    portal.extra["/down/1.pdf"] = Answer(body=b"busy", status=500)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand, options=WITH_FILES)
        before = asked(stand, "/down/")
        crawler.later(days=2)
        crawler.crawl(stand)
        assert asked(stand, "/down/") == before
        portal.extra["/down/1.pdf"] = served(made.pdf(WORDS))
        crawler.crawl(stand, options=WITH_FILES)
    assert [kind for _, _, kind in kept(crawler.db)] == ["pdf"]


def test_a_rewritten_list_of_attachments_keeps_what_was_fetched(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), carrying(link("/down/1.pdf"))
    portal.extra |= {path: served(made.pdf(path)) for path in ("/down/1.pdf", "/down/2.pdf")}
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand, options=WITH_FILES)
        story = portal.channels[0].stories[0]
        portal.channels[0].stories[0] = replace(story, body=(link("/down/2.pdf", "新.pdf"), *story.body))
        crawler.later(days=2)
        crawler.crawl(stand, options=WITH_FILES)
    assert kept(crawler.db) == [("/down/2.pdf", "2.pdf", "pdf"), ("/down/1.pdf", "1.pdf", "pdf")]
    assert asked(stand, "/down/1.pdf") == 1
    with Archive.open(crawler.db, write=False) as archive:
        assert not verify(archive)


def test_texts_that_could_not_be_read_are_read_by_a_later_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), carrying(link("/down/1.pdf"))
    portal.extra["/down/1.pdf"] = served(made.pdf(WORDS))
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        with monkeypatch.context() as without:
            without.setattr(attached, "text_reader", lambda kind: None)
            report = crawler.crawl(stand, options=WITH_FILES)
        assert any('pip install "kaifaqu[attachments]"' in note for note in report.notes)
        report = crawler.crawl(stand, options=WITH_FILES)
    assert not report.notes and asked(stand, "/down/") == 1
    with Archive.open(crawler.db, write=False) as archive:
        assert len(archive.search("投资补助比例")) == 1


def test_the_index_follows_every_change_of_what_articles_carry(tmp_path: Path) -> None:
    from scraper.archive.files import save_text

    crawler, portal = (
        Crawler(db=tmp_path / "a.db"),
        carrying(link("/down/1.pdf"), link("/down/2.pdf", "二.pdf")),
    )
    portal.extra |= {path: served(made.pdf(path)) for path in ("/down/1.pdf", "/down/2.pdf")}
    with Zoo() as zoo:
        crawler.crawl(zoo.stand(portal), options=WITH_FILES)
    digest = hashlib.sha256(made.pdf("/down/1.pdf")).hexdigest()
    with Archive.open(crawler.db) as archive:
        db = archive.db.conn
        save_text(archive, digest, FileText(text="改后的文字", reader="kaifaqu"))
        assert len(archive.search("改后的文字")) == 1 and not verify(archive)
        db.execute("UPDATE attachments SET name = '改名.pdf' WHERE position % 1000 = 0")
        assert len(archive.search("改名")) == 1 and not verify(archive)
        db.execute(
            "INSERT OR IGNORE INTO attachments(article_id, position, url, name) SELECT article_id, 9, url, 'x' FROM attachments"
        )
        assert not verify(archive)
        db.execute("UPDATE articles SET title = '新标题' || title")
        assert not verify(archive)
        db.execute("DELETE FROM attachments WHERE name = '改名.pdf'")
        assert not archive.search("改后的文字") and not verify(archive)


def test_a_hostile_name_of_a_file_stays_a_name(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), carrying(link("/down/1.pdf"))
    portal.extra["/down/1.pdf"] = served(made.pdf(WORDS), "../../etc/申报<script>.pdf")
    with Zoo() as zoo:
        crawler.crawl(zoo.stand(portal), options=WITH_FILES)
    assert kept(crawler.db) == [("/down/1.pdf", "申报_script_.pdf", "pdf")]


def test_a_chinese_address_is_asked_for_as_browsers_do(tmp_path: Path) -> None:
    crawler, portal = Crawler(db=tmp_path / "a.db"), carrying(link("/upload/申报指南.pdf"))
    portal.extra["/upload/申报指南.pdf"] = served(made.pdf(WORDS))
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawler.crawl(stand, options=WITH_FILES)
    assert asked(stand, "/upload/" + quote("申报指南.pdf")) == 1
    assert [name for _, name, _ in kept(crawler.db)] == ["申报指南.pdf"]
