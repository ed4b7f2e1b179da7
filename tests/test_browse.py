"""Browsing an archive: what datasette finds, shows and refuses, with our plugin and by the ready queries alone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

pytest.importorskip("datasette", reason="the extra kaifaqu[browse] is not installed")

import httpx
from datasette.app import Datasette
from datasette.plugins import pm
from invented_archive import PAGE, fill

from scraper.archive.file import open_database
from scraper.browse import plugin
from scraper.browse.plugin import metadata

ROOT = Path(__file__).parent.parent


Get = Callable[[str], httpx.Response]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive under a name that needs escaping, and a database that is none of ours."""
    path = tmp_path_factory.mktemp("browse")
    fill(path / "t.db")
    other = sqlite3.connect(path / "other.db")
    other.executescript(
        "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes VALUES (1, 'hello big world');"
        "CREATE VIRTUAL TABLE notes_fts USING fts5(text, content=[notes]); INSERT INTO notes_fts(notes_fts) VALUES('rebuild');"
    )
    other.close()
    return path


@pytest.fixture(scope="module")
def get(folder: Path) -> Iterator[Get]:
    """Ask datasette for a path, in this process: the archive `t` alone, as `datasette t.db` serves it."""
    yield from serve(folder / "t.db")


@pytest.fixture(scope="module")
def get_beside(folder: Path) -> Iterator[Get]:
    """The archive beside another database."""
    yield from serve(folder / "t.db", folder / "other.db")


def serve(*files: Path) -> Iterator[Get]:
    if not pm.has_plugin("kaifaqu"):
        pm.register(plugin, "kaifaqu")
    datasette = Datasette(
        [str(file) for file in files], settings={"suggest_facets": False, "num_sql_threads": 1}
    )
    loop = asyncio.new_event_loop()

    def get(path: str) -> httpx.Response:
        answer: httpx.Response = loop.run_until_complete(datasette.client.get(path))
        return answer

    yield get
    loop.close()
    datasette.executor.shutdown()
    for db in datasette.databases.values():
        db.close()


def found(get: Get, query: str, more: str = "") -> list[int]:
    answer = get(f"/t/articles.json?_search={quote(query)}&_shape=array&_size=max{more}")
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()]


# ---- Search


@pytest.mark.parametrize("word", ["谷", "谷城", "白鹭湾", "5G", "2020亩", "第59号消息", "谷城县"])
def test_search_finds_what_the_text_holds(get: Get, folder: Path, word: str) -> None:
    db = sqlite3.connect(folder / "t.db")
    like = f"%{word}%"
    expected = [
        row[0]
        for row in db.execute("SELECT id FROM articles WHERE title LIKE ? OR body LIKE ?", (like, like))
    ]
    db.close()
    assert sorted(found(get, word)) == expected


def test_search_of_several_words_needs_them_all(get: Get) -> None:
    assert found(get, "湖北 谷城") == [1]
    assert found(get, "谷城 无此词") == []


@pytest.mark.parametrize(
    "query", ['"', "%", '谷城" OR "x', "*", "a:b", "(", "NEAR(", "'", "\\", "-", "AND", "。，", "\0"]
)
def test_search_takes_any_sign_without_error(get: Get, query: str) -> None:
    found(get, query)


def test_blank_search_with_a_filter_is_no_search(get: Get) -> None:
    assert len(found(get, "", "&portal__exact=kfq.example")) == 60
    assert len(found(get, "  ")) == 60


def test_search_of_other_databases_stays_as_it_was(get_beside: Get) -> None:
    answer = get_beside("/other/notes.json?_search=big&_shape=array")
    assert [row["id"] for row in answer.json()] == [1]
    assert get_beside("/other/notes.json?_search=bi&_shape=array").json() == []


def test_search_query_needs_no_plugin(folder: Path) -> None:
    db = sqlite3.connect(folder / "t.db")
    sql = metadata.queries()["search"]["sql"]
    for query, expected in {
        "谷城": [1],
        "湖北 谷城": [1],
        "谷": [1],
        ' 谷城 "': [1],
        "": [],
        "%": [],
        "无此词": [],
    }.items():
        assert [row[0] for row in db.execute(sql, {"q": query})] == expected, query
    db.close()


# ---- What every page keeps


PAGES = [
    "/",
    "/t",
    "/t/articles",
    "/t/articles?_nocol=body",
    "/t/articles/1",
    "/t/articles/2",
    "/t/failures",
    "/t/versions",
]
PAGES += [
    "/t/captures/1",
    "/t/newest",
    "/t/coverage",
    "/t/by_source",
    "/t/changed",
    "/t/article_html",
    "/t/channels",
]
PAGES += [
    "/t/search?q=%E8%B0%B7%E5%9F%8E",
    "/t?sql=select+*+from+articles+order+by+id",
    "/t/articles?_search=%3Cscript%3E",
]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_lets_archived_markup_through(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 200
    assert "alert(1)</script>" not in answer.text
    assert "<iframe" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-src 'none'" in policy
    assert "http" not in policy, "nothing may be loaded from elsewhere"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", PAGES)
def test_every_address_on_a_page_is_local_or_a_plain_link(get: Get, path: str) -> None:
    text = get(path).text
    for needle in (
        'src="http',
        "src='http",
        '<link rel="stylesheet" href="http',
        "url(http",
        'javascript:alert(1)"',
    ):
        assert needle not in text


def test_pages_of_other_databases_are_left_alone(get_beside: Get) -> None:
    answer = get_beside("/other/notes")
    assert "content-security-policy" not in answer.headers
    assert "kaifaqu" not in answer.text and "kfq" not in answer.text
    assert "开发区新闻档案" not in get_beside("/").text


# ---- An article


def test_article_reads_like_one(get: Get) -> None:
    text = get("/t/articles/2").text
    for part in (
        "第2号消息。</p>",
        "来源：",
        "青石镇融媒体中心",
        "作者：甲",
        "浏览：14",
        "白鹭湾经济开发区",
        "改动 1 次",
        "<dd>http://kfq.example/x.doc 旧附件</dd>",
        "旧标题",
        "<dt>文号</dt><dd>白管〔2024〕7号&lt;script&gt;",
        "<dt>有效性</dt><dd>废止</dd>",
        "<dt>公文信息</dt><dd>有效性：有效</dd>",
    ):
        assert part in text
    assert 'href="http://kfq.example/c1/2.html" rel="noopener noreferrer nofollow"' in text
    assert 'href="/-/raw/t/2"' in text


def test_article_runs_no_script_at_all(get: Get) -> None:
    answer = get("/t/articles/1")
    assert "script-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "谷城一段" in answer.text
    assert "谷城&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text


def test_policy_of_an_article_holds_however_its_address_is_spelt(get: Get) -> None:
    assert "script-src 'none'" in get("/t/~61rticles/1").headers["content-security-policy"]


def test_images_load_only_when_asked_for(get: Get) -> None:
    assert "<img" not in get("/t/articles/1").text
    answer = get("/t/articles/1?_images=1")
    assert (
        '<img src="http://kfq.example/p.jpg" alt="开工" loading="lazy" referrerpolicy="no-referrer">'
        in answer.text
    )
    assert "img-src 'self' data: http: https:; script-src 'none'" in answer.headers["content-security-policy"]


def test_article_that_is_not_there_is_a_404(get: Get) -> None:
    assert get("/t/articles/99999").status_code == 404
    assert get("/t/articles/x").status_code == 404


# ---- Raw pages


def test_raw_page_comes_as_inert_text(get: Get) -> None:
    for path in ("/-/raw/1", "/-/raw/t/1"):
        answer = get(path)
        assert answer.content == PAGE
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_raw_file_is_a_download_and_its_charset_no_header(tmp_path: Path) -> None:
    path = fill(tmp_path / "a b.db", 2)
    db = sqlite3.connect(path)
    db.execute("UPDATE captures SET content_type = 'image/svg+xml' WHERE id = 1")
    db.execute("UPDATE captures SET charset = 'utf-8' || char(13, 10) || 'x-evil: 1' WHERE id = 2")
    db.commit()
    db.close()
    for get in serve(path):
        assert get("/a~20b/articles/2").status_code == 200
        assert get("/-/raw/a~20b/1").headers["content-disposition"] == 'attachment; filename="capture-1"'
        assert get("/-/raw/a~20b/1").headers["content-type"] == "application/octet-stream"
        assert get("/-/raw/a~20b/2").headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["/-/raw/999", "/-/raw/nosuch/1", "/-/raw/t/x", "/-/raw/t/99999999999999999999"]
)
def test_raw_page_that_is_not_there_is_a_404(get: Get, path: str) -> None:
    assert get(path).status_code == 404


# ---- Metadata, tables, queries


def test_metadata_comes_for_an_archive_of_any_name(get: Get) -> None:
    tables = {table["name"]: table for table in get("/t.json").json()["tables"]}
    assert (
        tables["blobs"]["hidden"] and tables["frontier"]["hidden"] and tables["articles_fts_data"]["hidden"]
    )
    assert not tables["articles"]["hidden"]
    text = get("/t/articles").text
    assert "<h1>文章</h1>" in text and "共 60 篇" in text and "按日期降序排列" in text


def test_articles_are_faceted_and_newest_first(get: Get) -> None:
    answer = get("/t/articles.json").json()
    assert set(answer["facet_results"]) == {"portal", "channel", "source", "year"}
    dates = [row[answer["columns"].index("date")] for row in answer["rows"]]
    assert dates == sorted(dates, reverse=True)


def test_filters_and_pages_of_the_table_lead_on(get: Get) -> None:
    answer = get(
        "/t/articles?_filter_column=views&_filter_op=gt&_filter_value=300&_search=&_sort=views&_sort_by_desc=on"
    )
    assert answer.status_code == 302
    text = get("/t/articles?views__gt=300&_size=5").text
    assert "共 18 篇" in text and "下一页" in text


@pytest.mark.parametrize("name", sorted(metadata.queries()))
def test_ready_query_answers(get: Get, name: str) -> None:
    answer = get(f"/t/{name}.json?q=谷城&_shape=objects").json()
    assert answer["ok"] and answer["rows"]
    assert get(f"/t/{name}?q=谷城").status_code == 200


def test_titles_in_query_results_lead_to_articles(get: Get) -> None:
    assert '<a href="/t/articles/1">谷城&lt;script&gt;' in get("/t/search?q=谷城").text


def test_wrong_sql_is_told_not_crashed(get: Get) -> None:
    answer = get("/t?sql=select+nope+from+articles")
    assert answer.status_code == 400 and "no such column" in answer.text


def test_home_shows_what_there_is(get: Get) -> None:
    for path in ("/t", "/"):
        text = get(path).text
        for part in (
            "开发区新闻档案",
            "<b>60</b> 篇文章",
            "最新文章" if path == "/t" else "打开这份档案",
            "1 处失败",
            'name="_search"',
        ):
            assert part in text
    text = get("/t").text
    assert "园区要闻" in text and "75.0 %" in text and "/t/coverage" in text


def test_empty_archive_has_pages_too(tmp_path: Path) -> None:
    open_database(tmp_path / "new.db", create=True, write=True).close()
    for get in serve(tmp_path / "new.db"):
        for path in ("/", "/new", "/new/articles", "/new/coverage", "/new/search"):
            assert get(path).status_code == 200


def test_every_name_in_the_metadata_is_one_of_the_schema(folder: Path) -> None:
    db = sqlite3.connect(folder / "t.db")
    columns = {
        table: {row[1] for row in db.execute(f"PRAGMA table_xinfo([{table}])")}
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    db.close()
    tree = metadata.tree()
    for table, values in tree["tables"].items():
        facets = [f if isinstance(f, str) else f["kept"] for f in values.get("facets", [])]
        named = {*values.get("columns", {}), *facets}
        named |= {values[key] for key in ("label_column", "sort_desc") if key in values}
        assert named <= columns[table], table
        assert values.get("hidden") or columns[table] <= set(tree["labels"]), f"no Chinese name in {table}"
    assert {t for t in columns if not t.startswith("articles_fts_")} == set(tree["tables"])
