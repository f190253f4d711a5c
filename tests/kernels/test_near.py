"""Who is near on the follow graph, against counting by hand and against the chances of walks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roost.graph import Graph, GraphCapacity, near_users, walked_users
from roost.kernels import JIT_DISABLED, tally_two_hops, walk_follows

from .paired import examples

USERS = 8
OPEN = np.zeros(USERS, np.uint8)
"""Nobody hides whom they follow."""
edges = st.sets(
    st.tuples(st.integers(0, USERS - 1), st.integers(0, USERS - 1)).filter(lambda pair: pair[0] != pair[1]),
    max_size=30,
)


def graph_of(follows: set[tuple[int, int]], removed: frozenset[tuple[int, int]] = frozenset()) -> Graph:
    graph = Graph(GraphCapacity(USERS, 1_024))
    graph.add_users(range(101, 101 + USERS), [0] * USERS)
    for follower, followee in sorted(follows | removed):
        graph.follow(follower, followee, True)
    for follower, followee in removed:
        graph.unfollow(follower, followee)
    return graph


@examples(60)
@given(
    edges,
    edges,
    st.integers(0, USERS - 1),
    st.sets(st.integers(0, USERS - 1), max_size=3),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.sampled_from([0.0, 1.0]),
)
def test_two_steps_are_what_counting_gives(
    follows: set[tuple[int, int]],
    gone: set[tuple[int, int]],
    user: int,
    shut: set[int],
    exponent: float,
    mutual: float,
) -> None:
    graph = graph_of(follows - gone, frozenset(gone))
    follows = follows - gone
    sources = sorted({b for a, b in follows if a == user} | {a for a, b in follows if b == user})
    closed = np.isin(np.arange(USERS), list(shut)).astype(np.uint8)
    found = near_users(graph, user, np.array(sources, np.int64), USERS, closed, exponent, mutual)
    expected = {}
    for other in range(USERS):
        score = sum(
            max(1, sum(a == source for a, _ in follows)) ** -exponent
            for source in sources
            if (source, other) in follows and source not in shut
        ) + mutual * ((other, user) in follows)
        if score and other != user and (user, other) not in follows:
            expected[other] = score
    assert dict(zip(found.rows.tolist(), found.scores.tolist(), strict=True)) == {
        other: np.float64(score) for other, score in expected.items()
    } or np.allclose([expected[row] for row in found.rows.tolist()], found.scores)
    assert set(found.rows.tolist()) == set(expected)
    assert (np.diff(found.scores) <= 1e-12).all()


def test_walks_come_where_chance_leads() -> None:
    """0 follows 1 and 2; 1 follows 3, 2 follows 3 and 4: two steps from 0 without going back."""
    graph = graph_of({(0, 1), (0, 2), (1, 3), (2, 3), (2, 4)})
    walks = 2_000 if JIT_DISABLED else 40_000
    scores, touched = np.zeros(USERS), np.empty(USERS, np.int64)
    room = np.empty(64, np.uint32)
    start = np.zeros(1, np.int64)
    count = walk_follows(
        graph.followers, graph.following, start, walks, 2, 0.0, 7, OPEN, room, scores, touched
    )
    assert set(touched[:count].tolist()) == {0, 1, 2, 3, 4}
    share = scores / walks
    expected = np.array([1 / 4 + 1 / 6, 1 / 2, 1 / 2, 1 / 4 + 1 / 6, 1 / 6, 0, 0, 0])
    assert np.abs(share - expected).max() < 5 * np.sqrt(0.25 / walks)


def test_the_same_seed_walks_the_same_way() -> None:
    graph = graph_of({(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (5, 1)})
    sources = np.array([1], np.int64)
    once, again = (walked_users(graph, 0, sources, USERS, OPEN, 3) for _ in range(2))
    assert once.rows.tolist() == again.rows.tolist()
    assert once.scores.tolist() == again.scores.tolist()
    assert 0 not in once.rows
    assert 1 not in once.rows
    assert walked_users(graph, 0, sources[:0], USERS, OPEN, 3).rows.tolist() == []


def test_walks_end_at_those_who_hide_whom_they_follow() -> None:
    """0 follows 1 and 2, who both follow others: 1 tells nobody whom, so nothing leads to 3."""
    graph = graph_of({(0, 1), (0, 2), (1, 3), (2, 4), (5, 3)})
    closed = OPEN.copy()
    closed[1] = 1
    sources = np.array([0, 2], np.int64)
    found = walked_users(graph, 7, sources, USERS, closed, 3)
    assert set(found.rows.tolist()) == {0, 1, 2, 4}
    assert walked_users(graph, 7, np.array([1], np.int64), USERS, closed, 3).rows.tolist() == []
    assert set(walked_users(graph, 7, sources, USERS, OPEN, 3).rows.tolist()) == {0, 1, 2, 3, 4, 5}


def test_users_made_since_are_passed_over() -> None:
    graph = graph_of({(0, 1), (1, 2), (1, 7), (7, 2), (7, 1)})
    sources, before = np.array([1], np.int64), OPEN[:6]
    assert near_users(graph, 0, sources, USERS, before).rows.tolist() == [2]
    assert set(walked_users(graph, 3, sources, USERS, before, 3).rows.tolist()) == {0, 1, 2}


def test_what_does_not_fit_is_passed_over() -> None:
    graph = graph_of({(1, 2), (1, 3), (1, 4)})
    scores, touched = np.zeros(USERS), np.empty(2, np.int64)
    sources, weights = np.array([1, 1], np.int64), np.array([1.0, 0.0])
    count = tally_two_hops(graph.following, sources, weights, 10, np.empty(8, np.uint32), scores, touched)
    assert count == 2
    assert np.count_nonzero(scores) == 2
