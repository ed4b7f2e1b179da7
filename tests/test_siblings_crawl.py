"""A crawl learns the template of a channel from its articles; what it takes from texts is no change of any page."""

from __future__ import annotations

import json
from pathlib import Path

from zoo import Zoo, dialects
from zoo_crawl import FAST, articles, make_portal, path_of, rows, true

from scraper.archive.boilerplate import LEARN_FROM
from scraper.crawl import crawl
from scraper.onepage import read_one

TIPS = '<div class="zn-tips"><p>扫码关注栖霞湾服务号，办事进度随时可查。</p></div>'
LINE = "扫码关注栖霞湾服务号，办事进度随时可查。"


def test_a_channels_template_is_learned_once_it_has_enough_articles(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    portal = make_portal(dialects.TRS, stories=LEARN_FROM + 2)
    portal.tips = TIPS
    few = LEARN_FROM + 2 - 5  # what the second channel has
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, db, options=FAST)
        got, want = articles(db, stand), true(portal.truth())
        assert [path for path in got if LINE in got[path].body] and got.keys() == want.keys()
        assert sum(LINE in said.body for said in got.values()) == few
        assert rows(db, "select text from boilerplate") == [(LINE,)]
        told = [json.loads(changed) for (changed,) in rows(db, "select changed from rereadings")]
        assert len(told) == LEARN_FROM + 2 and all(LINE in before["body"] for before in told)
        assert rows(db, "select count(*) from versions") == [(0,)]
        assert rows(db, "select count(*) from article_html where html like '%扫码关注%'") == [(few,)]


def test_what_was_learned_holds_on_the_next_day_and_makes_no_version(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    portal = make_portal(dialects.TRS, stories=LEARN_FROM + 2, channels=1)
    portal.tips = TIPS
    portal.validators = False
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, db, options=FAST)
        assert articles(db, stand) == true(portal.truth())
        url = rows(db, "select url from articles limit 1")[0][0]
        again = crawl(url, db, options=FAST)
        assert (again.articles_new, again.articles_changed) == (0, 0)
        assert articles(db, stand) == true(portal.truth())
        assert rows(db, "select count(*) from versions") == [(0,)]
        read = read_one(url, None, str(db)).article
        assert read is not None and LINE not in read.body
        assert path_of(url) in portal.truth()


def test_a_channel_is_learned_again_when_it_has_twice_as_many_articles(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    portal = make_portal(dialects.TRS, stories=2 * LEARN_FROM, channels=1)
    stories = portal.channels[0].stories
    portal.channels[0].stories = stories[LEARN_FROM:]
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        crawl(stand.url, db, options=FAST)
        assert rows(db, "select learned from channels where archived > 0") == [(LEARN_FROM,)]
        assert rows(db, "select * from boilerplate") == []
        portal.tips = TIPS
        portal.channels[0].stories = stories
        crawl(stand.url, db, options=FAST)
        assert rows(db, "select learned from channels where archived > 0") == [(2 * LEARN_FROM,)]
        assert articles(db, stand) == true(portal.truth())
