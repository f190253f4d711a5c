"""Caches in front of tables answer as the tables do, keep what is used, and stay within their bound."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.model import Tweet, User
from roost.store import (
    CachedTable,
    Consistency,
    KeyValueStore,
    Table,
    TweetCache,
    UserCache,
    open_memory,
    tables,
)
from tests.store.samples import deletes, memory_store, puts
from tests.strategies import SEEDED

USERS = tables.USERS
ANN, BOB, CY, DI = (User(number, name, 0) for number, name in enumerate(["ann", "bob", "cy", "di"], 1))


class PausingStore(KeyValueStore):
    """A store that answers `get_many` with what it read before it was let go on, as a distant one may."""

    def __init__(self) -> None:
        super().__init__(open_memory(Path()))
        self.reading = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def get_many(
        self,
        table: Table[Any],
        keys: Sequence[Sequence[Any]],
        consistency: Consistency = Consistency.QUORUM,
    ) -> list[Any]:
        found = await super().get_many(table, keys, consistency)
        self.reading.set()
        await self.may_answer.wait()
        return found


@pytest.fixture
def filled(runner: asyncio.Runner) -> Iterator[KeyValueStore]:
    store = memory_store()
    runner.run(store.write(puts(USERS, ANN, BOB, CY)))
    yield store
    runner.run(store.close())


async def test_a_row_is_read_once(filled: KeyValueStore) -> None:
    cache = UserCache(filled)
    assert [await cache.get(1), await cache.get(1), await cache.get(2)] == [ANN, ANN, BOB]
    assert filled.statistics().rows_read == 2
    statistics = cache.statistics()
    assert (statistics.entries, statistics.hits, statistics.misses) == (2, 1, 2)


async def test_many_are_answered_in_order_and_only_the_missing_are_read(filled: KeyValueStore) -> None:
    cache = UserCache(filled)
    await cache.get(2)
    before = filled.statistics().rows_read
    assert await cache.get_many([3, 2, 9, 1, 2, 3]) == [CY, BOB, None, ANN, BOB, CY]
    assert await cache.get_many([1, 2, 3]) == [ANN, BOB, CY]
    assert await cache.get_many([]) == []
    assert filled.statistics().rows_read - before == 4, "3, 9, 1, 3"


async def test_an_absent_row_is_asked_for_again(filled: KeyValueStore) -> None:
    cache = UserCache(filled)
    assert await cache.get(4) is None
    await filled.write(puts(USERS, DI))
    assert await cache.get(4) == DI


async def test_the_least_recently_used_goes_first(filled: KeyValueStore) -> None:
    cache = CachedTable(filled, USERS, entries_max=2)
    await cache.get(1)
    await cache.get(2)
    await cache.get(1)
    await cache.get(3)
    assert [cache.peek(number) for number in (1, 2, 3)] == [ANN, None, CY]
    assert cache.peek(1) is not None, "a look is no use"
    cache.put(4, DI)
    assert [cache.peek(number) for number in (1, 3, 4)] == [None, CY, DI]
    assert cache.statistics().entries == 2


async def test_what_was_put_or_forgotten_is_believed(filled: KeyValueStore) -> None:
    cache = UserCache(filled)
    await cache.get(1)
    changed = User(1, "ann", 0, "Ann")
    await filled.write(puts(USERS, changed))
    cache.put(1, changed)
    assert await cache.get(1) == changed
    await filled.write(deletes(USERS, (1,)))
    cache.forget(1)
    cache.forget(77)
    assert await cache.get(1) is None


async def test_a_row_that_is_forgotten_while_it_is_read_is_not_kept() -> None:
    store = PausingStore()
    await store.write(puts(USERS, ANN))
    cache = UserCache(store)
    reader = asyncio.create_task(cache.get(1))
    await store.reading.wait()
    changed = User(1, "ann", 0, "Ann")
    await store.write(puts(USERS, changed))
    cache.forget(1)
    store.may_answer.set()
    assert await reader in (ANN, changed)
    assert await cache.get(1) == changed
    await store.close()


async def test_tweets_are_found_in_the_partition_of_their_hour(filled: KeyValueStore) -> None:
    tweets = [Tweet(hour * 3_600_000 << 22 | 7, 1, f"hour {hour}") for hour in (1, 2, 100_000)]
    await filled.write(puts(tables.TWEETS, *tweets))
    cache = TweetCache(filled)
    assert await cache.get_many([tweet.tweet_id for tweet in tweets]) == tweets
    assert await cache.get(tweets[1].tweet_id) == tweets[1]


steps = st.lists(
    st.tuples(st.sampled_from(["put", "delete", "get", "get many"]), st.integers(1, 6)), max_size=40
)


@given(steps, st.integers(1, 4))
@settings(SEEDED, max_examples=40)
def test_any_history_of_a_cache_equals_the_tables(history: list[tuple[str, int]], entries_max: int) -> None:
    async def play() -> None:
        store = memory_store()
        cache = CachedTable(store, USERS, entries_max)
        naive: dict[int, User] = {}
        for turn, (verb, number) in enumerate(history):
            if verb == "put":
                naive[number] = User(number, f"user{turn}", turn)
                await store.write(puts(USERS, naive[number]))
                cache.put(number, naive[number])
            elif verb == "delete":
                naive.pop(number, None)
                await store.write(deletes(USERS, (number,)))
                cache.forget(number)
            elif verb == "get":
                assert await cache.get(number) == naive.get(number)
            else:
                wanted = [number, 1, 2, number]
                assert await cache.get_many(wanted) == [naive.get(each) for each in wanted]
            assert cache.statistics().entries <= entries_max
        await store.close()

    asyncio.run(play())
