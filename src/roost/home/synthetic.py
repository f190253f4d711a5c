"""States of any size for measuring: made from arrays at once, not from events one by one."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from roost.home.batch import TweetBatch
from roost.home.state import ShardCapacity, ShardState
from roost.ids import ID_MAX
from roost.kernels import (
    BY_LEVEL,
    FLAG_BITS,
    IN_USE,
    LEVEL_SHIFT,
    NO_ROW,
    OWNER,
    READ,
    SLOT_SHIFT,
    TO_ALL,
    TOUCHED,
    Scratch,
    World,
    gather_home,
    kernel,
    load_lists,
    make_scratch,
)
from roost.limits import FOLLOWEES_MAX

_SHIFT = np.uint32(FLAG_BITS)
_NO_BOUND = ID_MAX
FIRST_USER_ID = 1
"""Row r is the user r + 1."""


def make_state(
    capacity: ShardCapacity, followers: NDArray[np.uint32], followers_each: int, both_ways: bool = True
) -> ShardState:
    """A state where the first len(followers) / followers_each users have so many followers each.

    `followers` are rows, sorted within an author, no row twice in one. Without `both_ways` the followees'
    side is left out, as for measuring deliveries alone.
    """
    state = ShardState(capacity)
    users = capacity.users
    add_users(state)
    counts = np.zeros(users, np.uint32)
    authors = len(followers) // followers_each
    counts[:authors] = followers_each
    assert load_lists(state.graph.followers, counts, followers << _SHIFT), "capacity.follows is too small"
    if both_ways:
        following, following_counts = transpose(followers, followers_each, users)
        assert load_lists(state.graph.following, following_counts, following << _SHIFT)
    return state


def add_users(state: ShardState) -> None:
    """As many users as the state is made for."""
    users = state.capacity.users
    ids = np.arange(FIRST_USER_ID, users + FIRST_USER_ID, dtype=np.int64)
    state.graph.restore_users(ids, np.zeros(users, np.uint8))


def add_celebrity(state: ShardState, small_followers: int) -> None:
    """Users such that all others follow the first one, and `small_followers` of them the second.

    The id map and the followees' side are left out: deliveries alone are measured on such a state.
    """
    users = state.capacity.users
    state.graph.users = users
    counts = np.zeros(users, np.uint32)
    counts[0], counts[1] = users - 2, small_followers
    spread = spread_rows(users, small_followers)
    everybody = np.arange(2, users, dtype=np.uint32)
    entries = np.concatenate((everybody, spread)) << _SHIFT
    assert load_lists(state.graph.followers, counts, entries), "capacity.follows is too small"


def spread_rows(users: int, count: int) -> NDArray[np.uint32]:
    """The followers of `add_celebrity`'s second user: `count` rows, evenly spread."""
    return np.linspace(2, users - 1, count).astype(np.uint32)


def batch_of_rows(ids: Sequence[int], authors: Sequence[int], now_s: int) -> TweetBatch:
    """Original tweets by rows, as they would come from the log."""
    count = len(ids)
    facts = np.zeros((count, 6), np.int64)
    facts[:, 0] = ids
    facts[:, 1] = authors
    facts[:, 2] = facts[:, 4] = NO_ROW
    rows = facts[:, 1].copy()
    times_s = np.full(count, now_s, np.int64)
    everybody = np.full(count, TO_ALL, np.int64)
    return TweetBatch(facts, times_s, everybody, np.arange(1, count + 1, dtype=np.int64), rows)


def transpose(
    followers: NDArray[np.uint32], followers_each: int, users: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The other side of the lists: whom each user follows, sorted, and how many."""
    counts = np.bincount(followers, minlength=users).astype(np.uint32)
    places = np.concatenate(([0], np.cumsum(counts[:-1], dtype=np.int64)))
    following = np.empty(len(followers), np.uint32)
    _scatter(followers, followers_each, places, following)
    return following, counts


def random_followers(authors: int, followers_each: int, users: int, seed: int) -> NDArray[np.uint32]:
    """Followers drawn evenly from all users: one from each of `followers_each` equal ranges of rows."""
    rng = np.random.default_rng(seed)
    width = users / followers_each
    starts = np.arange(followers_each) * width
    drawn = starts + rng.random((authors, followers_each)) * width
    return np.minimum(drawn, users - 1).astype(np.uint32).reshape(-1)


def give_rings(state: ShardState, level: int, now_s: int) -> None:
    """An empty ring for every user, as of readers of that level; slots in the order of rows."""
    users = state.graph.users
    assert users <= state.capacity.rings
    _fill_cells(state.rings.cells, state.rings.slots, users, level, now_s)
    state.rings.counters[TOUCHED] = users
    state.rings.counters[IN_USE] = users
    state.rings.counters[BY_LEVEL + level] = users
    # Pages are touched now, so that their first touch is not what is measured.
    state.rings.entries[:users] = 0


def make_readers(state: ShardState, reads_a_day: float, now_s: int) -> None:
    """Every user has read so often, lately."""
    state.paces[: state.graph.users, READ] = now_s << 32 | int(reads_a_day * 4096)


def reading_ns(state: ShardState, viewers: int, entries: int) -> float:
    """The kernel's time for a page of each of the first `viewers` users, a page."""
    scratch = make_scratch(state.capacity.ring_entries, FOLLOWEES_MAX, entries)
    nothing = np.empty(0, np.uint32)
    _read_pages(state.world, scratch, nothing, 1, entries)
    began_ns = time.perf_counter_ns()
    _read_pages(state.world, scratch, nothing, viewers, entries)
    return (time.perf_counter_ns() - began_ns) / viewers


@kernel
def _read_pages(
    world: World, scratch: Scratch, nothing: NDArray[np.uint32], viewers: int, entries: int
) -> int:
    found = 0
    for viewer in range(viewers):
        found += gather_home(world, scratch, nothing, viewer, _NO_BOUND, entries)
    return found


@kernel
def _scatter(
    followers: NDArray[np.uint32],
    followers_each: int,
    places: NDArray[np.int64],
    following: NDArray[np.uint32],
) -> None:
    for index in range(followers.shape[0]):
        row = followers[index]
        following[places[row]] = np.uint32(index // followers_each)
        places[row] += 1


@kernel
def _fill_cells(
    cells: NDArray[np.int64], slots: NDArray[np.int64], users: int, level: int, now_s: int
) -> None:
    for row in range(users):
        cells[row] = row << SLOT_SHIFT | level << LEVEL_SHIFT
        slots[row, OWNER] = row | now_s << 32
