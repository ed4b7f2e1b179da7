"""What tells a redesign from news: the class names of a page, and how many of them two looks have in common."""

from __future__ import annotations

import time

from scraper.read.template import kept, template

PAGE = b'<div class="main w1200"><ul class=newslist><li id="line_7" class="n1">%s</li><li class="n2 last">2</li></ul></div>'


def test_names_are_read_with_quotes_and_without_and_numbers_count_as_one() -> None:
    assert template(PAGE) == {b"main", b"wN", b"newslist", b"nN", b"last"}


def test_news_leave_a_page_what_it_is_made_of() -> None:
    more = PAGE.replace(b'<li class="n2', b'<li class="n3">new</li><li class="n2')
    assert kept(PAGE, more) == 1.0


def test_a_redesign_leaves_little() -> None:
    assert kept(PAGE, PAGE.replace(b'class="', b'class="v2-').replace(b"class=n", b"class=v2-n")) < 0.5


def test_pages_without_names_are_not_compared() -> None:
    assert kept(b"<p>1</p>", PAGE) == kept(PAGE, b"") == 1.0


def test_hostile_markup_costs_linear_time() -> None:
    def seconds(body: bytes) -> float:
        began = time.process_time()
        template(body)
        return time.process_time() - began

    for piece in (b"class=", b'class="', b"class = ", b"class" + b" " * 50, b'class="' + b"a " * 90):
        one, four = (min(seconds(piece * n) for _ in range(3)) for n in (20_000, 80_000))
        assert four < 12 * one + 0.05, piece
