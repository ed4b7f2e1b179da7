"""How fast a whole crawl is, and what memory it takes: fetch, read, store, raw page kept. Run by hand, from the project's
folder: `python benchmarks/crawl.py` (three minutes), `python benchmarks/crawl.py memory` (50,000 pages, ten minutes).

Eight portals on loopback, served by a process of their own, are crawled at delay 0 into a new archive; then, in the same
run, by Scrapy with trafilatura into SQLite (page and fields a row), where it is installed: `pip install scrapy
trafilatura`. Each is one process; told are pages a second by the clock and by the CPU time of that process, for other
programs may be at work on the machine. `memory` tells the resident memory at 5,000 pages and at the end.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent)]

from portals import portals  # noqa: E402

HOSTS, PAGES, RUNS = 8, 3_000, 3
MANY, FEW = 50_000, 5_000


def resident() -> float:
    """Resident memory of this process now, in MiB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / (1 << 20)


def crawl_here(urls: list[str], db: str) -> dict[str, float]:
    """Crawl in this process; what it took."""
    from scraper.crawl import Event, Options, crawl

    memory: dict[str, float] = {}

    def watch(event: Event) -> None:
        if event.pages == FEW:
            memory["few"] = resident()

    began, worked = time.perf_counter(), time.process_time()
    report = crawl(urls, db, options=Options(delay=0), on_event=watch)
    took = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - worked}
    return {"pages": report.pages, "articles": report.articles_new, **took, **memory, "end": resident()}


def scrapy_here(urls: list[str], db: str) -> dict[str, float]:
    """The same by Scrapy and trafilatura, each page and its fields a row of SQLite."""
    import sqlite3
    from urllib.parse import urljoin

    import scrapy
    import trafilatura
    from scrapy.crawler import CrawlerProcess

    connection = sqlite3.connect(db)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(
        "CREATE TABLE pages(url TEXT PRIMARY KEY, html BLOB, title TEXT, date TEXT, body TEXT)"
    )
    tally = {"pages": 0, "articles": 0}

    class News(scrapy.Spider):  # type: ignore[misc]
        name = "news"
        start_urls = urls

        def parse(self, response):  # type: ignore[no-untyped-def]
            tally["pages"] += 1
            number = response.xpath("//script/text()").re_first(r"createPageHTML\((\d+), 0")
            yield from response.follow_all(xpath="//ul[@class='nav']//a")
            yield from response.follow_all(xpath="//li[span]/a", callback=self.article)
            for page in range(1, int(number or 0)):
                yield response.follow(urljoin(response.url, f"index_{page}.html"))

        def article(self, response):  # type: ignore[no-untyped-def]
            tally["pages"] += 1
            tally["articles"] += 1
            found = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
            told = (found.title, found.date, found.text) if found else (None, None, None)
            connection.execute(
                "INSERT OR IGNORE INTO pages VALUES (?, ?, ?, ?, ?)", (response.url, response.body, *told)
            )
            connection.commit()

    began, worked = time.perf_counter(), time.process_time()
    settings = {
        "LOG_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "CONCURRENT_REQUESTS": 8,
        "DOWNLOAD_DELAY": 0,
        "TELNETCONSOLE_ENABLED": False,
    }
    process = CrawlerProcess(settings)
    process.crawl(News)
    process.start()
    took = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - worked}
    return {**tally, **took, "end": resident()}


def measured(what: str, urls: list[str], db: Path) -> dict[str, float]:
    """One crawl in a process of its own."""
    told = subprocess.run(
        [sys.executable, __file__, what, str(db), *urls], check=True, capture_output=True, text=True
    )
    result: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return result


def speed() -> None:
    """Print pages a second of each crawler, run by run."""
    names = ["kaifaqu"] + (["scrapy"] if importlib.util.find_spec("scrapy") else [])
    with tempfile.TemporaryDirectory() as folder, portals(HOSTS, PAGES) as urls:
        for run in range(RUNS):
            for name in names:
                took = measured(name, urls, Path(folder) / f"{name}{run}.db")
                print(
                    f"run {run + 1}: {name:8} {took['pages']:.0f} pages, {took['articles']:.0f} articles: "
                    f"{took['pages'] / took['seconds']:.0f} pages/s, {took['pages'] / took['cpu']:.0f} per CPU second, "
                    f"{took['end']:.0f} MiB",
                    flush=True,
                )
    if len(names) == 1:
        print("for comparison: pip install scrapy trafilatura")


def memory() -> None:
    """Print the resident memory after few and after many pages."""
    with tempfile.TemporaryDirectory() as folder, portals(HOSTS, MANY) as urls:
        took = measured("kaifaqu", urls, Path(folder) / "m.db")
    print(
        f"{took['pages']:.0f} pages: {took['few']:.0f} MiB at {FEW}, {took['end']:.0f} at the end "
        f"({took['end'] - took['few']:+.0f}); {took['pages'] / took['seconds']:.0f} pages/s, "
        f"{took['pages'] / took['cpu']:.0f} per CPU second"
    )


if __name__ == "__main__":
    if len(sys.argv) > 3:
        print(
            json.dumps({"kaifaqu": crawl_here, "scrapy": scrapy_here}[sys.argv[1]](sys.argv[3:], sys.argv[2]))
        )
    elif sys.argv[1:] == ["memory"]:
        memory()
    else:
        speed()
