"""Hashtags and links: their timelines, and how much each was used."""

import asyncio
from collections.abc import Callable, Sequence

from roost.errors import NotFound
from roost.limits import SEARCH_TAGS_MAX, TAG_HISTORY_DAYS, TAG_SCAN_ROWS_MAX
from roost.model import Page, PageRequest, Tweet, Visibility, fold_link, fold_tag
from roost.processors import MS_PER_DAY
from roost.service.local.featured_tags import LocalFeaturedTags, checked_tag
from roost.service.local.indexing import day_uses, settled
from roost.service.local.kit import Kit
from roost.service.local.public import public_to
from roost.service.local.tagged import R, ids_on_page
from roost.service.views import TagQuery, TagView, TweetView
from roost.store import KeyValue, Table, rows, tables

_SEEN_ROWS = 40


class LocalTags:
    def __init__(self, kit: Kit, featured: LocalFeaturedTags) -> None:
        self._kit = kit
        self._featured = featured

    async def timeline(self, viewer_id: int, query: TagQuery, page: PageRequest) -> Page[TweetView]:
        """A page of everybody's public tweets with a hashtag; replies are among them.

        Looks at `TAG_SCAN_ROWS_MAX` tweets or few more; a page may be short for it, and then goes on from its
        cursor.
        """
        wanted = list(dict.fromkeys(fold_tag(tag) for tag in query.any_of))
        needed = {fold_tag(tag) for tag in query.all_of}
        barred = {fold_tag(tag) for tag in query.none_of}

        def fits(tweet: Tweet) -> bool:
            tags = set(tweet.hashtags())
            return needed <= tags and barred.isdisjoint(tags) and (not query.with_media or bool(tweet.media))

        return await self._page(viewer_id, tables.TAGGED, wanted, page, fits)

    async def linked(self, viewer_id: int, url: str, page: PageRequest) -> Page[TweetView]:
        """A page of everybody's public tweets with a link to an address, as `timeline`."""
        link = fold_link(url)
        if not link:
            raise NotFound("Record not found")
        return await self._page(viewer_id, tables.LINKED, [link], page, lambda tweet: link in tweet.links())

    async def get(self, viewer_id: int, tag: str) -> TagView:
        """A hashtag, used or not. Raises NotFound for what can be none."""
        return (await self.get_many(viewer_id, [checked_tag(tag)]))[0]

    async def get_many(self, viewer_id: int, tags: Sequence[str]) -> list[TagView]:
        """One a hashtag, in order."""
        folded = [fold_tag(tag) for tag in tags]
        featuring = await self._featured.featuring(viewer_id, folded)
        await settled(self._kit)
        today = self._kit.clock.now_ms() // MS_PER_DAY
        histories = await self._kit.usage.history(rows.Used.TAG, folded, today, TAG_HISTORY_DAYS)
        follows = await self._kit.store.get_many(tables.TAG_FOLLOWERS, [(tag, viewer_id) for tag in folded])
        following = {follow.tag for follow in follows if follow is not None}
        return [
            TagView(tag, day_uses(history, today), tag in following, tag in featuring)
            for tag, history in zip(folded, histories, strict=True)
        ]

    async def search(self, viewer_id: int, text: str, offset: int, limit: int) -> list[TagView]:
        """The hashtags that begin so, of which the viewer may see a public tweet; the very one comes first,
        the others follow in order. Looks at `SEARCH_TAGS_MAX` hashtags."""
        prefix = fold_tag(text.strip().lstrip("#＃"))
        if not prefix:
            return []
        exact = await self._kit.store.get(tables.TAGS, (prefix[0], prefix))
        longer = await self._kit.store.scan(
            tables.TAGS,
            (prefix[0],),
            above=(prefix,),
            below=(f"{prefix}\U0010ffff",),
            limit=SEARCH_TAGS_MAX,
        )
        shown: list[str] = []
        for row in (exact, *longer):
            if row is not None and await self.is_seen(viewer_id, row.tag):
                shown.append(row.tag)
            if len(shown) == offset + limit:
                break
        return await self.get_many(viewer_id, shown[offset:])

    async def is_seen(self, viewer_id: int, tag: str) -> bool:
        """Whether the viewer may see one of the newest public tweets with a hashtag."""
        found = await self._kit.store.scan(tables.TAGGED, (tag,), reverse=True, limit=_SEEN_ROWS)
        tweets = await self._kit.tweets.get_many(
            [row.tweet_id for row in found if row.visibility is Visibility.PUBLIC]
        )
        return bool(await public_to(self._kit, viewer_id, [tweet for tweet in tweets if tweet is not None]))

    async def _page(
        self,
        viewer_id: int,
        index: Table[R],
        keys: Sequence[KeyValue],
        page: PageRequest,
        fits: Callable[[Tweet], bool],
    ) -> Page[TweetView]:
        kit = self._kit
        looked_at: list[int] = []
        found: list[Tweet] = []
        goes_on = False
        async for ids in ids_on_page(kit.store, index, keys, page, max(2 * page.limit, 40)):
            tweets = [tweet for tweet in await kit.tweets.get_many(ids) if tweet is not None and fits(tweet)]
            found.extend(await public_to(kit, viewer_id, tweets))
            looked_at.extend(ids)
            goes_on = len(found) >= page.limit or len(looked_at) >= TAG_SCAN_ROWS_MAX
            if goes_on:
                break
            await asyncio.sleep(0)  # others get their turn
        del found[page.limit :]
        found.sort(key=lambda tweet: tweet.tweet_id, reverse=True)
        views = tuple(await kit.hydration.tweets(found, viewer_id))
        if goes_on and len(found) < page.limit:
            return Page(views, max(looked_at), min(looked_at), True)
        if not found:
            return Page(())
        return Page(views, found[0].tweet_id, found[-1].tweet_id, len(found) == page.limit)
