"""The life of a trend, as a table.

    quiet     its score reaches the threshold                          -> trending
    trending  its momentum fades below a share of the threshold        -> cooling
    cooling   its score reaches the threshold, raised for the return   -> trending
    cooling   its time is over                                         -> quiet

The momentum of a topic is its highest score, halved in each half-life: what was high stays for a while, and
what stays high stays. A topic whose users were taken back (deleted tweets, spam) is quiet at once.
"""

import enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.model import TrendTerms


class TrendState(enum.IntEnum):
    QUIET = 0
    TRENDING = 1
    COOLING = 2


TRANSITIONS: dict[TrendState, tuple[TrendState, ...]] = {
    TrendState.QUIET: (TrendState.TRENDING,),
    TrendState.TRENDING: (TrendState.COOLING, TrendState.QUIET),
    TrendState.COOLING: (TrendState.TRENDING, TrendState.QUIET),
}


_QUIET, _TRENDING, _COOLING = (int(state) for state in TrendState)


class Lives(NamedTuple):
    """One entry a topic."""

    states: NDArray[np.uint8]
    momentum: NDArray[np.float64]
    since: NDArray[np.int64]
    """The minute in which the state began."""


def live_on(
    lives: Lives,
    scores: NDArray[np.float64],
    users: NDArray[np.float64],
    bar: float,
    minute: int,
    terms: TrendTerms,
) -> Lives:
    """The lives one minute, or more, later. `users` are those of the day, `bar` is the threshold.

    Pure; the momentum of `lives` has faded until `minute`.
    """
    momentum = np.where(users >= terms.users_min, np.maximum(lives.momentum, scores), 0.0)
    cooling = lives.states == _COOLING
    wanted = np.where(cooling, bar * terms.return_factor, bar)
    rises = (scores >= wanted) & (scores > 0.0) & (lives.states != _TRENDING)
    ends = (lives.states == _TRENDING) & (momentum < bar * terms.leave_fraction)
    rests = cooling & ~rises & (minute - lives.since >= terms.cooldown_min)
    states = lives.states.copy()
    states[ends] = _COOLING
    states[rests] = _QUIET
    states[rises] = _TRENDING
    states[users < terms.users_min] = _QUIET
    return Lives(states, momentum, np.where(states != lives.states, minute, lives.since))


def faded(momentum: NDArray[np.float64], minutes: float, terms: TrendTerms) -> NDArray[np.float64]:
    """Momentum so many minutes later."""
    less: NDArray[np.float64] = momentum * 0.5 ** (minutes / terms.momentum_half_life_min)
    return less


assert set(TRANSITIONS) == set(TrendState)
