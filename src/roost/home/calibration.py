"""What a push and a pull cost on this machine: the constants of the `cost` strategy."""

import time
from pathlib import Path

import msgspec
import numpy as np

from roost.errors import Corrupt
from roost.home import synthetic
from roost.home.batch import make_batch
from roost.home.fanout import Fanout
from roost.home.state import ShardCapacity, ShardState
from roost.home.strategies import Pull, Push, StrategySettings
from roost.home.warm import Warmer
from roost.ids import first_id_at
from roost.kernels import FLAG_BITS, load_lists
from roost.model import Tweet

CALIBRATION_FILE = "calibration.json"
_NOW_S = 1_750_000_000
_AUTHORS = 300
_FOLLOWERS = 1_000
_TWEETS = 600
_ROUNDS = 9
_VIEWERS = 1_000
_FOLLOWEES = 100
_PAGE_ENTRIES = 60


class Calibration(msgspec.Struct, frozen=True):
    """Medians, in ns."""

    push_cost_ns: float
    pull_cost_ns: float


def calibrate(users: int = 300_000) -> Calibration:
    """Measure on states of `users` home timelines; about 10 s, and 2.5 KiB a user."""
    return Calibration(round(_push_ns(users), 1), round(_pull_ns(users), 1))


def _push_ns(users: int) -> float:
    """Deliveries of batches of tweets to random followers, a push."""
    followers = synthetic.random_followers(_AUTHORS, _FOLLOWERS, users, seed=1)
    capacity = ShardCapacity(users=users, follows=1 << 22, rings=users, tweets=1 << 16)
    state = synthetic.make_state(capacity, followers, _FOLLOWERS)
    synthetic.give_rings(state, 20, _NOW_S)
    fanout = Fanout(state, Push(StrategySettings()))
    next_id = first_id_at(_NOW_S * 1000)
    found: list[float] = []
    for _ in range(_ROUNDS):
        tweets = [Tweet(next_id + number, 1 + number % _AUTHORS) for number in range(_TWEETS)]
        next_id += _TWEETS
        batch = make_batch(tweets, state.graph)
        before, began_ns = fanout.statistics().pushes, time.perf_counter_ns()
        fanout.enter(batch)
        spent_ns = time.perf_counter_ns() - began_ns
        found.append(spent_ns / (fanout.statistics().pushes - before))
    return float(np.median(found))


def _pull_ns(users: int) -> float:
    """A page of readers who follow 100 random authors each: all pulled, against all pushed; an author.

    Every reader is read once a round, so that author rings come from memory, as in real life.
    """
    state = ShardState(ShardCapacity(users=users, follows=1 << 20, rings=users, tweets=1 << 20))
    synthetic.add_users(state)
    followees = synthetic.random_followers(_VIEWERS, _FOLLOWEES, users, seed=2)
    counts = np.zeros(users, np.uint32)
    counts[:_VIEWERS] = _FOLLOWEES
    load_lists(state.graph.following, counts, followees << np.uint32(FLAG_BITS))
    synthetic.give_rings(state, 20, _NOW_S)
    fanout = Fanout(state, Pull(StrategySettings()))
    first_id = first_id_at(_NOW_S * 1000)
    authors = np.random.default_rng(3).permutation(users)
    for start in range(0, users, _TWEETS):
        rows = authors[start : start + _TWEETS].tolist()
        tweets = [Tweet(first_id + start + place, row + 1) for place, row in enumerate(rows)]
        fanout.enter(make_batch(tweets, state.graph))
    synthetic.make_readers(state, 16.0, _NOW_S)
    warmer = Warmer(state)
    for viewer in range(_VIEWERS):
        warmer.drop(viewer)
        warmer.build(viewer, _NOW_S)
    pulled = state.authors.pulled[:users].copy()
    differences: list[float] = []
    for _ in range(_ROUNDS):
        # Turn and turn about, so that a machine whose speed drifts does not count.
        state.authors.pulled[:users] = 0
        plain_ns = synthetic.reading_ns(state, _VIEWERS, _PAGE_ENTRIES)
        state.authors.pulled[:users] = pulled
        differences.append(synthetic.reading_ns(state, _VIEWERS, _PAGE_ENTRIES) - plain_ns)
    return max(float(np.median(differences)) / _FOLLOWEES, 1.0)


def save_calibration(folder: Path, calibration: Calibration) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CALIBRATION_FILE
    path.write_bytes(msgspec.json.encode(calibration))
    return path


def load_calibration(folder: Path) -> Calibration | None:
    """What was measured for a data folder, if it was. Raises Corrupt."""
    try:
        return msgspec.json.decode((folder / CALIBRATION_FILE).read_bytes(), type=Calibration)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as cause:
        raise Corrupt(
            f"{folder / CALIBRATION_FILE} cannot be read ({cause}); run roost calibrate anew"
        ) from cause
