"""Browsing an archive: what datasette finds, shows and refuses, with our plugin and by the ready queries alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("datasette", reason="the extra kaifaqu[browse] is not installed")

from datasette.app import Datasette
from datasette.plugins import pm

from scraper.archive.blobs import Blobs
from scraper.archive.file import open_database
from scraper.browse import plugin

SCRIPT = "<script>alert(1)</script>"
PAGE = f"<html><head>{SCRIPT}</head><body>原始页面</body></html>".encode()
WORDS = ("白鹭湾", "产业园", "招商", "开工", "仪式", "新材料", "企业", "服务", "签约", "项目")
SOURCES = ("白鹭湾日报", "管委会办公室", "青石镇融媒体中心", None)


def fill(path: Path, articles: int = 60) -> Path:
    """An archive of invented articles of one portal with two channels. Article 1 is hostile, 2 was changed."""
    db = open_database(path, create=True, write=True)
    run = db.conn.execute
    run("INSERT INTO portals(host, name, home_url) VALUES ('kfq.example', '白鹭湾经济开发区', 'http://kfq.example/')")
    run("INSERT INTO crawls(id, started_at, seeds, options, version) VALUES (1, '2024-05-01T00:00:00Z', '[]', '{}', '0')")
    for number, name in ((1, "园区要闻"), (2, "通知公告")):
        run(
            "INSERT INTO channels(id, portal, url, key, name, claimed) VALUES (?, 'kfq.example', ?, ?, ?, 40)",
            (number, f"http://kfq.example/c{number}/", f"kfq.example/c{number}/", name),
        )
    digest = Blobs(db.conn).save(PAGE, None)
    for n in range(1, articles + 1):
        save_article(run, n, digest)
    run(
        "INSERT INTO article_html VALUES (1, ?)",
        (
            f"<p onclick='alert(1)'>谷城一段{SCRIPT}</p><iframe src='http://evil.example/'></iframe>"
            "<a href='javascript:alert(1)'>点我</a><a href='http://kfq.example/a.html'>链接</a>"
            "<img src='http://kfq.example/p.jpg' onerror='alert(1)' alt='开工'><svg><p><style><img src=x onerror=alert(1)>",
        ),
    )
    run("INSERT INTO attachments(article_id, position, url, name) VALUES (1, 0, 'http://kfq.example/f.pdf', '名单')")
    run("INSERT INTO attachments(article_id, position, url, name) VALUES (1, 1, 'javascript:alert(1)', '坏的')")
    run("INSERT INTO images(article_id, position, url, caption) VALUES (1, 0, 'http://kfq.example/p.jpg', '开工现场')")
    run("INSERT INTO views VALUES (1, '2024-05-02T00:00:00Z', 12, 'page'), (1, '2024-06-02T00:00:00Z', 30, 'page')")
    run(
        "INSERT INTO versions(article_id, seen_at, old_capture, new_capture, changed) VALUES (2, '2024-06-01T00:00:00Z', 2, 2, ?)",
        (json.dumps({"title": f"旧标题{SCRIPT}", "attachments": [["http://kfq.example/x.doc", "旧附件"]]}),),
    )
    run(
        "INSERT INTO failures(portal, url, at, cause, message) VALUES "
        "('kfq.example', 'http://kfq.example/x.html', '2024-05-01T00:00:00Z', 'slow', ?)",
        (f"太慢{SCRIPT}",),
    )
    db.close()
    return path


def save_article(run: Any, n: int, digest: str) -> None:
    url, channel = f"http://kfq.example/c1/{n}.html", 1 + n % 2
    run(
        "INSERT INTO frontier(id, portal, url, key, kind, state) VALUES (?, 'kfq.example', ?, ?, 'article', 'read')",
        (n, url, url),
    )
    run(
        "INSERT INTO captures(id, crawl_id, frontier_id, url, requested, fetched_at, status, content_type, headers, digest, charset)"
        " VALUES (?, 1, ?, ?, ?, '2024-05-01T00:00:00Z', 200, 'text/html', x'', ?, 'utf-8')",
        (n, n, url, url, digest),
    )
    title = "".join(WORDS[(n * k) % len(WORDS)] for k in (1, 2, 3)) + str(n)
    body = f"第{n}号消息。\n" + "，".join(WORDS[(n + k) % len(WORDS)] for k in range(8)) + "。\n增长50%，共2020亩，5G覆盖。"
    if n == 1:
        title, body = f"谷城{SCRIPT}", f"湖北谷城 \"引号\" {SCRIPT}\n第二段 O'Brien"
    run(
        "INSERT INTO articles(id, url, portal, channel, title, source, author, date, views, body, channel_id, frontier_id,"
        " capture_id, first_seen, last_seen, evidence) VALUES"
        " (?, ?, 'kfq.example', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '2024-05-01T00:00:00Z', '2024-05-01T00:00:00Z', ?)",
        (
            n, url, ("园区要闻", "通知公告")[n % 2], title, SOURCES[n % 4], "甲" if n % 3 else None,
            f"20{20 + n % 5}-{1 + n % 12:02}-{1 + n % 28:02}", n * 7, body, channel, n, n,
            json.dumps({"title": {"rule": "h1", "snippet": f"题{SCRIPT}", "rivals": []}}, ensure_ascii=False),
        ),
    )  # fmt: skip
    run(
        "INSERT INTO items(channel_id, frontier_id, title, first_seen, last_seen) VALUES (?, ?, ?, '2024', '2024')",
        (channel, n, title),
    )
    run("UPDATE frontier SET article_id = ? WHERE id = ?", (n, n))
