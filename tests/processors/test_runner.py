"""Processors run each by itself, go on where they left off, and never pass over what they failed at."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roost.eventlog import EmbeddedLog, LogSlice, MemoryLog
from roost.model import Like, Tweet, TweetDeleted, TweetLiked, TweetPosted, TweetUnliked
from roost.processors import CountsProcessor, ProcessorRunner
from roost.store import Batch, KeyValueStore, open_memory, open_rocksdb


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
            raise ValueError("not now")
        self.seen.extend(range(events.first, events.last + 1))

    async def rest(self) -> None:
        return


def liked(number: int) -> TweetLiked:
    return TweetLiked(Like(number, 1, 2, number))


def run(body: Callable[[], Any]) -> Any:
    return asyncio.run(body())


def test_a_failing_processor_is_retried_and_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.processors.runner._RETRY_S_FIRST", 0.001)

    async def body() -> None:
        log = MemoryLog()
        bad, good = Recorder("bad", fails=5), Recorder("good")
        runner = ProcessorRunner(log, [bad, good])
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
        log = MemoryLog()
        runner = ProcessorRunner(log, [Recorder("only")])
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
