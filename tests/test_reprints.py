"""One text in several articles: found once each is compared, ordered by who was first, with what the others changed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

pytest.importorskip("rensa", reason="the extra kaifaqu[reprints] is not installed")

from archive_rows import article, capture, row, started

from scraper.archive import Archive
from scraper.archive import likeness as like
from scraper.archive.reprints import compare, copies, most_reprinted
from scraper.archive.verify import verify
from scraper.errors import UsageError

SENTENCES = [
    "青石湾开发区昨日举行重点项目集中开工仪式，总投资四十二亿元的九个项目破土动工。",
    "这些项目涵盖新材料、精密铸造和冷链物流，全部建成后可新增就业岗位三千余个。",
    "管委会负责人表示，要把项目建设放在首位，为企业提供从签约到投产的全程服务。",
    "当天还与三家高校签订了人才培养协议，首批二百名学员将于秋季入园实训。",
    "下一步，开发区将继续完善道路管网和标准厂房，让落地企业拎包入住、安心生产。",
]
TEXT = "\n".join(SENTENCES)


def save(archive: Archive, crawl: int, number: int, body: str, date: str = "2026-02-27", **said: str) -> str:
    url = f"http://kfq.example/news/{number}.html"
    archive.save_page(
        row(archive, url),
        capture(url, f"<p>{number}{body}</p>".encode()),
        article(url, body=body, date=date, **said),
        crawl_id=crawl,
    )
    return url


def clusters(archive: Archive) -> list[int | None]:
    return [cluster for (cluster,) in archive.db.conn.execute("SELECT cluster FROM articles ORDER BY id")]


def told(archive: Archive) -> list[tuple[object, ...]]:
    """(article, place, first, lag in days, sentences added, removed)."""
    sql = "SELECT article_id, place, first_id, lag_days, added, removed FROM reprints ORDER BY cluster, place"
    return archive.db.conn.execute(sql).fetchall()


def unlike(seed: int) -> str:
    return "".join(
        random.Random(seed).choices(
            "山水林田湖草沙冰天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳", k=300
        )
    )


def test_the_same_text_is_one_cluster_told_from_the_one_published_first(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        save(archive, crawl, 1, "本报讯　" + TEXT + "\n来源：青石湾日报", date="2026-03-02")
        save(archive, crawl, 2, unlike(1))
        save(archive, crawl, 3, TEXT, date="2026-02-27")
        save(
            archive, crawl, 4, "\n".join([*SENTENCES[:3], "此稿有删节。", *SENTENCES[4:]]), date="2026-03-01"
        )
        done = compare(archive)
        assert (done.compared, done.clusters, done.articles) == (4, 1, 3)
        assert clusters(archive) == [1, None, 1, 1]
        assert told(archive) == [(3, 1, 3, 0.0, 0, 0), (4, 2, 3, 2.0, 1, 1), (1, 3, 3, 3.0, 2, 1)]
        assert not verify(archive)


def test_a_second_run_compares_only_what_is_new(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        save(archive, crawl, 1, TEXT)
        assert compare(archive).compared == 1
        assert clusters(archive) == [None]
        save(archive, crawl, 2, TEXT, date="2026-03-05")
        assert compare(archive).compared == 1
        assert clusters(archive) == [1, 1]
        assert compare(archive).compared == 0


def test_an_article_whose_text_changed_leaves_its_cluster(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        for number in (1, 2, 3):
            save(archive, crawl, number, TEXT, date=f"2026-03-0{number}")
        compare(archive)
        assert clusters(archive) == [1, 1, 1]
        save(archive, crawl, 1, unlike(2))
        compare(archive)
        assert clusters(archive) == [None, 2, 2]
        assert [line[:3] for line in told(archive)] == [(2, 1, 2), (3, 2, 2)]


def test_clocks_order_copies_of_one_day_where_all_have_one(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        save(archive, crawl, 1, TEXT, date="2026-03-01 18:00")
        save(archive, crawl, 2, TEXT, date="2026-03-01 06:00")
        compare(archive)
        assert [line[:4] for line in told(archive)] == [(2, 1, 2, 0.0), (1, 2, 2, 0.5)]


def test_the_copies_of_an_article_are_told_with_their_edits(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        first = save(archive, crawl, 1, TEXT, date="2026-02-27")
        second = save(archive, crawl, 2, TEXT.replace("四十二亿元", "四十亿元"), date="2026-03-01")
        alone = save(archive, crawl, 3, unlike(3))
        compare(archive)
        told = copies(archive, second)
        assert [one.url for one in told] == [first, second]
        assert told[0].edits == () and [sign for sign, _ in told[1].edits] == ["-", "+"]
        assert "四十亿元" in told[1].edits[1][1]
        assert copies(archive, alone) == []
        (text,) = most_reprinted(archive, limit=5)
        assert (text.articles, text.portals, text.lag_days, text.url) == (2, 1, 2.0, first)
        with pytest.raises(UsageError, match="search"):
            copies(archive, "http://kfq.example/none.html")


def test_forms_that_differ_in_their_numbers_are_no_reprints(tmp_path: Path) -> None:
    form = (
        "青石湾开发区环境空气质量日报："
        + "今日空气质量指数为{}，细颗粒物浓度为{}微克每立方米，首要污染物为臭氧，浓度为{}。"
    )
    more = "请广大居民合理安排户外活动，敏感人群适当减少外出，企业按照应急预案落实各项减排措施，保持道路清扫保洁频次。"
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        save(archive, crawl, 1, form.format(58, 31, 142) + more * 3)
        save(archive, crawl, 2, form.format(61, 44, 97) + more * 3)
        save(archive, crawl, 3, form.format(61, 44, 97) + more * 3 + "（续）")
        compare(archive)
        assert clusters(archive) == [None, 2, 2]


def test_a_formula_is_no_text(tmp_path: Path) -> None:
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        for number in range(3):
            save(archive, crawl, number, "详见附件。")
        assert compare(archive).articles == 0


def test_small_changes_one_after_another_do_not_lead_from_one_text_to_another(tmp_path: Path) -> None:
    lines = [unlike(k)[:60] for k in range(20)]
    archive, crawl = started(tmp_path / "a.db")
    with archive:
        for number in range(9):
            save(archive, crawl, number, "\n".join(lines[number : number + 10]))
        compare(archive)
        of_first = [n for n, cluster in enumerate(clusters(archive)) if cluster == 1]
        assert of_first == [0, 1, 2]


def test_the_byline_and_the_signs_of_a_text_do_not_count() -> None:
    one = like.core(f"来源：青石湾日报　记者：周沐\n{TEXT}\n责任编辑：林知远\n(稿源|云岭发布)")
    assert one == like.core(TEXT.replace("，", ",").replace("。", " . ")) == like.core(TEXT)


def test_texts_that_share_seven_of_ten_runs_surely_meet() -> None:
    met = 0
    for seed in range(200):
        text = unlike(seed)
        one, other = like.runs(text[:-51]), like.runs(text[51:])
        assert 0.65 < like.similarity(one, other) < 0.75
        met += bool(set(like.bands(one)) & set(like.bands(other)))
    assert met >= 190


def test_the_bands_of_a_text_stay_what_archives_hold() -> None:
    assert like.bands(like.runs(like.core(TEXT)))[:2] == [159546366277848, 215319905651453]


def test_comparing_a_long_text_is_linear_and_bounded() -> None:
    assert len(like.core("开" * 10_000_000)) == like.LONGEST
    assert len(like.core("来源：" * 100_000)) <= like.LONGEST
