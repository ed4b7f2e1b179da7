"""What classes and ids say of their elements, as flags: template makers name headline, text, breadcrumb and furniture.

Names are evidence, weighted where they are used: editors paste one system's markup into another's page.
"""

from __future__ import annotations

import re
from functools import lru_cache

TITLE, NO_TITLE, FURNITURE, STRONG, MILD, CRUMB = (1 << k for k in range(6))

# Of each flag the patterns that say so anywhere in a name, and those that must be a word of their own in it.
# position-relative, -absolute, -static, -fixed are style kits' words for how a box is set, not for what it holds.
_FLAGS = (
    (TITLE, r"title tit(?![a-z]) biaoti headline wzbt wztit articlehead subject", r"bt"),
    (
        NO_TITLE,
        r"nav menu foot crumb position(?!-[rasf]) location weizhi dqwz relat hot recommend logo side topbar search share "
        r"copyright tab(?:s|$|[-_]) column channel lanmu sitename subtitle sub-title futi yinti more",
        "",
    ),
    (
        FURNITURE,
        "foot copyright banquan friendlink bdsharebuttonbox jiathis",
        r"navs? menus? shares? crumbs? breadcrumbs? position(?!-[rasf])s? paginations? sidebars? related?s? hots? "
        r"recommends? comments? toolbars? qrcodes? ewms?",
    ),
    (
        STRONG,
        r"trs_editor trs_ueditor ucap-content v_news_content vsb_content wp_articlecontent j-fontcontent easysitetext "
        r"cmsarticlecontent zoom(?<!\wzoom)(?!\w) zoomcon fontzoom ivs_content js_content articlewrap ozoom mp-editor "
        r"rm_txt_con con_con",
        "",
    ),
    (
        MILD,
        r"article[-_]?(?:con|body|text|detail) content newstext neirong nr(?![^\W]) contxt xl_ view(?![^\W]) wzcon zhengwen "
        r"pages_content mainbody",
        r"text txt con zw body main-?txt editor detail",
    ),
    (
        CRUMB,
        "crumb position location weizhi dqwz mbx curlocation local navinfo navpath subnav da-bre _addr",
        "wz pos place path loc site-?path dangqian",
    ),
)


def _whole(word: str) -> str:
    """A pattern as a word of its own. What must not stand before it is asked behind its first letter, so that the engine
    can skip to that."""
    return rf"{word[0]}(?<![^\W_]{word[0]}){word[1:]}(?:$|[\W_\d])"


def _pattern(anywhere: str, whole: str) -> re.Pattern[str]:
    return re.compile("|".join([*anywhere.split(), *map(_whole, whole.split())]))


_COMPILED = tuple((flag, _pattern(anywhere, whole)) for flag, anywhere, whole in _FLAGS)


@lru_cache(8192)
def flags(class_: str, id_: str) -> int:
    """All flags of an element's class and id; templates repeat their names, so each is judged once."""
    marks = f"{class_} {id_}".strip().lower()
    return sum([flag for flag, pattern in _COMPILED if pattern.search(marks)])
