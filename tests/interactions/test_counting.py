"""Social proof and similarity against sets."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.interactions import (
    UNIFORM,
    InteractionCapacity,
    InteractionKind,
    Measure,
    Sampled,
    Weighing,
    similar_tweets,
    similar_users,
    top_by_proof,
)
from tests.kernels.paired import examples

from .ground import TWEETS, USERS, Pair, random_lines
from .naive import neighbour_sets, proofs

seeds = st.dictionaries(st.sampled_from(USERS), st.sampled_from([0.5, 1.0, 3.0]), min_size=1)
LIKES = Weighing({InteractionKind.LIKE: 1.0})


def filled(seed: int, count: int) -> Pair:
    pair = Pair()
    pair.add(*random_lines(seed, count))
    if count > 20:
        pair.cancel(*pair.naive.contents()[seed % 20][:3])
    return pair


@examples(0.5)
@given(
    st.integers(0, 5), st.integers(0, 40), seeds, st.integers(1, 3), st.sampled_from([UNIFORM, Weighing()])
)
def test_social_proof_is_the_sum_over_seeds(
    seed: int, count: int, chosen: dict[int, float], least: int, weighing: Weighing
) -> None:
    pair = filled(seed, count)
    expected = {
        tweet: (score, users)
        for tweet, (score, users) in proofs(pair.naive.living(), chosen, weighing).items()
        if len(users) >= least
    }
    found = top_by_proof(pair.graph, chosen, 100, least_users=least, weighing=weighing)
    assert {each.tweet_id for each in found} == set(expected)
    for each in found:
        score, users = expected[each.tweet_id]
        assert each.score == pytest.approx(score)
        assert each.users == len(users)
        assert {proof.user_id for proof in each.proofs} == users
    order = [(-each.score, -each.tweet_id) for each in found]
    assert [(round(score, 9), tweet) for score, tweet in order] == sorted(
        (round(score, 9), tweet) for score, tweet in order
    )


def test_only_the_newest_edges_of_a_seed_are_looked_at() -> None:
    pair = Pair()
    for number in range(10):
        pair.add((1, 101 + number, 1, 1_000 + number))
    found = top_by_proof(pair.graph, {1: 1.0}, 100, edges_max=4)
    assert {each.tweet_id for each in found} == {107, 108, 109, 110}


def measured(measure: Measure, one: set[int], other: set[int]) -> float:
    common = len(one & other)
    match measure:
        case Measure.COSINE:
            return common / math.sqrt(len(one) * len(other))
        case Measure.JACCARD:
            return common / len(one | other)
        case Measure.COMMON:
            return common


@examples(0.5)
@given(st.integers(0, 5), st.integers(0, 45), st.sampled_from(Measure), st.sampled_from([UNIFORM, LIKES]))
def test_similarity_is_that_of_the_sets(seed: int, count: int, measure: Measure, weighing: Weighing) -> None:
    pair = filled(seed, count)
    living = [edge for edge in pair.naive.living() if weighing is UNIFORM or edge.kind == 1]
    for of, query, node in (("tweet", similar_tweets, TWEETS[0]), ("user", similar_users, USERS[0])):
        sets = neighbour_sets(living, of)
        own = sets.pop(node, set())
        expected = {other: measured(measure, own, found) for other, found in sets.items() if own & found}
        answer = query(pair.graph, node, 100, measure, weighing=weighing)
        assert {each.node_id: pytest.approx(each.score) for each in answer} == expected
        for each in answer:
            assert each.common == len(own & sets[each.node_id])


def test_drawn_neighbours_estimate_what_all_of_them_say() -> None:
    pair = Pair(InteractionCapacity(segments=2, segment_edges=40))
    pair.add(*[(user, tweet, 1, 1_000) for user in USERS for tweet in TWEETS if (user * tweet) % 3 != 1])
    exact = {each.node_id: each.common for each in similar_users(pair.graph, 1, 100)}
    estimates = dict.fromkeys(exact, 0.0)
    for seed in range(60):
        weighing = Weighing(UNIFORM.weights, seed=seed)
        answer = similar_users(
            pair.graph, 1, 100, Measure.COMMON, Sampled(near=4, far=3), weighing, least_common=0
        )
        for each in answer:
            estimates[each.node_id] += each.common / 60
    for user, common in exact.items():
        assert estimates[user] == pytest.approx(common, rel=0.45)


@pytest.mark.parametrize("gone", ["cancelled", "weightless"])
def test_what_is_dead_or_weighs_nothing_stands_for_nobody(gone: str) -> None:
    """Of 40 edges of the tweet that is asked about 30 are: ten people interacted with both."""
    pair = Pair(InteractionCapacity(segments=2, segment_edges=200, segment_users=100, segment_tweets=100))
    kind = int(InteractionKind.LIKE if gone == "cancelled" else InteractionKind.CLICK)
    users = range(1, 41)
    pair.add(*[(user, 101, 1 if user <= 10 else kind, 1_000) for user in users])
    pair.add(*[(user, 102, 1, 1_000) for user in users])
    if gone == "cancelled":
        for user in users[10:]:
            pair.cancel(user, 101, kind)
    estimates = []
    for seed in range(80):
        weighing = Weighing({InteractionKind.LIKE: 1.0}, seed=seed)
        found = similar_tweets(pair.graph, 101, 5, Measure.COMMON, Sampled(near=16, far=8), weighing)
        estimates += [each.common for each in found if each.node_id == 102]
    assert len(estimates) == 80
    assert sum(estimates) / 80 == pytest.approx(10, rel=0.3)


def test_who_is_common_is_counted_by_head_where_neighbours_are_drawn() -> None:
    pair = Pair(InteractionCapacity(segments=2, segment_edges=400, segment_users=100, segment_tweets=200))
    pair.add(*[(1, tweet, 1, 1_000) for tweet in range(101, 161)])
    pair.add(*[(2, tweet, 1, 1_000) for tweet in (101, 102)])
    sampled = Sampled(near=4, far=4)
    for seed in range(20):
        weighing = Weighing(UNIFORM.weights, seed=seed)
        found = similar_tweets(pair.graph, 101, 50, sampled=sampled, weighing=weighing, least_common=2)
        assert {each.node_id for each in found} <= {102}
