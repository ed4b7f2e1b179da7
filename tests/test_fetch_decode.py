"""Content-codings: what is undone, what is kept as it came, and how much a bomb may unpack to."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib

import pytest

from scraper.errors import BadAnswer, TooLarge
from scraper.fetch.decode import codings, decode

PAGE = "<html><p>溪口高新区举行集中签约仪式。".encode("gb18030") * 50
MOST = 1 << 20


def gz(body: bytes) -> bytes:
    """The same bytes each time: packed without the hour, so that each run collects the same tests."""
    return gzip.compress(body, mtime=0)


def bare(data: bytes) -> bytes:
    """deflate as old servers send it: no zlib header."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def bomb(size: int = 64 << 20) -> bytes:
    """Zeros, packed a thousand to one."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()


def test_codings_are_read_in_order_over_all_headers() -> None:
    headers = ((b"Content-Encoding", b"Deflate, identity"), (b"X", b"br"), (b"content-encoding", b" GZIP ,,"))
    assert codings(headers) == ["deflate", "gzip"]
    assert codings(((b"content-encoding", b"\xff\xfe"),)) == ["ÿþ"]


@pytest.mark.parametrize(
    ("raw", "applied"),
    [
        (PAGE, []),
        (gz(PAGE), ["gzip"]),
        (gz(PAGE), ["x-gzip"]),
        (zlib.compress(PAGE), ["deflate"]),
        (bare(PAGE), ["deflate"]),
        (gz(zlib.compress(PAGE)), ["deflate", "gzip"]),
        (gz(gz(gz(PAGE))), ["gzip"] * 3),
        (gz(PAGE[:500]) + gz(PAGE[500:]), ["gzip"]),
        (gz(PAGE) + b"\r\n\0garbage", ["gzip"]),
    ],
    ids=["plain", "gzip", "x-gzip", "zlib", "bare", "two", "three", "members", "tail"],
)
def test_what_was_packed_is_unpacked(raw: bytes, applied: list[str]) -> None:
    assert decode(raw, applied, MOST) == (PAGE, ())


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "utf-8", "none"])
def test_a_header_that_lies_leaves_the_page_as_it_is_and_says_so(coding: str) -> None:
    assert decode(PAGE, [coding], MOST) == (PAGE, ("encoding-header-lied",))


def test_a_coding_named_twice_but_applied_once_is_a_lie() -> None:
    assert decode(gz(PAGE), ["gzip", "gzip"], MOST) == (PAGE, ("encoding-header-lied",))


def test_nothing_packed_is_nothing() -> None:
    assert decode(b"", ["gzip", "br"], MOST) == (b"", ())


@pytest.mark.parametrize("packed", [gz(PAGE), zlib.compress(PAGE), bare(PAGE)])
def test_a_packed_body_without_its_end_is_kept_and_called_truncated(packed: bytes) -> None:
    body, notes = decode(packed[:-12], ["gzip" if packed[:1] == b"\x1f" else "deflate"], MOST)
    assert notes == ("truncated",)
    assert PAGE.startswith(body)


def test_broken_compression_is_a_bad_answer() -> None:
    packed = bytearray(gz(PAGE))
    packed[12:40] = bytes(28)
    with pytest.raises(BadAnswer, match="broken"):
        decode(bytes(packed), ["gzip"], MOST)


def test_a_coding_that_was_not_asked_for_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer, match="as br"):
        decode(b"\x1b\x03\x00\xf8binary", ["br"], MOST)


def test_more_than_three_layers_are_a_bad_answer() -> None:
    with pytest.raises(BadAnswer, match="4 times"):
        decode(PAGE, ["gzip"] * 4, MOST)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_a_bomb_stops_at_the_bound_in_little_memory(layers: int) -> None:
    packed = bomb()
    for _ in range(layers - 1):
        packed = gz(packed)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    with pytest.raises(TooLarge, match="1 MiB"):
        decode(packed, ["gzip"] * layers, MOST)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - before < 8 * MOST


def test_a_bomb_in_the_middle_layer_stops_too() -> None:
    inner = gz(b"") * 200_000  # 4 MB that unpack to nothing
    with pytest.raises(TooLarge):
        decode(gz(inner), ["gzip", "gzip"], MOST)


def test_a_body_of_empty_members_takes_no_quadratic_time() -> None:
    started = time.process_time()
    with pytest.raises(BadAnswer, match="members"):
        decode(gz(b"") * 50_000, ["gzip"], MOST)
    assert time.process_time() - started < 1


def test_exactly_the_bound_is_not_too_large() -> None:
    assert decode(gz(PAGE), ["gzip"], len(PAGE)) == (PAGE, ())
    with pytest.raises(TooLarge):
        decode(gz(PAGE), ["gzip"], len(PAGE) - 1)


def test_where_a_cut_is_allowed_the_beginning_is_kept() -> None:
    assert decode(gz(PAGE), ["gzip"], 100, cut=True) == (PAGE[:100], ("cut",))
