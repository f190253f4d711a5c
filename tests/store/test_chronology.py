"""All tweets in the order of their ids, across the hours and years they are kept by."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from roost.ids import ID_MAX
from roost.model import Tweet, TweetDeleted, TweetPosted
from roost.store import Batch, KeyValueStore, derive, tweets_above, tweets_below
from tests.store.samples import memory_store
from tests.strategies import SEEDED

HOUR = 3_600_000 << 22
HOURS = [0, 1, 2, 8_765, 8_766, 8_767, 122_222, ID_MAX // HOUR]

ids = st.builds(
    lambda hour, place: min(hour * HOUR + place, ID_MAX - 1),
    st.sampled_from(HOURS),
    st.sampled_from([1, 2, HOUR // 2, HOUR - 2, HOUR - 1]) | st.integers(1, HOUR - 1),
)
bounds = ids | st.sampled_from([0, ID_MAX]) | st.sampled_from(HOURS).map(lambda hour: hour * HOUR)


async def filled(posted: list[int], deleted: list[int]) -> KeyValueStore:
    store = memory_store()
    batch = Batch()
    for tweet_id in posted:
        derive(TweetPosted(Tweet(tweet_id, 1)), batch)
    for tweet_id in deleted:
        derive(TweetDeleted(Tweet(tweet_id, 1)), batch)
    await store.write(batch)
    return store


@given(st.lists(ids, max_size=20, unique=True), st.integers(0, 3), bounds, st.integers(1, 4))
@settings(SEEDED, max_examples=100)
def test_every_tweet_on_one_side_of_a_bound_in_order(
    posted: list[int], deleted: int, bound: int, chunk_rows: int
) -> None:
    async def check() -> None:
        store = await filled(posted, posted[:deleted])
        kept = posted[deleted:]
        below = [chunk async for chunk in tweets_below(store, bound, chunk_rows)]
        above = [chunk async for chunk in tweets_above(store, bound, chunk_rows)]
        assert all(1 <= len(chunk) <= chunk_rows for chunk in (*below, *above))
        found = [tweet.tweet_id for chunk in below for tweet in chunk]
        assert found == sorted((each for each in kept if each < bound), reverse=True)
        found = [tweet.tweet_id for chunk in above for tweet in chunk]
        assert found == sorted(each for each in kept if each > bound)
        await store.close()

    asyncio.run(check())


async def test_chunks_are_read_as_they_are_asked_for() -> None:
    store = await filled([hour * HOUR + 5 for hour in range(1, 50)], [])
    before = store.statistics().scans
    chunks = tweets_below(store, 49 * HOUR + 6)
    newest = await anext(chunks)
    assert [tweet.tweet_id for tweet in newest] == [49 * HOUR + 5]
    assert store.statistics().scans - before == 2, "one for the hours, one for the newest hour"
    await chunks.aclose()
    await store.close()
