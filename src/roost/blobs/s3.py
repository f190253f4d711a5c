"""Blobs in a bucket of an object store that speaks S3: Amazon's, Garage, SeaweedFS, Ceph, R2 and the like.

A blob is one object. It is put by one request, or in parts where it is large, and is there when all of it is;
it is read by one request for as long as its reader goes straight on. `obstore` is imported when it is used.
"""

import os
from collections.abc import AsyncIterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from roost.blobs.names import is_blob_name
from roost.errors import Invalid, Overloaded
from roost.limits import (
    BLOB_CHUNK_BYTES,
    S3_ATTEMPTS_MAX,
    S3_CONNECT_S,
    S3_PART_BYTES,
    S3_PARTS_AT_ONCE,
    S3_REQUEST_S,
    S3_RETRY_S_MAX,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import S3Store

_PROBE = "roost-was-here"


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """Which one, and who asks. What is empty is taken from the variables that other clients of S3 know, such
    as AWS_ACCESS_KEY_ID; the keys also from the machine's role."""

    name: str
    endpoint: str = ""
    region: str = ""
    prefix: str = ""
    access_key: str = ""
    secret_key: str = ""
    name_in_host: bool = False


class S3Reader:
    """A request under way. What is deleted meanwhile comes whole where its reader goes straight on; a reader
    that jumps, or is so slow that the store hangs up, asks anew."""

    def __init__(self, store: "S3Store", name: str, size: int, e_tag: str | None, begun: AsyncIterator[Any]):
        self.size = size
        self._store = store
        self._name = name
        self._e_tag = e_tag
        self._stream: AsyncIterator[Any] | None = begun
        self._held = b""
        """What has come and was not asked for yet."""
        self._offset = 0
        """Of its first byte."""

    async def read(self, offset: int, size: int) -> bytes:
        size = min(size, self.size - offset)
        if size <= 0:
            return b""
        if offset != self._offset:
            self._stream, self._held, self._offset = None, b"", offset
        parts = [self._held]
        while (missing := size - sum(map(len, parts))) > 0:
            parts.append(await self._next(offset + size - missing))
        whole = b"".join(parts)
        self._held, self._offset = whole[size:], offset + size
        return whole[:size]

    def close(self) -> None:
        self._stream = None

    async def _next(self, offset: int) -> bytes:
        """The next bytes, from `offset` on: once more where a request that had begun does not go on."""
        if self._stream is not None:
            try:
                with _translated():
                    return bytes(await anext(self._stream))
            except (OSError, Overloaded, StopAsyncIteration):
                self._stream = None
        with _translated():
            self._stream = await self._begin(offset)
            try:
                return bytes(await anext(self._stream))
            except StopAsyncIteration as cause:
                raise OSError(f"{self._name} is shorter than it was") from cause

    async def _begin(self, offset: int) -> AsyncIterator[Any]:
        options: Any = {"range": {"offset": offset}, "if_match": self._e_tag}
        found = await self._store.get_async(self._name, options=options)
        return aiter(found.stream(min_chunk_size=BLOB_CHUNK_BYTES))


class S3Blobs:
    """Asks nothing until it is used; raises Invalid where the bucket's settings make no sense."""

    def __init__(self, bucket: Bucket) -> None:
        self._store = _store_of(bucket)

    @staticmethod
    async def connect(bucket: Bucket) -> "S3Blobs":
        """Blobs in a bucket that something can be written to and removed from. Raises Invalid where not."""
        blobs = S3Blobs(bucket)
        store = blobs._store
        where = f"the bucket {bucket.name!r} at {bucket.endpoint or 'Amazon'}"
        try:
            with _translated():
                await store.put_async(_PROBE, b"", use_multipart=False)
                await store.delete_async(_PROBE)
        except FileNotFoundError as cause:
            raise Invalid(f"No files can be kept: {where} is not there") from cause
        except (OSError, Overloaded) as cause:
            reason = str(cause.__cause__ or cause).partition("\n")[0]
            raise Invalid(f"No files can be kept: {where} cannot be written to: {reason}") from cause
        return blobs

    async def put(self, name: str, source: BinaryIO) -> None:
        assert is_blob_name(name)
        try:
            with _translated():
                await self._store.put_async(
                    name, source, chunk_size=S3_PART_BYTES, max_concurrency=S3_PARTS_AT_ONCE
                )
        except FileNotFoundError as cause:
            raise Overloaded("The store of files is gone") from cause

    async def open(self, name: str) -> S3Reader | None:
        if not is_blob_name(name):
            return None
        try:
            with _translated():
                found = await self._store.get_async(name)
        except FileNotFoundError:
            return None
        stream = aiter(found.stream(min_chunk_size=BLOB_CHUNK_BYTES))
        return S3Reader(self._store, name, found.meta["size"], found.meta["e_tag"], stream)

    async def delete(self, name: str) -> None:
        if is_blob_name(name):
            with _translated():
                await self._store.delete_async(name)


def _store_of(bucket: Bucket) -> "S3Store":
    """Without a single request."""
    from obstore.exceptions import BaseError
    from obstore.store import S3Store

    given = {
        "endpoint": bucket.endpoint,
        "region": bucket.region,
        "access_key_id": bucket.access_key,
        "secret_access_key": bucket.secret_key,
    }
    named: Any = {name: value for name, value in given.items() if value}
    endpoint = bucket.endpoint or os.environ.get("AWS_ENDPOINT_URL", "")
    try:
        return S3Store(
            bucket.name,
            prefix=bucket.prefix.strip("/") or None,
            virtual_hosted_style_request=bucket.name_in_host,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "timeout": timedelta(seconds=S3_REQUEST_S),
                "connect_timeout": timedelta(seconds=S3_CONNECT_S),
            },
            retry_config={
                "max_retries": S3_ATTEMPTS_MAX - 1,
                "retry_timeout": timedelta(seconds=S3_REQUEST_S),
                "backoff": {
                    "init_backoff": timedelta(milliseconds=100),
                    "max_backoff": timedelta(seconds=S3_RETRY_S_MAX),
                    "base": 2,
                },
            },
            **named,
        )
    except (BaseError, ValueError) as cause:
        reason = str(cause).partition("\n")[0]
        raise Invalid(f"No files can be kept: the settings of the bucket are wrong: {reason}") from cause


@contextmanager
def _translated() -> "Iterator[None]":
    """Errors of the store as ours: what is not there stays a FileNotFoundError."""
    from obstore.exceptions import BaseError

    try:
        yield
    except BaseError as cause:
        raise Overloaded("The store of files does not answer as it should") from cause
