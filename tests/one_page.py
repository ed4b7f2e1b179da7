"""A Page from a piece of HTML of our own, as the readers are handed it."""

from __future__ import annotations

from scraper.model import Charset
from scraper.read.dom import parse
from scraper.read.rules import Page
from scraper.urls import join

HERE = "http://www.yunshanhu.example.cn/xwzx/index.html"


def page_of(html: str, url: str = HERE) -> Page:
    """`html` parsed, with its <base> joined to `url`."""
    doc = parse(html)
    base = (join(url, doc.base) if doc.base else None) or url
    return Page(doc=doc, url=url, base=base, charset=Charset(name="utf-8", decided="valid"))
