"""How fast a whole crawl is, end to end: fetch, read, store, raw page kept. Run by hand: `python benchmarks/crawl.py`.

The demo portal is served on loopback by a process of its own and crawled at delay 0 into a new archive, several times;
beside it, in the same run, the same number of bare requests by one httpx client, which is what the network part alone
costs on this machine. Figures move with the machine; the ratio of the two moves less.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import httpx

from scraper.crawl import Options, crawl
from scraper.demo import start_demo, truth

RUNS = 5


def bare_requests(url: str, paths: list[str]) -> float:
    """Requests a second of a client that only asks."""
    with httpx.Client(base_url=url) as client:
        began = time.perf_counter()
        for path in paths:
            client.get(path)
        return len(paths) / (time.perf_counter() - began)


def main() -> None:
    """Print pages a second of each run, and the median's ratio to bare requests."""
    crawled, bare = [], []
    paths = [article.path for article in truth()]
    with tempfile.TemporaryDirectory() as folder, start_demo() as server:
        for run in range(RUNS):
            report = crawl(server.url, Path(folder) / f"{run}.db", options=Options(delay=0))
            crawled.append(report.pages / report.seconds)
            bare.append(bare_requests(server.url, paths))
            print(
                f"run {run + 1}: {report.pages} pages, {crawled[-1]:.0f} pages/s; bare requests {bare[-1]:.0f}/s"
            )
    median = statistics.median(crawled)
    print(f"median {median:.0f} pages/s, {median / statistics.median(bare):.2f} of bare requests")


if __name__ == "__main__":
    main()
