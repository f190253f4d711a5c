"""One tweet to millions of followers: when has it reached the last of them, and what do others wait."""

import time
from collections.abc import Callable

import numpy as np

from benchmarks.report import Benchmark, Figure, Goal, Report, at_most, digest, machine, median, single
from roost.home import STRATEGIES, Fanout, ShardCapacity, ShardState, StrategySettings, synthetic
from roost.ids import first_id_at

_NOW_S = 1_750_000_000
_SMALL_FOLLOWERS = 1_000


def run(small: bool, say: Callable[[str], None]) -> Report:
    worlds = (
        ((200_000, 128, 0.5), (400_000, 16, 5.0))
        if small
        else ((10_000_000, 128, 0.5), (100_000_000, 16, 5.0))
    )
    goals: list[Goal] = []
    waits: list[Figure] = []
    checks: list[int] = []
    for followers, ring_entries, goal_s in worlds:
        say(f"making an author with {followers:,} followers who have rings of {ring_entries} entries")
        state = _world(followers, ring_entries)
        say("tweeting")
        reached, wait, check = _measure(state, 7 if followers < 50_000_000 else 3, followers)
        goals.append(at_most(reached, goal_s))
        waits.append(wait)
        checks.append(check)
        del state
    size = " and ".join(f"{followers:,} followers" for followers, _, _ in worlds)
    return Report("celebrity", size, machine(), goals, waits, digest(*checks))


def _world(followers: int, ring_entries: int) -> ShardState:
    """Everybody follows the first user, a thousand the second. Followees' lists are left out."""
    capacity = ShardCapacity(
        users=followers, follows=1 << 28, rings=followers, ring_entries=ring_entries, tweets=1 << 12
    )
    state = ShardState(capacity)
    synthetic.add_celebrity(state, _SMALL_FOLLOWERS)
    synthetic.give_rings(state, 20, _NOW_S)
    return state


def _measure(state: ShardState, rounds: int, followers: int) -> tuple[Figure, Figure, int]:
    """The time until the last follower's ring has the tweet, and what small tweets between slices wait."""
    fanout = Fanout(state, STRATEGIES["push"](StrategySettings()))
    next_id = first_id_at(_NOW_S * 1000)
    reached_s: list[float] = []
    waits_ms: list[float] = []
    for number in range(rounds + 1):
        tweet_id = next_id = next_id + 1_000
        celebrity = synthetic.batch_of_rows([tweet_id], [0], _NOW_S)
        began_s = time.perf_counter()
        fanout.enter(celebrity)
        going_on = True
        while going_on:
            slice_began_s = time.perf_counter()
            going_on = fanout.step()
            if number % 2:  # in every other round small tweets come between the slices
                next_id += 1
                fanout.enter(synthetic.batch_of_rows([next_id], [1], _NOW_S))
                waits_ms.append((time.perf_counter() - slice_began_s) * 1e3)
        spent_s = time.perf_counter() - began_s
        if (number > 0 and number % 2 == 0) or (rounds < 4 and number > 0):
            reached_s.append(spent_s)
        _check(state, tweet_id, followers)
    name = f"one tweet to {followers:,} followers"
    wait_name = f"a small tweet's wait beside one to {followers:,}, p99"
    worst = single(wait_name, float(np.percentile(waits_ms, 99)), "ms")
    return median(name, reached_s, "s"), worst, int(state.rings.counters.sum())


def _check(state: ShardState, tweet_id: int, followers: int) -> None:
    """Of some followers; those of the small author have perhaps got so much from it that it is gone again."""
    drawn = np.random.default_rng(tweet_id).integers(2, followers, 10_000)
    rows = drawn[~np.isin(drawn, synthetic.spread_rows(followers, _SMALL_FOLLOWERS))]
    slots = state.rings.cells[rows] >> 32
    if not (np.abs(state.rings.entries[slots]) == tweet_id).any(axis=1).all():
        raise AssertionError("a follower did not get the tweet")


BENCHMARK = Benchmark("celebrity", "one tweet to 10 million followers, and to 100 million", run)
