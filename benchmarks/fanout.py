"""Fan-out in memory: stored timeline writes per second, beside Redis and beside the memory itself."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks import redis_peer
from benchmarks.report import Benchmark, Figure, Report, at_least, digest, machine, median
from roost.home import STRATEGIES, Fanout, ShardCapacity, ShardState, StrategySettings, synthetic
from roost.ids import first_id_at
from roost.kernels import kernel

_NOW_S = 1_750_000_000
_RING_ENTRIES = 128
_FOLLOWERS = 1_000
_GOAL_MILLION_PER_S = 24.4
_GOAL_TIMES_REDIS = 50.0


def run(small: bool, say: Callable[[str], None]) -> Report:
    users = 200_000 if small else 10_000_000
    authors = 1_000 if small else 5_000
    tweets = 500 if small else 2_440  # a tenth of a second at 24,400 tweets/s
    rounds = 5 if small else 15
    say(f"making {users:,} home timelines of {_RING_ENTRIES} entries")
    capacity = ShardCapacity(
        users=users, follows=1 << 24, rings=users, ring_entries=_RING_ENTRIES, tweets=1 << 18
    )
    followers = synthetic.random_followers(authors, _FOLLOWERS, users, seed=1)
    state = synthetic.make_state(capacity, followers, _FOLLOWERS, both_ways=False)
    synthetic.give_rings(state, 20, _NOW_S)
    say(f"delivering {rounds} batches of {tweets:,} tweets x {_FOLLOWERS:,} followers, one thread")
    one = _measure(state, authors, tweets, rounds, threads=1, name="timeline writes, one thread")
    say("the same with two threads")
    two = _measure(state, authors, tweets, rounds, threads=2, name="timeline writes, two threads")
    say("random stores to the same memory, as the limit")
    limit = _scatter_limit(state, rounds)
    ring_sum = int(np.bitwise_xor.reduce(state.rings.entries[: min(users, 100_000)], axis=None))
    result = digest(ring_sum, int(state.rings.counters.sum()))
    peers = [limit, *_redis(users, small, say)]
    goals = [at_least(two, _GOAL_MILLION_PER_S), at_least(one, _GOAL_MILLION_PER_S)]
    if len(peers) > 1:
        goals.append(at_least(_times("times Redis 7 by its own benchmark", two, peers[1]), _GOAL_TIMES_REDIS))
    return Report("fanout", f"{users:,} timelines x {_RING_ENTRIES}", machine(), goals, peers, result)


def _times(name: str, ours: Figure, theirs: Figure) -> Figure:
    """The ratio of two medians, and how far it could be apart."""
    values = (ours.lowest / theirs.highest, ours.value / theirs.value, ours.highest / theirs.lowest)
    return median(name, values, "x")


def _measure(state: ShardState, authors: int, tweets: int, rounds: int, threads: int, name: str) -> Figure:
    fanout = Fanout(state, STRATEGIES["push"](StrategySettings()), threads)
    rng = np.random.default_rng(threads)
    next_id = max(first_id_at(_NOW_S * 1000), state.highest_id + 1)
    rates: list[float] = []
    for number in range(rounds + 1):
        ids = range(next_id, next_id + tweets)
        batch = synthetic.batch_of_rows(ids, rng.integers(0, authors, tweets).tolist(), _NOW_S)
        next_id += tweets
        before = fanout.statistics().pushes
        began_s = time.perf_counter()
        fanout.enter(batch)
        spent_s = time.perf_counter() - began_s
        stored = fanout.statistics().pushes - before
        if number > 0:  # the first one warms caches and page tables
            rates.append(stored / spent_s / 1e6)
    fanout.close()
    return median(name, rates, "million/s")


def _scatter_limit(state: ShardState, rounds: int) -> Figure:
    """Bare 8-byte stores at random places of the same rings: no lists, no heads, no levels."""
    flat = state.rings.entries.reshape(-1)
    places = np.random.default_rng(9).integers(0, len(flat), 2_000_000)
    _scatter(flat, places[:1000])
    rates: list[float] = []
    for _ in range(rounds):
        began_s = time.perf_counter()
        _scatter(flat, places)
        rates.append(len(places) / (time.perf_counter() - began_s) / 1e6)
    return median("bare random 8-byte stores, one thread", rates, "million/s")


@kernel
def _scatter(flat: NDArray[np.int64], places: NDArray[np.int64]) -> None:
    for index in range(places.shape[0]):
        flat[places[index]] = index


def _redis(users: int, small: bool, say: Callable[[str], None]) -> list[Figure]:
    if not redis_peer.available():
        say("no peer: redis-server, redis-benchmark or the Python package redis is not installed")
        return []
    pushes = 200_000 if small else 2_000_000
    lists = min(users, 1_000_000)
    with redis_peer.server() as socket:
        say("Redis, by its own benchmark")
        own = redis_peer.by_its_own_benchmark(socket, lists, pushes, 3)
        say("Redis, by redis-py")
        return [own, redis_peer.by_redis_py(socket, lists, pushes // 20, 3)]


BENCHMARK = Benchmark("fanout", "timeline writes per second in memory, beside Redis", run)
