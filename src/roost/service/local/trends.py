"""What is used more than usual: hashtags, links and tweets, as far as their viewer may see them.

What trends is said by `processors.trends`; `docs/trends.md` tells how. Whatever is shown is looked at again
when it is shown: a hashtag or link is shown to who may see one of the newest tweets with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from roost.limits import TAG_HISTORY_DAYS
from roost.model import TrendKind, Tweet, Visibility, fold_link, fold_tag
from roost.processors import MS_PER_DAY
from roost.service.discovery import LinkView
from roost.service.local.indexing import day_uses
from roost.service.local.kit import Kit
from roost.service.local.public import public_to, worth_showing_to
from roost.service.local.tags import LocalTags
from roost.service.local.trend_rankings import TrendRankings
from roost.service.trend_views import TrendExplanation, TrendQuery, TrendsPage, TrendView
from roost.service.views import TagView, TweetView
from roost.store import rows, tables

_SEEN_ROWS = 40
_CHUNK = 40
T = TypeVar("T")


class LocalTrends:
    def __init__(self, kit: Kit, tags: LocalTags) -> None:
        self._kit = kit
        self._tags = tags
        self._rankings = TrendRankings(kit)

    async def tags(self, viewer_id: int, offset: int, limit: int, ranking: int = 0) -> TrendsPage[TagView]:
        """Those of which the viewer may see one of the newest tweets."""
        query = TrendQuery(TrendKind.TAG, offset=offset, limit=limit, ranking=ranking)
        shown, number = await self._shown(viewer_id, query)
        return TrendsPage(tuple(await self._tags.get_many(viewer_id, shown)), number)

    async def links(self, viewer_id: int, offset: int, limit: int, ranking: int = 0) -> TrendsPage[LinkView]:
        """Those of which the viewer may see one of the newest tweets."""
        query = TrendQuery(TrendKind.LINK, offset=offset, limit=limit, ranking=ranking)
        shown, number = await self._shown(viewer_id, query)
        today = self._kit.clock.now_ms() // MS_PER_DAY
        histories = await self._kit.usage.history(rows.Used.LINK, shown, today, TAG_HISTORY_DAYS)
        read = await self._kit.store.get_many(tables.CARDS, [(link,) for link in shown])
        views = (
            LinkView(link, day_uses(history, today), row.card if row is not None else None)
            for link, history, row in zip(shown, histories, read, strict=True)
        )
        return TrendsPage(tuple(views), number)

    async def tweets(
        self, viewer_id: int, offset: int, limit: int, ranking: int = 0
    ) -> TrendsPage[TweetView]:
        """Public ones of accounts that want to be found, no answers and none marked as sensitive."""
        query = TrendQuery(TrendKind.TWEET, offset=offset, limit=limit, ranking=ranking)
        found = await self._rankings.ranked(query)

        async def seen(ids: Sequence[str]) -> list[Tweet]:
            return await self._seen_tweets(viewer_id, ids)

        shown = await _page(found.keys, seen, offset, limit)
        return TrendsPage(tuple(await self._kit.hydration.tweets(shown, viewer_id)), found.number)

    async def page(self, viewer_id: int, query: TrendQuery) -> TrendsPage[TrendView]:
        """Trends of any kind, with what they are made of."""
        shown, number = await self._shown(viewer_id, query)
        return TrendsPage(tuple(self._rankings.views(query, shown)), number)

    async def hours(self, kind: TrendKind, keys: Sequence[str]) -> list[tuple[int, ...]]:
        """Users in each of the last 24 hours, newest last; nothing for what is not counted."""
        return self._rankings.hours(kind, list(keys))

    async def explain(self, kind: TrendKind, key: str, language: str) -> TrendExplanation:
        """All that a topic's score is made of. Raises NotFound."""
        return await self._rankings.explain(kind, folded(kind, key), language)

    async def _shown(self, viewer_id: int, query: TrendQuery) -> tuple[list[str], int]:
        """The keys of a page that the viewer may see, and the number of the ranking."""

        async def seen(keys: Sequence[str]) -> list[str]:
            if query.kind is TrendKind.TWEET:
                return [str(tweet.tweet_id) for tweet in await self._seen_tweets(viewer_id, keys)]
            is_seen = self._tags.is_seen if query.kind is TrendKind.TAG else self._is_seen
            return [key for key in keys if await is_seen(viewer_id, key)]

        found = await self._rankings.ranked(query)
        return await _page(found.keys, seen, query.offset, query.limit), found.number

    async def _seen_tweets(self, viewer_id: int, ids: Sequence[str]) -> list[Tweet]:
        found = await self._kit.tweets.get_many([int(tweet_id) for tweet_id in ids])
        return await worth_showing_to(self._kit, viewer_id, [tweet for tweet in found if tweet is not None])

    async def _is_seen(self, viewer_id: int, link: str) -> bool:
        found = await self._kit.store.scan(tables.LINKED, (link,), reverse=True, limit=_SEEN_ROWS)
        ids = [row.tweet_id for row in found if row.visibility is Visibility.PUBLIC]
        tweets = await self._kit.tweets.get_many(ids)
        return bool(await public_to(self._kit, viewer_id, [tweet for tweet in tweets if tweet is not None]))


def folded(kind: TrendKind, key: str) -> str:
    """A topic in the form that it is counted by."""
    if kind is TrendKind.TAG:
        return fold_tag(key.strip().lstrip("#＃"))
    return fold_link(key.strip()) if kind is TrendKind.LINK else key.strip()


async def _page(
    ranked: Sequence[str], seen: Callable[[Sequence[str]], Awaitable[list[T]]], offset: int, limit: int
) -> list[T]:
    """A page of those that may be seen, in order."""
    found: list[T] = []
    for start in range(0, len(ranked), _CHUNK):
        found += await seen(ranked[start : start + _CHUNK])
        if len(found) >= offset + limit:
            break
        await asyncio.sleep(0)  # others get their turn
    return found[offset : offset + limit]
