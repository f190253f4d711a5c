"""Deriving notifications anew: from the log as far back as it goes, and what is older as it is.

A notification's id is its event's position, which no table knows. So those from before the log's first event
are taken over, with their groups and requests counted again; everything later is derived from the log. Who is
told is judged by what holds now: blocks, mutes, policies and deleted tweets of today.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from roost.processors.notification_packs import GroupId, group_of
from roost.processors.seam import Progress, Source
from roost.processors.shadow import ShadowStore, chunks_of
from roost.store import Batch, Row, Table, rows, tables

OWNED: tuple[Table[Any], ...] = (
    tables.NOTIFICATIONS,
    tables.NOTIFICATION_INDEX,
    tables.NOTIFICATION_MEMBERS,
    tables.NOTIFICATION_PACKS,
    tables.NOTIFICATION_SPANS,
    tables.NOTIFICATION_GROUPS,
    tables.NOTIFICATION_ORDER,
    tables.QUIET_GROUPS,
    tables.NOTIFICATION_FANOUTS,
    tables.NOTIFICATION_REQUESTS,
    tables.NOTIFICATION_SENDERS,
)


async def older_notifications(source: Source, shadow: ShadowStore, tell: Progress) -> int:
    """Take over what the log does not reach back to; the position before the log's first one."""
    first = source.log.first
    if first == 1:
        return 0
    older = _Older(source, shadow, first)
    for take_over in (
        older.notifications,
        older.index,
        older.members,
        older.packs,
        older.groups,
        older.requests,
    ):
        await take_over()
        tell("older rows of notifications", older.taken)
    return first - 1


class _Older:
    """Memory: two numbers for each group, and one for each sender whose notifications wait."""

    def __init__(self, source: Source, shadow: ShadowStore, first: int) -> None:
        self.taken = 0
        self._store = source.store
        self._shadow = shadow
        self._first = first
        self._counts: Counter[GroupId] = Counter()
        self._newest: dict[GroupId, int] = {}
        self._waiting: Counter[tuple[int, int]] = Counter()

    async def notifications(self) -> None:
        async for chunk in chunks_of(self._store, tables.NOTIFICATIONS):
            await self._put(tables.NOTIFICATIONS, [row for row in chunk if row.notification_id < self._first])

    async def index(self) -> None:
        async for chunk in chunks_of(self._store, tables.NOTIFICATION_INDEX):
            kept = [row for row in chunk if row.notification_id < self._first]
            await self._put(tables.NOTIFICATION_INDEX, kept)
            self._waiting.update(
                (row.subject_id, row.source_id) for row in kept if row.about is rows.About.SENDER
            )

    async def members(self) -> None:
        async for chunk in chunks_of(self._store, tables.NOTIFICATION_MEMBERS):
            kept = [row for row in chunk if row.notification_id < self._first]
            await self._put(tables.NOTIFICATION_MEMBERS, kept)
            self._count(
                ((row.receiver_id, row.kind, row.tweet_id, row.hour), row.notification_id) for row in kept
            )

    async def packs(self) -> None:
        """And their spans, counted again."""
        async for chunk in chunks_of(self._store, tables.NOTIFICATION_PACKS):
            for pack in chunk:
                kept = tuple(one for one in pack.members if one.notification_id < self._first)
                if kept:
                    made = rows.NotificationPackRow(pack.receiver_id, pack.first_id, kept)
                    await self._put(tables.NOTIFICATION_PACKS, [made])
                    await self._put(tables.NOTIFICATION_SPANS, _spans(made))
                    self._count((group_of(pack.receiver_id, one), one.notification_id) for one in kept)

    async def groups(self) -> None:
        """When their receivers were told of them last is not known any more."""
        for group, count in self._counts.items():
            newest_id = self._newest[group]
            made = rows.NotificationGroupRow(*group, count, count, newest_id)
            await self._put(tables.NOTIFICATION_GROUPS, [made])
            order = rows.NotificationOrderRow(group[0], newest_id, *group[1:])
            await self._put(tables.NOTIFICATION_ORDER, [order])

    async def requests(self) -> None:
        """Also those whose first notification is gone: the id of a request stays."""
        async for chunk in chunks_of(self._store, tables.NOTIFICATION_REQUESTS):
            counted = [
                msgspec.structs.replace(row, count=count)
                for row in chunk
                if (count := self._waiting[row.receiver_id, row.sender_id])
            ]
            senders = [
                rows.NotificationSenderRow(row.receiver_id, row.sender_id, row.request_id) for row in counted
            ]
            await self._put(tables.NOTIFICATION_REQUESTS, counted)
            await self._put(tables.NOTIFICATION_SENDERS, senders)

    def _count(self, members: Iterable[tuple[GroupId, int]]) -> None:
        for group, notification_id in members:
            self._counts[group] += 1
            self._newest[group] = max(self._newest.get(group, 0), notification_id)

    async def _put(self, table: Table[Row], kept: list[Row]) -> None:
        batch = Batch()
        for row in kept:
            batch.put(table, row)
        await self._shadow.write(batch)
        self.taken += len(kept)


def _spans(pack: rows.NotificationPackRow) -> list[rows.NotificationSpanRow]:
    sources: dict[GroupId, list[int]] = {}
    for one in pack.members:
        sources.setdefault(group_of(pack.receiver_id, one), []).append(one.source_id)
    return [
        rows.NotificationSpanRow(*group, pack.first_id, len(ids), min(ids), max(ids))
        for group, ids in sources.items()
    ]
