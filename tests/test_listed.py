"""`portals.toml`: what a person may write there, what is said of a mistake, and that `add` only adds."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from scraper.crawl.listed import Listed, PortalList, add, load
from scraper.errors import UsageError

WHOLE = """# 我的清单
contact = "you@university.edu"
delay = 1.5

[[portal]]
url = "www.kfq.example"   # 还没有 https
name = "某某开发区"
delay = 2
tls = ["legacy", "noverify"]
render = true
leave_out = ["/video/"]

[[portal]]
url = "http://gxq.example/"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "portals.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_list_holds_what_is_for_all_and_what_is_for_one(tmp_path: Path) -> None:
    told = load(written(tmp_path, WHOLE))
    first = Listed(
        url="http://www.kfq.example/",
        name="某某开发区",
        delay=2,
        tls=("legacy", "noverify"),
        render=True,
        leave_out=("/video/",),
    )
    assert told == PortalList(
        contact="you@university.edu", delay=1.5, portals=(first, Listed(url="http://gxq.example/"))
    )


def test_where_there_is_no_list_nothing_is_listed(tmp_path: Path) -> None:
    assert load(tmp_path / "portals.toml") == PortalList()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("contact = you", ("no TOML", "line 1")),
        ('portal = "http://x.example/"', ("portal", "[[portal]]")),
        ("[[portal]]\nname = 'x'", ("portal 1", "no web address")),
        ("[[portal]]\nurl = 'ftp://x.example/'", ("portal 1", "ftp", "http://")),
        ("[[portal]]\nurl = 'x.example'\n[[portal]]\nurl = 7", ("portal 2", "url", "quotes")),
        ("[[portal]]\nurl = 'x.example'\npause = 2", ("portal 1", "pause", "delay")),
        ("[[portal]]\nurl = 'x.example'\ndelay = 'two'", ("portal 1", "delay", "0.5")),
        ("[[portal]]\nurl = 'x.example'\ndelay = -1", ("portal 1", "delay")),
        ("[[portal]]\nurl = 'x.example'\ndelay = nan", ("portal 1", "delay")),
        ("[[portal]]\nurl = 'x.example'\ndelay = true", ("portal 1", "delay")),
        ("[[portal]]\nurl = 'x.example'\ntls = 'legacy'", ("portal 1", "tls", "list")),
        ("[[portal]]\nurl = 'x.example'\ntls = ['none']", ("portal 1", "'none'", "noverify")),
        ("[[portal]]\nurl = 'x.example'\nrender = 1", ("portal 1", "render", "true or false")),
        ("delays = 2", ("'delays'", "contact")),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_write(
    text: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as error:
        load(written(tmp_path, text))
    said = str(error.value)
    assert all(word in said for word in ("portals.toml", *words)), said
    assert "\n" not in said


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "portals.toml"
    path.write_bytes("# 开发区\n".encode("gbk"))
    with pytest.raises(UsageError, match="no TOML"):
        load(path)


def test_adding_touches_nothing_that_stands(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE.rstrip("\n"))
    new = Listed(url="http://bsq.example/", name="保税区", leave_out=("/video/",))
    assert add(path, [new]) == [new]
    assert path.read_text("utf-8").startswith(WHOLE)
    assert load(path).portals[2] == new


def test_adding_makes_the_list_where_there_is_none(tmp_path: Path) -> None:
    path, new = tmp_path / "portals.toml", Listed(url="http://bsq.example/", tls=("legacy",), delay=0.5)
    add(path, [new])
    assert load(path) == PortalList(portals=(new,))


def test_what_stands_on_the_list_is_not_added_again_however_it_is_spelled(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    twice = [
        Listed(url="https://kfq.example/"),
        Listed(url="http://neu.example/"),
        Listed(url="http://www.neu.example/"),
    ]
    assert [one.url for one in add(path, twice)] == ["http://neu.example/"]
    assert add(path, twice) == []


@pytest.mark.parametrize(
    "name", ['引"号"', "反\\斜", "换\n行", "\t", "\x7f", "#不是注释", "'''", "\U0001f3ed"]
)
def test_any_name_is_written_so_that_it_is_read_again(name: str, tmp_path: Path) -> None:
    path = tmp_path / "portals.toml"
    add(path, [Listed(url="http://bsq.example/", name=name)])
    assert load(path).portals[0].name == name


def test_a_list_written_on_one_line_is_left_as_it_is_and_said(tmp_path: Path) -> None:
    path = written(tmp_path, "portal = [{url = 'http://x.example/'}]\n")
    with pytest.raises(UsageError, match="no place"):
        add(path, [Listed(url="http://bsq.example/")])
    assert tomllib.loads(path.read_text()) == {"portal": [{"url": "http://x.example/"}]}
