"""Hashtags that users follow: their public tweets enter the home timeline."""

from roost.errors import Invalid
from roost.limits import TAGS_FOLLOWED_MAX
from roost.model import Event, Page, PageRequest, TagFollow, TagFollowed, TagUnfollowed
from roost.service.local.featured_tags import checked_tag
from roost.service.local.kit import Kit
from roost.service.local.paging import scan_page
from roost.service.local.tags import LocalTags
from roost.service.views import TagView
from roost.store import tables


class LocalFollowedTags:
    def __init__(self, kit: Kit, tags: LocalTags) -> None:
        self._kit = kit
        self._tags = tags

    async def follow(self, user_id: int, tag: str) -> TagView:
        """Follow a hashtag, once. Raises NotFound for what can be none, Invalid at the limit."""
        word = checked_tag(tag)
        async with self._kit.locks.hold("followed tags", user_id):
            if await self._held(user_id, word) is None:
                store = self._kit.store
                held = await store.scan(tables.FOLLOWED_TAGS, (user_id,), limit=TAGS_FOLLOWED_MAX)
                if len(held) >= TAGS_FOLLOWED_MAX:
                    limit = f"You already follow {TAGS_FOLLOWED_MAX} hashtags, which is the limit"
                    raise Invalid(f"Validation failed: {limit}")
                follow = TagFollow(user_id, word, self._kit.ids.next_id())
                await self._commit(user_id, TagFollowed(follow))
        return await self._tags.get(user_id, word)

    async def unfollow(self, user_id: int, tag: str) -> TagView:
        """Raises NotFound for what can be no hashtag."""
        word = checked_tag(tag)
        async with self._kit.locks.hold("followed tags", user_id):
            held = await self._held(user_id, word)
            if held is not None:
                await self._commit(user_id, TagUnfollowed(held))
        return await self._tags.get(user_id, word)

    async def page(self, user_id: int, page: PageRequest) -> Page[TagView]:
        """The hashtags that a user follows, newest follow first. Its cursors are internal ids."""
        found = await scan_page(
            self._kit.store, tables.FOLLOWED_TAGS, (user_id,), page, lambda follow: follow.follow_id
        )
        if not found:
            return Page(())
        views = await self._tags.get_many(user_id, [follow.tag for follow in found])
        return Page(tuple(views), found[0].follow_id, found[-1].follow_id, len(found) == page.limit)

    async def _held(self, user_id: int, tag: str) -> TagFollow | None:
        return await self._kit.store.get(tables.TAG_FOLLOWERS, (tag, user_id))

    async def _commit(self, user_id: int, event: Event) -> None:
        position = await self._kit.committer.commit([event])
        await self._kit.positions.settle(user_id, position)
