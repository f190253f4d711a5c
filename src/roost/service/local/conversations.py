"""The conversation around a tweet."""

import asyncio
from collections.abc import Sequence

from roost.errors import NotFound
from roost.graph import may_see, relations_with
from roost.limits import (
    CONTEXT_ANCESTORS_ANONYMOUS_MAX,
    CONTEXT_ANCESTORS_MAX,
    CONTEXT_DESCENDANTS_ANONYMOUS_MAX,
    CONTEXT_DESCENDANTS_MAX,
    CONTEXT_ROWS_MAX,
    CONTEXT_SLICE_TWEETS,
)
from roost.model import Relation, Tweet, User
from roost.service.local.kit import Kit
from roost.service.local.tweets import LocalTweets
from roost.service.views import Context, TweetView
from roost.store import tables

_TURN_TWEETS = 50
"""Tweets looked at before other requests get their turn."""


class LocalConversations:
    def __init__(self, kit: Kit, tweets: LocalTweets) -> None:
        self._kit = kit
        self._tweets = tweets

    async def context(self, viewer_id: int, tweet_id: int) -> Context:
        """What a tweet answers, from the root down, and what answers it, depth first; both as far as the
        viewer may see, and without those whom they block or mute.

        Of the longest threads the nearest tweets are answered, as many as the limits say. Raises NotFound.
        """
        tweet = await self._kit.tweets.get(tweet_id)
        if tweet is None or not await self._tweets.visible([tweet], viewer_id):
            raise NotFound("Record not found")
        walk = _Walk(self._kit, viewer_id)
        ancestors = await walk.ancestors(tweet)
        descendants = await walk.descendants(tweet)
        return Context(
            tuple(await self._views(ancestors, viewer_id)), tuple(await self._views(descendants, viewer_id))
        )

    async def _views(self, tweets: Sequence[Tweet], viewer_id: int) -> list[TweetView]:
        views: list[TweetView] = []
        for start in range(0, len(tweets), CONTEXT_SLICE_TWEETS):
            if start:
                await asyncio.sleep(0)
            part = tweets[start : start + CONTEXT_SLICE_TWEETS]
            views.extend(await self._kit.hydration.tweets(part, viewer_id))
        return views


class _Walk:
    """One look at a conversation. Whom it meets is looked up once, and others get their turn meanwhile."""

    def __init__(self, kit: Kit, viewer_id: int) -> None:
        self._kit = kit
        self._viewer_id = viewer_id
        self._users: dict[int, User | None] = {}
        self._relations: dict[int, Relation] = {}
        self._looked_at = 0
        self._turn_at = _TURN_TWEETS

    async def ancestors(self, tweet: Tweet) -> list[Tweet]:
        """From the root down; the nearest, where there are more than the limit."""
        limit = CONTEXT_ANCESTORS_MAX if self._viewer_id else CONTEXT_ANCESTORS_ANONYMOUS_MAX
        chain: list[Tweet] = []
        while tweet.reply_to_id and len(chain) < limit:
            parent = await self._kit.tweets.get(tweet.reply_to_id)
            if parent is None:
                break
            chain.append(parent)
            tweet = parent
            await self._take_turns(1)
        chain.reverse()
        return await self._welcome(chain)

    async def descendants(self, tweet: Tweet) -> list[Tweet]:
        """Level by level from the tables, then put in order: a tweet before its answers, older ones first."""
        limit = CONTEXT_DESCENDANTS_MAX if self._viewer_id else CONTEXT_DESCENDANTS_ANONYMOUS_MAX
        self._looked_at = 0
        answers: dict[int, list[Tweet]] = {}
        level = [tweet]
        count = 0
        while level and count < limit and self._looked_at < CONTEXT_ROWS_MAX:
            following: list[Tweet] = []
            for parent in level:
                found = await self._answers(parent.tweet_id, limit - count)
                answers[parent.tweet_id] = found
                following.extend(found)
                count += len(found)
                if count >= limit or self._looked_at >= CONTEXT_ROWS_MAX:
                    break
            level = following
        ordered: list[Tweet] = []
        stack = list(reversed(answers.get(tweet.tweet_id, [])))
        while stack:
            child = stack.pop()
            ordered.append(child)
            stack.extend(reversed(answers.get(child.tweet_id, [])))
        return ordered

    async def _answers(self, tweet_id: int, limit: int) -> list[Tweet]:
        """The oldest `limit` answers to a tweet that the viewer may and wants to see."""
        seen: list[Tweet] = []
        last = 0
        while len(seen) < limit and self._looked_at < CONTEXT_ROWS_MAX:
            count = min(_TURN_TWEETS, limit)
            found = await self._kit.store.scan(tables.REPLIES, (tweet_id,), above=(last,), limit=count)
            tweets = await self._kit.tweets.get_many([row.tweet_id for row in found])
            seen.extend(await self._welcome([tweet for tweet in tweets if tweet is not None]))
            await self._take_turns(1 + len(found))
            if len(found) < count:
                break
            last = found[-1].tweet_id
        return seen[:limit]

    async def _welcome(self, tweets: list[Tweet]) -> list[Tweet]:
        """Those that the viewer may see and wants to."""
        await self._meet({tweet.author_id for tweet in tweets} - self._users.keys())
        return [tweet for tweet in tweets if self._is_welcome(tweet)]

    async def _meet(self, user_ids: set[int]) -> None:
        ids = list(user_ids)
        for start in range(0, len(ids), _TURN_TWEETS):
            part = ids[start : start + _TURN_TWEETS]
            users = await self._kit.users.get_many(part)
            self._users.update(zip(part, users, strict=True))
            now_ms = self._kit.clock.now_ms()
            self._relations |= await relations_with(self._kit.store, self._viewer_id, part, now_ms)
            await asyncio.sleep(0)

    def _is_welcome(self, tweet: Tweet) -> bool:
        author, relation = self._users.get(tweet.author_id), self._relations.get(tweet.author_id)
        if author is None or not may_see(tweet, author, self._viewer_id, relation):
            return False
        return relation is None or (relation.block is None and relation.mute is None)

    async def _take_turns(self, tweets: int) -> None:
        self._looked_at += tweets
        self._turn_at -= tweets
        if self._turn_at <= 0:
            self._turn_at = _TURN_TWEETS
            await asyncio.sleep(0)
