"""SALSA: tweets that random walks from some users come to most."""

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.errors import Invalid
from roost.interactions.filters import Filters, Ids, choose_best
from roost.interactions.graph import InteractionGraph
from roost.interactions.kinds import InteractionKind
from roost.interactions.weighing import Weighing, sampling_for
from roost.kernels import (
    OPEN,
    Barrier,
    Visits,
    collect_proofs,
    make_id_set,
    make_proofs,
    make_spreading,
    make_visits,
    make_walkers,
    number_best,
    spread_visits,
    walk_salsa,
)
from roost.limits import PROOFS_MAX, WALK_LENGTH_MAX, WALKS_MAX

KINDS = tuple(InteractionKind)
_KIND_OF = KINDS.__getitem__
NOBODY = np.empty(0, np.int64)


class Proof(msgspec.Struct, frozen=True, gc=False):
    """Somebody's interaction with a tweet: why it is recommended."""

    user_id: int
    kind: InteractionKind


class Recommended(msgspec.Struct, frozen=True, gc=False):
    tweet_id: int
    score: float
    proofs: tuple[Proof, ...]
    """Some of those who interacted with it, those who count most first."""
    users: int
    """How many they are altogether."""


class Walk(msgspec.Struct, frozen=True):
    """How far walkers go. GraphJet's tests use 1,000 walks of length 5 with restarts at 0.3."""

    walks: int = 1_000
    length: int = 5
    """Steps over one edge; odd, so that walks end at tweets."""
    restart: float = 0.3

    def __post_init__(self) -> None:
        if not 0 < self.walks <= WALKS_MAX:
            raise ValueError(f"A query has 1 to {WALKS_MAX} walks")
        if not (0 < self.length <= WALK_LENGTH_MAX and self.length % 2):
            raise ValueError(f"A walk's length is odd, and {WALK_LENGTH_MAX} at most")
        if not 0 <= self.restart <= 1:
            raise ValueError("The chance of a restart is from 0 to 1")


def salsa(
    graph: InteractionGraph,
    seeds: Mapping[int, float],
    limit: int,
    walk: Walk = Walk(),  # noqa: B008
    weighing: Weighing = Weighing(),  # noqa: B008
    filters: Filters = Filters(),  # noqa: B008
    barrier: Barrier = OPEN,
) -> list[Recommended]:
    """Full SALSA: walks over the whole graph that begin at `seeds`, users with weights.

    A tweet's score is its share of all visits; the scores of all tweets, before filters, sum to 1. One seed
    is personalised SALSA. A walker that comes to a user who is barred goes back to where it began. 1,000
    walks of length 5 take about a millisecond."""
    visits = _walked(graph, seeds, walk, (walk.length + 1) // 2, weighing, barrier)
    slots = visits.order[: visits.totals[0]]
    ids, scores = visits.keys[slots], visits.counts[slots] / max(1, int(visits.totals[1]))
    best = choose_best(ids, scores, filters, limit)
    log, oneself = visits.log[: visits.totals[1]], np.fromiter(seeds, np.int64, len(seeds))
    return with_proofs(log, slots, len(visits.keys), ids, scores, best, oneself)


def subgraph_salsa(
    graph: InteractionGraph,
    seeds: Mapping[int, float],
    limit: int,
    walk: Walk = Walk(),  # noqa: B008
    weighing: Weighing = Weighing(),  # noqa: B008
    filters: Filters = Filters(),  # noqa: B008
) -> list[Recommended]:
    """Subgraph SALSA: `walk.walks` edges of the seeds are drawn once, and a mass of 1 is spread over these.

    The scores sum to 1, before filters. Only the seeds' own edges are looked at: tweets that they interacted
    with."""
    visits = _walked(graph, seeds, walk, 1, weighing)
    work = make_spreading(visits, len(seeds))
    spread_visits(visits, (walk.length + 1) // 2, walk.restart, work)
    slots, log = visits.order[: len(work.tweets)], visits.log[: len(work.ends)]
    scores = np.ascontiguousarray(work.tweets[:, 0])
    ids = visits.keys[slots]
    best = choose_best(ids, scores, filters, limit)
    return with_proofs(log, slots, len(visits.keys), ids, scores, best, NOBODY)


def _walked(
    graph: InteractionGraph,
    seeds: Mapping[int, float],
    walk: Walk,
    pairs: int,
    weighing: Weighing,
    barrier: Barrier = OPEN,
) -> Visits:
    """The tweets that walkers came to, `pairs` times each."""
    view = graph.view()
    ids = np.fromiter(seeds.keys(), np.int64, len(seeds))
    weights = np.fromiter(seeds.values(), np.float64, len(seeds))
    visits = make_visits(walk.walks * pairs)
    placed = walk_salsa(
        view.arrays,
        view.directory,
        sampling_for(weighing, view),
        make_walkers(len(view.directory)),
        ids,
        weights,
        np.empty(walk.walks, np.int64),
        pairs,
        walk.restart,
        barrier,
        visits,
    )
    if placed < 0:
        raise Invalid("Seeds are users, with weights that are finite and not negative")
    return visits


def with_proofs(
    log: NDArray[np.int64],
    slots: Ids,
    of: int,
    ids: Ids,
    scores: NDArray[np.float64],
    best: Ids,
    never: Ids,
) -> list[Recommended]:
    """The results at the places `best`. `log` has lines of (slot, user, kind): by whose edges tweets were
    come to; `slots` says which slot `of` how many each tweet has. `never` are no proofs."""
    numbers = np.empty(of, np.int32)
    proofs = make_proofs(len(best), PROOFS_MAX, int(number_best(slots, best, log, numbers)))
    collect_proofs(log, numbers, make_id_set(never), proofs)
    per_tweet = zip(
        ids[best].tolist(),
        scores[best].tolist(),
        proofs.users.tolist(),
        proofs.kinds.tolist(),
        proofs.totals.tolist(),
        strict=True,
    )
    return [
        Recommended(tweet, score, tuple(map(Proof, users[:total], map(_KIND_OF, kinds))), total)
        for tweet, score, users, kinds, total in per_tweet
    ]
