"""A tweet that very many like, and one that very many are told of: rows, messages, seconds, and who waits."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import Benchmark, Report, at_most, digest, machine, single
from benchmarks.server import data_folder
from roost import node
from roost.config import Settings
from roost.model import (
    Edge,
    EdgeAdded,
    EdgeKind,
    Event,
    Like,
    PageRequest,
    Tweet,
    TweetLiked,
    TweetPosted,
    User,
    UserCreated,
)
from roost.push import Asked, MessageKind, home_of
from roost.service import GROUPABLE, NotificationFilter, Session
from roost.store import Table, tables

_AUTHOR, _READER, _FIRST = 1, 2, 1_000
_APPEND_EVENTS = 500
_PACKED = ("notification_packs", "notification_spans", "notification_order", "quiet_groups")
_TABLES: tuple[Table[Any], ...] = (
    tables.NOTIFICATIONS,
    tables.NOTIFICATION_INDEX,
    tables.NOTIFICATION_MEMBERS,
    tables.NOTIFICATION_GROUPS,
    *(table for name, table in tables.TABLES.items() if name in _PACKED),
)


class _Ear:
    """A connection's shell that keeps when it was told what."""

    backlog_bytes = 0
    descriptor = -1
    is_idle = True

    def __init__(self) -> None:
        self.heard: list[tuple[float, Any]] = []
        self.tweets = asyncio.Event()

    def act(self, action: Any) -> None:
        self.send([self.pack(each) for each in getattr(action, "outgoing", ())])

    def pack(self, outgoing: Any) -> Any:
        return outgoing.message

    def send(self, packed: list[Any]) -> None:
        self.heard += [(time.perf_counter(), message) for message in packed]
        if self.count(MessageKind.TWEET):
            self.tweets.set()

    def count(self, kind: MessageKind) -> int:
        return sum(message.kind is kind for _, message in self.heard)


class _Bench:
    def __init__(self, made: node.Node) -> None:
        self.kit, self.service = made.kit, made.service

    async def append(self, events: Sequence[Event]) -> None:
        for start in range(0, len(events), _APPEND_EVENTS):
            await self.kit.committer.commit(events[start : start + _APPEND_EVENTS])

    async def told(self) -> None:
        last = self.kit.log.last
        await self.kit.background.applied_by_all(last)
        await self.kit.streaming.applied_by_all(last)

    async def fill(self, fans: int) -> None:
        made_ms = self.kit.clock.now_ms() - 10**11
        ids = [_AUTHOR, _READER, *range(_FIRST, _FIRST + fans)]
        await self.append([UserCreated(User(one, f"u{one}", made_ms)) for one in ids])
        await self.told()

    def listen(self, user_id: int) -> _Ear:
        ear = _Ear()
        streams = self.service.streams
        connection = streams.open(Session(user_id, token_hash=b"token"), ear, "", True)
        streams.subscribe(connection, Asked("user", ("user",), home_of(user_id)))
        return ear

    async def rows(self) -> int:
        count = 0
        for table in _TABLES:
            after: bytes | None = b""
            while after is not None:
                found, after = await self.kit.store.export(table, after, 1_000)
                count += len(found)
        return count

    async def viral(self, fans: int) -> tuple[float, int, int, int]:
        """Seconds until `fans` likes are told, rows, messages, and the size of the group that is shown."""
        ids = self.kit.ids
        tweet = Tweet(ids.next_id(), _AUTHOR, "viral")
        await self.append([TweetPosted(tweet)])
        await self.told()
        ear, before = self.listen(_AUTHOR), await self.rows()
        likes = [
            TweetLiked(Like(one, tweet.tweet_id, _AUTHOR, ids.next_id()))
            for one in range(_FIRST, _FIRST + fans)
        ]
        began_s = time.perf_counter()
        await self.append(likes)
        await self.told()
        seconds = time.perf_counter() - began_s
        page = await self.service.notifications.groups(
            _AUTHOR, PageRequest(40), NotificationFilter(), frozenset(GROUPABLE)
        )
        return seconds, await self.rows() - before, ear.count(MessageKind.NOTIFICATION), page.items[0].count

    async def fanout(self, followers: int) -> tuple[float, float]:
        """Seconds until all of `followers` are told of a tweet, and that a reader's own next one took to be
        streamed to them."""
        ids = self.kit.ids
        people = range(_FIRST, _FIRST + followers)
        await self.append(
            [EdgeAdded(Edge(EdgeKind.FOLLOW, one, _AUTHOR, ids.next_id(), tells=True)) for one in people]
        )
        await self.told()
        ear = self.listen(_READER)
        began_s = time.perf_counter()
        await self.append([TweetPosted(Tweet(ids.next_id(), _AUTHOR, "news"))])
        await self.append([TweetPosted(Tweet(ids.next_id(), _READER, "live"))])
        await ear.tweets.wait()
        live_s = next(at_s for at_s, each in ear.heard if each.kind is MessageKind.TWEET) - began_s
        last = people[-1]
        position = self.kit.log.last
        await self.told()
        while not await self.kit.store.scan(tables.NOTIFICATIONS, (last,), limit=1):
            await self.kit.log.wait_beyond(position)
            position = self.kit.log.last
            await self.told()
        return time.perf_counter() - began_s, live_s


async def _run(folder: Path, likes: int, followers: int, say: Callable[[str], None]) -> tuple[Any, Any]:
    settings = Settings(
        data_folder=str(folder), capacity_users=1 << 18, capacity_follows=1 << 23, capacity_rings=1 << 10
    )
    made = await node.start(settings)
    bench = _Bench(made)
    say(f"making {max(likes, followers):,} accounts")
    await bench.fill(max(likes, followers))
    say(f"{likes:,} likes of one tweet")
    viral = await bench.viral(likes)
    say(f"a tweet that {followers:,} are told of")
    fanout = await bench.fanout(followers)
    await made.stop()
    return viral, fanout


def run(small: bool, say: Callable[[str], None]) -> Report:
    likes, followers = (1_500, 2_000) if small else (15_000, 100_000)
    with data_folder() as folder:
        (seconds, rows, messages, count), (all_s, live_s) = asyncio.run(_run(folder, likes, followers, say))
    assert count == likes
    goals = [
        at_most(single("rows a like, of one tweet", rows / likes, "rows"), 0.1),
        at_most(single("messages streamed of the likes", messages, "messages"), 20),
        at_most(single("a tweet behind one that all are told of, streamed after", live_s * 1e3, "ms"), 250),
    ]
    peers = [
        single("the likes told after", seconds, "s"),
        single("likes a second", likes / seconds, "likes/s"),
        single("all followers told after", all_s, "s"),
    ]
    size = f"{likes:,} likes, {followers:,} followers"
    return Report("notifications", size, machine(), goals, peers, digest(likes, followers, count))


BENCHMARK = Benchmark("notifications", "a viral tweet, and one that very many are told of", run)
