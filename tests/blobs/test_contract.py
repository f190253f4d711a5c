"""What every engine of blobs promises."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from roost.blobs import Blobs, FolderBlobs, MemoryBlobs, S3Blobs, is_blob_name, new_blob_name
from tests.blobs.object_store import object_store

ENGINES: dict[str, Callable[[Path], Blobs]] = {
    "folder": FolderBlobs,
    "memory": lambda folder: MemoryBlobs(),
    "s3": lambda folder: asyncio.run(S3Blobs.connect(object_store().new_bucket())),
}


@pytest.fixture(params=ENGINES)
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return ENGINES[request.param](tmp_path / "blobs")


async def read(blobs: Blobs, name: str) -> bytes | None:
    reader = await blobs.open(name)
    if reader is None:
        return None
    try:
        return await reader.read(0, reader.size)
    finally:
        reader.close()


@pytest.mark.parametrize("body", [b"", b"a", bytes(range(256)) * 9_000], ids=len)
async def test_what_was_put_is_there_whole_and_in_parts(blobs: Blobs, body: bytes) -> None:
    name = new_blob_name("jpg")
    assert await blobs.open(name) is None
    await blobs.put(name, io.BytesIO(body))
    reader = await blobs.open(name)
    assert reader is not None
    assert reader.size == len(body)
    for offset, size in ((0, len(body)), (0, 0), (1, 3), (len(body), 5), (max(0, len(body) - 2), 9)):
        assert await reader.read(offset, size) == body[offset : offset + size]
    reader.close()


async def test_what_is_deleted_is_gone_but_for_who_reads_it(blobs: Blobs) -> None:
    kept, gone = new_blob_name("png"), new_blob_name("png")
    await blobs.put(kept, io.BytesIO(b"kept"))
    await blobs.put(gone, io.BytesIO(b"gone"))
    reader = await blobs.open(gone)
    assert reader is not None
    await blobs.delete(gone)
    await blobs.delete(gone)
    assert await reader.read(0, 4) == b"gone"
    reader.close()
    assert await read(blobs, gone) is None
    assert await read(blobs, kept) == b"kept"


@pytest.mark.parametrize("name", ["", ".", "../x.jpg", "a/../../b", "x" * 32 + ".jpg", "0" * 32, "\0"])
async def test_what_is_no_name_is_never_looked_for(blobs: Blobs, name: str) -> None:
    assert not is_blob_name(name)
    assert await blobs.open(name) is None
    await blobs.delete(name)


async def test_many_at_once(blobs: Blobs) -> None:
    names = [new_blob_name("bin") for _ in range(20)]
    assert len(set(names)) == 20
    await asyncio.gather(*(blobs.put(name, io.BytesIO(name.encode())) for name in names))
    assert await asyncio.gather(*(read(blobs, name) for name in names)) == [name.encode() for name in names]


class _Broken(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError("the disk is gone")


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_blob_that_could_not_be_written_is_not_there_at_all(tmp_path: Path) -> None:
    blobs, name = FolderBlobs(tmp_path), new_blob_name("jpg")
    with pytest.raises(OSError, match="gone"):
        await blobs.put(name, _Broken(b"x"))
    assert await blobs.open(name) is None
    assert files_below(tmp_path) == []


async def test_a_folder_keeps_what_it_has_and_forgets_what_was_not_finished(tmp_path: Path) -> None:
    name = new_blob_name("jpg")
    await FolderBlobs(tmp_path).put(name, io.BytesIO(b"kept"))
    (tmp_path / "unfinished" / name).write_bytes(b"half")
    assert await read(FolderBlobs(tmp_path), name) == b"kept"
    assert [path.name for path in files_below(tmp_path)] == [name]
