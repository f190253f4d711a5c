"""What deleted accounts said and did is deleted, a little at a time; a restart goes on with it."""

import asyncio
from collections.abc import Sequence

from roost.limits import PURGE_SLICE_ROWS
from roost.model import EdgeRemoved, Event, TweetDeleted, TweetUnliked
from roost.service.local.kit import Kit
from roost.store import Batch, tables, without_text


class Purges:
    """All is hidden from the moment of the deletion; this makes the room free, and the counts right."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def run(self) -> None:
        """Purge every deleted account that is left."""
        while found := await self._kit.store.scan(tables.PURGES, (0,), limit=PURGE_SLICE_ROWS):
            for row in found:
                await self._purge(row.user_id)
                batch = Batch()
                batch.delete(tables.PURGES, (0, row.user_id))
                await self._kit.store.write(batch)

    async def _purge(self, user_id: int) -> None:
        for slice_of in (self._tweets, self._likes, self._edges):
            while events := await slice_of(user_id):
                await self._kit.committer.commit(events)
                await asyncio.sleep(0)

    async def _tweets(self, user_id: int) -> Sequence[Event]:
        found = await self._kit.store.scan(tables.TWEETS_BY_AUTHOR, (user_id,), limit=PURGE_SLICE_ROWS)
        tweets = await self._kit.tweets.get_many([row.tweet_id for row in found])
        events: list[Event] = [TweetDeleted(without_text(tweet)) for tweet in tweets if tweet is not None]
        for row in found:
            events.extend(await self._retweets(row.tweet_id))
        return events

    async def _retweets(self, tweet_id: int) -> Sequence[Event]:
        """The retweets of a tweet, which go with it."""
        found = await self._kit.store.scan(tables.RETWEETS, (tweet_id,), limit=PURGE_SLICE_ROWS)
        tweets = await self._kit.tweets.get_many([row.tweet_id for row in found])
        return [TweetDeleted(without_text(tweet)) for tweet in tweets if tweet is not None]

    async def _likes(self, user_id: int) -> Sequence[Event]:
        found = await self._kit.store.scan(tables.LIKES_OF_USER, (user_id,), limit=PURGE_SLICE_ROWS)
        return [TweetUnliked(like) for like in found]

    async def _edges(self, user_id: int) -> Sequence[Event]:
        found = await self._kit.store.scan(tables.EDGES, (user_id,), limit=PURGE_SLICE_ROWS)
        return [EdgeRemoved(row.edge) for row in found]
