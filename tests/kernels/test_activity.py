"""Paces against sums over every event; levels, sweeps and the entering of tweets against the obvious."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import (
    IS_REPLY,
    LEVEL_MAX,
    LEVEL_ONE_A_DAY,
    READ,
    TOUCHED,
    WRITE,
    level_for,
    level_of,
    note_reads,
    reading_level,
    record_tweets,
    sweep_rings,
)
from roost.kernels.activity import TAU_DAYS, after_event, rate_at
from roost.kernels.authors import FLOOR

from . import naive
from .paired import Pair, examples, int64s, plans
from .tweet_lines import read_line

DAY_S = 86_400
START_S = 1_700_000_000
ROUNDING = 0.5 / 4096
gaps = plans(st.one_of(st.integers(0, 100), st.integers(0, 10 * DAY_S)), 30)


def rate_of(events_s: list[int], now_s: int) -> float:
    return sum(math.exp((event_s - now_s) / (TAU_DAYS * DAY_S)) for event_s in events_s) / TAU_DAYS


@examples(2)
@given(gaps)
def test_a_pace_is_the_weighted_mean_of_all_events(steps: list[int]) -> None:
    word, events_s, now_s = 0, [], START_S
    for step in steps:
        now_s += step
        assert rate_at(word, now_s) == pytest.approx(
            rate_of(events_s, now_s), abs=ROUNDING * len(events_s) + 1e-9
        )
        word = int(after_event(word, now_s))
        events_s.append(now_s)
        assert word >> 32 == now_s


def test_a_clock_that_went_back_costs_nothing() -> None:
    word = int(after_event(int(after_event(0, START_S)), START_S - 500))
    assert word >> 32 == START_S
    assert rate_at(word, START_S - 10_000) == rate_at(word, START_S) == pytest.approx(1.0)


def test_a_pace_has_a_highest_value() -> None:
    word = START_S << 32 | 0xFFFFFFFF
    assert after_event(word, START_S) == word


@given(st.floats(1e-9, 1e9))
def test_a_level_more_for_every_doubling(rate: float) -> None:
    level = level_for(rate)
    assert 1 <= level <= LEVEL_MAX
    if 1 < level < LEVEL_MAX:
        assert 2.0 ** (level - LEVEL_ONE_A_DAY) <= rate < 2.0 ** (level - LEVEL_ONE_A_DAY + 1)


@pytest.mark.parametrize(
    ("rate", "level"),
    [(0.0, 1), (-1.0, 1), (1e-9, 1), (0.5, 15), (1.0, 16), (1.99, 16), (2.0, 17), (1e9, 31)],
)
def test_levels(rate: float, level: int) -> None:
    assert level_for(rate) == level


USERS = 6
readings = st.lists(st.integers(1, 40), min_size=USERS, max_size=USERS)
ring_levels = st.lists(st.integers(0, 20), min_size=USERS, max_size=USERS)


def shard(reads: list[int], levels: list[int]) -> tuple[Pair, np.ndarray]:
    """Users who have read so often just now, and have rings of such levels, or none."""
    pair, paces = Pair(USERS, USERS, 16), np.zeros((USERS, 2), np.int64)
    for row, (count, level) in enumerate(zip(reads, levels, strict=True)):
        for _ in range(count):
            paces[row, READ] = after_event(int(paces[row, READ]), START_S)
        if level > 0:
            pair.install(row, level, [], 0)
    return pair, paces


def level_of_reads(count: int) -> int:
    return LEVEL_ONE_A_DAY + math.floor(math.log2(count / TAU_DAYS))


@given(readings, ring_levels, st.integers(0, 3), st.lists(st.integers(0, USERS - 1), unique=True))
def test_readers_whose_ring_is_missing_or_too_low(
    reads: list[int], levels: list[int], slack: int, rows: list[int]
) -> None:
    pair, paces = shard(reads, levels)
    stale = np.zeros(USERS, np.int64)
    count = note_reads(pair.world.rings, paces, int64s(rows), START_S, slack, stale)
    wanted = [level_of_reads(reads[row] + 1) for row in rows]
    expected = [
        row
        for row, level in zip(rows, wanted, strict=True)
        if levels[row] == 0 or levels[row] + slack < level
    ]
    assert stale[:count].tolist() == expected
    for row in range(USERS):
        assert reading_level(paces, row, START_S) == level_of_reads(reads[row] + (row in rows))
        if levels[row] > 0:
            slot = int(pair.world.rings.cells[row]) >> 32
            assert pair.world.rings.slots[slot, 1] >> 32 == (START_S if row in rows else 0)


@given(readings, ring_levels, st.integers(10, 20), st.integers(0, USERS), st.sets(st.integers(0, USERS - 1)))
def test_levels_sink_and_the_lowest_rings_go(
    reads: list[int], levels: list[int], lowest: int, cut: int, gone: set[int]
) -> None:
    pair, paces = shard(reads, levels)
    for row in gone:
        pair.drop(row)
    rings = pair.world.rings
    touched = int(rings.counters[TOUCHED])
    dropped = sum(
        sweep_rings(rings, paces, lowest, START_S, first, stop)
        for first, stop in ((0, min(cut, touched)), (min(cut, touched), touched))
    )
    held = {row: level for row, level in enumerate(levels) if level > 0 and row not in gone}
    kept = {row: level for row, level in held.items() if level_of_reads(reads[row]) >= lowest}
    assert dropped == len(held) - len(kept)
    for row in range(USERS):
        expected = min(kept[row], level_of_reads(reads[row])) if row in kept else 0
        assert level_of(rings, row) == expected


tweets = st.builds(
    naive.Tweet,
    tweet_id=st.integers(1, 30),
    author=st.integers(-1, 3),
    reply_author=st.one_of(st.none(), st.integers(0, 3)),
    is_reply=st.booleans(),
    retweet_of=st.sampled_from([0, 5]),
    retweet_author=st.one_of(st.none(), st.integers(0, 3)),
)


def fact(tweet: naive.Tweet) -> tuple[int, ...]:
    """As an ingested tweet: rows that are not there are -1."""
    rows = [-1 if row is None else row for row in (tweet.reply_author, tweet.retweet_author)]
    flags = IS_REPLY if tweet.is_reply else 0
    return tweet.tweet_id, tweet.author, rows[0], tweet.retweet_of, rows[1], flags


@given(plans(tweets, 20))
def test_recorded_tweets_are_in_columns_and_author_rings(batch: list[naive.Tweet]) -> None:
    pair, paces = Pair(4, 4, 16, author_entries=3), np.zeros((4, 2), np.int64)
    tallies, rates = np.zeros(4, np.int32), np.full(len(batch), -1.0)
    times_s = START_S + 1_000 * np.arange(len(batch), dtype=np.int64)
    facts = int64s(word for tweet in batch for word in fact(tweet)).reshape(len(batch), 6)
    record_tweets(pair.world.columns, pair.world.authors, paces, tallies, facts, times_s, rates)
    events_s: dict[int, list[int]] = {author: [] for author in range(-1, 4)}
    for tweet, time_s, rate in zip(batch, times_s.tolist(), rates.tolist(), strict=True):
        events_s[tweet.author].append(time_s)
        if tweet.author < 0:
            assert rate == -1.0
            continue
        pair.naive.columns.add(tweet)
        pair.naive.authors[tweet.author].ids.add(tweet.tweet_id)
        assert rate == pytest.approx(rate_of(events_s[tweet.author], time_s), abs=ROUNDING * len(batch))
    for tweet_id in range(1, 31):
        assert read_line(pair.world.columns, tweet_id) == pair.naive.columns.tweets.get(tweet_id)
    for author in range(4):
        ring = pair.naive.authors[author]
        assert [
            tweet_id for tweet_id in pair.world.authors.recent[author].tolist() if tweet_id
        ] == ring.recent()
        assert pair.world.authors.bounds[author, FLOOR] == ring.floor()
        assert tallies[author] == len(events_s[author])
        assert rate_at(int(paces[author, WRITE]), START_S + DAY_S) == pytest.approx(
            rate_of(events_s[author], START_S + DAY_S), abs=ROUNDING * len(batch)
        )
    assert not paces[:, READ].any()
