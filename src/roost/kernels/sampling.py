"""Random neighbours of many nodes at once, exact across segments.

A neighbour is proposed uniformly within an envelope: segment s with chance degree(s) x bound(s), then one of
its entries; and accepted with chance weight / bound(s). So its chance is its weight's share of all living
edges' weights, whatever the segments' degrees are (rejection sampling; von Neumann, 1951). Dead edges, and
edges to deleted nodes, weigh nothing. A node whose proposals fail for a quarter of its degree is read whole
instead.

Walkers advance together, one memory access of all of them after the other, so that cache misses overlap: a
look-up in nine segments of gigabytes costs tens of nanoseconds instead of a microsecond.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import kernel, mix, prefetch
from roost.kernels.packed import COUNT_MASK, OWN_BITS, OWN_MASK, block_position, entry_position, read_bits
from roost.kernels.perfect import bucket_of, slot_of
from roost.kernels.temporal import (
    BUCKETS,
    DATA,
    KIND_MASK,
    KIND_SHIFT,
    LIVE_OWN_MASK,
    SLOTS,
    TABLE,
    TIME_SHIFT,
    TWEETS_SIDE,
    USERS_SIDE,
    Side,
    TemporalGraph,
    edge_at,
    head_of,
    home_of,
    pooled,
    sealed_time,
    time_at,
    weight_of,
)
from roost.limits import WALKERS_AT_ONCE_MAX

WALKERS_MAX = WALKERS_AT_ONCE_MAX
"""What they need of memory fits the second-level cache."""
MEMO = 512
OWN_WEIGHTS = 8
"""Where in the weights those of one's own edges begin."""
TRIES_MIN = 4
TRIES_SHARE_BITS = 2
_UNIT = 2.0**-62


class Sampling(NamedTuple):
    """How edges are weighed."""

    bounds: NDArray[np.float64]
    """(segments of the directory): no edge of the segment weighs more."""
    weights: NDArray[np.float64]
    """(16): of each kind; and of each kind of edge of `own` that is gone along from there."""
    own: int
    """A user, or 0."""
    decay: float
    """Of recency, per ms of age; 0 for none."""
    now_ms: int
    seed: int
    """From 0 to 2**62 - 1; the same one gives the same draws."""


class Walkers(NamedTuple):
    """Scratch of `advance`, for WALKERS_MAX walkers; zeroed or not."""

    here: NDArray[np.int64]
    """Ids of the nodes that walkers stand on; filled by the caller."""
    there: NDArray[np.int64]
    """Where they come to; 0 where a node has no living edge."""
    kinds: NDArray[np.int64]
    """Of the edges that they took."""
    heads: NDArray[np.int64]
    """(walkers, segments): where a node's lists are. Only an owner has them; see `owners`."""
    shares: NDArray[np.float64]
    """(walkers, segments): the envelope of an owner's node, up to each segment and with it."""
    chances: NDArray[np.float64]
    """How far within its share of the envelope each proposal fell, from 0 to below 1."""
    picks: NDArray[np.int64]
    """(walkers, 3): the segment and the place of the edge that is proposed; and where or what it is."""
    active: NDArray[np.int64]
    chosen: NDArray[np.int64]
    """Walkers whose proposal is accepted, unless its other end is deleted."""
    hashes: NDArray[np.int64]
    owners: NDArray[np.int64]
    """The walker who looks up for this one: walkers on the same node look it up once, mostly."""
    memo: NDArray[np.int64]
    """(MEMO, 2): an id, and the walker who looks it up."""
    tried: NDArray[np.int64]
    """(2): how many proposals the last `advance` began with, and how many of these were taken."""


def make_walkers(segments: int) -> Walkers:
    """Scratch for a directory of so many segments."""
    return Walkers(
        here=np.empty(WALKERS_MAX, np.int64),
        there=np.empty(WALKERS_MAX, np.int64),
        kinds=np.empty(WALKERS_MAX, np.int64),
        heads=np.empty((WALKERS_MAX, max(1, segments)), np.int64),
        shares=np.empty((WALKERS_MAX, max(1, segments)), np.float64),
        chances=np.empty(WALKERS_MAX, np.float64),
        picks=np.empty((WALKERS_MAX, 3), np.int64),
        active=np.empty(WALKERS_MAX, np.int64),
        chosen=np.empty(WALKERS_MAX, np.int64),
        hashes=np.empty(WALKERS_MAX, np.int64),
        owners=np.empty(WALKERS_MAX, np.int64),
        memo=np.empty((MEMO, 2), np.int64),
        tried=np.zeros(2, np.int64),
    )


@kernel
def draw(seed: int, number: int) -> float:
    """Draw `number`, from 0 to below 1 (or, by rounding, once in 2**53, 1)."""
    return mix(seed ^ number) * _UNIT


@kernel
def _share_nodes(walkers: Walkers, count: int) -> int:
    """Hash the nodes, and list in `active` the walkers who look one up, also for others; answer how many.
    What is no id is looked up each time: it may be what marks a free place."""
    walkers.memo[:, 0] = -1
    owners = 0
    for walker in range(count):
        key = walkers.here[walker]
        hashed = mix(key)
        walkers.hashes[walker] = hashed
        place = hashed & (MEMO - 1)
        if walkers.memo[place, 0] == key and key > 0:
            walkers.owners[walker] = walkers.memo[place, 1]
            continue
        walkers.memo[place, 0], walkers.memo[place, 1] = key, walker
        walkers.owners[walker] = walker
        walkers.active[owners] = walker
        owners += 1
    return owners


@kernel
def look_up(side: Side, at: int, directory: NDArray[np.int64], walkers: Walkers, count: int) -> None:
    """Find the lists of the nodes that walkers stand on, in every segment. Uses `active`."""
    owners = _share_nodes(walkers, count)
    for place in range(directory.shape[0]):
        segment = directory[place]
        buckets, slots = segment[BUCKETS + at], segment[SLOTS + at]
        if buckets == 0:
            live = side.table[segment[TABLE]]
            for number in range(owners):
                prefetch(live, 2 * home_of(walkers.here[walkers.active[number]], slots))
            for number in range(owners):
                walker = walkers.active[number]
                walkers.heads[walker, place] = head_of(side, at, segment, walkers.here[walker])
            continue
        table, pilots = side.table[segment[TABLE]], side.pilots[segment[DATA]]
        for number in range(owners):
            prefetch(pilots, bucket_of(walkers.hashes[walkers.active[number]], buckets))
        for number in range(owners):
            walker = walkers.active[number]
            hashed = walkers.hashes[walker]
            slot = slot_of(hashed, np.int64(pilots[bucket_of(hashed, buckets)]), slots)
            walkers.heads[walker, place] = slot
            prefetch(table, 2 * slot)
        for number in range(owners):
            walker = walkers.active[number]
            slot = walkers.heads[walker, place]
            is_there = np.int64(table[2 * slot] == walkers.here[walker])
            walkers.heads[walker, place] = table[2 * slot + 1] * is_there


@kernel
def total_degree(directory: NDArray[np.int64], walkers: Walkers, walker: int) -> int:
    """Edges of the node that `look_up` found for a walker, dead ones among them."""
    degree = 0
    for place in range(directory.shape[0]):
        degree += walkers.heads[walkers.owners[walker], place] & COUNT_MASK
    return degree


@kernel
def _weight_at(
    graph: TemporalGraph, side: Side, other: Side, segment: NDArray[np.int64],
    sampling: Sampling, here: int, head: int, index: int, item: int,
) -> float:  # fmt: skip
    """The weight of entry `index` of the node `here`, which is `item`; 0 where its other end is deleted."""
    if other.table[segment[TABLE], 2 * (item >> OWN_BITS) + 1] == 0:
        return 0.0
    when_ms = time_at(graph, side, segment, head, index, item) if sampling.decay > 0.0 else 0
    first = OWN_WEIGHTS * np.int64(here == sampling.own)
    return weight_of(item & OWN_MASK, when_ms, sampling.weights, first, sampling.decay, sampling.now_ms)


@kernel
def _take(other: Side, segment: NDArray[np.int64], walkers: Walkers, walker: int, item: int) -> None:
    walkers.there[walker] = other.table[segment[TABLE], 2 * (item >> OWN_BITS)]
    walkers.kinds[walker] = (item >> KIND_SHIFT) & KIND_MASK


@kernel
def _read_whole(
    graph: TemporalGraph, side: Side, other: Side, of_users: int, directory: NDArray[np.int64],
    sampling: Sampling, walkers: Walkers, walker: int, chance: float,
) -> None:  # fmt: skip
    """Choose among all entries of a walker's node by their weights, which are added up first."""
    total, here = 0.0, walkers.here[walker]
    for is_choosing in range(2):
        left = total * chance
        for place in range(directory.shape[0]):
            head = walkers.heads[walkers.owners[walker], place]
            for index in range(head & COUNT_MASK):
                item = edge_at(graph, side, of_users, directory[place], head, index)
                weight = _weight_at(graph, side, other, directory[place], sampling, here, head, index, item)
                if is_choosing and weight > 0.0:
                    _take(other, directory[place], walkers, walker, item)
                    left -= weight
                    if left < 0.0:
                        return
                total += weight


@kernel
def _propose(
    side: Side, directory: NDArray[np.int64], sampling: Sampling, walkers: Walkers, walker: int, chance: float
) -> None:
    """Choose a segment and a place in it, within the envelope, and ask for what stands there."""
    owner, last = walkers.owners[walker], directory.shape[0] - 1
    left = chance * walkers.shares[owner, last]
    at = 0
    for place in range(last):
        at += np.int64(walkers.shares[owner, place] <= left)
    while walkers.heads[owner, at] & COUNT_MASK == 0 or sampling.bounds[at] == 0.0:
        at -= 1  # only where `left` was rounded up to the whole envelope
    head = walkers.heads[owner, at]
    left = (left - (walkers.shares[owner, at - 1] if at > 0 else 0.0)) / sampling.bounds[at]
    index = max(0, min((head & COUNT_MASK) - 1, np.int64(left)))
    walkers.chances[walker] = min(1.0, left - index)
    walkers.picks[walker, 0], walkers.picks[walker, 1] = at, index
    segment = directory[at]
    if segment[BUCKETS] > 0:
        words = side.lists[segment[DATA]]
        position = entry_position(head, index)
        walkers.picks[walker, 2] = position
        prefetch(words, block_position(head, index) >> 6)
        prefetch(words, position >> 6)


@kernel
def _weigh(
    graph: TemporalGraph, side: Side, segment: NDArray[np.int64], sampling: Sampling, walkers: Walkers,
    walker: int,
) -> float:  # fmt: skip
    """The weight of a walker's proposal, whether or not its other end is deleted."""
    data = segment[DATA]
    if segment[BUCKETS] > 0:
        own = read_bits(side.lists[data], walkers.picks[walker, 2], OWN_BITS)
        when_ms = sealed_time(segment, own)
    else:
        head = walkers.heads[walkers.owners[walker], walkers.picks[walker, 0]]
        edge = pooled(side.pool[data], head, walkers.picks[walker, 1])
        own = graph.edges[data, edge, 1] & LIVE_OWN_MASK
        when_ms = graph.edges[data, edge, 1] >> TIME_SHIFT
    first = OWN_WEIGHTS * np.int64(walkers.here[walker] == sampling.own)
    return weight_of(own, when_ms, sampling.weights, first, sampling.decay, sampling.now_ms)


@kernel
def _begin(directory: NDArray[np.int64], sampling: Sampling, walkers: Walkers, count: int) -> int:
    """Add up the envelopes; list and count the walkers that can move at all."""
    active = 0
    for walker in range(count):
        owner, total = walkers.owners[walker], 0.0
        if owner == walker:
            for place in range(directory.shape[0]):
                total += (walkers.heads[walker, place] & COUNT_MASK) * sampling.bounds[place]
                walkers.shares[walker, place] = total
        total = walkers.shares[owner, directory.shape[0] - 1]
        walkers.there[walker] = 0
        walkers.active[active] = walker
        active += np.int64(total > 0.0)
    return active


@kernel
def _is_exhausted(directory: NDArray[np.int64], walkers: Walkers, walker: int, tries: int) -> bool:
    if tries < TRIES_MIN:
        return False
    return tries >= TRIES_MIN + (total_degree(directory, walkers, walker) >> TRIES_SHARE_BITS)


@kernel
def advance(
    graph: TemporalGraph, of_users: int, directory: NDArray[np.int64], sampling: Sampling, walkers: Walkers,
    count: int, draws: int,
) -> int:  # fmt: skip
    """Move `count` walkers each over one edge, from users to tweets or back; answer the draws used so far."""
    side, other = (graph.users, graph.tweets) if of_users else (graph.tweets, graph.users)
    look_up(side, USERS_SIDE if of_users else TWEETS_SIDE, directory, walkers, count)
    active = _begin(directory, sampling, walkers, count)
    tries = 0
    walkers.tried[0] = active
    walkers.tried[1] = 0
    while active > 0:
        tries += 1
        for place in range(active):
            chance = draw(sampling.seed, draws + place)
            _propose(side, directory, sampling, walkers, walkers.active[place], chance)
        draws += active
        left, chosen = 0, 0
        for place in range(active):
            walker = walkers.active[place]
            at = walkers.picks[walker, 0]
            weight = _weigh(graph, side, directory[at], sampling, walkers, walker)
            is_chosen = walkers.chances[walker] * sampling.bounds[at] < weight
            walkers.chosen[chosen] = walker
            walkers.active[left] = walker
            chosen += np.int64(is_chosen)
            left += np.int64(not is_chosen)
        for place in range(chosen):
            walker = walkers.chosen[place]
            at, index = walkers.picks[walker, 0], walkers.picks[walker, 1]
            item = edge_at(
                graph, side, of_users, directory[at], walkers.heads[walkers.owners[walker], at], index
            )
            walkers.picks[walker, 2] = item
            prefetch(other.table[directory[at, TABLE]], 2 * (item >> OWN_BITS))
        for place in range(chosen):
            walker = walkers.chosen[place]
            segment, item = directory[walkers.picks[walker, 0]], walkers.picks[walker, 2]
            if other.table[segment[TABLE], 2 * (item >> OWN_BITS) + 1] != 0:
                _take(other, segment, walkers, walker, item)
            else:
                walkers.active[left] = walker
                left += 1
        if tries == 1:
            walkers.tried[1] = walkers.tried[0] - left
        active = 0
        for place in range(left):
            walker = walkers.active[place]
            if _is_exhausted(directory, walkers, walker, tries):
                chance = draw(sampling.seed, draws + place)
                _read_whole(graph, side, other, of_users, directory, sampling, walkers, walker, chance)
            else:
                walkers.active[active] = walker
                active += 1
        draws += left
    return draws
