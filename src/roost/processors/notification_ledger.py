"""The rows of notifications, as they change: gathered in memory, written at once with the cursor.

A group's and a request's count change with every member; what is not yet written is looked up here first. So
that a slice of events is one write, and a failed one leaves nothing.
"""

from typing import Any

import msgspec

from roost.model import Notification, NotificationKind, NotificationRequest
from roost.processors.notification_causes import Cause
from roost.store import Batch, Store, Table, rows, tables

_MS_PER_HOUR = 3_600_000
GROUP_HOURS = 12
"""What comes so long after a group's beginning begins a new one; Mastodon's figure."""
GROUPED = frozenset(
    (
        NotificationKind.LIKE,
        NotificationKind.RETWEET,
        NotificationKind.FOLLOW,
        NotificationKind.SIGN_UP,
    )
)

Group = tuple[int, NotificationKind, int]
"""Receiver, kind, tweet."""


class NotificationLedger:
    """One write's worth of changes. Thrown away after the write, and where it fails."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.batch = Batch()
        self.told: list[Notification] = []
        self.takes_back = False
        """Whether something was removed: it is written before anything is added again."""
        self._removed: set[tuple[int, int]] = set()
        self._latest: dict[Group, int] = {}
        self._groups: dict[tuple[int, NotificationKind, int, int], rows.NotificationGroupRow] = {}
        self._senders: dict[tuple[int, int], rows.NotificationSenderRow] = {}
        self._requests: dict[tuple[int, int], NotificationRequest] = {}
        self._touched: set[tuple[rows.About, int]] = set()

    def has_of(self, about: rows.About, about_id: int) -> bool:
        """Whether something about a tweet or an edge is written by this, which the tables do not show yet."""
        return (about, about_id) in self._touched

    async def add(self, cause: Cause, position: int, filtered: bool) -> None:
        """Idempotent: what is a member of a group or a request already is not counted again."""
        hour = 0
        if cause.kind in GROUPED and not filtered:
            hour = await self._join_group(cause, position)
        made = Notification(
            cause.receiver_id,
            position,
            cause.kind,
            cause.actor_id,
            cause.made_ms,
            cause.tweet_id,
            hour,
            filtered,
            cause.subject_id,
        )
        self.batch.put(tables.NOTIFICATIONS, made)
        self._index(cause.about, cause.about_id, cause.source_id, made)
        if filtered:
            entry = (rows.About.SENDER, made.receiver_id, made.actor_id, made.receiver_id, position)
            if await self._store.get(tables.NOTIFICATION_INDEX, entry) is None:
                await self._count_request(made)
            self._index(*entry[:3], made)
        else:
            self.told.append(made)

    async def remove(self, gone: Notification) -> None:
        """Its rows, and its part of the counts."""
        self.takes_back = True
        key = gone.receiver_id, gone.notification_id
        if key in self._removed:
            return
        self._removed.add(key)
        self.batch.delete(tables.NOTIFICATIONS, key)
        if gone.filtered:
            entry = (rows.About.SENDER, gone.receiver_id, gone.actor_id, *key)
            if await self._store.get(tables.NOTIFICATION_INDEX, entry) is not None:
                self.batch.delete(tables.NOTIFICATION_INDEX, entry)
                await self._discount_request(gone)
        if gone.hour:
            await self._leave_group(gone)

    def release(self, held: Notification) -> None:
        """Its receiver accepted the sender: it is filtered no more. It stays outside groups."""
        self.takes_back = True
        free = msgspec.structs.replace(held, filtered=False)
        self.batch.put(tables.NOTIFICATIONS, free)
        entry = (rows.About.SENDER, held.receiver_id, held.actor_id, held.receiver_id, held.notification_id)
        self.batch.delete(tables.NOTIFICATION_INDEX, entry)

    def forget_request(self, receiver_id: int, sender_id: int, request_id: int) -> None:
        self.takes_back = True
        self.batch.delete(tables.NOTIFICATION_REQUESTS, (receiver_id, request_id))
        self.batch.delete(tables.NOTIFICATION_SENDERS, (receiver_id, sender_id))

    def forget_all(self, receiver_id: int, up_to: int) -> None:
        """Everything of a receiver up to a position (inclusive), without a look at each. What there is of the
        index goes with what it is about."""
        self.takes_back = True
        self._forget(tables.NOTIFICATIONS, (receiver_id,), (receiver_id, up_to + 1))
        for table in (
            tables.NOTIFICATION_GROUPS,
            tables.NOTIFICATION_MEMBERS,
            tables.NOTIFICATION_REQUESTS,
            tables.NOTIFICATION_SENDERS,
        ):
            self._forget(table, (receiver_id,), (receiver_id + 1,))
        by_sender = rows.About.SENDER
        self._forget(tables.NOTIFICATION_INDEX, (by_sender, receiver_id), (by_sender, receiver_id + 1))

    def forget_user(self, user_id: int, up_to: int) -> None:
        """Everything that a user who is gone was told."""
        self.forget_all(user_id, up_to)
        self._forget(tables.NOTIFICATION_ERASURES, (user_id,), (user_id + 1,))

    def _forget(self, table: Table[Any], start: tuple[int, ...], stop: tuple[int, ...]) -> None:
        self.batch.forget_raw(table.encode_key(start), table.encode_key(stop))

    def _index(self, about: rows.About, about_id: int, source_id: int, made: Notification) -> None:
        row = rows.NotificationIndexRow(about, about_id, source_id, made.receiver_id, made.notification_id)
        self.batch.put(tables.NOTIFICATION_INDEX, row)
        self._touched.add((about, about_id))

    async def _join_group(self, cause: Cause, position: int) -> int:
        """The hour that names the group; its count goes up by one."""
        hour = max(1, cause.made_ms // _MS_PER_HOUR)
        group = cause.receiver_id, cause.kind, cause.tweet_id
        latest = self._latest.get(group)
        if latest is None:
            found = await self._store.scan(tables.NOTIFICATION_GROUPS, group, reverse=True, limit=1)
            latest = found[0].hour if found else 0
        if latest == 0 or latest + GROUP_HOURS <= hour:
            latest = hour
        self._latest[group] = latest
        if await self._store.get(tables.NOTIFICATION_MEMBERS, (*group, latest, position)) is not None:
            return latest
        member = rows.NotificationMemberRow(*group, latest, position, cause.actor_id)
        self.batch.put(tables.NOTIFICATION_MEMBERS, member)
        held = await self._group(group, latest)
        self._put_group(msgspec.structs.replace(held, count=held.count + 1))
        return latest

    async def _leave_group(self, gone: Notification) -> None:
        group = gone.receiver_id, gone.kind, gone.tweet_id
        member = (*group, gone.hour, gone.notification_id)
        if await self._store.get(tables.NOTIFICATION_MEMBERS, member) is None:
            return
        self.batch.delete(tables.NOTIFICATION_MEMBERS, member)
        held = await self._group(group, gone.hour)
        self._put_group(msgspec.structs.replace(held, count=held.count - 1))
        if held.count <= 1:
            self.batch.delete(tables.NOTIFICATION_GROUPS, (*group, gone.hour))

    async def _group(self, group: Group, hour: int) -> rows.NotificationGroupRow:
        held = self._groups.get((*group, hour))
        if held is None:
            held = await self._store.get(tables.NOTIFICATION_GROUPS, (*group, hour))
        return held or rows.NotificationGroupRow(*group, hour, 0)

    def _put_group(self, row: rows.NotificationGroupRow) -> None:
        self._groups[row.receiver_id, row.kind, row.tweet_id, row.hour] = row
        self.batch.put(tables.NOTIFICATION_GROUPS, row)

    async def _request_of(self, receiver_id: int, sender_id: int) -> NotificationRequest | None:
        key = receiver_id, sender_id
        if key in self._requests:
            return self._requests[key]
        row = await self._store.get(tables.NOTIFICATION_SENDERS, key)
        if row is None:
            return None
        return await self._store.get(tables.NOTIFICATION_REQUESTS, (receiver_id, row.request_id))

    async def _count_request(self, made: Notification) -> None:
        held = await self._request_of(made.receiver_id, made.actor_id)
        if held is None:
            held = NotificationRequest(
                made.receiver_id, made.notification_id, made.actor_id, made_ms=made.made_ms
            )
            row = rows.NotificationSenderRow(made.receiver_id, made.actor_id, made.notification_id)
            self.batch.put(tables.NOTIFICATION_SENDERS, row)
        shows_tweet = made.kind in (NotificationKind.MENTION, NotificationKind.QUOTE)
        self._put_request(
            msgspec.structs.replace(
                held,
                count=held.count + 1,
                last_tweet_id=made.tweet_id if shows_tweet else held.last_tweet_id,
                updated_ms=made.made_ms,
            )
        )

    async def _discount_request(self, gone: Notification) -> None:
        held = await self._request_of(gone.receiver_id, gone.actor_id)
        if held is None:
            return
        if held.count > 1:
            self._put_request(msgspec.structs.replace(held, count=held.count - 1))
        else:
            self._requests.pop((gone.receiver_id, gone.actor_id), None)
            self.forget_request(held.receiver_id, held.sender_id, held.request_id)

    def _put_request(self, request: NotificationRequest) -> None:
        self._requests[request.receiver_id, request.sender_id] = request
        self.batch.put(tables.NOTIFICATION_REQUESTS, request)
