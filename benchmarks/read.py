"""The reader beside its peers, speed and accuracy in one run: `python benchmarks/read.py [FOLDER] [--runs N]`.

FOLDER holds pages with answers: either `<host>/<page>/{page.html, expected.json}` as in tests/fixtures (the default), or
`NNNN.html` with `NNNN.json`. Peers are measured where they are installed:
`pip install trafilatura gne readability-lxml`. A peer gets the page decoded by us, so that none loses to a wrong charset.

Speed: milliseconds a page of processor time, one thread; each page counts with the best of N runs, of which the tools take
turns, so that a busy machine slows all of them alike. Told are mean, 95th percentile and slowest page, and the mean as a
multiple of bare parsing. Accuracy over the articles that promise the field:
title, author, source, date (the day) equal after white space and width are levelled; body = F1 over character 4-grams.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import re
import statistics
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from scraper import read
from scraper.read.charset import decode

FIELDS = ("title", "source", "author", "date")
FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
Fields = dict[str, str | None]


@dataclass(frozen=True)
class Page:
    """One page and what is true of it; a field that is absent from `answers` is not promised."""

    url: str
    body: bytes
    html: str
    answers: dict[str, Any]
    accept: dict[str, list[Any]]


def pages(folder: Path) -> Iterator[Page]:
    """The articles of a folder in either form."""
    for path in sorted([*folder.glob("*/*/expected.json"), *folder.glob("*.json")]):
        given = json.loads(path.read_text("utf-8"))
        body = (
            path.with_name("page.html") if path.name == "expected.json" else path.with_suffix(".html")
        ).read_bytes()
        answers = given.get("article", given) if given["kind"] == "article" else None
        if answers is None:
            continue
        answers = dict(answers)
        answers |= {
            ours: given[theirs]
            for ours, theirs in (("date", "published"), ("body", "body_text"))
            if theirs in given
        }
        accept = {"date" if k == "published" else k: v for k, v in given.get("accept", {}).items()}
        url = (
            given.get("url")
            or f"http://{(given.get('site') or 'www.example.test').split()[0].split('/')[0]}/"
        )
        yield Page(url, body, decode(body)[0], answers, accept)


def level(text: object) -> str:
    """Text for comparing: NFKC, no white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text or "")))


def f1(gold: str, got: str) -> float:
    """F1 over character 4-grams."""
    a, b = level(gold), level(got)
    if not a or not b:
        return float(a == b)
    gold_grams, got_grams = (Counter(s[i : i + 4] for i in range(max(1, len(s) - 3))) for s in (a, b))
    return 2 * (gold_grams & got_grams).total() / (gold_grams.total() + got_grams.total())


def ours(page: Page) -> Fields:
    """kaifaqu from bytes: charset and classification included."""
    article = read(page.body, page.url).article
    return {f: getattr(article, f, None) for f in (*FIELDS, "body")}


def bare(page: Page) -> Fields:
    """selectolax alone: parse, and nothing else; what no reader on it can be faster than."""
    LexborHTMLParser(page.html)
    return {}


def peers() -> dict[str, Callable[[Page], Fields]]:
    """The peers that are installed here."""
    found: dict[str, Callable[[Page], Fields]] = {}
    try:
        import trafilatura

        def with_trafilatura(page: Page) -> Fields:
            got = trafilatura.bare_extraction(page.html, url=page.url, with_metadata=True)
            fields = got.as_dict() if got else {}
            return {f: fields.get(f) for f in ("title", "author", "date")} | {"body": fields.get("text")}

        found["trafilatura"] = with_trafilatura
    except ImportError:
        pass
    try:
        from gne import GeneralNewsExtractor

        extractor = GeneralNewsExtractor()

        def with_gne(page: Page) -> Fields:
            got = extractor.extract(page.html)
            date = got.get("publish_time") or None
            return {
                "title": got.get("title"),
                "author": got.get("author") or None,
                "date": date,
                "body": got.get("content"),
            }

        found["GNE"] = with_gne
    except ImportError:
        pass
    try:
        from readability import Document

        def with_readability(page: Page) -> Fields:
            document = Document(page.html)
            text = LexborHTMLParser(document.summary()).text(separator="\n")
            return {"title": document.short_title(), "body": text}

        found["readability"] = with_readability
    except ImportError:
        pass
    return found


def same(field: str, gold: object, got: object) -> bool:
    """Whether a value is right; of dates the day counts, in whatever form the peer writes it."""
    if not gold or not got:
        return not gold and not got
    if field != "date":
        return level(gold) == level(got)
    digits = [[int(n) for n in re.findall(r"\d+", str(value))[:3]] for value in (gold, got)]
    return digits[0] == digits[1]


def accuracy(tool: Callable[[Page], Fields], corpus: list[Page]) -> dict[str, str]:
    """Share right per field, '–' where the tool does not give it at all; body as F1."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    given: Counter[str] = Counter()
    bodies: list[float] = []
    for page in corpus:
        try:
            got = tool(page)
        except Exception:  # a peer that breaks on a page has simply not read it
            got = dict.fromkeys((*FIELDS, "body"))
        for field in FIELDS:
            if field in page.answers:
                asked[field] += 1
                given[field] += field in got
                golds = [page.answers[field], *page.accept.get(field, [])]
                right[field] += any(same(field, gold, got.get(field)) for gold in golds)
        if page.answers.get("body"):
            bodies.append(f1(page.answers["body"], str(got.get("body") or "")))
    shares = {f: f"{right[f] / asked[f]:.3f}" if given[f] else "–" for f in FIELDS if asked[f]}
    return shares | {"body": f"{sum(bodies) / len(bodies):.3f}" if bodies else "–"}


def once(tool: Callable[[Page], Fields], page: Page) -> float:
    """Milliseconds of processor time for one page; a peer that breaks on it is measured until it breaks."""
    began = time.process_time()
    with contextlib.suppress(Exception):
        tool(page)
    return 1000 * (time.process_time() - began)


def speeds(
    tools: dict[str, Callable[[Page], Fields]], corpus: list[Page], runs: int
) -> dict[str, list[float]]:
    """Milliseconds of each page by tool, sorted, the best of some runs."""
    best = {name: [math.inf] * len(corpus) for name in tools}
    for _ in range(runs):
        for name, tool in tools.items():
            best[name] = [
                min(known, once(tool, page)) for known, page in zip(best[name], corpus, strict=True)
            ]
    return {name: sorted(times) for name, times in best.items()}


def main() -> None:
    """Print the table that the README shows."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folder", nargs="?", type=Path, default=FIXTURES)
    ask.add_argument("--runs", type=int, default=3)
    given = ask.parse_args()
    corpus = list(pages(given.folder))
    print(f"{len(corpus)} articles\n")
    print("| tool | " + " | ".join(FIELDS) + " | body | ms/page | p95 | slowest | × bare |")
    print("|---|" + "---|" * (len(FIELDS) + 5))
    tools = {"kaifaqu": ours, **peers(), "bare parsing (selectolax)": bare}
    times = speeds(tools, corpus, given.runs)
    floor = statistics.fmean(times["bare parsing (selectolax)"])
    for name, tool in tools.items():
        shares = accuracy(tool, corpus) if tool is not bare else {}
        cells = [shares.get(f, "–") for f in (*FIELDS, "body")]
        mean, own = statistics.fmean(times[name]), times[name]
        cells += [
            f"{mean:.1f}",
            f"{own[int(0.95 * (len(own) - 1))]:.1f}",
            f"{own[-1]:.1f}",
            f"{mean / floor:.0f}",
        ]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
