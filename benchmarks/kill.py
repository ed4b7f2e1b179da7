"""What kill -9 costs a crawl: `python benchmarks/kill.py [KILLS]` (300). Run by hand; takes a few minutes.

The demo portal is crawled into a new archive by a process that is killed at a random moment, started again, killed again,
until a crawl comes through; then the archive is compared with what is true of the portal, and the next round begins.
Printed are articles lost and doubled (both must be 0), archives that are not sound, and the requests that the kills cost.
"""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.demo import DemoServer, start_demo, truth

MOST_REQUESTS = 30
"""A crawl is killed up to 20 ms after it made up to so many requests; of the whole portal it makes about 110."""


@dataclass(slots=True)
class Toll:
    """Running figures. `again`: requests for articles that were asked more than once."""

    kills: int = 0
    rounds: int = 0
    lost: int = 0
    doubled: int = 0
    unsound: int = 0
    again: int = 0


def asked(server: DemoServer) -> Counter[str]:
    """How often each target was asked for since the portal was opened."""
    with urllib.request.urlopen(server.url + "__log") as answer:
        return Counter(json.load(answer))


def kill_until_done(server: DemoServer, db: Path, dice: random.Random, toll: Toll, most: int) -> None:
    """Crawl, and kill the crawl, until one comes through; after `most` kills it is left alone."""
    command = [sys.executable, "-m", "scraper", "crawl", server.url, "--delay", "0", "--db", str(db)]
    while toll.kills < most:
        enough = asked(server).total() + dice.randrange(MOST_REQUESTS)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and asked(server).total() < enough:
            time.sleep(0.002)
        time.sleep(dice.random() * 0.02)
        if process.poll() is not None:
            return
        process.send_signal(signal.SIGKILL)
        process.wait()
        toll.kills += 1
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def compare(server: DemoServer, db: Path, before: Counter[str], toll: Toll) -> None:
    """Hold one archive against the truth."""
    connection = sqlite3.connect(db)
    got = Counter("/" + url.split("/", 3)[3] for (url,) in connection.execute("SELECT url FROM articles"))
    sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    true = {article.path for article in truth()}
    log = asked(server) - before
    toll.rounds += 1
    toll.lost += len(true - got.keys())
    toll.doubled += sum(got.values()) - len(true & got.keys())
    toll.again += sum(log[path] - 1 for path in true if log[path] > 1)
    with Archive.open(db, write=False) as archive:
        toll.unsound += not sound or bool(list(verify(archive)))


def main() -> None:
    """Kill, compare, print."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    toll, dice, began = Toll(), random.Random(20_261_123), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, start_demo() as server:
        while toll.kills < most:
            db, before = Path(folder) / f"{toll.rounds}.db", asked(server)
            kill_until_done(server, db, dice, toll, most)
            compare(server, db, before, toll)
            print(
                f"round {toll.rounds}: {toll.kills} kills, {toll.lost} lost, {toll.doubled} doubled",
                flush=True,
            )
    print(
        f"{toll.kills} kills in {toll.rounds} crawls of {len(truth())} articles, {time.monotonic() - began:.0f} s: "
        f"{toll.lost} articles lost, {toll.doubled} doubled, {toll.unsound} archives not sound, "
        f"{toll.again / max(1, toll.kills):.2f} requests for articles repeated per kill"
    )


if __name__ == "__main__":
    main()
