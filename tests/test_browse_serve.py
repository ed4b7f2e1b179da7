"""Serving an archive: by our command over HTTP while a crawl writes, and by a plain datasette."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

pytest.importorskip("datasette", reason="the extra kaifaqu[browse] is not installed")

from invented_archive import fill

import scraper.browse
from scraper.browse import arguments, browse
from scraper.errors import MissingExtra, NotAnArchive, UsageError

ROOT = Path(__file__).parent.parent


def test_browse_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no archive at"):
        browse(tmp_path / "none.db")
    sqlite3.connect(tmp_path / "other.db").executescript("CREATE TABLE a(b)")
    with pytest.raises(NotAnArchive):
        browse(tmp_path / "other.db")
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="--port"):
        browse(fill(tmp_path / "t.db", 2), port=taken.getsockname()[1])
    monkeypatch.setattr(scraper.browse, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r'pip install "kaifaqu\[browse\]"'):
        browse(tmp_path / "t.db")


def test_archive_where_nothing_can_be_written_is_served_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fill(tmp_path / "t.db", 2)
    assert "--immutable" not in arguments(path, host="127.0.0.1", port=1)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "--immutable" in arguments(path, host="127.0.0.1", port=1)


def test_browse_answers_over_http_while_a_crawl_writes(tmp_path: Path) -> None:
    path = fill(tmp_path / "t.db", 3)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE articles SET title = '没有提交' WHERE id = 3")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    call = f"from pathlib import Path; from scraper.browse import browse; browse(Path({str(path)!r}), port={port})"
    server = subprocess.Popen([sys.executable, "-c", call], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        body, headers = ask(
            f"http://127.0.0.1:{port}/t/articles.json?_search={quote('谷城')}&_shape=array", server
        )
        assert [row["id"] for row in json.loads(body)] == [1]
        assert "default-src 'none'" in headers["content-security-policy"]
        body, _ = ask(f"http://127.0.0.1:{port}/t/articles/3", server)
        assert "没有提交" not in body
        writer.execute("COMMIT")
        body, _ = ask(f"http://127.0.0.1:{port}/t/articles/3", server)
        assert "没有提交" in body
    finally:
        server.terminate()
        server.wait(10)
        writer.close()


def ask(url: str, server: subprocess.Popen[bytes]) -> tuple[str, Any]:
    """The answer of a server that may still be starting."""
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.read().decode(), answer.headers
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def test_plain_datasette_gets_the_search_from_the_entry_point(tmp_path: Path) -> None:
    archive = fill(tmp_path / "any name.db", 2)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = tmp_path / "kaifaqu-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kaifaqu\nVersion: 0\n")
    points = "\n".join(f"{name} = {target}" for name, target in project["entry-points"]["datasette"].items())
    (info / "entry_points.txt").write_text(f"[datasette]\n{points}\n")
    path = f"/any~20name/articles.json?_search={quote('谷城')}&_shape=array"
    done = subprocess.run(
        [sys.executable, "-m", "datasette", "serve", str(archive), "--get", path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert [row["id"] for row in json.loads(done.stdout)] == [1]
