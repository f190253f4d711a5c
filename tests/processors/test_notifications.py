"""Whatever happens, and however often it is delivered: notifications are what a naive reading says.

Naive means: dictionaries, one event after the other, all rules in a few lines. The processor gets the events
in lumps, twice, with writes that fail and with restarts in between.
"""

import asyncio
import itertools
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import pytest

from roost import model
from roost.clock import ManualClock
from roost.eventlog import EmbeddedLog
from roost.ids import ID_MAX
from roost.limits import NOTIFICATION_GROUP_TELL_S
from roost.model import Notification, User
from roost.processors import NotificationsProcessor, Told, scan_group, scan_notifications
from roost.store import Batch, KeyValueStore, TweetCache, UserCache, derive, open_memory, tables
from tests.processors.naive_notifications import (
    LONG_AGO_MS,
    NOW_MS,
    SLICE,
    STAFF,
    TELL_MS,
    TOLD_FIRST,
    USERS,
    Naive,
)
from tests.processors.notification_history import History
from tests.store.samples import rows_of

SMALL = {
    "notifications.NOTIFICATION_SLICE_ROWS": SLICE,
    "notification_causes.NOTIFICATION_SLICE_ROWS": SLICE,
    "notifications.NOTIFICATION_PACKS_AT_ONCE": 1,
    "notification_pages.NOTIFICATION_PACKS_AT_ONCE": 2,
    "notification_ledger.NOTIFICATION_GROUP_TOLD_FIRST": TOLD_FIRST,
    "notification_packs.NOTIFICATION_PACK_MEMBERS": 3,
    "notification_pages.NOTIFICATION_PACK_MEMBERS": 3,
}
assert NOTIFICATION_GROUP_TELL_S * 1_000 == TELL_MS


class Ground:
    """A processor over a real store, whose log sometimes cannot write."""

    def __init__(self) -> None:
        self.store = KeyValueStore(open_memory(Path()))
        self.log = EmbeddedLog(self.store, Batch)
        self.clock = ManualClock(NOW_MS)
        self.tweets = TweetCache(self.store)
        self.told: list[Told] = []
        self.fails = 0
        self.processor = self.make()

    def make(self) -> NotificationsProcessor:
        made = NotificationsProcessor(self.store, self, self.tweets, UserCache(self.store), self.clock)  # type: ignore[arg-type]
        made.listen(self.told.extend)
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
    for name, value in SMALL.items():
        monkeypatch.setattr(f"roost.processors.{name}", value)
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
        later = await _left(ground, history)
        while later or chance.random() < 0.6:
            event = later.pop() if later else history.event()
            history.naive.commit(event)
            positions.append(await ground.commit(event))
            events.append(event)
        for position, event in zip(positions, events, strict=True):
            history.naive.apply(position, event)
        applied = await _apply(ground, applied, chance)
        await _compare(history.naive, ground)
    for told, joined, is_streamed in history.naive.told:
        assert Told(told, joined, is_streamed) in ground.told


async def _left(ground: Ground, history: History) -> list[Any]:
    """What is left to be done, perhaps asked for twice."""
    chance = history.random
    quiet = await rows_of(ground.store, tables.QUIET_GROUPS)
    tellings = [model.GroupTelling(*msgspec.structs.astuple(row), history.now_ms) for row in quiet]
    found: list[Any] = [model.NotificationsGathered(telling) for telling in tellings if chance.random() < 0.3]
    for row in await rows_of(ground.store, tables.NOTIFICATION_FANOUTS):
        going_on = model.NotificationsContinued(row.position, row.origin, row.after)
        found += chance.choice((0, 1, 1, 2)) * [going_on]
    return found


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
    store = ground.store
    singles = await rows_of(store, tables.NOTIFICATIONS)
    packs = await rows_of(store, tables.NOTIFICATION_PACKS)
    found = [naive.held[key] for key in sorted(naive.held)]
    for user_id in USERS:
        mine = [held for held in found if held.receiver_id == user_id]
        assert await scan_notifications(store, user_id, 0, ID_MAX, reverse=False, limit=500) == mine
    assert len(found) == len(singles) + sum(len(pack.members) for pack in packs)
    for one, two in itertools.pairwise(packs):
        if one.receiver_id == two.receiver_id:
            assert one.first_id <= one.members[0].notification_id
            assert one.members[-1].notification_id < two.first_id
    members = await rows_of(store, tables.NOTIFICATION_MEMBERS)
    assert {(row.receiver_id, row.notification_id) for row in members} == {
        (held.receiver_id, held.notification_id) for held in singles if held.hour
    }
    await _compare_groups(naive, ground, found)
    waiting: dict[Any, int] = defaultdict(int)
    for held in found:
        if held.filtered:
            waiting[held.receiver_id, held.actor_id] += 1
    requests = await rows_of(store, tables.NOTIFICATION_REQUESTS)
    assert {(row.receiver_id, row.sender_id): row.count for row in requests} == waiting
    assert await rows_of(store, tables.NOTIFICATION_ERASURES) == []
    fanouts = await rows_of(store, tables.NOTIFICATION_FANOUTS)
    assert {row.position: (row.origin, row.after) for row in fanouts} == naive.fanouts


async def _compare_groups(naive: Naive, ground: Ground, found: list[Notification]) -> None:
    groups: dict[Any, list[Notification]] = defaultdict(list)
    for held in found:
        if held.hour:
            groups[held.receiver_id, held.kind, held.tweet_id, held.hour].append(held)
    rows = await rows_of(ground.store, tables.NOTIFICATION_GROUPS)
    assert {(row.receiver_id, row.kind, row.tweet_id, row.hour): row.count for row in rows} == {
        group: len(members) for group, members in groups.items()
    }
    order = await rows_of(ground.store, tables.NOTIFICATION_ORDER)
    assert sorted(msgspec.structs.astuple(row) for row in order) == sorted(
        (group[0], members[-1].notification_id, *group[1:]) for group, members in groups.items()
    )
    quiet = await rows_of(ground.store, tables.QUIET_GROUPS)
    assert {msgspec.structs.astuple(row) for row in quiet} == naive.quiet
    for group, members in groups.items():
        middle = members[len(members) // 2].notification_id
        for low, high in ((0, ID_MAX), (middle, ID_MAX), (0, middle)):
            wanted = [one for one in members if low < one.notification_id < high]
            for reverse, limit in ((False, 500), (True, 500), (True, 2), (False, 2)):
                expected = wanted[::-1] if reverse else wanted
                assert (
                    await scan_group(ground.store, group, low, high, reverse=reverse, limit=limit)
                    == expected[:limit]
                )
