"""Counting users, and how often things were used, against plain counters."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from roost.limits import DISTINCT_KEPT
from roost.processors.distinct import Distinct
from tests.strategies import SEEDED


@given(st.lists(st.integers(0, 1 << 62), max_size=300), st.integers(0, 300))
@settings(SEEDED)
def test_few_users_are_counted_exactly(users: list[int], packed_after: int) -> None:
    distinct = Distinct()
    for number, user in enumerate(users):
        if number == packed_after:
            distinct = Distinct(distinct.packed())
        distinct.add(user)
    assert distinct.count() == len(set(users))


def test_many_users_are_estimated_within_a_fifth() -> None:
    dice = random.Random(7)
    for users in (2 * DISTINCT_KEPT, 5_000, 40_000):
        distinct = Distinct()
        for _ in range(users):
            distinct.add(dice.getrandbits(62))
        for again in (distinct, Distinct(distinct.packed())):
            assert abs(again.count() - users) <= users / 5
        assert len(distinct.packed()) <= 16 * (DISTINCT_KEPT + 1)
