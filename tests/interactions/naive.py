"""The interaction graph as a list of segments of edges, each as short as the promise it stands for."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from roost.interactions import InteractionCapacity, Weighing


@dataclass
class Edge:
    user: int
    tweet: int
    kind: int
    when_ms: int
    is_dead: bool = False


@dataclass
class Segment:
    edges: list[Edge] = field(default_factory=list)

    def living(self) -> list[Edge]:
        return [edge for edge in self.edges if not edge.is_dead]

    def seal(self) -> "Segment":
        """Times are kept in 256 steps of a power of two, of all edges' span."""
        times = [edge.when_ms for edge in self.edges]
        step = 1
        while times and (max(times) - min(times)) // step > 255:
            step *= 2
        for edge in self.edges:
            edge.when_ms -= (edge.when_ms - min(times)) % step
        self.edges = self.living()
        return self


class NaiveGraph:
    def __init__(self, capacity: InteractionCapacity) -> None:
        self.capacity = capacity
        self.sealed: list[Segment] = []
        self.waiting: Segment | None = None
        self.live = Segment()

    def segments(self) -> list[Segment]:
        return [*self.sealed, *([self.waiting] if self.waiting else []), self.live]

    def add(self, user: int, tweet: int, kind: int, when_ms: int) -> None:
        if not self._fits(user, tweet, when_ms):
            self.rotate()
        self.live.edges.append(Edge(user, tweet, kind, when_ms))

    def _fits(self, user: int, tweet: int, when_ms: int) -> bool:
        edges = self.live.edges
        return (
            len(edges) < self.capacity.segment_edges
            and len({user, *(edge.user for edge in edges)}) <= self.capacity.segment_users
            and len({tweet, *(edge.tweet for edge in edges)}) <= self.capacity.segment_tweets
            and when_ms - min([edge.when_ms for edge in edges] or [when_ms]) <= self.capacity.segment_span_ms
        )

    def rotate(self) -> None:
        self.settle()
        self.waiting, self.live = self.live, Segment()

    def settle(self) -> None:
        if self.waiting is not None:
            self.sealed = [*self.sealed, self.waiting.seal()][-self.capacity.segments :]
        self.waiting = None

    def cancel(self, user: int, tweet: int, kind: int) -> bool:
        for segment in reversed(self.segments()):
            for edge in reversed(segment.edges):
                if (edge.user, edge.tweet, edge.kind, edge.is_dead) == (user, tweet, kind, False):
                    edge.is_dead = True
                    return True
        return False

    def delete(self, user: int = 0, tweet: int = 0) -> None:
        for segment in self.segments():
            for edge in segment.edges:
                edge.is_dead |= edge.user == user or edge.tweet == tweet

    def living(self) -> list[Edge]:
        return [edge for segment in self.segments() for edge in segment.living()]

    def contents(self) -> list[tuple[int, int, int, int]]:
        return sorted((edge.user, edge.tweet, edge.kind, edge.when_ms) for edge in self.living())


def weight(edge: Edge, weighing: Weighing) -> float:
    base = weighing.weights.get(edge.kind, 0.0)  # type: ignore[call-overload]
    if weighing.half_life_ms == 0:
        return float(base)
    age = max(0, weighing.now_ms - edge.when_ms)
    return float(base) * math.exp(-math.log(2) / weighing.half_life_ms * age)


def shares(edges: list[Edge], of: str, node: int, weighing: Weighing) -> dict[int, float]:
    """The chance of each neighbour of a node."""
    found: Counter[int] = Counter()
    for edge in edges:
        if getattr(edge, of) == node:
            found[edge.tweet if of == "user" else edge.user] += weight(edge, weighing)  # type: ignore[assignment]
    total = sum(found.values())
    return {other: share / total for other, share in found.items() if share > 0}


def neighbour_sets(edges: list[Edge], of: str) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        other = edge.tweet if of == "user" else edge.user
        found[getattr(edge, of)].add(other)
    return found


def proofs(
    edges: list[Edge], seeds: dict[int, float], weighing: Weighing
) -> dict[int, tuple[float, set[int]]]:
    """Tweet -> score and the seeds who interacted with it; each seed and kind of edge counts once.

    Its weight is that of one such edge; without half-life they are all alike.
    """
    found: dict[int, tuple[float, set[int]]] = {}
    for user, tweet, kind in sorted({(edge.user, edge.tweet, edge.kind) for edge in edges}):
        base = weight(Edge(user, tweet, kind, 0), weighing)
        if user in seeds and base > 0:
            score, users = found.get(tweet, (0.0, set()))
            found[tweet] = score + seeds[user] * base, users | {user}
    return found
