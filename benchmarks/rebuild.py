"""A cold home timeline: the time to serve its first page, and to build its ring, from author rings."""

import time
from collections.abc import Callable

import numpy as np

from benchmarks.report import Benchmark, Report, at_most, digest, machine, median
from roost.home import STRATEGIES, Fanout, ShardCapacity, ShardReader, ShardState, StrategySettings, synthetic
from roost.home.warm import Warmer
from roost.ids import ID_MAX, first_id_at
from roost.kernels import FLAG_BITS, drop_ring, load_lists

_NOW_S = 1_750_000_000
_FOLLOWEES = 300
_TWEETS_EACH = 4
_PAGE_ENTRIES = 60


def run(small: bool, say: Callable[[str], None]) -> Report:
    users = 100_000 if small else 1_000_000
    viewers = 200 if small else 2_000
    say(f"making {users:,} authors with {_TWEETS_EACH} tweets each")
    state = _world(users, viewers)
    reader, warmer = ShardReader(state), Warmer(state)
    say(f"reading the first pages of {viewers:,} readers of {_FOLLOWEES} followees, all cold")
    reader.gather(0, ID_MAX, _PAGE_ENTRIES, 0)  # compiles, where that has not been done yet
    warmer.build(0, _NOW_S)
    drop_ring(state.rings, 0)
    page_ms, build_ms, check = [], [], 0
    for viewer in range(viewers):
        began_s = time.perf_counter()
        page = reader.gather(viewer, ID_MAX, _PAGE_ENTRIES, 0)
        page_ms.append((time.perf_counter() - began_s) * 1e3)
        began_s = time.perf_counter()
        warmer.build(viewer, _NOW_S)
        build_ms.append((time.perf_counter() - began_s) * 1e3)
        check ^= sum(entry.tweet_id for entry in page.entries)
        drop_ring(state.rings, viewer)
    goals = [
        at_most(median("first page of a cold timeline, p50", page_ms, "ms"), 1.0),
        at_most(median("first page of a cold timeline, p99", [float(np.percentile(page_ms, 99))], "ms"), 1.0),
        at_most(median("building its ring of 256, p50", build_ms, "ms"), 1.0),
        at_most(median("building its ring of 256, p99", [float(np.percentile(build_ms, 99))], "ms"), 1.0),
    ]
    size = f"{_FOLLOWEES} followees of {users:,} authors"
    return Report("rebuild", size, machine(), goals, [], digest(check))


def _world(users: int, viewers: int) -> ShardState:
    capacity = ShardCapacity(users=users, follows=1 << 22, rings=1 << 12, tweets=1 << 22)
    state = ShardState(capacity)
    synthetic.add_users(state)
    followees = synthetic.random_followers(viewers, _FOLLOWEES, users, seed=4)
    counts = np.zeros(users, np.uint32)
    counts[:viewers] = _FOLLOWEES
    assert load_lists(state.graph.following, counts, followees << np.uint32(FLAG_BITS))
    synthetic.make_readers(state, 4.0, _NOW_S)
    fanout = Fanout(state, STRATEGIES["pull"](StrategySettings()))
    next_id = first_id_at(_NOW_S * 1000)
    for turn in range(_TWEETS_EACH):
        authors = np.random.default_rng(turn).permutation(users)
        for start in range(0, users, 4_096):
            rows = authors[start : start + 4_096].tolist()
            fanout.enter(synthetic.batch_of_rows(range(next_id, next_id + len(rows)), rows, _NOW_S))
            next_id += len(rows)
    return state


BENCHMARK = Benchmark("rebuild", "a cold home timeline of 300 followees", run)
