"""Push or pull: for each tweet, which followers get it pushed, and when.

Every reader who has a ring has a level, the binary logarithm of how often they read (kernels.activity). A
strategy answers two levels for a tweet: readers from the first one up get it pushed at once, readers from the
second up to below the first get it pushed a little later in a batch, and readers below the second pull it
when they read. So one kernel serves every strategy, and a change of strategy leaves no hole: what was
withheld is noted at its author (kernels.authors).
"""

from collections.abc import Callable
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.kernels import LEVEL_ALL, LEVEL_END, LEVEL_ONE_A_DAY

ACTIVE_LEVEL = LEVEL_ONE_A_DAY - 2
"""Read within the last day and a half: 0.25 reads a day and more."""
SEMI_ACTIVE_LEVEL = LEVEL_ONE_A_DAY - 6
"""Read within the last week: 1/64 read a day and more. Below, a user is inactive and holds no ring."""

Levels = NDArray[np.int64]


class StrategySettings(msgspec.Struct, frozen=True):
    """What the strategies can be told."""

    threshold_followers: int = 100_000
    """`threshold`: authors with more followers are pulled."""
    push_cost_ns: float = 35.0
    """`cost`: one push, as `roost calibrate` measures it."""
    pull_cost_ns: float = 200.0
    """`cost`: one author more to pull in one reading."""


class Strategy(Protocol):
    """Decides for a batch of tweets at once."""

    name: str

    def levels(self, followers: NDArray[np.int64], rates: NDArray[np.float64]) -> tuple[Levels, Levels]:
        """For each tweet (push from this level on, push later from this level on); the second is not higher.

        `followers` are its author's followers, `rates` its author's tweets a day.
        """
        ...


class Push:
    """To everyone who has a ring, at once."""

    name = "push"

    def __init__(self, settings: StrategySettings) -> None:
        del settings

    def levels(self, followers: NDArray[np.int64], rates: NDArray[np.float64]) -> tuple[Levels, Levels]:
        del rates
        everyone = np.full(len(followers), LEVEL_ALL, np.int64)
        return everyone, everyone


class Pull:
    """To nobody: a reading merges the author rings of everyone it follows."""

    name = "pull"

    def __init__(self, settings: StrategySettings) -> None:
        del settings

    def levels(self, followers: NDArray[np.int64], rates: NDArray[np.float64]) -> tuple[Levels, Levels]:
        del rates
        nobody = np.full(len(followers), LEVEL_END, np.int64)
        return nobody, nobody


class Threshold:
    """Push, but for authors with very many followers, who are pulled."""

    name = "threshold"

    def __init__(self, settings: StrategySettings) -> None:
        self._followers_max = settings.threshold_followers

    def levels(self, followers: NDArray[np.int64], rates: NDArray[np.float64]) -> tuple[Levels, Levels]:
        del rates
        level = np.where(followers > self._followers_max, LEVEL_END, LEVEL_ALL)
        return level, level


class Activity:
    """At once to active readers, a little later to semi-active ones."""

    name = "activity"

    def __init__(self, settings: StrategySettings) -> None:
        del settings

    def levels(self, followers: NDArray[np.int64], rates: NDArray[np.float64]) -> tuple[Levels, Levels]:
        del rates
        count = len(followers)
        return np.full(count, ACTIVE_LEVEL, np.int64), np.full(count, SEMI_ACTIVE_LEVEL, np.int64)


class Cost:
    """For each edge the cheaper of the two: push where the reader reads more often than the author writes,
    weighted by what a push and a pull cost here.

    Silberstein, Terrace, Cooper and Ramakrishnan, "Feeding Frenzy", SIGMOD 2010: push along (author, reader)
    iff author's rate * cost of a push <= reader's rate * cost of a pull. Semi-active readers for whom a push
    pays get it later, in a batch.
    """

    name = "cost"

    def __init__(self, settings: StrategySettings) -> None:
        self._ratio = settings.push_cost_ns / settings.pull_cost_ns

    def levels(self, followers: NDArray[np.int64], rates: NDArray[np.float64]) -> tuple[Levels, Levels]:
        del followers
        break_even = np.log2(np.maximum(rates * self._ratio, 1e-9))
        later = np.clip(LEVEL_ONE_A_DAY + np.ceil(break_even), LEVEL_ALL, LEVEL_END).astype(np.int64)
        return np.maximum(later, ACTIVE_LEVEL), later


STRATEGIES: dict[str, Callable[[StrategySettings], Strategy]] = {
    strategy.name: strategy for strategy in (Push, Pull, Threshold, Activity, Cost)
}
"""By name; a new strategy is a class and its place in this line."""
