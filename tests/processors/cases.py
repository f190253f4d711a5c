"""Every processor, by one line: how it is made, and how what it derived is looked at.

`test_twice_is_once` and `test_rebuilds` go through all of them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from roost import model
from roost.clock import ManualClock
from roost.eventlog import EmbeddedLog
from roost.home import Shard, ShardCapacity, ShardReader, ShardWriter, capture
from roost.ids import ID_MAX
from roost.model import Event, User
from roost.processors import (
    Audience,
    ConversationsProcessor,
    CountsProcessor,
    DeadLetters,
    HomeProcessor,
    NotificationsProcessor,
    PollsProcessor,
    Processor,
    PushProcessor,
    Rebuilder,
    SearchProcessor,
    TrendsProcessor,
    UsageProcessor,
    WeeksProcessor,
    open_shard,
    sources_of,
)
from roost.push import Hub
from roost.search import EVERYTHING, Asked
from roost.store import Batch, KeyValueStore, Table, TweetCache, UserCache, derive, open_memory, tables
from roost.trends import capture_engine
from tests.processors.naive_notifications import LONG_AGO_MS, NOW_MS, STAFF, USERS
from tests.processors.notification_history import History
from tests.store.samples import rows_of

_FOUND_MAX = 1_000


@dataclass
class World:
    """A log and tables in memory, and a folder for what is kept beside them."""

    folder: Path
    store: KeyValueStore = field(default_factory=lambda: KeyValueStore(open_memory(Path())))
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW_MS))

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget what was in memory alone."""
        self.log = EmbeddedLog(self.store, Batch)
        self.tweets, self.users = TweetCache(self.store), UserCache(self.store)

    async def commit(self, events: list[Event]) -> None:
        batch = Batch()
        for event in events:
            derive(event, batch)
        await self.log.append(events, batch)
        self.restart()


def history(seed: int, length: int) -> list[Event]:
    """Users, and then whatever they may do: tweets, deletions, edits, follows, blocks, likes, votes."""
    made = [_user(user_id) for user_id in USERS]
    told, likes = History(seed), set()
    while len(made) < length:
        event = told.event()
        if isinstance(event, model.TweetLiked):
            likes.add(event.like)
        if isinstance(event, model.TweetUnliked) and event.like not in likes:
            continue  # of a like that the history has left out
        told.naive.commit(event)
        made.append(event)
        told.naive.apply(len(made), event)
    return made


def _user(user_id: int) -> Event:
    role = model.Role.MODERATOR if user_id in STAFF else model.Role.USER
    return model.UserCreated(User(user_id, f"user{user_id}", LONG_AGO_MS, role=role))


@dataclass(frozen=True)
class Case:
    name: str
    make: Callable[[World], Awaitable[Processor]]
    """As after a start, from what is durable."""
    derived: Callable[[World, Any], Awaitable[Any]]
    """What it derived, to be compared; called after `rest`."""
    owned: tuple[Table[Any], ...] = ()
    """Tables that hold it."""


def _rows(*owned: Table[Any]) -> dict[str, Any]:
    async def derived(world: World, _processor: Any) -> Any:
        return [await rows_of(world.store, table) for table in owned]

    return {"derived": derived, "owned": owned}


async def _counts(world: World) -> Processor:
    return CountsProcessor(world.store, world.log)


async def _counts_seen(world: World, processor: CountsProcessor) -> Any:
    """Both what is written and what is served."""
    found = await rows_of(world.store, tables.TWEET_COUNTS)
    return [found, await processor.get_many([row.tweet_id for row in found])]


async def _polls_seen(world: World, processor: PollsProcessor) -> Any:
    found = await rows_of(world.store, tables.TALLIES)
    return [found, await processor.get_many([(row.tweet_id, row.edition) for row in found])]


async def _polls(world: World) -> Processor:
    return PollsProcessor(world.store, world.log)


async def _conversations(world: World) -> Processor:
    return ConversationsProcessor(world.store, world.log)


async def _notifications(world: World) -> Processor:
    return NotificationsProcessor(world.store, world.log, world.tweets, world.users, world.clock)


async def _weeks(world: World) -> Processor:
    return WeeksProcessor(world.store, world.log, world.clock)


async def _weeks_seen(_world: World, processor: WeeksProcessor) -> Any:
    return processor.weeks()


async def _usage(world: World) -> Processor:
    return UsageProcessor(world.store, world.log, world.users)


async def _usage_seen(world: World, processor: UsageProcessor) -> Any:
    """Both what is written and what is served."""
    found = await rows_of(world.store, tables.USAGE)
    served = [await processor.history(row.used, [row.key], row.day, 1) for row in found]
    return [(row.day, row.used, row.key, row.count) for row in found], served


async def _search(world: World) -> Processor:
    async def at_once(_position: int) -> None:
        return

    counts = CountsProcessor(world.store, world.log)
    folder = world.folder / "search"
    return SearchProcessor(world.store, world.log, world.tweets, counts, at_once, world.clock, folder)


async def _search_seen(_world: World, processor: SearchProcessor) -> Any:
    """What the index has at all, as each reader may find it."""
    return [
        await processor.newest(Asked(EVERYTHING, {}, user_id, 0, ID_MAX), _FOUND_MAX)
        for user_id in (0, *USERS)
    ]


def shard() -> Shard:
    return Shard(ShardCapacity(users=64, follows=4_096, rings=16, ring_entries=16, tweets=256), "push")


async def _home(world: World) -> Processor:
    """The first snapshot is of nothing; others are written when the test says so."""
    opened = await open_shard(shard, world.store, world.log, world.folder, world.clock, lambda *_: None)
    writer = ShardWriter(opened, world.clock)
    made = HomeProcessor(writer, shard, world.log, world.folder, 3_600.0, 1_000_000, world.clock)
    made.when_switched(ShardReader(opened.state).use)
    if opened.state.position == 0 or not (world.folder / "home.snapshot").exists():
        await made.begin()
        await made.snapshot()
    return made


async def _home_seen(_world: World, processor: HomeProcessor) -> Any:
    shard = processor._writer.shard
    return await processor._writer.run(lambda: capture(shard.state).digest())


async def _trends(world: World) -> Processor:
    world.folder.mkdir(parents=True, exist_ok=True)
    return TrendsProcessor(world.store, world.log, world.tweets, world.users, world.clock, world.folder)


async def _trends_seen(_world: World, processor: TrendsProcessor) -> Any:
    return {
        (kind, name): array.tolist()
        for kind, engine in processor.engines.items()
        for name, array in capture_engine(engine).items()
    }


async def _push(world: World) -> Processor:
    async def at_once(_position: int) -> None:
        return

    state, hub = shard().state, Hub()
    audience = Audience(state, world.users, hub, world.clock)
    return PushProcessor(world.log, world.tweets, world.users, hub, audience, at_once, world.clock)


async def _push_seen(world: World, processor: PushProcessor) -> Any:
    """What is told to who was away."""
    found = processor.window.between(0, world.log.last)
    return [(each.position, each.kind, each.tweet, each.user_id, each.content) for each in found]


CASES = (
    Case("home", _home, _home_seen),
    Case("counts", _counts, _counts_seen, (tables.TWEET_COUNTS,)),
    Case("polls", _polls, _polls_seen, (tables.TALLIES,)),
    Case(
        "notifications",
        _notifications,
        **_rows(
            tables.NOTIFICATIONS,
            tables.NOTIFICATION_INDEX,
            tables.NOTIFICATION_MEMBERS,
            tables.NOTIFICATION_PACKS,
            tables.NOTIFICATION_SPANS,
            tables.NOTIFICATION_GROUPS,
            tables.NOTIFICATION_ORDER,
            tables.QUIET_GROUPS,
            tables.NOTIFICATION_FANOUTS,
            tables.NOTIFICATION_REQUESTS,
            tables.NOTIFICATION_SENDERS,
        ),
    ),
    Case(
        "conversations",
        _conversations,
        **_rows(tables.CONVERSATIONS, tables.CONVERSATION_ORDER, tables.DIRECT_TWEETS),
    ),
    Case("trends", _trends, _trends_seen),
    Case("weeks", _weeks, _weeks_seen),
    Case("usage", _usage, _usage_seen, (tables.USAGE,)),
    Case("search", _search, _search_seen),
    Case("push", _push, _push_seen),
)
"""A new processor is a line here."""


def rebuilder_of(letters: DeadLetters) -> Rebuilder:
    """Of processors over a store in memory."""
    store, log = letters._store, letters._log
    assert isinstance(store, KeyValueStore)
    return Rebuilder(store, log, letters, sources_of(store, log))
