"""Search for tweets: candidates from an index, each looked at for what it says and who may see it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from roost.graph import may_list, may_see, relations_with
from roost.ids import first_id_at
from roost.limits import (
    SEARCH_QUERY_CHARACTERS_MAX,
    SEARCH_TWEETS_MAX,
)
from roost.model import Relation, Tweet, User, Visibility
from roost.service.discovery import TweetSearch
from roost.service.local.indexing import settled
from roost.service.local.kit import Kit
from roost.service.local.search_query import SearchQuery, parse_query
from roost.service.views import TweetView
from roost.store import tables, tweets_below

_CHUNK_ROWS = 100


class SearchIndex(Protocol):
    """Where candidates come from. They may be too many, never too few but for bounds that are stated."""

    def tweets_with(self, words: Sequence[str], low: int, high: int) -> AsyncIterator[list[int]]: ...

    def users_with(self, grams: Sequence[str]) -> AsyncIterator[list[int]]: ...


class TweetsSearch:
    def __init__(self, kit: Kit, index: SearchIndex) -> None:
        self._kit = kit
        self._index = index

    async def find(self, viewer_id: int, search: TweetSearch, offset: int, limit: int) -> list[TweetView]:
        """The newest first; those of before this call are all found.

        Found are public tweets of accounts that want to be found, and of any kind one's own and those that
        mention one. Looks at `SEARCH_TWEETS_MAX` tweets.
        """
        query = parse_query(search.text[:SEARCH_QUERY_CHARACTERS_MAX])
        author_id = await self._author_id(viewer_id, query, search)
        if query.is_empty() or author_id < 0:
            return []
        query.low, query.high = max(query.low, search.low), min(query.high, search.high)
        await settled(self._kit)
        found: list[Tweet] = []
        looked_at = 0
        async for ids in self._candidates(query, author_id):
            tweets = [tweet for tweet in await self._kit.tweets.get_many(ids) if tweet is not None]
            likely = [tweet for tweet in tweets if _is_likely(tweet, query, author_id)]
            found.extend(await self._findable(viewer_id, likely))
            looked_at += len(ids)
            if len(found) >= offset + limit or looked_at >= SEARCH_TWEETS_MAX:
                break
            await asyncio.sleep(0)  # others get their turn
        return await self._kit.hydration.tweets(found[offset : offset + limit], viewer_id)

    async def _author_id(self, viewer_id: int, query: SearchQuery, search: TweetSearch) -> int:
        """The author to whom the search is restricted; 0 for anybody, -1 where there is none so."""
        author_id = search.author_id
        if query.author:
            named_id = viewer_id
            if query.author != "me":
                row = await self._kit.store.get(tables.USERNAMES, (query.author,))
                named_id = row.user_id if row is not None else 0
            if not named_id or (author_id and author_id != named_id):
                return -1
            author_id = named_id
        return author_id

    async def _candidates(self, query: SearchQuery, author_id: int) -> AsyncIterator[list[int]]:
        """Ids, newest first, in pieces of `_CHUNK_ROWS`: of the author, else of the words, else all."""
        if author_id:
            pieces = self._by_author(author_id, query.low, query.high)
        elif query.words:
            pieces = self._index.tweets_with(query.words, query.low, query.high)
        else:
            pieces = self._newest(query.low, query.high)
        async for ids in pieces:
            for start in range(0, len(ids), _CHUNK_ROWS):
                yield ids[start : start + _CHUNK_ROWS]

    async def _by_author(self, author_id: int, low: int, high: int) -> AsyncIterator[list[int]]:
        bound = high
        while True:
            found = await self._kit.store.scan(
                tables.TWEETS_BY_AUTHOR,
                (author_id,),
                above=(low,),
                below=(bound,),
                reverse=True,
                limit=_CHUNK_ROWS,
            )
            yield [row.tweet_id for row in found if not row.retweet_of_id]
            if len(found) < _CHUNK_ROWS:
                return
            bound = found[-1].tweet_id

    async def _newest(self, low: int, high: int) -> AsyncIterator[list[int]]:
        now_id = first_id_at(self._kit.clock.now_ms() + 1_000)
        async for chunk in tweets_below(self._kit.store, min(high, now_id), _CHUNK_ROWS):
            yield [tweet.tweet_id for tweet in chunk if tweet.tweet_id > low]
            if chunk[-1].tweet_id <= low:
                return

    async def _findable(self, viewer_id: int, tweets: Sequence[Tweet]) -> list[Tweet]:
        """Those of some tweets that this viewer may find."""
        kit = self._kit
        author_ids = list({tweet.author_id for tweet in tweets})
        users = {user.user_id: user for user in await kit.users.get_many(author_ids) if user is not None}
        relations = await relations_with(kit.store, viewer_id, author_ids, kit.clock.now_ms())
        return [
            tweet
            for tweet in tweets
            if (author := users.get(tweet.author_id)) is not None
            and may_find(tweet, author, viewer_id, relations.get(tweet.author_id))
        ]


def may_find(tweet: Tweet, author: User, viewer_id: int, relation: Relation | None) -> bool:
    """Whether a search may show a tweet: what may be seen, and is public, one's own, or mentions one."""
    if not may_see(tweet, author, viewer_id, relation):
        return False
    if relation is not None and (relation.block is not None or relation.mute is not None):
        return False
    if viewer_id and (viewer_id == tweet.author_id or viewer_id in tweet.addressed_ids):
        return True
    is_public = tweet.visibility is Visibility.PUBLIC and not author.protected
    return is_public and author.discoverable and may_list(author, viewer_id, relation)


def _is_likely(tweet: Tweet, query: SearchQuery, author_id: int) -> bool:
    return not tweet.is_retweet and author_id in (0, tweet.author_id) and query.fits(tweet)
