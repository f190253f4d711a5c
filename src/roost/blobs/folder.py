"""Blobs as files of a folder, spread over 256 folders by the beginning of their names."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import BinaryIO

from roost.blobs.names import is_blob_name


class FolderReader:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = os.fstat(file.fileno()).st_size

    async def read(self, offset: int, size: int) -> bytes:
        return await asyncio.to_thread(os.pread, self._file.fileno(), size, offset)

    def close(self) -> None:
        self._file.close()


class FolderBlobs:
    """What was not finished when the process ended lies in `unfinished`, and goes at the next start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unfinished = folder / "unfinished"
        shutil.rmtree(self._unfinished, ignore_errors=True)
        self._unfinished.mkdir(mode=0o700, parents=True)

    async def put(self, name: str, source: BinaryIO) -> None:
        assert is_blob_name(name)
        await asyncio.to_thread(self._put, name, source)

    async def open(self, name: str) -> FolderReader | None:
        if not is_blob_name(name):
            return None
        try:
            return FolderReader(await asyncio.to_thread(open, self._path(name), "rb"))
        except FileNotFoundError:
            return None

    async def delete(self, name: str) -> None:
        if is_blob_name(name):
            await asyncio.to_thread(self._path(name).unlink, missing_ok=True)

    def _put(self, name: str, source: BinaryIO) -> None:
        unfinished, path = self._unfinished / name, self._path(name)
        try:
            with unfinished.open("xb") as written:
                shutil.copyfileobj(source, written, 1 << 20)
                written.flush()
                os.fsync(written.fileno())
            path.parent.mkdir(mode=0o700, exist_ok=True)
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)
        _sync_folder(path.parent)
        _sync_folder(self._folder)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _sync_folder(folder: Path) -> None:
    """Have the names in a folder be durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
