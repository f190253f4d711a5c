"""A home timeline from its authors one by one: what lies below the rings, and what the rings do not know.

Each followee is a source: first what the author ring in memory has, then the durable author index. They are
merged lazily. An author whose ring does not reach further down leaves a marker in the heap, at the id above
which the ring is whole; only when the merge comes down to the marker is that author's index read, a chunk at
a time. So a page costs a read of the index for those authors alone who have something on it.
"""

import asyncio
import heapq
from abc import ABC, abstractmethod
from collections.abc import Sequence

import msgspec

from roost.assembly.judging import Judge
from roost.home import Entry, Recent
from roost.ids import ID_MAX
from roost.store import Store, tables

_CHUNK_ROWS = 32
_JUDGED_AT_ONCE = 32
_INDEX_READS_PER_TURN = 100
"""Reads of the index (20 us each) before other requests get their turn."""


class _Turns:
    """Gives the event loop away now and then: an embedded engine's reads do not."""

    def __init__(self) -> None:
        self._taken = 0

    async def take(self) -> None:
        self._taken += 1
        if self._taken % _INDEX_READS_PER_TURN == 0:
            await asyncio.sleep(0)


class Source(msgspec.Struct):
    """An author, and what of its tweets is known without a look into the index."""

    author_id: int
    recent: Recent


class _Merge(ABC):
    """Some authors' tweets, merged lazily and judged."""

    def __init__(self, store: Store, judge: Judge, author_ids: list[int]) -> None:
        self._store = store
        self._judge = judge
        self._authors = author_ids
        self._heap: list[tuple[int, int, bool]] = []
        """(id in the merge's order, source, whether it is a marker: the author may have more from it on)."""
        self._turns = _Turns()

    async def more(self, need: int) -> list[Entry]:
        """The next entries, at least `need` of them; fewer only at the end."""
        found: list[Entry] = []
        while self._heap and len(found) < need:
            ids = await self._next_ids(max(_JUDGED_AT_ONCE, need - len(found)))
            found.extend(entry for entry in await self._judge.entries(ids) if entry is not None)
        return found

    @abstractmethod
    async def _next_ids(self, count: int) -> list[int]:
        """The next ids in the merge's order, at least `count` of them; fewer only at the end."""


class DescendingMerge(_Merge):
    """Entries below `high`, newest first. Ids stand negated in the heap."""

    def __init__(self, store: Store, judge: Judge, sources: Sequence[Source], high: int) -> None:
        super().__init__(store, judge, [source.author_id for source in sources])
        for index, source in enumerate(sources):
            self._heap.extend((-tweet_id, index, False) for tweet_id in source.recent.ids)
            if source.recent.floor > 0:
                self._heap.append((-min(source.recent.floor, high - 1), index, True))
        heapq.heapify(self._heap)
        self._last = high

    async def _next_ids(self, count: int) -> list[int]:
        ids: list[int] = []
        while self._heap and len(ids) < count:
            negated, index, is_marker = self._heap[0]
            if is_marker:
                await self._read_index(index, -negated)
                await self._turns.take()
                continue
            heapq.heappop(self._heap)
            if -negated < self._last:
                self._last = -negated
                ids.append(-negated)
        return ids

    async def _read_index(self, index: int, bound: int) -> None:
        """Replace an author's marker, which is the heap's top, by its next tweets from `bound` down."""
        rows = await self._store.scan(
            tables.TWEETS_BY_AUTHOR,
            (self._authors[index],),
            below=(min(bound + 1, ID_MAX),),
            reverse=True,
            limit=_CHUNK_ROWS,
        )
        heapq.heappop(self._heap)
        for row in rows:
            heapq.heappush(self._heap, (-row.tweet_id, index, False))
        if len(rows) == _CHUNK_ROWS:
            heapq.heappush(self._heap, (-(rows[-1].tweet_id - 1), index, True))


class AscendingMerge(_Merge):
    """Entries above `low`, oldest first, from the durable index alone."""

    def __init__(self, store: Store, judge: Judge, author_ids: Sequence[int], low: int) -> None:
        super().__init__(store, judge, list(author_ids))
        self._heap = [(low + 1, index, True) for index in range(len(self._authors))]

    async def _next_ids(self, count: int) -> list[int]:
        ids: list[int] = []
        while self._heap and len(ids) < count:
            tweet_id, index, is_marker = self._heap[0]
            if is_marker:
                await self._read_index(index, tweet_id)
                await self._turns.take()
                continue
            heapq.heappop(self._heap)
            ids.append(tweet_id)
        return ids

    async def _read_index(self, index: int, bound: int) -> None:
        rows = await self._store.scan(
            tables.TWEETS_BY_AUTHOR, (self._authors[index],), above=(bound - 1,), limit=_CHUNK_ROWS
        )
        heapq.heappop(self._heap)
        for row in rows:
            heapq.heappush(self._heap, (row.tweet_id, index, False))
        if len(rows) == _CHUNK_ROWS:
            heapq.heappush(self._heap, (rows[-1].tweet_id + 1, index, True))
