"""Search for tweets: candidates from the index, each looked at for what it says and who may see it.

What was accepted and is not committed to the index yet is looked at one by one, so that a tweet is found as
soon as it is there.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Sequence

import msgspec
import numpy as np

from roost.errors import FieldProblem, Invalid
from roost.graph import may_list, may_see, relations_with
from roost.home import are_spam
from roost.ids import ID_MAX, first_id_at
from roost.limits import SEARCH_CHUNK, SEARCH_RANKINGS_KEPT, SEARCH_TWEETS_MAX
from roost.model import NO_COUNTS, Relation, Signal, Tweet, User, Visibility
from roost.search import (
    Asked,
    By,
    Every,
    Likes,
    Node,
    leaves,
    matches,
    named,
    parse,
    parse_leniently,
    recency,
    steps,
    tweet_facts,
    with_strangers_as_words,
)
from roost.service.discovery import SearchOrder, SearchPage, TweetSearch
from roost.service.local.indexing import searchable
from roost.service.local.kit import Kit
from roost.service.views import TweetView
from roost.store import tables

SPAM_WEIGHT = 0.25
"""Of the relevance of what is marked as spam; by time it stands where it was posted."""
_PER_TURN = 100
"""Tweets that are looked at before others get their turn: 3 ms."""
_CHUNK_MAX = 960
_TIME_CURSOR = re.compile(r"[1-9]\d{0,18}\Z")
_RANK_CURSOR = re.compile(r"([1-9]\d{0,14})\.([1-9]\d{0,5})\Z")
_Key = tuple[int, TweetSearch, int]


class TweetsSearch:
    """Found are public tweets of accounts that want to be found, and of any kind one's own and those that
    mention one."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._rankings: OrderedDict[_Key, list[int]] = OrderedDict()

    async def find(self, viewer_id: int, search: TweetSearch, offset: int, limit: int) -> list[TweetView]:
        """The newest first, whatever was written; looks at `SEARCH_TWEETS_MAX` tweets, and so has nothing
        behind so many."""
        node = parse_leniently(search.text)
        if node is None or offset >= SEARCH_TWEETS_MAX:
            return []
        asked = await self._asked(viewer_id, search, node)
        found, _ = await self._newest(asked, offset + limit)
        return await self._kit.hydration.tweets(found[offset:], viewer_id)

    async def page(
        self, viewer_id: int, search: TweetSearch, order: SearchOrder, cursor: str, limit: int
    ) -> SearchPage:
        """Looks at `SEARCH_TWEETS_MAX` tweets; then the page ends, and goes on from its cursor. (The first by
        relevance looks at those before that the index does not have yet, `SEARCH_FRESH_MAX` at most.)"""
        asked = await self._asked(viewer_id, search, parse(search.text))
        if order is SearchOrder.TIME:
            if cursor:
                asked = msgspec.structs.replace(asked, high=min(asked.high, _time_cursor(cursor)))
            found, last_id = await self._newest(asked, limit)
            following = str(last_id) if last_id else ""
        else:
            now_ms, offset = _rank_cursor(cursor) if cursor else (self._kit.clock.now_ms(), 0)
            ids = await self._ranked(asked, search, now_ms)
            found, offset = await self._some_of(asked, ids, offset, limit)
            following = f"{now_ms}.{offset}" if offset < len(ids) else ""
        return SearchPage(tuple(await self._kit.hydration.tweets(found, viewer_id)), following)

    async def _asked(self, viewer_id: int, search: TweetSearch, node: Node) -> Asked:
        """Whom a search names is looked up."""
        names = sorted(named(node) - {"me"})
        found = await self._kit.store.get_many(tables.USERNAMES, [(name,) for name in names])
        people = {name: row.user_id for name, row in zip(names, found, strict=True) if row is not None}
        if viewer_id:
            people["me"] = viewer_id
        node = with_strangers_as_words(node, people)
        if search.author_id:
            account = f"={search.author_id}"  # no name of anybody's
            people[account] = search.author_id
            node = Every((node, By(account)))
        return Asked(node, people, viewer_id, search.low, search.high)

    async def _newest(self, asked: Asked, wanted: int) -> tuple[list[Tweet], int]:
        """The newest that fit of `SEARCH_TWEETS_MAX`; and the id below which to go on, 0 where there are no
        more."""
        await searchable(self._kit)
        fresh = self._kit.finder.fresh_tweets(asked.node)
        found: list[Tweet] = []
        left, bound, chunk = SEARCH_TWEETS_MAX, asked.high, max(SEARCH_CHUNK, wanted + wanted // 2)
        while True:
            chunk = min(chunk, left)
            within = msgspec.structs.replace(asked, high=bound)
            ids = await self._kit.finder.newest(within, chunk)
            is_end = len(ids) < chunk
            floor = asked.low if is_end else ids[-1]
            also = [tweet_id for tweet_id in fresh if floor < tweet_id < bound]
            candidates = sorted({*ids, *also}, reverse=True)
            if len(candidates) > left:
                is_end, floor = False, candidates[left - 1]
            found += await self._fitting(asked, candidates[:left])
            left -= len(candidates[:left])
            if is_end or len(found) >= wanted or not left:
                break
            bound, chunk = floor, min(4 * chunk, _CHUNK_MAX)
        if len(found) > wanted:
            return found[:wanted], found[wanted - 1].tweet_id
        return found, 0 if is_end else floor

    async def _ranked(self, asked: Asked, search: TweetSearch, now_ms: int) -> list[int]:
        """All that is ranked of what there was at a time, best first; for the pages after the first, as it
        was for the first."""
        key = asked.reader_id, search, now_ms
        held = self._rankings.get(key)
        if held is not None:
            self._rankings.move_to_end(key)
            return held
        await searchable(self._kit)
        asked = msgspec.structs.replace(asked, high=min(asked.high, first_id_at(now_ms + 1)))
        fresh = [each for each in self._kit.finder.fresh_tweets(asked.node) if asked.low < each < asked.high]
        ranking = await self._kit.finder.ranked(asked, now_ms)
        spam = are_spam(self._kit.reader.state, ranking.ids)
        weighed = np.where(spam, SPAM_WEIGHT * ranking.scores, ranking.scores)
        scores = dict(zip(ranking.ids.tolist(), weighed.tolist(), strict=True))
        for tweet in await self._fitting(asked, [each for each in fresh if each not in scores]):
            scores[tweet.tweet_id] = await self._fresh_score(tweet, ranking.words, now_ms)
        ids = sorted(scores, key=lambda tweet_id: (scores[tweet_id], tweet_id), reverse=True)
        self._rankings[key] = ids
        if len(self._rankings) > SEARCH_RANKINGS_KEPT:
            self._rankings.popitem(last=False)
        return ids

    async def _fresh_score(self, tweet: Tweet, words: float, now_ms: int) -> float:
        """Of one whose words the index does not know: as if they were like others'."""
        counts = (await self._kit.counts.get_many([tweet.tweet_id]))[0]
        noticed = tweet_facts(tweet, counts).attention
        age = float(recency(np.array([tweet.tweet_id], np.int64), now_ms)[0])
        weight = SPAM_WEIGHT if tweet.signals & Signal.SPAM else 1.0
        return weight * words * (1 + steps(noticed) / 4) * age

    async def _some_of(
        self, asked: Asked, ids: Sequence[int], offset: int, limit: int
    ) -> tuple[list[Tweet], int]:
        """The first that fit from a place on, and the place after the last that was looked at."""
        found: list[Tweet] = []
        stop = min(len(ids), offset + SEARCH_TWEETS_MAX)
        while offset < stop and len(found) < limit:
            some = ids[offset : min(stop, offset + max(SEARCH_CHUNK, limit + limit // 2))]
            fitting = await self._fitting(asked, some)
            missing = limit - len(found)
            if len(fitting) > missing:
                offset += some.index(fitting[missing - 1].tweet_id) + 1
                return found + fitting[:missing], offset
            found += fitting
            offset += len(some)
        return found, offset

    async def _fitting(self, asked: Asked, ids: Sequence[int]) -> list[Tweet]:
        """Those of some tweets that are as asked for now, and that who asks may find; in order."""
        kit = self._kit
        counted = any(isinstance(leaf, Likes) for leaf in leaves(asked.node))
        fitting: list[Tweet] = []
        for start in range(0, len(ids), _PER_TURN):
            some = ids[start : start + _PER_TURN]
            tweets = [tweet for tweet in await kit.tweets.get_many(some) if tweet is not None]
            counts = (
                await kit.counts.get_many([tweet.tweet_id for tweet in tweets])
                if counted
                else [NO_COUNTS] * len(tweets)
            )
            likely = [
                tweet
                for tweet, tweet_counts in zip(tweets, counts, strict=True)
                if not tweet.is_retweet
                and matches(asked.node, tweet_facts(tweet, tweet_counts), asked.people)
            ]
            fitting += await self._findable(asked.reader_id, likely)
            if start + _PER_TURN < len(ids):
                await asyncio.sleep(0)
        return fitting

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


def _time_cursor(text: str) -> int:
    if not _TIME_CURSOR.match(text) or int(text) > ID_MAX:
        raise _bad_cursor()
    return int(text)


def _rank_cursor(text: str) -> tuple[int, int]:
    found = _RANK_CURSOR.match(text)
    if found is None:
        raise _bad_cursor()
    return int(found[1]), int(found[2])


def _bad_cursor() -> Invalid:
    problem = FieldProblem("ERR_INVALID", "is not one that this search gave")
    return Invalid("Validation failed: cursor is not one that this search gave", {"cursor": (problem,)})
