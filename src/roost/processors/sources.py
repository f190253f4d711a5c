"""Where a rebuild finds what to derive from: the tables as they are now, the log, and room to work in."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from roost.eventlog import EmbeddedLog, EventLog
from roost.processors.seam import Source
from roost.store import Batch, KeyValueStore

OpenSource = Callable[[], AbstractAsyncContextManager[Source]]
"""Makes the source of one rebuild; one at a time. All of it is gone after the block."""


def sources_of(store: KeyValueStore, log: EventLog) -> OpenSource:
    """Sources that are views of an embedded store."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Source]:
        tables, scratch = store.frozen(), store.aside()
        try:
            yield Source(tables, EmbeddedLog(tables, Batch).last, log, scratch)
        finally:
            await tables.close()
            await scratch.close()

    return opened
