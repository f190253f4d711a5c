"""Notifications as they are read: those that have rows of their own and those that are packed, as one."""

import asyncio
from collections.abc import Sequence
from typing import Any

from roost.ids import ID_MAX, unix_ms_of
from roost.limits import NOTIFICATION_PACK_MEMBERS, NOTIFICATION_PACKS_AT_ONCE
from roost.model import Notification
from roost.processors.notification_packs import GroupId, group_of, pack_with
from roost.store import Store, rows, tables


async def get_notification(store: Store, receiver_id: int, notification_id: int) -> Notification | None:
    found = await store.get(tables.NOTIFICATIONS, (receiver_id, notification_id))
    if found is not None:
        return found
    pack = await pack_with(store, receiver_id, notification_id)
    for member in pack.members if pack is not None else ():
        if member.notification_id == notification_id:
            return _unpacked(receiver_id, member)
    return None


async def scan_notifications(
    store: Store, receiver_id: int, low: int, high: int, *, reverse: bool, limit: int
) -> list[Notification]:
    """At most `limit` of a receiver's notifications between two ids (both exclusive); in the order of their
    ids or, with `reverse`, against it. Two scans, 3 us a row and 30 us a pack."""
    found = await store.scan(
        tables.NOTIFICATIONS,
        (receiver_id,),
        above=(low,) if low > 0 else None,
        below=(high,) if high < ID_MAX else None,
        reverse=reverse,
        limit=limit,
    )
    packed = await scan_packed(store, receiver_id, low, high, reverse=reverse, limit=limit)
    if packed:
        found += [_unpacked(receiver_id, member) for member in packed]
        found.sort(key=lambda row: row.notification_id, reverse=reverse)
    return found[:limit]


async def scan_packed(
    store: Store, receiver_id: int, low: int, high: int, *, reverse: bool, limit: int
) -> list[rows.PackedNotification]:
    """`scan_notifications` of those that are packed."""
    found: list[rows.PackedNotification] = []
    at_once = min(NOTIFICATION_PACKS_AT_ONCE, limit // NOTIFICATION_PACK_MEMBERS + 2)
    begin = await _first_at(store, receiver_id, low) if low > 0 else 0
    above, below = max(begin - 1, 0), high
    while len(found) < limit:
        packs = await store.scan(
            tables.NOTIFICATION_PACKS,
            (receiver_id,),
            above=(above,) if above > 0 else None,
            below=(below,) if below < ID_MAX else None,
            reverse=reverse,
            limit=at_once,
        )
        for pack in packs:
            members = [one for one in pack.members if low < one.notification_id < high]
            found.extend(reversed(members) if reverse else members)
        if len(packs) < at_once:
            break
        above, below = (above, packs[-1].first_id) if reverse else (packs[-1].first_id, below)
    return found[:limit]


async def _first_at(store: Store, receiver_id: int, notification_id: int) -> int:
    """The pack that begins at an id or before it, or that id."""
    pack = await pack_with(store, receiver_id, notification_id)
    return pack.first_id if pack is not None else notification_id


async def scan_group(
    store: Store, group: GroupId, low: int, high: int, *, reverse: bool, limit: int
) -> list[Notification]:
    """`scan_notifications` of one group."""
    found = [
        *await _packed_of(store, group, low, high, reverse, limit),
        *await _single_of(store, group, low, high, reverse, limit),
    ]
    found.sort(key=lambda row: row.notification_id, reverse=reverse)
    return found[:limit]


async def _single_of(
    store: Store, group: GroupId, low: int, high: int, reverse: bool, limit: int
) -> list[Notification]:
    members = await store.scan(
        tables.NOTIFICATION_MEMBERS,
        group,
        above=(low,) if low > 0 else None,
        below=(high,) if high < ID_MAX else None,
        reverse=reverse,
        limit=limit,
    )
    keys = [(group[0], member.notification_id) for member in members]
    return [row for row in await store.get_many(tables.NOTIFICATIONS, keys) if row is not None]


async def _packed_of(
    store: Store, group: GroupId, low: int, high: int, reverse: bool, limit: int
) -> list[Notification]:
    found: list[Notification] = []
    bounds: dict[str, Any] = {"below": (high,) if high < ID_MAX else None}
    if low > 0:
        bounds["above"] = (max(0, await _first_at(store, group[0], low) - 1),)
    while len(found) < limit:
        spans = await store.scan(
            tables.NOTIFICATION_SPANS, group, reverse=reverse, limit=NOTIFICATION_PACKS_AT_ONCE, **bounds
        )
        for span in spans:
            members = await _of_span(store, span)
            members = [one for one in members if low < one.notification_id < high]
            found += [_unpacked(group[0], one) for one in (reversed(members) if reverse else members)]
            if len(found) >= limit:
                break
        if len(spans) < NOTIFICATION_PACKS_AT_ONCE:
            break
        bounds["below" if reverse else "above"] = (spans[-1].first_id,)
        await asyncio.sleep(0)  # others get their turn
    return found[:limit]


async def _of_span(store: Store, span: rows.NotificationSpanRow) -> Sequence[rows.PackedNotification]:
    pack = await store.get(tables.NOTIFICATION_PACKS, (span.receiver_id, span.first_id))
    group = span.receiver_id, span.kind, span.tweet_id, span.hour
    return [one for one in pack.members if group_of(span.receiver_id, one) == group] if pack else []


async def scan_streamed(
    store: Store, receiver_id: int, low: int, high: int, limit: int
) -> list[Notification]:
    """At most `limit` of those that streams tell of by themselves, between two ids (both exclusive)."""
    found = await store.scan(tables.NOTIFICATIONS, (receiver_id,), above=(low,), below=(high,), limit=limit)
    found = [row for row in found if not row.filtered]
    after = low
    while len(found) < limit:
        packed = await scan_packed(
            store, receiver_id, after, high, reverse=False, limit=NOTIFICATION_PACK_MEMBERS
        )
        found += [_unpacked(receiver_id, one) for one in packed if one.is_told]
        if len(packed) < NOTIFICATION_PACK_MEMBERS:
            break
        after = packed[-1].notification_id
        await asyncio.sleep(0)  # others get their turn
    return found[:limit]


def _unpacked(receiver_id: int, member: rows.PackedNotification) -> Notification:
    return Notification(
        receiver_id,
        member.notification_id,
        member.kind,
        member.actor_id,
        unix_ms_of(member.source_id),
        member.tweet_id,
        member.hour,
    )
