"""The server's side: gives each file to a process of its own, a few at a time."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from roost.errors import FieldProblem, Invalid, Overloaded
from roost.limits import MEDIA_WAITING_MAX, MEDIA_WORKER_S, MEDIA_WORKERS, PAGE_WORKER_S
from roost.media.formats import HEAD_BYTES, Format, format_of
from roost.media.job import Job, Made, Page, Purpose

T = TypeVar("T", Made, Page)
_KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LANG", "LD_LIBRARY_PATH", "TMPDIR")


class Refused(Invalid):
    """A file cannot be taken; the text says why."""

    def __init__(self, text: str) -> None:
        problem = (FieldProblem("ERR_INVALID", text[:1].lower() + text[1:]),)
        super().__init__(f"Validation failed: {text}", {"file": problem})
        self.reason = text


class SentFile:
    """A file as it came, on disk or in memory; whoever made it closes it."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file = file
        self.size = size

    def format(self) -> Format:
        """By its first bytes. Raises Refused for what is not taken."""
        self.file.seek(0)
        found = format_of(self.file.read(HEAD_BYTES))
        if found is None:
            raise Refused("File is of no kind that is taken")
        return found


class Workshop:
    """`folder` holds what is being made. Belongs to the event loop's thread."""

    def __init__(self, folder: Path, workers: int = MEDIA_WORKERS) -> None:
        self._folder = folder
        shutil.rmtree(folder, ignore_errors=True)  # what a crash left over
        self._benches = asyncio.Semaphore(workers)
        self._waiting = 0

    async def probe(self, sent: SentFile) -> Made:
        """What a file is. Raises Refused and Overloaded."""
        return await self._run(Job(Purpose.PROBE, sent.format().name), sent)

    @asynccontextmanager
    async def make(self, sent: SentFile, purpose: Purpose) -> AsyncIterator[tuple[Made, Path]]:
        """What was made of a file, and the folder with it, which goes afterwards. Raises as `probe` does."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            made = await self._run(Job(purpose, sent.format().name, folder), sent)
            yield made, Path(folder)

    async def read_page(self, sent: SentFile, url: str, charset: str) -> Page:
        """What a page of HTML says of itself, found at `url`. Raises as `probe` does."""
        job = Job(Purpose.PAGE, "html", url=url, charset=charset)
        return _understood(await self._answered(job, sent), Page)

    async def _run(self, job: Job, sent: SentFile) -> Made:
        return _understood(await self._answered(job, sent), Made)

    async def _answered(self, job: Job, sent: SentFile) -> bytes:
        """What a worker says; nothing where it ended by one of its bounds, or a decoder fell over."""
        if self._waiting >= MEDIA_WAITING_MAX:
            raise Overloaded("Too many files are being processed")
        self._waiting += 1
        try:
            async with self._benches:
                return await _work(job, sent.file)
        finally:
            self._waiting -= 1


def _understood(output: bytes, kind: type[T]) -> T:
    """What a worker made. Raises Refused."""
    try:
        made = msgspec.json.decode(output, type=kind)
    except msgspec.MsgspecError as cause:
        raise Refused("File cannot be processed") from cause
    if made.refusal:
        raise Refused(made.refusal)
    return made


async def _work(job: Job, file: BinaryIO) -> bytes:
    """Raises Refused where it takes too long."""
    file.flush()
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "roost.media",
        msgspec.json.encode(job).decode(),
        stdin=file,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**kept, "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        async with asyncio.timeout(PAGE_WORKER_S if job.purpose is Purpose.PAGE else MEDIA_WORKER_S):
            output, _ = await process.communicate()
    except TimeoutError as cause:
        raise Refused("File takes too long to process") from cause
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return output
