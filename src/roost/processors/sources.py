"""Where a rebuild finds what to derive from: a copy of the tables, the log, and room to work in."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from roost.eventlog import EmbeddedLog, EventLog
from roost.processors.seam import Source
from roost.store import Batch, Keyspace, KeyValueStore

OpenSource = Callable[[str], AbstractAsyncContextManager[Source]]
"""Makes the source of one processor's rebuild, by its name; all of it is gone after the block."""


def sources_of(
    store: KeyValueStore, log: EventLog, folder: Path | None, open_keyspace: Callable[[Path], Keyspace]
) -> OpenSource:
    """Sources that are copies of an embedded store. `folder` is for nothing else: what a process that was
    killed left in it goes."""
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)

    @asynccontextmanager
    async def opened(name: str) -> AsyncIterator[Source]:
        own = (folder or Path()) / name
        if folder is not None:
            own.mkdir(parents=True)
        try:
            tables = await store.fork(own / "tables")
            try:
                scratch = KeyValueStore(await asyncio.to_thread(open_keyspace, own / "scratch"))
                try:
                    position = EmbeddedLog(tables, Batch).last
                    yield Source(tables, position, log, scratch, own if folder is not None else None)
                finally:
                    await scratch.close()
            finally:
                await tables.close()
        finally:
            if folder is not None:
                await asyncio.to_thread(shutil.rmtree, own, True)

    return opened
