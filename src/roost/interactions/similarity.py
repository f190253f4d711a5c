"""Tweets that the same users interact with, and users who interact with the same tweets."""

import enum

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.interactions.filters import Filters, Ids, choose_best
from roost.interactions.graph import InteractionGraph
from roost.interactions.weighing import UNIFORM, Weighing, sampling_for
from roost.kernels import (
    OPEN,
    Barrier,
    Sampling,
    TemporalGraph,
    Walkers,
    count_neighbours,
    make_found,
    make_tally,
    make_walkers,
    tally_shared,
)
from roost.limits import RECOMMENDATION_CANDIDATES_MAX, WALKERS_AT_ONCE_MAX


class Measure(enum.Enum):
    COSINE = "cosine"
    """c / sqrt(d(a) d(b)), of the sets of neighbours: c are in both."""
    JACCARD = "jaccard"
    """c / (d(a) + d(b) - c)."""
    COMMON = "common"
    """c."""


class Similar(msgspec.Struct, frozen=True):
    node_id: int
    score: float
    common: float
    """How many neighbours are common; estimated where it is no whole number."""


class Sampled(msgspec.Struct, frozen=True):
    """How many edges are looked at. Exact where nodes have no more; else so many are drawn, by weight."""

    near: int = 100
    """Of the node that is asked about."""
    far: int = 100
    """Of each of its neighbours."""
    degree: int = 1_000
    """Above, a candidate's edges are counted instead of its different neighbours."""

    def __post_init__(self) -> None:
        if not 0 < self.near <= WALKERS_AT_ONCE_MAX or not 0 < self.far <= WALKERS_AT_ONCE_MAX:
            raise ValueError(f"1 to {WALKERS_AT_ONCE_MAX} edges of a node can be drawn")


def similar_tweets(
    graph: InteractionGraph,
    tweet: int,
    limit: int,
    measure: Measure = Measure.COSINE,
    sampled: Sampled = Sampled(),  # noqa: B008
    weighing: Weighing = UNIFORM,
    filters: Filters = Filters(),  # noqa: B008
    least_common: int = 1,
    barrier: Barrier = OPEN,
) -> list[Similar]:
    """The tweets most similar to one, of those with `least_common` users in common: different ones, who were
    seen to have interacted with both, and are not barred. Weights above 0 say which kinds of edges count."""
    return _similar(graph, False, tweet, limit, measure, sampled, weighing, filters, least_common, barrier)


def similar_users(
    graph: InteractionGraph,
    user: int,
    limit: int,
    measure: Measure = Measure.COSINE,
    sampled: Sampled = Sampled(),  # noqa: B008
    weighing: Weighing = UNIFORM,
    filters: Filters = Filters(),  # noqa: B008
    least_common: int = 1,
) -> list[Similar]:
    """The users with most affinity to one: who interact with the same tweets."""
    return _similar(graph, True, user, limit, measure, sampled, weighing, filters, least_common, OPEN)


def _similar(
    graph: InteractionGraph,
    of_users: bool,
    node: int,
    limit: int,
    measure: Measure,
    sampled: Sampled,
    weighing: Weighing,
    filters: Filters,
    least_common: int,
    barrier: Barrier,
) -> list[Similar]:
    view = graph.view()
    sampling, walkers = sampling_for(weighing, view), make_walkers(len(view.directory))
    tally = make_tally(sampled.near * sampled.far)
    near, far = make_found(sampled.near), make_found(sampled.far)
    shared = (view.arrays, int(of_users), view.directory, sampling, walkers)
    tally_shared(*shared, node, sampled.near, sampled.far, near, far, barrier, tally)
    slots = tally.order[: tally.totals[0]]
    slots = slots[tally.counts[slots] >= least_common]
    if len(slots) > RECOMMENDATION_CANDIDATES_MAX:
        slots = slots[np.argsort(-tally.scores[slots], kind="stable")[:RECOMMENDATION_CANDIDATES_MAX]]
    ids, common = tally.keys[slots], tally.scores[slots]
    degrees = _degrees(shared, np.append(ids, node), sampled.degree)
    common = np.minimum(common, np.minimum(degrees[:-1], degrees[-1]))  # where it was estimated
    scores = _measured(measure, common, degrees[:-1], degrees[-1])
    best = choose_best(ids, scores, filters, limit)
    return [Similar(int(ids[place]), float(scores[place]), float(common[place])) for place in best]


def _degrees(
    shared: tuple[TemporalGraph, int, NDArray[np.int64], Sampling, Walkers], nodes: Ids, most: int
) -> NDArray[np.float64]:
    counts = np.empty(len(nodes), np.int64)
    count_neighbours(*shared, nodes, most, make_found(most), make_tally(most), counts)
    return counts.astype(np.float64)


def _measured(
    measure: Measure, common: NDArray[np.float64], degrees: NDArray[np.float64], own: float
) -> NDArray[np.float64]:
    if measure is Measure.COSINE:
        scores: NDArray[np.float64] = common / np.sqrt(np.maximum(1.0, degrees * own))
    elif measure is Measure.JACCARD:
        scores = common / np.maximum(1.0, degrees + own - common)
    else:
        scores = common
    return scores
