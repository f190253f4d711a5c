"""Groups of notifications as one write changes them: how many they have, and where they stand."""

import msgspec

from roost.model import NotificationKind
from roost.processors.notification_causes import Cause
from roost.processors.notification_packs import GroupId, OpenPacks
from roost.store import Batch, Store, rows, tables

_MS_PER_HOUR = 3_600_000
GROUP_HOURS = 12
"""What comes so long after a group's beginning begins a new one; Mastodon's figure."""

Line = tuple[int, NotificationKind, int]
"""Receiver, kind, tweet: all groups of these, one after the other."""


class OpenGroups:
    """The groups that one write changes."""

    def __init__(self, store: Store, packs: OpenPacks) -> None:
        self._store = store
        self._packs = packs
        self._latest: dict[Line, int] = {}
        self._groups: dict[GroupId, rows.NotificationGroupRow] = {}
        self._placed: dict[GroupId, int] = {}
        """Under which notification the table of groups in order has a group."""
        self._beheaded: set[GroupId] = set()
        """Groups that lost their newest notification."""

    def __len__(self) -> int:
        return len(self._groups)

    async def named_for(self, cause: Cause) -> GroupId:
        """The group that a notification joins, which may be a new one."""
        hour = max(1, cause.made_ms // _MS_PER_HOUR)
        line = cause.receiver_id, cause.kind, cause.tweet_id
        latest = self._latest.get(line)
        if latest is None:
            found = await self._store.scan(tables.NOTIFICATION_GROUPS, line, reverse=True, limit=1)
            latest = found[0].hour if found else 0
        if latest == 0 or latest + GROUP_HOURS <= hour:
            latest = hour
        self._latest[line] = latest
        return (*line, latest)

    async def get(self, group: GroupId) -> rows.NotificationGroupRow:
        """Empty where there is none."""
        held = self._groups.get(group)
        if held is None:
            held = await self._store.get(tables.NOTIFICATION_GROUPS, group)
            self._placed[group] = held.newest_id if held is not None else 0
        return held or rows.NotificationGroupRow(*group, 0)

    def put(self, row: rows.NotificationGroupRow) -> None:
        """What `get` answered, changed."""
        self._groups[row.receiver_id, row.kind, row.tweet_id, row.hour] = row

    async def discount(self, group: GroupId, notification_id: int) -> None:
        held = await self.get(group)
        self._groups[group] = msgspec.structs.replace(held, count=held.count - 1)
        if notification_id == held.newest_id:
            self._beheaded.add(group)

    async def write(self, batch: Batch, removed: set[tuple[int, int]]) -> None:
        """`removed`: the receivers and ids of notifications that go with this write."""
        for group in self._beheaded:
            held = self._groups[group]
            if held.count > 0:
                newest_id = await self._newest_of(group, removed)
                self._groups[group] = msgspec.structs.replace(held, newest_id=newest_id)
        for group, held in self._groups.items():
            self._write_one(group, held, batch)

    def _write_one(self, group: GroupId, held: rows.NotificationGroupRow, batch: Batch) -> None:
        receiver_id, placed_id = group[0], self._placed[group]
        newest_id = held.newest_id if held.count > 0 else 0
        if placed_id and placed_id != newest_id:
            batch.delete(tables.NOTIFICATION_ORDER, (receiver_id, placed_id))
        if held.count > 0:
            place = rows.NotificationOrderRow(receiver_id, newest_id, *group[1:])
            batch.put(tables.NOTIFICATION_GROUPS, held)
            batch.put(tables.NOTIFICATION_ORDER, place)
        else:
            batch.delete(tables.NOTIFICATION_GROUPS, group)

    async def _newest_of(self, group: GroupId, removed: set[tuple[int, int]]) -> int:
        packed_id = await self._packs.newest_of(group)
        found = await self._store.scan(
            tables.NOTIFICATION_MEMBERS, group, reverse=True, limit=len(removed) + 1
        )
        left = (row.notification_id for row in found if (group[0], row.notification_id) not in removed)
        return max(packed_id, next(left, 0))
