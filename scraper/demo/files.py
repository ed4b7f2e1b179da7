"""Pictures and attachments of the demo portal, made in code: small, valid, and the same at every start."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from html import escape

_DOCX_PARTS = {
    "[Content_Types].xml": (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Target="word/document.xml" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    ),
}


def make_file(path: str, title: str) -> tuple[bytes, str]:
    """The bytes and the media type of a picture or attachment, by its suffix."""
    match path.rpartition(".")[2]:
        case "png":
            return png(zlib.crc32(path.encode())), "image/png"
        case "svg":
            return svg(title), "image/svg+xml"
        case "pdf":
            return pdf(path.rpartition("/")[2]), "application/pdf"
        case "docx":
            return (
                docx(title),
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            )
        case suffix:
            raise ValueError(f"no maker of .{suffix} files")


def png(seed: int, width: int = 480, height: int = 270) -> bytes:
    """A skyline by day, at dusk or by night, its houses drawn by `seed`."""
    red, green, blue = ((90, 130, 190), (190, 110, 90), (30, 36, 70))[seed % 3]
    houses: list[tuple[int, int]] = []  # (width, height) from left to right
    while sum(w for w, _ in houses) < width:
        seed = (seed * 1103515245 + 12345) % 2**31
        houses.append((24 + seed // 7 % 40, 60 + seed // 4096 % 120))
    lines = bytearray()
    for y in range(height):
        sky = bytes((red + y * 60 // height, green + y * 80 // height, blue))
        wall = bytes((38 + y // 6, 52 + y // 6, 78 + y // 6))
        line = b"".join((wall if height - y < tall else sky) * wide for wide, tall in houses)
        lines += b"\0" + line[: 3 * width]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(lines), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def svg(title: str) -> bytes:
    """A sign board with a line of text."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="270">'
        '<rect width="480" height="270" fill="#1d4f8c"/><rect y="200" width="480" height="70" fill="#2f6fb5"/>'
        f'<text x="240" y="120" fill="#fff" font-size="20" text-anchor="middle">{escape(title)}</text></svg>'
    ).encode()


def pdf(text: str) -> bytes:
    """One A4 page with a line of ASCII text, cross-reference table and all."""
    stream = f"BT /F1 18 Tf 72 760 Td ({text}) Tj ET".encode()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def docx(title: str) -> bytes:
    """A Word file of one paragraph."""
    document = (
        '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body><w:p><w:r><w:t>{escape(title)}</w:t></w:r></w:p></w:body></w:document>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**_DOCX_PARTS, "word/document.xml": document}.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()
