"""How a portal is: a pure decision over what a crawl met there and what the archive knows of its past.

A threshold here has its reason beside it. What a portal is compared with is always its own past, never another portal.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from scraper.archive.health import Facts, Sign, State
from scraper.crawl.report import PortalOutcome

CHANCE = 1 / 1000
"""What chance brings about more seldom is no chance: of nightly crawls, one false alarm in three years."""
LONGEST_HOLIDAY = 14
"""Days without news that say nothing: the holidays of Spring and of October have eight, with leave around them."""
GAPS = 30
"""Gaps between days of publication that make a habit, and the fewest that do."""
FEWEST_GAPS = 10
PERIOD = 28
"""Days in which posts are counted: whole weeks, for weekends have few."""
PERIODS = 13  # a year of them
# A quiet period of fewer posts could well be chance: of ten expected, under five come once in thirty times.
FEWEST_POSTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one crawl met at one portal.

    asked, failures, walls: pages, leaving out those that failed before: they are asked for a second time and tell of then.
    error: why its address could not be had, or the portal was left; moved: the host its address redirects to; away: pages
    known before that redirect out of the portal now; whole: all its channels were looked at.
    """

    outcome: PortalOutcome
    asked: int = 0
    failures: int = 0
    walls: int = 0
    away: int = 0
    error: str | None = None
    moved: str | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of a portal, the gravest that was found, and all that was seen, a sentence each."""

    state: State
    seen: tuple[str, ...] = ()


_Finding = tuple[State, str]
_GRAVEST: tuple[State, ...] = ("unreachable", "blocked", "broken", "moved", "quiet")


def judge(visit: Visit, facts: Facts, *, today: date) -> Health:
    """How a portal is. `today` is the day in China, as the dates of articles are."""
    found = [*_reached(visit), *_lists(facts), *_fields(facts), *_redesign(facts)]
    looked = visit.whole and visit.outcome in ("done", "limited")
    # Something was posted, and nobody knows when; of all that a first crawl finds that says nothing.
    undated = bool(facts.before) and any(not sign.date for sign in facts.now)
    if looked and not undated:
        found += _silence(facts.days, today)
    found.sort(key=lambda finding: _GRAVEST.index(finding[0]))
    return Health(state=found[0][0] if found else "ok", seen=tuple(words for _, words in found))


def _reached(visit: Visit) -> Iterator[_Finding]:
    if visit.moved:
        yield "moved", f"its address redirects to {visit.moved}"
    elif visit.away and 2 * visit.away > visit.asked:
        yield "moved", f"{visit.away} of {visit.asked} pages redirect out of the portal"
    # One page behind a wall may be closed to all; when most are, the visitor is kept out.
    if visit.outcome == "blocked" or (visit.walls > 1 and 2 * visit.walls >= visit.asked):
        yield "blocked", visit.error or f"{visit.walls} of {visit.asked} pages answer with a wall"
    elif visit.outcome in ("unreachable", "left"):
        yield "unreachable", visit.error or "it was left"
    elif 2 * visit.failures > visit.asked:
        yield "broken", f"{visit.failures} of {visit.asked} pages could not be had"


def _lists(facts: Facts) -> Iterator[_Finding]:
    """Lists that gave rows give none. One that was taken down was the portal's will, unless most were."""
    lost = (
        facts.lost if 2 * len(facts.lost) > facts.lists else [c for c in facts.lost if c.paged and not c.gone]
    )
    if lost:
        names = "、".join(channel.name for channel in lost[:5]) + ("…" if len(lost) > 5 else "")
        yield "broken", f"{len(lost)} of {facts.lists} lists that gave rows give none: {names}"


def _fields(facts: Facts) -> Iterator[_Finding]:
    """Fields and bodies of what is new, beside what its channels had before."""
    past: dict[int | None, list[Sign]] = defaultdict(list)
    for sign in facts.before:
        past[sign.channel].append(sign)
    now = [sign for sign in facts.now if sign.channel in past]
    usual = {channel: median(sign.body for sign in signs) for channel, signs in past.items()}
    had: Mapping[str, Callable[[Sign], bool]] = {
        "title": lambda sign: sign.title,
        "source": lambda sign: sign.source,
        "date": lambda sign: sign.date,
        # A post of pictures has hardly a word: it counts as one without a body, then as now.
        "body": lambda sign: sign.body * 4 >= usual[sign.channel] and sign.body > 0,
    }
    for name, has in had.items():
        # (k + 1) / (n + 2), Laplace's rule: what a channel always had so far it has not for certain.
        shares = {c: (sum(map(has, signs)) + 1) / (len(signs) + 2) for c, signs in past.items()}
        expected = [shares[sign.channel] for sign in now]
        seen = sum(map(has, now))
        if 2 * seen < sum(expected) and _chance(expected, seen) < CHANCE:
            usually = round(100 * sum(expected) / len(expected))
            what = f"a {name}" if name != "body" else f"a body (in the middle {_middle(now)} characters)"
            yield "broken", f"{seen} of {len(now)} new articles have {what}, {usually} % had before"


def _middle(signs: Sequence[Sign]) -> int:
    return int(median(sign.body for sign in signs))


def _chance(shares: Sequence[float], most: int) -> float:
    """How likely it is that at most so many things happen that are likely by these shares (Poisson's binomial)."""
    ways = [1.0]
    for share in shares:
        ways = [a * (1 - share) + b * share for a, b in zip([*ways, 0.0], [0.0, *ways], strict=True)]
    return sum(ways[: most + 1])


def _redesign(facts: Facts) -> Iterator[_Finding]:
    """The main pages are made of other parts than at the last look: of more than one, most share less than half."""
    other = sum(share < 0.5 for share in facts.kept)
    if len(facts.kept) > 1 and 2 * other > len(facts.kept):
        change = Counter(facts.families).most_common(1)[0][0]
        then, now = (family or "unknown" for family in change)
        by = f", by another system ({then}, now {now})" if then != now else ""
        yield "moved", f"{other} of {len(facts.kept)} main pages have a new template{by}"


def _silence(days: Sequence[tuple[str, int]], today: date) -> Iterator[_Finding]:
    """Silence twice as long as ever in its habit, or hardly half the posts of its poorest weeks."""
    known = [(day, count) for text, count in days if (day := _day(text)) is not None]
    if not known:
        return
    gaps = [(later - earlier).days for (later, _), (earlier, _) in pairwise(known[: GAPS + 1])]
    silent = (today - known[0][0]).days
    # Of gaps that chance makes, one is twice the longest of n others once in (n + 1)(n + 2) / 2 times: of thirty, 500.
    if len(gaps) >= FEWEST_GAPS and silent > max(2 * max(gaps), LONGEST_HOLIDAY):
        yield (
            "quiet",
            f"no news for {silent} days, since {known[0][0]}; its longest silence was {max(gaps)} days",
        )
        return
    posts = [0] * PERIODS
    for day, count in known:
        ago = (today - day).days // PERIOD
        if ago < PERIODS:
            posts[ago] += count
    poorest = min(posts[1:])
    if poorest >= FEWEST_POSTS and 2 * posts[0] < poorest:
        yield "quiet", f"{posts[0]} articles in {PERIOD} days; in a year it had never fewer than {poorest}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
