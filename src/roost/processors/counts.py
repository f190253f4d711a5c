"""How often each tweet was liked, retweeted, answered and quoted.

Counters change in memory with every event. Those that changed are written at most once a second, in one
atomic write with the cursor: so a crash loses none and counts none twice, and a viral tweet costs a row a
second, not a row a like.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

import msgspec

from roost.eventlog import EventLog, LogSlice
from roost.limits import COUNTS_CACHE_ENTRIES, COUNTS_DIRTY_MAX, COUNTS_FLUSH_S
from roost.model import (
    NO_COUNTS,
    Event,
    QuoteRevoked,
    Tweet,
    TweetCounts,
    TweetDeleted,
    TweetLiked,
    TweetPosted,
    TweetUnliked,
)
from roost.processors.recounting import counts_from_tables
from roost.processors.seam import Rebuild, Source
from roost.processors.shadow import TableRebuild
from roost.store import Batch, Store, rows, tables

_LIKES, _RETWEETS, _REPLIES, _QUOTES = range(4)
"""The places of the counters in `TweetCounts`."""


class CountsProcessor:
    name = "counts"

    def __init__(self, store: Store, log: EventLog) -> None:
        self._store = store
        self._log = log
        self._counts: OrderedDict[int, TweetCounts] = OrderedDict()
        self.peek: Callable[[int], TweetCounts | None] = self._counts.get
        """A tweet's counts if they are in memory: the same object until one of them changes. 40 ns."""
        self._dirty: set[int] = set()
        self._writing: set[int] = set()
        """Those of the write under way. The table has their old rows until it is done."""
        self._position = 0
        self._written_position = 0
        self._write_at_s = 0.0

    async def begin(self) -> int:
        self._counts.clear()
        self._dirty.clear()
        self._position = self._written_position = await self._log.cursor(self.name)
        return self._position

    async def apply(self, events: LogSlice) -> None:
        """Events that were applied already are passed over: a retry counts nothing twice."""
        for offset, event in enumerate(events.events):
            position = events.first + offset
            if position > self._position:
                await self._apply_one(event)
                self._position = position
        if len(self._dirty) >= COUNTS_DIRTY_MAX or (self._dirty and time.monotonic() >= self._write_at_s):
            await self._write()

    async def rest(self) -> None:
        if self._position > self._written_position:
            await self._write()

    def pass_over(self, position: int) -> None:
        self._position = self._written_position = position

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        """Counters add up in any order, so a late event counts as it would have counted then."""
        del position
        await self._load_missing([tweet_id for tweet_id, _, _ in _changes(event)])
        held = {tweet_id: self._counts[tweet_id] for tweet_id, _, _ in _changes(event)}
        await self._apply_one(event)
        try:
            await self._write(also)
        except BaseException:
            self._counts.update(held)
            raise

    def rebuild(self, source: Source) -> Rebuild:
        owned = (tables.TWEET_COUNTS,)
        return TableRebuild(self.name, self._store, source, owned, CountsProcessor, counts_from_tables)

    async def get_many(self, tweet_ids: Sequence[int]) -> list[TweetCounts]:
        """One answer a tweet, in order. 0.1 us for one that is in memory."""
        loaded = await self._load_missing(tweet_ids)
        found = [self._counts[tweet_id] for tweet_id in tweet_ids]
        if loaded:
            self._evict()
        return found

    async def _apply_one(self, event: Event) -> None:
        changes = _changes(event)
        loaded = await self._load_missing([tweet_id for tweet_id, _, _ in changes])
        # From here on nothing can fail, so that an event is counted whole or, until the retry, not at all.
        for tweet_id, counter, change in changes:
            values = list(msgspec.structs.astuple(self._counts[tweet_id]))
            values[counter] = max(0, values[counter] + change)
            self._counts[tweet_id] = TweetCounts(*values)
            self._dirty.add(tweet_id)
        if isinstance(event, TweetDeleted):
            self._counts[event.tweet.tweet_id] = NO_COUNTS
            self._dirty.add(event.tweet.tweet_id)
        if loaded:
            self._evict()

    async def _load_missing(self, tweet_ids: Sequence[int]) -> bool:
        """Have the counts of all in memory; whether one had to be loaded.

        Once more where a reader evicted one while another was being loaded.
        """
        loaded = False
        while missing := [tweet_id for tweet_id in tweet_ids if tweet_id not in self._counts]:
            await self._load(missing)
            loaded = True
        return loaded

    async def _load(self, tweet_ids: Sequence[int]) -> None:
        found = await self._store.get_many(tables.TWEET_COUNTS, [(tweet_id,) for tweet_id in tweet_ids])
        for tweet_id, row in zip(tweet_ids, found, strict=True):
            if tweet_id not in self._counts:  # it may have been counted while the row was being read
                found_counts = (
                    TweetCounts(row.likes, row.retweets, row.replies, row.quotes) if row else NO_COUNTS
                )
                self._counts[tweet_id] = found_counts

    def _evict(self) -> None:
        """Forget the counters loaded longest ago, but those not yet written: these go to the other end."""
        excess = len(self._counts) - COUNTS_CACHE_ENTRIES
        for _ in range(max(0, excess)):
            tweet_id, values = self._counts.popitem(last=False)
            if tweet_id in self._dirty or tweet_id in self._writing:
                self._counts[tweet_id] = values

    async def _write(self, also: Batch | None = None) -> None:
        batch = also or Batch()
        position = self._position
        for tweet_id in self._dirty:
            counts = self._counts[tweet_id]
            if counts == NO_COUNTS:  # a deleted tweet's row may have been written after it was deleted
                batch.delete(tables.TWEET_COUNTS, (tweet_id,))
            else:
                batch.put(tables.TWEET_COUNTS, rows.CountsRow(tweet_id, *msgspec.structs.astuple(counts)))
        self._writing, self._dirty = self._dirty, set()
        try:
            await self._log.commit_cursor(self.name, position, batch)
        except BaseException:
            self._dirty |= self._writing & self._counts.keys()
            raise
        finally:
            self._writing = set()
        self._written_position = position
        self._write_at_s = time.monotonic() + COUNTS_FLUSH_S


def _changes(event: Event) -> list[tuple[int, int, int]]:
    """What an event counts, as (tweet, counter, change)."""
    match event:
        case TweetPosted(tweet):
            return _tweet_changes(tweet, 1)
        case TweetDeleted(tweet):
            return _tweet_changes(tweet, -1)
        case QuoteRevoked(tweet):
            return [(tweet.quote_of_id, _QUOTES, -1)]
        case TweetLiked(like):
            return [(like.tweet_id, _LIKES, 1)]
        case TweetUnliked(like):
            return [(like.tweet_id, _LIKES, -1)]
        case _:
            return []


def _tweet_changes(tweet: Tweet, change: int) -> list[tuple[int, int, int]]:
    quoted_id = 0 if tweet.quote_revoked else tweet.quote_of_id
    targets = ((tweet.retweet_of_id, _RETWEETS), (tweet.reply_to_id, _REPLIES), (quoted_id, _QUOTES))
    return [(tweet_id, counter, change) for tweet_id, counter in targets if tweet_id]
