"""Histories: each kind of change is told as what it is, and what is no change of the article is not told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from archive_rows import DAY1, DAY2, DAY3, NEWS, capture, page, reading, row, save, started, values
from click.testing import CliRunner

from scraper.archive import Archive
from scraper.archive.history import MOST_SENTENCES, Change, diff, history, sentences
from scraper.commands import cli
from scraper.errors import UsageError
from scraper.model import Link

URL = f"{NEWS}1.html"
BODY = "青石湾开发区召开会议。会议研究了“一号工程”。\n王明主持会议。"


@pytest.fixture
def told(tmp_path: Path) -> Any:
    """Saves an article as it was on day 1, then as it is on day 2; what its history tells."""
    archive, crawl = started(tmp_path / "a.db")

    def tell(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
        save(archive, crawl, URL, at=DAY1, **{"body": BODY, **before})
        save(archive, crawl, URL, at=DAY2, **{"body": BODY, **after})
        return history(archive, URL).changes

    yield tell
    archive.close()


def gone(archive: Archive, crawl: int, at: str) -> None:
    archive.save_page(
        row(archive, URL),
        capture(URL, b"<p>404</p>", at=at, status=404),
        reading(URL, "dead"),
        crawl_id=crawl,
    )


def test_a_new_headline_is_a_change_of_the_title(told: Any) -> None:
    (change,) = told({"title": "召开会议"}, {"title": "召开动员会议"})
    assert (change.at, change.kind, change.field) == (DAY2, "title", "title")
    assert change.lines == (("-", "召开会议"), ("+", "召开动员会议"))


def test_another_day_of_publication_is_a_change_of_the_date(told: Any) -> None:
    (change,) = told({"date": "2026-02-27"}, {"date": "2026-02-28"})
    assert change.kind == "date" and change.lines == (("-", "2026-02-27"), ("+", "2026-02-28"))


def test_a_word_put_right_is_a_correction_of_its_sentence_alone(told: Any) -> None:
    (change,) = told({}, {"body": BODY.replace("王明", "王鸣")})
    assert (change.kind, change.field) == ("correction", "body")
    assert change.lines == (("-", "王明主持会议。"), ("+", "王鸣主持会议。"))


def test_a_sentence_that_only_comes_is_an_addition(told: Any) -> None:
    (change,) = told({}, {"body": BODY + "李白出席。"})
    assert change.kind == "addition" and change.lines == (("+", "李白出席。"),)


def test_a_sentence_that_only_goes_is_a_removal(told: Any) -> None:
    (change,) = told({}, {"body": BODY.replace("会议研究了“一号工程”。", "")})
    assert change.kind == "removal" and change.lines == (("-", "会议研究了“一号工程”。"),)


def test_an_attachment_that_comes_later_is_an_addition(told: Any) -> None:
    (change,) = told({}, {"attachments": (Link(url=f"{NEWS}1.pdf", text="名单.pdf"),)})
    assert (change.kind, change.field) == ("addition", "attachments")
    assert change.lines == (("+", f"名单.pdf {NEWS}1.pdf"),)


def test_a_source_that_is_named_later_is_an_addition(told: Any) -> None:
    (change,) = told({}, {"source": "青石湾日报"})
    assert (change.kind, change.field) == ("addition", "source")


def test_several_fields_that_change_at_once_are_several_changes(told: Any) -> None:
    changes = told({}, {"title": "新题", "body": BODY + "完。"})
    assert {change.kind for change in changes} == {"title", "addition"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"views": 12}, {"views": 13}),
        ({"raw": page("会议", "正文") + b"<nav>A</nav>"}, {"raw": page("会议", "正文") + b"<nav>B</nav>"}),
        ({"images": ()}, {"images": (Link(url=f"{NEWS}ad.gif"),)}),
        ({"body_html": "<p>甲</p>"}, {"body_html": "<p> 甲 </p>"}),
        ({"title": "会议 召开", "body": "甲。乙。"}, {"title": "会议召开", "body": "甲。\n乙。"}),
    ],
    ids=["counter", "navigation", "picture", "white space of the markup", "white space of the text"],
)
def test_what_stands_around_an_article_makes_no_version(told: Any, before: Any, after: Any) -> None:
    assert told(before, after) == ()


@pytest.mark.parametrize(
    "around",
    [
        (b"<p>12</p>", b"<p>13</p>"),
        (b"<span>\xe6\xb5\x8f\xe8\xa7\x88\xe6\xac\xa1\xe6\x95\xb0\xef\xbc\x9a12</span>", b"<span>\xe6\xb5\x8f\xe8\xa7\x88\xe6\xac\xa1\xe6\x95\xb0\xef\xbc\x9a99</span>"),
        (b"<ul><li><a href='/a/'>A</a></li></ul>", b"<ul><li><a href='/b/'>B</a></li></ul>\n\n"),
    ],
)  # fmt: skip
def test_a_page_read_again_with_another_frame_is_the_same_article(
    tmp_path: Path, around: tuple[bytes, bytes]
) -> None:
    """The whole way from bytes, as a crawl goes it."""
    from scraper.read import read

    archive, crawl = started(tmp_path / "a.db")
    text = "<h1>青石湾开发区召开会议</h1><p>来源：青石湾日报 发布时间：2026-02-27</p>"
    text += (
        "<div class='con'>"
        + "<p>会议研究了项目建设，部署了下一步工作，要求按期完成各项任务。</p>" * 6
        + "</div>"
    )
    for at, frame in zip((DAY1, DAY2), around, strict=True):
        raw = b"<html><body><div class='top'>" + frame + b"</div>" + text.encode() + b"</body></html>"
        said = read(raw, URL, content_type="text/html; charset=utf-8")
        assert said.kind == "article"
        archive.save_page(row(archive, URL), capture(URL, raw, at=at), said, crawl_id=crawl)
    assert history(archive, URL).changes == ()
    archive.close()


def test_a_page_that_goes_and_comes_back_is_withdrawn_and_restored(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, URL, at=DAY1)
    gone(archive, crawl, DAY2)
    assert [(c.at, c.kind) for c in history(archive, URL).changes] == [(DAY2, "withdrawn")]
    ((url, page_at, digest),) = values(archive, "SELECT url, page_at, page_digest FROM withdrawn")
    assert (url, page_at) == (URL, DAY1) and archive.load_blob(digest)
    save(archive, crawl, URL, at=DAY3)
    assert [c.kind for c in history(archive, URL).changes] == ["withdrawn", "restored"]
    assert values(archive, "SELECT count(*) FROM withdrawn") == [(0,)]
    archive.close()


def test_changes_stand_in_the_order_they_happened(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    for n, title in enumerate(("一", "二", "一", "三"), 1):
        save(archive, crawl, URL, at=f"2026-03-0{n}T08:00:00Z", title=title)
    lines = [change.lines for change in history(archive, URL).changes]
    assert lines == [
        tuple(zip("-+", pair, strict=True)) for pair in (("一", "二"), ("二", "一"), ("一", "三"))
    ]
    archive.close()


def test_what_a_later_reader_reads_otherwise_is_no_change_of_the_page(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, URL, at=DAY1, title="会议 - 青石湾", body="甲。")
    save(archive, crawl, URL, at=DAY2, title="会议 - 青石湾", body="甲。乙。")
    archive.db.conn.execute(
        "INSERT INTO rereadings(article_id, capture_id, at, old_reader, new_reader, changed) VALUES (1, 2, ?, '1', '2', ?)",
        (DAY3, json.dumps({"title": "会议 - 青石湾", "body": "甲。乙。", "views": 3}, ensure_ascii=False)),
    )
    archive.db.conn.execute("UPDATE articles SET title = '会议', body = '甲。丙。' WHERE id = 1")
    assert [(c.kind, c.lines) for c in history(archive, URL).changes] == [("addition", (("+", "乙。"),))]
    archive.close()


def test_a_count_that_falls_is_kept_and_flagged(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    for at, views in ((DAY1, 100), (DAY2, 140), (DAY3, 7)):
        save(archive, crawl, URL, at=at, views=views)
    rows = values(archive, "SELECT before, views, growth, per_day, fell FROM views_growth ORDER BY day")
    assert rows == [(100, 140, 40, 40.0, 0), (140, 7, -133, -133.0, 1)]
    assert values(archive, "SELECT views FROM articles") == [(7,)]
    archive.close()


def test_counts_of_unlike_origin_are_never_compared(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, URL, at=DAY1, views=100)
    archive.save_views(1, 5, at=DAY2, origin="counter")
    assert values(archive, "SELECT count(*) FROM views_growth") == [(0,)]
    archive.close()


def test_an_address_is_found_however_it_is_spelled_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, URL)
    assert history(archive, URL.replace("http://", "https://www.") + "?utm_source=x").url == URL
    with pytest.raises(UsageError, match="no article"):
        history(archive, f"{NEWS}2.html")
    archive.close()


def test_sentences_keep_their_closing_quotes_and_lose_their_white_space() -> None:
    assert sentences("他说：“好！”\u3000\u3000会议结束。\n完") == ["他说：“好！”", "会议结束。", "完"]


def test_a_long_text_that_changes_all_through_is_told_as_a_whole() -> None:
    before = [f"甲{n}" for n in range(MOST_SENTENCES + 1)]
    after = [f"乙{n}" for n in range(MOST_SENTENCES + 1)]
    told = list(diff(before, after))
    assert told == [("-", line) for line in before] + [("+", line) for line in after]


def test_the_command_tells_a_history_in_words_and_as_json(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    save(archive, crawl, URL, at=DAY1, body="甲。")
    save(archive, crawl, URL, at=DAY2, body="甲。乙。")
    archive.close()
    db = str(tmp_path / "a.db")
    words = CliRunner().invoke(cli, ["history", URL, "--db", db])
    assert words.exit_code == 0 and f"{DAY2}  addition (body)\n  + 乙。" in words.stdout
    told = json.loads(CliRunner().invoke(cli, ["history", URL, "--db", db, "--json"]).stdout)
    assert told["changes"] == [{"at": DAY2, "kind": "addition", "field": "body", "lines": [["+", "乙。"]]}]
    assert CliRunner().invoke(cli, ["history", f"{NEWS}9.html", "--db", db]).exit_code == 2
