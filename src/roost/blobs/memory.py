"""Blobs in memory: for a store in memory, and for tests."""

import asyncio
from typing import BinaryIO

from roost.blobs.names import is_blob_name


class MemoryReader:
    def __init__(self, body: bytes) -> None:
        self._body = body
        self.size = len(body)

    async def read(self, offset: int, size: int) -> bytes:
        return self._body[offset : offset + size]

    def close(self) -> None:
        """Nothing is held open."""


class MemoryBlobs:
    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}

    async def put(self, name: str, source: BinaryIO) -> None:
        assert is_blob_name(name)
        self._bodies[name] = await asyncio.to_thread(source.read)

    async def open(self, name: str) -> MemoryReader | None:
        body = self._bodies.get(name)
        return MemoryReader(body) if body is not None else None

    async def delete(self, name: str) -> None:
        self._bodies.pop(name, None)
