"""Blobs as the rest of Roost sees them. An engine may be a folder, memory, or an object store elsewhere."""

from typing import BinaryIO, Protocol


class BlobReader(Protocol):
    """A blob that is open; it stays readable where it is deleted meanwhile. `close` it."""

    size: int
    """In bytes."""

    async def read(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset`; fewer only at the end."""
        ...

    def close(self) -> None: ...


class Blobs(Protocol):
    """A blob never changes: it is put once, under a name of `new_blob_name`.

    Everything raises OSError where a disk is full or broken, and Overloaded where a store elsewhere does not
    answer.
    """

    async def put(self, name: str, source: BinaryIO) -> None:
        """Keep the rest of a file under a name; durable and whole when this returns, else not there."""
        ...

    async def open(self, name: str) -> BlobReader | None:
        """None where there is none of that name."""
        ...

    async def delete(self, name: str) -> None:
        """What is not there is passed over."""
        ...
