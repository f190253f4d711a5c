"""The trends of one kind of topics: a state that is a function of the uses that it was given, and their
times.

Time moves by the uses themselves, minute by minute. At the end of each minute every topic is judged and lives
on (`states`), and what is expected of it learns from what was. Asking changes nothing, and may be of a later
time than the newest use.
"""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import xxhash
from numpy.typing import NDArray

from roost.kernels import (
    DAY_MINUTES,
    FREE,
    HASH_BITS,
    HELD,
    HIGH,
    MINUTE_NEVER,
    NO_ROW,
    NOW,
    PAIRS,
    SAMPLING,
    SINCE,
    USERS,
    VICTIMS,
    Judging,
    best_scores,
    count_min_turn,
    count_windows,
    drop_topic,
    find_topic,
    make_topics,
    next_minute,
    note_uses,
    reserve,
    take_back_user,
    take_back_uses,
)
from roost.limits import (
    TREND_PAIRS_MAX,
    TREND_SWEEP_MIN,
    TREND_TAIL_COUNTERS,
    TREND_TAIL_MIN,
    TREND_TOPIC_USERS_MAX,
    TREND_TOPICS_MAX,
)
from roost.model import TrendTerms
from roost.trends import scoring
from roost.trends.scoring import HOURS, SPANS_MIN, WINDOWS_MIN, Floats
from roost.trends.states import Lives, TrendState, faded, live_on

_HOUR_MIN = 60
_BUSY_MIN, _BUSY_MAX = 0.25, 4.0
_WINDOWS = WINDOWS_MIN.tolist()
_NO_LIVES = Lives(np.empty(0, np.uint8), np.empty(0), np.empty(0, np.int64))
QUIET = int(TrendState.QUIET)


class Topic(msgspec.Struct, frozen=True):
    """What may trend: among everything, or among tweets of one language."""

    key: str
    language: str = ""


class Uses(msgspec.Struct, frozen=True):
    """Of topics by users in minutes, in the order in which they are counted."""

    topics: Sequence[Topic]
    users: NDArray[np.int64]
    minutes: NDArray[np.int64]
    keys: NDArray[np.int64]
    rows: NDArray[np.int64]
    """Where the topics were, once they are counted."""


class Sizes(msgspec.Struct, frozen=True):
    topics: int = TREND_TOPICS_MAX
    pair_slots: int = TREND_PAIRS_MAX
    tail_counters: int = TREND_TAIL_COUNTERS
    topic_users: int = TREND_TOPIC_USERS_MAX


class Judged(msgspec.Struct, frozen=True):
    """Topics at a moment: those that trend, did so lately, or have a score."""

    minute: int
    bar: float
    """What a score must reach."""
    rows: NDArray[np.int64]
    """Whose they are; the same order as in `lives`."""
    lives: Lives
    topics: int
    """In use in the last day."""


class TrendEngine:
    """Not thread-safe. A use costs 1 us, a minute 0.2 to 2 ms, depending on the topics."""

    def __init__(self, sizes: Sizes | None = None, terms: TrendTerms | None = None) -> None:
        sizes = sizes or Sizes()
        self.terms = terms or TrendTerms()
        rows, windows = sizes.topics, len(WINDOWS_MIN)
        self.topics = make_topics(rows, sizes.pair_slots, sizes.tail_counters, sizes.topic_users)
        self.named: list[Topic | None] = []
        """By row."""
        self.averages: Floats = reserve((windows, rows), np.float64)
        self.usual: Floats = reserve((HOURS, rows), np.float64)
        self.profile: Floats = np.zeros(HOURS + 1)
        """Users of all topics in an hour, by hour of the day, and how many hours have been seen."""
        self.lives = Lives(reserve(rows, np.uint8), reserve(rows, np.float64), reserve(rows, np.int64))
        self._counts: Floats = reserve((windows, 3, rows), np.float64)
        self._best: Floats = reserve(rows, np.float64)
        self._judging: tuple[float, TrendTerms, Judging] | None = None
        """By what was judged the last time, which is the same for an hour."""

    @property
    def minute(self) -> int:
        """The minute that it is, since the Unix epoch; far below 0 before the first use."""
        return int(self.topics.clock[NOW])

    @property
    def high(self) -> int:
        return int(self.topics.clock[HIGH])

    @property
    def is_full(self) -> bool:
        """Whether a new topic has to take another one's row."""
        return self.high == len(self.topics.keys) and not self.topics.clock[FREE]

    def note(self, uses: "Uses", start: int = 0) -> int:
        """Note uses from `start` on, up to one of a later minute; answers where that is: let time go on until
        then, and come again. 1 us each."""
        if self.minute == MINUTE_NEVER and len(uses.keys):
            self.topics.clock[NOW] = uses.minutes[0]
        stop = note_uses(self.topics, uses.keys, uses.users, uses.minutes, uses.rows, start)
        for index in np.flatnonzero(uses.rows[start:stop] < NO_ROW).tolist():
            self._name(-2 - int(uses.rows[start + index]), uses.topics[start + index])
        return stop

    def take_back(self, topics: Sequence[Topic], user_id: int) -> None:
        """One use of each by a user is none any more."""
        keys = np.fromiter((hash_of(topic) for topic in topics), np.int64, len(topics))
        take_back_uses(self.topics, keys, np.full(len(keys), user_id, np.int64))

    def take_back_user(self, user_id: int) -> None:
        """Nothing that a user used counts any more. 0.4 ms at most."""
        take_back_user(self.topics, user_id)

    def drop(self, topic: Topic) -> None:
        """Forget a topic."""
        row = self.row_of(topic)
        if row != NO_ROW:
            drop_topic(self.topics, row)
            self.named[row] = None
            for life in self.lives:
                life[row] = 0

    def go_on(self, minute: int) -> bool:
        """Let one minute pass on the way to `minute`; False when that is reached. An hour in which nothing
        was used and nothing trends passes at once, and so does more than a day in which nothing was used."""
        if minute <= self.minute:
            return False
        if minute - self.minute > DAY_MINUTES:
            self._skip(minute)
        elif minute - self.minute > _HOUR_MIN and self._is_idle():
            self._idle(min(minute, self.minute // _HOUR_MIN * _HOUR_MIN + _HOUR_MIN - 1))
            self._end_minute()
        else:
            self._end_minute()
        return minute > self.minute

    def judge(self, minute: int) -> Judged:
        """Topics as they are at a minute that is not before the newest use's. Changes nothing. 1.5 ms at
        most."""
        minute, high = max(minute, self.minute), self.high
        by = self._count(minute)
        best = self._best[:high]
        usual = self.usual[minute // _HOUR_MIN % HOURS]
        best_scores(by, self._counts, self.averages, usual, self.topics.facts[SAMPLING], best)
        rows = np.flatnonzero((best > 0.0) | (self.lives.states[:high] != QUIET))
        topics = int(np.count_nonzero(self.topics.facts[HELD, :high]))
        bar = scoring.threshold(topics, self.terms)
        if not len(rows):
            return Judged(minute, bar, rows, _NO_LIVES, topics)
        momentum = faded(self.lives.momentum[rows], minute - self.minute, self.terms)
        lives = Lives(self.lives.states[rows], momentum, self.lives.since[rows])
        users = self._counts[-1, USERS, rows]
        lives = live_on(lives, best[rows], users, bar, minute, self.terms)
        return Judged(minute, bar, rows, lives, topics)

    def parts(self, rows: NDArray[np.int64], minute: int) -> tuple[Floats, Floats]:
        """The counts (w, 3, rows) of some topics at a minute, and the parts (5, w, rows) of their scores."""
        minute = max(minute, self.minute)
        by = self._count(minute)
        counts = self._counts[:, :, rows]
        usual = self.usual[minute // _HOUR_MIN % HOURS, rows]
        sampling = self.topics.facts[SAMPLING, rows]
        return counts, scoring.score(by, counts, self.averages[:, rows], usual, sampling)

    def _count(self, minute: int) -> Judging:
        count_windows(self.topics, minute, WINDOWS_MIN, SPANS_MIN, self._counts)
        busy = self._busy(minute // _HOUR_MIN % HOURS)
        if self._judging is None or self._judging[:2] != (busy, self.terms):
            self._judging = busy, self.terms, scoring.judging(busy, self.terms)
        return self._judging[2]

    def row_of(self, topic: Topic) -> int:
        """The row of a topic, or NO_ROW where it has none."""
        return find_topic(self.topics, hash_of(topic))

    def series(self, row: int, minute: int) -> tuple[list[int], list[int]]:
        """Users of a topic in each of the last 60 minutes, and 144 times ten minutes; newest last."""
        behind = max(0, minute - self.minute)
        tens_behind = max(0, minute // 10 - self.minute // 10)
        minutes = _unrolled(self.topics.seen_minutes[:, row], self.minute, behind)
        return minutes, _unrolled(self.topics.seen_tens[:, row], self.minute // 10, tens_behind)

    def sampling(self, row: int) -> int:
        """One of so many users of a topic is held; 1 where numbers are exact."""
        return 1 << int(self.topics.facts[SAMPLING, row])

    def counted_since(self, row: int) -> int:
        """The minute since which a topic's users are counted."""
        return int(self.topics.facts[SINCE, row])

    def statistics(self) -> "EngineStatistics":
        clock = self.topics.clock
        arrays = (*self.topics[:-1], self.topics.tail.counts, *self.lives, self.averages, self.usual)
        return EngineStatistics(
            topics=int(clock[HIGH] - clock[FREE]),
            pairs=int(clock[PAIRS]),
            bytes_reserved=sum(array.nbytes for array in arrays) + self._counts.nbytes,
        )

    def _name(self, row: int, topic: Topic) -> None:
        """A row has become a topic's."""
        while len(self.named) <= row:
            self.named.append(None)
        self.named[row] = topic
        for array in (self.averages, self.usual):
            array[:, row] = 0.0
        for life in self.lives:
            life[row] = 0

    def _end_minute(self) -> None:
        minute, judged = self.minute, self.judge(self.minute)
        high = self.high
        self.lives.momentum[:high] = faded(self.lives.momentum[:high], 1.0, self.terms)
        if len(judged.rows):
            self.lives.states[judged.rows] = judged.lives.states
            self.lives.since[judged.rows] = judged.lives.since
            self.lives.momentum[judged.rows] = faded(judged.lives.momentum, 1.0, self.terms)
        self._learn(minute + 1)
        self._list_victims()
        next_minute(self.topics, TREND_SWEEP_MIN)
        if (minute + 1) % TREND_TAIL_MIN == 0:
            count_min_turn(self.topics.tail)

    def _learn(self, end: int) -> None:
        """From windows that end here."""
        high, hour = self.high, (end - 1) // _HOUR_MIN % HOURS
        counts = self._counts[:, :, :high]
        busy = self._busy(hour)
        for number, window in enumerate(_WINDOWS):
            if end % window == 0:
                part = scoring.fading(scoring.memory(window, self.terms))
                users = counts[number, USERS] / (busy if window <= _HOUR_MIN else 1.0)
                self.averages[number, :high] += part * (users - self.averages[number, :high])
        if end % _HOUR_MIN == 0:
            part = scoring.fading(self.terms.memory_days)
            users = counts[_WINDOWS.index(_HOUR_MIN), USERS]
            self.usual[hour, :high] += part * (users - self.usual[hour, :high])
            first = self.profile[HOURS] < HOURS
            self.profile[hour] += (1.0 if first else part) * (users.sum() - self.profile[hour])
            self.profile[HOURS] += 1

    def _busy(self, hour: int) -> float:
        """How many times busier than in the mean it usually is at an hour of the day; 1 in the first days."""
        if self.profile[HOURS] < HOURS:
            return 1.0
        mean = self.profile[:HOURS].mean()
        if mean <= 0:
            return 1.0
        return float(np.clip(self.profile[hour] / mean, _BUSY_MIN, _BUSY_MAX))

    def _list_victims(self) -> None:
        """Once all rows are taken: a quarter of them, the weakest, may be given to others."""
        clock, high = self.topics.clock, self.high
        if not self.is_full:
            return
        strengths = self.topics.facts[HELD] << self.topics.facts[SAMPLING]
        kept = strengths + np.where(self.lives.states == QUIET, 0, 1 << 40)
        count = max(1, high // 4)
        weakest = np.argpartition(kept, count - 1)[:count]
        weakest = weakest[kept[weakest] < 1 << 40]
        weakest = weakest[np.argsort(-kept[weakest], kind="stable")]
        self.topics.victims[0, : len(weakest)] = weakest
        self.topics.victims[1, : len(weakest)] = strengths[weakest]
        clock[VICTIMS] = len(weakest)

    def _is_idle(self) -> bool:
        high = self.high
        return not (self.topics.minutes[:, :high].any() or self.lives.states[:high].any())

    def _idle(self, minute: int) -> None:
        """Let the rest of an hour pass, up to its last minute."""
        began, high = self.minute, self.high
        for number, window in enumerate(_WINDOWS):
            ended = minute // window - began // window
            fade = math.exp(-ended / scoring.memory(window, self.terms))
            self.averages[number, :high] *= fade
        self.lives.momentum[:high] = faded(self.lives.momentum[:high], minute - began, self.terms)
        for at in range(began + 1, minute + 1):
            next_minute(self.topics, TREND_SWEEP_MIN)
            if at % TREND_TAIL_MIN == 0:
                count_min_turn(self.topics.tail)

    def _skip(self, minute: int) -> None:
        """Nothing was used for more than a day: all windows are empty."""
        gap, topics = minute - self.minute, self.topics
        for array in (topics.minutes, topics.tens, topics.seen_minutes, topics.seen_tens):
            array[:] = 0
        topics.pair_keys[:] = 0
        topics.facts[HELD : HELD + 1] = 0
        topics.tail.counts[:] = 0
        topics.clock[PAIRS] = 0
        for number, window in enumerate(WINDOWS_MIN.tolist()):
            self.averages[number] *= math.exp(-gap / window / scoring.memory(window, self.terms))
        self.usual *= math.exp(-gap / DAY_MINUTES / self.terms.memory_days)
        self.lives.states[:] = QUIET
        self.lives.momentum[:] = 0.0
        topics.clock[NOW] = minute


class EngineStatistics(msgspec.Struct, frozen=True):
    topics: int
    pairs: int
    bytes_reserved: int
    """At most; what was never needed is not in memory."""


def uses_of(topics: Sequence[Topic], users: Sequence[int], minutes: Sequence[int]) -> Uses:
    """0.5 us each."""
    keys = np.fromiter((hash_of(topic) for topic in topics), np.int64, len(topics))
    return Uses(
        topics,
        np.asarray(users, np.int64),
        np.asarray(minutes, np.int64),
        keys,
        np.empty(len(topics), np.int64),
    )


def hash_of(topic: Topic) -> int:
    """A positive 62-bit hash."""
    return max(1, xxhash.xxh3_64_intdigest(f"{topic.language}\0{topic.key}".encode()) >> (64 - HASH_BITS))


def _unrolled(ring: NDArray[np.uint32], newest: int, behind: int) -> list[int]:
    """A ring's values in order, after so many later buckets that are empty."""
    length = len(ring)
    order = np.arange(newest - length + 1 + behind, newest + 1) % length
    return [*ring[order].tolist(), *([0] * min(behind, length))]
