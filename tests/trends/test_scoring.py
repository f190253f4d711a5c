"""Scores by kernels, by arrays and by plain Python are the same; surprises are what they claim to be."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.kernels import best_scores
from roost.model import TrendTerms
from roost.trends import SCORE, WINDOW_NAMES, growth, judging, score, surprise, threshold
from tests.strategies import SEEDED

from . import naive

USERS = st.one_of(st.just(0.0), st.integers(1, 50).map(float), st.floats(0, 1e6))
WEIGHTS = st.tuples(*[st.sampled_from([0.0, 0.5, 1.0, 3.0])] * 3).filter(any)
TERMS = st.builds(
    lambda weights, least, floor, dispersion, exponent: TrendTerms(
        users_min=least,
        expected_min=floor,
        dispersion=dispersion,
        volume_weight=weights[0],
        velocity_weight=weights[1],
        acceleration_weight=weights[2],
        length_exponent=exponent,
    ),
    WEIGHTS,
    st.integers(1, 5),
    st.floats(0.01, 10),
    st.floats(0, 0.5),
    st.floats(0, 1),
)
ROWS = st.lists(
    st.tuples(*[st.tuples(USERS, USERS, USERS, st.floats(0, 1e5)) for _ in WINDOW_NAMES], st.floats(0, 1e5)),
    min_size=1,
    max_size=3,
)


@settings(SEEDED, max_examples=50)
@given(ROWS, TERMS, st.floats(0.25, 4))
def test_three_ways_to_a_score(rows, terms, busy) -> None:  # type: ignore[no-untyped-def]
    counts = np.array([[window[:3] for window in row[:-1]] for row in rows]).transpose(1, 2, 0).copy()
    averages = np.array([[window[3] for window in row[:-1]] for row in rows]).T.copy()
    usual = np.array([row[-1] for row in rows])
    sampling = np.arange(len(rows)) % 3
    by = judging(busy, terms)
    parts = score(by, counts, averages, usual, sampling)
    best = np.full(len(rows), 77.0)
    best_scores(by, counts, averages, usual, sampling, best)
    for number, row in enumerate(rows):
        plain = [
            naive.score(0.5 ** (number % 3), name, *window, row[-1], busy, terms)
            for name, window in zip(WINDOW_NAMES, row[:-1], strict=True)
        ]
        assert np.allclose(parts[SCORE, :, number] * by.fades, plain, rtol=1e-9, atol=1e-6)
        assert math.isclose(best[number], max(0.0, *plain), rel_tol=1e-9, abs_tol=1e-6)


def test_a_surprise_is_a_quantile_of_the_normal_law() -> None:
    """To a third of a standard deviation, of Poisson's tail taken at the middle of its step."""
    for expected in (0.05, 0.5, 3.0, 40.0):
        for users in range(max(1, round(expected)), round(expected) + 25):
            upper, lower = naive.poisson_tail(users, expected), naive.poisson_tail(users + 1, expected)
            tail = (upper + lower) / 2
            if 1e-11 < tail < 0.4:
                found = float(surprise(np.array([users]), np.array([expected]), 0.0)[0])
                exact = _normal_quantile(tail)
                assert abs(found - exact) < 0.5, (users, expected, found, exact)


def test_more_users_are_more_surprising_and_none_are_the_least() -> None:
    users = np.arange(0.0, 200.0)
    found = surprise(users, np.full(200, 30.0), 0.05)
    assert (np.diff(found) > 0).all()
    assert found[30] == 0
    assert np.isclose(found[0], -math.sqrt(60 / 2.5))
    assert float(growth(np.array(8.0), np.array(8.0), 0.1)) == 0
    assert float(growth(np.array(9.0), np.array(1.0), 0.1)) > 0


def test_it_takes_more_among_many() -> None:
    bars = [threshold(topics, TrendTerms()) for topics in (0, 1, 10, 1_000, 8_192)]
    assert bars == sorted(bars)
    assert bars[0] == TrendTerms().surprise_min


def _normal_quantile(tail: float) -> float:
    low, high = 0.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erfc(middle / math.sqrt(2)) / 2 > tail else (low, middle)
    return low
