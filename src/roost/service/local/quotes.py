"""Quotes of a tweet, and what its author has to say about them."""

import msgspec

from roost.errors import Forbidden, NotFound
from roost.graph import relations_with
from roost.model import Page, PageRequest, QuotePolicy, QuotePolicySet, QuoteRevoked, Tweet
from roost.service.local.kit import Kit
from roost.service.local.paging import scan_page
from roost.service.local.tweets import LocalTweets
from roost.service.views import TweetView
from roost.store import tables


class LocalQuotes:
    def __init__(self, kit: Kit, tweets: LocalTweets) -> None:
        self._kit = kit
        self._tweets = tweets

    async def of(self, viewer_id: int, tweet_id: int, page: PageRequest) -> Page[TweetView]:
        """The quotes of a tweet that the viewer may see, newest first, without those of whom they block.

        Raises NotFound.
        """
        tweet = await self._tweets.original(viewer_id, tweet_id)
        found = await scan_page(
            self._kit.store, tables.QUOTES, (tweet.tweet_id,), page, lambda row: row.tweet_id
        )
        if not found:
            return Page(())
        quotes = await self._kit.tweets.get_many([row.tweet_id for row in found])
        seen = await self._tweets.visible([quote for quote in quotes if quote is not None], viewer_id)
        seen = await self._without_blocked(viewer_id, seen)
        views = await self._kit.hydration.tweets(seen, viewer_id)
        return Page(tuple(views), found[0].tweet_id, found[-1].tweet_id, len(found) == page.limit)

    async def set_policy(self, author_id: int, tweet_id: int, policy: QuotePolicy) -> TweetView:
        """Say who may quote one's tweet from now on; quotes that are there stay. Raises NotFound."""
        async with self._kit.locks.hold("tweet", tweet_id):
            tweet = await self._kit.tweets.get(tweet_id)
            if tweet is None or tweet.author_id != author_id or tweet.is_retweet:
                raise NotFound("Record not found")
            if tweet.quote_policy is not policy:
                tweet = msgspec.structs.replace(tweet, quote_policy=policy)
                position = await self._kit.committer.commit([QuotePolicySet(tweet)])
                await self._kit.positions.settle(author_id, position)
        return await self._tweets.view(tweet, author_id)

    async def revoke(self, author_id: int, tweet_id: int, quoting_id: int) -> TweetView:
        """Have one's tweet not be shown in a quote any more, for good; answers the quoting tweet.

        Raises NotFound, and Forbidden for somebody else's tweet.
        """
        quoted = await self._tweets.visible_one(author_id, tweet_id)
        async with self._kit.locks.hold("tweet", quoting_id):
            quoting = await self._tweets.visible_one(author_id, quoting_id)
            if quoting.quote_of_id != quoted.tweet_id:
                raise NotFound("Record not found")
            if quoted.author_id != author_id:
                raise Forbidden("This action is not allowed")
            if not quoting.quote_revoked:
                quoting = msgspec.structs.replace(quoting, quote_revoked=True)
                position = await self._kit.committer.commit([QuoteRevoked(quoting)])
                await self._kit.positions.settle(author_id, position)
        return await self._tweets.view(quoting, author_id)

    async def _without_blocked(self, viewer_id: int, tweets: list[Tweet]) -> list[Tweet]:
        author_ids = [tweet.author_id for tweet in tweets]
        relations = await relations_with(self._kit.store, viewer_id, author_ids, self._kit.clock.now_ms())
        blocked = {user_id for user_id, relation in relations.items() if relation.block is not None}
        return [tweet for tweet in tweets if tweet.author_id not in blocked]
