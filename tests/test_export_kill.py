"""An export that is killed: the archive is as it was, what stood at its place too, and the next one is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from archive_rows import NEWS, save, started
from click.testing import CliRunner

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.commands import cli

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kill") / "a.db"
    archive, crawl = started(path)
    for n in range(400):
        save(archive, crawl, f"{NEWS}{n}.html", title=f"第{n}条", body=f"{n}号消息，正文。" * 200)
    archive.close()
    return path


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize("form", ["warc", "wacz", "parquet", "datapackage"])
def test_a_killed_export_harms_nothing_and_a_second_one_is_whole(db: Path, tmp_path: Path, form: str) -> None:
    pytest.importorskip("pyarrow") if form == "parquet" else None
    whole, out = tmp_path / "whole", tmp_path / "out"
    arguments = ["export", "--db", str(db), "--format", form, "--out"]
    assert CliRunner().invoke(cli, [*arguments, str(whole)]).exit_code == 0
    script = "import sys; from scraper.commands import main; print(1, flush=True); main(sys.argv[1:])"
    for wait in (0.3, 0.6):
        process = subprocess.Popen(
            [sys.executable, "-c", script, *arguments, str(out)],
            cwd=HERE.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if form == "warc" and out.exists():
            assert alike(files(out), files(whole))  # whole or not at all
    with Archive.open(db) as archive:
        assert verify(archive) == []
    assert CliRunner().invoke(cli, [*arguments, str(out)]).exit_code == 0
    assert alike(files(out), files(whole))


def files(place: Path) -> dict[str, int]:
    """The files of an export, with their sizes; nothing half-written among them."""
    if place.is_file():
        return {"": place.stat().st_size}
    return {
        path.relative_to(place).as_posix(): path.stat().st_size
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


def alike(one: dict[str, int], other: dict[str, int]) -> bool:
    """Whether two exports have the same files; the time they were made at packs into some bytes more or less."""
    return one.keys() == other.keys() and all(abs(one[name] - other[name]) < 100 for name in one)
