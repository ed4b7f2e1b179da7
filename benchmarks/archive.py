"""What an archive costs: `python benchmarks/archive.py [--articles N] [--out FOLDER] [ARCHIVE…]`. Run by hand; prints Markdown.

For each archive given: its pages as it stores them against WARC.gz (a gzip -6 member per record, each page once), how
fast they are saved and restored, and what one costs that is fetched again with only a number changed. Then, over N invented
articles (100,000; a million take hours and 20 GB): words of 1, 2, 3 and 8 characters looked for with LIKE, with our index
(a token a character), with trigrams and with words cut by jieba (`pip install rjieba`), each in one run on one machine.
Times are CPU times of this process, the best of several, so that what else the machine does counts little.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from synthetic import invent

from scraper.archive import Archive
from scraper.archive.blobs import Blobs, digest_of
from scraper.archive.search import match_of
from scraper.model import Capture


def timed(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """(milliseconds of the best of several runs, the last result)."""
    best, result = float("inf"), None
    for _ in range(times):
        start = time.process_time()
        result = work()
        best = min(best, time.process_time() - start)
    return best * 1000, result


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A Markdown table."""
    names = list(head)
    print("| " + " | ".join(names) + " |\n|" + "---|" * len(names))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    print(flush=True)


def as_warc(capture: Capture) -> bytes:
    """One response record of WARC 1.1 as its own gzip member, as `export --format warc` and all others write it."""
    http = b"HTTP/1.1 200 OK\r\n" + b"".join(n + b": " + v + b"\r\n" for n, v in capture.headers) + b"\r\n"
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {capture.url}\r\nWARC-Date: {capture.fetched_at}\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
        "WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http) + len(capture.body)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + http + capture.body + b"\r\n\r\n", 6)


def size(paths: list[Path]) -> None:
    """Bytes stored against WARC.gz, and speed."""
    rows, total = [], [0, 0, 0, 0]
    for path in paths:
        with Archive.open(path, write=False) as archive:
            first = archive.db.conn.execute(
                "SELECT min(id) FROM captures WHERE digest NOTNULL GROUP BY digest"
            ).fetchall()
            pages = [archive.load_capture(number) for (number,) in first]
            kinds = archive.db.conn.execute(
                "SELECT c.digest, f.portal || ' ' || c.kind FROM captures c JOIN frontier f ON f.id = c.frontier_id "
                "WHERE c.digest NOTNULL GROUP BY 1 ORDER BY min(c.id)"
            ).fetchall()
            (stored,) = archive.db.conn.execute("SELECT sum(length(data)) FROM blobs").fetchone()
            restore = restored(archive, [digest for digest, _ in kinds])
        raw, packed = sum(len(p.body) for p in pages), sum(len(as_warc(p)) for p in pages)
        save, again = saved([(page.body, kind) for page, (_, kind) in zip(pages, kinds, strict=True)])
        figures = (len(pages), raw, packed, stored)
        total = [a + b for a, b in zip(total, figures, strict=True)]
        rows.append(
            (path.stem, *line(*figures), f"{save:.2f}", *(f"{ms:.2f}" for ms in restore), f"{again:.2%}")
        )
    rows.append(("all", *line(*total), "", "", "", ""))
    head = "archive;pages;raw MB;WARC.gz MB;stored MB;stored / WARC.gz;save ms;restore ms;slowest of 100 ms;same but a number"
    table(head.split(";"), rows)


def line(pages: int, raw: int, packed: int, stored: int) -> tuple[str, ...]:
    """Figures of one archive as they are shown."""
    return str(pages), *(f"{n / 1e6:.2f}" for n in (raw, packed, stored)), f"{stored / packed:.3f}"


def restored(archive: Archive, digests: list[str]) -> tuple[float, float]:
    """Milliseconds for one page at random: the median, and the slowest of a hundred."""
    dice, blobs = random.Random(1), Blobs(archive.db.conn)
    each = [timed(lambda d=d: blobs.load(d))[0] for d in dice.sample(digests, min(300, len(digests)))]
    return statistics.median(each), statistics.quantiles(each, n=100)[-1]


def saved(pages: list[tuple[bytes, str]]) -> tuple[float, float]:
    """Milliseconds to save a page, and what an article costs that comes again with one number changed, as a share of gzip."""
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "new.db") as archive:
        db, blobs = archive.db.conn, Blobs(archive.db.conn)
        db.execute("BEGIN")
        ms, _ = timed(lambda: [blobs.save(body, template) for body, template in pages], 1)
        held = "SELECT sum(length(data)) FROM blobs"
        shares = []
        for body, template in pages:
            changed = re.sub(rb"(\d+)(\D*)$", lambda m: b"%d" % (int(m[1][:15]) + 1) + m[2], body)
            if template.endswith("article") and changed != body:
                before = db.execute(held).fetchone()[0]
                blobs.save(changed, template, earlier=digest_of(body))
                shares.append((db.execute(held).fetchone()[0] - before) / len(gzip.compress(body, 6)))
        db.execute("ROLLBACK")
    return ms / len(pages), statistics.mean(shares) if shares else 0.0


WORDS = ("招", "链", "招商", "亩均", "开发区", "孵化器", "综合保税区企业", "一网通办高质量发")


def search(articles: int, folder: Path) -> None:
    """Four ways to look for Chinese words in the same articles."""
    try:
        from rjieba import cut_for_search
    except ImportError:
        cut_for_search = None
    db = sqlite3.connect(folder / "search.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("CREATE TABLE articles(id INTEGER PRIMARY KEY, title TEXT, body TEXT)")
    db.execute("BEGIN")
    rows = ((n, a.title, a.body) for n, a in enumerate(invent(articles), 1))
    db.executemany("INSERT INTO articles VALUES (?, ?, ?)", rows)
    db.execute("COMMIT")
    print(
        f"{articles:,} articles, {(folder / 'search.db').stat().st_size / 1e6:,.0f} MB without an index\n",
        flush=True,
    )
    some = db.execute("SELECT substr(body, 5, 8) FROM articles WHERE id = ?", (articles // 2,)).fetchone()[0]
    words = [*WORDS, some]
    ways: dict[str, tuple[str, Callable[[str], str]]] = {"LIKE": ("", lambda w: f"%{w}%")}
    built = []
    for name, tokenizer, split, query in (
        ("a token a character (ours)", "unicode61 remove_diacritics 2", " ".join, match_of),
        ("trigrams", "trigram", None, lambda w: f'"{w}"'),
        ("jieba", "unicode61", cut_for_search and (lambda t: " ".join(cut_for_search(t))), None),
    ):
        if name == "jieba":
            if cut_for_search is None:
                print("jieba is left out: pip install rjieba\n")
                continue
            query = lambda w: '"' + " ".join(cut_for_search(w)) + '"'  # noqa: E731
        index = f"fts_{len(built)}"
        built.append((name, *build(db, folder, index, tokenizer, split)))
        ways[name] = (index, query)
    table(("index", "built in s", "MB"), ((n, f"{s:.0f}", f"{mb:,.0f}") for n, s, mb in built))
    table(
        ("word", "characters", *(f"{name}: ms (found)" for name in ways)),
        (
            (word, len(word), *(look(db, index, query(word)) for index, query in ways.values()))
            for word in words
        ),
    )


def build(
    db: sqlite3.Connection, folder: Path, index: str, tokenizer: str, split: Callable[[str], str] | None
) -> tuple[float, float]:
    """Fill one index; (seconds, MB)."""
    before = (folder / "search.db").stat().st_size
    start = time.process_time()
    db.execute(f"CREATE VIRTUAL TABLE {index} USING fts5(title, body, content='', tokenize='{tokenizer}')")
    put = split or (lambda text: text)
    rows = db.execute("SELECT id, title, body FROM articles")
    db.execute("BEGIN")
    while part := rows.fetchmany(10_000):
        db.executemany(
            f"INSERT INTO {index}(rowid, title, body) VALUES (?, ?, ?)",
            [(i, put(t), put(b)) for i, t, b in part],
        )
    db.execute("COMMIT")
    return time.process_time() - start, ((folder / "search.db").stat().st_size - before) / 1e6


def look(db: sqlite3.Connection, index: str, query: str) -> str:
    """The first 20 that match, the newest archived first, and how many there are."""
    if not index:
        found = "FROM articles WHERE body LIKE ?1 OR title LIKE ?1"
        first, times = f"SELECT id {found} ORDER BY id DESC LIMIT 20", 1
    else:
        found = f"FROM {index} WHERE {index} MATCH ?1"
        first, times = f"SELECT rowid {found} ORDER BY rowid DESC LIMIT 20", 3
    ms, _ = timed(lambda: db.execute(first, (query,)).fetchall(), times)
    count_ms, (count,) = timed(lambda: db.execute(f"SELECT count(*) {found}", (query,)).fetchone(), times)
    return f"{ms:,.1f}, all {count_ms:,.1f} ({count:,})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000, help="invented articles to search; 0: none")
    parser.add_argument(
        "--out", type=Path, help="where the large files are made; a temporary folder if absent"
    )
    parser.add_argument("archives", nargs="*", type=Path)
    given = parser.parse_args()
    if given.archives:
        size(given.archives)
    if given.articles:
        with tempfile.TemporaryDirectory(dir=given.out) as folder:
            search(given.articles, Path(folder))


if __name__ == "__main__":
    main()
