"""What is used more than usual: hashtags, links and tweets.

A hashtag or link that u users have used today, and v yesterday, scores (u - e)^2 / e with e = max(v, 1), or 0
where u is below e. Yesterday's score counts too, halved for every `TREND_HALF_LIFE_H` that today has lasted:
so trends do not end at midnight. A tweet that was liked and retweeted n times scores (n - 1)^2, halved for
every `TREND_TWEET_HALF_LIFE_H` of its age. Source of the formulas: Mastodon, `app/models/trends/`; it keeps
the highest score of the last two days where here yesterday's is computed anew.

One port of its own: a better source takes this one's place without anybody's notice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from roost.ids import unix_ms_of
from roost.limits import (
    TAG_HISTORY_DAYS,
    TREND_CANDIDATES_MAX,
    TREND_ENGAGEMENTS_MIN,
    TREND_FRESH_ENTRIES_MAX,
    TREND_HALF_LIFE_H,
    TREND_KEPT_S,
    TREND_TWEET_HALF_LIFE_H,
    TREND_USERS_MIN,
)
from roost.model import Tweet, Visibility
from roost.processors import MS_PER_DAY
from roost.service.discovery import LinkView
from roost.service.local.indexing import day_uses, settled
from roost.service.local.kit import Kit
from roost.service.local.public import public_to
from roost.service.local.tags import LocalTags
from roost.service.views import TagView, TweetView
from roost.store import rows, tables

_MS_PER_HOUR = 3_600_000
_SEEN_ROWS = 40
_CHUNK = 40
T = TypeVar("T")


class LocalTrends:
    def __init__(self, kit: Kit, tags: LocalTags) -> None:
        self._kit = kit
        self._tags = tags
        self._kept: dict[rows.Used, tuple[int, int, list[str]]] = {}

    async def tags(self, viewer_id: int, offset: int, limit: int) -> list[TagView]:
        """Those of which the viewer may see one of the newest tweets."""

        async def seen(names: Sequence[str]) -> list[str]:
            return [name for name in names if await self._tags.is_seen(viewer_id, name)]

        ranked = await self._ranked(rows.Used.TAG)
        return await self._tags.get_many(viewer_id, await _page(ranked, seen, offset, limit))

    async def links(self, viewer_id: int, offset: int, limit: int) -> list[LinkView]:
        """Those of which the viewer may see one of the newest tweets."""

        async def seen(links: Sequence[str]) -> list[str]:
            return [link for link in links if await self._is_seen(viewer_id, link)]

        shown = await _page(await self._ranked(rows.Used.LINK), seen, offset, limit)
        today = self._today()
        histories = await self._kit.usage.history(rows.Used.LINK, shown, today, TAG_HISTORY_DAYS)
        read = await self._kit.store.get_many(tables.CARDS, [(link,) for link in shown])
        return [
            LinkView(link, day_uses(history, today), row.card if row is not None else None)
            for link, history, row in zip(shown, histories, read, strict=True)
        ]

    async def tweets(self, viewer_id: int, offset: int, limit: int) -> list[TweetView]:
        """Public ones of accounts that want to be found, no answers and none marked as sensitive."""

        async def seen(ids: Sequence[str]) -> list[Tweet]:
            found = await self._kit.tweets.get_many([int(tweet_id) for tweet_id in ids])
            public = await public_to(self._kit, viewer_id, [tweet for tweet in found if tweet is not None])
            authors = await self._kit.users.get_many([tweet.author_id for tweet in public])
            return [
                tweet
                for tweet, author in zip(public, authors, strict=True)
                if author is not None and author.discoverable and not (tweet.is_reply or tweet.sensitive)
            ]

        shown = await _page(await self._ranked(rows.Used.TWEET), seen, offset, limit)
        return await self._kit.hydration.tweets(shown, viewer_id)

    async def _ranked(self, used: rows.Used) -> list[str]:
        """What trends, best first; the same while nothing is used, for `TREND_KEPT_S` at most."""
        await settled(self._kit)
        usage, now_ms = self._kit.usage, self._kit.clock.now_ms()
        changes, made_ms, kept = self._kept.get(used, (-1, 0, []))
        many = usage.entries > TREND_FRESH_ENTRIES_MAX
        if (changes == usage.changes or many) and now_ms - made_ms < 1_000 * TREND_KEPT_S:
            return kept
        changes = usage.changes
        scores = await (self._tweet_scores() if used is rows.Used.TWEET else self._scores(used))
        ranked = sorted(scores, key=lambda key: (-scores[key], key))[:TREND_CANDIDATES_MAX]
        self._kept[used] = changes, now_ms, ranked
        return ranked

    async def _scores(self, used: rows.Used) -> dict[str, float]:
        """Of hashtags or links."""
        usage, today = self._kit.usage, self._today()
        days = [await asyncio.to_thread(usage.used_on, today - back, used) for back in range(3)]
        hours = (self._kit.clock.now_ms() % MS_PER_DAY) / _MS_PER_HOUR
        faded = 0.5 ** (hours / TREND_HALF_LIFE_H)
        return {
            key: score
            for key in days[0].keys() | days[1].keys()
            if (
                score := max(
                    _surprise(days[0].get(key, 0), days[1].get(key, 0)),
                    faded * _surprise(days[1].get(key, 0), days[2].get(key, 0)),
                )
            )
            > 0
        }

    async def _tweet_scores(self) -> dict[str, float]:
        """Of the tweets that were liked or retweeted since yesterday, the most engaged ones."""
        usage, today, now_ms = self._kit.usage, self._today(), self._kit.clock.now_ms()
        engaged: dict[str, int] = {}
        for back in range(2):
            used = await asyncio.to_thread(usage.used_on, today - back, rows.Used.TWEET)
            for key, users in used.items():
                engaged[key] = engaged.get(key, 0) + users
        chosen = sorted(engaged, key=lambda key: -engaged[key])[:TREND_CANDIDATES_MAX]
        counts = await self._kit.counts.get_many([int(key) for key in chosen])
        scores: dict[str, float] = {}
        for key, count in zip(chosen, counts, strict=True):
            engagements = count.likes + count.retweets
            if engagements >= TREND_ENGAGEMENTS_MIN:
                age_h = max(0, now_ms - unix_ms_of(int(key))) / _MS_PER_HOUR
                scores[key] = (engagements - 1) ** 2 * 0.5 ** (age_h / TREND_TWEET_HALF_LIFE_H)
        return scores

    async def _is_seen(self, viewer_id: int, link: str) -> bool:
        found = await self._kit.store.scan(tables.LINKED, (link,), reverse=True, limit=_SEEN_ROWS)
        ids = [row.tweet_id for row in found if row.visibility is Visibility.PUBLIC]
        tweets = await self._kit.tweets.get_many(ids)
        return bool(await public_to(self._kit, viewer_id, [tweet for tweet in tweets if tweet is not None]))

    def _today(self) -> int:
        return self._kit.clock.now_ms() // MS_PER_DAY


def _surprise(observed: int, before: int) -> float:
    """How much more users there were than the day before."""
    expected = max(before, 1)
    if observed < TREND_USERS_MIN or observed <= expected:
        return 0.0
    return float((observed - expected) ** 2 / expected)


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
