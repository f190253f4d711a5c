"""Delivery against loops over a set of edges."""

import copy
import itertools
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import (
    QUIET,
    TO_ALL,
    TO_NONE,
    deliver,
    deliver_slice,
    list_extras,
    merge_list,
    settle_tails,
)
from roost.kernels.edges import length_of, main_length_of

from . import naive
from .lists import contents
from .paired import Pair, examples, int64s, make_jobs

USERS, CAPACITY = 50, 16
AUTHORS = 5
rows = st.integers(0, USERS - 1)
authors = st.integers(0, AUTHORS - 1)
NO_LIMITS = naive.LEVELS


@st.composite
def shards(draw: st.DrawFn) -> Pair:
    """Some have rings; the authors have from none to all users as followers, in main parts and tails."""
    pair = Pair(USERS, USERS, CAPACITY)
    levels = draw(st.lists(st.sampled_from([0, 1, 1, 5, 9, 255]), min_size=1, max_size=9))
    for user in range(USERS):
        if (level := levels[user % len(levels)]) > 0:
            pair.install(user, level, [], 0)
    for author in range(AUTHORS):
        first, stride = draw(rows), draw(st.sampled_from([1, 3, 7, 49]))
        for index in range(draw(st.integers(0, USERS))):
            pair.follow((first + stride * index) % USERS, author, QUIET if index % 5 == 1 else 0)
        for user in draw(st.lists(rows, max_size=8)):
            pair.unfollow(user, author)
        if draw(st.booleans()):
            merge_list(pair.followers, author, 0)
    return pair


@st.composite
def batches(draw: st.DrawFn) -> list[naive.Job]:
    """Ids ascend. A retweet answers nobody, so that it goes to all or to extra rows only."""
    jobs = []
    for index in range(draw(st.integers(0, 8))):
        is_retweet = draw(st.booleans())
        low, high = sorted(draw(st.tuples(st.integers(1, 10), st.integers(2, 256))))
        jobs.append(
            naive.Job(
                author=draw(st.one_of(authors, authors, st.just(-1))),
                value=draw(st.sampled_from([1, 1, -1])) * (1_000 + index),
                other=draw(
                    st.one_of(st.sampled_from([TO_ALL, TO_NONE]), st.just(TO_ALL) if is_retweet else authors)
                ),
                low_level=low,
                high_level=high,
                is_retweet=is_retweet,
                extra_rows=draw(st.lists(rows, max_size=3)),
            )
        )
    return jobs


def stored_rings(pair: Pair) -> dict[int, list[int]]:
    """Row -> what its ring holds, oldest first."""
    cells = {row: int(pair.world.rings.cells[row]) for row in pair.naive.rings.of}
    kept = {
        row: np.roll(pair.world.rings.entries[cell >> 32], -(cell & 0xFFFF)) for row, cell in cells.items()
    }
    return {row: [value for value in values.tolist() if value] for row, values in kept.items()}


def twin_rings(pair: Pair) -> dict[int, list[int]]:
    return {row: ring.kept() for row, ring in pair.naive.rings.of.items()}


def run(pair: Pair, jobs: list[naive.Job], first: int, stop: int, block_rows: int) -> int:
    world = pair.world
    return deliver(pair.followers, world.following, world.rings, make_jobs(jobs), first, stop, block_rows)


@examples(3)
@given(shards(), batches(), st.sampled_from([1, 7, 16, USERS, 1_000]))
def test_delivers_to_whom_it_should(pair: Pair, jobs: list[naive.Job], block_rows: int) -> None:
    """In the order of the jobs, whatever the size of a block."""
    stored = run(pair, jobs, 0, USERS, block_rows)
    assert stored == naive.deliver(pair.naive.follows, pair.naive.rings, jobs, 0, USERS)
    assert stored_rings(pair) == twin_rings(pair)
    for values in stored_rings(pair).values():
        ids = [abs(value) for value in values]
        assert ids == sorted(ids)


@examples(2)
@given(shards(), batches(), rows, rows, st.sampled_from([3, USERS]))
def test_ranges_of_rows_add_up(
    pair: Pair, jobs: list[naive.Job], one: int, other: int, block_rows: int
) -> None:
    cuts = [0, *sorted((one, other)), USERS]
    for first, stop in sorted(itertools.pairwise(cuts), reverse=True):
        stored = run(pair, jobs, first, stop, block_rows)
        assert stored == naive.deliver(pair.naive.follows, pair.naive.rings, jobs, first, stop)
    whole = copy.deepcopy(pair.naive.rings)
    for ring in whole.of.values():
        ring.values.clear()
    naive.deliver(pair.naive.follows, whole, jobs, 0, USERS)
    assert stored_rings(pair) == {row: ring.kept() for row, ring in whole.of.items()}


@examples(2)
@given(shards(), batches(), st.integers(1, 60))
def test_slices_add_up_to_the_whole(pair: Pair, jobs: list[naive.Job], count: int) -> None:
    for job in jobs:
        if job.author < 0 or job.other == TO_NONE:
            continue
        job.extra_rows.clear()
        merge_list(pair.followers, job.author, 0)
        stored, row, calls = 0, 0, 0
        while row >= 0:
            world = pair.world
            more, row = deliver_slice(
                pair.followers,
                world.following,
                world.rings,
                make_jobs([job]),
                job.author,
                job.other,
                row,
                count,
            )
            stored, calls = stored + more, calls + 1
        assert calls == max(1, -(-len(pair.naive.follows.followers(job.author)) // count))
        assert stored == naive.deliver(pair.naive.follows, pair.naive.rings, [job], 0, USERS)
        assert stored_rings(pair) == twin_rings(pair)


def followed(pair: Pair, author: int, followers: range, flags: int = 0) -> None:
    for row in followers:
        pair.follow(row, author, flags)


def warm(followers: range) -> Pair:
    pair = Pair(USERS, USERS, CAPACITY)
    for row in followers:
        pair.install(row, 5, [], 0)
    return pair


def test_a_slice_goes_on_behind_followers_that_left() -> None:
    """Between two slices others follow and unfollow; who followed all the time is reached exactly once."""
    pair = warm(range(USERS))
    followed(pair, 0, range(0, 40, 2))
    merge_list(pair.followers, 0, 0)
    jobs, world = make_jobs([naive.Job(0, 900)]), pair.world
    stored, row = deliver_slice(pair.followers, world.following, world.rings, jobs, 0, TO_ALL, 0, 5)
    assert (stored, row) == (5, 10)
    for gone in (2, 10, 12):
        pair.unfollow(gone, 0)
    pair.follow(3, 0)
    pair.follow(15, 0)
    merge_list(pair.followers, 0, 0)
    stored, row = deliver_slice(pair.followers, world.following, world.rings, jobs, 0, TO_ALL, row, 1_000)
    assert (stored, row) == (14, -1)
    reached = sorted(row for row, values in stored_rings(pair).items() if values == [900])
    assert reached == [0, 2, 4, 6, 8, 14, 15, *range(16, 40, 2)]


@pytest.mark.parametrize("long_end", [0, 1])
def test_a_reply_goes_to_those_who_follow_both_ends(long_end: int) -> None:
    """Whichever list is shorter, and whatever flags the followers of the one answered have."""
    pair = warm(range(USERS))
    followed(pair, long_end, range(0, 48))
    followed(pair, 1 - long_end, range(40, USERS), QUIET)
    jobs = [naive.Job(0, 900, other=1)]
    assert run(pair, jobs, 0, USERS, USERS) == 8
    assert {row for row, values in stored_rings(pair).items() if values} == set(range(40, 48))


def test_a_retweet_is_not_for_those_who_do_not_want_it() -> None:
    pair = warm(range(10))
    followed(pair, 20, range(0, 5))
    followed(pair, 20, range(5, 10), QUIET)
    jobs = [naive.Job(20, 900, is_retweet=True, extra_rows=[20, 9]), naive.Job(20, 901)]
    assert run(pair, jobs, 0, USERS, 3) == 5 + 1 + 10
    assert stored_rings(pair)[4] == [900, 901]
    assert stored_rings(pair)[5] == [901]
    assert stored_rings(pair)[9] == [900, 901]


def test_levels_bound_who_gets_it_but_not_the_extra_rows() -> None:
    pair = Pair(USERS, USERS, CAPACITY)
    for row in range(10):
        pair.install(row, row + 1, [], 0)
    followed(pair, 20, range(0, 10))
    run(pair, [naive.Job(20, 900, low_level=4, high_level=6, extra_rows=[0])], 0, USERS, USERS)
    assert {row for row, values in stored_rings(pair).items() if values} == {0, 3, 4}


@given(shards(), st.lists(st.integers(-1, AUTHORS - 1), max_size=6))
def test_settled_lists_hold_the_same_followers(pair: Pair, listed: list[int]) -> None:
    settle_tails(pair.followers, int64s(listed))
    for author in range(AUTHORS):
        assert contents(pair.followers, author) == pair.naive.follows.followers(author)
        if author in listed:
            assert length_of(pair.followers, author) - main_length_of(pair.followers, author) <= 16


def test_a_long_tail_is_settled() -> None:
    """A list of hundreds may have a tail of more than 16; a delivery wants it shorter."""
    pair = Pair(users=600, slots=1)
    followed(pair, 0, range(0, 500))
    merge_list(pair.followers, 0, 100)
    followed(pair, 0, range(500, 525))
    assert length_of(pair.followers, 0) - main_length_of(pair.followers, 0) == 25
    settle_tails(pair.followers, int64s([-1, 0]))
    assert length_of(pair.followers, 0) == main_length_of(pair.followers, 0) == 525
    assert contents(pair.followers, 0) == [(row, 0) for row in range(525)]


users_or_none = st.integers(-1, AUTHORS)


@given(
    shards(),
    st.lists(st.tuples(users_or_none, users_or_none, st.lists(users_or_none, max_size=4)), max_size=8),
)
def test_extra_rows_are_the_author_and_whom_it_speaks_to(
    pair: Pair, batch: list[tuple[int, int, list[int]]]
) -> None:
    """The one answered and those addressed only where they follow the author."""
    stop, found = np.zeros(len(batch), np.int64), np.zeros(64, np.int64)
    addressed_stop = np.cumsum([len(addressed) for _, _, addressed in batch], dtype=np.int64)
    total = list_extras(
        pair.world.following,
        int64s(author for author, _, _ in batch),
        int64s(answered for _, answered, _ in batch),
        addressed_stop,
        int64s(row for _, _, addressed in batch for row in addressed),
        stop,
        found,
    )
    expected: list[int] = []
    for index, (author, answered, addressed) in enumerate(batch):
        if author >= 0:
            follows = pair.naive.follows
            asked = [row for row in (answered, *addressed) if row not in (author, -1)]
            expected += [author, *(row for row in asked if follows.flags(row, author) >= 0)]
        assert stop[index] == len(expected)
    assert found[:total].tolist() == expected


def test_two_threads_may_share_the_rows() -> None:
    pair = warm(range(USERS))
    for author in range(AUTHORS):
        followed(pair, author, range(author, USERS))
    jobs = [naive.Job(index % AUTHORS, 1_000 + index) for index in range(200)]
    naive.deliver(pair.naive.follows, pair.naive.rings, jobs, 0, USERS)
    halves = [
        threading.Thread(target=run, args=(pair, jobs, *bounds, 5)) for bounds in ((0, 25), (25, USERS))
    ]
    for half in halves:
        half.start()
    for half in halves:
        half.join()
    assert stored_rings(pair) == twin_rings(pair)
