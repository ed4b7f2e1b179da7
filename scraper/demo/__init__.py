"""A small portal of our own making, served on loopback: an invented zone, six channels in six CMSs' dialects.

Every place, company, person and sentence in it is invented. `truth()` and `channels()` say what a crawl should find.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType

from scraper.demo.content import DemoArticle, DemoChannel, DemoRow, channels, truth
from scraper.errors import Unreachable

__all__ = ["DemoArticle", "DemoChannel", "DemoRow", "DemoServer", "channels", "start_demo", "truth"]


class DemoServer:
    """The running portal, a process of its own: `url` is its home page. It ends with `close`, and with this process."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process = process
        self.url = url

    def close(self) -> None:
        """End the server and wait until it has ended."""
        self._process.communicate()  # closes its standard input, which is its sign to end

    def __enter__(self) -> DemoServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start_demo(port: int = 0) -> DemoServer:
    """Serve the demo portal on 127.0.0.1 from a child process; `port` 0 takes any free one.

    A process of its own, so that crawling and serving do not share an interpreter. Raises Unreachable where the
    port is taken.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "scraper.demo", "--port", str(port), "--until-eof"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],  # where `-m` finds the package, whatever folder the crawl runs in
        start_new_session=True,  # Ctrl-C is for the crawl to answer; the portal ends after it
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    if not url:
        process.communicate()
        raise Unreachable(f"the demo portal could not listen on port {port}", "name a free one, or none")
    return DemoServer(process, url)
