"""Who hears a tweet, and what somebody hears: against sets of follows."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import (
    QUIET,
    TO_ALL,
    TO_NONE,
    EdgeLists,
    follow,
    list_audience,
    list_audience_among,
    list_candidates,
    make_edge_lists,
    unfollow,
)

from . import naive

ROWS = 12
rows = st.integers(0, ROWS - 1)
edges = st.lists(st.tuples(rows, rows, st.sampled_from([0, QUIET]), st.booleans()), max_size=80)
facts = st.tuples(
    rows,
    st.one_of(st.sampled_from([TO_ALL, TO_ALL, TO_NONE]), rows),
    st.booleans(),
    st.integers(-1, ROWS - 1),
)
Facts = tuple[int, int, bool, int]


def hears(follows: naive.Follows, viewer: int, tweet: Facts) -> bool:
    """The rule of home timelines, for a tweet by somebody else."""
    author, other, is_retweet, needed = tweet
    flags = follows.flags(viewer, author)
    if flags < 0 or (is_retweet and flags == QUIET) or other == TO_NONE:
        return False
    if other not in (TO_ALL, viewer) and follows.flags(viewer, other) < 0:
        return False
    return needed in (-1, viewer) or follows.flags(viewer, needed) >= 0


def world(plan: list[tuple[int, int, int, bool]]) -> tuple[EdgeLists, EdgeLists, naive.Follows]:
    followers, following, twin = make_edge_lists(ROWS, 8_192), make_edge_lists(ROWS, 8_192), naive.Follows()
    for one, other, flags, removes in plan:
        if one == other:
            continue
        if removes:
            unfollow(followers, following, one, other)
            twin.unfollow(one, other)
        else:
            follow(followers, following, one, other, flags)
            twin.follow(one, other, flags)
    return followers, following, twin


@given(edges, facts, st.sets(rows))
def test_the_audience_of_a_tweet(
    plan: list[tuple[int, int, int, bool]], tweet: Facts, online: set[int]
) -> None:
    followers, following, twin = world(plan)
    table = np.array([tweet], np.int64)
    wanted = sorted(row for row in online if row != tweet[0] and hears(twin, row, tweet))
    flags = np.zeros(ROWS, np.uint8)
    flags[list(online)] = 1
    found = np.zeros(ROWS, np.int64)
    count = list_audience(followers, following, flags, table, found)
    assert sorted(found[:count].tolist()) == wanted
    candidates = np.array(sorted(online), np.int64)
    count = list_audience_among(following, candidates, table, found)
    assert sorted(found[:count].tolist()) == wanted


@given(edges, st.lists(st.one_of(facts, st.just((-1, -1, True, -1))), max_size=12), rows, rows, rows)
def test_what_may_concern_a_reader(
    plan: list[tuple[int, int, int, bool]], tweets: list[Facts], viewer: int, first: int, stop: int
) -> None:
    _, following, twin = world(plan)
    table = np.array(tweets, np.int64).reshape(len(tweets), 4)
    first, stop = sorted((min(first, len(tweets)), min(stop, len(tweets))))
    wanted = [
        place
        for place in range(first, stop)
        if tweets[place][0] in (-1, viewer)
        or tweets[place][1] == TO_NONE
        or hears(twin, viewer, tweets[place])
    ]
    found = np.zeros(ROWS, np.int64)
    count = list_candidates(following, table, first, stop, viewer, found)
    assert found[:count].tolist() == wanted
