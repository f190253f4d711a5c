"""Deriving direct conversations anew: from the log where it is whole, else from the tweets there are."""

from collections.abc import AsyncIterator
from itertools import pairwise

from roost.eventlog import LogSlice
from roost.limits import REBUILD_CHUNK_ROWS
from roost.model import Edit, Event, Tweet, TweetEdited, TweetPosted, UserErased, Visibility
from roost.processors.seam import Processor, Progress, Source
from roost.processors.shadow import Make, ShadowLog, ShadowStore, chunks_of
from roost.store import Store, tables, tweets_above

OWNED = (tables.CONVERSATIONS, tables.CONVERSATION_ORDER, tables.DIRECT_TWEETS)


async def conversations_from_tables(source: Source, shadow: ShadowStore, tell: Progress, make: Make) -> int:
    """As if all direct tweets that are there were posted again, and edited again, in the order of their ids.
    People whose tweets were all deleted are then in nobody's conversations."""
    if source.log.first == 1:
        return 0
    processor: Processor = make(shadow, ShadowLog(source.log, shadow))
    await processor.begin()
    position = 0
    async for events in _history(source.store, tell):
        await processor.apply(LogSlice(position + 1, events))
        position += len(events)
    await processor.rest()
    return source.position


async def _history(store: Store, tell: Progress) -> AsyncIterator[list[Event]]:
    count = 0
    async for tweets in tweets_above(store, 0, REBUILD_CHUNK_ROWS):
        direct = [tweet for tweet in tweets if tweet.visibility is Visibility.DIRECT]
        events = [event for tweet in direct for event in await _versions(store, tweet)]
        if events:
            yield events
        count += len(tweets)
        tell("tweets", count)
    async for users in chunks_of(store, tables.USERS):
        erased: list[Event] = [UserErased(user.user_id) for user in users if user.standing.deleted]
        if erased:
            yield erased


async def _versions(store: Store, tweet: Tweet) -> list[Event]:
    if not tweet.edits:
        return [TweetPosted(tweet)]
    found = await store.scan(tables.TWEET_VERSIONS, (tweet.tweet_id,), limit=tweet.edits)
    versions = [*(row.tweet for row in found), tweet]
    edits = [TweetEdited(Edit(after, before)) for before, after in pairwise(versions)]
    return [TweetPosted(versions[0]), *edits]
