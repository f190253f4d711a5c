"""All tweets in the order of their ids, over the hours that `tweets` is partitioned by."""

from collections.abc import AsyncIterator

from roost.ids import ID_MAX
from roost.model import Tweet
from roost.store.seam import Store
from roost.store.tables import TWEET_HOURS, TWEETS, hour_of, year_of

_CHUNK_ROWS = 500
_HOURS_A_YEAR = 8_766
_LAST_YEAR = year_of(hour_of(ID_MAX))


async def tweets_below(store: Store, high: int, chunk_rows: int = _CHUNK_ROWS) -> AsyncIterator[list[Tweet]]:
    """Every tweet with an id below `high`, newest first, in chunks that are read as they are asked for."""
    async for hour in _hours(store, hour_of(high), reverse=True):
        bound = high
        while True:
            chunk = await store.scan(TWEETS, (hour,), below=(bound,), reverse=True, limit=chunk_rows)
            if chunk:
                yield chunk
            if len(chunk) < chunk_rows:
                break
            bound = chunk[-1].tweet_id


async def tweets_above(store: Store, low: int, chunk_rows: int = _CHUNK_ROWS) -> AsyncIterator[list[Tweet]]:
    """Every tweet with an id above `low`, oldest first, in chunks that are read as they are asked for."""
    async for hour in _hours(store, hour_of(low), reverse=False):
        bound = low
        while True:
            chunk = await store.scan(TWEETS, (hour,), above=(bound,), limit=chunk_rows)
            if chunk:
                yield chunk
            if len(chunk) < chunk_rows:
                break
            bound = chunk[-1].tweet_id


async def _hours(store: Store, start: int, reverse: bool) -> AsyncIterator[int]:
    """The hours that have tweets, from `start` on (inclusive) to one end. Few years are asked for: callers
    give an id of about now where they mean the newest tweets."""
    first = year_of(start)
    for year in range(first, -1, -1) if reverse else range(first, _LAST_YEAR + 1):
        rows = await store.scan(
            TWEET_HOURS,
            (year,),
            below=(start + 1,) if reverse and year == first else None,
            above=(start - 1,) if not reverse and year == first and start > 0 else None,
            reverse=reverse,
            limit=_HOURS_A_YEAR,
        )
        for row in rows:
            yield row.hour
