"""Following: both lists of an edge against a set of edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import (
    FOLLOWED,
    POOL_FULL,
    QUIET,
    REFLAGGED,
    EdgeLists,
    copy_list,
    edge_count,
    follow,
    follow_flags,
    follow_many,
    make_edge_lists,
    unfollow,
)

from . import naive
from .lists import check_segments, contents, pairs, snapshot
from .paired import examples, int64s, plans

USERS = 30
users = st.integers(0, USERS - 1)
flags = st.sampled_from([0, QUIET, 4, QUIET | 8])
Step = tuple[str, int, int, int]
steps = plans(
    st.one_of(
        st.tuples(st.just("follow"), users, users, flags),
        st.tuples(st.just("unfollow"), users, users, flags),
        st.tuples(st.just("follow_all"), users, users, flags),
        st.tuples(st.just("gain_all"), users, users, flags),
        st.tuples(st.just("unfollow_all"), users, users, flags),
    ),
    25,
)


class Both:
    """Both directions of an edge, and their twin."""

    def __init__(self, pool: int = 20_000) -> None:
        self.followers = make_edge_lists(USERS, pool)
        self.following = make_edge_lists(USERS, pool)
        self.twin = naive.Follows()

    def snapshot(self) -> object:
        return snapshot(self.followers), snapshot(self.following)

    def follow(self, follower: int, followee: int, flag_word: int) -> int:
        before = self.snapshot()
        done = follow(self.followers, self.following, follower, followee, flag_word)
        if done == POOL_FULL:
            assert self.twin.flags(follower, followee) < 0
            assert self.snapshot() == before
        else:
            assert done == (FOLLOWED if self.twin.follow(follower, followee, flag_word) else REFLAGGED)
        return done

    def unfollow(self, follower: int, followee: int) -> None:
        done = unfollow(self.followers, self.following, follower, followee)
        assert done == self.twin.unfollow(follower, followee)

    def step(self, step: Step) -> None:
        kind, one, other, flag_word = step
        match kind:
            case "follow":
                self.follow(one, other, flag_word)
            case "unfollow":
                self.unfollow(one, other)
            case "follow_all":
                for offset in range(25):
                    self.follow(one, (other + 7 * offset) % USERS, flag_word)
            case "gain_all":
                for offset in range(25):
                    self.follow((other + 11 * offset) % USERS, one, flag_word)
            case "unfollow_all":
                for followee, _ in self.twin.followees(one):
                    self.unfollow(one, followee)

    def check(self, row: int) -> None:
        assert contents(self.following, row) == self.twin.followees(row)
        assert contents(self.followers, row) == self.twin.followers(row)
        for other in range(USERS):
            assert follow_flags(self.following, row, other) == self.twin.flags(row, other)


@examples(1)
@given(steps, st.sampled_from([64, 200, 20_000]))
def test_both_lists_hold_every_edge(plan: list[Step], pool: int) -> None:
    both = Both(pool)
    for step in plan:
        both.step(step)
        both.check(step[1])
        both.check(step[2])
        assert edge_count(both.followers) == edge_count(both.following) == len(both.twin.edges)
    for lists in (both.followers, both.following):
        check_segments(lists)


@pytest.mark.parametrize("short_side", ["followers", "following"])
def test_a_full_pool_on_either_side_changes_neither(short_side: str) -> None:
    both = Both()
    setattr(both, short_side, make_edge_lists(USERS, 150))
    done = [both.follow(1, followee, 0) for followee in range(USERS)]
    done += [both.follow(follower, 2, 0) for follower in range(USERS)]
    assert POOL_FULL in done
    assert FOLLOWED in done
    for row in range(USERS):
        both.check(row)
    assert both.follow(1, 0, QUIET) == REFLAGGED


edge_batches = plans(st.tuples(st.integers(-2, USERS - 1), st.integers(-2, USERS - 1), flags), 60)


@given(edge_batches)
def test_follow_many_is_follow_for_each_pair(batch: list[Step]) -> None:
    both = Both()
    sources, targets, words = (int64s(edge[place] for edge in batch) for place in range(3))
    assert follow_many(both.followers, both.following, sources, targets, words) == len(batch)
    for source, target, word in batch:
        if source >= 0 and target >= 0:
            both.twin.follow(source, target, word)
    for row in range(USERS):
        both.check(row)


def test_follow_many_stops_where_a_pool_is_full() -> None:
    both = Both(pool=300)
    sources = np.full(USERS, 3, np.int64)
    sources[4] = -1
    targets = np.arange(USERS, dtype=np.int64)
    done = follow_many(both.followers, both.following, sources, targets, np.zeros(USERS, np.int64))
    assert 5 < done < USERS
    assert contents(both.following, 3) == [(row, 0) for row in range(done) if row != 4]
    assert both.follow(3, done, 0) == POOL_FULL


@given(st.integers(0, 40), st.integers(0, 40))
def test_copy_list_fills_what_there_is_room_for(followees: int, room: int) -> None:
    lists = make_edge_lists(USERS, 20_000)
    other_way: EdgeLists = make_edge_lists(50, 20_000)
    for followee in range(followees):
        follow(other_way, lists, 0, followee, QUIET)
    target = np.full(room + 1, 77, np.uint32)
    assert copy_list(lists, 0, target[:room]) == followees
    copied = pairs(target[: min(room, followees)])
    assert len(set(copied)) == len(copied)
    assert set(copied) <= {(followee, QUIET) for followee in range(followees)}
    assert (target[min(room, followees) :] == 77).all()


def test_following_oneself_is_an_edge_like_another() -> None:
    both = Both()
    both.follow(5, 5, 0)
    both.check(5)
    both.unfollow(5, 5)
    both.check(5)
