"""The text of a file, so that what an attachment says can be searched: bounded in time, memory and length.

PDF is read by pypdfium2 (Chrome's PDFium: fast, knows the Chinese encodings of old PDFs), Word, Excel and PowerPoint, old
and new, by office-oxide; both in a process of their own (`child.py`). Plain text is decoded here. A scan has no text.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from scraper.files import child
from scraper.files.kinds import FileKind
from scraper.read.charset import decode

MOST_TEXT = 1_000_000
"""Characters kept of one file: a thousand pages."""

SECONDS = 30
MEMORY = 1 << 30
"""Of the process that reads one file: time, and address space in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """What a file says. `reader`: what read it, '' where nothing can; `note`: why there is no text, where there is none."""

    text: str = ""
    reader: str = ""
    note: str = ""


def text_reader(kind: FileKind) -> str | None:
    """The package that reads a kind of file, `kaifaqu` for plain text; None where its text can't be read here and now."""
    if kind == "txt":
        return "kaifaqu"
    package = child.PACKAGES.get(kind)
    return package if package and find_spec(package) else None


def read_text(body: bytes, kind: FileKind, *, seconds: int = SECONDS, memory: int = MEMORY) -> FileText:
    """The text of a file of some kind. Whatever the file, this returns, within `seconds` of computing (twice that waiting).

    Where no package for the kind is installed `reader` is ''.
    """
    reader = text_reader(kind)
    if reader is None:
        return FileText(note=f"no reader for {kind}")
    if kind == "txt":
        return _kept(decode(body)[0][:MOST_TEXT], reader)
    command = [
        sys.executable,
        "-P",
        str(Path(child.__file__)),
        kind,
        str(MOST_TEXT),
        str(seconds),
        str(memory),
    ]
    try:
        done = subprocess.run(command, input=body, capture_output=True, timeout=2 * seconds, check=False)
    except subprocess.TimeoutExpired:
        return FileText(reader=reader, note=f"not read within {2 * seconds} s")
    if done.returncode:
        return FileText(reader=reader, note=_why(done.returncode, done.stderr))
    return _kept(done.stdout.decode("utf-8", "replace"), reader)


def _kept(text: str, reader: str) -> FileText:
    lines = (_line(line) for line in text.replace("\0", "").replace("\r", "\n").split("\n"))
    kept = "\n".join(line for line in lines if line)
    return FileText(text=kept, reader=reader, note="" if kept else "no text in it: a scan?")


def _line(line: str) -> str:
    """One line, blanks squeezed, the cells of a table row by tab."""
    return "\t".join(" ".join(cell.split()) for cell in line.split("\t")).strip()


def _why(code: int, stderr: bytes) -> str:
    told = " ".join(stderr.decode("utf-8", "replace").split())
    return told[-300:] if code == 1 and told else f"its reader ended with {code}"
