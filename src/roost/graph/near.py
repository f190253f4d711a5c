"""Whom a user may want to follow, by the follow graph alone."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.graph.graph import Graph
from roost.kernels import mix, tally_two_hops, walk_follows
from roost.limits import NEAR_LIST_MAX, NEAR_SCORED_MAX, NEAR_WALK_LENGTH, NEAR_WALK_RESTART, NEAR_WALKS

Rows = NDArray[np.int64]
Closed = NDArray[np.uint8]
RECIPROCAL_WEIGHT = 1.0
"""That somebody follows the user counts as much as a follow by one who follows nobody else."""


class Near(NamedTuple):
    """Users, the best first."""

    rows: Rows
    scores: NDArray[np.float64]


def near_users(
    graph: Graph,
    row: int,
    sources: Rows,
    limit: int,
    closed: Closed,
    exponent: float = 0.5,
    mutual: float = RECIPROCAL_WEIGHT,
) -> Near:
    """Those whom some users around `row` follow, with a discount for who follows many:

        score(c) = sum over sources f that follow c of out(f) ** -exponent,
                   and `mutual` where c follows the user

    An exponent of 0 counts, one of 1 is resource allocation (Zhou, Lü and Zhang, "Predicting missing links
    via local information", EPJ B 71, 2009); a half was best on a real graph, see `roost bench who_to_follow`.
    The user, and whom they follow, are left out. Sources that are `closed` (`Graph.closed_to`) count for
    nothing. Any thread; 10 ns a follow of each source, of which the
    first `NEAR_LIST_MAX` are looked at, and 1 ns a user of the graph.
    """
    sources = _open(sources, closed)
    scores, touched = _room_for(closed)
    degrees = np.array([graph.followee_count(int(source)) for source in sources], np.float64)
    weights = np.maximum(1.0, degrees) ** -exponent
    room = np.empty(NEAR_LIST_MAX, np.uint32)
    count = tally_two_hops(
        graph.following,
        sources,
        weights,
        NEAR_LIST_MAX,
        room,
        scores,
        touched,
    )
    if mutual:
        own = np.array([row], np.int64)
        left = touched[count:]
        count += tally_two_hops(graph.followers, own, np.array([mutual]), NEAR_LIST_MAX, room, scores, left)
    return _best(graph, row, scores, touched[:count], limit)


def walked_users(
    graph: Graph, row: int, sources: Rows, limit: int, closed: Closed, seed: int, walks: int = NEAR_WALKS
) -> Near:
    """Those to whom random walks with restart come from `sources`, over follows in both directions (as in
    Twitter's own: Gupta et al., "WTF: The Who to Follow Service at Twitter", WWW 2013). They neither begin at
    nor go on from who is `closed` (`Graph.closed_to`). The same seed gives the same answer. Any thread; 2 ms,
    and 1 ns a user of the graph."""
    sources = _open(sources, closed)
    if not len(sources):
        return Near(np.empty(0, np.int64), np.empty(0))
    scores, touched = _room_for(closed)
    room = np.empty(2 * NEAR_LIST_MAX, np.uint32)
    count = walk_follows(
        graph.followers,
        graph.following,
        sources,
        walks,
        NEAR_WALK_LENGTH,
        NEAR_WALK_RESTART,
        mix(seed),
        closed,
        room,
        scores,
        touched,
    )
    return _best(graph, row, scores, touched[:count], limit)


def _open(sources: Rows, closed: Closed) -> Rows:
    return np.ascontiguousarray(sources[closed[sources] == 0], np.int64)


def _room_for(closed: Closed) -> tuple[NDArray[np.float64], Rows]:
    """A score for each row, and the names of those that have one."""
    return np.zeros(len(closed)), np.empty(min(NEAR_SCORED_MAX, len(closed)), np.int64)


def _best(graph: Graph, row: int, scores: NDArray[np.float64], touched: Rows, limit: int) -> Near:
    """Of equals the most followed one first, and then the one who came last."""
    candidates = touched[~np.isin(touched, graph.followees(row)) & (touched != row)]
    found = scores[candidates]
    followers = graph.follower_counts()[candidates]
    order = np.lexsort((candidates, followers, found))[::-1][:limit]
    return Near(candidates[order], found[order])
