"""Answers whose body is a blob, or a part of one, read while it is sent."""

from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

from roost.limits import BLOB_CHUNK_BYTES
from roost.service import BlobReader


class BlobBody(Payload):
    """`size` bytes of an open blob from `offset`; it stays readable where it is deleted meanwhile.

    It is closed when it has been sent; whoever does not send it closes it.
    """

    def __init__(self, reader: BlobReader, offset: int, size: int, content_type: str) -> None:
        super().__init__(reader, content_type=content_type)
        self._reader = reader
        self._offset = offset
        self._size = size

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError(f"A blob is no text in {encoding}, whatever to do with {errors}")

    async def write(self, writer: AbstractStreamWriter) -> None:
        reader = self._reader
        try:
            offset, end = self._offset, self._offset + (self._size or 0)
            while offset < end:
                chunk = await reader.read(offset, min(BLOB_CHUNK_BYTES, end - offset))
                if not chunk:
                    raise ConnectionError("A blob is shorter than it was")
                await writer.write(chunk)
                offset += len(chunk)
        finally:
            reader.close()
