"""The news of the demo portal: stories from `news/*.toml` as what a reader should find of them, and the channels.

A story's text is one block a line: a paragraph; `! file | caption` a picture; `| cell | cell` a table row;
`+ file | name` an attachment; `===` begins the next page of a multi-page article.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Any, Literal

DIALECTS = ("plain", "trs", "ucap", "vsb", "hanweb", "gbk")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoArticle:
    """What is true of one article of the demo portal. Paths start at the server's root; dates as `model.Article.date`.

    `views` is the number printed in the page, `counted` what its counter answers when a script asks.
    `body` is a paragraph, caption or table row (cells by tab) an entry; `pages` are the paths after the first.
    """

    path: str
    title: str
    source: str | None
    author: str | None
    editor: str | None
    date: str | None
    views: int | None
    counted: int | None
    body: tuple[str, ...]
    channel: str
    attachments: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of a story as it stands on the page."""

    kind: Literal["text", "picture", "table", "file"]
    text: str = ""
    path: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article with what its page needs besides: the CMS's number, the blocks page by page, and `facts`:
    what the page says in other words or besides (byline as printed, document number)."""

    id: str
    article: DemoArticle
    pages: tuple[tuple[Block, ...], ...]
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRow:
    """One row of a listing. `story` is None where the row leads outside or to a page that is gone."""

    href: str
    title: str
    date: str | None
    story: Story | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoChannel:
    """A channel of the demo portal: `path` of its first listing page, and `claimed`, the rows it says it has."""

    name: str
    dialect: str
    path: str
    per_page: int
    rows: tuple[DemoRow, ...]

    @property
    def claimed(self) -> int:
        return len(self.rows)

    @property
    def page_count(self) -> int:
        return -(-len(self.rows) // self.per_page)

    def page(self, number: int) -> tuple[DemoRow, ...]:
        """The rows of listing page `number`, from 1."""
        return self.rows[(number - 1) * self.per_page : number * self.per_page]

    def stories(self) -> Iterator[Story]:
        """The stories whose home this channel is."""
        return (r.story for r in self.rows if r.story and r.story.article.channel == self.name)


@cache
def channels() -> tuple[DemoChannel, ...]:
    """All channels of the demo portal in the order of its menu."""
    sheets = {dialect: _sheet(dialect) for dialect in DIALECTS}
    rows: dict[str, list[DemoRow]] = {dialect: [] for dialect in DIALECTS}
    for dialect, sheet in sheets.items():
        rows[dialect] += [
            DemoRow(href=r["href"], title=r["title"], date=r["date"]) for r in sheet.get("row", ())
        ]
        for raw in sheet["story"]:
            story = _story(raw, sheet)
            a = story.article
            row = DemoRow(href=a.path, title=a.title, date=a.date and a.date[:10], story=story)
            for place in (dialect, *raw.get("also", ())):
                rows[place].append(row)
    return tuple(
        DemoChannel(
            name=sheet["name"],
            dialect=dialect,
            path=sheet["path"],
            per_page=sheet["per_page"],
            rows=tuple(sorted(rows[dialect], key=lambda row: row.date or "", reverse=True)),
        )
        for dialect, sheet in sheets.items()
    )


@cache
def truth() -> tuple[DemoArticle, ...]:
    """Every article of the demo portal, once."""
    return tuple(story.article for channel in channels() for story in channel.stories())


def _sheet(dialect: str) -> dict[str, Any]:
    text = (resources.files("scraper.demo") / "news" / f"{dialect}.toml").read_text("utf-8")
    return tomllib.loads(text)


def _story(raw: Mapping[str, Any], sheet: Mapping[str, Any]) -> Story:
    """`filed` stands for the date in addresses where the page itself shows none."""
    number, date = str(raw["id"]), raw.get("date")
    day = (date or raw["filed"])[:10]
    names = _address_words(number, day)
    path = sheet["address"].format(**names)
    pages = tuple(_blocks(text, sheet["files"].format(**names)) for text in raw["text"].split("\n===\n"))
    blocks = [block for page in pages for block in page]
    stem, dot, suffix = path.rpartition(".")
    article = DemoArticle(
        path=path,
        title=raw["title"],
        source=raw.get("source"),
        author=raw.get("author"),
        editor=raw.get("editor"),
        date=date,
        views=raw.get("views"),
        counted=_counted(number) if sheet.get("counter") else None,
        body=tuple(line for block in blocks for line in _lines(block)),
        channel=sheet["name"],
        attachments=tuple(block.path for block in blocks if block.kind == "file"),
        images=tuple(block.path for block in blocks if block.kind == "picture"),
        pages=tuple(f"{stem}_{n}{dot}{suffix}" for n in range(2, len(pages) + 1)),
    )
    return Story(id=number, article=article, pages=pages, facts=raw.get("facts", {}))


def _address_words(number: str, day: str) -> dict[str, str]:
    year, month, dom = day.split("-")
    return {
        "id": number,
        "y": year,
        "m": str(int(month)),
        "d": str(int(dom)),
        "ym": year + month,
        "ymd": year + month + dom,
        "hex": hashlib.md5(number.encode(), usedforsecurity=False).hexdigest(),
    }


def _counted(number: str) -> int:
    """What a script-side counter says: fixed, so that asking can be seen not to count."""
    return 120 + int(number) * 7919 % 2800


def _blocks(text: str, files: str) -> tuple[Block, ...]:
    def parse(line: str) -> Block:
        mark, _, rest = line.partition(" ")
        name, _, label = (part.strip() for part in rest.partition("|"))
        match mark:
            case "!":
                return Block(kind="picture", text=label, path=files + name)
            case "+":
                return Block(kind="file", text=label, path=files + name)
            case "|":
                return Block(kind="table", rows=(tuple(cell.strip() for cell in rest.split("|")),))
            case _:
                return Block(kind="text", text=line)

    out: list[Block] = []
    for kind, group in groupby(map(parse, text.strip().splitlines()), key=lambda block: block.kind):
        blocks = list(group)
        if kind == "table":
            blocks = [Block(kind="table", rows=tuple(row for block in blocks for row in block.rows))]
        out += blocks
    return tuple(block for block in out if block.text or block.path or block.rows)


def _lines(block: Block) -> Iterator[str]:
    """The lines a block gives the body: links to files stand beside it, not in it."""
    if block.kind == "table":
        yield from ("\t".join(row) for row in block.rows)
    elif block.kind != "file" and block.text:
        yield block.text
