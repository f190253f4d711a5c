"""A cache in front of a table: the newest used rows, decoded."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic

import msgspec

from roost.store.keys import KeyValue
from roost.store.seam import Store
from roost.store.table import Row, Table


class CacheStatistics(msgspec.Struct, frozen=True):
    entries: int
    hits: int
    misses: int


class CachedTable(Generic[Row]):
    """Rows of `table` by an id from which `key_of` makes the key; least recently used go first.

    Whoever writes the table says so by `put` or `forget`. A row that is being read while it is forgotten is
    not kept: what was read may be what was there before.
    """

    def __init__(self, store: Store, table: Table[Row], entries_max: int) -> None:
        self._store = store
        self._table = table
        self._entries_max = entries_max
        self._rows: OrderedDict[int, Row] = OrderedDict()
        self.peek: Callable[[int], Row | None] = self._rows.get
        """The row of an id if it is cached; does not count as use. 40 ns."""
        self._changes = 0
        self._hits = 0
        self._misses = 0

    def key_of(self, row_id: int) -> Sequence[KeyValue]:
        return (row_id,)

    async def get(self, row_id: int) -> Row | None:
        row = self._rows.get(row_id)
        if row is not None:
            self._rows.move_to_end(row_id)
            self._hits += 1
            return row
        return (await self._load([row_id]))[0]

    async def get_many(self, row_ids: Sequence[int]) -> list[Row | None]:
        """One answer an id, in order. 0.2 us a cached row."""
        rows = self._rows
        found: list[Row | None] = []
        missing: list[int] = []
        for row_id in row_ids:
            row = rows.get(row_id)
            if row is None:
                missing.append(row_id)
            else:
                rows.move_to_end(row_id)
            found.append(row)
        self._hits += len(found) - len(missing)
        if missing:
            loaded = iter(await self._load(missing))
            found = [next(loaded) if row is None else row for row in found]
        return found

    def put(self, row_id: int, row: Row) -> None:
        """The table now holds this row."""
        self._changes += 1
        self._keep(row_id, row)

    def forget(self, row_id: int) -> None:
        """The table's row was changed or deleted."""
        self._changes += 1
        self._rows.pop(row_id, None)

    def statistics(self) -> CacheStatistics:
        return CacheStatistics(len(self._rows), self._hits, self._misses)

    async def _load(self, row_ids: Sequence[int]) -> list[Row | None]:
        self._misses += len(row_ids)
        changes = self._changes
        loaded = await self._store.get_many(self._table, [self.key_of(row_id) for row_id in row_ids])
        if changes == self._changes:
            for row_id, row in zip(row_ids, loaded, strict=True):
                if row is not None:
                    self._keep(row_id, row)
        return loaded

    def _keep(self, row_id: int, row: Row) -> None:
        self._rows[row_id] = row
        self._rows.move_to_end(row_id)
        if len(self._rows) > self._entries_max:
            self._rows.popitem(last=False)
