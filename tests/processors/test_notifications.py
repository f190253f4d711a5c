"""Whatever happens, and however often it is delivered: notifications are what a naive reading says.

Naive means: dictionaries, one event after the other, all rules in a few lines. The processor gets the events
in lumps, twice, with writes that fail and with restarts in between.
"""

import asyncio
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from roost import model
from roost.clock import ManualClock
from roost.eventlog import EmbeddedLog
from roost.model import Notification, User
from roost.processors import NotificationsProcessor
from roost.store import Batch, KeyValueStore, TweetCache, UserCache, derive, open_memory, tables
from tests.processors.naive_notifications import LONG_AGO_MS, NOW_MS, STAFF, USERS, Naive
from tests.processors.notification_history import History
from tests.store.samples import rows_of


class Ground:
    """A processor over a real store, whose log sometimes cannot write."""

    def __init__(self) -> None:
        self.store = KeyValueStore(open_memory(Path()))
        self.log = EmbeddedLog(self.store, Batch)
        self.clock = ManualClock(NOW_MS)
        self.tweets = TweetCache(self.store)
        self.told: list[Notification] = []
        self.fails = 0
        self.processor = self.make()

    def make(self) -> NotificationsProcessor:
        made = NotificationsProcessor(self.store, self, self.tweets, UserCache(self.store), self.clock)  # type: ignore[arg-type]
        made.listen(lambda _position, told: self.told.extend(told))
        return made

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)

    async def commit_cursor(self, name: str, position: int, changes: Batch) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError("the disk is full")
        await self.log.commit_cursor(name, position, changes)

    async def commit(self, event: Any) -> int:
        batch = Batch()
        derive(event, batch)
        position = await self.log.append([event], batch)
        match event:
            case model.TweetPosted(tweet):
                self.tweets.put(tweet.tweet_id, tweet)
            case model.TweetEdited(edit):
                self.tweets.put(edit.tweet.tweet_id, edit.tweet)
            case model.TweetDeleted(tweet):
                self.tweets.forget(tweet.tweet_id)
        return position


@pytest.mark.parametrize("seed", range(100))
def test_equals_a_naive_reading(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.processors.notifications.NOTIFICATION_SLICE_ROWS", 2)
    monkeypatch.setattr("roost.processors.notification_causes.NOTIFICATION_SLICE_ROWS", 2)
    asyncio.run(_run(seed))


async def _run(seed: int) -> None:
    history, ground = History(seed), Ground()
    chance = history.random
    for user_id in USERS:
        role = model.Role.MODERATOR if user_id in STAFF else model.Role.USER
        await ground.commit(model.UserCreated(User(user_id, f"user{user_id}", LONG_AGO_MS, role=role)))
    await ground.processor.begin()
    applied = await _apply(ground, 0, chance)
    for held in await rows_of(ground.store, tables.NOTIFICATIONS):
        history.naive.held[held.receiver_id, held.notification_id] = held  # of those who signed up
    for _ in range(25):
        events = [history.event() for _ in range(1)]
        for event in events:
            history.naive.commit(event)
        positions = [await ground.commit(event) for event in events]
        while chance.random() < 0.6:
            event = history.event()
            history.naive.commit(event)
            positions.append(await ground.commit(event))
            events.append(event)
        for position, event in zip(positions, events, strict=True):
            history.naive.apply(position, event)
        applied = await _apply(ground, applied, chance)
        await _compare(history.naive, ground)
    assert set(history.naive.told) <= set(ground.told)


async def _apply(ground: Ground, applied: int, chance: random.Random) -> int:
    """Deliver what is new, perhaps twice, perhaps with a failure or a crash on the way."""
    ground.fails = chance.choice((0, 0, 0, 1, 2))
    events = await ground.log.read(applied, 100)
    while True:
        try:
            await ground.processor.apply(events)
            break
        except OSError:
            if chance.random() < 0.5:
                ground.processor = ground.make()
                applied = await ground.processor.begin()
                events = await ground.log.read(applied, 100)
                if not events.events:
                    break
    if chance.random() < 0.3:
        await ground.processor.apply(events)
    ground.fails = 0
    await ground.processor.rest()
    if chance.random() < 0.2:
        ground.processor = ground.make()
        assert await ground.processor.begin() == ground.log.last
    return ground.log.last


async def _compare(naive: Naive, ground: Ground) -> None:
    found = await rows_of(ground.store, tables.NOTIFICATIONS)
    assert found == [naive.held[key] for key in sorted(naive.held)]
    members = await rows_of(ground.store, tables.NOTIFICATION_MEMBERS)
    assert {(row.receiver_id, row.notification_id) for row in members} == {
        key for key, held in naive.held.items() if held.hour
    }
    counts: dict[Any, int] = defaultdict(int)
    for held in found:
        if held.hour:
            counts[held.receiver_id, held.kind, held.tweet_id, held.hour] += 1
    groups = await rows_of(ground.store, tables.NOTIFICATION_GROUPS)
    assert {(row.receiver_id, row.kind, row.tweet_id, row.hour): row.count for row in groups} == counts
    waiting: dict[Any, int] = defaultdict(int)
    for held in found:
        if held.filtered:
            waiting[held.receiver_id, held.actor_id] += 1
    requests = await rows_of(ground.store, tables.NOTIFICATION_REQUESTS)
    assert {(row.receiver_id, row.sender_id): row.count for row in requests} == waiting
    assert await rows_of(ground.store, tables.NOTIFICATION_ERASURES) == []
