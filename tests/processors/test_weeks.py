"""What happened in each week, counted from the log."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.clock import ManualClock
from roost.eventlog import EmbeddedLog
from roost.ids import first_id_at
from roost.limits import WEEKS_KEPT
from roost.model import Event, Like, Tweet, TweetLiked, TweetPosted, User, UserCreated
from roost.processors import Week, WeeksProcessor
from roost.processors.weeks import WEEK_S, estimate, note, week_of
from roost.store import Batch
from tests.store.samples import memory_store
from tests.strategies import SEEDED

MONDAY_S = 1_699_833_600
FIRST_ID = first_id_at(MONDAY_S * 1000)
EVENTS: list[Event] = [
    UserCreated(User(1, "ann", MONDAY_S * 1000)),
    UserCreated(User(2, "bob", MONDAY_S * 1000)),
    TweetPosted(Tweet(FIRST_ID, 1)),
    TweetPosted(Tweet(FIRST_ID + 1, 1)),
    TweetLiked(Like(2, FIRST_ID, 1, FIRST_ID + 2)),
]


def test_weeks_begin_on_mondays() -> None:
    moments = (MONDAY_S * 1000, MONDAY_S * 1000 + 1, (MONDAY_S + WEEK_S) * 1000 - 1)
    assert {week_of(moment) for moment in moments} == {MONDAY_S}
    assert week_of(MONDAY_S * 1000 - 1) == MONDAY_S - WEEK_S


@pytest.mark.parametrize("split", range(len(EVENTS) + 1))
def test_counts_are_kept_over_a_restart_and_nothing_counts_twice(split: int) -> None:
    asyncio.run(_count_in_two_parts(split))


async def _count_in_two_parts(split: int) -> None:
    store, clock = memory_store(), ManualClock(MONDAY_S * 1000)
    log = EmbeddedLog(store, Batch)
    first = WeeksProcessor(store, log, clock)
    await first.begin()
    for part in (EVENTS[:split], EVENTS[split:]):
        if part:
            await log.append(part, Batch())
        await first.apply(await log.read(0, 100))
        await first.rest()
    again = WeeksProcessor(store, log, clock)
    assert await again.begin() == len(EVENTS)
    for weeks in (first.weeks(), again.weeks()):
        assert weeks[0] == Week(MONDAY_S, tweets=2, users=2, active=2)
        assert weeks[1:] == [Week(MONDAY_S - number * WEEK_S) for number in range(1, WEEKS_KEPT)]
    clock.wait_until_ms((MONDAY_S + WEEK_S) * 1000)
    assert again.weeks()[1] == Week(MONDAY_S, tweets=2, users=2, active=2)
    await store.close()


@settings(SEEDED, max_examples=30)
@given(st.sets(st.integers(1, 1 << 62), max_size=200), st.integers(0, 3))
def test_few_are_counted_nearly_exactly(user_ids: set[int], again: int) -> None:
    sketch = bytearray(1_024)
    for _ in range(again + 1):
        for user_id in user_ids:
            note(sketch, user_id)
    assert abs(estimate(sketch) - len(user_ids)) <= 2 + len(user_ids) // 10


def test_many_are_counted_about_right() -> None:
    sketch = bytearray(1_024)
    for number in range(100_000):
        note(sketch, number << 22)
    assert abs(estimate(sketch) - 100_000) < 10_000
