"""A small archive of invented articles for the tests of browsing. Article 1 is hostile, 2 was changed, both have pages."""

from __future__ import annotations

import json
from pathlib import Path

from sqlite_utils import Database

from scraper.archive.blobs import Blobs
from scraper.archive.file import open_database

SCRIPT = "<script>alert(1)</script>"
PAGE = f"<html><head>{SCRIPT}</head><body>原始页面</body></html>".encode()
HOSTILE_HTML = (
    f"<p onclick='alert(1)'>谷城一段{SCRIPT}</p><iframe src='http://evil.example/'></iframe>"
    "<a href='javascript:alert(1)'>点我</a><a href='http://kfq.example/a.html'>链接</a>"
    "<img src='http://kfq.example/p.jpg' onerror='alert(1)' alt='开工'><svg><p><style><img src=x onerror=alert(1)>"
)
PORTAL, MAY, JUNE = "kfq.example", "2024-05-01T00:00:00Z", "2024-06-01T00:00:00Z"
CHANNELS = {1: "园区要闻", 2: "通知公告"}
WORDS = ("白鹭湾", "产业园", "招商", "开工", "仪式", "新材料", "企业", "服务", "签约", "项目")
SOURCES = ("白鹭湾日报", "管委会办公室", "青石镇融媒体中心", None)


def fill(path: Path, articles: int = 60) -> Path:
    """An archive of one portal with two channels that claim 40 articles each."""
    db = open_database(path, create=True, write=True)
    with db.atomic():
        db["portals"].insert({"host": PORTAL, "name": "白鹭湾经济开发区", "home_url": f"http://{PORTAL}/"})
        db["crawls"].insert({"id": 1, "started_at": MAY, "seeds": "[]", "options": "{}", "version": "0"})
        for number, name in CHANNELS.items():
            url = f"{PORTAL}/c{number}/"
            db["channels"].insert(
                {
                    "id": number,
                    "portal": PORTAL,
                    "url": f"http://{url}",
                    "key": url,
                    "name": name,
                    "claimed": 40,
                }
            )
        digest = Blobs(db.conn).save(PAGE, None)
        for n in range(1, articles + 1):
            _add_article(db, n, digest)
        _add_hostile_rows(db)
    db.close()
    return path


def _add_article(db: Database, n: int, digest: str) -> None:
    url, channel = f"http://{PORTAL}/c1/{n}.html", 1 + n % 2
    times = {"first_seen": MAY, "last_seen": MAY}
    title, body = _text(n)
    db["frontier"].insert({"id": n, "portal": PORTAL, "url": url, "key": url, "kind": "article"})
    capture = {"id": n, "crawl_id": 1, "frontier_id": n, "url": url, "requested": url, "fetched_at": MAY}
    capture |= {
        "status": 200,
        "content_type": "text/html",
        "headers": b"",
        "digest": digest,
        "charset": "utf-8",
    }
    db["captures"].insert(capture)
    article = {
        "id": n,
        "url": url,
        "portal": PORTAL,
        "channel": CHANNELS[channel],
        "title": title,
        "body": body,
    }
    article |= {"source": SOURCES[n % 4], "author": "甲" if n % 3 else None, "views": n * 7}
    article |= {"date": f"20{20 + n % 5}-{1 + n % 12:02}-{1 + n % 28:02}", "channel_id": channel}
    evidence = {"title": {"rule": "h1", "snippet": f"题{SCRIPT}", "rivals": []}}
    db["articles"].insert(
        article | times | {"frontier_id": n, "capture_id": n, "evidence": json.dumps(evidence)}
    )
    db["items"].insert({"channel_id": channel, "frontier_id": n, "title": title} | times)
    db["frontier"].update(n, {"article_id": n})


def _text(n: int) -> tuple[str, str]:
    if n == 1:
        return f"谷城{SCRIPT}", f'湖北谷城 "引号" {SCRIPT}\n第二段 O\'Brien'
    title = "".join(WORDS[n * k % len(WORDS)] for k in (1, 2, 3)) + str(n)
    words = "，".join(WORDS[(n + k) % len(WORDS)] for k in range(8))
    return title, f"第{n}号消息。\n{words}。\n增长50%，共2020亩，5G覆盖。"


def _add_hostile_rows(db: Database) -> None:
    db["article_html"].insert({"article_id": 1, "html": HOSTILE_HTML})
    for position, (url, name) in enumerate(
        [(f"http://{PORTAL}/f.pdf", "名单"), ("javascript:alert(1)", "坏的")]
    ):
        db["attachments"].insert({"article_id": 1, "position": position, "url": url, "name": name})
    db["images"].insert(
        {"article_id": 1, "position": 0, "url": f"http://{PORTAL}/p.jpg", "caption": "开工现场"}
    )
    for seen_at, views in ((MAY, 12), (JUNE, 30)):
        db["views"].insert({"article_id": 1, "seen_at": seen_at, "views": views, "origin": "page"})
    db["documents"].insert(
        {"article_id": 2, "document_number": f"白管〔2024〕7号{SCRIPT}", "validity": "废止"}
    )
    before = {"title": f"旧标题{SCRIPT}", "attachments": [[f"http://{PORTAL}/x.doc", "旧附件"]]}
    before |= {"document": {"validity": "有效"}}
    version = {"article_id": 2, "seen_at": JUNE, "old_capture": 2, "new_capture": 2}
    db["versions"].insert(version | {"changed": json.dumps(before, ensure_ascii=False)})
    db["articles"].update(2, {"changed_at": JUNE})
    for place, number in enumerate((3, 4) if db["articles"].count > 3 else (), 1):
        db["articles"].update(number, {"cluster": 3})
        same = {
            "cluster": 3,
            "first_id": 3,
            "lag_days": place - 1,
            "similarity": 1.0,
            "added": 0,
            "removed": 0,
        }
        db["reprints"].insert(same | {"article_id": number, "place": place})
    failure = {"portal": PORTAL, "url": f"http://{PORTAL}/x.html", "at": MAY, "cause": "slow"}
    db["failures"].insert(failure | {"message": f"太慢{SCRIPT}"})
