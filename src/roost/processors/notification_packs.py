"""Notifications of groups that have many: a hundred of them are one row.

A pack holds notifications of one receiver by their ids, of whatever groups; spans say which packs hold some
of a group. A receiver's packs follow each other without overlapping: a page is read from them as from rows.
New notifications go into the last one until it is full: a row written once a write, not once a notification.
"""

from collections.abc import Callable, Sequence

from roost.limits import NOTIFICATION_PACK_MEMBERS
from roost.model import NotificationKind
from roost.store import Batch, Store, rows, tables

GroupId = tuple[int, NotificationKind, int, int]
"""Receiver, kind, tweet, hour."""
Members = list[rows.PackedNotification]


def group_of(receiver_id: int, member: rows.PackedNotification) -> GroupId:
    return receiver_id, member.kind, member.tweet_id, member.hour


async def pack_with(store: Store, receiver_id: int, notification_id: int) -> rows.NotificationPackRow | None:
    """The pack that a notification is in, if it is in one; else the one before it. One scan."""
    found = await store.scan(
        tables.NOTIFICATION_PACKS, (receiver_id,), below=(notification_id + 1,), reverse=True, limit=1
    )
    return found[0] if found else None


class OpenPacks:
    """The packs and spans that one write changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: dict[int, int] = {}
        """By receiver, the pack that new notifications go into."""
        self._packs: dict[tuple[int, int], Members] = {}
        self._spans: dict[tuple[GroupId, int], rows.NotificationSpanRow] = {}

    def __len__(self) -> int:
        return len(self._packs)

    async def holds(self, receiver_id: int, notification_id: int) -> bool:
        _, members = await self._with(receiver_id, notification_id)
        return any(member.notification_id == notification_id for member in members)

    async def add(self, receiver_id: int, member: rows.PackedNotification) -> None:
        first_id, members = await self._last_of(receiver_id)
        if members and member.notification_id <= members[-1].notification_id:  # an event that is redone
            first_id, members = await self._with(receiver_id, member.notification_id)
            first_id = first_id or member.notification_id
        elif not first_id or len(members) >= NOTIFICATION_PACK_MEMBERS:
            first_id, members = member.notification_id, []
            self._last[receiver_id] = first_id
        in_order = not members or member.notification_id > members[-1].notification_id
        members.append(member)
        if not in_order:
            members.sort(key=lambda one: one.notification_id)
        self._packs[receiver_id, first_id] = members
        await self._count(receiver_id, first_id, member, 1)

    async def remove(
        self, receiver_id: int, first_id: int, unwanted: Callable[[rows.PackedNotification], bool]
    ) -> Members:
        """Those that were removed."""
        members = await self._members(receiver_id, first_id)
        gone = [member for member in members if unwanted(member)]
        if gone:
            self._packs[receiver_id, first_id] = [member for member in members if not unwanted(member)]
            for member in gone:
                await self._count(receiver_id, first_id, member, -1)
        return gone

    async def remove_one(self, receiver_id: int, notification_id: int) -> Members:
        first_id, _ = await self._with(receiver_id, notification_id)
        if not first_id:
            return []
        return await self.remove(receiver_id, first_id, lambda one: one.notification_id == notification_id)

    async def newest_of(self, group: GroupId) -> int:
        """The newest that packs have of a group, or 0."""
        below: tuple[int, ...] | None = None
        while True:
            found = await self._store.scan(
                tables.NOTIFICATION_SPANS, group, below=below, reverse=True, limit=2
            )
            for span in found:
                members = await self._members(group[0], span.first_id)
                ids = [one.notification_id for one in members if group_of(group[0], one) == group]
                if ids:
                    return max(ids)
            if len(found) < 2:
                return 0
            below = (found[-1].first_id,)

    def write(self, batch: Batch) -> None:
        for (receiver_id, first_id), members in self._packs.items():
            if members:
                row = rows.NotificationPackRow(receiver_id, first_id, tuple(members))
                batch.put(tables.NOTIFICATION_PACKS, row)
            else:
                batch.delete(tables.NOTIFICATION_PACKS, (receiver_id, first_id))
        for (group, first_id), span in self._spans.items():
            if span.count:
                batch.put(tables.NOTIFICATION_SPANS, span)
            else:
                batch.delete(tables.NOTIFICATION_SPANS, (*group, first_id))

    async def _last_of(self, receiver_id: int) -> tuple[int, Members]:
        first_id = self._last.get(receiver_id)
        if first_id is None:
            found = await self._store.scan(tables.NOTIFICATION_PACKS, (receiver_id,), reverse=True, limit=1)
            first_id = found[0].first_id if found else 0
            if found:
                self._packs.setdefault((receiver_id, first_id), list(found[0].members))
            self._last[receiver_id] = first_id
        return first_id, await self._members(receiver_id, first_id) if first_id else []

    async def _with(self, receiver_id: int, notification_id: int) -> tuple[int, Members]:
        """The pack that a notification is in, or would be; with 0 for none."""
        here = [
            first_id
            for owner_id, first_id in self._packs
            if owner_id == receiver_id and first_id <= notification_id
        ]
        row = await pack_with(self._store, receiver_id, notification_id)
        first_id = max([*here, row.first_id if row is not None else 0])
        return first_id, await self._members(receiver_id, first_id) if first_id else []

    async def _members(self, receiver_id: int, first_id: int) -> Members:
        members = self._packs.get((receiver_id, first_id))
        if members is None:
            row = await self._store.get(tables.NOTIFICATION_PACKS, (receiver_id, first_id))
            members = list(row.members) if row is not None else []
        return members

    async def _count(
        self, receiver_id: int, first_id: int, member: rows.PackedNotification, change: int
    ) -> None:
        group = group_of(receiver_id, member)
        span = self._spans.get((group, first_id))
        if span is None:
            span = await self._store.get(tables.NOTIFICATION_SPANS, (*group, first_id))
        low = high = member.source_id
        if span is not None and span.count:
            low, high = min(low, span.low_source_id), max(high, span.high_source_id)
        count = (span.count if span is not None else 0) + change
        self._spans[group, first_id] = rows.NotificationSpanRow(*group, first_id, count, low, high)


async def spans_of(
    store: Store, group: Sequence[int], above: rows.NotificationSpanRow | None, limit: int
) -> list[rows.NotificationSpanRow]:
    """Some of the spans of a group, or of all groups of a receiver, kind and tweet, after one of them."""
    return await store.scan(
        tables.NOTIFICATION_SPANS,
        group,
        above=_beyond(group, above) if above is not None else None,
        limit=limit,
    )


def _beyond(prefix: Sequence[int], span: rows.NotificationSpanRow) -> tuple[int, ...]:
    whole = span.receiver_id, span.kind, span.tweet_id, span.hour, span.first_id
    return whole[len(prefix) :]
