"""Writing to the temporal graph: edges, edges that cancel, and nodes that are deleted."""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import fence, highest_one, kernel
from roost.kernels.packed import COUNT_MASK, OWN_BITS, START_SHIFT, first_with, mark_entry, read_entry
from roost.kernels.temporal import (
    BUCKETS,
    CANCELLED,
    DATA,
    DEAD_BIT,
    EDGES,
    KEY_SHIFT,
    KIND_MASK,
    KIND_SHIFT,
    NEWEST_MS,
    OLDEST_MS,
    SLOTS,
    TABLE,
    TIME_SHIFT,
    TWEET_TOP,
    TWEETS,
    TWEETS_SIDE,
    USER_TOP,
    USERS,
    USERS_SIDE,
    Side,
    TemporalGraph,
    find_slot,
    home_of,
    pooled,
)


@kernel
def _slot_for(
    table: NDArray[np.int64], homes: int, key: int, facts: NDArray[np.int64], count: int, most: int
) -> int:
    """The slot of an id in a live table, made where it is new; -1 where there is no room for it."""
    slot = home_of(key, homes)
    while 2 * slot < table.shape[0]:
        found = table[2 * slot]
        if found == key:
            return slot
        if found == 0:
            if facts[count] >= most:
                return -1
            table[2 * slot] = key
            facts[count] += 1
            return slot
        slot += 1
    return -1


@kernel
def _append(
    table: NDArray[np.int64], pool: NDArray[np.uint32], slot: int, edge: int, facts: NDArray[np.int64],
    top: int,
) -> None:  # fmt: skip
    head = table[2 * slot + 1]
    degree = head & COUNT_MASK
    start = head >> START_SHIFT
    size = 1 << highest_one(degree + 2)
    offset = degree + 2 - size
    if offset == 0:
        begin = facts[top]
        if degree > 0:
            pool[begin] = np.uint32(start)
            begin += 1
        start = begin
        facts[top] = begin + size
    pool[start + offset] = np.uint32(edge)
    fence()
    table[2 * slot + 1] = start << START_SHIFT | (degree + 1)


@kernel
def add_interactions(
    graph: TemporalGraph, segment: NDArray[np.int64], users_max: int, tweets_max: int, span_ms: int,
    users: NDArray[np.int64], tweets: NDArray[np.int64], kinds: NDArray[np.uint8], times: NDArray[np.int64],
    first: int,
) -> int:  # fmt: skip
    """Add edges `first` and later to a live segment; answer the first one that it is too full or too old for.

    A segment is too old for what comes more than `span_ms` after its oldest edge.
    Ids are not 0. Four cache misses an edge, which overlap between edges.
    """
    row = segment[DATA]
    facts = graph.facts[row]
    edges = graph.edges[row]
    user_table, tweet_table = graph.users.table[segment[TABLE]], graph.tweets.table[segment[TABLE]]
    user_pool, tweet_pool = graph.users.pool[row], graph.tweets.pool[row]
    for index in range(first, users.shape[0]):
        edge = facts[EDGES]
        if edge == edges.shape[0] or (edge > 0 and times[index] - facts[OLDEST_MS] > span_ms):
            return index
        user = _slot_for(user_table, segment[SLOTS], users[index], facts, USERS, users_max)
        if user < 0:
            return index
        tweet = _slot_for(tweet_table, segment[SLOTS + 1], tweets[index], facts, TWEETS, tweets_max)
        if tweet < 0:
            return index
        edges[edge, 0] = user | tweet << KEY_SHIFT
        edges[edge, 1] = times[index] << TIME_SHIFT | np.int64(kinds[index]) << KIND_SHIFT
        if edge == 0 or times[index] > facts[NEWEST_MS]:
            facts[NEWEST_MS] = times[index]
        if edge == 0 or times[index] < facts[OLDEST_MS]:
            facts[OLDEST_MS] = times[index]
        facts[EDGES] = edge + 1
        fence()
        _append(user_table, user_pool, user, edge, facts, USER_TOP)
        _append(tweet_table, tweet_pool, tweet, edge, facts, TWEET_TOP)
    return users.shape[0]


@kernel
def _cancel_live(graph: TemporalGraph, row: int, side: Side, head: int, wanted: int, kind: int) -> bool:
    """Look from a list's end for the edge with these slots and that kind, and mark it dead."""
    for index in range((head & COUNT_MASK) - 1, -1, -1):
        edge = pooled(side.pool[row], head, index)
        own = graph.edges[row, edge, 1]
        if (
            graph.edges[row, edge, 0] == wanted
            and (own >> KIND_SHIFT) & KIND_MASK == kind
            and own & DEAD_BIT == 0
        ):
            graph.edges[row, edge, 1] = own | DEAD_BIT
            graph.facts[row, CANCELLED] += 1
            return True
    return False


@kernel
def _cancel_sealed(words: NDArray[np.int64], head: int, other: int, kind: int) -> bool:
    """Mark the last living edge of that kind to `other` dead in one list."""
    found = -1
    for index in range(first_with(words, head, other), head & COUNT_MASK):
        item = read_entry(words, head, index)
        if item >> OWN_BITS != other:
            break
        if (item >> KIND_SHIFT) & KIND_MASK == kind and item & DEAD_BIT == 0:
            found = index
    if found < 0:
        return False
    mark_entry(words, head, found)
    return True


@kernel
def cancel_interaction(
    graph: TemporalGraph, directory: NDArray[np.int64], user: int, tweet: int, kind: int
) -> int:
    """Mark the newest living edge of that kind between the two dead, in both directions.

    `directory` is in order of time. Answers which of its segments had it, or -1. In a live segment O(degree
    of the one with fewer edges), in a sealed one O(log degree)."""
    for place in range(directory.shape[0] - 1, -1, -1):
        segment = directory[place]
        row = segment[DATA]
        user_slot = find_slot(graph.users, USERS_SIDE, segment, user)
        tweet_slot = find_slot(graph.tweets, TWEETS_SIDE, segment, tweet)
        if user_slot < 0 or tweet_slot < 0:
            continue
        user_head = graph.users.table[segment[TABLE], 2 * user_slot + 1]
        tweet_head = graph.tweets.table[segment[TABLE], 2 * tweet_slot + 1]
        if user_head == 0 or tweet_head == 0:
            continue
        if segment[BUCKETS] > 0:
            if _cancel_sealed(graph.users.lists[row], user_head, tweet_slot, kind):
                _cancel_sealed(graph.tweets.lists[row], tweet_head, user_slot, kind)
                return place
            continue
        wanted = user_slot | tweet_slot << KEY_SHIFT
        if user_head & COUNT_MASK < tweet_head & COUNT_MASK:
            done = _cancel_live(graph, row, graph.users, user_head, wanted, kind)
        else:
            done = _cancel_live(graph, row, graph.tweets, tweet_head, wanted, kind)
        if done:
            return place
    return -1


@kernel
def delete_node(
    graph: TemporalGraph, directory: NDArray[np.int64], is_user: int, key: int, changed: NDArray[np.uint8]
) -> None:
    """Cancel every edge of a user or of a tweet, and note in which segments. O(1) a sealed one, O(degree) a
    live one."""
    side = graph.users if is_user else graph.tweets
    for place in range(directory.shape[0]):
        segment = directory[place]
        table = side.table[segment[TABLE]]
        slot = find_slot(side, USERS_SIDE if is_user else TWEETS_SIDE, segment, key)
        if slot < 0:
            continue
        changed[place] = 1
        if segment[BUCKETS] > 0:
            table[2 * slot + 1] = 0
            continue
        row = segment[DATA]
        head = table[2 * slot + 1]
        for index in range(head & COUNT_MASK):
            edge = pooled(side.pool[row], head, index)
            if graph.edges[row, edge, 1] & DEAD_BIT == 0:
                graph.edges[row, edge, 1] |= DEAD_BIT
                graph.facts[row, CANCELLED] += 1
