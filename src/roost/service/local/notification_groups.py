"""Notifications in groups: a thousand likes of one tweet are one thing to look at.

A notification's group is settled when it is written, so that pages agree about it. A group stands where its
newest notification stands, and on no other page: its members are not walked over, however many they are.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from roost.errors import NotFound
from roost.graph import relations_with
from roost.ids import ID_MAX
from roost.limits import GROUP_SAMPLE_ACTORS, NOTIFICATION_SCAN_ROWS_MAX
from roost.model import Notification, NotificationKind, Page, PageRequest
from roost.processors import PACKED, GroupId, get_notification, is_barred, scan_group
from roost.service.local.kit import Kit
from roost.service.local.notification_reader import NotificationReader
from roost.service.notices import GroupKey, GroupPage, GroupView, NotificationFilter
from roost.service.views import UserView
from roost.store import Row, Table, rows, tables


class _Place(msgspec.Struct, frozen=True):
    """Something that a page may show: a notification that stands alone, or a group."""

    place_id: int
    key: GroupKey
    alone: Notification | None = None


class NotificationGroups:
    def __init__(self, kit: Kit, reader: NotificationReader) -> None:
        self._kit = kit
        self._reader = reader

    async def page(
        self, user_id: int, page: PageRequest, wanted: NotificationFilter, grouped: frozenset[int]
    ) -> GroupPage:
        """Looks at `NOTIFICATION_SCAN_ROWS_MAX` rows, or few more, and into the groups that it shows."""
        views: list[GroupView] = []
        looked_at: list[int] = []
        bound = page.low if page.ascending else page.max_id
        chunk_rows = max(2 * page.limit, 40)
        ended = False
        while len(views) < page.limit and len(looked_at) < NOTIFICATION_SCAN_ROWS_MAX and not ended:
            passed, places = await self._places(user_id, page, bound, chunk_rows, wanted, grouped)
            views += await self._views(user_id, places, page.limit - len(views))
            looked_at += passed
            ended = not passed
            bound = passed[-1] if passed else bound
            await asyncio.sleep(0)  # others get their turn
        views.sort(key=lambda view: view.place_id, reverse=True)
        if len(views) < page.limit and looked_at:
            return Page(tuple(views), max(looked_at), min(looked_at), not ended)
        if not views:
            return Page(())
        return Page(tuple(views), views[0].place_id, views[-1].place_id, True)

    async def _places(
        self,
        user_id: int,
        page: PageRequest,
        bound: int,
        limit: int,
        wanted: NotificationFilter,
        grouped: frozenset[int],
    ) -> tuple[list[int], list[_Place]]:
        """The next rows' ids in the page's direction, and what of them a page may show."""
        alone = await self._rows(user_id, page, bound, limit, wanted, grouped)
        groups = [] if wanted.actor_id else await self._order(user_id, page, bound, limit)
        places = [
            _Place(row.newest_id, GroupKey(row.kind, row.tweet_id, row.hour))
            for row in groups
            if row.kind in grouped and wanted.wants_kind(row.kind)
        ]
        for row in alone:
            key = key_of(row, grouped)
            if wanted.wants(row) and (key.alone_id or wanted.actor_id):
                places.append(_Place(row.notification_id, key, row))
        reverse = not page.ascending
        passed = [row.notification_id for row in alone], [row.newest_id for row in groups]
        ends = [ids[-1] for ids in passed if len(ids) == limit]
        end = (max(ends) if reverse else min(ends)) if ends else (0 if reverse else ID_MAX)

        def is_within(item: int) -> bool:
            return item >= end if reverse else item <= end

        places.sort(key=lambda place: place.place_id, reverse=reverse)
        return (
            sorted(filter(is_within, {*passed[0], *passed[1]}), reverse=reverse),
            [place for place in places if is_within(place.place_id)],
        )

    async def _rows(
        self,
        user_id: int,
        page: PageRequest,
        bound: int,
        limit: int,
        wanted: NotificationFilter,
        grouped: frozenset[int],
    ) -> Sequence[Notification]:
        """Single notifications. What is packed is shown by its groups, where those are wanted and not one
        actor's: no group has two of one actor."""
        if wanted.actor_id or not grouped >= PACKED:
            return await self._reader.chunk(user_id, page, bound, limit)
        return await self._scan(tables.NOTIFICATIONS, user_id, page, bound, limit)

    async def _order(
        self, user_id: int, page: PageRequest, bound: int, limit: int
    ) -> Sequence[rows.NotificationOrderRow]:
        return await self._scan(tables.NOTIFICATION_ORDER, user_id, page, bound, limit)

    async def _scan(
        self, table: Table[Row], user_id: int, page: PageRequest, bound: int, limit: int
    ) -> list[Row]:
        low, high = (bound, page.max_id) if page.ascending else (page.low, bound)
        return await self._kit.store.scan(
            table,
            (user_id,),
            above=(low,) if low > 0 else None,
            below=(high,) if high < ID_MAX else None,
            reverse=not page.ascending,
            limit=limit,
        )

    async def _views(self, user_id: int, places: Sequence[_Place], limit: int) -> list[GroupView]:
        """Of the first `limit` places that there is something welcome at."""
        alone = [place.alone for place in places if place.alone is not None]
        welcome = {row.notification_id for row in await self._reader.welcome(user_id, alone)}
        views: list[GroupView] = []
        for place in places:
            if len(views) == limit:
                break
            if place.alone is None:
                members = await self._reader.newest(_id_of(user_id, place.key), GROUP_SAMPLE_ACTORS)
            else:
                members = [place.alone] if place.place_id in welcome else []
            view = await self._view(user_id, place, members)
            if view is not None:
                views.append(view)
        return views

    async def one(self, user_id: int, key: GroupKey) -> GroupView:
        """A whole group, as its newest notification names it. Raises NotFound."""
        if key.alone_id:
            found = await get_notification(self._kit.store, user_id, key.alone_id)
            members = await self._reader.welcome(user_id, [found] if found is not None else [])
        else:
            members = await self._reader.newest(_id_of(user_id, key), GROUP_SAMPLE_ACTORS)
        place_id = members[0].notification_id if members else 0
        view = await self._view(user_id, _Place(place_id, key), members)
        if view is None:
            raise NotFound("Record not found")
        return view

    async def actors(self, user_id: int, key: GroupKey, page: PageRequest) -> Page[UserView]:
        """Its cursors are notifications' ids."""
        if key.alone_id:
            view = await self.one(user_id, key)
            return Page(view.actors, key.alone_id, key.alone_id, False)
        members = await scan_group(
            self._kit.store,
            _id_of(user_id, key),
            page.low,
            page.max_id,
            reverse=not page.ascending,
            limit=page.limit,
        )
        if not members:
            await self.one(user_id, key)
            return Page(())
        newest_first = sorted(members, key=lambda member: member.notification_id, reverse=True)
        users = await self._unbarred(user_id, [member.actor_id for member in newest_first])
        ends = newest_first[0].notification_id, newest_first[-1].notification_id
        return Page(tuple(users), *ends, len(members) == page.limit)

    async def _view(self, user_id: int, place: _Place, members: Sequence[Notification]) -> GroupView | None:
        """`members`: its newest welcome ones, newest first; None where there are none."""
        views = await self._reader.views(user_id, members[:1])
        if not views:
            return None
        count = len(members)
        if not place.key.alone_id:
            row = await self._kit.store.get(tables.NOTIFICATION_GROUPS, _id_of(user_id, place.key))
            count = max(count, row.count if row is not None else 0)
        actor_ids = list(dict.fromkeys(row.actor_id for row in members))
        actors = await self._unbarred(user_id, actor_ids[: 2 * GROUP_SAMPLE_ACTORS])
        sample = tuple(actors[:GROUP_SAMPLE_ACTORS]) or (views[0].actor,)
        return GroupView(place.key, views[0], count, place.place_id, sample)

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


def _id_of(user_id: int, key: GroupKey) -> GroupId:
    return user_id, NotificationKind(key.kind), key.tweet_id, key.hour
