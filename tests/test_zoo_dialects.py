"""A whole crawl of one portal in each dialect: everything found, nothing else, few requests, and cheap to repeat."""

from __future__ import annotations

from pathlib import Path

import pytest
from zoo import Dialect, Zoo, dialects, posted
from zoo_crawl import FAST, articles, make_portal, rows, true

from scraper.crawl import crawl

SPOKEN = [
    pytest.param(value, id=name.lower())
    for name, value in (vars(dialects) | vars(posted)).items()
    if isinstance(value, Dialect) and name != "FRONT"
]


@pytest.mark.parametrize("dialect", SPOKEN)
def test_a_portal_is_crawled_whole_with_few_requests_and_again_with_hardly_any(
    dialect: Dialect, tmp_path: Path
) -> None:
    db, portal = tmp_path / "a.db", make_portal(dialect, channels=1 if dialect is dialects.GKMLPT else 2)
    with Zoo() as zoo:
        stand = zoo.stand(portal)
        report = crawl(stand.url, db, options=FAST)
        first, most = stand.asked(), stand.most_active
        assert articles(db, stand).keys() == portal.truth().keys()
        assert articles(db, stand) == true(portal.truth())
        assert report.outcome == "done" and report.exit_code == 0, report
        assert sum(first.values()) <= 1.15 * portal.least(), first
        assert most == 1
        stand.forget()
        again = crawl(stand.url, db, options=FAST)
        assert (again.articles_new, again.articles_changed) == (0, 0)
        assert len(stand.log) <= len(portal.channels) + 2, stand.asked()
        assert rows(db, "select count(*) from versions") == [(0,)]
