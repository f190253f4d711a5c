"""Blobs in an object store: what is particular about them."""

import asyncio
import io
import os
import socket

import pytest

from roost.blobs import Bucket, S3Blobs, new_blob_name
from roost.errors import Invalid, Overloaded
from roost.limits import S3_PART_BYTES
from tests.blobs.object_store import object_store


async def test_objects_are_named_as_blobs_after_the_prefix() -> None:
    store, name = object_store(), new_blob_name("jpg")
    bucket = store.new_bucket("some/place/")
    blobs = await S3Blobs.connect(bucket)
    await blobs.put(name, io.BytesIO(b"body"))
    assert store.keys(bucket) == [f"some/place/{name}"]
    elsewhere = await S3Blobs.connect(Bucket(**{**_fields(bucket), "prefix": ""}))
    assert await elsewhere.open(name) is None
    await blobs.delete(name)
    assert store.keys(bucket) == []


def _fields(bucket: Bucket) -> dict[str, str]:
    return {name: getattr(bucket, name) for name in bucket.__struct_fields__}


async def test_large_blobs_are_put_in_parts_and_read_from_anywhere() -> None:
    store, name = object_store(), new_blob_name("mp4")
    blobs = await S3Blobs.connect(store.new_bucket())
    body = os.urandom(S3_PART_BYTES * 2 + 100)
    source = io.BytesIO(b"before" + body)
    source.seek(6)
    await blobs.put(name, source)
    reader = await blobs.open(name)
    assert reader is not None
    assert reader.size == len(body)
    whole = [await reader.read(offset, 300_000) for offset in range(0, len(body), 300_000)]
    assert b"".join(whole) == body
    for offset in (len(body) - 5, 0, S3_PART_BYTES - 3, 7):
        assert await reader.read(offset, 100) == body[offset : offset + 100]
    reader.close()


@pytest.mark.parametrize("size", [10, S3_PART_BYTES + 10])
async def test_a_blob_that_could_not_be_read_to_its_end_is_not_there_at_all(size: int) -> None:
    class Broken(io.BytesIO):
        def read(self, wanted: int | None = -1, /) -> bytes:
            if self.tell() + 10 >= size:
                raise OSError("the disk is gone")
            return super().read(wanted)

    store, name = object_store(), new_blob_name("jpg")
    bucket = store.new_bucket()
    blobs = await S3Blobs.connect(bucket)
    with pytest.raises(OSError, match="gone"):
        await blobs.put(name, Broken(bytes(size)))
    assert await blobs.open(name) is None
    assert (store.keys(bucket), store.unfinished(bucket)) == ([], 0)


async def test_a_bucket_that_cannot_be_used_is_refused_at_the_start() -> None:
    with pytest.raises(Invalid, match=r"'nowhere' at http://127.0.0.1:[0-9]+ is not there"):
        await S3Blobs.connect(object_store().bucket("nowhere"))
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    bucket = Bucket(name="a", endpoint=f"http://127.0.0.1:{port}", access_key="a", secret_key="b")
    with pytest.raises(Invalid, match=f"'a' at http://127.0.0.1:{port} cannot be written to"):
        await S3Blobs.connect(bucket)


async def test_keys_are_taken_from_the_usual_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = object_store().new_bucket()
    for name, value in (
        ("AWS_ACCESS_KEY_ID", bucket.access_key),
        ("AWS_SECRET_ACCESS_KEY", bucket.secret_key),
        ("AWS_REGION", bucket.region),
        ("AWS_ENDPOINT_URL", bucket.endpoint),
    ):
        monkeypatch.setenv(name, value)
    await S3Blobs.connect(Bucket(name=bucket.name))


async def test_variables_that_make_no_sense_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_UNSIGNED_PAYLOAD", "perhaps")
    with pytest.raises(Invalid, match=r"settings of the bucket are wrong: .*perhaps"):
        await S3Blobs.connect(object_store().bucket("a"))


async def test_a_store_that_went_away_is_an_error_that_passes() -> None:
    """Said by a server that takes requests and hangs up."""
    name = new_blob_name("jpg")
    store = object_store()
    bucket = store.new_bucket()

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    broken = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = broken.sockets[0].getsockname()[1]
    gone = Bucket(**{**_fields(bucket), "endpoint": f"http://127.0.0.1:{port}"})
    async with broken:
        blobs = S3Blobs(gone)
        for work in (blobs.put(name, io.BytesIO(b"x")), blobs.open(name), blobs.delete(name)):
            with pytest.raises(Overloaded):
                await work
