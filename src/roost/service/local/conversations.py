"""The conversation around a tweet."""

from roost.errors import NotFound
from roost.graph import relations_with
from roost.limits import (
    CONTEXT_ANCESTORS_ANONYMOUS_MAX,
    CONTEXT_ANCESTORS_MAX,
    CONTEXT_DESCENDANTS_ANONYMOUS_MAX,
    CONTEXT_DESCENDANTS_MAX,
)
from roost.model import Tweet
from roost.service.local.kit import Kit
from roost.service.local.tweets import LocalTweets
from roost.service.views import Context
from roost.store import tables


class LocalConversations:
    def __init__(self, kit: Kit, tweets: LocalTweets) -> None:
        self._kit = kit
        self._tweets = tweets

    async def context(self, viewer_id: int, tweet_id: int) -> Context:
        """What a tweet answers, from the root down, and what answers it, depth first; both as far as the
        viewer may see, and without those whom they block or mute. Raises NotFound."""
        tweet = await self._kit.tweets.get(tweet_id)
        if tweet is None or not await self._tweets.visible([tweet], viewer_id):
            raise NotFound("Record not found")
        ancestors = await self._ancestors(tweet, viewer_id)
        descendants = await self._descendants(tweet, viewer_id)
        hydrate = self._kit.hydration.tweets
        return Context(
            tuple(await hydrate(ancestors, viewer_id)), tuple(await hydrate(descendants, viewer_id))
        )

    async def _ancestors(self, tweet: Tweet, viewer_id: int) -> list[Tweet]:
        limit = CONTEXT_ANCESTORS_MAX if viewer_id else CONTEXT_ANCESTORS_ANONYMOUS_MAX
        chain: list[Tweet] = []
        while tweet.reply_to_id and len(chain) < limit:
            parent = await self._kit.tweets.get(tweet.reply_to_id)
            if parent is None:
                break
            chain.append(parent)
            tweet = parent
        chain.reverse()
        return await self._welcome(chain, viewer_id)

    async def _descendants(self, tweet: Tweet, viewer_id: int) -> list[Tweet]:
        """Level by level from the tables, then put in order: a tweet before its answers, older ones first."""
        limit = CONTEXT_DESCENDANTS_MAX if viewer_id else CONTEXT_DESCENDANTS_ANONYMOUS_MAX
        answers: dict[int, list[Tweet]] = {}
        level = [tweet]
        count = 0
        while level and count < limit:
            following: list[Tweet] = []
            for parent in level:
                rows = await self._kit.store.scan(
                    tables.REPLIES, (parent.tweet_id,), limit=max(1, limit - count)
                )
                found = await self._kit.tweets.get_many([row.tweet_id for row in rows])
                seen = await self._welcome([child for child in found if child is not None], viewer_id)
                answers[parent.tweet_id] = seen
                following.extend(seen)
                count += len(seen)
                if count >= limit:
                    break
            level = following
        ordered: list[Tweet] = []
        stack = list(reversed(answers.get(tweet.tweet_id, [])))
        while stack and len(ordered) < limit:
            child = stack.pop()
            ordered.append(child)
            stack.extend(reversed(answers.get(child.tweet_id, [])))
        return ordered

    async def _welcome(self, tweets: list[Tweet], viewer_id: int) -> list[Tweet]:
        """Those that the viewer may see and wants to."""
        seen = await self._tweets.visible(tweets, viewer_id)
        relations = await relations_with(
            self._kit.store, viewer_id, [tweet.author_id for tweet in seen], self._kit.clock.now_ms()
        )
        unwelcome = {
            user_id
            for user_id, relation in relations.items()
            if relation.block is not None or relation.mute is not None
        }
        return [tweet for tweet in seen if tweet.author_id not in unwelcome]
