"""Rebuilding a processor that keeps rows: another instance of it derives into a scratch store, and then only
what differs is changed in the tables that are served.

Readers see the old rows until the switch. While that goes on, each row is either the old or the new one, and
nothing is applied. Rows are compared as bytes, in the order of their keys.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from roost.eventlog import EventLog, LogSlice, LogStatistics
from roost.limits import REBUILD_CHUNK_ROWS, REBUILD_WRITE_ROWS
from roost.model import Event
from roost.processors.seam import Passing, Processor, Progress, Source
from roost.store import Batch, Consistency, KeyValue, Row, Store, StoreStatistics, Table, in_the_end

Load = Callable[[Source, "ShadowStore", Progress], Awaitable[int]]
"""Puts rows that come of the source's tables into the shadow; answers the position that they reach."""
Make = Callable[[Store, EventLog], Processor]


class TableRebuild:
    """A `Rebuild`. `owned` are the tables that hold what the processor derives, and nothing else; `switched`
    is called when they hold what was derived anew."""

    def __init__(
        self,
        name: str,
        store: Store,
        source: Source,
        owned: Sequence[Table[Any]],
        make: Make,
        load: Load,
        switched: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._name = name
        self._store = store
        self._source = source
        self._owned = owned
        self._load = load
        self._switched = switched
        self._shadow = ShadowStore(store, source.scratch, owned)
        self._log = ShadowLog(source.log, self._shadow)
        self._fresh = make(self._shadow, self._log)

    async def load(self, tell: Progress) -> int:
        self._log.position = await self._load(self._source, self._shadow, tell)
        return await self._fresh.begin()

    async def apply(self, events: LogSlice) -> None:
        await self._fresh.apply(events)

    async def pass_over(self, position: int) -> None:
        assert isinstance(self._fresh, Passing)
        await self._fresh.rest()
        self._fresh.pass_over(position)

    async def take_place(self, position: int, also: Batch) -> None:
        await self._fresh.rest()
        for table in self._owned:
            await in_the_end(partial(self._replace, table))
        await in_the_end(lambda: self._source.log.commit_cursor(self._name, position, also))
        if self._switched is not None:
            await self._switched()

    async def close(self) -> None:
        return

    async def _replace(self, table: Table[Any]) -> None:
        """Make the served rows of a table those of the scratch store."""
        batch = Batch()
        served, derived = _rows(self._store, table), _rows(self._source.scratch, table)
        old, new = await anext(served, None), await anext(derived, None)
        while old is not None or new is not None:
            if new is None or (old is not None and old[0] < new[0]):
                assert old is not None
                batch.changes[old[0]] = None
                old = await anext(served, None)
            elif old is None or new[0] < old[0]:
                batch.changes[new[0]] = new[1]
                new = await anext(derived, None)
            else:
                if old[1] != new[1]:
                    batch.changes[new[0]] = new[1]
                old, new = await anext(served, None), await anext(derived, None)
            if len(batch) >= REBUILD_WRITE_ROWS:
                await self._store.write(batch)
                batch = Batch()
        if len(batch):
            await self._store.write(batch)


async def _rows(store: Store, table: Table[Any]) -> AsyncIterator[tuple[bytes, bytes]]:
    """All rows of a table as keys and bytes, in order: also those that cannot be read, which go then."""
    after: bytes | None = b""
    while after is not None:
        found, after = await store.export_raw(table, after, REBUILD_CHUNK_ROWS)
        for pair in found:
            yield pair
        await asyncio.sleep(0)


async def chunks_of(store: Store, table: Table[Row]) -> AsyncIterator[list[Row]]:
    """All rows of a table, in the order of their keys; others get their turn between two chunks."""
    after: bytes | None = b""
    while after is not None:
        found, after = await store.export(table, after, REBUILD_CHUNK_ROWS)
        if found:
            yield found
        await asyncio.sleep(0)


class ShadowStore:
    """A store whose owned tables are in a scratch store, and whose others are those that are served.

    What is written to the others is left out: the processor that serves has done it, or will do it.
    """

    def __init__(self, served: Store, scratch: Store, owned: Sequence[Table[Any]]) -> None:
        self._served = served
        self._scratch = scratch
        self._owned = frozenset(table.number for table in owned)

    def _of(self, table: Table[Any]) -> Store:
        return self._scratch if table.number in self._owned else self._served

    async def get(
        self, table: Table[Row], key: Sequence[KeyValue], consistency: Consistency = Consistency.QUORUM
    ) -> Row | None:
        return await self._of(table).get(table, key, consistency)

    async def get_many(
        self,
        table: Table[Row],
        keys: Sequence[Sequence[KeyValue]],
        consistency: Consistency = Consistency.QUORUM,
    ) -> list[Row | None]:
        return await self._of(table).get_many(table, keys, consistency)

    async def scan(
        self,
        table: Table[Row],
        prefix: Sequence[KeyValue],
        *,
        above: Sequence[KeyValue] | None = None,
        below: Sequence[KeyValue] | None = None,
        reverse: bool = False,
        limit: int,
        consistency: Consistency = Consistency.QUORUM,
    ) -> list[Row]:
        return await self._of(table).scan(
            table, prefix, above=above, below=below, reverse=reverse, limit=limit, consistency=consistency
        )

    async def export(self, table: Table[Row], after: bytes, limit: int) -> tuple[list[Row], bytes | None]:
        return await self._of(table).export(table, after, limit)

    async def export_raw(
        self, table: Table[Row], after: bytes, limit: int
    ) -> tuple[list[tuple[bytes, bytes]], bytes | None]:
        return await self._of(table).export_raw(table, after, limit)

    async def write(self, batch: Batch, consistency: Consistency = Consistency.QUORUM) -> None:
        owned = Batch()
        owned.changes = {key: value for key, value in batch.changes.items() if key[0] in self._owned}
        owned.forgotten = [(start, stop) for start, stop in batch.forgotten if start[0] in self._owned]
        await self._scratch.write(owned, consistency)

    async def delete_prefix(self, table: Table[Row], prefix: Sequence[KeyValue]) -> None:
        if table.number in self._owned:
            await self._scratch.delete_prefix(table, prefix)

    async def checkpoint(self, folder: Path) -> None:
        await self._scratch.checkpoint(folder)

    def statistics(self) -> StoreStatistics:
        return self._scratch.statistics()

    async def close(self) -> None:
        return


class ShadowLog:
    """A log as one rebuild sees it: the events are those of the real one, the cursor is its own."""

    def __init__(self, log: EventLog, store: ShadowStore) -> None:
        self._log = log
        self._store = store
        self.position = 0

    @property
    def first(self) -> int:
        return self._log.first

    @property
    def last(self) -> int:
        return self._log.last

    async def append(self, events: Sequence[Event], changes: Any = None) -> int:
        raise AssertionError(f"a rebuild appends nothing, neither {events} nor {changes}")

    async def read(self, after: int, limit: int) -> LogSlice:
        return await self._log.read(after, limit)

    async def wait_beyond(self, position: int) -> None:
        await self._log.wait_beyond(position)

    def age_s(self, position: int) -> float:
        return self._log.age_s(position)

    async def cursor(self, name: str) -> int:
        del name
        return self.position

    async def commit_cursor(self, name: str, position: int, changes: Any = None) -> None:
        del name
        if changes is not None:
            await self._store.write(changes)
        self.position = position

    async def drop_cursor(self, name: str, changes: Any = None) -> None:
        del changes
        raise AssertionError(f"a rebuild drops no cursor, nor that of {name}")

    async def cursors(self) -> dict[str, int]:
        return await self._log.cursors()

    async def forget(self, before: int) -> None:
        raise AssertionError(f"a rebuild forgets nothing, nor what is before {before}")

    def statistics(self) -> LogStatistics:
        return self._log.statistics()
