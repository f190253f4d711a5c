"""A timeline from its sources one by one: what lies below the rings, and what the rings do not know.

A source is an index of tweets: an author's, or a hashtag's. Of authors, first what their rings in memory
have, then the durable index. They are merged lazily. A source of which memory does not know all leaves a
marker in the heap, at the id above which it does; only when the merge comes down to the marker is that index
read, a chunk at a time. So a page costs a read of the index for those authors alone who have something on it.
"""

import asyncio
import heapq
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.assembly.judging import Judge
from roost.home import Entry, ShardReader
from roost.ids import ID_MAX
from roost.store import Store, Table, tables

_CHUNK_ROWS = 32
_JUDGED_AT_ONCE = 32
_JUDGED_PER_TURN = 128
"""Tweets (10 us each) that are judged before other requests get their turn."""
_SORTED_AT_ONCE = 1_024
_INDEX_READS_PER_TURN = 20
"""Reads of the index (0.1 ms each, with a whole chunk) before other requests get their turn."""
_NO_IDS = np.empty(0, np.int64)


class _Turns:
    """Gives the event loop away now and then: an embedded engine's reads do not."""

    def __init__(self) -> None:
        self._taken = 0

    async def take(self) -> None:
        self._taken += 1
        if self._taken % _INDEX_READS_PER_TURN == 0:
            await asyncio.sleep(0)


class Index(msgspec.Struct, frozen=True):
    """Tweets that the store lists under a key, in the order of their ids."""

    table: Table[Any]
    """Its rows have a tweet id as their clustering column."""
    key: int | str


def index_of_author(author_id: int) -> Index:
    return Index(tables.TWEETS_BY_AUTHOR, author_id)


def index_of_tag(tag: str) -> Index:
    return Index(tables.TAGGED, tag)


class Sources(msgspec.Struct):
    """Indexes, and what memory knows of them below some id."""

    indexes: list[Index]
    floors: list[int]
    """For each index the id above which `known` has all of it; 0 where that is everything."""
    known: NDArray[np.int64] = _NO_IDS
    """Ids of all of them together, in no order."""


def unknown_sources(indexes: list[Index]) -> Sources:
    """Of which memory knows nothing."""
    return Sources(indexes, [ID_MAX] * len(indexes))


def author_sources(reader: ShardReader, author_ids: Sequence[int], high: int) -> Sources:
    """Authors with what their rings have below `high`. 0.2 us an author, and what the lists cost."""
    rows_of_authors = reader.state.graph.rows_of(np.array(author_ids, np.int64))
    there = np.nonzero(rows_of_authors >= 0)[0]
    known, known_floors = reader.newest(rows_of_authors[there], high)
    floors = np.full(len(author_ids), ID_MAX, np.int64)
    floors[there] = known_floors
    return Sources([index_of_author(author_id) for author_id in author_ids], floors.tolist(), known)


class _Merge(ABC):
    """Some indexes' tweets, merged lazily and judged."""

    def __init__(self, store: Store, judge: Judge, indexes: list[Index]) -> None:
        self._store = store
        self._judge = judge
        self._indexes = indexes
        self._heap: list[tuple[int, int, bool]] = []
        """(id in the merge's order, source, whether it is a marker: the source may have more from it on)."""
        self._turns = _Turns()
        self._ended = False

    async def more(self, need: int) -> list[Entry]:
        """The next entries, at least `need` of them; fewer only at the end."""
        found: list[Entry] = []
        while not self._ended and len(found) < need:
            count = max(_JUDGED_AT_ONCE, need - len(found))
            ids = await self._next_ids(count)
            self._ended = len(ids) < count
            for start in range(0, len(ids), _JUDGED_PER_TURN):
                entries = await self._judge.entries(ids[start : start + _JUDGED_PER_TURN])
                found.extend(entry for entry in entries if entry is not None)
                if start:
                    await asyncio.sleep(0)
        return found

    @abstractmethod
    async def _next_ids(self, count: int) -> list[int]:
        """The next ids in the merge's order, each once, at least `count` of them; fewer only at the end."""

    async def _scan(
        self, source: int, above: tuple[int] | None, below: tuple[int] | None, reverse: bool
    ) -> list[int]:
        """The next chunk of an index."""
        index = self._indexes[source]
        found = await self._store.scan(
            index.table, (index.key,), above=above, below=below, reverse=reverse, limit=_CHUNK_ROWS
        )
        await self._turns.take()
        return [row.tweet_id for row in found]


class DescendingMerge(_Merge):
    """Entries below `high`, newest first. Ids stand negated in the heap."""

    def __init__(self, store: Store, judge: Judge, sources: Sources, high: int) -> None:
        super().__init__(store, judge, sources.indexes)
        self._unsorted = sources.known
        self._known: list[int] = []
        """The highest of what memory knows, ascending: the next one is the last."""
        self._heap = [
            (-min(floor, high - 1), source, True) for source, floor in enumerate(sources.floors) if floor > 0
        ]
        heapq.heapify(self._heap)
        self._last = high

    async def _next_ids(self, count: int) -> list[int]:
        ids: list[int] = []
        while len(ids) < count:
            known = self._next_known()
            if not self._heap and known == 0:
                break
            top = -self._heap[0][0] if self._heap else 0
            if self._heap and top >= known:
                if self._heap[0][2]:
                    await self._read_index()
                    continue
                heapq.heappop(self._heap)
            else:
                top = self._known.pop()
            if top < self._last:
                self._last = top
                ids.append(top)
        return ids

    def _next_known(self) -> int:
        """The highest id that memory knows and that was not taken yet, or 0. Few are sorted at a time."""
        if not self._known and len(self._unsorted):
            unsorted = self._unsorted
            cut = max(0, len(unsorted) - _SORTED_AT_ONCE)
            if cut:
                unsorted = np.partition(unsorted, cut)
            self._unsorted = unsorted[:cut]
            self._known = np.sort(unsorted[cut:]).tolist()
        return self._known[-1] if self._known else 0

    async def _read_index(self) -> None:
        """Replace the heap's top, a marker, by the source's next tweets from it down."""
        negated, source, _ = heapq.heappop(self._heap)
        ids = await self._scan(source, None, (min(1 - negated, ID_MAX),), True)
        for tweet_id in ids:
            heapq.heappush(self._heap, (-tweet_id, source, False))
        if len(ids) == _CHUNK_ROWS:
            heapq.heappush(self._heap, (-(ids[-1] - 1), source, True))


class AscendingMerge(_Merge):
    """Entries above `low`, oldest first, from the durable indexes alone."""

    def __init__(self, store: Store, judge: Judge, indexes: list[Index], low: int) -> None:
        super().__init__(store, judge, indexes)
        self._heap = [(low + 1, source, True) for source in range(len(indexes))]
        self._last = low

    async def _next_ids(self, count: int) -> list[int]:
        ids: list[int] = []
        while self._heap and len(ids) < count:
            tweet_id, source, is_marker = self._heap[0]
            heapq.heappop(self._heap)
            if is_marker:
                await self._read_index(source, tweet_id)
            elif tweet_id > self._last:
                self._last = tweet_id
                ids.append(tweet_id)
        return ids

    async def _read_index(self, source: int, bound: int) -> None:
        ids = await self._scan(source, (bound - 1,), None, False)
        for tweet_id in ids:
            heapq.heappush(self._heap, (tweet_id, source, False))
        if len(ids) == _CHUNK_ROWS:
            heapq.heappush(self._heap, (ids[-1] + 1, source, True))
