"""Tables over an ordered map of bytes: the part that all embedded engines share."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from roost.errors import Corrupt
from roost.limits import EXPORT_ROWS_MAX, SCAN_ROWS_MAX
from roost.store.batch import Batch
from roost.store.engines.keyspace import Keyspace
from roost.store.group_commit import AtTurn, GroupCommit
from roost.store.keys import KeyValue, after_prefix
from roost.store.seam import Consistency, StoreStatistics
from roost.store.table import Row, Table


class KeyValueStore:
    """A `Store` in this process. Every consistency level holds, for there is one replica."""

    def __init__(self, keyspace: Keyspace) -> None:
        self._keyspace = keyspace
        self._commits = GroupCommit(keyspace)
        self._rows_read = 0
        self._scans = 0

    async def get(
        self, table: Table[Row], key: Sequence[KeyValue], consistency: Consistency = Consistency.QUORUM
    ) -> Row | None:
        del consistency
        table.check_key(key)
        self._rows_read += 1
        value = self._keyspace.get(table.encode_key(key))
        return None if value is None else _decoded(table, value)

    async def get_many(
        self,
        table: Table[Row],
        keys: Sequence[Sequence[KeyValue]],
        consistency: Consistency = Consistency.QUORUM,
    ) -> list[Row | None]:
        del consistency
        self._rows_read += len(keys)
        values = self._keyspace.get_many([table.encode_key(key) for key in keys])
        return [None if value is None else _decoded(table, value) for value in values]

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
        del consistency
        table.check_prefix(prefix)
        assert 0 < limit <= SCAN_ROWS_MAX
        encoded = table.encode_key(prefix)
        start = encoded if above is None else after_prefix(table.encode_key((*prefix, *above)))
        stop = after_prefix(encoded) if below is None else table.encode_key((*prefix, *below))
        if start >= stop:
            return []
        self._scans += 1
        pairs = self._keyspace.scan(start, stop, reverse, limit)
        self._rows_read += len(pairs)
        return [_decoded(table, value) for _, value in pairs]

    async def export(self, table: Table[Row], after: bytes, limit: int) -> tuple[list[Row], bytes | None]:
        pairs, following = await self.export_raw(table, after, limit)
        return [_decoded(table, value) for _, value in pairs], following

    async def export_raw(
        self, table: Table[Row], after: bytes, limit: int
    ) -> tuple[list[tuple[bytes, bytes]], bytes | None]:
        assert 0 < limit <= EXPORT_ROWS_MAX
        start = after + b"\x00" if after else table.prefix
        pairs = self._keyspace.scan(start, after_prefix(table.prefix), False, limit)
        return pairs, pairs[-1][0] if len(pairs) == limit else None

    async def write(self, batch: Batch, consistency: Consistency = Consistency.QUORUM) -> None:
        del consistency
        await self._commits.commit(batch)

    async def commit(self, batch: Batch, at_turn: AtTurn) -> None:
        """`write` for the event log, which gives out its positions when the batch's turn comes."""
        await self._commits.commit(batch, at_turn)

    def get_raw(self, key: bytes) -> bytes | None:
        return self._keyspace.get(key)

    def scan_raw(self, start: bytes, stop: bytes, reverse: bool, limit: int) -> list[tuple[bytes, bytes]]:
        return self._keyspace.scan(start, stop, reverse, limit)

    async def delete_prefix(self, table: Table[Row], prefix: Sequence[KeyValue]) -> None:
        table.check_prefix(prefix)
        encoded = table.encode_key(prefix)
        batch = Batch()
        batch.forget_raw(encoded, after_prefix(encoded))
        await self._commits.commit(batch)

    async def checkpoint(self, folder: Path) -> None:
        await self._commits.commit(Batch())
        await asyncio.to_thread(self._keyspace.checkpoint, folder)

    def frozen(self) -> "KeyValueStore":
        """What this store holds now, to be read: it stays as it is until it is closed."""
        return KeyValueStore(self._keyspace.frozen())

    def aside(self) -> "KeyValueStore":
        """An empty store for a while, which goes when it is closed; there is one at a time."""
        return KeyValueStore(self._keyspace.aside())

    def statistics(self) -> StoreStatistics:
        on_disk, in_memory = self._keyspace.size()
        return StoreStatistics(
            engine=self._keyspace.name,
            rows_read=self._rows_read,
            scans=self._scans,
            batches_written=self._commits.batches,
            syncs=self._commits.syncs,
            bytes_on_disk=on_disk,
            bytes_in_memory=in_memory,
        )

    async def close(self) -> None:
        try:
            await self._commits.close()
        finally:
            self._keyspace.close()


def _decoded(table: Table[Row], value: bytes) -> Row:
    try:
        return table.decode(value)
    except msgspec.MsgspecError as cause:
        raise Corrupt(f"A row of {table.name} cannot be read: {cause}") from cause
