"""Learning a channel's template from its articles, once it has enough of them, and reading those again that hold it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scraper import __version__
from scraper.archive import Archive
from scraper.archive.boilerplate import save_learned, siblings, to_learn
from scraper.archive.file import transaction
from scraper.archive.rereading import Reread, apply, compare, differs, work_of
from scraper.crawl.take import content_type, read_again
from scraper.errors import KaifaquError, UsageError
from scraper.model import Block
from scraper.read import read_blocks
from scraper.read.article.siblings import learn, may_teach


def learn_templates(archive: Archive, *, at: str, portal: str | None = None) -> int:
    """Learn the channels that are to be learned, of one portal or all; how many articles are read otherwise by it.

    That is no change of any page: the values before go to `rereadings`. Pages that cannot be read teach nothing.
    """
    return sum(_learn(archive, channel, at=at) for channel in to_learn(archive.db.conn, portal))


def _learn(archive: Archive, channel: int, *, at: str) -> int:
    db = archive.db.conn
    newest = siblings(db, channel)
    worth = may_teach(body for _, body in newest)
    blocks = learn([_blocks(archive, capture) for capture, _ in newest]) if worth else ()
    changed = 0
    with transaction(db, archive.path):
        for number in save_learned(db, channel, blocks):
            told = _again(archive, number)
            if told is not None and differs(told):
                apply(db, told, at=at, reader=__version__)
                changed += "body" in told.before
    return changed


def _again(archive: Archive, number: int) -> Reread | None:
    with _a_page_at_most():
        work = work_of(archive.db.conn, number)
        readings = [read_again(archive, page) for page in work.pages]
        return compare(archive.db.conn, work, readings, reader=__version__)
    return None


def _blocks(archive: Archive, number: int) -> tuple[Block, ...]:
    with _a_page_at_most():
        capture = archive.load_capture(number)
        return read_blocks(capture.body, capture.url, content_type=content_type(capture))
    return ()


@contextmanager
def _a_page_at_most() -> Iterator[None]:
    """Damaged bytes, or a bug of ours, cost their page and nothing else: it stays as it was read."""
    try:
        yield
    except UsageError:
        pass
    except KaifaquError:
        raise
    except Exception:
        pass
