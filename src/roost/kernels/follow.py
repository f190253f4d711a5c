"""Following: one edge in two lists, the followee's followers and the follower's followees."""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.edges import (
    DEAD,
    FLAGS_MASK,
    START,
    VERSION,
    EdgeLists,
    add_edge,
    bounded_end,
    class_for,
    class_size,
    find_edge,
    length_of,
    pool_room,
    remove_edge,
    set_flags,
)
from roost.kernels.jit import inline_kernel, kernel, load2

FOLLOWED, REFLAGGED, POOL_FULL = 1, 2, 0
"""What `follow` did."""


@kernel
def _has_room(lists: EdgeLists, row: int) -> bool:
    """Whether one more entry fits list `row`, however often it has to be moved for it."""
    return pool_room(lists) >= 4 * class_size(class_for(2 * length_of(lists, row) + 4))


@kernel
def follow(followers: EdgeLists, following: EdgeLists, follower: int, followee: int, flags: int) -> int:
    """Add the edge (FOLLOWED), or set its flags where it stands (REFLAGGED). POOL_FULL changes nothing."""
    there = find_edge(following, follower, followee)
    if there >= 0:
        set_flags(following, there, flags)
        set_flags(followers, find_edge(followers, followee, follower), flags)
        return REFLAGGED
    if not (_has_room(following, follower) and _has_room(followers, followee)):
        return POOL_FULL
    add_edge(following, follower, followee, flags)
    add_edge(followers, followee, follower, flags)
    return FOLLOWED


@kernel
def follow_many(
    followers: EdgeLists,
    following: EdgeLists,
    sources: NDArray[np.int64],
    targets: NDArray[np.int64],
    flags: NDArray[np.int64],
) -> int:
    """`follow` for each pair of rows; pairs with a negative row are passed over. Answers how many were done
    before a pool was full."""
    for index in range(sources.shape[0]):
        if sources[index] < 0 or targets[index] < 0:
            continue
        if follow(followers, following, sources[index], targets[index], flags[index]) == POOL_FULL:
            return index
    return sources.shape[0]


@kernel
def unfollow(followers: EdgeLists, following: EdgeLists, follower: int, followee: int) -> bool:
    """Remove the edge; False where there was none."""
    if not remove_edge(following, follower, followee):
        return False
    remove_edge(followers, followee, follower)
    return True


@inline_kernel
def follow_flags(following: EdgeLists, follower: int, followee: int) -> int:
    """The edge's flags, or -1 where `follower` does not follow `followee`. Safe beside the writer."""
    while True:
        before = load2(following.heads, follower, VERSION)
        if before & 1 == 0:
            position = find_edge(following, follower, followee)
            flags = -1
            if position >= 0:
                entry = np.int64(following.pool[position])
                # It may have been removed since it was found.
                flags = -1 if entry & DEAD != 0 else entry & FLAGS_MASK
            if load2(following.heads, follower, VERSION) == before:
                return flags


@inline_kernel
def copy_list(lists: EdgeLists, row: int, target: NDArray[np.uint32]) -> int:
    """Copy list `row`'s live entries, in no order, as far as `target` goes; answer how many there are.

    Safe beside the writer.
    """
    while True:
        before = load2(lists.heads, row, VERSION)
        if before & 1 == 0:
            begin = lists.heads[row, START]
            count = 0
            for position in range(begin, bounded_end(lists, begin, length_of(lists, row))):
                entry = lists.pool[position]
                if entry & np.uint32(DEAD) == 0:
                    if count < target.shape[0]:
                        target[count] = entry
                    count += 1
            if load2(lists.heads, row, VERSION) == before:
                return count
