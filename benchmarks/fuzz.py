"""Damaged pages: `python benchmarks/fuzz.py [FOLDER ...] [--each N] [--seed N]`. Run by hand.

Every page below the folders (default: our own fixtures) is read cut off at N places, with wrong charset labels, with bytes
flipped, tags shuffled, NULs strewn in, parts doubled and nested; then come pages of one thing only, 1 and 10 MB of it.
`read()` may never raise, and its time may not grow faster than the page. Prints what was read, how long the slowest pages
took, and each page that broke a promise; exit code 1 where one did.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scraper import read

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
URL = "http://www.qinghe-zone.example/xwzx/202403/t20240320_1.html"
SECONDS_A_MB, SECONDS = 5.0, 0.5
"""What a page may cost: the densest costs 1.5 seconds a MB where this was written; a square would cost a hundredfold."""
LABELS = ("utf-8", "gb2312", "gb18030", "big5", "utf-16", "iso-8859-1", "shift_jis", "x-none", "utf-7")
_TAG = re.compile(rb"<[^<>]{0,300}>")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?[\w-]+""", re.I)
UNITS = (
    "<div>", "<div><p>", "<table><tr><td>", "<b><i>", "<a href=x.html>", "<ul><li>", "</div>", "<!--", "<!-- x -->", "<?x?>", "<script>", "<span class=a>", "<p>来源：青禾",
    "<td>索引号<td>文号", "2024-03-20 ", "（", "【", "来源：", "第", "、王小明", "&nbsp;", "&#x4e00;", "<", "\0", "a b ", "。", "<font color=red>", "<form>", "<select><option>",
    "<li><a href='/a/1.html'>一条消息的标题</a><span>2024-03-20</span></li>", "<h1>标题</h1>", "<img src=a.jpg>", "<br>", "<svg><math>", "<template>", "<![CDATA[", "\u3000",
    "<script>var a='b';document.write(a)</script>", "createPageHTML(9, 0, 'index', 'html');", "<a onclick=\"f('x')\">下一页</a>", "<meta name=a content=b>", "<iframe src=a>",
)  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What was read: pages, bytes, the slowest by time and by time a byte, and promises broken."""

    pages: int = 0
    size: int = 0
    seconds: float = 0.0
    slowest: list[tuple[float, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def take(self, name: str, body: bytes, content_type: str | None = None) -> None:
        """Read one page and note what it cost."""
        started = time.process_time()
        try:
            read(body, URL, content_type=content_type)
        except Exception as error:
            self.broken.append(f"{name}: {type(error).__name__}: {error}")
        spent = time.process_time() - started
        self.pages, self.size, self.seconds = self.pages + 1, self.size + len(body), self.seconds + spent
        if spent > SECONDS + SECONDS_A_MB * len(body) / 1e6:
            self.broken.append(f"{name}: {spent:.1f} s for {len(body) / 1e6:.2f} MB")
        self.slowest = sorted([*self.slowest, (spent, f"{name} ({len(body) / 1e6:.2f} MB)")], reverse=True)[
            :5
        ]


def damaged(body: bytes, chance: random.Random, each: int) -> Iterator[tuple[str, bytes, str | None]]:
    """Damages of one page: (what was done, bytes, Content-Type)."""
    for n in range(each):
        yield "cut", body[: len(body) * n // each], None
    for label in chance.sample(LABELS, min(each, 3)):
        yield f"header says {label}", body, f"text/html; charset={label}"
        yield f"meta says {label}", _CHARSET.sub(b"charset=" + label.encode(), body), None
    for n in range(1, each + 1):
        yield "bytes flipped", flipped(body, chance, n * n), None
    yield "NULs", b"\0".join(body[i : i + 97] for i in range(0, len(body), 97)), None
    yield "tags shuffled", shuffled(body, chance), None
    yield "tags dropped", _TAG.sub(lambda tag: tag[0] if chance.random() < 0.7 else b"", body), None
    start, stop = sorted(chance.randrange(len(body) + 1) for _ in range(2))
    yield "part doubled", body[:stop] + body[start:], None
    yield "nested in itself", body[:start] + body + body[start:], None


def flipped(body: bytes, chance: random.Random, count: int) -> bytes:
    """The bytes with `count` of them made another."""
    out = bytearray(body)
    for _ in range(count if out else 0):
        out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out)


def shuffled(body: bytes, chance: random.Random) -> bytes:
    """The page with its tags in another order, its text where it was."""
    tags = _TAG.findall(body)
    chance.shuffle(tags)
    order = iter(tags)
    return _TAG.sub(lambda _: next(order), body)


def main() -> int:
    """Read all pages of the folders, damaged; then pages of one thing only. The exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[FIXTURES])
    parser.add_argument("--each", type=int, default=8, help="cuts and flips a page")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, help="pages at most, chosen by chance")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    paths = sorted(p for folder in given.folders for p in folder.rglob("*.html"))
    if given.limit is not None and given.limit < len(paths):
        paths = sorted(chance.sample(paths, given.limit))
    whole, hurt, huge = Tally(), Tally(), Tally()
    for path in paths:
        body = path.read_bytes()
        whole.take(str(path), body)
        for what, damage, content_type in damaged(body, chance, given.each):
            hurt.take(f"{path} {what}", damage, content_type)
    for unit in UNITS:
        for size in (1, 10):
            data = unit.encode()
            page = b"<html><body>" + data * (size * 1_000_000 // len(data))
            huge.take(f"{size} MB of {unit!r}", page)
    for name, tally in (("as they are", whole), ("damaged", hurt), ("of one thing only", huge)):
        rate = tally.seconds / max(tally.size, 1) * 1e6
        print(
            f"{name}: {tally.pages} pages, {tally.size / 1e6:.1f} MB, {rate:.2f} s a MB, {len(tally.broken)} broken promises"
        )
        for spent, what in tally.slowest:
            print(f"  {spent:6.2f} s  {what}")
    broken = [*whole.broken, *hurt.broken, *huge.broken]
    for line in broken:
        print("BROKEN", line)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
