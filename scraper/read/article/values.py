"""The value behind a label: what of the rest of the line belongs to it."""

from __future__ import annotations

import re

from scraper.read.article.labels import FIELD
from scraper.read.layout import GAP
from scraper.text import compact, squeeze

MAX_VALUE = 80
_STOP = re.compile(
    r"字体\b|字体[:\s\[【(]|字号|打印|分享|【\s?(?:大|打印|字|我要|关闭|收藏)|\[\s?(?:大|打印|字|关闭)|大\s中\s小|浏览次数|点击数|阅读次数|我要纠错|扫一扫|收藏|我来说|我要(?:评论|说)|发表评论|关闭(?:本页|窗口)|二维码|\||\s(?:发表|发布|刊发|更新)于"
)
_OPENERS = {"】": "【", ")": "(", "）": "（", "]": "[", "〕": "〔", "》": "《", "」": "「"}
_TRIM = " \t,，;；、|丨/\\-—–:：。.·•>＞<\u3000"
_EMPTY = re.compile(
    r"^(?:[\W_]*|无|暂无|null|none|undefined|nan|未知|不详|0|次|\d+次?|\$\{.*|\{\{.*|.*\[!--.*|.*(?:document\.|function|var ).*)$",
    re.I,
)
_CUT = re.compile(r"(?:\.{2,}|…+)\s*$")
_NEXT_LABEL = re.compile(r"\s[\u3400-\u9fff]{2,6}\s?[:：]")
_SENTENCE = re.compile(r"[。；！？!?].|[，,].{12}|不代表|仅供参考")


def number_of(region: str) -> str:
    """The number that a text begins with, '' if it is none, a date or rounded (1.2万)."""
    match = re.match(r"[\s(\[【<]{0,4}(\d{1,3}(?:,\d{3})+|\d{1,10})(?![\d.万亿kKwW年月日-])", region)
    return match[1].replace(",", "") if match else ""


def within_brackets(text: str) -> str:
    """The text up to a bracket that closes what was opened before it: （来源：某报）返回 → 某报."""
    depth = 0
    for k, char in enumerate(text):
        if char in "（(【[":
            depth += 1
        elif char in "）)】]":
            depth -= 1
            if depth < 0 and text[:k].strip():
                return text[:k]
    return text


def clean_value(text: str) -> str:
    """A value without what follows it on the line and without brackets that belong to the label; '' if nothing is left."""
    text = text.strip()
    stop = _STOP.search(text)
    if stop:
        text = text[: stop.start()]
    text = text.lstrip(_TRIM).split(GAP)[0].strip(_TRIM if not _CUT.search(text) else " ")
    label = _NEXT_LABEL.search(text)
    if label:
        text = text[: label.start()].strip(_TRIM)
    while text and text[-1] in _OPENERS and text.count(_OPENERS[text[-1]]) < text.count(text[-1]):
        text = text[:-1].rstrip(_TRIM)
    for opening, closing in (("【", "】"), ("（", "）"), ("(", ")"), ("[", "]")):
        if text.startswith(opening) and text.endswith(closing) and text.count(opening) == 1:
            text = text[1:-1].strip(_TRIM)
    if text and text[0] in "（([【" and not any(c in text for c in "）)]】"):
        text = text[1:].strip(_TRIM)
    text = squeeze(text).rstrip("（([【 ")
    if len(text) > MAX_VALUE or _EMPTY.match(text) or _SENTENCE.search(text):
        return ""
    return "" if compact(text) in FIELD else text
