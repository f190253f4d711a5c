"""Uses of hashtags and links by day: as counted, and as the tweets say that are there.

Whether a use counts is decided when it comes, by how its author stands then. So what was used by somebody who
has changed that is left open; and what was used by tweets that came before the log begins, for it alone says
who has changed. A deleted tweet's user stays: of users there are at least as many as still use a thing.
"""

import asyncio
from collections import Counter
from functools import partial

import numpy as np
from numpy.typing import NDArray

from roost.ids import unix_ms_of
from roost.limits import DISTINCT_KEPT
from roost.model import Tweet, TweetDeleted, TweetEdited, TweetPosted, Visibility
from roost.processors import MS_PER_DAY
from roost.service.local.kit import Kit
from roost.service.local.verification.log_history import changed_users, events_of, standing_of
from roost.service.local.verification.reading import all_tweets
from roost.service.local.verification.seam import Sample, Tally
from roost.store import rows

_Key = tuple[rows.Used, str]
_ESTIMATED = 0.8
"""Of more users than are counted exactly, so large a part at least (five standard errors)."""


class _Day:
    """What the tweets of one day use."""

    def __init__(self) -> None:
        self.uses: Counter[_Key] = Counter()
        self.users: dict[_Key, set[int]] = {}
        self.open: set[_Key] = set()


async def check_usage(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Reads the log twice and all tweets once. Memory: one day's uses, 8 bytes for each tweet on the log with
    hashtags or links, and what is left open."""
    del sample
    last = kit.log.last
    changed = await changed_users(kit.log, last)
    told, left_open = await _told(kit, last, changed)
    check = partial(_check_day, kit, tally, left_open)
    held, day, opened = -1, _Day(), 0
    async for tweets in all_tweets(kit.store):
        told_here = np.isin([tweet.tweet_id for tweet in tweets], told)
        for tweet, is_told in zip(tweets, told_here.tolist(), strict=True):
            at = unix_ms_of(tweet.tweet_id) // MS_PER_DAY
            if at != held:
                opened += await check(held, day)
                held, day = at, _Day()
            if keys := _keys_of(tweet):
                await _note(kit, day, tweet, keys, is_told and tweet.author_id not in changed)
    opened += await check(held, day)
    if opened:
        tally.leave_open(
            f"{opened:,} things on a day: how their users stood when they used them, nobody knows now"
        )


async def _told(kit: Kit, last: int, changed: set[int]) -> tuple[NDArray[np.int64], dict[int, set[_Key]]]:
    """The tweets that the log tells of, and by day what somebody used who has changed."""
    told: list[int] = []
    left_open: dict[int, set[_Key]] = {}
    async for _, event in events_of(kit.log, last):
        match event:
            case TweetPosted(tweet):
                if _keys_of(tweet):
                    told.append(tweet.tweet_id)
                versions = [tweet]
            case TweetDeleted(tweet):
                versions = [tweet]
            case TweetEdited(edit):
                versions = [edit.before, edit.tweet]
                told.append(edit.tweet.tweet_id)
            case _:
                continue
        for each in versions:
            if each.author_id in changed and (keys := _keys_of(each)):
                left_open.setdefault(unix_ms_of(each.tweet_id) // MS_PER_DAY, set()).update(keys)
    return np.array(told, np.int64), left_open


async def _note(kit: Kit, day: _Day, tweet: Tweet, keys: list[_Key], is_decided: bool) -> None:
    if not is_decided:
        day.open.update(keys)
        return
    author = await kit.users.get(tweet.author_id)
    if author is not None and all(standing_of(author)):
        for key in keys:
            day.uses[key] += 1
            day.users.setdefault(key, set()).add(tweet.author_id)


async def _check_day(kit: Kit, tally: Tally, left_open: dict[int, set[_Key]], day: int, found: _Day) -> int:
    """How many things of the day were left open."""
    if day < 0:
        return 0
    opened = found.open | left_open.pop(day, set())
    keys = {*found.uses, *await kit.usage.used_on(day)}
    for number, key in enumerate(sorted(keys - opened)):
        ((counted,),) = await kit.usage.history(key[0], [key[1]], day, 1)
        users = len(found.users.get(key, ()))
        least = min(users, found.uses[key]) if users <= DISTINCT_KEPT else int(users * _ESTIMATED)
        tally.compared += 1
        if counted[0] != found.uses[key] or counted[1] < least:
            name = f"{key[0].name.lower()} {key[1]} on day {day}"
            tally.differs(
                name, f"{counted[0]} uses by {counted[1]}", f"{found.uses[key]} by at least {least}"
            )
        if number % 200 == 199:
            await asyncio.sleep(0)
    return len(opened)


def _keys_of(tweet: Tweet) -> list[_Key]:
    if tweet.visibility is not Visibility.PUBLIC or tweet.is_retweet:
        return []
    tags = [(rows.Used.TAG, tag) for tag in tweet.hashtags()]
    return tags + [(rows.Used.LINK, link) for link in tweet.links()]
