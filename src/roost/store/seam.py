"""The store as the rest of Roost sees it."""

import enum
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from roost.store.batch import Batch
from roost.store.keys import KeyValue
from roost.store.table import Row, Table


class Consistency(enum.Enum):
    """How many replicas must answer. An embedded engine is one replica, so each level holds at once."""

    ONE = "one"
    QUORUM = "quorum"
    ALL = "all"
    LOCAL_QUORUM = "local_quorum"


class StoreStatistics(msgspec.Struct, frozen=True):
    """What an engine counts."""

    engine: str
    rows_read: int
    scans: int
    batches_written: int
    syncs: int
    bytes_on_disk: int
    bytes_in_memory: int


class Store(Protocol):
    """Tables with point reads, ordered scans and atomic batches.

    Reads see every batch whose `write` has returned, and may see one that is about to. `write` returns when
    the batch is durable. Methods are called on the event loop's thread; an embedded engine answers reads
    without giving up the loop (4 us a row, 20 us and 3 us a row for a scan on 2 slow cores).
    """

    async def get(
        self, table: Table[Row], key: Sequence[KeyValue], consistency: Consistency = Consistency.QUORUM
    ) -> Row | None: ...

    async def get_many(
        self,
        table: Table[Row],
        keys: Sequence[Sequence[KeyValue]],
        consistency: Consistency = Consistency.QUORUM,
    ) -> list[Row | None]:
        """One answer a key, in the keys' order."""
        ...

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
        """At most `limit` rows whose key begins with `prefix`, in key order or, with `reverse`, against it.

        `prefix` holds a whole partition and perhaps the first clustering columns; `above` and `below` bound
        the clustering columns after it, both exclusive.
        """
        ...

    async def export(self, table: Table[Row], after: bytes, limit: int) -> tuple[list[Row], bytes | None]:
        """Every row of a table in chunks, for rebuilds: rows after a position (b"" to begin), and the next
        position, or None at the end."""
        ...

    async def export_raw(
        self, table: Table[Row], after: bytes, limit: int
    ) -> tuple[list[tuple[bytes, bytes]], bytes | None]:
        """As `export`, but keys and bytes, whether or not they can be read as rows."""
        ...

    async def write(self, batch: Batch, consistency: Consistency = Consistency.QUORUM) -> None:
        """Apply a batch. Raises Conflict where a row of `put_if_absent` exists; nothing is changed then."""
        ...

    async def delete_prefix(self, table: Table[Row], prefix: Sequence[KeyValue]) -> None:
        """Forget whole partitions (or leading clustering columns) at once."""
        ...

    async def checkpoint(self, folder: Path) -> None:
        """A consistent copy that can be opened by itself; `folder` must not exist."""
        ...

    def statistics(self) -> StoreStatistics: ...

    async def close(self) -> None: ...
