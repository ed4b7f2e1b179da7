"""The reader on the demo portal: every field of every article, every row and step of every listing, by `truth()`."""

from __future__ import annotations

from functools import cache
from urllib.parse import urljoin

import pytest

from scraper.demo import DemoArticle, DemoChannel, channels, truth
from scraper.demo.portal import respond
from scraper.model import Article, Reading
from scraper.read import read

BASE = "http://demo.example"


@cache
def reading(url: str) -> Reading:
    answer = respond(url.removeprefix(BASE))
    return read(answer.body, url, content_type=answer.kind)


def article_at(url: str) -> Article:
    found = reading(url).article
    assert found is not None, f"{url} was read as {reading(url).kind}"
    return found


def ids(value: DemoArticle | DemoChannel) -> str:
    return value.path


@pytest.mark.parametrize("true", truth(), ids=ids)
def test_the_fields_are_those_of_the_page(true: DemoArticle) -> None:
    got = article_at(BASE + true.path)
    fields = ("title", "source", "author", "editor", "date", "views")
    assert {f: getattr(got, f) for f in fields} == {f: getattr(true, f) for f in fields}
    assert true.channel in got.channel


@pytest.mark.parametrize("true", truth(), ids=ids)
def test_the_body_comes_whole_and_once_over_all_pages(true: DemoArticle) -> None:
    pages = [article_at(BASE + true.path)]
    while (url := pages[-1].next_page) and len(pages) < 10:
        pages.append(article_at(url))
    assert [page.url for page in pages] == [BASE + path for path in (true.path, *true.pages)]
    assert [line for page in pages for line in page.body.splitlines()] == list(true.body)


@pytest.mark.parametrize("true", truth(), ids=ids)
def test_files_and_pictures_are_those_of_the_article(true: DemoArticle) -> None:
    got = article_at(BASE + true.path)
    assert [link.url for link in got.attachments] == [BASE + path for path in true.attachments]
    assert [link.url for link in got.images] == [BASE + path for path in true.images]


@pytest.mark.parametrize("true", truth(), ids=ids)
def test_only_a_counter_that_does_not_add_may_be_asked(true: DemoArticle) -> None:
    counter = article_at(BASE + true.path).counter
    if true.counted is None:
        assert counter is None or counter.adds
    else:
        assert counter is not None and not counter.adds
        assert str(true.counted) in respond(counter.url.removeprefix(BASE)).body.decode()


@pytest.mark.parametrize("channel", channels(), ids=ids)
def test_a_channel_is_walked_row_by_row_to_its_end(channel: DemoChannel) -> None:
    url: str | None = BASE + channel.path
    for number in range(1, channel.page_count + 1):
        assert url is not None, f"no way from page {number - 1} to page {number}"
        listing = reading(url).listing
        assert listing is not None, f"{url} was read as {reading(url).kind}"
        rows = [(urljoin(BASE, row.href), row.title, row.date) for row in channel.page(number)]
        assert [(item.url, item.title, item.date) for item in listing.items] == rows
        assert listing.total in (channel.claimed, None)
        url = listing.next_url
    assert url is None


@pytest.mark.parametrize(
    ("target", "kind"),
    [("/", "home"), ("/zxzx/202207/116.html", "dead"), ("/picture/0/2026041716330001.pdf", "file")],
)
def test_other_pages_are_told_for_what_they_are(target: str, kind: str) -> None:
    assert reading(BASE + target).kind == kind
