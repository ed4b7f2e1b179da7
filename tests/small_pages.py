"""Small pages of our own with one habit of template makers each: a title, two paragraphs, a side list, and how they are read."""

from __future__ import annotations

from scraper import read
from scraper.model import Article, Listing, Reading

URL = "http://www.qinghe-zone.example/xw/20240311/7.html"
TITLE = "青禾开发区召开项目建设推进会"
FIRST = "3月11日，青禾开发区召开项目建设推进会，总结一季度工作，部署下一步任务，二十家单位的负责人参加会议。"
SECOND = "会议要求，各部门要盯紧节点，把服务送到工地，让签约的项目早开工、开工的项目早投产，确保上半年目标任务完成。"
TEXT = f"<p>{FIRST}</p><p>{SECOND}</p>"
SIDE = "".join(
    f'<li><a href="/xw/2024030{n}/{n}.html">青禾新区第{n}批企业签约入驻产业园</a><span>2024-03-0{n}</span></li>'
    for n in range(1, 9)
)


def reading(page: str, url: str = URL) -> Reading:
    return read(f"<html>{page}</html>".encode(), url)


def whole(html: str, url: str = URL) -> Article:
    """The article of a whole page."""
    got = read(html.encode(), url).article
    assert got is not None
    return got


def article(head: str, text: str = TEXT, *, title: str = f"{TITLE}-青禾开发区", metas: str = "") -> Article:
    """The article of a page with something above its text, or another text."""
    return whole(
        f"<html><head><title>{title}</title>{metas}</head><body>{head}<div class=nr>{text}</div></body></html>"
    )


def listing(rows: str) -> Listing:
    """The listing of a page that is known to be one."""
    got = read(f"<html><title>新闻</title><body>{rows}</body></html>".encode(), URL, expect="listing").listing
    assert got is not None
    return got
