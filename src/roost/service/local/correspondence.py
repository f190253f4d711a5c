"""A user's conversations of direct tweets."""

from collections.abc import Sequence

import msgspec

from roost.errors import NotFound
from roost.graph import relations_with
from roost.model import ConversationMark, ConversationMarked, Page, PageRequest
from roost.service.local.kit import Kit
from roost.service.local.paging import scan_page
from roost.service.local.tweets import LocalTweets
from roost.service.views import ConversationView
from roost.store import rows, tables


class LocalCorrespondence:
    """Reads wait, a little, until what is on the log is in the conversations."""

    def __init__(self, kit: Kit, tweets: LocalTweets) -> None:
        self._kit = kit
        self._tweets = tweets

    async def page(self, user_id: int, page: PageRequest) -> Page[ConversationView]:
        """A page of conversations, by their last tweets, newest first. Its cursors are these tweets' ids.

        Left out are those whose last tweet the user may not see, or whose author they block or mute.
        """
        await self._settled()
        found = await scan_page(
            self._kit.store, tables.CONVERSATION_ORDER, (user_id,), page, lambda row: row.last_id
        )
        if not found:
            return Page(())
        views = await self.several(user_id, [row.root_id for row in found])
        return Page(tuple(views), found[0].last_id, found[-1].last_id, len(found) == page.limit)

    async def several(self, user_id: int, root_ids: Sequence[int]) -> list[ConversationView]:
        """Those of some conversations that the user has and wants to see, in order."""
        store = self._kit.store
        keys = [(user_id, root_id) for root_id in root_ids]
        held = [row for row in await store.get_many(tables.CONVERSATIONS, keys) if row is not None]
        marks = await store.get_many(tables.CONVERSATION_MARKS, [(user_id, row.root_id) for row in held])
        relations = await relations_with(
            store, user_id, [row.last_author_id for row in held], self._kit.clock.now_ms()
        )
        tweets = await self._tweets.get_many(user_id, [row.last_id for row in held])
        shown = {view.tweet.tweet_id: view for view in tweets}
        views: list[ConversationView] = []
        for row, mark in zip(held, marks, strict=True):
            relation, last = relations.get(row.last_author_id), shown.get(row.last_id)
            hidden = relation is not None and (relation.is_barred or relation.mute is not None)
            known = mark or ConversationMark(user_id, row.root_id)
            if last is None or hidden or row.last_id <= known.removed_to_id:
                continue
            unread = row.last_author_id != user_id and row.last_id > known.read_to_id
            people = await self._kit.hydration.users(row.people or (user_id,))
            there = tuple(user for user in people if user is not None and not user.user.is_gone)
            views.append(ConversationView(row.root_id, there, last, unread))
        return views

    async def mark(self, user_id: int, root_id: int, read: bool) -> ConversationView:
        """Mark a conversation as read, or as not. Raises NotFound."""
        row = await self._row(user_id, root_id)
        await self._change(row, {"read_to_id": row.last_id if read else 0})
        views = await self.several(user_id, [root_id])
        if not views:
            raise NotFound("Record not found")
        return views[0]

    async def remove(self, user_id: int, root_id: int) -> None:
        """Take a conversation off the list, until something is said in it. Raises NotFound."""
        row = await self._row(user_id, root_id)
        await self._change(row, {"read_to_id": row.last_id, "removed_to_id": row.last_id})

    async def _row(self, user_id: int, root_id: int) -> rows.ConversationRow:
        await self._settled()
        row = await self._kit.store.get(tables.CONVERSATIONS, (user_id, root_id))
        if row is None:
            raise NotFound("Record not found")
        return row

    async def _change(self, row: rows.ConversationRow, change: dict[str, int]) -> None:
        kit, key = self._kit, (row.user_id, row.root_id)
        async with kit.locks.hold("conversation", *key):
            held = await kit.store.get(tables.CONVERSATION_MARKS, key) or ConversationMark(*key)
            marked = ConversationMarked(msgspec.structs.replace(held, **change))
            kit.positions.note(row.user_id, await kit.committer.commit([marked]))

    async def _settled(self) -> None:
        kit = self._kit
        wait_s = self._kit.settings.read_wait_ms / 1000
        await kit.background.applied(kit.log.last, wait_s, kit.letters.name)
