"""Segments: rows of the graph's arrays, and who still needs them."""

import logging
import weakref
from queue import Empty, SimpleQueue

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.kernels import (
    BEGAN_MS,
    BUCKETS,
    DATA,
    DIRECTORY_WORDS,
    LATEST_MS,
    SLOTS,
    STEP_BITS,
    TABLE,
    TIME_STEPS,
)
from roost.limits import INTERACTION_ROW_WAIT_S

_log = logging.getLogger("roost.interactions")


class InteractionCapacity(msgspec.Struct, frozen=True):
    """The window: so many sealed segments beside the one that takes edges. A segment ends when it is full of
    edges, users or tweets, or spans so much time. Memory is reserved, and used as it fills."""

    segments: int = 8
    segment_edges: int = 1 << 20
    segment_users: int = 1 << 18
    segment_tweets: int = 1 << 19
    segment_span_ms: int = 1 << 62


class Segment:
    """One segment's rows. Readers hold it while they read; its rows are free again when nobody does."""

    __slots__ = ("__weakref__", "changes", "list_bytes", "number", "words")

    def __init__(self, number: int, words: NDArray[np.int64], rows: "Rows", is_sealed: bool) -> None:
        self.number = number
        """Segments are numbered in order of time, from 0 on."""
        self.words = words
        """Its line of a directory."""
        self.list_bytes = (0, 0)
        """Of its users' and its tweets' packed lists."""
        self.changes = 0
        """How often edges were cancelled in it since it was sealed."""
        weakref.finalize(self, rows.give, int(words[DATA]), is_sealed)

    @property
    def is_sealed(self) -> bool:
        return bool(self.words[BUCKETS] > 0)

    def memory_bytes(self) -> int:
        """Of a sealed segment: everything that its edges need."""
        tables = 16 * int(self.words[SLOTS : SLOTS + 2].sum())
        pilots = 2 * int(self.words[BUCKETS : BUCKETS + 2].sum())
        return tables + pilots + sum(self.list_bytes)


class Rows:
    """Which rows are free. Given back by whichever thread lets go of a segment last."""

    def __init__(self, sealed: int, live: int) -> None:
        self._sealed = sealed
        self._free: dict[bool, SimpleQueue[int]] = {True: SimpleQueue(), False: SimpleQueue()}
        for is_sealed, rows in ((True, sealed), (False, live)):
            for row in range(rows):
                self._free[is_sealed].put(row)

    def give(self, row: int, is_sealed: bool) -> None:
        self._free[is_sealed].put(row)

    def take(self, is_sealed: bool) -> tuple[int, int]:
        """A row of the data arrays, and its row of the tables. Waits until the last reader of one is done,
        and says so where that takes longer than any query: the writer falls behind, and repeats nothing."""
        while True:
            try:
                row = self._free[is_sealed].get(timeout=INTERACTION_ROW_WAIT_S)
            except Empty:
                _log.warning("The interaction graph takes nothing: a reader holds a segment that was dropped")
            else:
                return row, row if is_sealed else self._sealed + row


def live_words(row: int, table: int, homes: tuple[int, int]) -> NDArray[np.int64]:
    words = np.zeros(DIRECTORY_WORDS, np.int64)
    words[DATA], words[TABLE], words[SLOTS : SLOTS + 2] = row, table, homes
    return words


def sealed_words(
    row: int, table: int, buckets: tuple[int, int], slots: tuple[int, int], oldest_ms: int, newest_ms: int
) -> NDArray[np.int64]:
    """A time step is the least power of two, in ms, of which 256 are longer than the segment."""
    words = live_words(row, table, slots)
    words[BUCKETS : BUCKETS + 2] = buckets
    words[BEGAN_MS], words[LATEST_MS] = oldest_ms, newest_ms
    words[STEP_BITS] = max(0, (newest_ms - oldest_ms).bit_length() - (TIME_STEPS - 1).bit_length())
    return words
