"""A random neighbour is each neighbour with exactly its share, across segments and kinds and ages."""

from collections import Counter

import numpy as np
import pytest

from roost.interactions import UNIFORM, InteractionCapacity, InteractionKind, Weighing, sampling_for
from roost.kernels import JIT_DISABLED, WALKERS_MAX, advance, make_walkers

from .ground import DRAWS, Line, Pair, chi_square, random_lines
from .naive import shares

OFF_MAX = 3.5
"""Standard deviations that counts may be off; the draws are seeded, so each run says the same."""


def draw_many(pair: Pair, of: str, node: int, weighing: Weighing, draws: int = DRAWS) -> Counter[int]:
    view = pair.graph.view()
    sampling, walkers = sampling_for(weighing, view), make_walkers(len(view.directory))
    found: Counter[int] = Counter()
    number = 0
    for first in range(0, draws, WALKERS_MAX):
        count = min(WALKERS_MAX, draws - first)
        walkers.here[:] = node
        number = advance(view.arrays, int(of == "user"), view.directory, sampling, walkers, count, number)
        found.update(walkers.there[:count].tolist())
    return found


def check(pair: Pair, of: str, node: int, weighing: Weighing, draws: int = DRAWS) -> None:
    expected = shares(pair.naive.living(), of, node, weighing)
    counts = draw_many(pair, of, node, weighing, draws)
    if expected:
        assert chi_square(counts, expected) < OFF_MAX
    else:
        assert set(counts) == {0}


def in_segments(*degrees: int) -> Pair:
    """User 1 has so many edges in each segment, all to different tweets; user 2 has others."""
    pair = Pair()
    tweet = 101
    for degree in degrees:
        for _ in range(degree):
            pair.add((1, tweet, 1, 1_000))
            tweet += 1
        pair.add((2, tweet - 1, 1, 1_000))
        pair.rotate()
    return pair


@pytest.mark.parametrize(
    "degrees", [(1,), (2,), (1, 1), (1, 2), (2, 1), (1, 1, 2), (1, 0, 2), (5, 1, 1), (0, 1, 0)]
)
@pytest.mark.parametrize("is_sealed", [False, True])
def test_each_edge_is_drawn_alike_across_segments(degrees: tuple[int, ...], is_sealed: bool) -> None:
    """GraphJet draws segments with degrees 1 and 2 as often as each other."""
    pair = in_segments(*degrees)
    if is_sealed:
        pair.settle()
    check(pair, "user", 1, UNIFORM)
    for tweet in (101, 100 + sum(degrees)):
        check(pair, "tweet", tweet, UNIFORM)


@pytest.mark.parametrize("seed", range(3))
def test_edges_are_drawn_by_kind_and_age(seed: int) -> None:
    pair = Pair()
    pair.add(*random_lines(seed, 45, step_ms=200))
    weights = {InteractionKind(kind): float(1 + 2 * kind) for kind in range(6)}
    for user in (1, 2, 3):
        check(pair, "user", user, Weighing(weights))
        check(pair, "user", user, Weighing(weights, half_life_ms=1_500, now_ms=11_000))
    for tweet in (101, 102):
        check(pair, "tweet", tweet, Weighing(weights, half_life_ms=1_500, now_ms=8_000))
        check(pair, "tweet", tweet, Weighing({InteractionKind.LIKE: 1.0}))


def test_rare_edges_of_a_long_list_are_found_by_reading_it_whole() -> None:
    """Of many edges only few weigh much: proposals fail, and the list is read; the shares stay exact."""
    pair = Pair(InteractionCapacity(segments=2, segment_edges=400))
    lines: list[Line] = [(1, 101 + n % 9, 0, 1_000) for n in range(300)]
    lines += [(1, 111, 1, 1_000), (1, 112, 2, 1_000)]
    pair.add(*lines)
    weighing = Weighing(
        {InteractionKind.CLICK: 0.02, InteractionKind.LIKE: 10.0, InteractionKind.RETWEET: 20.0}
    )
    draws = 250 if JIT_DISABLED else DRAWS
    check(pair, "user", 1, weighing, draws)
    pair.rotate()
    pair.settle()
    check(pair, "user", 1, weighing, draws)


@pytest.mark.parametrize("when", ["live", "waiting", "sealing", "sealed"])
def test_what_was_cancelled_or_deleted_is_not_drawn(when: str) -> None:
    pair = Pair()
    pair.add(
        (1, 101, 1, 1_000), (1, 102, 1, 1_000), (1, 103, 1, 1_000), (2, 101, 1, 1_000), (3, 101, 1, 1_000)
    )
    if when != "live":
        pair.rotate()
    if when == "sealing":
        pair.run_job()
    if when == "sealed":
        pair.settle()
    pair.cancel(1, 101, 1)
    pair.delete_tweet(102)
    pair.delete_user(3)
    for _ in range(2):
        assert set(draw_many(pair, "user", 1, UNIFORM, 100)) == {103}
        assert set(draw_many(pair, "tweet", 101, UNIFORM, 100)) == {2}
        assert set(draw_many(pair, "user", 3, UNIFORM, 100)) == {0}
        assert set(draw_many(pair, "tweet", 102, UNIFORM, 100)) == {0}
        pair.settle()


def test_walkers_on_different_nodes_advance_together() -> None:
    pair = Pair()
    pair.add(*random_lines(5, 60))
    view = pair.graph.view()
    walkers = make_walkers(len(view.directory))
    expected = {user: shares(pair.naive.living(), "user", user, UNIFORM) for user in range(9)}
    found: dict[int, Counter[int]] = {user: Counter() for user in expected}
    for seed in range(DRAWS // 400):
        walkers.here[:] = np.arange(WALKERS_MAX) % 9
        sampling = sampling_for(Weighing(UNIFORM.weights, seed=seed), view)
        advance(view.arrays, 1, view.directory, sampling, walkers, WALKERS_MAX, 0)
        for here, there in zip(walkers.here.tolist(), walkers.there.tolist(), strict=True):
            found[here][there] += 1
    for user, counts in found.items():
        if expected[user]:
            assert chi_square(counts, expected[user]) < OFF_MAX
        else:
            assert set(counts) == {0}
