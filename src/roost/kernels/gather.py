"""Reading a home timeline: merge what was pushed with what has to be pulled, and drop what must not be seen.

The merge is lazy and k-way: a heap holds the next id of every source. Sources are the viewer's ring, and the
author rings of the followees that the ring cannot be trusted for; without a ring, of all followees. A source
that is not known below some id leaves a marker there; when a marker comes up, everything above it is exact
and the durable index has to go on (see `assembly`).

Cost on 2 slow cores: about 6 us for a page of a warm ring, 0.2 ms for a cold viewer of 300 followees.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.authors import FLOOR as AUTHOR_FLOOR
from roost.kernels.authors import MISSED, MISSED_MASK, OPEN_SHIFT, Authors
from roost.kernels.columns import (
    DELETED,
    IS_REPLY,
    NO_AUTHOR,
    VISIBILITY_MASK,
    Columns,
    author_of,
    find_line,
    flags_of,
    reply_author_of,
    retweet_author_of,
    still_there,
)
from roost.kernels.edges import (
    DEAD,
    FLAG_BITS,
    FLAGS_MASK,
    QUIET,
    START,
    VERSION,
    EdgeLists,
    bounded_end,
    length_of,
    main_length_of,
)
from roost.kernels.heap import ID, SOURCE, sift_down, sift_up
from roost.kernels.jit import fence, inline_kernel, kernel, load, load2
from roost.kernels.rings import FLOOR as RING_FLOOR
from roost.kernels.rings import HEAD_MASK, LEVEL_MASK, LEVEL_SHIFT, REMOVED, SLOT_SHIFT, Rings

DROP, KEEP, UNKNOWN = 0, 1, 2
"""A verdict on a tweet. UNKNOWN: the columns do not say enough, and the tweet itself must be looked at."""

_NO_BOUND = (1 << 63) - 1
_FOLLOWERS_ONLY = 2
_DIRECT = 3

PROTECTED = 1
"""A user flag."""

EXACT_ABOVE, FOLLOWEE_COUNT, MAIN_COUNT, LEVEL = 0, 1, 2, 3


class World(NamedTuple):
    """The shard's arrays that reading needs."""

    rings: Rings
    authors: Authors
    columns: Columns
    following: EdgeLists
    user_flags: NDArray[np.uint8]


class Scratch(NamedTuple):
    """Room that one reading thread uses again and again, and what a reading answers."""

    ring: NDArray[np.int64]
    followees: NDArray[np.uint32]
    """A copy of the viewer's followees: `row << 5 | flags`, sorted up to MAIN_COUNT."""
    heap: NDArray[np.int64]
    """(sources, 2): tweet id, source."""
    sources: NDArray[np.int64]
    """(sources, 2): row, how far its ring has been read."""
    answers: NDArray[np.int64]
    """(answers, 3): tweet id, descending; the tweet whose content is shown (the original of a retweet, else
    the id itself); KEEP or UNKNOWN."""
    facts: NDArray[np.int64]
    """EXACT_ABOVE (0 where nothing is missing), FOLLOWEE_COUNT, MAIN_COUNT, LEVEL of the viewer's ring."""


ROW, PLACE = 0, 1
SHOWN, VERDICT = 1, 2


def make_scratch(ring_capacity: int, followees: int, answers: int) -> Scratch:
    """For rings of `ring_capacity`, viewers of at most `followees` followees and so many answers."""
    return Scratch(
        np.zeros(ring_capacity, np.int64),
        np.zeros(followees, np.uint32),
        np.zeros((followees + 3, 2), np.int64),
        np.zeros((followees + 2, 2), np.int64),
        np.zeros((answers, 3), np.int64),
        np.zeros(4, np.int64),
    )


@kernel
def _copy_followees(following: EdgeLists, viewer: int, scratch: Scratch) -> None:
    target = scratch.followees
    while True:
        before = load2(following.heads, viewer, VERSION)
        if before & 1 != 0:
            continue
        begin = following.heads[viewer, START]
        main_end = bounded_end(following, begin, main_length_of(following, viewer))
        count = 0
        main = 0
        for position in range(begin, bounded_end(following, begin, length_of(following, viewer))):
            if position == main_end:
                main = count
            entry = following.pool[position]
            if entry & np.uint32(DEAD) == 0 and count < target.shape[0]:
                target[count] = entry
                count += 1
        if main_end >= begin + length_of(following, viewer):
            main = count
        if load2(following.heads, viewer, VERSION) == before:
            scratch.facts[FOLLOWEE_COUNT] = count
            scratch.facts[MAIN_COUNT] = main
            return


@kernel
def _followee_flags(scratch: Scratch, row: int) -> int:
    """The flags of the viewer's edge to `row`, or -1."""
    low = 0
    high = scratch.facts[MAIN_COUNT]
    while low < high:
        middle = (low + high) >> 1
        if np.int64(scratch.followees[middle]) >> FLAG_BITS < row:
            low = middle + 1
        else:
            high = middle
    main = scratch.facts[MAIN_COUNT]
    if low < main and np.int64(scratch.followees[low]) >> FLAG_BITS == row:
        return np.int64(scratch.followees[low]) & FLAGS_MASK
    for position in range(main, scratch.facts[FOLLOWEE_COUNT]):
        entry = np.int64(scratch.followees[position])
        if entry >> FLAG_BITS == row:
            return entry & FLAGS_MASK
    return -1


@kernel
def _is_hidden(hidden: NDArray[np.uint32], row: int) -> bool:
    """Whether sorted `hidden` has `row`."""
    low = 0
    high = hidden.shape[0]
    while low < high:
        middle = (low + high) >> 1
        if np.int64(hidden[middle]) < row:
            low = middle + 1
        else:
            high = middle
    return low < hidden.shape[0] and np.int64(hidden[low]) == row


@kernel
def _judge_retweet(
    world: World,
    scratch: Scratch,
    hidden: NDArray[np.uint32],
    viewer: int,
    author: int,
    word: int,
    lenient: bool,
) -> int:
    """The verdict on a retweet whose retweeter may be seen."""
    original_author = retweet_author_of(world.columns, word)
    if original_author == NO_AUTHOR:
        return UNKNOWN
    if original_author in (viewer, author) or lenient:
        restricted = False
    else:
        if _is_hidden(hidden, original_author):
            return DROP
        restricted = np.int64(world.user_flags[original_author]) & PROTECTED != 0
    original_id = world.columns.lines[word + 2]
    original = find_line(world.columns, original_id)
    if original < 0:
        return UNKNOWN
    flags = flags_of(world.columns, original)
    if not still_there(world.columns, original, original_id):
        return UNKNOWN
    if flags & DELETED != 0:
        return DROP
    if flags & VISIBILITY_MASK == _DIRECT and original_author != viewer:
        return UNKNOWN
    if flags & VISIBILITY_MASK == _FOLLOWERS_ONLY and original_author != viewer and original_author != author:
        restricted = True
    if restricted and _followee_flags(scratch, original_author) < 0:
        return DROP
    return KEEP


@kernel
def judge(
    world: World,
    scratch: Scratch,
    hidden: NDArray[np.uint32],
    viewer: int,
    tweet_id: int,
    lenient: bool,
) -> int:
    """Whether a tweet belongs on a viewer's home timeline now; `assembly.judge` is the same for whole tweets.

    `lenient` lets through what only a mute, a block or a protection hides: these end without an event for
    the viewer's ring, so that a ring is built with what they hide.
    """
    columns = world.columns
    word = find_line(columns, tweet_id)
    if word < 0:
        return UNKNOWN
    author = author_of(columns, word)
    reply_author = reply_author_of(columns, word)
    is_retweet = columns.lines[word + 2] != 0
    flags = flags_of(columns, word)
    if author == NO_AUTHOR or not still_there(columns, word, tweet_id):
        return UNKNOWN
    if flags & DELETED != 0:
        return DROP
    if author != viewer:
        edge = _followee_flags(scratch, author)
        if edge < 0 or _is_hidden(hidden, author) or (is_retweet and edge & QUIET != 0):
            return DROP
        if flags & VISIBILITY_MASK == _DIRECT:
            return UNKNOWN
        if flags & IS_REPLY != 0 and reply_author != viewer and reply_author != author:
            if reply_author == NO_AUTHOR or _is_hidden(hidden, reply_author):
                return DROP
            if _followee_flags(scratch, reply_author) < 0:
                return DROP
    if is_retweet:
        return _judge_retweet(world, scratch, hidden, viewer, author, word, lenient)
    return KEEP


@kernel
def _copy_ring(rings: Rings, viewer: int, high: int, scratch: Scratch) -> tuple[int, int, int]:
    """Copy the viewer's ring below `high`, in descending order.

    Answers (count, the id above which the ring is whole, level); a level of 0 says that there is no ring.
    """
    capacity = rings.entries.shape[1]
    while True:
        cell = load(rings.cells, viewer)
        level = (cell >> LEVEL_SHIFT) & LEVEL_MASK
        if level == 0:
            return 0, 0, 0
        slot = cell >> SLOT_SHIFT
        head = cell & HEAD_MASK
        floor = rings.slots[slot, RING_FLOOR]
        lowest = np.int64(0)
        count = 0
        wrapped = rings.entries[slot, capacity - 1] != 0
        for step in range(capacity):
            value = rings.entries[slot, (head - 1 - step) & (capacity - 1)]
            if value > REMOVED and (lowest == 0 or value < lowest):
                lowest = value
            tweet_id = abs(value)
            if tweet_id <= REMOVED or tweet_id >= high:
                continue
            place = count
            while place > 0 and scratch.ring[place - 1] < tweet_id:
                scratch.ring[place] = scratch.ring[place - 1]
                place -= 1
            scratch.ring[place] = tweet_id
            count += 1
        fence()
        if load(rings.cells, viewer) >> SLOT_SHIFT != slot:
            continue
        if wrapped:
            # What was overwritten is older than every positive entry; with none left, nothing is known.
            floor = max(floor, lowest - 1) if lowest != 0 else high
        while count > 0 and scratch.ring[count - 1] <= floor:
            count -= 1
        return count, floor, level


_MARKER = -1


@kernel
def _next_of_author(authors: Authors, scratch: Scratch, source: int, below: int) -> tuple[int, int]:
    """An author source's next id below `below` as (id, source), its marker as (floor, _MARKER), or (0, 0)."""
    row = scratch.sources[source, ROW]
    entries = authors.recent.shape[1]
    place = scratch.sources[source, PLACE]
    while place < entries:
        tweet_id = authors.recent[row, place]
        if tweet_id == 0:
            break
        place += 1
        if tweet_id < below:
            scratch.sources[source, PLACE] = place
            return tweet_id, source
    scratch.sources[source, PLACE] = entries
    fence()
    floor = authors.bounds[row, AUTHOR_FLOOR]
    if floor > 0:
        return min(floor, below - 1), _MARKER
    return 0, 0


@kernel
def _push_source(scratch: Scratch, count: int, tweet_id: int, source: int) -> int:
    """Put a source's next id on the heap, if it has one; answer the heap's new size."""
    if tweet_id == 0:
        return count
    scratch.heap[count, ID] = tweet_id
    scratch.heap[count, SOURCE] = source
    sift_up(scratch.heap, count)
    return count + 1


@kernel
def _open_sources(
    world: World, scratch: Scratch, viewer: int, high: int, ring: int, floor: int, level: int
) -> int:
    """Put every source's first id on the heap; answer the heap's size. Source 0 is the ring."""
    heap = 0
    if level != 0:
        if ring > 0:
            scratch.sources[0, PLACE] = 1
            heap = _push_source(scratch, heap, scratch.ring[0], 0)
        if floor > 0:
            heap = _push_source(scratch, heap, min(floor, high - 1), _MARKER)
    source = 1
    for index in range(scratch.facts[FOLLOWEE_COUNT] + 1):
        row = viewer if index == 0 else np.int64(scratch.followees[index - 1]) >> FLAG_BITS
        if level != 0:
            pulled = np.int64(world.authors.pulled[row])
            if pulled == 0:
                continue
            missed = pulled & MISSED_MASK
            if pulled >> OPEN_SHIFT == 0 and (missed <= level or world.authors.bounds[row, MISSED] <= floor):
                continue
        scratch.sources[source, ROW] = row
        scratch.sources[source, PLACE] = 0
        tweet_id, kind = _next_of_author(world.authors, scratch, source, high)
        heap = _push_source(scratch, heap, tweet_id, kind)
        source += 1
    return heap


@kernel
def _take_top(world: World, scratch: Scratch, heap: int, ring: int, high: int) -> int:
    """Replace the heap's top by its source's next id; answer the heap's new size."""
    source = scratch.heap[0, SOURCE]
    tweet_id = np.int64(0)
    kind = source
    if source == 0:
        if scratch.sources[0, PLACE] < ring:
            tweet_id = scratch.ring[scratch.sources[0, PLACE]]
            scratch.sources[0, PLACE] += 1
    else:
        tweet_id, kind = _next_of_author(world.authors, scratch, source, high)
    if tweet_id == 0:
        heap -= 1
        scratch.heap[0, ID] = scratch.heap[heap, ID]
        scratch.heap[0, SOURCE] = scratch.heap[heap, SOURCE]
    else:
        scratch.heap[0, ID] = tweet_id
        scratch.heap[0, SOURCE] = kind
    sift_down(scratch.heap, heap)
    return heap


@kernel
def _merge(
    world: World,
    scratch: Scratch,
    hidden: NDArray[np.uint32],
    viewer: int,
    high: int,
    need: int,
    building: bool,
) -> int:
    """The body of `gather_home` and `gather_ring`."""
    _copy_followees(world.following, viewer, scratch)
    ring = 0
    floor = np.int64(0)
    level = 0
    if not building:
        ring, floor, level = _copy_ring(world.rings, viewer, high, scratch)
    scratch.facts[LEVEL] = level
    scratch.facts[EXACT_ABOVE] = 0
    heap = _open_sources(world, scratch, viewer, high, ring, floor, level)
    count = 0
    previous = np.int64(0)
    while heap > 0 and count < need:
        tweet_id = scratch.heap[0, ID]
        if scratch.heap[0, SOURCE] == _MARKER:
            scratch.facts[EXACT_ABOVE] = tweet_id
            return count
        heap = _take_top(world, scratch, heap, ring, high)
        if tweet_id == previous:
            continue
        previous = tweet_id
        verdict = judge(world, scratch, hidden, viewer, tweet_id, building)
        if verdict == DROP:
            continue
        scratch.answers[count, ID] = tweet_id
        scratch.answers[count, SHOWN] = tweet_id
        if verdict == KEEP:
            word = find_line(world.columns, tweet_id)
            if word >= 0 and world.columns.lines[word + 2] != 0:
                scratch.answers[count, SHOWN] = world.columns.lines[word + 2]
        scratch.answers[count, VERDICT] = verdict
        count += 1
    if heap > 0:
        scratch.facts[EXACT_ABOVE] = previous - 1
    return count


@inline_kernel
def gather_home(
    world: World, scratch: Scratch, hidden: NDArray[np.uint32], viewer: int, high: int, need: int
) -> int:
    """The newest `need` tweets below `high` of a viewer's home timeline, in `scratch`; answers how many.

    `hidden` is sorted: the rows whose tweets the viewer never sees. Fewer than `need` with EXACT_ABOVE 0
    means that there are no more; with EXACT_ABOVE above 0, that the durable index knows the rest, from that
    id (inclusive) down.
    """
    return _merge(world, scratch, hidden, viewer, high, need, False)


@kernel
def gather_ring(world: World, scratch: Scratch, nothing: NDArray[np.uint32], viewer: int, need: int) -> int:
    """What a new ring for this viewer holds: as `gather_home`, from author rings alone, and with what a mute,
    a block or a protection hides now. `nothing` is empty. For the writer."""
    return _merge(world, scratch, nothing, viewer, _NO_BOUND, need, True)


@inline_kernel
def gather_recent(
    authors: Authors,
    rows: NDArray[np.int64],
    high: int,
    ids: NDArray[np.int64],
    counts: NDArray[np.int64],
    floors: NDArray[np.int64],
) -> int:
    """For each author its ids below `high`, newest first, one author after another; answers how many ids.

    `counts[i]` says how many of them are the i-th author's, `floors[i]` above which id they are all it has.
    """
    at = 0
    for index in range(rows.shape[0]):
        row = rows[index]
        first = at
        for place in range(authors.recent.shape[1]):
            tweet_id = authors.recent[row, place]
            if tweet_id == 0:
                break
            if tweet_id < high and (at == first or tweet_id < ids[at - 1]):
                ids[at] = tweet_id
                at += 1
        fence()
        floors[index] = authors.bounds[row, AUTHOR_FLOOR]
        while at > first and ids[at - 1] <= floors[index]:
            at -= 1
        counts[index] = at - first
    return at
