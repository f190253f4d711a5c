"""The background step that seals a segment."""

import threading

import numpy as np
from numpy.typing import NDArray

from roost.interactions.segments import Rows, Segment, sealed_words
from roost.kernels import (
    DATA,
    EDGES,
    NEWEST_MS,
    OLDEST_MS,
    TABLE,
    Side,
    SideSort,
    TemporalGraph,
    buckets_for,
    count_living,
    find_pilots,
    group_by_bucket,
    group_by_tweet,
    list_nodes,
    name_nodes,
    pack_side,
    regroup,
    slots_for,
)
from roost.limits import PERFECT_HASH_TRIES_MAX


class Placed:
    """One side's nodes, and where each goes in the sealed table."""

    def __init__(self, side: Side, table: int, degrees: NDArray[np.uint32], capacity: int) -> None:
        live_slots, ids = np.empty(len(degrees), np.uint32), np.empty(len(degrees), np.int64)
        count = list_nodes(side.table[table], degrees, live_slots, ids)
        self.degrees = degrees
        self.live_slots, self.ids = live_slots[:count], ids[:count]
        self.buckets = buckets_for(count)
        self.slots, self.pilots, self.placed = self._place(capacity)

    def _place(self, capacity: int) -> tuple[int, NDArray[np.uint16], NDArray[np.uint32]]:
        count = len(self.ids)
        starts, hashes = np.zeros(self.buckets + 2, np.uint32), np.empty(count, np.int64)
        grouped, placed = np.empty(count, np.uint32), np.empty(count, np.uint32)
        group_by_bucket(self.ids, self.buckets, starts, hashes, grouped)
        pilots = np.zeros(self.buckets, np.uint16)
        slots = slots_for(count)
        for _ in range(PERFECT_HASH_TRIES_MAX):
            assert slots <= capacity
            if find_pilots(starts, hashes, grouped, pilots, np.zeros(slots, np.uint8), placed):
                return slots, pilots, placed
            slots += slots // 32 + 1
        raise RuntimeError(f"no perfect hash was found for {count} ids")

    def begin(self, table: NDArray[np.int64], items: int) -> SideSort:
        work = SideSort(
            np.empty(len(self.degrees), np.uint32),
            np.zeros(self.slots + 1, np.uint32),
            np.empty(self.slots, np.uint32),
            np.empty(items, np.int64),
        )
        name_nodes(self.live_slots, self.ids, self.placed, self.degrees, table, work)
        return work


class SealJob:
    """Made and published by the writer; `run` in any thread, beside readers and the writer.

    Making it notes which edges live (2 ns an edge); what is cancelled later, the writer notes in `cancelled`.
    Running it takes some 0.15 us an edge and 16 bytes an edge of memory.
    """

    def __init__(self, graph: TemporalGraph, live: Segment, rows: Rows) -> None:
        self.live: Segment | None = live
        """Let go of when the result is published, so that its rows can be used again."""
        self.sealed: Segment | None = None
        """The result."""
        self.cancelled: list[tuple[int, ...]] = []
        """(user, tweet, kind), or (is_user, id), in order."""
        self.done = threading.Event()
        self._claim = threading.Lock()
        self.failure: BaseException | None = None
        self._graph, self._rows = graph, rows
        self._number, self._words = live.number, live.words
        row = int(live.words[DATA])
        self._facts = graph.facts[row].copy()
        self._living = np.empty(int(self._facts[EDGES]), np.uint8)
        self._degrees = tuple(
            np.zeros(side.table.shape[1] // 2, np.uint32) for side in (graph.users, graph.tweets)
        )
        self._edges = graph.edges[row]
        self._alive = count_living(self._edges, self._living, *self._degrees)

    def run(self) -> None:
        """Returns at once where it runs, or ran, already: `done` says when there is a result."""
        if not self._claim.acquire(blocking=False):
            return
        try:
            self.sealed = self._seal()
        except BaseException as cause:
            self.failure = cause
            raise
        finally:
            self.done.set()

    def _seal(self) -> Segment:
        graph = self._graph
        sides = (graph.users, graph.tweets)
        table = int(self._words[TABLE])
        placed = [
            Placed(side, table, degrees, side.table.shape[1] // 2)
            for side, degrees in zip(sides, self._degrees, strict=True)
        ]
        row, target = self._rows.take(is_sealed=True)
        slots = (placed[0].slots, placed[1].slots)
        words = sealed_words(
            row,
            target,
            (placed[0].buckets, placed[1].buckets),
            slots,
            int(self._facts[OLDEST_MS]),
            int(self._facts[NEWEST_MS]),
        )
        sealed = Segment(self._number, words, self._rows, is_sealed=True)
        for side, found in zip(sides, placed, strict=True):
            clear_sealed(side, row, target)
            side.pilots[row, : found.buckets] = found.pilots
        works = [
            found.begin(side.table[target], self._alive) for side, found in zip(sides, placed, strict=True)
        ]
        users, tweets = works
        group_by_tweet(self._edges, words, self._living, users, tweets)
        regroup(tweets, users)
        tweets.cursors[:] = tweets.starts[:-1]
        regroup(users, tweets)
        sealed.list_bytes = (
            pack_side(graph.users, words, users, slots[1]),
            pack_side(graph.tweets, words, tweets, slots[0]),
        )
        return sealed


def clear_sealed(side: Side, row: int, table: int) -> None:
    """Zero what an earlier segment wrote there."""
    clear(side.lists[row])
    clear(side.table[table])


def clear(words: NDArray[np.int64]) -> None:
    """Zero an array, without touching what is zero: reserved memory stays unused."""
    step = 1 << 18
    for first in range(0, len(words), step):
        part = words[first : first + step]
        if part.any():
            part[:] = 0
