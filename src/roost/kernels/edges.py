"""Adjacency lists in one pool: each list has a sorted main part and a short unsorted tail.

An entry is `row << 5 | flags`, so entries sort by row. Adding appends to the tail; a tail longer than a
sixteenth of its list (and than 16) is sorted and merged in, which drops removed entries; so an addition costs
O(16) moves on average. Removing sets a flag. A full list moves to a segment of the next size class (4, 6, 8,
12, 16, 24, ...), and its old segment is kept for another list of that class. A segment is at most half
empty, on average a fifth: about 5 bytes an edge and direction. A list's head is half a cache line:

    word 0   where its segment begins in the pool
    word 1   entries in the segment, removed ones among them | how many of these are in the main part << 32
    word 2   entries that are not removed | the segment's size class plus one << 32 (0: no segment)
    word 3   version: even when the list can be read

One writer. A reader of a list reads its version, then the list, then the version again: an odd or changed
version says that the list was being moved, and that what was read is to be thrown away. Appending and
flagging change a single word and leave the version alone.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import fence, kernel
from roost.kernels.memory import reserve

FLAG_BITS = 5
FLAGS_MASK = (1 << FLAG_BITS) - 1
DEAD = 1
"""Removed, and not yet merged away."""
QUIET = 2
"""The follower does not want the followee's retweets."""

SIZE_CLASSES = 56
_TOP, _LIVE = SIZE_CLASSES, SIZE_CLASSES + 1
_TAIL_MIN = 16
_TAIL_SHARE_BITS = 4
_LOW = 0xFFFFFFFF
_HIGH_ONE = 1 << 32

START, SIZES, HOLD, VERSION = 0, 1, 2, 3


class EdgeLists(NamedTuple):
    heads: NDArray[np.int64]
    """(rows, 4): see above."""
    pool: NDArray[np.uint32]
    state: NDArray[np.int64]
    """Size class -> its first free segment plus one (each free segment's first 8 bytes lead to the next);
    then where the unused part of the pool begins, and how many edges are not removed."""


def make_edge_lists(rows: int, entries: int) -> EdgeLists:
    """Lists for `rows` users and a pool of `entries` entries; both only reserved."""
    return EdgeLists(
        reserve((rows, 4), np.int64, huge=True),
        reserve(entries, np.uint32, huge=True),
        np.zeros(SIZE_CLASSES + 2, np.int64),
    )


def edge_count(lists: EdgeLists) -> int:
    """Edges that are not removed."""
    return int(lists.state[_LIVE])


def pool_used(lists: EdgeLists) -> int:
    """Entries of the pool that were ever in use."""
    return int(lists.state[_TOP])


@kernel
def length_of(lists: EdgeLists, row: int) -> int:
    """Entries of a list, removed ones among them."""
    return lists.heads[row, SIZES] & _LOW


@kernel
def main_length_of(lists: EdgeLists, row: int) -> int:
    """Entries of a list's sorted part."""
    return lists.heads[row, SIZES] >> 32


@kernel
def live_of(lists: EdgeLists, row: int) -> int:
    """Entries of a list that are not removed."""
    return lists.heads[row, HOLD] & _LOW


def live_counts(lists: EdgeLists, rows: int) -> NDArray[np.int64]:
    """`live_of` for each of the first `rows` lists, as a new array."""
    counts: NDArray[np.int64] = lists.heads[:rows, HOLD] & _LOW
    return counts


@kernel
def class_size(size_class: int) -> int:
    """Entries of a segment of a class."""
    base = 4 if size_class & 1 == 0 else 6
    return base << (size_class >> 1)


@kernel
def class_for(entries: int) -> int:
    """The smallest class that holds so many entries."""
    size_class = 0
    while class_size(size_class) < entries:
        size_class += 1
    return size_class


@kernel
def pool_room(lists: EdgeLists) -> int:
    """Entries that the pool's unused part still holds."""
    return lists.pool.shape[0] - lists.state[_TOP]


@kernel
def take_segment(lists: EdgeLists, size_class: int) -> int:
    """Where a segment of that class begins; the pool must have room (`pool_room`)."""
    first = lists.state[size_class]
    if first != 0:
        begin = first - 1
        lists.state[size_class] = np.int64(lists.pool[begin]) | np.int64(lists.pool[begin + 1]) << 32
        return begin
    begin = lists.state[_TOP]
    lists.state[_TOP] = begin + class_size(size_class)
    return begin


@kernel
def give_segment(lists: EdgeLists, begin: int, size_class: int) -> None:
    following = lists.state[size_class]
    lists.pool[begin] = np.uint32(following & _LOW)
    lists.pool[begin + 1] = np.uint32(following >> 32)
    lists.state[size_class] = begin + 1


@kernel
def bounded_end(lists: EdgeLists, begin: int, entries: int) -> int:
    """The end of `entries` entries from `begin`; within the pool also for a reader beside a move."""
    return min(begin + entries, lists.pool.shape[0])


@kernel
def lower_bound(pool: NDArray[np.uint32], low: int, high: int, row: int) -> int:
    """The first position in pool[low:high], which is sorted, whose entry's row is at least `row`."""
    while low < high:
        middle = (low + high) >> 1
        if np.int64(pool[middle]) >> FLAG_BITS < row:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def find_in_main(lists: EdgeLists, row: int, other: int) -> int:
    """Where `other` stands in the main part of list `row`, removed or not, or -1."""
    begin = lists.heads[row, START]
    end = bounded_end(lists, begin, main_length_of(lists, row))
    position = lower_bound(lists.pool, begin, end, other)
    if position < end and np.int64(lists.pool[position]) >> FLAG_BITS == other:
        return position
    return -1


@kernel
def find_edge(lists: EdgeLists, row: int, other: int) -> int:
    """Where `other` stands in list `row`, not removed, or -1. O(log n) and the tail's length."""
    position = find_in_main(lists, row, other)
    if position >= 0 and np.int64(lists.pool[position]) & DEAD == 0:
        return position
    begin = lists.heads[row, START]
    end = bounded_end(lists, begin, length_of(lists, row))
    for place in range(begin + main_length_of(lists, row), end):
        entry = np.int64(lists.pool[place])
        if entry >> FLAG_BITS == other and entry & DEAD == 0:
            return place
    return -1


@kernel
def _sink(values: NDArray[np.uint32], first: int, place: int, stop: int) -> None:
    while True:
        child = 2 * place + 1
        if child >= stop:
            return
        if child + 1 < stop and values[first + child + 1] > values[first + child]:
            child += 1
        if values[first + place] >= values[first + child]:
            return
        held = values[first + place]
        values[first + place] = values[first + child]
        values[first + child] = held
        place = child


@kernel
def sort_range(values: NDArray[np.uint32], first: int, stop: int) -> None:
    """Sort values[first:stop] in place, by heap: no allocation, and no bad case."""
    count = stop - first
    for place in range((count >> 1) - 1, -1, -1):
        _sink(values, first, place, count)
    for last in range(count - 1, 0, -1):
        held = values[first]
        values[first] = values[first + last]
        values[first + last] = held
        _sink(values, first, 0, last)


@kernel
def _merge_to(lists: EdgeLists, row: int, target: int) -> int:
    """Write list `row`, in order and without removed entries, to pool[target:]; answer how many there are."""
    pool = lists.pool
    main = lists.heads[row, START]
    main_end = main + main_length_of(lists, row)
    tail_end = main + length_of(lists, row)
    sort_range(pool, main_end, tail_end)
    tail = main_end
    count = 0
    while main < main_end or tail < tail_end:
        if tail == tail_end or (main < main_end and pool[main] <= pool[tail]):
            entry = pool[main]
            main += 1
        else:
            entry = pool[tail]
            tail += 1
        if entry & np.uint32(DEAD) == 0:
            pool[target + count] = entry
            count += 1
    return count


@kernel
def merge_list(lists: EdgeLists, row: int, spare: int) -> bool:
    """Sort list `row` whole, drop what was removed, and leave room for `spare` more entries.

    Works in the pool's unused part; False, and nothing changed, where that is too small.
    """
    wanted = class_for(live_of(lists, row) + spare)
    if pool_room(lists) < class_size(wanted) + length_of(lists, row):
        return False
    begin = lists.heads[row, START]
    hold = lists.heads[row, HOLD]
    held = (hold >> 32) - 1
    # The merged list stands behind the segment that may be taken.
    scratch = lists.state[_TOP] + class_size(wanted)
    lists.heads[row, VERSION] += 1
    fence()
    count = _merge_to(lists, row, scratch)
    if wanted > held:
        if held >= 0:
            give_segment(lists, begin, held)
        begin = take_segment(lists, wanted)
        lists.heads[row, START] = begin
        lists.heads[row, HOLD] = (hold & _LOW) | (wanted + 1) << 32
    for index in range(count):
        lists.pool[begin + index] = lists.pool[scratch + index]
    lists.heads[row, SIZES] = count | count << 32
    fence()
    lists.heads[row, VERSION] += 1
    return True


@kernel
def add_edge(lists: EdgeLists, row: int, other: int, flags: int) -> bool:
    """Add `other`, which is not live in list `row` (`find_edge` says so). False where the pool is full."""
    entry = np.uint32(other << FLAG_BITS | flags)
    dead = find_in_main(lists, row, other)
    if dead >= 0:
        lists.pool[dead] = entry
    else:
        length = length_of(lists, row)
        held = lists.heads[row, HOLD] >> 32
        if held == 0 or length == class_size(held - 1):
            if not merge_list(lists, row, max(1, length >> 2)):
                return False
            length = length_of(lists, row)
        lists.pool[lists.heads[row, START] + length] = entry
        fence()
        lists.heads[row, SIZES] += 1
    lists.heads[row, HOLD] += 1
    lists.state[_LIVE] += 1
    length = length_of(lists, row)
    if length - main_length_of(lists, row) > max(_TAIL_MIN, length >> _TAIL_SHARE_BITS):
        merge_list(lists, row, 1)
    return True


@kernel
def set_flags(lists: EdgeLists, position: int, flags: int) -> None:
    """Replace the flags of a live entry."""
    row = np.int64(lists.pool[position]) >> FLAG_BITS
    lists.pool[position] = np.uint32(row << FLAG_BITS | flags)


@kernel
def remove_edge(lists: EdgeLists, row: int, other: int) -> bool:
    """Remove `other` from list `row`; False where it was not there."""
    position = find_edge(lists, row, other)
    if position < 0:
        return False
    lists.pool[position] |= np.uint32(DEAD)
    lists.heads[row, HOLD] -= 1
    lists.state[_LIVE] -= 1
    return True


@kernel
def load_lists(lists: EdgeLists, counts: NDArray[np.uint32], entries: NDArray[np.uint32]) -> bool:
    """Fill empty lists: row r gets the next `counts[r]` of `entries`, which are sorted within a row.

    False where the pool is too small for them.
    """
    at = 0
    for row in range(counts.shape[0]):
        count = np.int64(counts[row])
        if count == 0:
            continue
        size_class = class_for(count)
        if pool_room(lists) < class_size(size_class):
            return False
        begin = take_segment(lists, size_class)
        for index in range(count):
            lists.pool[begin + index] = entries[at + index]
        at += count
        lists.heads[row, START] = begin
        lists.heads[row, SIZES] = count | count << 32
        lists.heads[row, HOLD] = count | (size_class + 1) << 32
        lists.state[_LIVE] += count
    return True


@kernel
def dump_lists(lists: EdgeLists, first: int, stop: int, entries: NDArray[np.uint32]) -> int:
    """Write the live entries of rows first to stop, each row's sorted, one after another; answer how many."""
    at = 0
    for row in range(first, stop):
        begin = lists.heads[row, START]
        row_at = at
        for position in range(begin, begin + length_of(lists, row)):
            entry = lists.pool[position]
            if entry & np.uint32(DEAD) == 0:
                entries[at] = entry
                at += 1
        if main_length_of(lists, row) != length_of(lists, row):
            sort_range(entries, row_at, at)
    return at
