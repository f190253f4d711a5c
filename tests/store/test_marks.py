"""What a viewer did to tweets, from memory, equals what the table says."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.store import Batch, MarksCache, tables
from roost.store.rows import Mark, MarkRow
from tests.store.samples import memory_store, puts
from tests.strategies import SEEDED

TWEETS = range(1, 9)
Marks = dict[int, dict[Mark, int]]


def marked(naive: Marks) -> Marks:
    """The tweets that have a mark left."""
    return {tweet_id: marks for tweet_id, marks in naive.items() if marks}


async def test_nobody_marked_anything() -> None:
    store = memory_store()
    await store.write(puts(tables.MARKS, MarkRow(0, 1, Mark.LIKED, 2), MarkRow(7, 1, Mark.LIKED, 2)))
    cache = MarksCache(store)
    assert await cache.of(0, [1]) == {}, "a viewer who is not signed in"
    assert await cache.of(8, [1, 2]) == {}
    assert await cache.of(7, [1, 2]) == {1: {Mark.LIKED: 2}}
    assert await cache.of(7, []) == {}
    await store.close()


async def test_a_viewer_is_read_once() -> None:
    store = memory_store()
    await store.write(puts(tables.MARKS, *(MarkRow(7, tweet_id, Mark.LIKED, 2) for tweet_id in TWEETS)))
    cache = MarksCache(store)
    for _ in range(3):
        assert set(await cache.of(7, TWEETS)) == set(TWEETS)
    assert store.statistics().scans == 1
    await store.close()


viewers = st.integers(1, 3)
steps = st.lists(
    st.tuples(
        st.sampled_from(["mark", "mark", "unmark", "look"]),
        viewers,
        st.sampled_from(TWEETS),
        st.sampled_from(Mark),
    ),
    max_size=40,
)


async def play(history: list[tuple[str, int, int, Mark]]) -> None:
    store = memory_store()
    cache = MarksCache(store)
    naive: dict[int, dict[int, dict[Mark, int]]] = {viewer: {} for viewer in range(1, 4)}
    for turn, (verb, viewer, tweet_id, mark) in enumerate(history, 100):
        if verb == "mark":
            await store.write(puts(tables.MARKS, MarkRow(viewer, tweet_id, mark, turn)))
            cache.put(viewer, tweet_id, mark, turn)
            naive[viewer].setdefault(tweet_id, {})[mark] = turn
        elif verb == "unmark":
            batch = Batch()
            batch.delete(tables.MARKS, (viewer, tweet_id, mark))
            await store.write(batch)
            cache.remove(viewer, tweet_id, mark)
            naive[viewer].get(tweet_id, {}).pop(mark, None)
        wanted: list[Any] = [tweet_id] if verb != "look" else [*TWEETS, 99]
        expected = {each: naive[viewer].get(each, {}) for each in wanted}
        assert await cache.of(viewer, wanted) == marked(expected)
    await store.close()


@pytest.mark.parametrize(("rows_max", "viewers_max"), [(1_000, 1_000), (3, 2), (1, 1)])
def test_any_history_equals_the_tables(
    rows_max: int, viewers_max: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roost.store.marks._ROWS_MAX", rows_max)
    monkeypatch.setattr("roost.store.marks.MARKS_CACHE_ENTRIES", viewers_max)

    @settings(SEEDED, max_examples=40)
    @given(steps)
    def check(history: list[tuple[str, int, int, Mark]]) -> None:
        asyncio.run(play(history))

    check()


async def test_muted_conversations_are_told_though_they_began_before_what_is_in_memory() -> None:
    store = memory_store()
    newer = [MarkRow(7, tweet_id, Mark.LIKED, 2) for tweet_id in range(100, 1_300)]
    old = [MarkRow(7, 5, Mark.MUTED, 3), MarkRow(7, 5, Mark.LIKED, 4), MarkRow(7, 6, Mark.LIKED, 4)]
    await store.write(puts(tables.MARKS, *newer, *old))
    cache = MarksCache(store)
    assert await cache.of(7, [1_299], [5, 6, 8]) == {1_299: {Mark.LIKED: 2}, 5: {Mark.MUTED: 3}}
    assert await cache.of(7, [5], [5]) == {5: {Mark.MUTED: 3, Mark.LIKED: 4}}
    cache.put(7, 1_250, Mark.MUTED, 9)
    assert (await cache.of(7, [], [1_250]))[1_250][Mark.MUTED] == 9
    await store.close()
