"""The life of a trend, step by step, never leaves its table."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.model import TrendTerms
from roost.trends import TRANSITIONS, Lives, TrendState, live_on
from tests.strategies import SEEDED

TERMS = TrendTerms(
    users_min=2, leave_fraction=0.5, cooldown_min=10, return_factor=2.0, momentum_half_life_min=5.0
)
BAR = 4.0


def lives(state: TrendState = TrendState.QUIET, momentum: float = 0.0, since: int = 0) -> Lives:
    return Lives(np.array([state], np.uint8), np.array([momentum]), np.array([since]))


def step(before: Lives, score: float, minute: int, users: float = 5.0) -> Lives:
    return live_on(before, np.array([score]), np.array([users]), BAR, minute, TERMS)


def state_of(after: Lives) -> TrendState:
    return TrendState(after.states[0])


def test_it_rises_at_the_bar_and_stays_while_its_momentum_lasts() -> None:
    assert state_of(step(lives(), BAR - 0.01, 7)) is TrendState.QUIET
    risen = step(lives(), BAR, 7)
    assert (state_of(risen), risen.since[0], risen.momentum[0]) == (TrendState.TRENDING, 7, BAR)
    assert state_of(step(risen, 0.0, 8)) is TrendState.TRENDING, "it has momentum"
    kept = step(lives(TrendState.TRENDING, 1.9), 2.0, 9)
    assert state_of(kept) is TrendState.TRENDING, "what stays high stays"


def test_it_cools_and_returns_only_by_more() -> None:
    cooled = step(lives(TrendState.TRENDING, 1.9), 1.0, 20)
    assert (state_of(cooled), cooled.since[0]) == (TrendState.COOLING, 20)
    assert state_of(step(cooled, BAR, 25)) is TrendState.COOLING
    assert state_of(step(cooled, 2 * BAR, 25)) is TrendState.TRENDING
    assert state_of(step(cooled, 0.0, 29)) is TrendState.COOLING
    assert state_of(step(cooled, 0.0, 30)) is TrendState.QUIET


def test_without_users_it_is_quiet_at_once() -> None:
    after = step(lives(TrendState.TRENDING, 50.0), 50.0, 9, users=1.0)
    assert (state_of(after), after.momentum[0]) == (TrendState.QUIET, 0.0)


@settings(SEEDED)
@given(
    st.lists(st.tuples(st.floats(-5, 20), st.sampled_from([0.0, 2.0, 9.0]), st.integers(1, 20)), max_size=40)
)
def test_only_transitions_of_the_table(steps: list[tuple[float, float, int]]) -> None:
    now, held = 0, lives()
    for score, users, minutes in steps:
        now += minutes
        before, held = state_of(held), step(held, score, now, users)
        after = state_of(held)
        assert after is before or after in TRANSITIONS[before]
        assert after is before or held.since[0] == now
