"""The edges of one node, as they are."""

import msgspec
import numpy as np

from roost.interactions.graph import InteractionGraph
from roost.interactions.kinds import InteractionKind
from roost.interactions.weighing import UNIFORM, Weighing, sampling_for
from roost.kernels import TWEETS_SIDE, USERS_SIDE, list_edges, look_up, make_found, make_walkers


class Interaction(msgspec.Struct, frozen=True, order=True):
    user_id: int
    tweet_id: int
    kind: InteractionKind
    when_ms: int
    """Of a sealed segment: when one of the 256 steps of its time began."""


def interactions_of(
    graph: InteractionGraph, user: int, limit: int, weighing: Weighing = UNIFORM
) -> list[Interaction]:
    """What a user did, of kinds that weigh something: newer segments first, at most `limit`."""
    return [
        Interaction(user, other, InteractionKind(kind), when_ms)
        for other, kind, when_ms in _edges(graph, True, user, limit, weighing)
    ]


def interactions_with(
    graph: InteractionGraph, tweet: int, limit: int, weighing: Weighing = UNIFORM
) -> list[Interaction]:
    """What was done to a tweet."""
    return [
        Interaction(other, tweet, InteractionKind(kind), when_ms)
        for other, kind, when_ms in _edges(graph, False, tweet, limit, weighing)
    ]


def _edges(
    graph: InteractionGraph, of_users: bool, node: int, limit: int, weighing: Weighing
) -> list[tuple[int, int, int]]:
    view = graph.view()
    walkers, found = make_walkers(len(view.directory)), make_found(limit)
    walkers.here[0] = node
    side = view.arrays.users if of_users else view.arrays.tweets
    look_up(side, USERS_SIDE if of_users else TWEETS_SIDE, view.directory, walkers, 1)
    sampling = sampling_for(weighing, view)
    count = list_edges(view.arrays, int(of_users), view.directory, sampling, walkers, 0, limit, found)
    columns = np.stack([found.ids[:count], found.kinds[:count], found.times[:count]], axis=1)
    return [tuple(line) for line in columns.tolist()]
