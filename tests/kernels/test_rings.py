"""Rings against lists of everything that was ever pushed."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import (
    BY_LEVEL,
    IN_USE,
    TOUCHED,
    coldest_ring,
    drop_ring,
    free_slots,
    install_ring,
    level_of,
    make_rings,
    note_read,
    push_one,
)
from roost.kernels.rings import HEAD_MASK, OWNER, SLOT_SHIFT

from . import naive
from .paired import NO_BOUND, Pair, examples, int64s, plans

USERS, SLOTS, CAPACITY = 6, 4, 8
users = st.integers(0, USERS - 1)
levels = st.integers(1, 31)
counts = st.integers(0, CAPACITY)
Step = tuple[str, Any, Any, Any]
steps = plans(
    st.one_of(
        st.tuples(st.just("install"), users, levels, counts),
        st.tuples(st.just("push"), users, levels, levels),
        st.tuples(st.just("push_run"), users, st.integers(1, 12), st.integers(0, 3)),
        st.tuples(st.just("drop"), users, st.none(), st.none()),
        st.tuples(st.just("sink"), users, levels, st.none()),
        st.tuples(st.just("read"), users, st.integers(0, 99), st.none()),
    ),
    40,
)


class Story:
    """A pair, and a clock of ids that only go up; a late push takes an id of some time ago."""

    def __init__(self) -> None:
        self.pair = Pair(USERS, SLOTS, CAPACITY)
        self.newest = 100

    def next_id(self) -> int:
        self.newest += 3
        return self.newest

    def step(self, step: Step) -> None:
        kind, user, value, extra = step
        match kind:
            case "install":
                self.pair.install(
                    user, value, [self.newest - index for index in range(extra)], self.newest - extra, value
                )
            case "push":
                self.pair.push(user, min(value, extra), max(value, extra), self.next_id())
            case "push_run":
                for index in range(value):
                    is_late = extra > 0 and index % extra == 1
                    self.pair.push(user, 1, 256, -(self.newest - 7 * index) if is_late else self.next_id())
            case "drop":
                self.pair.drop(user)
            case "sink":
                self.pair.sink(user, value)
            case "read":
                note_read(self.pair.world.rings, user, value)
                if user in self.pair.naive.rings.of:
                    self.pair.naive.rings.of[user].read_s = value

    def check(self) -> None:
        rings, twins = self.pair.world.rings, self.pair.naive.rings.of
        slots = [int(rings.cells[user] >> SLOT_SHIFT) for user in twins]
        assert len(set(slots)) == len(slots)
        for user in range(USERS):
            assert level_of(rings, user) == (twins[user].level if user in twins else 0)
        for slot, (user, twin) in zip(slots, twins.items(), strict=True):
            head = rings.cells[user] & HEAD_MASK
            in_order = np.roll(rings.entries[slot], -(head % CAPACITY)).tolist()
            assert in_order == [0] * (CAPACITY - len(twin.kept())) + twin.kept()
            assert rings.slots[slot, OWNER] == user | twin.read_s << 32
        self.check_counters()

    def check_counters(self) -> None:
        rings, twins = self.pair.world.rings, self.pair.naive.rings.of
        assert free_slots(rings) == SLOTS - len(twins)
        assert rings.counters[IN_USE] == len(twins) <= rings.counters[TOUCHED] <= SLOTS
        by_level = np.bincount([twin.level for twin in twins.values()], minlength=256)
        assert rings.counters[BY_LEVEL:].tolist() == by_level.tolist()


@examples(3)
@given(steps)
def test_rings_hold_what_lists_hold(plan: list[Step]) -> None:
    story = Story()
    for step in plan:
        story.step(step)
        story.check()


@examples(2)
@given(steps, st.integers(0, 2**31 - 1))
def test_the_coldest_ring_was_read_longest_ago(plan: list[Step], seed: int) -> None:
    story = Story()
    for step in [("install", 0, 3, 2), *plan]:
        story.step(step)
    twins = story.pair.naive.rings.of
    coldest = coldest_ring(story.pair.world.rings, seed, 256)
    if twins:
        assert twins[coldest].read_s == min(twin.read_s for twin in twins.values())
    else:
        assert coldest == -1


def test_nobody_is_coldest_where_there_is_no_ring() -> None:
    assert coldest_ring(make_rings(2, 2, 16), 7, 5) == -1


def test_no_samples_no_coldest_ring() -> None:
    rings = make_rings(2, 2, 16)
    install_ring(rings, 0, 1, int64s([]), 0, 0, 5)
    assert coldest_ring(rings, 7, 0) == -1


pushes = plans(st.tuples(st.booleans(), st.integers(1, 60)), 40)


def push_all(pair: Pair, plan: list[tuple[bool, int]], newest: int) -> set[int]:
    """Ids in ascending order, and now and then a late one; answers all."""
    pushed = set()
    for is_late, back in plan:
        newest += 0 if is_late else 4
        tweet_id = max(4, newest - 4 * back) + 2 if is_late else newest
        pair.push(0, 1, 256, -tweet_id if is_late else tweet_id)
        pushed.add(tweet_id)
    return pushed


@examples(4)
@given(pushes, counts, st.integers(1, 400))
def test_a_ring_is_whole_above_what_it_says(plan: list[tuple[bool, int]], count: int, high: int) -> None:
    """Against all that was ever installed or pushed: nothing above is missing, and nothing else is there."""
    pair = Pair(2, 1, CAPACITY)
    installed = [200 - 4 * index for index in range(count)]
    floor = min(installed, default=201) - 1
    pair.install(0, 3, installed, floor)
    everything = {*installed, *push_all(pair, plan, 200)}
    for bound in (high, NO_BOUND):
        answers, exact_above = pair.gather_home(0, bound, 200, set())
        above = {tweet_id for tweet_id in everything if exact_above < tweet_id < bound}
        assert [tweet_id for tweet_id, _, _ in answers] == sorted(above, reverse=True)
    if count + len(plan) < CAPACITY:
        assert exact_above == floor
    elif any(not is_late for is_late, _ in plan[-CAPACITY:]):
        assert exact_above == max(
            floor, min(value for value in pair.naive.rings.of[0].kept() if value > 0) - 1
        )


@pytest.mark.parametrize("count", [0, 3, CAPACITY])
def test_a_ring_built_of_everything_is_whole_until_it_wraps(count: int) -> None:
    pair = Pair(2, 1, CAPACITY)
    pair.install(0, 3, [90 - index for index in range(count)], 0)
    for tweet_id in range(100, 100 + CAPACITY - count - 1):
        pair.push(0, 1, 256, tweet_id)
    is_whole = count < CAPACITY
    assert (pair.gather_home(0, NO_BOUND, 200, set())[1] == 0) == is_whole
    pair.push(0, 1, 256, 200)
    pair.push(0, 1, 256, 201)
    assert pair.gather_home(0, NO_BOUND, 200, set())[1] > 0


def test_a_ring_of_late_ids_alone_says_nothing() -> None:
    pair = Pair(2, 1, CAPACITY)
    pair.install(0, 3, [], 0)
    for tweet_id in range(100, 100 + CAPACITY):
        pair.push(0, 1, 256, -tweet_id)
    assert pair.gather_home(0, 104, 200, set()) == ([], 103)


def test_the_count_of_pushes_goes_round() -> None:
    """After 65,536 pushes the head begins anew, and the ring goes on."""
    rings, pushes_done = make_rings(2, 1, CAPACITY), HEAD_MASK + 5
    install_ring(rings, 1, 7, int64s([]), 0, 0, 0)
    for tweet_id in range(100, 100 + pushes_done):
        push_one(rings, 1, 1, 256, tweet_id)
    assert level_of(rings, 1) == 7
    assert rings.cells[1] & HEAD_MASK == pushes_done - HEAD_MASK - 1
    expected = range(100 + pushes_done - CAPACITY, 100 + pushes_done)
    assert sorted(rings.entries[0].tolist()) == list(expected)


def test_a_dropped_ring_is_gone_once() -> None:
    rings = make_rings(3, 2, 16)
    assert not drop_ring(rings, 1)
    install_ring(rings, 1, 4, int64s([8, 7]), 2, 3, 0)
    assert drop_ring(rings, 1)
    assert not drop_ring(rings, 1)
    assert free_slots(rings) == 2


def test_a_full_slab_refuses() -> None:
    pair = Pair(3, 2, 16)
    assert pair.install(0, 1, [], 0)
    assert pair.install(1, 1, [], 0)
    assert not pair.install(2, 1, [], 0)
    pair.drop(0)
    assert pair.install(2, 1, [], 0)


def test_the_twin_forgets_as_a_ring_does() -> None:
    ring = naive.Ring(4, 1, 0, [3, 4, 5, -2, 6])
    assert ring.kept() == [4, 5, -2, 6]
    assert ring.whole_above(NO_BOUND) == 3
