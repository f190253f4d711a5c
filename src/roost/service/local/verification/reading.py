"""Reading whole tables in slices, with the event loop given away after each."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from roost.limits import VERIFY_SLICE_ROWS
from roost.model import Tweet
from roost.store import KeyValue, Row, Store, Table, tables, tweets_above


async def slices_of(store: Store, table: Table[Row]) -> AsyncIterator[list[Row]]:
    """Every row of a table, in the order of its keys."""
    after: bytes | None = b""
    while after is not None:
        found, after = await store.export(table, after, VERIFY_SLICE_ROWS)
        if found:
            yield found
        await asyncio.sleep(0)


async def slices_below(
    store: Store, table: Table[Row], prefix: Sequence[KeyValue]
) -> AsyncIterator[list[Row]]:
    """The rows under a prefix that leaves one integer column open."""
    name = table.clustering[-1].name
    last = -1
    while True:
        above = (last,) if last >= 0 else None
        found = await store.scan(table, prefix, above=above, limit=VERIFY_SLICE_ROWS)
        if found:
            yield found
        if len(found) < VERIFY_SLICE_ROWS:
            return
        last = getattr(found[-1], name)
        await asyncio.sleep(0)


async def count_below(store: Store, table: Table[Any], prefix: Sequence[KeyValue]) -> int:
    """How many rows there are under such a prefix."""
    count = 0
    async for found in slices_below(store, table, prefix):
        count += len(found)
    return count


async def all_tweets(store: Store) -> AsyncIterator[list[Tweet]]:
    """Oldest first."""
    async for tweets in tweets_above(store, 0, VERIFY_SLICE_ROWS):
        yield tweets
        await asyncio.sleep(0)


async def tweets_of(store: Store, tweet_ids: Sequence[int]) -> list[Tweet | None]:
    """From the table, past the cache: one answer an id."""
    return await store.get_many(tables.TWEETS, [(tables.hour_of(each), each) for each in tweet_ids])
