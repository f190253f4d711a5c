"""Processors run each by itself, go on where they left off, and are brought again what they failed at."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from roost.clock import ManualClock
from roost.eventlog import EmbeddedLog, LogSlice
from roost.model import Like, Tweet, TweetDeleted, TweetLiked, TweetPosted, TweetUnliked
from roost.processors import CountsProcessor, DeadLetters, ProcessorRunner
from roost.store import Batch, KeyValueStore, open_memory, open_rocksdb
from tests.processors.cases import rebuilder_of


class Recorder:
    """A processor that writes down what it is given, and fails when it is told to."""

    def __init__(self, name: str, fails: int = 0) -> None:
        self.name = name
        self.seen: list[int] = []
        self.fails = fails

    async def begin(self) -> int:
        return 0

    async def apply(self, events: LogSlice) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError("not now")
        self.seen.extend(range(events.first, events.last + 1))

    async def rest(self) -> None:
        return


def made() -> tuple[EmbeddedLog, DeadLetters]:
    store = KeyValueStore(open_memory(Path()))
    log = EmbeddedLog(store, Batch)
    return log, DeadLetters(store, log, ManualClock())


def liked(number: int) -> TweetLiked:
    return TweetLiked(Like(number, 1, 2, number))


def run(body: Callable[[], Any]) -> Any:
    return asyncio.run(body())


def test_a_failing_processor_is_retried_and_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.processors.delivery.PROCESSOR_RETRY_S_FIRST", 0.001)

    async def body() -> None:
        log, letters = made()
        bad, good = Recorder("bad", fails=5), Recorder("good")
        runner = ProcessorRunner(log, letters, rebuilder_of(letters), [bad, good])
        await runner.start()
        for number in range(1, 21):
            await log.append([liked(number)])
        assert await runner.applied(20, 10.0)
        await runner.stop()
        assert bad.seen == good.seen == list(range(1, 21))
        failures = {entry.name: entry.failures for entry in runner.statistics()}
        assert failures == {"bad": 5, "good": 0}

    run(body)


def test_waiting_for_a_position_gives_up_in_time() -> None:
    async def body() -> None:
        log, letters = made()
        runner = ProcessorRunner(log, letters, rebuilder_of(letters), [Recorder("only")])
        await runner.start()
        assert not await runner.applied(1, 0.01)
        await log.append([liked(1)])
        assert await runner.applied(1, 10.0)
        await runner.stop()

    run(body)


def counted(log: Any, store: KeyValueStore) -> CountsProcessor:
    return CountsProcessor(store, log)


async def feed(processor: CountsProcessor, log: Any) -> None:
    events = await log.read(0, 4_000)
    await processor.begin()
    await processor.apply(events)


HISTORY = [
    TweetPosted(Tweet(1, 10)),
    TweetPosted(Tweet(2, 11, reply_to_id=1, reply_to_author_id=10)),
    TweetPosted(Tweet(3, 11, retweet_of_id=1, retweet_of_author_id=10)),
    TweetPosted(Tweet(4, 11, quote_of_id=1, quote_of_author_id=10)),
    TweetLiked(Like(11, 1, 10, 5)),
    TweetLiked(Like(12, 1, 10, 6)),
    TweetUnliked(Like(11, 1, 10, 5)),
    TweetDeleted(Tweet(2, 11, reply_to_id=1, reply_to_author_id=10)),
]


def test_counts_count_what_was_not_taken_back_and_survive_a_crash(tmp_path: Path) -> None:
    async def first() -> None:
        store = KeyValueStore(open_rocksdb(tmp_path))
        log = EmbeddedLog(store, Batch)
        processor = counted(log, store)
        await log.append(HISTORY[:5])
        await feed(processor, log)
        await processor.rest()  # written, with the cursor
        await log.append(HISTORY[5:])
        await processor.apply(await log.read(5, 100))  # in memory alone: the crash loses it
        await store.close()

    async def second() -> list[int]:
        store = KeyValueStore(open_rocksdb(tmp_path))
        log = EmbeddedLog(store, Batch)
        processor = counted(log, store)
        position = await processor.begin()
        assert position == 5
        await processor.apply(await log.read(position, 100))
        await processor.apply(await log.read(position, 100))  # delivered twice
        await processor.apply(await log.read(0, 100))
        (counts,) = await processor.get_many([1])
        await processor.rest()
        assert await processor.begin() == len(HISTORY)
        await store.close()
        return [counts.likes, counts.retweets, counts.replies, counts.quotes]

    run(first)
    assert run(second) == [1, 1, 0, 1]


def test_counts_beyond_the_cache_come_from_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("roost.processors.counts.COUNTS_CACHE_ENTRIES", 3)

    async def body() -> None:
        store = KeyValueStore(open_memory(tmp_path))
        log = EmbeddedLog(store, Batch)
        processor = counted(log, store)
        await processor.begin()
        likes = [
            TweetLiked(Like(100 + n, tweet, 1, 1_000 * tweet + n))
            for tweet in range(1, 11)
            for n in range(tweet)
        ]
        await log.append(likes)
        await processor.apply(await log.read(0, 4_000))
        await processor.rest()
        found = await processor.get_many(list(range(1, 11)))
        assert [counts.likes for counts in found] == list(range(1, 11))

    run(body)


class BesideTheWrite:
    """A log that lets a reader have its turn while a cursor and its rows are being written."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self.meanwhile: Callable[[], Awaitable[Any]] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    async def commit_cursor(self, name: str, position: int, batch: Batch) -> None:
        if self.meanwhile is not None:
            await self.meanwhile()
        await self._log.commit_cursor(name, position, batch)


def test_counts_that_are_being_written_are_not_forgotten(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A reader who evicts and reads one would make the next event count on from the old row."""
    monkeypatch.setattr("roost.processors.counts.COUNTS_CACHE_ENTRIES", 3)

    async def body() -> None:
        store = KeyValueStore(open_memory(tmp_path))
        log = BesideTheWrite(EmbeddedLog(store, Batch))
        processor = counted(log, store)
        await processor.begin()

        async def read() -> None:
            await processor.get_many(list(range(50, 60)))
            await processor.get_many([1])

        log.meanwhile = read
        for number in range(1, 7):
            await log.append([TweetLiked(Like(100 + number, 1, 2, number))])
            await processor.apply(await log.read(number - 1, 10))
            await processor.rest()
        (counts,) = await processor.get_many([1])
        assert counts.likes == 6

    run(body)


def test_counts_whose_write_failed_are_written_by_the_next(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("roost.processors.counts.COUNTS_CACHE_ENTRIES", 3)

    async def fail() -> None:
        await processors[0].get_many(list(range(50, 60)))
        raise OSError("the disk is full")

    processors: list[CountsProcessor] = []

    async def body() -> None:
        store = KeyValueStore(open_memory(tmp_path))
        log = BesideTheWrite(EmbeddedLog(store, Batch))
        processor = counted(log, store)
        processors.append(processor)
        await processor.begin()
        await log.append([TweetLiked(Like(101, 1, 2, 1)), TweetLiked(Like(102, 1, 2, 2))])
        log.meanwhile = fail
        with pytest.raises(OSError, match="full"):
            await processor.apply(await log.read(0, 10))
        log.meanwhile = None
        await processor.rest()
        again = counted(log, store)
        assert await again.begin() == 2
        (counts,) = await again.get_many([1])
        assert counts.likes == 2

    run(body)


class SlowTable:
    """A store whose first reading of many rows lets somebody else have their turn."""

    def __init__(self, store: KeyValueStore) -> None:
        self._store = store
        self.meanwhile: list[Callable[[], Awaitable[Any]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def get_many(self, table: Any, keys: Any) -> Any:
        found = await self._store.get_many(table, keys)
        if self.meanwhile:
            await self.meanwhile.pop()()
        return found


def test_counts_evicted_while_others_are_loaded_are_loaded_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("roost.processors.counts.COUNTS_CACHE_ENTRIES", 3)

    async def body() -> None:
        store = SlowTable(KeyValueStore(open_memory(tmp_path)))
        log = EmbeddedLog(store, Batch)  # type: ignore[arg-type]
        processor = CountsProcessor(store, log)  # type: ignore[arg-type]
        await processor.begin()
        await log.append([TweetLiked(Like(100, 1, 2, 1))])
        await processor.apply(await log.read(0, 10))
        await processor.rest()
        store.meanwhile = [lambda: processor.get_many(list(range(50, 60)))]
        found = await processor.get_many([1, 2])
        assert [counts.likes for counts in found] == [1, 0]
        store.meanwhile = [lambda: processor.get_many(list(range(50, 60)))]
        both = Tweet(3, 11, reply_to_id=1, reply_to_author_id=10, quote_of_id=7, quote_of_author_id=10)
        await log.append([TweetPosted(both)])
        await processor.apply(await log.read(1, 10))
        found = await processor.get_many([1, 7])
        assert [(counts.likes, counts.replies, counts.quotes) for counts in found] == [(1, 1, 0), (0, 0, 1)]

    run(body)
