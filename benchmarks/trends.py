"""Trends: how soon bursts are found, what is found that is none, and what counting costs.

The terms' defaults were chosen on the planted bursts of seed 1 and the first three days of July 2012; what is
reported is of seed 2 and of the fourth day. Real data that are not there are left out, with a note.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks import trend_streams
from benchmarks.report import (
    Benchmark,
    Figure,
    Goal,
    Report,
    at_least,
    at_most,
    digest,
    machine,
    median,
    single,
)
from benchmarks.trend_runs import (
    Run,
    bursts_of,
    false_trends,
    grown_share,
    precision_at_10,
    run,
    time_to_detection,
)
from benchmarks.trend_streams import Burst, Stream
from roost.clock import ManualClock
from roost.eventlog import LogSlice, MemoryLog
from roost.ids import first_id_at
from roost.kernels import USERS
from roost.model import Entities, Span, TrendKind, TrendTerms, Tweet, TweetPosted, User
from roost.processors import TrendsProcessor
from roost.store import KeyValueStore, TweetCache, UserCache, open_memory
from roost.trends import SCORE, Topic, TrendEngine, uses_of

_DAY_MIN = 1_440
_SIZES = (5, 10, 20, 50, 200)
_SURE = 20
"""Users of a burst that is to be found."""


def bench(small: bool, say: Callable[[str], None]) -> Report:
    notes: list[str] = []
    say("bursts of known size and time in noise")
    days, quiet, each = (2, 1, 4) if small else (4, 2, 20)
    uses, topics = (20_000, 6_000) if small else (60_000, 20_000)
    stream = trend_streams.planted(days, uses, topics, _SIZES, (10, 60), each, quiet, seed=2)
    done = run(stream, TrendTerms())
    goals, peers = _planted(stream, done, quiet, days - quiet)
    parts: list[str | int] = [_spans(done)]
    if trend_streams.HIGGS.exists():
        say("the retweets of July 2012")
        found, hashed = _higgs(small)
        goals += found
        parts.append(hashed)
    else:
        notes.append(f"not there, so left out: {trend_streams.HIGGS.name}, retweets of July 2012")
    if trend_streams.MATCH.exists():
        say("a football match")
        peers += _match()
    else:
        notes.append(f"not there, so left out: {trend_streams.MATCH.name}, tweets of a football match")
    say("tweets through the processor")
    rate, memory = _rate(20_000 if small else 200_000, 3 if small else 7)
    goals += [at_least(rate, 50.0), at_most(memory, 120.0)]
    size = f"{len(stream.keys):,} uses of {len(set(stream.keys)):,} topics, {len(stream.bursts)} bursts"
    return Report("trends", size, machine(), goals, peers, digest(*parts), notes)


def _planted(stream: Stream, done: Run, quiet: int, days: int) -> tuple[list[Goal], list[Figure]]:
    first_min = int(stream.minutes[0]) + quiet * _DAY_MIN
    goals: list[Goal] = []
    peers: list[Figure] = []
    for size in _SIZES:
        for lasts_min in (10, 60):
            bursts = [b for b in stream.bursts if (b.users, b.lasts_min) == (size, lasts_min)]
            name = f"bursts of {size} users in {lasts_min} min"
            share, minutes = _found(done, bursts)
            if size >= _SURE:
                goals.append(at_least(single(f"{name}, found", share, "%"), 95.0))
            else:
                peers.append(single(f"{name}, found", share, "%"))
            if minutes:
                peers.append(median(f"{name}, until found", minutes, "min"))
    false = false_trends(done, stream, first_min) / days
    goals.append(at_most(single("trends without a burst", false, "a day"), 1.0))
    precise = 100 * precision_at_10(done, stream, first_min)
    goals.append(at_least(single("precision of the first 10", precise, "%"), 75.0))
    return goals, peers


def _higgs(small: bool) -> tuple[list[Goal], str]:
    """Of the last of four days, or of the second."""
    stream = trend_streams.higgs()
    began = int(stream.minutes[0]) // _DAY_MIN * _DAY_MIN
    first, last = (1, 2) if small else (3, 4)
    cut = int(np.searchsorted(stream.minutes, began + last * _DAY_MIN))
    stream = Stream(stream.keys[:cut], stream.users[:cut], stream.minutes[:cut])
    bursts = [burst for burst in bursts_of(stream, 10) if burst.at_min >= began + first * _DAY_MIN]
    done = run(stream, TrendTerms())
    share, minutes = _found(done, bursts)
    _, largest = _found(done, bursts[:20])
    grown = 100 * grown_share(done, stream, began + first * _DAY_MIN, began + last * _DAY_MIN)
    day = f"{first + 1} July 2012"
    return [
        at_least(single(f"{day}: {len(bursts)} bursts of retweets, found", share, "%"), 95.0),
        at_most(median(f"{day}: until found", minutes, "min"), 5.0),
        at_most(median(f"{day}: until the 20 largest are found", largest, "min"), 5.0),
        at_least(single(f"{day}: of the first 10, have grown threefold", grown, "%"), 75.0),
    ], _spans(done)


def _match() -> list[Figure]:
    """Every tweet by somebody else, with one hashtag. A jump: a minute with twice the mean of the ten
    before."""
    minutes = trend_streams.match_ms() // 60_000
    uses = uses_of([Topic("match")] * len(minutes), range(1, len(minutes) + 1), minutes.tolist())
    counts = np.bincount(minutes - minutes[0])
    jumps = [at for at in range(10, len(counts) - 1) if counts[at] > 2 * counts[at - 10 : at].mean()]
    jumps = [at for at in jumps if not any(at - 10 <= other < at for other in jumps)]
    engine, at, surprised, began = TrendEngine(), 0, [], 0
    while at < len(minutes):
        at = engine.note(uses, at)
        row, judged = engine.row_of(Topic("match")), engine.judge(engine.minute)
        _, parts = engine.parts(np.array([row]), engine.minute)
        surprised.append(bool(parts[SCORE, 0, 0] >= judged.bar))
        began = began or (engine.minute - int(minutes[0]) + 1) * int(bool(judged.lives.states.any()))
        engine.go_on(engine.minute + 1)
    late = [next((a - jump for a in range(jump, len(surprised)) if surprised[a]), 99) + 1 for jump in jumps]
    counted, _ = engine.parts(np.array([engine.row_of(Topic("match"))]), engine.minute)
    error = 100 * abs(float(counted[-1, USERS, 0]) / len(minutes) - 1)
    return [
        single("match: from the first tweet until it trends", float(began), "min"),
        median(f"match: {len(jumps)} jumps, until the last minute is surprising", late, "min"),
        single(f"match: error of {len(minutes):,} users, one of {engine.sampling(0)} held", error, "%"),
    ]


def _found(done: Run, bursts: Sequence[Burst]) -> tuple[float, list[float]]:
    """The share of bursts that was found, and how soon each."""
    times = [time_to_detection(done, burst) for burst in bursts]
    minutes = [each for each in times if each is not None]
    return 100 * len(minutes) / max(1, len(times)), minutes


def _spans(done: Run) -> str:
    return str(sorted((key, spans) for key, spans in done.spans.items()))


def _rate(events: int, rounds: int) -> tuple[Figure, Figure]:
    """Tweets with a hashtag or two, in the order of a log; and the memory reserved."""

    async def body() -> tuple[Figure, Figure]:
        store = KeyValueStore(open_memory(Path()))
        users, clock = UserCache(store), ManualClock()
        for user_id in range(1, 5_001):
            users.put(user_id, User(user_id, f"user{user_id}", 0))
        processor = TrendsProcessor(store, MemoryLog(), TweetCache(store), users, clock, None)
        await processor.begin()
        dice, rates, position = np.random.default_rng(1), [], 0
        for number in range(rounds + 1):
            made = _tweets(dice, events, clock)
            began_s = time.process_time()
            for start in range(0, events, 4_096):
                part = made[start : start + 4_096]
                await processor.apply(LogSlice(position + 1, part))
                position += len(part)
            if number > 0:
                rates.append(events / (time.process_time() - began_s) / 1e3)
        reserved = sum(engine.statistics().bytes_reserved for engine in processor.engines.values())
        assert processor.engines[TrendKind.TAG].high > 0
        return median("tweets a second of a core", rates, "thousand/s"), single(
            "memory", reserved / 2**20, "MiB"
        )

    return asyncio.run(body())


def _tweets(dice: np.random.Generator, count: int, clock: ManualClock) -> list[TweetPosted]:
    """One each millisecond, of 20,000 hashtags."""
    tags = np.minimum(dice.zipf(1.2, 2 * count), 20_000).tolist()
    authors = dice.integers(1, 5_001, count).tolist()
    made: list[TweetPosted] = []
    for number, author in enumerate(authors):
        clock.advance_ms(1)
        one, two = f"#t{tags[2 * number]}", f"#t{tags[2 * number + 1]}"
        spans = (Span(0, len(one)), Span(len(one) + 1, len(one) + 1 + len(two)))
        tweet = Tweet(first_id_at(clock.now_ms()), author, f"{one} {two}", entities=Entities(hashtags=spans))
        made.append(TweetPosted(tweet))
    return made


BENCHMARK = Benchmark(
    "trends", "how soon bursts are found, in noise and in real streams, and what that costs", bench
)
