"""Runs a stream of uses through the engine of trends, and says what came of it."""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np

from benchmarks.trend_streams import Burst, Stream
from roost.model import TrendTerms
from roost.trends import Sizes, TrendEngine, TrendState, uses_of

LATE_MIN = 360
"""A burst that is not found within so long was missed."""


class Run(msgspec.Struct):
    spans: dict[str, list[tuple[int, int]]]
    """When each topic trended: from a minute to another; topics by name."""
    tops: dict[int, list[str]]
    """The ten that ranked highest, at each full quarter of an hour."""
    uses_per_s: float
    topics: int


def run(stream: Stream, terms: TrendTerms, sizes: Sizes | None = None) -> Run:
    """Minute by minute, as a server would."""
    engine = TrendEngine(sizes, terms)
    uses = uses_of(stream.topics(), stream.users.tolist(), stream.minutes.tolist())
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    tops: dict[int, list[str]] = {}
    before: dict[str, int] = {}
    at, spent_s, end = 0, 0.0, int(stream.minutes[-1])
    while at < len(uses.keys) or engine.minute < end:
        began_s = time.perf_counter()
        at = engine.note(uses, at)
        minute = engine.minute
        engine.go_on(minute + 1)
        spent_s += time.perf_counter() - began_s
        trending = _trending(engine)
        for key in trending - before.keys():
            before[key] = minute
        for key in before.keys() - trending:
            spans[key].append((before.pop(key), minute))
        if minute % 15 == 0:
            tops[minute] = _top(engine, trending)
    for key, since in before.items():
        spans[key].append((since, end + 1))
    return Run(spans, tops, len(uses.keys) / spent_s, engine.high)


def _trending(engine: TrendEngine) -> set[str]:
    rows = np.flatnonzero(engine.lives.states[: engine.high] == TrendState.TRENDING).tolist()
    return {topic.key for row in rows if (topic := engine.named[row]) is not None}


def _top(engine: TrendEngine, trending: set[str]) -> list[str]:
    momentum = engine.lives.momentum[: engine.high]
    ranked = np.argsort(-momentum, kind="stable")[: len(trending) + 10].tolist()
    names = [topic.key for row in ranked if (topic := engine.named[row]) is not None]
    return [name for name in names if name in trending][:10]


def time_to_detection(done: Run, burst: Burst) -> float | None:
    """Minutes from a burst's beginning until its topic trends; 0 where it does already, None where it was
    missed."""
    for since, until in done.spans.get(burst.key, ()):
        if until > burst.at_min and since <= burst.at_min + LATE_MIN:
            return float(max(0, since - burst.at_min + 1))
    return None


def false_trends(done: Run, stream: Stream, first_min: int) -> int:
    """How often something began to trend from a minute on that no burst was planted in."""
    planted = {(burst.key, burst.at_min) for burst in stream.bursts}
    by_key: dict[str, list[int]] = defaultdict(list)
    for key, at in sorted(planted):
        by_key[key].append(at)
    count = 0
    for key, spans in done.spans.items():
        for since, _ in spans:
            if since >= first_min and not any(at - 1 <= since <= at + LATE_MIN for at in by_key[key]):
                count += 1
    return count


def precision_at_10(done: Run, stream: Stream, first_min: int) -> float:
    """Of the ten that ranked highest, at every quarter of an hour: the share in which a burst had begun
    within `LATE_MIN`."""
    began: dict[str, list[int]] = defaultdict(list)
    for burst in stream.bursts:
        began[burst.key].append(burst.at_min)
    right = shown = 0
    for minute, top in done.tops.items():
        if minute >= first_min:
            right += sum(any(minute - LATE_MIN <= at <= minute for at in began[key]) for key in top)
            shown += len(top)
    return right / shown if shown else 0.0


def bursts_of(stream: Stream, users_min: int) -> tuple[Burst, ...]:
    """The bursts of a real stream, found by looking back: for each topic the ten minutes with the most uses,
    at least `users_min`. It began after the last time before at which ten minutes had less than a tenth of
    these."""
    minutes_of: dict[str, list[int]] = defaultdict(list)
    for key, minute in zip(stream.keys, stream.minutes.tolist(), strict=True):
        minutes_of[key].append(minute)
    found: list[Burst] = []
    for key, minutes in minutes_of.items():
        if len(minutes) < users_min:
            continue
        first = minutes[0] - 20
        counts = np.bincount(np.array(minutes) - first, minlength=minutes[-1] - first + 11)
        tens = np.convolve(counts, np.ones(10, np.int64))[: len(counts)]
        peak = int(tens.argmax())
        if tens[peak] < users_min:
            continue
        quiet = np.flatnonzero(tens[:peak] < tens[peak] / 10)
        begin = int(quiet[-1]) + 1
        found.append(Burst(key, first + begin, int(tens[peak]), peak - begin + 10))
    return tuple(sorted(found, key=lambda burst: -burst.users))


def uses_around(stream: Stream) -> dict[str, list[int]]:
    minutes: dict[str, list[int]] = defaultdict(list)
    for key, minute in zip(stream.keys, stream.minutes.tolist(), strict=True):
        minutes[key].append(minute)
    return minutes


def grown_share(done: Run, stream: Stream, first_min: int, last_min: int) -> float:
    """Of the ten that ranked highest at full hours, the share of which the stream says so too: in one of the
    last six hours it had at least 5 uses, and three times as many as in a mean hour of the day before
    these."""
    minutes = uses_around(stream)
    right = shown = 0
    for minute, top in done.tops.items():
        if minute % 60 or not first_min <= minute <= last_min:
            continue
        for key in top:
            hours = [
                _between(minutes[key], minute - 60 * (back + 1), minute - 60 * back) for back in range(6)
            ]
            before = _between(minutes[key], minute - 1_800, minute - 360) / 24
            right += max(hours) >= max(5.0, 3.0 * before)
            shown += 1
    return right / shown if shown else 0.0


def _between(minutes: Sequence[int], first: int, stop: int) -> int:
    return bisect_left(minutes, stop) - bisect_left(minutes, first)
