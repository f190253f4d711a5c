"""Lists of ids by term: those in memory that are not written yet, and those in the table, as one.

A row holds the ids that one write found for a term, and its key begins with the highest of them. So rows are
read from the highest key down, and every id above the next row's key is known by then. Ids are added and
never taken out: what a list says has to be checked by whoever reads it.
"""

from array import array
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from roost.ids import ID_MAX
from roost.limits import SEARCH_SLICE_ROWS
from roost.store import Batch, Store, rows, tables

_CHUNK_ROWS = 64
Ids = NDArray[np.int64]
_NONE = np.empty(0, np.int64)


class Postings:
    """Belongs to the event loop's thread."""

    def __init__(self, store: Store, rows_max: int, prefix: str = "") -> None:
        self._store = store
        self._prefix = prefix
        """Of the terms in the table, which others use too."""
        self._rows_max = rows_max
        self._fresh: dict[str, list[int]] = defaultdict(list)
        self._writing: dict[str, list[int]] = {}
        self.pending = 0
        """Ids in memory that are not written."""

    def add(self, item_id: int, terms: Sequence[str]) -> None:
        """0.1 us a term."""
        fresh = self._fresh
        for term in terms:
            fresh[term].append(item_id)
        self.pending += len(terms)

    def take(self) -> None:
        """Begin a write of what is in memory. It is read from there until `wrote`; one write at a time."""
        assert not self._writing
        self._writing, self._fresh, self.pending = self._fresh, defaultdict(list), 0

    def pieces(self, position: int) -> Iterator[Batch]:
        """What was taken, as rows, at least one piece of at most `SEARCH_SLICE_ROWS`. 3 us a row."""
        batch = Batch()
        for term, ids in self._writing.items():
            if len(batch) == SEARCH_SLICE_ROWS:
                yield batch
                batch = Batch()
            ordered = sorted(set(ids))
            packed = array("q", ordered).tobytes()
            batch.put(tables.POSTINGS, rows.PostingsRow(self._prefix + term, ordered[-1], position, packed))
        yield batch

    def wrote(self) -> None:
        self._writing = {}

    def give_back(self) -> None:
        """The write failed."""
        for term, ids in self._writing.items():
            self._fresh[term][:0] = ids
            self.pending += len(ids)
        self._writing = {}

    async def with_all(self, terms: Sequence[str], low: int, high: int) -> AsyncIterator[list[int]]:
        """The ids between `low` and `high` (exclusive) that may have all terms, in falling order.

        In pieces that are read as they are asked for. Ends after `rows_max` rows: what is older then is not
        found. As soon as one term's list is known to its end, it alone says which ids come into question.
        """
        lists = [_List(self, term) for term in dict.fromkeys(terms)]
        bound = min(high, ID_MAX)
        rows_read = 0
        while rows_read < self._rows_max:
            for found in lists:
                rows_read += await found.read()
            ended = [found for found in lists if found.ended]
            floor = max(found.floor for found in lists) if not ended else low
            piece = _intersection(ended or lists, lists, max(floor, low), bound)
            if len(piece):
                yield piece[::-1].tolist()
            if ended or floor <= low:
                return
            bound = floor + 1

    def unwritten(self, term: str) -> Ids:
        """The ids of a term in memory."""
        ids = [*self._writing.get(term, ()), *self._fresh.get(term, ())]
        return np.array(ids, np.int64) if ids else _NONE

    async def chunk(self, term: str, below: tuple[int, int] | None) -> list[rows.PostingsRow]:
        return await self._store.scan(
            tables.POSTINGS, (self._prefix + term,), below=below, reverse=True, limit=_CHUNK_ROWS
        )


class _List:
    """One term's ids, as far as they have been read."""

    def __init__(self, postings: Postings, term: str) -> None:
        self._postings = postings
        self._term = term
        self._below: tuple[int, int] | None = None
        self.ids = postings.unwritten(term)
        self.ended = False
        self.floor = ID_MAX
        """All ids above this one are known."""

    async def read(self) -> int:
        """Read on; answers how many rows were read."""
        if self.ended:
            return 0
        chunk = await self._postings.chunk(self._term, self._below)
        self.ids = np.unique(np.concatenate([self.ids, *(np.frombuffer(row.ids, np.int64) for row in chunk)]))
        self.ended = len(chunk) < _CHUNK_ROWS
        if self.ended:
            self.floor = 0
        else:
            last = chunk[-1]
            self._below = last.newest_id, last.position
            self.floor = last.newest_id
        return len(chunk)


def _intersection(drivers: Sequence[_List], lists: Sequence[_List], low: int, high: int) -> Ids:
    """The ids of the shortest driver between two bounds, but those that another list is known not to have."""
    driver = min(drivers, key=lambda found: len(found.ids))
    ids = driver.ids[(driver.ids > low) & (driver.ids < high)]
    for other in lists:
        if other is not driver:
            ids = ids[(ids <= other.floor) | np.isin(ids, other.ids)]
    return ids
