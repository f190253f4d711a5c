"""A temporal bipartite graph, users on one side and tweets on the other, in segments of time.

A segment is live (it takes edges) or sealed (packed, and changed only by cancelling). Each has, for each
side, a table of nodes, (id, head) in 16 bytes; a node's number inside a segment is its slot in the table.
Live tables are open addressing, two thirds full; sealed ones are hashed perfectly (see `perfect`).

    live     head: where the newest slice begins in the pool << 32 | degree. Slice i holds 2^(i+1) edge
             numbers, and before it stands where slice i - 1 begins (the power-law edge pools of GraphJet;
             Sharma et al., PVLDB 9(13), 2016). Edge e is two words: user slot | tweet slot << 32, and
             when << 4 | kind << 1 | dead.
    sealed   head: that of a packed list (see `packed`) of the other side's slots, each with 12 bits of its
             own: time step << 4 | kind << 1 | dead.

A head of 0 is a node without edges: deleted, or about to get its first one. What lands on it is no neighbour.

One writer. A reader takes a directory of the segments; the writer publishes an edge's words before its place
in the pool, and that before the head; a dead bit is one store. So a reader sees a graph as it was, or with
some edges of the batch that is just being written."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import highest_one, kernel, mix
from roost.kernels.memory import reserve
from roost.kernels.packed import COUNT_MASK, OWN_BITS, START_SHIFT, read_entry
from roost.kernels.perfect import bucket_of, buckets_for, slot_of

KIND_SHIFT = 1
KIND_MASK = 7
TIME_SHIFT = 4
TIME_STEPS = 256
DEAD_BIT = 1
LIVE_OWN_MASK = (1 << TIME_SHIFT) - 1
"""What an edge of a live segment has of its own beside its time."""

KEY_SHIFT = 32
"""Where the tweet's slot stands in an edge's first word; the user's stands at 0."""
SLOT_MASK = 0xFFFFFFFF
TABLE_SLACK = 64
"""Slots behind the last home."""
HASH_BITS = 32
_HASH_DROP = 62 - HASH_BITS


class Side(NamedTuple):
    """One side's nodes and lists, of all segments."""

    table: NDArray[np.int64]
    """(segments, 2 x slots): id, head, id, head ..."""
    pilots: NDArray[np.uint16]
    """(sealed segments, buckets): of the perfect hash."""
    lists: NDArray[np.int64]
    """(sealed segments, words): packed lists."""
    pool: NDArray[np.uint32]
    """(live segments, entries): slices of edge numbers."""


class TemporalGraph(NamedTuple):
    users: Side
    tweets: Side
    edges: NDArray[np.int64]
    """(live segments, edges, 2)."""
    facts: NDArray[np.int64]
    """(live segments, 8): see below."""


EDGES, USERS, TWEETS, USER_TOP, TWEET_TOP, OLDEST_MS, NEWEST_MS, CANCELLED = range(8)
"""Of a live segment: its edges and nodes, entries of the pools in use, the times it spans, and its dead
edges."""

TABLE, DATA, BUCKETS, SLOTS, BEGAN_MS, STEP_BITS, LATEST_MS = 0, 1, 2, 4, 6, 7, 8
"""Of a segment in a directory: its row in the tables; its row in `pilots` and `lists`, or else in `pool`,
`edges` and `facts`; buckets of its users and tweets, 0 for a live one; slots that their ids hash to; and how
its times are read."""
DIRECTORY_WORDS = 9
TWEETS_SIDE, USERS_SIDE = 1, 0


def make_temporal_graph(sealed: int, live: int, edges: int, users: int, tweets: int) -> TemporalGraph:
    """Room for so many segments of so many edges and nodes each; all only reserved."""
    sides = [
        Side(
            reserve((sealed + live, 2 * (homes_for(nodes) + TABLE_SLACK + 1)), np.int64, huge=True),
            reserve((sealed, buckets_for(nodes)), np.uint16, huge=True),
            reserve((sealed, edges + 8), np.int64, huge=True),
            reserve((live, 3 * edges + 16), np.uint32, huge=True),
        )
        for nodes in (users, tweets)
    ]
    return TemporalGraph(
        sides[0],
        sides[1],
        reserve((live, edges, 2), np.int64, huge=True),
        np.zeros((live, 8), np.int64),
    )


def homes_for(nodes: int) -> int:
    """Homes of a live table of at most so many nodes: two thirds full."""
    return nodes + (nodes >> 1) + 1


@kernel
def home_of(key: int, homes: int) -> int:
    """The slot that an id would like best."""
    return ((mix(key) >> _HASH_DROP) * homes) >> HASH_BITS


@kernel
def find_slot(side: Side, at: int, segment: NDArray[np.int64], key: int) -> int:
    """The slot of an id in a segment, or -1. `at` says which side it is."""
    table, slots = side.table[segment[TABLE]], segment[SLOTS + at]
    buckets = segment[BUCKETS + at]
    if buckets > 0:
        hashed = mix(key)
        slot = slot_of(hashed, np.int64(side.pilots[segment[DATA], bucket_of(hashed, buckets)]), slots)
        return slot if table[2 * slot] == key else -1
    slot = home_of(key, slots)
    while 2 * slot < table.shape[0] and table[2 * slot] != 0:
        if table[2 * slot] == key:
            return slot
        slot += 1
    return -1


@kernel
def head_of(side: Side, at: int, segment: NDArray[np.int64], key: int) -> int:
    """The head of an id's list in one segment, or 0."""
    slot = find_slot(side, at, segment, key)
    return side.table[segment[TABLE], 2 * slot + 1] if slot >= 0 else 0


@kernel
def degree_of(head: int) -> int:
    """Edges in a list, dead ones among them."""
    return head & COUNT_MASK


@kernel
def pooled(pool: NDArray[np.uint32], head: int, index: int) -> int:
    """Entry `index` of a live list: an edge's number. One cache miss a slice between it and the newest."""
    start = head >> START_SHIFT
    level = highest_one(index + 2)
    for _ in range(highest_one((head & COUNT_MASK) + 1) - level):
        start = np.int64(pool[start - 1])
    return np.int64(pool[start + index + 2 - (1 << level)])


@kernel
def edge_at(
    graph: TemporalGraph, side: Side, of_users: int, segment: NDArray[np.int64], head: int, index: int
) -> int:
    """Entry `index` of a list, as an item: the other side's slot << OWN_BITS | time step << 4 | kind << 1 |
    dead.

    In a live segment the time step is 0.
    """
    data = segment[DATA]
    if segment[BUCKETS] > 0:
        return read_entry(side.lists[data], head, index)
    edge = pooled(side.pool[data], head, index)
    slots = graph.edges[data, edge, 0]
    other = (slots >> KEY_SHIFT) if of_users else slots & SLOT_MASK
    return other << OWN_BITS | graph.edges[data, edge, 1] & LIVE_OWN_MASK


@kernel
def sealed_time(segment: NDArray[np.int64], own: int) -> int:
    """When the time step began that an entry's own bits name, in ms."""
    return segment[BEGAN_MS] + (((own >> TIME_SHIFT) & (TIME_STEPS - 1)) << segment[STEP_BITS])


@kernel
def time_at(
    graph: TemporalGraph, side: Side, segment: NDArray[np.int64], head: int, index: int, item: int
) -> int:
    """When entry `index`, which is `item`, was made, in ms; in a sealed segment, when its time step began."""
    if segment[BUCKETS] > 0:
        return sealed_time(segment, item)
    data = segment[DATA]
    return graph.edges[data, pooled(side.pool[data], head, index), 1] >> TIME_SHIFT


@kernel
def weight_of(
    own: int, when_ms: int, weights: NDArray[np.float64], first: int, decay: float, now_ms: int
) -> float:
    """An edge's weight: its kind's, which is at `first` + kind, times exp(-decay x age in ms); 0 where it is
    dead."""
    if own & DEAD_BIT:
        return 0.0
    weight = weights[first + ((own >> KIND_SHIFT) & KIND_MASK)]
    if decay > 0.0:
        weight *= math.exp(-decay * max(0, now_ms - when_ms))
    return weight
