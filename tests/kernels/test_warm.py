"""Rings built by the writer itself, one or a range, against rings built step by step."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import READ, level_of, warm_range, warm_ring
from roost.kernels.activity import after_event

from .paired import NO_BOUND, NOTHING_HIDDEN, Pair, examples, plans

USERS, SLOTS, CAPACITY = 6, 4, 4
users = st.integers(0, USERS - 1)
NOW_S = 1_700_000_000
edges = st.sets(st.tuples(users, users), max_size=20)
writings = plans(users, 40)


def make_pair(follows: set[tuple[int, int]], authors: list[int]) -> Pair:
    pair = Pair(USERS, SLOTS, CAPACITY, author_entries=3)
    for follower, followee in sorted(follows):
        pair.follow(follower, followee)
    for number, author in enumerate(authors, start=1):
        pair.push_author(author, 4 * number)
    return pair


@given(edges, writings, users, st.integers(1, 31))
def test_a_warm_ring_is_what_a_cold_viewer_reads(
    follows: set[tuple[int, int]], authors: list[int], row: int, level: int
) -> None:
    """As much of it as a ring holds; and it says itself from where on it is not whole."""
    pair, twin = make_pair(follows, authors), make_pair(follows, authors)
    cold, marker = pair.gather_home(row, NO_BOUND, 99, set())
    assert warm_ring(pair.world, pair.scratch, NOTHING_HIDDEN, row, level, NOW_S)
    twin.build(row, level)
    found = pair.gather_home(row, NO_BOUND, 99, set())
    assert found == twin.gather_home(row, NO_BOUND, 99, set())
    assert level_of(pair.world.rings, row) == level
    assert found[0] == [answer for answer in cold if answer[0] > found[1]]
    assert len(found[0]) == min(len(cold), CAPACITY)
    if len(cold) < CAPACITY:
        assert found[1] == marker


@examples(2)
@given(
    edges,
    writings,
    st.lists(st.integers(0, 40), min_size=USERS, max_size=USERS),
    st.sets(users, max_size=3),
    st.tuples(st.integers(0, USERS), st.integers(0, USERS)),
)
def test_the_readers_of_a_range_get_rings_while_there_are_slots(
    follows: set[tuple[int, int]],
    authors: list[int],
    reads: list[int],
    warm: set[int],
    bounds: tuple[int, int],
) -> None:
    pair, paces, lowest = make_pair(follows, authors), np.zeros((USERS, 2), np.int64), 17
    for row, count in enumerate(reads):
        for _ in range(count):
            paces[row, READ] = after_event(int(paces[row, READ]), NOW_S)
    for row in sorted(warm):
        pair.build(row, 3)
    first, stop = sorted(bounds)
    built = warm_range(pair.world, pair.scratch, NOTHING_HIDDEN, paces, lowest, NOW_S, first, stop)
    # A rate of two a day is level 17, and half of the reads just done count as the rate.
    wanted = [row for row in range(first, stop) if row not in warm and reads[row] >= 4][: SLOTS - len(warm)]
    assert built == len(wanted)
    for row in range(USERS):
        level = level_of(pair.world.rings, row)
        assert (level > 0) == (row in warm or row in wanted)
        assert row not in wanted or 2 ** (level - 16) <= reads[row] / 2 < 2 ** (level - 15)
