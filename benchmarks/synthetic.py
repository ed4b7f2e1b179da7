"""A large archive of invented articles: `python benchmarks/synthetic.py FILE [ARTICLES]` (1,000,000; 10 minutes, 8 GB).

Words are drawn by rank as in any language (Zipf), so that some stand in a third of all articles and most in a few. One
article in ten is a reprint: an earlier text on another portal, days later, with a sentence changed. Each article has five
captures, as after some weeks of coming back. Rows are written past the crawl, in bulk; tables and indexes are the real ones.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, islice
from pathlib import Path

from scraper.archive import Archive

SUBJECT = (
    "开发区 企业 项目 建设 招商 服务 产业 工作 发展 创新 园区 投资 高新区 经济 技术 会议 调研 推进 管委会 主任 领导 干部 党员 学习 培训 "
    "安全 生产 检查 环境 优化 改革 重点 签约 落户 开工 投产 智能 制造 新材料 生物医药 集成电路 新能源 汽车 装备 物流 港口 保税 跨境 电商 "
    "人才 引进 政策 兑现 审批 窗口 一网通办 专班 链长 链主 亩均 税收 增长 同比 出口 外资 总投资 亿元 万平方米 标准厂房 孵化器 加速器 "
    "专精特新 小巨人 高质量发展 营商环境 乡村振兴 绿色低碳 数字经济 5G 工业互联网 综合保税区 自由贸易试验区"
).split()
CHARS = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相"
    "全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果"
    "料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则"
)
COUNTIES = "青石 云岭 临江 望湖 南川 北原 东屏 西岭 长汀 白沙 丰河 龙泉 凤台 金滩 银杏 松林 竹溪 梅山 荷塘 桂园".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """One article that nobody wrote."""

    portal: str
    title: str
    source: str
    day: str
    views: int
    body: str


def vocabulary(dice: random.Random, size: int = 40_000) -> tuple[list[str], list[float]]:
    """Words by rank and their summed weights: those of the subject among the first, then words of one to three characters."""
    made = {"".join(dice.choices(CHARS, k=dice.choice((1, 2, 2, 2, 3)))) for _ in range(size)}
    words = [*SUBJECT, *sorted(made)]
    return words, list(accumulate(1 / (rank + 8) for rank in range(len(words))))


def invent(count: int, portals: int = 200) -> Iterator[Invented]:
    """`count` articles, the same at every call."""
    dice = random.Random(20261123)
    words, weights = vocabulary(dice)
    offices = "管委会 日报 融媒体中心 招商局 经发局".split()
    sources = [
        f"{city}{county}开发区{office}" for city in COUNTIES for county in COUNTIES for office in offices
    ]
    dice.shuffle(sources)
    shares = list(accumulate(1 / (rank + 3) for rank in range(len(sources))))
    recent: list[Invented] = []
    start = date(2012, 1, 1)
    for number in range(count):
        portal = f"zone{dice.randrange(portals)}.example"
        day = start + timedelta(days=number * 5400 // count)
        source = dice.choices(sources, cum_weights=shares)[0]
        if recent and dice.random() < 0.1:
            old = dice.choice(recent)
            lines = old.body.split("\n")
            lines[dice.randrange(len(lines))] = sentence(dice, words, weights)
            made = Invented(
                portal=portal, title=old.title, source=source, day=str(day), views=0, body="\n".join(lines)
            )
        else:
            body = "\n".join(sentence(dice, words, weights) for _ in range(dice.randint(4, 14)))
            title = "".join(dice.choices(words, cum_weights=weights, k=8))
            made = Invented(
                portal=portal, title=title, source=source, day=str(day), views=dice.randrange(5000), body=body
            )
            recent = [*recent[-199:], made] if number % 10 == 0 else recent
        yield made


def sentence(dice: random.Random, words: list[str], weights: list[float]) -> str:
    """One paragraph, about sixty characters."""
    drawn = dice.choices(words, cum_weights=weights, k=30)
    return "".join(drawn[:12]) + "，" + "".join(drawn[12:]) + "。"


def build(path: Path, count: int, *, captures: int = 5) -> None:
    """Write an archive of `count` articles, each asked `captures` times."""
    with Archive.open(path) as archive:
        archive.start_crawl(seeds=[], options={}, at="2026-01-01T00:00:00Z", version="0")
        db = archive.db.conn
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA cache_size = -400000")
        triggers = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE name LIKE 'articles\\_a_' ESCAPE '\\'"
        ).fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        made = enumerate(invent(count), 1)
        while part := list(islice(made, 10_000)):
            db.execute("BEGIN")
            _write(db, part, captures)
            db.execute("COMMIT")
            print(f"\r{part[-1][0]:,}", end="", file=sys.stderr, flush=True)
        for _, sql in triggers:
            db.execute(sql)
        db.execute("PRAGMA optimize")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    print(file=sys.stderr)


def _write(db: sqlite3.Connection, part: list[tuple[int, Invented]], captures: int) -> None:
    seen = "2026-01-01T00:00:00Z"
    rows = [
        (n, a, f"http://{a.portal}/news/{n}.html", f"{a.portal}/news/{n}.html", n % 2000 + 1) for n, a in part
    ]
    db.executemany(
        "INSERT OR IGNORE INTO portals(host, home_url, name) VALUES (?1, 'http://' || ?1 || '/', ?1)",
        [(a.portal,) for _, a in part],
    )
    db.executemany(
        "INSERT OR IGNORE INTO channels(id, portal, url, key, name) "
        "VALUES (?1, ?2, 'http://c/' || ?1, 'c/' || ?1, '栏目' || (?1 % 12))",
        [(channel, a.portal) for _, a, _, _, channel in rows],
    )
    db.executemany(
        "INSERT INTO frontier(id, portal, url, key, kind, channel_id, depth, priority, due_at, state, read_as, article_id, "
        "visits, unchanged, status, visited_at) VALUES (?, ?, ?, ?, 'article', ?, 2, 8, '2026-12-01T00:00:00Z', 'read', "
        "'article', NULL, 5, 4, 200, ?)",
        [(n, a.portal, url, key, channel, seen) for n, a, url, key, channel in rows],
    )
    digests = {n: hashlib.sha256(url.encode()).hexdigest() for n, _, url, _, _ in rows}
    db.executemany(
        "INSERT INTO blobs(digest, data, codec, size) VALUES (?, ?, 'raw', ?)",
        [(digests[n], url.encode() * 12, 12 * len(url)) for n, _, url, _, _ in rows],
    )
    db.executemany(
        "INSERT INTO captures(id, crawl_id, frontier_id, url, requested, fetched_at, status, content_type, headers, digest, "
        "kind, charset) VALUES (?, 1, ?, ?, ?, ?, ?, 'text/html', x'0d0a', ?, 'article', 'utf-8')",
        [
            ((n - 1) * captures + k + 1, n, url, url, seen, 304 if k else 200, None if k else digests[n])
            for n, _, url, _, _ in rows
            for k in range(captures)
        ],
    )
    db.executemany(
        "INSERT INTO articles(id, url, portal, channel, title, source, date, views, body, channel_id, frontier_id, "
        "capture_id, first_seen, last_seen, first_crawl) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        [
            (
                *(n, url, a.portal, f"栏目{channel % 12}", a.title, a.source, a.day, a.views, a.body),
                *(channel, n, (n - 1) * captures + 1, seen, seen),
            )
            for n, a, url, _, channel in rows
        ],
    )
    db.executemany("UPDATE frontier SET article_id = id WHERE id = ?", [(n,) for n, *_ in rows])
    db.executemany(
        "INSERT INTO articles_fts(rowid, title, body) VALUES (?, ?, ?)",
        [(n, " ".join(a.title), " ".join(a.body)) for n, a, *_ in rows],
    )


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
