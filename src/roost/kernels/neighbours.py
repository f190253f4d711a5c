"""Counting over neighbours and neighbours' neighbours: social proof, and who or what is engaged with
together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.choosing import Barrier, is_barred
from roost.kernels.jit import kernel, mix
from roost.kernels.packed import COUNT_MASK, OWN_BITS, OWN_MASK
from roost.kernels.sampling import WALKERS_MAX, Sampling, Walkers, advance, look_up, total_degree
from roost.kernels.temporal import (
    KIND_MASK,
    KIND_SHIFT,
    TABLE,
    TWEETS_SIDE,
    USERS_SIDE,
    TemporalGraph,
    edge_at,
    time_at,
    weight_of,
)

_TRIED = 128
"""Draws that say how many of a long list's edges are alive."""


class Tally(NamedTuple):
    """Scores by id: an open-addressing table, its size a power of two and twice what may come."""

    keys: NDArray[np.int64]
    scores: NDArray[np.float64]
    counts: NDArray[np.int64]
    marks: NDArray[np.int64]
    """By whom each was last counted, plus one; << 8 | the kinds of edges, where these are counted."""
    order: NDArray[np.int64]
    """The slots in use, in order of appearance."""
    log: NDArray[np.int64]
    """(entries, 3): slot, who counted, kind."""
    totals: NDArray[np.int64]
    """How many ids; how many log entries."""


class Found(NamedTuple):
    """The living edges of one node."""

    ids: NDArray[np.int64]
    kinds: NDArray[np.int64]
    weights: NDArray[np.float64]
    times: NDArray[np.int64]
    """In ms; not filled where edges were drawn."""
    factor: NDArray[np.float64]
    """(2): how many edges each of these stands for; other than 0 where they were drawn."""


def make_tally(most: int) -> Tally:
    """Room for so many entries."""
    slots = 1 << max(4, (2 * most - 1).bit_length())
    return Tally(
        np.zeros(slots, np.int64),
        np.zeros(slots, np.float64),
        np.zeros(slots, np.int64),
        np.zeros(slots, np.int64),
        np.empty(max(1, most), np.int64),
        np.empty((max(1, most), 3), np.int64),
        np.zeros(2, np.int64),
    )


def make_found(most: int) -> Found:
    ids, kinds, times = (np.empty(most, np.int64) for _ in range(3))
    return Found(ids, kinds, np.empty(most), times, np.ones(2))


@kernel
def tally_slot(tally: Tally, key: int) -> int:
    """The slot of an id, made where it is new."""
    mask = tally.keys.shape[0] - 1
    slot = mix(key) & mask
    while tally.keys[slot] != key:
        if tally.keys[slot] == 0:
            tally.keys[slot] = key
            tally.order[tally.totals[0]] = slot
            tally.totals[0] += 1
            break
        slot = (slot + 1) & mask
    return slot


@kernel
def _count_kind(tally: Tally, key: int, counter: int, kind: int, weight: float) -> None:
    """Count an id for one who counts, once for each kind of edge."""
    slot = tally_slot(tally, key)
    bit = 1 << kind
    mark = tally.marks[slot]
    if mark >> 8 != counter + 1:
        mark = (counter + 1) << 8
    if mark & bit:
        return
    tally.marks[slot] = mark | bit
    tally.scores[slot] += weight
    tally.counts[slot] += 1
    number = tally.totals[1]
    tally.log[number, 0] = slot
    tally.log[number, 1] = counter
    tally.log[number, 2] = kind
    tally.totals[1] = number + 1


@kernel
def _count_share(tally: Tally, key: int, counter: int, weight: float, each: bool) -> None:
    """Count an id for one who counts, once. Its score grows once, or `each` time."""
    slot = tally_slot(tally, key)
    is_new = tally.marks[slot] != counter + 1
    tally.marks[slot] = counter + 1
    tally.counts[slot] += np.int64(is_new)
    if each or is_new:
        tally.scores[slot] += weight


@kernel
def list_edges(
    graph: TemporalGraph, of_users: int, directory: NDArray[np.int64], sampling: Sampling, walkers: Walkers,
    walker: int, most: int, found: Found,
) -> int:  # fmt: skip
    """List up to `most` living edges of the node that `look_up` found for a walker, those of newer segments
    first.

    Within a live segment the newest come first; within a sealed one, where some must be left out, those that
    come first by hash. Answers how many."""
    side, other = (graph.users, graph.tweets) if of_users else (graph.tweets, graph.users)
    count = 0
    for place in range(directory.shape[0] - 1, -1, -1):
        segment, head = directory[place], walkers.heads[walkers.owners[walker], place]
        for index in range((head & COUNT_MASK) - 1, -1, -1):
            if count == most:
                return count
            item = edge_at(graph, side, of_users, segment, head, index)
            slot = item >> OWN_BITS
            if other.table[segment[TABLE], 2 * slot + 1] == 0:
                continue
            when_ms = time_at(graph, side, segment, head, index, item)
            weight = weight_of(item & OWN_MASK, when_ms, sampling.weights, 0, sampling.decay, sampling.now_ms)
            if weight > 0.0:
                found.ids[count] = other.table[segment[TABLE], 2 * slot]
                found.kinds[count] = (item >> KIND_SHIFT) & KIND_MASK
                found.weights[count] = weight
                found.times[count] = when_ms
                count += 1
    return count


@kernel
def tally_proofs(
    graph: TemporalGraph, directory: NDArray[np.int64], sampling: Sampling, walkers: Walkers,
    seeds: NDArray[np.int64], weights: NDArray[np.float64], most: int, found: Found, tally: Tally,
) -> None:  # fmt: skip
    """For each tweet that a seed has an edge to: its score grows by the seed's weight times the edge's.

    Once for each seed and kind of edge; of each seed's edges the newest `most`.
    """
    for first in range(0, seeds.shape[0], WALKERS_MAX):
        count = min(WALKERS_MAX, seeds.shape[0] - first)
        for walker in range(count):
            walkers.here[walker] = seeds[first + walker]
        look_up(graph.users, USERS_SIDE, directory, walkers, count)
        for walker in range(count):
            listed = list_edges(graph, 1, directory, sampling, walkers, walker, most, found)
            for index in range(listed):
                weight = weights[first + walker] * found.weights[index]
                _count_kind(tally, found.ids[index], first + walker, found.kinds[index], weight)


@kernel
def _edges_of(
    graph: TemporalGraph, of_users: int, directory: NDArray[np.int64], sampling: Sampling, walkers: Walkers,
    key: int, most: int, found: Found, draws: int,
) -> int:  # fmt: skip
    """All living edges of a node, or `most` drawn by weight where there may be more; answer how many."""
    walkers.here[0] = key
    at = USERS_SIDE if of_users else TWEETS_SIDE
    look_up(graph.users if of_users else graph.tweets, at, directory, walkers, 1)
    degree = total_degree(directory, walkers, 0)
    found.factor[0], found.factor[1] = 1.0, 0.0
    if degree <= most:
        return list_edges(graph, of_users, directory, sampling, walkers, 0, most, found)
    for walker in range(most):
        walkers.here[walker] = key
    advance(graph, of_users, directory, sampling, walkers, most, draws)
    count = 0
    for walker in range(most):
        if walkers.there[walker] != 0:
            found.ids[count] = walkers.there[walker]
            found.kinds[count] = walkers.kinds[walker]
            found.weights[count] = 1.0
            count += 1
    found.factor[0], found.factor[1] = _living(walkers, degree) / most, 1.0
    return count


@kernel
def _living(walkers: Walkers, degree: int) -> float:
    """An estimate of how many edges of a node living ones of the greatest weight would be, after walkers have
    moved from it: as many as the share of first proposals that was taken says."""
    return degree * max(0.5, float(walkers.tried[1])) / max(1, walkers.tried[0])


@kernel
def tally_shared(
    graph: TemporalGraph, of_users: int, directory: NDArray[np.int64], sampling: Sampling, walkers: Walkers,
    key: int, near_max: int, far_max: int, near: Found, far: Found, barrier: Barrier, tally: Tally,
) -> int:  # fmt: skip
    """For each node of `key`'s own side: with how many of `key`'s neighbours it shares an edge.

    The counts say how many different neighbours were seen to share one. The scores are the same where
    degrees are at most `near_max` (of `key`) and `far_max` (of its neighbours), and above estimated from so
    many drawn edges, each of which stands for its share. Who is barred is no neighbour. Answers the number of
    neighbours that were read."""
    count = _edges_of(graph, of_users, directory, sampling, walkers, key, near_max, near, 0)
    seen = 0
    for index in range(count):
        neighbour, times = near.ids[index], 0
        is_new = not is_barred(barrier, neighbour)
        for other in range(count):
            if near.ids[other] == neighbour:
                is_new = is_new and other >= index
                times += 1
        if not is_new:
            continue
        share = near.factor[0] * times if near.factor[1] != 0.0 else 1.0
        draws = (index + 1) * 64 * WALKERS_MAX
        listed = _edges_of(graph, 1 - of_users, directory, sampling, walkers, neighbour, far_max, far, draws)
        for place in range(listed):
            if far.ids[place] != key:
                each = far.factor[1] != 0.0
                _count_share(tally, far.ids[place], seen, share * far.factor[0], each)
        seen += 1
    return seen


@kernel
def count_neighbours(
    graph: TemporalGraph, of_users: int, directory: NDArray[np.int64], sampling: Sampling, walkers: Walkers,
    keys: NDArray[np.int64], most: int, found: Found, tally: Tally, counts: NDArray[np.int64],
) -> None:  # fmt: skip
    """How many different neighbours each node has; above `most` edges, about how many living edges. `tally`
    has room for twice `most` entries, and its marks are used up."""
    at = USERS_SIDE if of_users else TWEETS_SIDE
    for first in range(0, keys.shape[0], WALKERS_MAX):
        count = min(WALKERS_MAX, keys.shape[0] - first)
        for walker in range(count):
            walkers.here[walker] = keys[first + walker]
        look_up(graph.users if of_users else graph.tweets, at, directory, walkers, count)
        for walker in range(count):
            degree = total_degree(directory, walkers, walker)
            counts[first + walker] = degree
            if degree <= most:
                listed = list_edges(graph, of_users, directory, sampling, walkers, walker, most, found)
                for index in range(tally.totals[0]):
                    tally.keys[tally.order[index]] = 0
                tally.totals[0] = 0
                for index in range(listed):
                    tally_slot(tally, found.ids[index])
                counts[first + walker] = tally.totals[0]
    for place in range(keys.shape[0]):
        degree = counts[place]
        if degree > most:
            for walker in range(_TRIED):
                walkers.here[walker] = keys[place]
            advance(graph, of_users, directory, sampling, walkers, _TRIED, place * 64 * WALKERS_MAX)
            counts[place] = np.int64(_living(walkers, degree))
