"""The text of one file, read in a process of its own: `python -P child.py KIND MOST SECONDS MEMORY < FILE > TEXT`.

The libraries here parse what strangers made, in native code. This process may crash, hang or swell without harm: it has
nothing but the file, limits on time and memory, and one pipe for the text. It imports nothing of kaifaqu.
"""

from __future__ import annotations

import io
import sys
import zipfile
from typing import Any

PACKAGES: dict[Any, str] = {
    "pdf": "pypdfium2",
    "docx": "office_oxide",
    "xlsx": "office_oxide",
    "pptx": "office_oxide",
    "doc": "office_oxide",
    "xls": "office_oxide",
    "ppt": "office_oxide",
}
"""Kind → the package that reads it."""

MOST_UNZIPPED = 256 << 20
"""Bytes that the parts of a docx, xlsx or pptx may unpack to, as they declare; who lies meets the limit on memory."""


def limit(seconds: int, memory: int) -> None:
    """Bounds on this process, where the system has them (not on Windows: there only the parent's clock ends it)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def pdf_text(body: bytes, most: int) -> str:
    """The text of a PDF, page after page."""
    import pypdfium2

    document = pypdfium2.PdfDocument(body)
    parts: list[str] = []
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage()
        parts.append(text.get_text_bounded())
        text.close()
        page.close()
        most -= len(parts[-1])
        if most <= 0:
            break
    return "\n".join(parts)


def office_text(body: bytes, kind: Any) -> str:
    """The text of a document, table or presentation."""
    from office_oxide import Document

    if kind.endswith("x"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size > MOST_UNZIPPED:
            raise ValueError(f"its parts unpack to {size >> 20} MiB")
    document = Document.from_bytes(body, kind)
    return document.plain_text()


def main() -> int:
    """Exit code 0 with the text, 1 with a word on why there is none."""
    kind, most, seconds, memory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    limit(seconds, memory)
    try:
        body = sys.stdin.buffer.read()
        text = pdf_text(body, most) if kind == "pdf" else office_text(body, kind)
        sys.stdout.buffer.write(text[:most].encode("utf-8", "replace"))
        sys.stdout.flush()
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}"[:300])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
