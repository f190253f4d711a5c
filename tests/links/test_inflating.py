"""Bodies are decompressed as they come, in whatever pieces, and no further than they may be large."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.links import Reason, Unreadable, read_within

PACKED = {
    "": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
}
LARGE = 3 << 20


async def pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def read(body: bytes, encoding: str, size: int, bytes_max: int, cut: bool) -> bytes:
    return asyncio.run(read_within(pieces(PACKED[encoding](body), size), encoding, bytes_max, cut=cut))


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(sorted(PACKED)), st.integers(1, 50), st.booleans())
def test_what_is_not_too_large_comes_whole(body: bytes, encoding: str, size: int, cut: bool) -> None:
    assert read(body, encoding, size, max(len(body), len(PACKED[encoding](body))), cut) == body


@pytest.mark.parametrize("encoding", sorted(PACKED))
@pytest.mark.parametrize("bytes_max", [LARGE, LARGE - 1, 256 << 10, (256 << 10) + 1, 100_000])
def test_what_is_too_large_is_cut_or_refused(encoding: str, bytes_max: int) -> None:
    body = bytes(range(256)) * (LARGE // 256)
    assert read(body, encoding, 70_000, bytes_max, cut=True) == body[:bytes_max]
    if bytes_max < LARGE:
        with pytest.raises(Unreadable) as caught:
            read(body, encoding, 70_000, bytes_max, cut=False)
        assert caught.value.reason is Reason.SIZE


@pytest.mark.parametrize("encoding", ["deflate", "gzip"])
def test_nothing_is_read_beyond_the_end_of_what_was_compressed(encoding: str) -> None:
    packed = PACKED[encoding](b"a page")
    read_pieces = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal read_pieces
        async for piece in pieces(packed + bytes(8 << 20), 1_400):
            read_pieces += 1
            yield piece

    found = asyncio.run(read_within(counted(), encoding, 16 << 20, cut=False))
    assert (found, read_pieces) == (b"a page", 1)
