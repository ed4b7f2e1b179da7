"""Addresses: joined as browsers join them, one key for all spellings of a page, and what belongs to a portal."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper import urls
from scraper.model import Charset
from scraper.read.dom import Document
from scraper.read.rules import Page

BASE = "http://www.yunling.test/xw/index.html"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("./202403/t1.html", "http://www.yunling.test/xw/202403/t1.html"),
        ("../a.html#top", "http://www.yunling.test/a.html"),
        (" \n/a.html\t", "http://www.yunling.test/a.html"),
        ("\\xw\\a.html", "http://www.yunling.test/xw/a.html"),
        ("HTTP://WWW.yunling.test:80/a", "http://www.yunling.test/a"),
        ("?a=1&amp;b=2", "http://www.yunling.test/xw/index.html?a=1&b=2"),
        ("?a=1&copy=2", "http://www.yunling.test/xw/index.html?a=1&copy=2"),
        ("//other.test/a", "http://other.test/a"),
        ("/%D0%C2/a.html", "http://www.yunling.test/%D0%C2/a.html"),
    ],
)
def test_links_join_as_in_a_browser(href: str, expected: str) -> None:
    assert urls.join(BASE, href) == expected


@pytest.mark.parametrize(
    "href", ["javascript:;", "mailto:a@b.test", "tel:010", "ftp://a.test/", "http://[::1", "x" * 5000]
)
def test_what_is_no_web_address_joins_to_none(href: str) -> None:
    assert urls.join(BASE, href) is None


def test_chinese_in_a_query_goes_in_the_pages_own_charset() -> None:
    assert urls.join(BASE, "?kw=新", "gb18030") == "http://www.yunling.test/xw/index.html?kw=%D0%C2"
    assert urls.join(BASE, "?kw=新") == "http://www.yunling.test/xw/index.html?kw=%E6%96%B0"


@pytest.mark.parametrize(
    "spelling",
    [
        "https://www.yunling.test/xw/1.html",
        "http://YUNLING.test/xw/1.html#p",
        "http://yunling.test/xw//1.html;jsessionid=A1",
        "http://yunling.test/x%77/1.html?utm_source=x",
        "http://yunling.test/xw/1.html?_=17",
    ],
)
def test_spellings_of_one_page_share_a_key(spelling: str) -> None:
    assert urls.key(spelling) == urls.key("http://yunling.test/xw/1.html")


@pytest.mark.parametrize("other", ["/xw/1.html?page=2", "/XW/1.html", "/xw/2.html", "/xw/"])
def test_other_pages_have_other_keys(other: str) -> None:
    assert urls.key("http://yunling.test" + other) != urls.key("http://yunling.test/xw/1.html")


def test_parameters_in_another_order_are_one_page() -> None:
    assert urls.key("http://a.test/l.jsp?b=2&a=1") == urls.key("http://a.test/l.jsp?a=1&b=2")


def test_an_address_as_people_read_it_and_as_it_is_asked_for_share_a_key() -> None:
    asked = "http://a.test/fj/%e9%99%84%E4%BB%B61.doc?name=%E8%A1%A8"
    assert urls.key("http://a.test/fj/附件1.doc?name=表") == urls.key(asked)
    assert urls.key("http://a.test/fj/附件2.doc?name=表") != urls.key(asked)


def test_a_portal_is_its_host_with_or_without_www_and_its_port() -> None:
    assert urls.same_portal("https://www.yunling.test/a", "yunling.test")
    assert not urls.same_portal("http://news.yunling.test/a", "yunling.test")
    assert not urls.same_portal("http://yunling.test:81/a", "yunling.test")


@pytest.mark.parametrize(
    ("name", "site"),
    [
        ("www.kfq.gov.cn", "kfq.gov.cn"),
        ("a.b.example.com", "example.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("x.hb.cn", "x.hb.cn"),
    ],
)
def test_the_registrable_part_of_a_host(name: str, site: str) -> None:
    assert urls.site(name) == site


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.1.1", "::1", "fe80::1%eth0", "fc00::1"]
)
def test_private_addresses_are_known(address: str) -> None:
    assert urls.is_private(address)
    assert not urls.is_private("93.184.216.34")


def test_file_names_are_decoded_from_utf8_or_gbk() -> None:
    assert urls.filename("http://a.test/%E9%99%84%E4%BB%B6.doc") == "附件.doc"
    assert urls.filename("http://a.test/%B8%BD%BC%FE.doc") == "附件.doc"


PARTS = st.sampled_from(
    "http:// https:// // / ../ ./ .. . a www. x-y. gov.cn cn 1 127.0.0.1 0x7f xn--a - _ ? ?x=1 & &amp %2e // : :80 index.html "
    "... a.b G.CN HTTP:// ~ ; é 中 javascript: a..b .a ?a?b /?".split()
)
BASES = st.sampled_from(
    [
        "http://www.a.test/x/y/z.html?q=1",
        "https://a.test",
        "http://a.test:81/x//y",
        "ftp://a/b",
        "./a.html",
        "",
    ]
)


@settings(deadline=None)
@given(st.lists(PARTS, max_size=6).map("".join), BASES)
def test_a_page_joins_plain_links_as_any_other(href: str, base: str) -> None:
    charset = Charset(name="utf-8", decided="valid")
    page = Page(doc=Document(""), url=base, base=base, charset=charset)
    assert page.link(href) == urls.join(base, href)
