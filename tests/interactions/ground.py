"""A graph and its naive twin, changed together; and statistics that need no library."""

import math
from collections.abc import Mapping

import numpy as np

from roost.interactions import (
    ALL_KINDS,
    InteractionCapacity,
    InteractionGraph,
    interactions_of,
    interactions_with,
)
from roost.kernels import JIT_DISABLED

from .naive import NaiveGraph

USERS = range(1, 9)
TWEETS = range(101, 113)
TINY = InteractionCapacity(
    segments=3, segment_edges=12, segment_users=6, segment_tweets=7, segment_span_ms=5_000
)
DRAWS = 600 if JIT_DISABLED else 40_000
Line = tuple[int, int, int, int]


class Pair:
    """Every method does the same to both."""

    def __init__(self, capacity: InteractionCapacity = TINY) -> None:
        self.graph = InteractionGraph(capacity)
        self.naive = NaiveGraph(capacity)

    def add(self, *lines: Line) -> None:
        add_lines(self.graph, list(lines))
        for line in lines:
            self.naive.add(*line)

    def cancel(self, user: int, tweet: int, kind: int) -> None:
        assert self.graph.cancel(user, tweet, kind) == self.naive.cancel(user, tweet, kind)

    def delete_tweet(self, tweet: int) -> None:
        self.graph.delete_tweet(tweet)
        self.naive.delete(tweet=tweet)

    def delete_user(self, user: int) -> None:
        self.graph.delete_user(user)
        self.naive.delete(user=user)

    def rotate(self) -> None:
        self.graph.rotate()
        self.naive.rotate()

    def run_job(self) -> None:
        """Seal beside what goes on: nothing is published yet."""
        if self.graph.job is not None:
            self.graph.job.run()

    def settle(self) -> None:
        self.graph.settle()
        self.naive.settle()

    def check(self) -> None:
        expected = self.naive.contents()
        assert contents(self.graph, "user") == expected
        assert contents(self.graph, "tweet") == expected


def add_lines(graph: InteractionGraph, lines: list[Line]) -> None:
    columns = np.array(lines, np.int64).reshape(-1, 4).T.copy()
    graph.add(columns[0], columns[1], columns[2].astype(np.uint8), columns[3])


def contents(graph: InteractionGraph, of: str) -> list[Line]:
    """Every living edge, as its users, or its tweets, list it."""
    if of == "user":
        found = [edge for user in USERS for edge in interactions_of(graph, user, 10_000)]
    else:
        found = [edge for tweet in TWEETS for edge in interactions_with(graph, tweet, 10_000)]
    return sorted((edge.user_id, edge.tweet_id, int(edge.kind), edge.when_ms) for edge in found)


def chi_square(counts: Mapping[int, int], shares: Mapping[int, float]) -> float:
    """How many standard deviations the counts are off what the shares say (Wilson and Hilferty, 1931).

    Those that should not be there at all are infinitely far off.
    """
    if set(counts) - set(shares):
        return math.inf
    total = sum(counts.values())
    value = sum((counts.get(key, 0) - total * share) ** 2 / (total * share) for key, share in shares.items())
    freedom = len(shares) - 1
    if freedom == 0:
        return 0.0
    spread = 2 / (9 * freedom)
    return ((value / freedom) ** (1 / 3) - (1 - spread)) / math.sqrt(spread)


def random_lines(seed: int, count: int, step_ms: int = 10) -> list[Line]:
    rng = np.random.default_rng(seed)
    users = rng.choice(USERS, count, p=skewed(len(USERS)))
    tweets = rng.choice(TWEETS, count, p=skewed(len(TWEETS)))
    kinds = rng.integers(0, len(ALL_KINDS), count)
    return [
        (int(u), int(t), int(k), 1_000 + n * step_ms)
        for n, (u, t, k) in enumerate(zip(users, tweets, kinds, strict=True))
    ]


def skewed(count: int) -> np.ndarray:  # type: ignore[type-arg]
    weights = 1 / np.arange(1, count + 1)
    return weights / weights.sum()
