"""The rows of notifications, as they change: gathered in memory, written at once with the cursor.

A group's and a request's count change with every member; what is not yet written is looked up here first. So
that a slice of events is one write, and a failed one leaves nothing. The first few of a group have rows of
their own; what comes then goes into packs, and a group's row and place are written once a write.
"""

from typing import Any

import msgspec

from roost.limits import NOTIFICATION_GROUP_TELL_S, NOTIFICATION_GROUP_TOLD_FIRST
from roost.model import GroupTelling, Notification, NotificationKind, NotificationRequest
from roost.processors.notification_causes import Cause
from roost.processors.notification_groups import OpenGroups
from roost.processors.notification_packs import GroupId, OpenPacks, group_of
from roost.store import Batch, Store, Table, rows, tables

PACKED = frozenset((NotificationKind.LIKE, NotificationKind.RETWEET, NotificationKind.FOLLOW))
"""Kinds of which a group's members are packed, where it has many."""
GROUPED = PACKED | {NotificationKind.SIGN_UP}


class Told(msgspec.Struct, frozen=True):
    """A new notification, where its receiver is told at once, or is to be pushed to."""

    notification: Notification
    joined: int = 0
    """The how manyth of its group it is, where it is in one."""
    is_streamed: bool = True

    @property
    def is_pushed(self) -> bool:
        """The first few of a group, and then the hundredth, the thousandth and so on."""
        return self.joined <= NOTIFICATION_GROUP_TOLD_FIRST or _is_power_of_ten(self.joined)


class NotificationLedger:
    """One write's worth of changes. Thrown away after the write, and where it fails."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.batch = Batch()
        self.told: list[Told] = []
        self.quiet: dict[GroupId, rows.QuietGroupRow] = {}
        """Groups that their receivers are to be told of later."""
        self.takes_back = False
        """Whether something was removed: it is written before anything is added again."""
        self._removed: set[tuple[int, int]] = set()
        self._packs = OpenPacks(store)
        self._groups = OpenGroups(store, self._packs)
        self._requests: dict[tuple[int, int], NotificationRequest] = {}
        self._touched: set[tuple[rows.About, int]] = set()

    @property
    def is_empty(self) -> bool:
        return not (len(self.batch) or self.batch.forgotten or len(self._groups) or len(self._packs))

    @property
    def packs(self) -> int:
        """How many packs it changes."""
        return len(self._packs)

    def has_of(self, about: rows.About, about_id: int) -> bool:
        """Whether something about a tweet or an edge is written by this, which the tables do not show yet."""
        return (about, about_id) in self._touched

    async def add(self, cause: Cause, position: int, filtered: bool) -> None:
        """Idempotent: what is a member of a group or a request already is not counted again."""
        if cause.kind in GROUPED and not filtered:
            await self._add_to_group(cause, position)
            return
        made = self._put(cause, position, 0, filtered)
        if filtered:
            entry = (rows.About.SENDER, made.receiver_id, made.actor_id, made.receiver_id, position)
            if await self._store.get(tables.NOTIFICATION_INDEX, entry) is None:
                await self._count_request(made)
            self._index(*entry[:3], made.receiver_id, position)
        else:
            self.told.append(Told(made))

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

    async def remove_one(self, receiver_id: int, notification_id: int) -> None:
        """What the index names, whether it has a row of its own or is packed."""
        held = await self._store.get(tables.NOTIFICATIONS, (receiver_id, notification_id))
        if held is not None:
            await self.remove(held)
        else:
            await self._remove_packed(receiver_id, notification_id)

    async def unpack(self, span: rows.NotificationSpanRow, source_id: int = 0) -> bool:
        """Remove what a pack has of a group, or only what one source of it caused; whether there was any."""
        self.takes_back = True
        group = span.receiver_id, span.kind, span.tweet_id, span.hour

        def is_meant(one: rows.PackedNotification) -> bool:
            return group_of(span.receiver_id, one) == group and source_id in (0, one.source_id)

        gone = await self._packs.remove(span.receiver_id, span.first_id, is_meant)
        for member in gone:
            await self._groups.discount(group, member.notification_id)
        return bool(gone)

    async def gather(self, telling: GroupTelling) -> None:
        """A receiver is told of a group now: what comes within a while after that waits again."""
        group = telling.receiver_id, telling.kind, telling.tweet_id, telling.hour
        self.quiet.pop(group, None)
        self.batch.delete(tables.QUIET_GROUPS, (0, *group))
        held = await self._groups.get(group)
        if held.count:
            self._groups.put(msgspec.structs.replace(held, told_ms=max(held.told_ms, telling.at_ms)))

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
        for table in _OF_RECEIVERS:
            self._forget(table, (receiver_id,), (receiver_id + 1,))
        for table, first in ((tables.NOTIFICATION_INDEX, rows.About.SENDER), (tables.QUIET_GROUPS, 0)):
            self._forget(table, (first, receiver_id), (first, receiver_id + 1))

    def forget_user(self, user_id: int, up_to: int) -> None:
        """Everything that a user who is gone was told."""
        self.forget_all(user_id, up_to)
        self._forget(tables.NOTIFICATION_ERASURES, (user_id,), (user_id + 1,))

    async def seal(self) -> Batch:
        """All changes as one batch. To be called once, at the end."""
        await self._groups.write(self.batch, self._removed)
        self._packs.write(self.batch)
        for quiet in self.quiet.values():
            self.batch.put(tables.QUIET_GROUPS, quiet)
        return self.batch

    def _forget(self, table: Table[Any], start: tuple[int, ...], stop: tuple[int, ...]) -> None:
        self.batch.forget_raw(table.encode_key(start), table.encode_key(stop))

    def _put(self, cause: Cause, position: int, hour: int, filtered: bool) -> Notification:
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
        self._index(cause.about, cause.about_id, cause.source_id, cause.receiver_id, position)
        return made

    def _index(
        self, about: rows.About, about_id: int, source_id: int, receiver_id: int, position: int
    ) -> None:
        row = rows.NotificationIndexRow(about, about_id, source_id, receiver_id, position)
        self.batch.put(tables.NOTIFICATION_INDEX, row)
        self._touched.add((about, about_id))

    # -- groups

    async def _add_to_group(self, cause: Cause, position: int) -> None:
        group = await self._groups.named_for(cause)
        held = await self._groups.get(group)
        if position <= held.newest_id and await self._holds(cause.receiver_id, position):
            return
        joined = max(held.joined, held.count) + 1
        told_ms = held.told_ms
        if joined <= NOTIFICATION_GROUP_TOLD_FIRST or cause.kind not in PACKED:
            made = self._put(cause, position, group[3], False)
            member = rows.NotificationMemberRow(*group, position, cause.actor_id)
            self.batch.put(tables.NOTIFICATION_MEMBERS, member)
            is_streamed = True
        else:
            is_streamed = cause.made_ms >= told_ms + 1_000 * NOTIFICATION_GROUP_TELL_S
            made = await self._pack(cause, position, group[3], is_streamed)
            if not is_streamed:
                self.quiet[group] = rows.QuietGroupRow(*group)
        told = Told(made, joined, is_streamed)
        if is_streamed or told.is_pushed:
            self.told.append(told)
        self._groups.put(
            msgspec.structs.replace(
                held,
                count=held.count + 1,
                joined=joined,
                newest_id=max(held.newest_id, position),
                told_ms=max(told_ms, cause.made_ms) if is_streamed else told_ms,
            )
        )

    async def _pack(self, cause: Cause, position: int, hour: int, is_streamed: bool) -> Notification:
        member = rows.PackedNotification(
            position, cause.kind, cause.actor_id, cause.source_id, cause.tweet_id, hour, is_streamed
        )
        await self._packs.add(cause.receiver_id, member)
        if cause.about is rows.About.EDGE:  # a follow that stands is looked up by it
            self._index(cause.about, cause.about_id, cause.source_id, cause.receiver_id, position)
        self._touched.add((cause.about, cause.about_id))
        return Notification(
            cause.receiver_id, position, cause.kind, cause.actor_id, cause.made_ms, cause.tweet_id, hour
        )

    async def _holds(self, receiver_id: int, notification_id: int) -> bool:
        if await self._store.get(tables.NOTIFICATIONS, (receiver_id, notification_id)) is not None:
            return True
        return await self._packs.holds(receiver_id, notification_id)

    async def _leave_group(self, gone: Notification) -> None:
        group = gone.receiver_id, gone.kind, gone.tweet_id, gone.hour
        member = (*group, gone.notification_id)
        if await self._store.get(tables.NOTIFICATION_MEMBERS, member) is not None:
            self.batch.delete(tables.NOTIFICATION_MEMBERS, member)
            await self._groups.discount(group, gone.notification_id)
        else:
            await self._remove_packed(gone.receiver_id, gone.notification_id)

    async def _remove_packed(self, receiver_id: int, notification_id: int) -> None:
        self.takes_back = True
        for member in await self._packs.remove_one(receiver_id, notification_id):
            await self._groups.discount(group_of(receiver_id, member), notification_id)

    # -- requests

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


_OF_RECEIVERS: tuple[Table[Any], ...] = (
    tables.NOTIFICATION_GROUPS,
    tables.NOTIFICATION_MEMBERS,
    tables.NOTIFICATION_ORDER,
    tables.NOTIFICATION_PACKS,
    tables.NOTIFICATION_SPANS,
    tables.NOTIFICATION_REQUESTS,
    tables.NOTIFICATION_SENDERS,
)


def _is_power_of_ten(count: int) -> bool:
    return count > 0 and str(count).strip("0") == "1"
