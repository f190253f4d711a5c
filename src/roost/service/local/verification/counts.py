"""What tweets and polls come to: as counted, and as their rows stand."""

import asyncio

from roost.model import NO_COUNTS, Tweet, TweetCounts
from roost.model import Tally as Votes
from roost.service.local.kit import Kit
from roost.service.local.verification.reading import (
    all_tweets,
    count_below,
    slices_below,
    slices_of,
    tweets_of,
)
from roost.service.local.verification.seam import Sample, Tally
from roost.store import tables

_COUNTED = (tables.LIKES, tables.RETWEETS, tables.REPLIES, tables.QUOTES)
"""In the order of `TweetCounts`."""
_TURN_TWEETS = 25


async def check_counts(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Of every tweet there is; and that those that are gone count for nothing. 80 us a tweet, 3 us a row."""
    del sample
    async for tweets in all_tweets(kit.store):
        held = await kit.counts.get_many([tweet.tweet_id for tweet in tweets])
        for number, (tweet, found) in enumerate(zip(tweets, held, strict=True)):
            key = (tweet.tweet_id,)
            expected = TweetCounts(*[await count_below(kit.store, table, key) for table in _COUNTED])
            if found != expected:
                tally.differs(f"counts of tweet {tweet.tweet_id}", found, expected)
            if number % _TURN_TWEETS == _TURN_TWEETS - 1:
                await asyncio.sleep(0)
        tally.compared += len(tweets)
    async for counted in slices_of(kit.store, tables.TWEET_COUNTS):
        ids = [row.tweet_id for row in counted]
        there = await tweets_of(kit.store, ids)
        gone = [tweet_id for tweet_id, tweet in zip(ids, there, strict=True) if tweet is None]
        for tweet_id, found in zip(gone, await kit.counts.get_many(gone), strict=True):
            if found != NO_COUNTS:
                tally.differs(f"counts of tweet {tweet_id}, which is gone", found, NO_COUNTS)


async def check_polls(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Of every poll there is. The votes of deleted accounts still count, and their rows are gone: where there
    are such accounts, a result may be more than its rows are."""
    del sample
    forgets = False
    async for users in slices_of(kit.store, tables.USERS):
        forgets = forgets or any(user.standing.deleted for user in users)
    async for tweets in all_tweets(kit.store):
        for tweet in tweets:
            if tweet.poll is not None:
                await _check_poll(kit, tweet, tweet.poll.edition, forgets, tally)


async def _check_poll(kit: Kit, tweet: Tweet, edition: int, forgets: bool, tally: Tally) -> None:
    key = tweet.tweet_id, edition
    found = (await kit.tallies.get_many([key]))[0]
    numbers: dict[int, int] = {}
    voters = 0
    async for votes in slices_below(kit.store, tables.VOTES, key):
        voters += len(votes)
        for choice in (choice for vote in votes for choice in vote.choices):
            numbers[choice] = numbers.get(choice, 0) + 1
    size = max(len(found.votes), max(numbers, default=-1) + 1)
    expected = Votes(tuple(numbers.get(choice, 0) for choice in range(size)), voters)
    tally.compared += 1
    counted = Votes((*found.votes, *[0] * (size - len(found.votes))), found.voters)
    pairs = zip((*counted.votes, counted.voters), (*expected.votes, expected.voters), strict=True)
    if not all(one >= other for one, other in pairs) if forgets else counted != expected:
        tally.differs(f"votes of the poll of tweet {tweet.tweet_id}", counted, expected)
