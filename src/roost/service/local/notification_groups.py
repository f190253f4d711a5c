"""Notifications in groups: a thousand likes of one tweet are one thing to look at.

A notification's group is settled when it is written, so that pages agree about it. A page is made from the
newest rows down: it ends with the last of its groups, or where it has looked at enough rows; a group that
goes on below comes again on the next page, with what it has there.
"""

import asyncio
from collections.abc import Sequence

from roost.errors import NotFound
from roost.graph import relations_with
from roost.ids import ID_MAX
from roost.limits import GROUP_SAMPLE_ACTORS, NOTIFICATION_SCAN_ROWS_MAX
from roost.model import Notification, Page, PageRequest
from roost.processors import is_barred
from roost.service.local.kit import Kit
from roost.service.local.notification_reader import NotificationReader
from roost.service.notices import GroupKey, GroupPage, GroupView, NotificationFilter
from roost.service.views import UserView
from roost.store import rows, tables

_Members = dict[GroupKey, list[Notification]]


class NotificationGroups:
    def __init__(self, kit: Kit, reader: NotificationReader) -> None:
        self._kit = kit
        self._reader = reader

    async def page(
        self, user_id: int, page: PageRequest, wanted: NotificationFilter, grouped: frozenset[int]
    ) -> GroupPage:
        """Looks at `NOTIFICATION_SCAN_ROWS_MAX` rows at most."""
        groups: _Members = {}
        low = high = 0
        looked_at = 0
        bound = page.low if page.ascending else page.max_id
        chunk_rows = max(2 * page.limit, 40)
        ended = full = False
        while not ended and not full and looked_at < NOTIFICATION_SCAN_ROWS_MAX:
            chunk = await self._reader.chunk(user_id, page, bound, chunk_rows)
            welcome = await self._reader.welcome(user_id, [row for row in chunk if wanted.wants(row)])
            for row in welcome:
                key = key_of(row, grouped)
                if key not in groups and len(groups) == page.limit:
                    full = True
                    break
                groups.setdefault(key, []).append(row)
                low, high = _stretched(low, high, row.notification_id)
            ended = len(chunk) < chunk_rows
            looked_at += len(chunk)
            bound = chunk[-1].notification_id if chunk else bound
            if not ended and not full and chunk:
                low, high = _stretched(low, high, bound)
            await asyncio.sleep(0)  # others get their turn
        views = [await self._view(user_id, key, members) for key, members in groups.items()]
        views.sort(key=lambda view: view.page_max_id, reverse=True)
        full = full or not ended or len(groups) == page.limit
        return Page(tuple(views), high, low, full)

    async def one(self, user_id: int, key: GroupKey) -> GroupView:
        """A whole group, as its newest notification names it. Raises NotFound."""
        found = await self._newest(user_id, key)
        welcome = await self._reader.welcome(user_id, found)
        if not welcome:
            raise NotFound("Record not found")
        return await self._view(user_id, key, welcome)

    async def actors(self, user_id: int, key: GroupKey, page: PageRequest) -> Page[UserView]:
        """Its cursors are notifications' ids."""
        if key.alone_id:
            view = await self.one(user_id, key)
            return Page(view.actors, key.alone_id, key.alone_id, False)
        low, high = (page.low, page.max_id)
        members = await self._kit.store.scan(
            tables.NOTIFICATION_MEMBERS,
            (user_id, key.kind, key.tweet_id, key.hour),
            above=(low,) if low > 0 else None,
            below=(high,) if high < ID_MAX else None,
            reverse=not page.ascending,
            limit=page.limit,
        )
        if not members:
            await self.one(user_id, key)
            return Page(())
        ids = sorted(member.notification_id for member in members)
        newest_first = sorted(members, key=lambda member: member.notification_id, reverse=True)
        users = await self._unbarred(user_id, [member.actor_id for member in newest_first])
        return Page(tuple(users), ids[-1], ids[0], len(members) == page.limit)

    async def _newest(self, user_id: int, key: GroupKey) -> list[Notification]:
        """A group's newest notifications."""
        ids = [key.alone_id]
        if not key.alone_id:
            ids = [member.notification_id for member in await self._members(user_id, key, ID_MAX)]
        keys = [(user_id, notification_id) for notification_id in ids]
        found = await self._kit.store.get_many(tables.NOTIFICATIONS, keys)
        return [row for row in found if row is not None]

    async def _members(self, user_id: int, key: GroupKey, below: int) -> Sequence[rows.NotificationMemberRow]:
        return await self._kit.store.scan(
            tables.NOTIFICATION_MEMBERS,
            (user_id, key.kind, key.tweet_id, key.hour),
            below=(below,) if below < ID_MAX else None,
            reverse=True,
            limit=2 * GROUP_SAMPLE_ACTORS,
        )

    async def _view(self, user_id: int, key: GroupKey, members: Sequence[Notification]) -> GroupView:
        ordered = sorted(members, key=lambda row: row.notification_id, reverse=True)
        views = await self._reader.views(user_id, ordered[:1])
        if not views:
            raise NotFound("Record not found")
        newest = views[0]
        actor_ids = list(dict.fromkeys(row.actor_id for row in ordered))
        count = 1
        if not key.alone_id:
            row = await self._kit.store.get(
                tables.NOTIFICATION_GROUPS, (user_id, key.kind, key.tweet_id, key.hour)
            )
            count = max(len(members), row.count if row is not None else 0)
            if len(actor_ids) < GROUP_SAMPLE_ACTORS and count > len(members):
                older = await self._members(user_id, key, ordered[-1].notification_id)
                actor_ids = list(dict.fromkeys((*actor_ids, *(member.actor_id for member in older))))
        actors = await self._unbarred(user_id, actor_ids[: 2 * GROUP_SAMPLE_ACTORS])
        return GroupView(
            key,
            newest,
            count,
            ordered[-1].notification_id,
            ordered[0].notification_id,
            tuple(actors[:GROUP_SAMPLE_ACTORS]) or (newest.actor,),
        )

    async def _unbarred(self, user_id: int, actor_ids: Sequence[int]) -> list[UserView]:
        kit = self._kit
        relations = await relations_with(kit.store, user_id, actor_ids, kit.clock.now_ms())
        views = await kit.hydration.users(actor_ids)
        return [
            view
            for view in views
            if view is not None
            and not view.user.is_gone
            and (view.user.user_id not in relations or not is_barred(relations[view.user.user_id]))
        ]


def key_of(row: Notification, grouped: frozenset[int]) -> GroupKey:
    """The group that a notification is shown in, where `grouped` names the kinds that come in groups."""
    if row.hour and row.kind in grouped:
        return GroupKey(row.kind, row.tweet_id, row.hour)
    return GroupKey(row.kind, alone_id=row.notification_id)


def _stretched(low: int, high: int, item: int) -> tuple[int, int]:
    return (min(low, item) if low else item), max(high, item)
