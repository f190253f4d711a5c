"""Counts of tweets, polls and weeks as the tables have them: what rebuilds begin with."""

from collections.abc import AsyncIterator, Callable
from itertools import groupby
from typing import Any

from roost.limits import REBUILD_CHUNK_ROWS
from roost.model import Event, Tally, Tweet, TweetLiked, TweetPosted, UserCreated, Vote
from roost.processors.seam import Progress, Source
from roost.processors.shadow import ShadowStore, chunks_of
from roost.store import Batch, Row, Store, Table, rows, tables, tweets_above


async def counts_from_tables(source: Source, shadow: ShadowStore, tell: Progress) -> int:
    """Likes, retweets, replies and quotes of each tweet there is. The four tables are in the order of tweets'
    ids: they are read beside each other, 20 us a tweet and 5 us a row."""
    streams = [
        _numbers(source.store, tables.LIKES, lambda row: row.tweet_id),
        _numbers(source.store, tables.RETWEETS, lambda row: row.original_id),
        _numbers(source.store, tables.REPLIES, lambda row: row.parent_id),
        _numbers(source.store, tables.QUOTES, lambda row: row.quoted_id),
    ]
    heads = [await anext(stream, None) for stream in streams]
    found: list[rows.CountsRow] = []
    counted = 0
    while ids := [head[0] for head in heads if head is not None]:
        tweet_id, numbers = min(ids), [0] * len(streams)
        for place, head in enumerate(heads):
            if head is not None and head[0] == tweet_id:
                numbers[place] = head[1]
                heads[place] = await anext(streams[place], None)
        found.append(rows.CountsRow(tweet_id, *numbers))
        if len(found) == REBUILD_CHUNK_ROWS:
            counted += await _keep_counts(source, shadow, found)
            found = []
            tell("counted tweets", counted)
    tell("counted tweets", counted + await _keep_counts(source, shadow, found))
    return source.position


async def _keep_counts(source: Source, shadow: ShadowStore, found: list[rows.CountsRow]) -> int:
    """Write those of tweets that are there. What deleted tweets leave behind is not counted."""
    batch = Batch()
    there = await _tweets(source.store, [row.tweet_id for row in found])
    for row, tweet in zip(found, there, strict=True):
        if tweet is not None:
            batch.put(tables.TWEET_COUNTS, row)
    await shadow.write(batch)
    return len(found)


async def tallies_from_tables(source: Source, shadow: ShadowStore, tell: Progress) -> int:
    """From the log where it is whole: the tables lack the votes of accounts that were deleted since."""
    if source.log.first == 1:
        return 0
    counted = 0
    async for votes in _groups(source.store, tables.VOTES, lambda vote: (vote.tweet_id, vote.edition)):
        tweet_id, edition = votes[0].tweet_id, votes[0].edition
        (tweet,) = await _tweets(source.store, [tweet_id])
        if tweet is not None and tweet.poll is not None and tweet.poll.edition == edition:
            batch = Batch()
            batch.put(tables.TALLIES, rows.TallyRow(tweet_id, edition, _tally(votes)))
            await shadow.write(batch)
        counted += 1
        tell("polls", counted)
    return source.position


def _tally(votes: list[Vote]) -> Tally:
    size = max((choice + 1 for vote in votes for choice in vote.choices), default=0)
    numbers = [0] * size
    for vote in votes:
        for choice in vote.choices:
            numbers[choice] += 1
    return Tally(tuple(numbers), len(votes))


async def activity_since(store: Store, lowest_id: int, tell: Progress) -> AsyncIterator[Event]:
    """What weeks are counted from, as the tables have it: accounts, and tweets and likes of ids above one."""
    count = 0
    async for users in chunks_of(store, tables.USERS):
        for user in users:
            yield UserCreated(user)
        count += len(users)
        tell("accounts", count)
    count = 0
    async for tweets in tweets_above(store, lowest_id, REBUILD_CHUNK_ROWS):
        for tweet in tweets:
            yield TweetPosted(tweet)
        count += len(tweets)
        tell("tweets", count)
    count = 0
    async for likes in chunks_of(store, tables.LIKES):
        for like in likes:
            if like.like_id > lowest_id:
                yield TweetLiked(like)
        count += len(likes)
        tell("likes", count)


async def _tweets(store: Store, tweet_ids: list[int]) -> list[Tweet | None]:
    return await store.get_many(tables.TWEETS, [(tables.hour_of(each), each) for each in tweet_ids])


async def _numbers(
    store: Store, table: Table[Row], id_of: Callable[[Any], int]
) -> AsyncIterator[tuple[int, int]]:
    """How many rows a tweet has in a table, for each that has any, in the order of ids."""
    tweet_id, number = 0, 0
    async for chunk in chunks_of(store, table):
        for found_id, found in groupby(chunk, key=id_of):
            if found_id != tweet_id:
                if number:
                    yield tweet_id, number
                tweet_id, number = found_id, 0
            number += sum(1 for _ in found)
    if number:
        yield tweet_id, number


async def _groups(store: Store, table: Table[Row], key_of: Callable[[Any], Any]) -> AsyncIterator[list[Row]]:
    """Rows of a table that stand together and have the same key."""
    group: list[Row] = []
    async for chunk in chunks_of(store, table):
        for row in chunk:
            if group and key_of(group[0]) != key_of(row):
                yield group
                group = []
            group.append(row)
    if group:
        yield group
