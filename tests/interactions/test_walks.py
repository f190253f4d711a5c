"""SALSA against dense linear algebra, by its steps and at its limit."""

import numpy as np
import pytest
from numpy.typing import NDArray

from roost.errors import Invalid
from roost.ids import EPOCH_MS
from roost.interactions import (
    UNIFORM,
    Barrier,
    Filters,
    InteractionKind,
    TweetFacts,
    Walk,
    Weighing,
    interactions_of,
    make_id_set,
    salsa,
    similar_tweets,
    subgraph_salsa,
    top_by_proof,
)
from roost.kernels import JIT_DISABLED

from .ground import TWEETS, USERS, Pair, random_lines
from .naive import Edge, weight

WALKS = 2_000 if JIT_DISABLED else 50_000
Matrix = NDArray[np.float64]


def connected() -> Pair:
    """Every user and tweet has an edge, over several segments, sealed ones and live ones."""
    pair = Pair()
    pair.add(*random_lines(4, 40))
    pair.cancel(*pair.naive.contents()[0][:3])
    return pair


def steps_of(edges: list[Edge], weighing: Weighing) -> tuple[Matrix, Matrix]:
    """From users to tweets, and back: rows sum to 1, or to 0 for nodes without edges."""
    weights = np.zeros((len(USERS), len(TWEETS)))
    for edge in edges:
        weights[edge.user - USERS[0], edge.tweet - TWEETS[0]] += weight(edge, weighing)
    return normal(weights), normal(weights.T)


def normal(matrix: Matrix) -> Matrix:
    sums = matrix.sum(axis=1, keepdims=True)
    return np.divide(matrix, sums, out=np.zeros_like(matrix), where=sums > 0)


def visits_by_steps(edges: list[Edge], start: Matrix, walk: Walk, weighing: Weighing) -> Matrix:
    forth, back = steps_of(edges, weighing)
    at, total = start, np.zeros(len(TWEETS))
    for pair in range((walk.length + 1) // 2):
        if pair:
            at = walk.restart * start + (1 - walk.restart) * at
        total += at @ forth
        at = at @ forth @ back
    return total / total.sum()


def limit_of(edges: list[Edge], start: Matrix, restart: float, weighing: Weighing) -> Matrix:
    """x = restart start + (1 - restart) x F B, solved; then x F."""
    forth, back = steps_of(edges, weighing)
    system = np.eye(len(USERS)) - (1 - restart) * (forth @ back).T
    tweets: Matrix = np.linalg.solve(system, restart * start) @ forth
    return tweets


def start_at(seeds: dict[int, float]) -> Matrix:
    start = np.zeros(len(USERS))
    for user, share in seeds.items():
        start[user - USERS[0]] = share
    return start / start.sum()


def as_vector(found: list) -> Matrix:  # type: ignore[type-arg]
    vector = np.zeros(len(TWEETS))
    for each in found:
        vector[each.tweet_id - TWEETS[0]] = each.score
    return vector


WEIGHINGS = [UNIFORM, Weighing(half_life_ms=200, now_ms=1_500)]
SEEDS: list[dict[int, float]] = [{1: 1.0}, {1: 2.0, 2: 1.0, 5: 1.0}]


@pytest.mark.parametrize("weighing", WEIGHINGS)
@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("length", [1, 5])
def test_visits_are_what_matrices_say(seeds: dict[int, float], length: int, weighing: Weighing) -> None:
    pair, walk = connected(), Walk(WALKS, length, 0.3)
    found = as_vector(salsa(pair.graph, seeds, 100, walk, weighing))
    assert found.sum() == pytest.approx(1.0)
    expected = visits_by_steps(pair.naive.living(), start_at(seeds), walk, weighing)
    assert np.abs(found - expected).max() < 3 / np.sqrt(WALKS)


@pytest.mark.parametrize("restart", [0.05, 0.3])
def test_long_walks_converge_to_the_stationary_scores(restart: float) -> None:
    pair = connected()
    walk = Walk(WALKS // 50, 301, restart)
    found = as_vector(salsa(pair.graph, SEEDS[1], 100, walk, UNIFORM))
    expected = limit_of(pair.naive.living(), start_at(SEEDS[1]), restart, UNIFORM)
    assert np.abs(found - expected).max() < (0.05 if JIT_DISABLED else 0.01)


def test_the_same_seed_gives_the_same_answer_and_another_another() -> None:
    pair, walk = connected(), Walk(200, 5)
    answers = [salsa(pair.graph, {1: 1.0}, 5, walk, Weighing(seed=seed)) for seed in (1, 1, 2)]
    assert answers[0] == answers[1] != answers[2]


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("restart", [0.0, 0.3, 1.0])
def test_subgraph_salsa_keeps_its_mass(seeds: dict[int, float], restart: float) -> None:
    """GraphJet's gains mass with every pass."""
    pair = connected()
    for length in (1, 3, 9):
        found = subgraph_salsa(pair.graph, seeds, 100, Walk(500, length, restart), UNIFORM)
        assert sum(each.score for each in found) == pytest.approx(1.0)


def test_subgraph_salsa_converges_to_the_solution() -> None:
    """So many edges of the seeds are drawn that they are the graph in its own proportions."""
    pair = connected()
    degrees = {user: sum(edge.user == user for edge in pair.naive.living()) for user in (1, 2, 3)}
    seeds = {user: float(degree) for user, degree in degrees.items()}
    found = as_vector(subgraph_salsa(pair.graph, seeds, 100, Walk(WALKS, 101, 0.2), UNIFORM))
    edges = [edge for edge in pair.naive.living() if edge.user in seeds]
    expected = limit_of(edges, start_at(seeds), 0.2, UNIFORM)
    assert np.abs(found - expected).max() < 4 / np.sqrt(WALKS)


def test_seeds_that_nobody_knows_recommend_nothing() -> None:
    pair = connected()
    for query in (salsa, subgraph_salsa):
        assert query(pair.graph, {77: 1.0}, 10) == []
        assert query(pair.graph, {}, 10) == []
        assert query(pair.graph, {77: 1.0, 1: 1.0}, 10) == query(pair.graph, {1: 3.0}, 10)


def test_reasons_are_users_who_interacted_and_never_oneself() -> None:
    pair = connected()
    edges = {(edge.user, edge.tweet, edge.kind) for edge in pair.naive.living()}
    for query, never in ((salsa, {1}), (subgraph_salsa, set())):
        found = query(pair.graph, {1: 1.0, 2: 1.0} if not never else {1: 1.0}, 100, Walk(1_000, 7), UNIFORM)
        assert any(each.proofs for each in found)
        for each in found:
            assert len(each.proofs) <= each.users
            for proof in each.proofs:
                assert proof.user_id not in never
                assert (proof.user_id, each.tweet_id, proof.kind) in edges


def facts_of(ids: NDArray[np.int64]) -> TweetFacts:
    """A tweet's author is its last digit, its language is 1 for odd ones, and 105 is not to be seen."""
    return TweetFacts(ids % 10, ids % 2, (ids != 105).astype(np.uint8))


def test_filters_hold_inside_the_query() -> None:
    pair, walk = connected(), Walk(300 if JIT_DISABLED else 2_000, 9)
    everything = [each.tweet_id for each in salsa(pair.graph, {1: 1.0}, 100, walk, UNIFORM)]
    assert len(everything) > 8

    def found(limit: int, **rules: object) -> list[int]:
        filters = Filters(**rules)  # type: ignore[arg-type]
        return [each.tweet_id for each in salsa(pair.graph, {1: 1.0}, limit, walk, UNIFORM, filters)]

    seen = np.array(everything[:4])
    assert found(3, tweets=seen) == everything[4:7]
    assert found(100, facts=facts_of) == [tweet for tweet in everything if tweet != 105]
    barred = found(100, facts=facts_of, authors=np.array([1, 2]))
    assert barred == [tweet for tweet in everything if tweet % 10 not in (1, 2) and tweet != 105]
    assert found(100, facts=facts_of, languages=(1,)) == [
        tweet for tweet in everything if tweet % 2 and tweet != 105
    ]
    assert found(100, oldest_ms=EPOCH_MS) == everything
    assert found(100, oldest_ms=EPOCH_MS + 1) == [], "all ids are of the first millisecond"
    one_each = found(100, facts=facts_of, author_most=1)
    assert one_each == [
        tweet
        for place, tweet in enumerate(everything)
        if tweet != 105 and tweet % 10 not in [other % 10 for other in everything[:place] if other != 105]
    ]


def test_no_walk_passes_who_is_barred() -> None:
    """It goes back to where it began; so does none for those whom one knows."""
    pair, walk = connected(), Walk(WALKS, 7)
    edges, start = pair.naive.living(), start_at({USERS[0]: 1.0})
    forth, back = steps_of(edges, UNIFORM)
    for always, unless_known, known in (((2, 3), (), ()), ((5,), (2, 3, 4), (4, 5)), ((), (2, 3), (2, 3))):
        barred = {*always, *(set(unless_known) - set(known))}
        barrier = Barrier(*(make_id_set(np.array(ids, np.int64)) for ids in (always, unless_known, known)))
        at, total = start, np.zeros(len(TWEETS))
        for _ in range(4):
            total += at @ forth
            at = at @ forth @ back
            at[[user - USERS[0] for user in barred]] = 0.0
            at = (1 - at.sum() * (1 - walk.restart)) * start + (1 - walk.restart) * at
        found = as_vector(salsa(pair.graph, {USERS[0]: 1.0}, 100, walk, weighing=UNIFORM, barrier=barrier))
        assert found == pytest.approx(total / total.sum(), abs=0.1 if JIT_DISABLED else 0.01)


def test_what_is_one_s_own_is_gone_along_from_oneself_alone() -> None:
    pair = Pair()
    like, click = int(InteractionKind.LIKE), int(InteractionKind.CLICK)
    pair.add((1, 101, click, 1_000), (2, 101, like, 1_000), (2, 102, click, 1_000), (2, 103, like, 1_000))
    likes = {InteractionKind.LIKE: 1.0}
    weighing = Weighing(likes, own=1, own_weights={**likes, InteractionKind.CLICK: 0.2})
    found = {each.tweet_id for each in salsa(pair.graph, {1: 1.0}, 10, weighing=weighing)}
    assert found == {101, 103}
    assert salsa(pair.graph, {1: 1.0}, 10, weighing=Weighing(likes)) == []


def test_no_walk_is_lost_to_seeds_whose_edges_are_gone_or_weigh_nothing() -> None:
    pair = Pair()
    like, mention = int(InteractionKind.LIKE), int(InteractionKind.MENTION)
    pair.add((1, 101, like, 1_000), (2, 102, like, 1_000), (3, 103, mention, 1_000), (4, 102, like, 1_000))
    pair.cancel(1, 101, like)
    seeds = {1: 0.5, 2: 0.2, 3: 0.2, 4: 0.1}
    for query in (salsa, subgraph_salsa):
        (found,) = query(pair.graph, seeds, 10, weighing=Weighing({InteractionKind.LIKE: 1.0}))
        assert (found.tweet_id, found.score) == (102, pytest.approx(1.0))
        assert query(pair.graph, {1: 1.0, 3: 1.0}, 10, weighing=Weighing({InteractionKind.LIKE: 1.0})) == []


def test_what_is_no_id_has_no_edges() -> None:
    pair = connected()
    for no_id in (-1, 0, -(2**62)):
        assert interactions_of(pair.graph, no_id, 10) == []
        assert similar_tweets(pair.graph, no_id, 10) == []
        assert top_by_proof(pair.graph, {no_id: 1.0}, 10) == []


def test_weights_that_make_no_sense_are_refused() -> None:
    pair = connected()
    for weight_of_likes in (float("nan"), float("inf"), -1.0, 1e300):
        with pytest.raises(Invalid):
            salsa(pair.graph, {1: 1.0}, 5, weighing=Weighing({InteractionKind.LIKE: weight_of_likes}))
    for seed, said in ((1, -1.0), (1, float("nan")), (1, float("inf")), (0, 1.0), (-1, 1.0)):
        for query in (salsa, subgraph_salsa):
            with pytest.raises(Invalid):
                query(pair.graph, {USERS[0]: 1.0, seed: said}, 5)
    for walk in ({"walks": 0}, {"length": 4}, {"restart": 1.5}):
        with pytest.raises(ValueError, match=r"\w"):
            Walk(**walk)  # type: ignore[arg-type]
