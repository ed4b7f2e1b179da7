"""What classes and ids say of their elements, as flags: template makers name headline, text, breadcrumb and furniture.

Names are evidence, weighted where they are used: editors paste one system's markup into another's page.
"""

from __future__ import annotations

import re
from functools import lru_cache

TITLE, NO_TITLE, FURNITURE, STRONG, MILD, CRUMB = (1 << k for k in range(6))

# position-relative, -absolute, -static, -fixed are style kits' words for how a box is set, not for what it holds
_FLAGS = (
    (
        TITLE,
        r"title|tit(?![a-z])|biaoti|headline|wzbt|(?:^|[\W_])bt(?:$|[\W_\d])|wztit|articlehead|subject",
    ),
    (
        NO_TITLE,
        r"nav|menu|foot|crumb|position(?!-[rasf])|location|weizhi|dqwz|relat|hot|recommend|logo|side|topbar|search|share|copyright"
        r"|tab(?:s|$|[-_])|column|channel|lanmu|sitename|subtitle|sub-title|futi|yinti|more",
    ),
    (
        FURNITURE,
        r"foot|copyright|banquan|friendlink|bdsharebuttonbox|jiathis|(?:^|[\W_])(?:nav|menu|share|crumb|breadcrumb|position(?!-[rasf])"
        r"|pagination|sidebar|related?|hot|recommend|comment|toolbar|qrcode|ewm)s?(?:$|[\W_\d])",
    ),
    (
        STRONG,
        r"trs_editor|trs_ueditor|ucap-content|v_news_content|vsb_content|wp_articlecontent|j-fontcontent|easysitetext"
        r"|cmsarticlecontent|\bzoom\b|zoomcon|fontzoom|ivs_content|js_content|articlewrap|ozoom|mp-editor|rm_txt_con|con_con",
    ),
    (
        MILD,
        r"article[-_]?(?:con|body|text|detail)|content|(?:^|[\W_])(?:text|txt|con|zw|body|main-?txt|editor|detail)(?:$|[\W_\d])"
        r"|newstext|neirong|nr(?:$|\W)|contxt|xl_|view(?:$|\W)|wzcon|zhengwen|pages_content|mainbody",
    ),
    (
        CRUMB,
        r"crumb|position|location|weizhi|dqwz|mbx|curlocation|local|navinfo|navpath|subnav|da-bre|_addr"
        r"|(?:^|[\W_])(?:wz|pos|place|path|loc|site-?path|dangqian)(?:$|[\W_\d])",
    ),
)
_COMPILED = tuple((flag, re.compile(pattern)) for flag, pattern in _FLAGS)


@lru_cache(8192)
def flags(class_: str, id_: str) -> int:
    """All flags of an element's class and id; templates repeat their names, so each is judged once."""
    marks = f"{class_} {id_}".strip().lower()
    return sum(flag for flag, pattern in _COMPILED if pattern.search(marks))
