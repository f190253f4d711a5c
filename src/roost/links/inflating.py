"""A body as it comes, decompressed no further than it may be large."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from typing import Protocol

from roost.links.outcome import Reason, Unreadable


class _Inflater(Protocol):
    """As much of `zlib`'s as is used."""

    @property
    def eof(self) -> bool: ...

    @property
    def unconsumed_tail(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes: ...


ENCODINGS_TAKEN = "gzip, deflate"
_STEP_BYTES = 256 << 10
"""Decompressed at once, before others get their turn: 1 ms."""


async def read_within(chunks: AsyncIterator[bytes], encoding: str, bytes_max: int, *, cut: bool) -> bytes:
    """The body, at most `bytes_max` of it: cut there, or refused where it is longer.

    Neither what was sent nor what it is decompressed to is ever longer in memory than that, and a step.
    What follows the end of compressed data is not waited for: `zlib` would copy all of it at every chunk.
    Raises Unreadable.
    """
    inflater = _inflater(encoding)
    body, sent = bytearray(), 0
    async for chunk in chunks:
        sent += len(chunk)
        if inflater is None and encoding == "deflate":
            inflater = _deflater(chunk)
        if inflater is None:
            body += chunk
        else:
            await _inflate(inflater, chunk, body, bytes_max)
        if len(body) > bytes_max or sent > bytes_max:
            if cut:
                return bytes(body[:bytes_max])
            raise Unreadable(Reason.SIZE, f"It is larger than {bytes_max} bytes")
        if inflater is not None and inflater.eof:
            break
    return bytes(body)


def _inflater(encoding: str) -> _Inflater | None:
    if encoding in ("", "identity", "deflate"):
        return None
    if encoding in ("gzip", "x-gzip"):
        return zlib.decompressobj(16 + zlib.MAX_WBITS)
    raise Unreadable(Reason.KIND, f"It is compressed in a way that was not asked for: {encoding[:40]!r}")


def _deflater(begin: bytes) -> _Inflater:
    """With the head that the standard demands, or without it, as some servers send it."""
    return zlib.decompressobj(zlib.MAX_WBITS if begin[:1] and begin[0] & 15 == 8 else -zlib.MAX_WBITS)


async def _inflate(inflater: _Inflater, chunk: bytes, body: bytearray, bytes_max: int) -> None:
    """Add what a chunk is decompressed to, until the body is too long."""
    while len(body) <= bytes_max:
        try:
            found = inflater.decompress(chunk, _STEP_BYTES)
        except zlib.error as cause:
            raise Unreadable(Reason.DAMAGED, "It is not compressed as it says") from cause
        body += found
        if len(found) < _STEP_BYTES:
            return
        chunk = inflater.unconsumed_tail
        await asyncio.sleep(0)
