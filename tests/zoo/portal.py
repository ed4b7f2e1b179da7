"""A portal of the zoo: channels that each speak a dialect, what is true of them, and the answer to each request."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from urllib.parse import parse_qsl, unquote, urlsplit

from zoo.story import Story

_VISIT = re.compile(r"[?&]from=\w+$")
"""A parameter that names a visit and no page: portals answer as without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer as a portal means it, before any fault. `kind` is the Content-Type header."""

    body: bytes
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def etag(self) -> str:
        """Of the bytes."""
        return f'"{hashlib.sha1(self.body, usedforsecurity=False).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a CMS speaks: `address` of listing page k (from 1), the `rows` and the `pager` on it, an article's `path`.

    `asked`: which listing page a request to a data service is for, and `served`: what that service answers; None: the page
    itself. `posted`: it is asked by POST, and `asked` is given the fields of its form (of JSON, the text as `json`). `shell`:
    the page at `address` 1 is empty, and the service is asked for page 1 too.
    """

    address: Callable[[Channel, int], str]
    pager: Callable[[Channel, int], str]
    path: Callable[[Channel, Story], str]
    rows: Callable[[Channel, int], str]
    asked: Callable[[Channel, str, dict[str, str]], int | None] | None = None
    served: Callable[[Channel, int], Answer] | None = None
    shell: bool = False
    posted: bool = False


@dataclass(slots=True, kw_only=True)
class Channel:
    """A section. `stories` are newest first and may be changed while the portal is crawled.

    `claims`: pages its pager speaks of, where that is not the truth; `window`: pages it publishes, where not all.
    """

    name: str
    slug: str
    dialect: Dialect
    stories: list[Story]
    per_page: int = 5
    claims: int | None = None
    window: int | None = None
    query: str = ""

    @property
    def pages(self) -> int:
        """Listing pages that can be had."""
        true = max(1, -(-len(self.stories) // self.per_page))
        return min(true, self.window or true)

    @property
    def told(self) -> int:
        """Listing pages it speaks of."""
        return self.claims or self.pages

    def page(self, number: int) -> list[Story]:
        """The stories on listing page `number`."""
        return self.stories[(number - 1) * self.per_page : number * self.per_page]

    def shown(self) -> list[Story]:
        """The stories that some listing page shows."""
        return self.stories[: self.pages * self.per_page]

    def link(self, story: Story) -> str:
        """How its rows write the address of a story."""
        return self.dialect.path(self, story) + self.query

    def first(self) -> str:
        """The address of its first listing page."""
        return self.dialect.address(self, 1)


@dataclass(slots=True, kw_only=True)
class Portal:
    """An invented portal. `extra` are pages beside its channels, by path; `gone` are paths that answer 404 now; `unlinked`
    are channels that neither its front page nor its menu leads to; `tips`: HTML that the template adds to each text.

    `charset` is that of its bytes; `validators`: whether it sends ETags; `watch` is told each target before it is answered.
    """

    name: str
    channels: list[Channel]
    robots: Answer = field(default_factory=lambda: Answer(body=b"", status=404))
    extra: dict[str, Answer] = field(default_factory=dict)
    unlinked: list[Channel] = field(default_factory=list)
    home_links: str = ""
    tips: str = ""
    gone: set[str] = field(default_factory=set)
    charset: str = "utf-8"
    validators: bool = True
    lost: Answer = field(default_factory=lambda: Answer(body=b"<h1>404 Not Found</h1>", status=404))
    watch: Callable[[str], None] = lambda target: None

    def truth(self) -> dict[str, Story]:
        """Each article that can be had, by its path."""
        stories = {c.dialect.path(c, s): s for c in self._all() for s in c.shown()}
        return {path: story for path, story in stories.items() if path not in self.gone}

    def least(self) -> int:
        """The fewest requests that bring all of it: robots.txt, home, each listing page and each article once."""
        return 2 + sum(c.pages + c.dialect.shell for c in self._all()) + len(self.truth())

    def answer(self, target: str, form: str | None = None) -> Answer:
        """The answer to a request's target, or to a form that is posted there."""
        target = _VISIT.sub("", target)
        parts = urlsplit(target)
        path, query = unquote(parts.path), dict(parse_qsl(parts.query))
        if form is not None:
            query |= {"json": form} if form.startswith("{") else dict(parse_qsl(form, keep_blank_values=True))
        if path == "/robots.txt":
            return self.robots
        if path in self.gone:
            return self.lost
        if target in self.extra or path in self.extra:
            return self.extra.get(target) or self.extra[path]
        found = self._content(path, query, target, posted=form is not None)
        if found is None and path in ("/", "/index.html"):
            return self._html(self.name, self._home())
        return found or self.lost

    def _all(self) -> list[Channel]:
        return self.channels + self.unlinked

    def _content(self, path: str, query: dict[str, str], target: str, *, posted: bool) -> Answer | None:
        for channel in self._all():
            speak = channel.dialect
            if speak.asked and speak.posted == posted and (number := speak.asked(channel, path, query)):
                return speak.served(channel, number) if speak.served else self._listing(channel, number)
            if posted:
                continue
            for number in range(1, channel.pages + 1):
                at = speak.address(channel, number)
                if target in (at, at + "index.html"):
                    return self._listing(channel, number)
        for channel in () if posted else self._all():
            for story in channel.stories:
                if channel.dialect.path(channel, story) == path:
                    return self._html(f"{story.title}-{self.name}", self._article(channel, story))
        return None

    def _listing(self, channel: Channel, number: int) -> Answer:
        return self._html(f"{channel.name}-{self.name}", self._list(channel, number))

    def _html(self, title: str, content: str) -> Answer:
        nav = "".join(f'<li><a href="{escape(c.first())}">{c.name}</a></li>' for c in self.channels)
        page = (
            f'<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset={self.charset}">'
            f'<title>{title}</title></head><body><div class="header"><a href="/">{self.name}</a></div>'
            f'<div class="nav"><ul><li><a href="/">首页</a></li>{nav}</ul></div>{content}'
            f'<div class="footer">主办单位：{self.name}管理委员会　备案号：虚ICP备00000000号　网站标识码：0000000000</div></body></html>'
        )
        return Answer(body=page.encode(self.charset), kind=f"text/html; charset={self.charset}")

    def _home(self) -> str:
        blocks = "".join(self._block(c) for c in self.channels)
        outside = "".join(
            f'<a href="http://www.linju{n}.example/">邻居开发区{"甲乙丙丁戊己庚辛壬癸子丑"[n]}</a>'
            for n in range(12)
        )
        return f'{blocks}<div class="links">友情链接：{outside}</div>{self.home_links}'

    def _block(self, channel: Channel) -> str:
        rows = "".join(
            f'<li><a href="{escape(channel.link(s))}" title="{s.title}">{s.title[:14]}…</a><span>{s.day[5:]}</span></li>'
            for s in channel.page(1)[:3]
        )
        more = f'<a class="more" href="{escape(channel.first())}">更多&gt;&gt;</a>'
        return f'<div class="block"><h3>{channel.name}{more}</h3><ul>{rows}</ul></div>'

    def _list(self, channel: Channel, number: int) -> str:
        speak = channel.dialect
        return (
            f'<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="{escape(channel.first())}">{channel.name}</a></div>'
            f'<div class="main"><ul class="newslist">{speak.rows(channel, number)}</ul>{speak.pager(channel, number)}</div>'
        )

    def _article(self, channel: Channel, story: Story) -> str:
        author = f"　作者：{story.author}" if story.author else ""
        body = "".join(f"<p>　　{line}</p>" for line in story.body)
        return (
            f'<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="{escape(channel.first())}">{channel.name}</a> &gt; 正文</div>'
            f'<div class="article"><h1>{story.title}</h1>'
            f'<div class="info">发布时间：{story.date}　来源：{story.source}{author}</div>'
            f'<div class="content" id="zoom">{body}{self.tips}</div>{"".join(self._neighbours(channel, story))}</div>'
        )

    @staticmethod
    def _neighbours(channel: Channel, story: Story) -> Iterator[str]:
        at = channel.stories.index(story)
        for label, place in (("上一篇", at - 1), ("下一篇", at + 1)):
            if 0 <= place < len(channel.stories):
                other = channel.stories[place]
                yield f'<p class="near">{label}：<a href="{escape(channel.link(other))}">{other.title}</a></p>'
