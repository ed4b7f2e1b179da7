"""Small files of the kinds that portals attach, made here byte by byte: invented, and each with the quirk its docstring names."""

from __future__ import annotations

import io
import struct
import zipfile
from xml.sax.saxutils import escape


def pdf(*lines: str) -> bytes:
    """A PDF as old Chinese offices wrote them: a font that is not embedded, its text in GBK (CMap GBK-EUC-H)."""
    shown = b" 0 -20 Td ".join(b"<%s> Tj" % line.encode("gbk").hex().encode() for line in lines)
    content = b"BT /F1 12 Tf 50 700 Td " + shown + b" ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/GBK-EUC-H/DescendantFonts[6 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
        b"<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor 7 0 R>>",
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
        b"/Descent -120/CapHeight 880/StemV 93>>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def docx(*paragraphs: str) -> bytes:
    """A Word document of paragraphs."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    text = "".join(f"<w:p><w:r><w:t>{escape(p)}</w:t></w:r></w:p>" for p in paragraphs)
    return zipped(
        {
            "[Content_Types].xml": _types("/word/document.xml", "wordprocessingml.document"),
            "_rels/.rels": _relation("word/document.xml"),
            "word/document.xml": f'<?xml version="1.0"?><w:document {space}><w:body>{text}</w:body></w:document>',
        }
    )


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip archive of named parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in parts.items():
            made.writestr(name, body)
    return out.getvalue()


def _types(part: str, kind: str) -> str:
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    )


def _relation(target: str) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    relation = f'<Relationship Id="r1" Type="{kind}" Target="{target}"/>'
    return f'<?xml version="1.0"?><Relationships xmlns="{space}">{relation}</Relationships>'


def doc(text: str) -> bytes:
    """A Word 97 document, as `.doc` and as `.wps` of WPS Office: its text in one piece (MS-DOC §2.4.1)."""
    characters = text.replace("\n", "\r") + "\r"
    body = characters.encode("utf-16-le")
    fib = bytearray(1024)
    struct.pack_into("<HH", fib, 0, 0xA5EC, 0x00C1)
    struct.pack_into("<H", fib, 0x0A, 0x0200)  # the piece table stands in the stream 1Table
    struct.pack_into("<H", fib, 0x20, 14)
    struct.pack_into("<H", fib, 0x3E, 22)
    struct.pack_into("<I", fib, 0x4C, len(characters))
    struct.pack_into("<H", fib, 0x98, 0x5D)
    pieces = struct.pack("<IIHIH", 0, len(characters), 0, len(fib), 0)
    table = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", fib, 0x01A2, 0, len(table))
    return compound({"WordDocument": bytes(fib) + body, "1Table": table})


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of streams (MS-CFB), each padded so that it is no mini stream."""
    sectors: list[bytes] = [b"", b""]  # the directory, then the FAT
    chain = [0xFFFFFFFE, 0xFFFFFFFD]
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    for number, (name, data) in enumerate(streams.items(), 1):
        data = data.ljust(4096, b"\0")
        data += b"\0" * (-len(data) % 512)
        first = len(sectors)
        count = len(data) // 512
        sectors += [data[k * 512 : k * 512 + 512] for k in range(count)]
        chain += [*range(first + 1, first + count), 0xFFFFFFFE]
        right = number + 1 if number < len(streams) else 0xFFFFFFFF
        entries.append(_entry(name, 2, first, len(data), right=right))
    sectors[0] = b"".join(entries).ljust(512, b"\0")
    sectors[1] = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 0, 0, 4096,
        0xFFFFFFFE, 0, 0xFFFFFFFE, 0,
    )  # fmt: skip
    return (head + struct.pack("<I", 1)).ljust(512, b"\xff") + b"".join(sectors)


def _entry(
    name: str, kind: int, first: int, size: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sIQQIQ", wide, len(wide), kind, 1, 0xFFFFFFFF, right, child, b"", 0, 0, 0, first, size
    )
