"""Social proof: tweets that most of some users interacted with ("X, Y and 3 others liked")."""

from collections.abc import Mapping

import numpy as np
from msgspec import structs

from roost.interactions.filters import Filters, choose_best
from roost.interactions.graph import InteractionGraph
from roost.interactions.walks import NOBODY, Proof, Recommended, with_proofs
from roost.interactions.weighing import Weighing, sampling_for
from roost.kernels import make_found, make_tally, make_walkers, tally_proofs
from roost.limits import PROOF_SEEDS_MAX


def top_by_proof(
    graph: InteractionGraph,
    seeds: Mapping[int, float],
    limit: int,
    least_users: int = 1,
    edges_max: int = 500,
    weighing: Weighing = Weighing(),  # noqa: B008
    filters: Filters = Filters(),  # noqa: B008
) -> list[Recommended]:
    """Top second degree by count: a tweet's score is the sum, over seeds and kinds of edges, of the seed's
    weight times the edge's. Of each seed the newest `edges_max` edges are looked at, of as many seeds as the
    limit says, the heaviest; tweets that fewer than `least_users` of them interacted with are left out. Some
    50 ns an edge."""
    view = graph.view()
    sampling = sampling_for(weighing, view)
    heaviest = sorted(seeds.items(), key=lambda entry: (-entry[1], entry[0]))[:PROOF_SEEDS_MAX]
    ids = np.array([user for user, _ in heaviest], np.int64)
    weights = np.array([weight for _, weight in heaviest], np.float64)
    tally = make_tally(max(1, len(ids) * edges_max))
    tally_proofs(
        view.arrays,
        view.directory,
        sampling,
        make_walkers(len(view.directory)),
        ids,
        weights,
        edges_max,
        make_found(edges_max),
        tally,
    )
    slots = tally.order[: tally.totals[0]]
    log = tally.log[: tally.totals[1]]
    users = np.bincount(_first_of_each(log), minlength=len(tally.keys))[slots]
    slots = slots[users >= least_users]
    tweets, scores = tally.keys[slots], tally.scores[slots]
    best = choose_best(tweets, scores, filters, limit)
    numbered = log + np.array([0, 1, 0])  # a user is a seed's number from 1 on: the heaviest goes first
    found = with_proofs(numbered, slots, len(tally.keys), tweets, scores, best, NOBODY)
    return [
        structs.replace(
            each, proofs=tuple(Proof(int(ids[proof.user_id - 1]), proof.kind) for proof in each.proofs)
        )
        for each in found
    ]


def _first_of_each(log: "np.typing.NDArray[np.int64]") -> "np.typing.NDArray[np.int64]":
    """The slots of log lines, one line for each slot and seed: a seed's lines stand together."""
    pairs = np.unique(log[:, 0] << 32 | log[:, 1])
    slots: np.typing.NDArray[np.int64] = pairs >> 32
    return slots
