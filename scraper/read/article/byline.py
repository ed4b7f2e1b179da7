"""Source, author, editor, date and views: which of the labelled facts are the article's own.

Order of trust: the portal's rule, labelled text by headline and body, the family's rule, official meta tags, unlabelled
text. Where a fact stands decides as much as what it says: labels in side boxes, footers, hidden twins and running text
belong to something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scraper.model import Evidence
from scraper.read.article.facts import Fact, crowded, row_cells, text_facts
from scraper.read.article.labels import (
    before_title,
    behind_titles,
    join_names,
    last_name,
    name_before_post,
    names_of,
    split_person,
)
from scraper.read.article.markup import AUTHOR, SOURCE, counted, marked, media, papers, timed
from scraper.read.article.sight import Zone
from scraper.read.article.values import clean_value
from scraper.read.dates import clock, dates_of, day, find_dates, in_china, is_leaf
from scraper.read.dom import Document
from scraper.read.layout import FOOTER, Layout
from scraper.read.rules import Candidate, Page, choose
from scraper.text import compact, squeeze

Decision = tuple[str | None, Evidence | None]
_BUILD_METAS = (
    "others",
    "maketime",
    "htmlgeneratetime",
    "createdate",
    "cachecleardate",
    "generatetime",
    "buildtime",
)
_DATE_METAS = (
    "pubdate",
    "publishdate",
    "firstpublishedtime",
    "article:published_time",
    "og:release_date",
    "publish_time",
    "pubtime",
    "publishtime",
    "date",
)
_SOURCE_METAS = ("contentsource", "source", "article:source")
_ROLE = re.compile(
    r"^(?:(?:本报|本网|本站|本刊|特约|特派|实习|见习|全媒体|融媒体|[\u3400-\u9fff]{2,8}(?:报|刊|谈|网|社|台))?(?:首席)?(?:记者|通讯员|特约评论员|评论员|撰稿人|作者)(?:和|、)?)+\s?[:：]?\s?"
)
_ACCOUNT = re.compile(
    r"(?:admin|root)\w{0,16}|(?:超级|系统|网站|后台|信息|栏目)?(?:管理员|发布员)\d{0,4}", re.I
)
"""The account a page was entered with, which DedeCMS and others print after 作者."""
_CREDIT_LINE = re.compile(r"(?:文字|撰稿人?|撰文|通讯员)[:：][\u3400-\u9fff]{2,3}")
"""A line of its own that says who wrote: his surname may be a rare one."""
_WEEKDAY = re.compile(r"星期|周[一二三四五六日]|今天|day", re.I)
_CUT = re.compile(r"(?:\.{2,}|…+)$")


def _weight(fact: Fact, zone: Zone) -> float:
    return zone.weight(fact.line, hidden=fact.hidden)


def late_bylines(facts: Iterable[Fact], zone: Zone) -> set[int]:
    """Bylines at the end of the text: lines that begin with a label and hold several."""
    several = crowded(facts, _BESIDE | {"date"})
    begun = {f.line for f in facts if f.label and f.at < _FIRST and f.value}
    return {line for line in several & begun if zone.stop - _END <= line < zone.stop}


_FIRST, _END = 3, 6  # characters before the first label, lines at the end of the text


def _selected(page: Page, field: str) -> Iterator[tuple[str, str, float]]:
    """What the selectors of portal and family give for a field: (rule, text, weight)."""
    for rule, css in page.selectors(field):
        for n in page.doc.select(css)[:3]:
            text = squeeze(page.doc.raw_text(n, " "))
            if text and len(text) < 200:
                yield rule, text, 20.0 if rule.startswith("portal") else 6.0


def _family_value(text: str, fields: tuple[str, ...]) -> str:
    facts = [f for f in text_facts(text) if f.field in fields and f.value]
    if facts:
        return facts[0].value
    return "" if text_facts(text) else clean_value(text)


def find_date(
    page: Page, facts: Iterable[Fact], layout: Layout, zone: Zone, headline: str | None = None
) -> Decision:
    """Publication as shown, with the clock where the page has one for that day. A date that the headline itself speaks of is
    the day of what it tells."""
    told = {day(d.value) for d in find_dates(headline or "", loose=True)}
    candidates = [*_shown_dates(page.url, list(facts), layout, zone, told)]
    for rule, text, weight in _selected(page, "date"):
        found = find_dates(text, loose=True)
        if found:
            candidates.append(Candidate(value=found[0].value, rule=rule, snippet=text, weight=weight))
    candidates += timed(page.doc, layout, zone, 6.0)
    meta = _meta_date(page)
    if meta:
        candidates.append(Candidate(value=meta, rule="meta PubDate", weight=2.0))
    value, evidence = choose(candidates)
    if value and evidence and not clock(value):
        for other in sorted(candidates, key=lambda c: -c.weight):
            if day(other.value) == value and clock(other.value) not in (None, "00:00"):
                return other.value, Evidence(
                    rule=f"{evidence.rule}, clock: {other.rule}",
                    snippet=evidence.snippet,
                    rivals=evidence.rivals,
                )
    return value, evidence


def _shown_dates(
    url: str, facts: list[Fact], layout: Layout, zone: Zone, told: set[str]
) -> Iterator[Candidate]:
    """The dates of the page's lines that may be the publication's. `told`: the days that the headline speaks of."""
    weights = {"date": 10.0, "bare_date": 7.0, "updated": 3.0}
    edition = sum(_EDITION.match(x.text) is not None for x in layout.lines[: max(0, zone.title)]) >= _PAGES
    bylines = crowded(facts, _BESIDE)
    beside = {f.line for f in facts if f.label and f.value and f.field in _BESIDE}
    for fact in facts:
        near = _weight(fact, zone) or (_FAR if edition and fact.line < zone.title else 0.0)
        weight = weights.get(fact.field, 0.0) * near
        if not weight or not fact.value:
            continue
        if fact.field == "bare_date" and fact.line in beside:
            weight *= 1.15  # of two days the one beside the source
        in_byline = fact.line in bylines and not zone.start <= fact.line < zone.stop
        leaf = fact.field == "bare_date" and _leaf(fact, layout, zone)
        if in_byline or leaf or _publishes(fact, zone, told, url, edition):
            rule = f"byline {fact.label}".strip()
            yield Candidate(value=fact.value, rule=rule, snippet=fact.snippet, weight=weight)


_BESIDE = frozenset(("source", "issuer", "author", "editor", "views"))
"""Fields of which two on a line outside the text say that its day is the publication's."""


def _leaf(fact: Fact, layout: Layout, zone: Zone) -> bool:
    """Whether a day is that of a calendar leaf above the headline: it stands over its month as no other does, so that a
    kicker may stand between; but no link, which would be a row's."""
    between = layout.lines[fact.line + 1 : zone.title]
    return (
        0 < zone.title - fact.line <= _KICKER and is_leaf(fact.snippet) and not any(x.links for x in between)
    )


_EDITION = re.compile(r"\W{0,2}第\s?[A-Z]?\d{1,3}\s?版")
_FAR = 0.3  # weight of the head of an edition's page, menus away from the headline
_PAGES = 3  # pages of a paper from which a list of them is one of an edition's
_KICKER = 3  # lines from a leaf to the headline


def _publishes(fact: Fact, zone: Zone, told: set[str], url: str, edition: bool) -> bool:
    """Whether a date can be the publication's by where it stands: one without a label only between headline and text."""
    inside = zone.start <= fact.line < zone.stop
    if fact.field != "bare_date":
        return not (inside and fact.label in ("时间", "日期"))
    if zone.title - fact.line == 1 and len(fact.snippet) <= 20 and not _WEEKDAY.search(fact.snippet):
        return True  # a calendar leaf right above the headline; with its weekday it is the day of the visit
    if fact.line < zone.title and (edition or day(fact.value) in dates_of(url)):
        return True  # the day of a paper's edition, which its pages are listed with, or its address has too
    if inside or len(fact.snippet) > 90 or not zone.title <= fact.line < zone.stop:
        return False
    return fact.line >= zone.title_stop or day(fact.value) not in told


def _meta_date(page: Page) -> str | None:
    """PubDate or its like, unless it is the time the page was built (then some build-time meta says the same)."""
    doc = page.doc
    built = {d.value for name in _BUILD_METAS for value in doc.metas.get(name, ()) for d in find_dates(value)}
    for name in _DATE_METAS:
        for value in doc.metas.get(name, ()):
            found = find_dates(value, loose=True)
            if found and found[0].value not in built:
                return in_china(value) or found[0].value
    return None


def find_source(
    page: Page, facts: list[Fact], zone: Zone, layout: Layout, late: set[int]
) -> tuple[Decision, str | None]:
    """The source, and the person that stood behind it on the line (`ORG NAME`), if any."""
    candidates: list[Candidate] = []
    for fact in facts:
        weight = {"source": 10.0, "issuer": 4.0}.get(fact.field, 0.0) * _weight(fact, zone)
        if weight and fact.value and _starts(fact, zone, late):
            candidates.append(
                Candidate(value=fact.value, rule=f"byline {fact.label}", snippet=fact.snippet, weight=weight)
            )
    for rule, text, weight in _selected(page, "source"):
        value = _family_value(text, ("source", "issuer"))
        if value and not find_dates(value):
            candidates.append(Candidate(value=value, rule=rule, snippet=text, weight=weight))
    metas = [
        plain
        for name in _SOURCE_METAS
        for v in page.doc.metas.get(name, ())
        if (plain := clean_value(squeeze(re.sub(r"<[^>]{0,200}>", "", v))))
    ]
    candidates += [
        Candidate(value=v, rule="meta ContentSource", weight=3.5)
        for v in metas
        if not v.startswith(("http", "www."))
    ]
    candidates += [*papers(page.doc, layout, zone, 5.0), *media(page, layout, zone, 4.0)]
    own = {compact(page.doc.meta("SiteName"))}
    candidates += [c for c in marked(page.doc, layout, zone, SOURCE, 5.0) if compact(c.value) not in own]
    best, evidence = choose(candidates)
    if best is None:
        return (None, None), None
    if _CUT.search(best):
        stem = _CUT.sub("", best)
        best = next((v for v in metas if v.startswith(stem)), best)
    source, person = split_person(best)
    return (source, evidence), person


def find_author(
    page: Page,
    layout: Layout,
    facts: list[Fact],
    zone: Zone,
    late: set[int],
    person: str | None,
    signed: Iterable[Candidate],
) -> Decision:
    """The writer: after 作者 and its like, behind the source, or signed in the text."""
    candidates: list[Candidate] = []
    for fact in facts:
        weight = 10.0 * _weight(fact, zone) if fact.field == "author" else 0.0
        name = clean_author(fact.value) if weight and _starts(fact, zone, late) else ""
        if name and fact.line >= zone.start:
            name = (
                names_of(name)
                or last_name(name)
                or name_before_post(name)
                or before_title(name)
                or (name if _CREDIT_LINE.fullmatch(compact(fact.snippet)) else "")
                or (name if fact.line >= zone.stop else "")
            )
        if name:
            candidates.append(
                Candidate(value=name, rule=f"byline {fact.label}", snippet=fact.snippet, weight=weight)
            )
    if person:
        candidates.append(Candidate(value=person, rule="behind the source", weight=8.0))
    for rule, text, weight in _selected(page, "author"):
        name = clean_author(_family_value(text, ("author",)))
        if name and not find_dates(name):
            candidates.append(Candidate(value=name, rule=rule, snippet=text, weight=weight))
    classed = (c for c in marked(page.doc, layout, zone, AUTHOR, 4.5) if names_of(c.value))
    return choose([*candidates, *signed, *classed])


def _starts(fact: Fact, zone: Zone, bylines: set[int]) -> bool:
    """Within the text a label counts only at the start of a line, or on one of several labels that begins with one:
    elsewhere the text speaks of something else."""
    if not zone.start <= fact.line < zone.stop or fact.line in bylines:
        return True
    return compact(fact.snippet).lstrip("（([【〔 ").lower().startswith(fact.label)


def clean_author(value: str) -> str:
    """A writer's name without role and brackets: `记者 郑晨子` → `郑晨子`."""
    value = join_names(value.partition(" in ")[0] if value.isascii() else value)
    bare = _ROLE.sub("", value).strip(" ()（）")
    if bare.startswith(("单位", "系", "为", "是")) or _ACCOUNT.fullmatch(bare):
        return ""
    return join_names(behind_titles(bare) or before_title(bare) or bare)


def _people(value: str) -> str:
    """The names at the start of an editor's value, without what follows them (`王某 QQ`); else the value as it is."""
    value = join_names(value)
    names: list[str] = []
    for part in value.split(" "):
        if not names_of(part):
            break
        names.append(part)
    return " ".join(names) or value


def find_editor(facts: list[Fact], zone: Zone, page: Page) -> Decision:
    """Editors, posters and reviewers, several joined by a blank, in the order of the page."""
    found = [
        f
        for f in facts
        if f.field == "editor" and f.value and _weight(f, zone) > 0 and len(_people(f.value)) <= 30
    ]
    editors = [f for f in found if "编" in f.label] or found
    candidates = [
        Candidate(
            value=_people(f.value),
            rule=f"byline {f.label}",
            snippet=f.snippet,
            weight=10 * _weight(f, zone),
        )
        for f in editors
    ]
    for rule, text, weight in _selected(page, "editor"):
        value = _family_value(text, ("editor",))
        if value and len(value) <= 30:
            candidates.append(Candidate(value=value, rule=rule, snippet=text, weight=weight))
    return choose(candidates)


def of_a_row(fact: Fact, layout: Layout) -> bool:
    """Whether a count stands behind a link that its line begins with: it is the row's."""
    return 3 < fact.at <= layout.lines[fact.line].links + 2


def is_row(doc: Document, fact: Fact, layout: Layout) -> bool:
    """Whether a count or a day without a telling label is that of a row: behind a link, below one, beside one in every line,
    or in a table of several columns."""
    line, before = layout.lines[fact.line], layout.lines[max(0, fact.line - 1)]
    if (
        fact.field == "bare_date"
        and doc.tag[line.block] == "td"
        and len(row_cells(doc, doc.parent[line.block])) > 3
    ):
        return True
    if fact.field == "views":
        return of_a_row(fact, layout)
    if fact.field != "bare_date" and fact.label not in ("时间", "日期"):
        return False
    if not line.links:
        return before.links * 2 > before.size
    after = layout.lines[min(fact.line + 1, len(layout.lines) - 1)]
    return any(x.links and x is not line and find_dates(x.text) for x in (before, after))


_COUNTS = re.compile(r"\W{0,2}(?:阅读|浏览|点击|访问)")
_ROWS = 3  # counts below the text that are those of rows


def _rows_below(facts: Iterable[Fact], layout: Layout, zone: Zone) -> set[int]:
    """The lines below the text whose counts are those of rows: all without a label where they are many, and of a few those
    behind a link, or below one and nothing else."""
    below = {f.line for f in facts if f.field == "views" and not f.label and f.line >= zone.stop}
    below = {i for i in below if not _COUNTS.match(layout.lines[i].text)}
    by_link = {i for i in below if _by_link(layout, i)}
    return below if len(below) >= _ROWS else by_link if len(by_link) > 1 else set()


def _by_link(layout: Layout, i: int) -> bool:
    line, before = layout.lines[i], layout.lines[max(0, i - 1)]
    return before.links == before.size > 0 or line.links * 2 > line.size


def find_views(
    page: Page, facts: list[Fact], layout: Layout, zone: Zone, late: set[int]
) -> tuple[int | None, Evidence | None]:
    """The number that the page holds for this article; 0 is a counter not loaded yet."""
    rows = _rows_below(facts, layout, zone)
    candidates = [
        Candidate(
            value=f.value, rule=f"byline {f.label}".strip(), snippet=f.snippet, weight=10 * _weight(f, zone)
        )
        for f in facts
        if f.field == "views"
        and f.value
        and _weight(f, zone) > 0
        and (f.line in late or not zone.start <= f.line < zone.stop)
        and not FOOTER.search(f.snippet)  # the site's visitors
        and not of_a_row(f, layout)
        and f.line not in rows
    ]
    candidates += counted(page.doc, layout, zone, {f.line for f in facts if f.label and f.value}, 6.0)
    for rule, text, weight in _selected(page, "views"):
        digits = re.search(r"(?<![\d-])\d{1,9}(?![\d万])", text)
        if digits:
            candidates.append(Candidate(value=digits[0], rule=rule, snippet=text, weight=weight))
    value, evidence = choose(candidates)
    number = int(value) if value else 0
    return (number, evidence) if number else (None, None)


_LABEL = 8  # characters of a cell that holds a label


def byline_lines(facts: Iterable[Fact], layout: Layout, page: Page) -> set[int]:
    """Numbers of the lines that hold date, source, author, editor or views and little else."""
    out: set[int] = set()
    for fact in facts:
        # the day of the visit stands in the head of a page, with its weekday
        today = fact.field == "bare_date" and not clock(fact.value) and _WEEKDAY.search(fact.snippet)
        if fact.field not in ("other", "title", "not_date") and (
            fact.label or (fact.field in ("views", "bare_date") and not today)
        ):
            line = layout.lines[fact.line]
            if line.size <= 60 or (line.size <= 150 and fact.label and fact.at < 16):
                out.add(fact.line)
                after = layout.lines[fact.line + 1].text if fact.line + 1 < len(layout.lines) else ""
                if fact.value and line.size <= _LABEL and after and fact.snippet == f"{line.text} {after}":
                    out.add(fact.line + 1)  # a label's cell and its value's
    return out
