"""How alike two texts are: as sets of runs of four characters (Jaccard), and by MinHash without comparing all with all.

A reprint keeps the sentences and changes what stands around them: the byline, quotation marks, white space, a paragraph.
A form letter (the air of each day, the list of each month) keeps the sentences too, but changes the numbers.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from importlib.util import find_spec
from struct import pack

from scraper.errors import MissingExtra
from scraper.text import halfwidth

RUN = 4
"""Characters: two words of Chinese, rare enough that unlike texts share few."""

ALIKE = 0.6
"""Jaccard from which two texts are one: three quarters of each stand in the other, where they are of one length."""

SHORTEST = 100
"""Characters without punctuation; what is shorter is a formula (`详见附件`), not a text."""

LONGEST = 50_000
"""Characters compared; what is longer is known by its beginning."""

# 16 bands of 4: texts of which 7 of 10 runs are shared meet in a band 988 times in 1,000, of 6 of 10 892 times, and of
# 2 of 10 in 25.
BANDS, ROWS = 16, 4
_SEED = 7

_BYLINE = re.compile(
    r"[（(【\[]?\s*(?:信息|文章|稿件|内容)?(?:来源|稿源|供稿|转自|转载自|作者|记者|通讯员|编辑|责编|责任编辑|审核|校对|摄影|图文|图/文)"
    r"(?:单位|人)?\s*[:：/|｜\s][^。！？]{0,60}$"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FEWEST_NUMBERS = 3


def core(text: str) -> str:
    """What is compared of a text: its letters and figures, without the lines that say where it is from and who wrote it."""
    lines = (line.strip() for line in halfwidth(text[: 2 * LONGEST]).splitlines())
    kept = "".join(line for line in lines if not _BYLINE.match(line))
    return "".join(char for char in kept.lower() if char.isalnum())[:LONGEST]


def runs(text: str) -> frozenset[str]:
    """The runs of characters in the core of a text."""
    return frozenset(text[k : k + RUN] for k in range(len(text) - RUN + 1))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard: the share that both have of what either has."""
    shared = len(one & other)
    return shared / ((len(one) + len(other) - shared) or 1)


def same_figures(one: str, other: str) -> bool:
    """Whether two texts agree in at least half of their numbers; true where one has too few to tell."""
    of_one, of_other = set(_NUMBER.findall(halfwidth(one))), set(_NUMBER.findall(halfwidth(other)))
    if min(len(of_one), len(of_other)) < _FEWEST_NUMBERS:
        return True
    return 2 * len(of_one & of_other) >= len(of_one | of_other)


def ensure_minhash() -> None:
    """Raises MissingExtra where the package for it is not installed."""
    if find_spec("rensa") is None:
        raise MissingExtra("finding reprints needs rensa", 'install it: pip install "kaifaqu[reprints]"')


def bands(of: frozenset[str]) -> list[int]:
    """The bands of a text by its runs: 48-bit numbers, the same for the same text always, for archives hold them."""
    from rensa import RMinHash

    made = RMinHash(num_perm=BANDS * ROWS, seed=_SEED)
    made.update(list(of))
    least = made.digest()
    return [
        int.from_bytes(blake2b(pack(">B4I", k, *least[k * ROWS : k * ROWS + ROWS]), digest_size=6).digest())
        for k in range(BANDS)
    ]
