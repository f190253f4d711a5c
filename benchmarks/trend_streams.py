"""Streams of uses to measure trends by: planted bursts in noise, and real bursts where the data sets are
there.

Real data are looked for in a folder `shared/data` beside the repository: the activity around the announcement
of 4 July 2012 (SNAP higgs-twitter; De Domenico et al. 2013), and the arrival times of tweets during a
football match of 20 October 2019.
"""

import gzip
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.trends import Topic

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
HIGGS = DATA / "higgs" / "activity.txt.gz"
MATCH = DATA / "arrivals-2019" / "munliv_ms.txt.gz"
_DAY_MIN = 1_440
_USERS = 20_000
_BEGAN_MIN = 29_000_160
"""A midnight."""


class Burst(msgspec.Struct, frozen=True):
    """So many users more, over so many minutes."""

    key: str
    at_min: int
    users: int
    lasts_min: int


class Stream(msgspec.Struct, frozen=True):
    """Uses in the order of their minutes."""

    keys: list[str]
    users: NDArray[np.int64]
    minutes: NDArray[np.int64]
    bursts: tuple[Burst, ...] = ()

    def topics(self) -> list[Topic]:
        made = {key: Topic(key) for key in dict.fromkeys(self.keys)}
        return [made[key] for key in self.keys]


def planted(
    days: int,
    uses_a_day: int,
    topics: int,
    sizes: tuple[int, ...],
    lengths_min: tuple[int, ...],
    each: int,
    quiet_days: int,
    seed: int,
) -> Stream:
    """Bursts of each size and length, `each` of them, at random times after the quiet days, on topics of
    their own or on ordinary ones alike, in noise.

    The noise: topics whose popularity falls as rank to the power of -1.1, three times as busy in the evening
    as in the early morning, used in conversations: a use is followed, with a chance of 0.3, by another one of
    the same topic within minutes; users post by the same law. Each day a tenth of the topics is replaced by
    new ones.
    """
    dice = np.random.default_rng(seed)
    ranks = np.arange(1, topics + 1) ** -1.1
    share = ranks / ranks.sum()
    parts_keys: list[NDArray[np.int64]] = []
    parts_minutes: list[NDArray[np.int64]] = []
    names = np.arange(topics)
    born = topics
    for day in range(days):
        replaced = dice.random(topics) < 0.1
        replaced[: topics // 10] = False
        names = np.where(replaced, born + np.arange(topics), names)
        born += topics
        ranks_used = dice.choice(topics, uses_a_day, p=share)
        minutes = day * _DAY_MIN + _times_of_day(dice, uses_a_day)
        parts_keys.append(names[ranks_used])
        parts_minutes.append(minutes)
        follows = dice.random(uses_a_day) < 0.3
        parts_keys.append(names[ranks_used[follows]])
        parts_minutes.append(minutes[follows] + dice.exponential(6.0, int(follows.sum())).astype(np.int64))
    keys, minutes = np.concatenate(parts_keys), np.concatenate(parts_minutes)
    users = 1 + (_USERS * dice.random(len(keys)) ** 2).astype(np.int64)
    bursts: list[Burst] = []
    first, last = quiet_days * _DAY_MIN, days * _DAY_MIN - max(lengths_min) - 60
    more: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
    for size in sizes:
        for length in lengths_min:
            for number in range(each):
                at = int(dice.integers(first, last))
                # every other one on a topic that is in use already, though not among the busiest
                key = born + len(bursts) if number % 2 else int(dice.integers(50, topics // 10))
                bursts.append(Burst(f"t{key}", _BEGAN_MIN + at, size, length))
                when = at + np.sort(dice.integers(0, length, size))
                more.append((np.full(size, key), when, dice.integers(1_000_000, 2_000_000, size)))
    keys = np.concatenate([keys, *(one[0] for one in more)])
    minutes = np.concatenate([minutes, *(one[1] for one in more)])
    users = np.concatenate([users, *(one[2] for one in more)])
    order = np.argsort(minutes, kind="stable")
    order = order[minutes[order] < days * _DAY_MIN]
    return Stream(
        [f"t{key}" for key in keys[order].tolist()], users[order], _BEGAN_MIN + minutes[order], tuple(bursts)
    )


def _times_of_day(dice: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Minutes of a day, three times as many at 20 h as at 8 h."""
    minutes = np.arange(_DAY_MIN)
    busy = 1.0 + 0.5 * np.cos((minutes / _DAY_MIN - 20 / 24) * 2 * np.pi)
    return dice.choice(_DAY_MIN, count, p=busy / busy.sum())


def higgs() -> Stream:
    """Retweets, with their author as the topic."""
    keys: list[str] = []
    users: list[int] = []
    minutes: list[int] = []
    with gzip.open(HIGGS, "rt") as lines:
        for line in lines:
            user, author, at_s, kind = line.split()
            if kind == "RT":
                keys.append(f"a{author}")
                users.append(int(user))
                minutes.append(int(at_s) // 60)
    order = np.argsort(np.array(minutes), kind="stable")
    return Stream(
        [keys[index] for index in order.tolist()],
        np.array(users, np.int64)[order],
        np.array(minutes, np.int64)[order],
    )


def match_ms() -> NDArray[np.int64]:
    """The arrival times of the match."""
    with gzip.open(MATCH, "rt") as lines:
        return np.array([int(line) for line in lines], np.int64)
