"""Attachments and pictures of an article.

Attachments in all forms seen: direct links by suffix, download handlers (downfile.jsp, download.jsp, attachment.jspx,
cmd=download), TRS script variables linkurl/linkdesc, needdownload attributes. Headings without a link are no files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from scraper.model import Link
from scraper.read.article.pictures import image_source
from scraper.read.dom import Document
from scraper.read.rules import Page
from scraper.text import shorten, squeeze
from scraper.urls import filename

_SUFFIX = re.compile(
    r"\.(?:pdf|docx?|wps|xlsx?|et|pptx?|dps|ofd|txt|rtf|csv|zip|rar|7z|tar|gz|ceb|caj|mp3|mp4|dwg|xlsm|docm)(?:$|[?#])",
    re.I,
)
_HANDLER = re.compile(
    r"downfile\.jsp|/_content/download\.jsp|attachment\.jspx|cmd=download|downloadattach|/download\?|download\.(?:aspx?|php|do|ashx)|action=download|/down(?:load)?/(?:file|\d)|filedown|downloadfile|filedownload|file_download"
)
_ESCAPED = re.compile(r"(?:%[89A-F][0-9A-F])+", re.I)
_TITLED = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|pptx?|ofd|zip|rar|7z)\W*$", re.I)
_JS_FILES = re.compile(r"""var\s+linkurl\s*=\s*["']([^"']{1,4000})["']""")
_JS_NAMES = re.compile(r"""var\s+linkdesc\s*=\s*["']([^"']{1,4000})["']""")


def find_attachments(page: Page, start: int, stop: int) -> tuple[Link, ...]:
    """The files linked within a node range (the article's frame), in order, each once; `<a download>` counts anywhere."""
    doc = page.doc
    found: dict[str, Link] = {}
    for n in doc.elements("a"):
        if (start <= n < stop or "download" in doc.attrs[n]) and (url := _file(page, n)):
            found.setdefault(url, Link(url=readable(url), text=_name(doc, n, url)))
    for link in _script_files(page):
        found.setdefault(link.url, Link(url=readable(link.url), text=link.text))
    return tuple(found.values())


def readable(url: str) -> str:
    """An address with its Chinese file name as people read it (an IRI, RFC 3987); other escapes stay as they are."""
    if "%" not in url:
        return url
    return _ESCAPED.sub(lambda run: _decoded(run[0]), url)


def _decoded(run: str) -> str:
    try:
        return unquote(run, "utf-8", "strict")
    except UnicodeDecodeError:
        return run


def _file(page: Page, n: int) -> str | None:
    a = page.doc.attrs[n]
    href = a.get("href", "").strip()
    if not href or href.lower().startswith(("javascript", "#", "mailto")):
        return None
    told = _SUFFIX.search(href) or _HANDLER.search(href.lower()) or "needdownload" in a or "download" in a
    if not told and (page.doc.size(n) > 200 or not _TITLED.search(page.doc.text(n))):
        return None
    url = page.link(href)
    if url is None:
        return None
    path = url.partition("?")[0]
    if _SUFFIX.search(path) or _HANDLER.search(url.lower()) or _SUFFIX.search(url) or a.get("needdownload"):
        return url
    if _TITLED.search(page.doc.text(n)) or _TITLED.search(a.get("download", "")):
        return url if not re.search(r"\.s?html?$", path) else None
    return None


def _name(doc: Document, n: int, url: str) -> str:
    text = doc.text(n)
    title = squeeze(doc.attr(n, "title") or doc.attr(n, "download"))
    return shorten(text or title or filename(url), 300)


def _script_files(page: Page) -> Iterator[Link]:
    script = page.doc.script_text()
    if "linkurl" not in script:
        return
    urls = _JS_FILES.search(script)
    names = _JS_NAMES.search(script)
    titles = names[1].split(";") if names else []
    for k, href in enumerate(urls[1].split(";") if urls else []):
        url = page.link(href.strip()) if href.strip() else None
        if url:
            yield Link(url=url, text=squeeze(titles[k]) if k < len(titles) else filename(url))


def find_images(page: Page, nodes: Iterable[int]) -> tuple[Link, ...]:
    """Content pictures: absolute address, alternative text or title."""
    found: dict[str, Link] = {}
    for n in nodes:
        url = image_source(page, n)
        if url:
            found.setdefault(
                url, Link(url=url, text=squeeze(page.doc.attr(n, "alt") or page.doc.attr(n, "title"))[:300])
            )
    return tuple(found.values())
