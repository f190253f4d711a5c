"""Answers whose body is a blob, or a part of one, read while it is sent."""

from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

from roost.limits import BLOB_CHUNK_BYTES
from roost.service.ports import MediaFiles


class BlobBody(Payload):
    """`size` bytes of a blob from `offset`. It is opened when it is sent: for HEAD, not at all."""

    def __init__(self, media: MediaFiles, name: str, offset: int, size: int, content_type: str) -> None:
        super().__init__(name, content_type=content_type)
        self._media = media
        self._offset = offset
        self._size = size

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError(f"A blob is no text in {encoding}, whatever to do with {errors}")

    async def write(self, writer: AbstractStreamWriter) -> None:
        reader = await self._media.blob(self._value)
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
