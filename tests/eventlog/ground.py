"""The implementations of the event log, each over what it needs, and short ways to fill and read them."""

from collections.abc import Sequence
from pathlib import Path

from roost.eventlog import EmbeddedLog, EventLog, LogSlice, MemoryLog
from roost.model import Event, Tweet, TweetPosted
from roost.store import Batch, KeyValueStore, Table, open_memory, open_rocksdb, tables
from roost.store.rows import SettingRow, UsernameRow

SETTINGS: Table[SettingRow] = tables.SETTINGS
NAMES: Table[UsernameRow] = tables.USERNAMES


class MemoryGround:
    lasts = False

    def __init__(self, folder: Path) -> None:
        self.store = KeyValueStore(open_memory(folder))
        self.log: EventLog = MemoryLog(self.store)

    async def reopen(self) -> None:
        raise AssertionError("nothing outlives this log")

    async def close(self) -> None:
        await self.store.close()


class EmbeddedMemoryGround:
    """Opening the log again over the same store is all that can be asked of it."""

    lasts = True

    def __init__(self, folder: Path) -> None:
        self.store = KeyValueStore(open_memory(folder))
        self.log: EventLog = EmbeddedLog(self.store, Batch)

    async def reopen(self) -> None:
        self.log = EmbeddedLog(self.store, Batch)

    async def close(self) -> None:
        await self.store.close()


class EmbeddedRocksdbGround:
    lasts = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "data"
        self._open()

    def _open(self) -> None:
        self.store = KeyValueStore(open_rocksdb(self._folder))
        self.log: EventLog = EmbeddedLog(self.store, Batch)

    async def reopen(self) -> None:
        await self.store.close()
        self._open()

    async def close(self) -> None:
        await self.store.close()


Ground = MemoryGround | EmbeddedMemoryGround | EmbeddedRocksdbGround

GROUNDS: dict[str, type[Ground]] = {
    "memory": MemoryGround,
    "embedded-memory": EmbeddedMemoryGround,
    "embedded-rocksdb": EmbeddedRocksdbGround,
}


def said(*numbers: int) -> list[Event]:
    """An event for each number, told apart by it."""
    return [TweetPosted(Tweet(number, 1, f"said {number}")) for number in numbers]


def numbers_in(events: Sequence[Event]) -> list[int]:
    numbers = []
    for event in events:
        assert isinstance(event, TweetPosted)
        assert event.tweet.text == f"said {event.tweet.tweet_id}"
        numbers.append(event.tweet.tweet_id)
    return numbers


def setting(name: str, value: bytes = b"") -> Batch:
    batch = Batch()
    batch.put(SETTINGS, SettingRow(name, value))
    return batch


def claim(name: str, user_id: int) -> Batch:
    batch = Batch()
    batch.put_if_absent(NAMES, UsernameRow(name, user_id), "taken")
    return batch


async def slices_of(log: EventLog, after: int = 0, limit: int = 1_000) -> list[LogSlice]:
    """Every slice from a position to the end, each as long as one read made it."""
    slices = []
    while True:
        found = await log.read(after, limit)
        assert found.first == after + 1
        assert found.last == after + len(found.events)
        assert len(found.events) <= limit
        if not found.events:
            return slices
        slices.append(found)
        after = found.last


async def read_all(log: EventLog, after: int = 0, limit: int = 1_000) -> list[int]:
    """The numbers of every event after a position."""
    return [number for found in await slices_of(log, after, limit) for number in numbers_in(found.events)]
