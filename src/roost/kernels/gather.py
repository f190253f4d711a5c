"""Reading a home timeline: merge what was pushed with what has to be pulled, and drop what must not be seen.

The merge is lazy and k-way: a heap holds the next id of every source. Sources are the viewer's ring, and the
author rings of the followees that the ring cannot be trusted for; without a ring, of all followees. A source
that is not known below some id leaves a marker there; when a marker comes up, everything above it is exact
and the durable index has to go on (see `assembly`).

Beside the writer: which followees have open deliveries is noted before the ring is copied, for a delivery
that ends meanwhile is in the ring; and an author's next id is looked for below the one that the merge has
come to, for a push moves an author ring's entries on.

Cost on 2 slow cores: about 5 us for a page of a warm ring, 15 us for a cold viewer of 300 followees.
"""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.authors import FLOOR as AUTHOR_FLOOR
from roost.kernels.authors import MISSED, MISSED_MASK, OPEN_SHIFT, Authors
from roost.kernels.edges import FLAG_BITS
from roost.kernels.heap import ID, SOURCE, sift_down, sift_up
from roost.kernels.jit import fence, inline_kernel, kernel, load
from roost.kernels.judging import (
    COUNT,
    DROP,
    EXACT_ABOVE,
    FOLLOWEE_COUNT,
    HEAP_SIZE,
    LEVEL,
    LOOKED_AT,
    MEMBER_COUNT,
    NO_LIST,
    PLACE,
    REPLIES,
    RING_SIZE,
    ROW,
    SHOWN,
    SHOWS,
    VERDICT,
    Scratch,
    World,
    copy_followees,
    judge,
    shows_reply,
)
from roost.kernels.rings import FLOOR as RING_FLOOR
from roost.kernels.rings import (
    HEAD_MASK,
    LEVEL_MASK,
    LEVEL_SHIFT,
    REMOVED,
    SLOT_SHIFT,
    Rings,
    ring_of,
)

_NO_BOUND = (1 << 63) - 1
_MARKER = -1
_OPEN = 4
"""A flag in the copy of the followees: the author had an open delivery before the ring was copied."""


@kernel
def _note_open(authors: Authors, scratch: Scratch) -> None:
    for index in range(scratch.facts[FOLLOWEE_COUNT]):
        row = np.int64(scratch.followees[index]) >> FLAG_BITS
        if np.int64(load(authors.pulled, row)) >> OPEN_SHIFT != 0:
            scratch.followees[index] |= np.uint32(_OPEN)
    fence()


@kernel
def _copy_ring(rings: Rings, viewer: int, high: int, scratch: Scratch) -> tuple[int, int, int]:
    """Copy the viewer's ring below `high`, in descending order.

    Answers (count, the id above which the ring is whole, level); a level of 0 says that there is no ring.
    """
    capacity = rings.entries.shape[1]
    while True:
        cell = load(rings.cells, viewer)
        ring = ring_of(cell)
        if ring == 0:
            return 0, 0, 0
        slot = cell >> SLOT_SHIFT
        head = cell & HEAD_MASK
        lowest = np.int64(0)
        count = 0
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
        wrapped = rings.entries[slot, capacity - 1] != 0
        floor = rings.slots[slot, RING_FLOOR]
        fence()
        if ring_of(load(rings.cells, viewer)) != ring:
            continue
        if wrapped:
            # What was overwritten is older than every positive entry; with none left, nothing is known.
            floor = max(floor, lowest - 1) if lowest != 0 else high
        while count > 0 and scratch.ring[count - 1] <= floor:
            count -= 1
        return count, floor, (cell >> LEVEL_SHIFT) & LEVEL_MASK


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
def _is_pulled(authors: Authors, row: int, was_open: bool, floor: int, level: int) -> bool:
    """Whether a ring of `level`, whole above `floor`, cannot be trusted for an author."""
    if was_open:
        return True
    missed = np.int64(authors.pulled[row]) & MISSED_MASK
    return missed > level and authors.bounds[row, MISSED] > floor


@kernel
def _open_sources(
    world: World, scratch: Scratch, viewer: int, high: int, ring: int, floor: int, level: int
) -> int:
    """Put every source's first id on the heap; answer the heap's size. Source 0 is the ring.

    One's own tweets go to one's own ring whatever its level, so that oneself is a source only without one.
    """
    heap = 0
    if level != 0:
        if ring > 0:
            scratch.sources[0, PLACE] = 1
            heap = _push_source(scratch, heap, scratch.ring[0], 0)
        if floor > 0:
            heap = _push_source(scratch, heap, min(floor, high - 1), _MARKER)
    source = 1
    for index in range(0 if level == 0 else 1, scratch.facts[FOLLOWEE_COUNT] + 1):
        row = viewer
        if index > 0:
            entry = np.int64(scratch.followees[index - 1])
            row = entry >> FLAG_BITS
            if level != 0 and not _is_pulled(world.authors, row, entry & _OPEN != 0, floor, level):
                continue
        scratch.sources[source, ROW] = row
        scratch.sources[source, PLACE] = 0
        tweet_id, kind = _next_of_author(world.authors, scratch, source, high)
        heap = _push_source(scratch, heap, tweet_id, kind)
        source += 1
    return heap


@kernel
def _open_members(world: World, scratch: Scratch, high: int) -> int:
    """Put every list member's first id on the heap; answer the heap's size."""
    heap = 0
    for index in range(scratch.facts[MEMBER_COUNT]):
        source = index + 1
        scratch.sources[source, ROW] = scratch.members[index]
        scratch.sources[source, PLACE] = 0
        tweet_id, kind = _next_of_author(world.authors, scratch, source, high)
        heap = _push_source(scratch, heap, tweet_id, kind)
    return heap


@kernel
def _take_top(world: World, scratch: Scratch, heap: int, ring: int) -> int:
    """Replace the heap's top by its source's next id; answer the heap's new size."""
    source = scratch.heap[0, SOURCE]
    tweet_id = np.int64(0)
    kind = source
    if source == 0:
        if scratch.sources[0, PLACE] < ring:
            tweet_id = scratch.ring[scratch.sources[0, PLACE]]
            scratch.sources[0, PLACE] += 1
    else:
        tweet_id, kind = _next_of_author(world.authors, scratch, source, scratch.heap[0, ID])
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
def begin_merge(world: World, scratch: Scratch, viewer: int, high: int, building: bool) -> None:
    """Open the sources of a viewer's timeline below `high`; there are no answers yet."""
    copy_followees(world.following, viewer, scratch)
    ring = 0
    floor = np.int64(0)
    level = 0
    if not building:
        _note_open(world.authors, scratch)
        ring, floor, level = _copy_ring(world.rings, viewer, high, scratch)
    scratch.facts[LEVEL] = level
    scratch.facts[RING_SIZE] = ring
    scratch.facts[HEAP_SIZE] = _open_sources(world, scratch, viewer, high, ring, floor, level)
    scratch.facts[LOOKED_AT] = 0
    scratch.facts[COUNT] = 0
    scratch.facts[REPLIES] = NO_LIST


@kernel
def begin_list(world: World, scratch: Scratch, viewer: int, high: int, replies: int) -> None:
    """Open the sources of a list of the viewer's, whose members are in `scratch`, below `high`."""
    copy_followees(world.following, viewer, scratch)
    scratch.facts[LEVEL] = 0
    scratch.facts[RING_SIZE] = 0
    scratch.facts[HEAP_SIZE] = _open_members(world, scratch, high)
    scratch.facts[LOOKED_AT] = 0
    scratch.facts[COUNT] = 0
    scratch.facts[REPLIES] = replies


@kernel
def go_on_merging(
    world: World, scratch: Scratch, hidden: NDArray[np.uint32], viewer: int, need: int, building: bool
) -> int:
    """Append what belongs on the timeline to the answers until there are `need`, or what memory knows ends.

    Answers how many there are. It has ended where the heap is empty; where a marker is on top of it, the
    durable index knows more.
    """
    heap = scratch.facts[HEAP_SIZE]
    previous = scratch.facts[LOOKED_AT]
    count = scratch.facts[COUNT]
    while heap > 0 and count < need and scratch.heap[0, SOURCE] != _MARKER:
        tweet_id = scratch.heap[0, ID]
        heap = _take_top(world, scratch, heap, scratch.facts[RING_SIZE])
        if tweet_id == previous:
            continue
        previous = tweet_id
        verdict = judge(world, scratch, hidden, viewer, tweet_id, building)
        is_of_list = scratch.facts[REPLIES] != NO_LIST
        if verdict != DROP and is_of_list and not shows_reply(world, scratch, viewer, tweet_id):
            verdict = DROP
        if verdict != DROP:
            scratch.answers[count, ID] = tweet_id
            scratch.answers[count, SHOWN] = scratch.facts[SHOWS]
            scratch.answers[count, VERDICT] = verdict
            count += 1
    scratch.facts[HEAP_SIZE] = heap
    scratch.facts[LOOKED_AT] = previous
    scratch.facts[COUNT] = count
    return int(count)


@kernel
def _gather(
    world: World, scratch: Scratch, hidden: NDArray[np.uint32], viewer: int, need: int, building: bool
) -> int:
    """What a merge that has begun answers, down to where it is exact."""
    count = go_on_merging(world, scratch, hidden, viewer, need, building)
    scratch.facts[EXACT_ABOVE] = 0
    if scratch.facts[HEAP_SIZE] > 0:
        # The next id or marker. One that was answered already may stand there once more, as a marker too.
        above = scratch.heap[0, ID]
        if scratch.heap[0, SOURCE] == _MARKER:
            while count > 0 and scratch.answers[count - 1, ID] <= above:
                count -= 1
        elif scratch.facts[LOOKED_AT] != 0:
            above = min(above, scratch.facts[LOOKED_AT] - 1)
        scratch.facts[EXACT_ABOVE] = above
    return count


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
    begin_merge(world, scratch, viewer, high, building)
    return _gather(world, scratch, hidden, viewer, need, building)


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


@inline_kernel
def gather_list(
    world: World,
    scratch: Scratch,
    hidden: NDArray[np.uint32],
    viewer: int,
    replies: int,
    high: int,
    need: int,
) -> int:
    """`gather_home` of a list of the viewer's, whose members are in `scratch`: what they say that the viewer
    may read at home, from their author rings, by the list's rule for `replies`."""
    begin_list(world, scratch, viewer, high, replies)
    return _gather(world, scratch, hidden, viewer, need, False)


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
