"""Notifications: whether what caused each one stands, and whether groups and requests count theirs."""

import asyncio
from collections.abc import AsyncIterator

from roost.ids import unix_ms_of
from roost.model import Edge, EdgeKind, Notification, NotificationKind, Tweet
from roost.service.local.kit import Kit
from roost.service.local.verification.notice_causes import check_told
from roost.service.local.verification.reading import count_below, slices_below, slices_of, tweets_of
from roost.service.local.verification.seam import Sample, Tally
from roost.store import SIDES, Store, rows, tables

_MARKS = {NotificationKind.LIKE: rows.Mark.LIKED, NotificationKind.RETWEET: rows.Mark.RETWEETED}
_EDGES = {NotificationKind.FOLLOW: EdgeKind.FOLLOW, NotificationKind.FOLLOW_REQUEST: EdgeKind.FOLLOW_REQUEST}


async def check_notifications(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Every notification, group and request; and every cause that the log still has. 20 us each."""
    del sample
    async for held in _all_of(kit.store):
        tally.compared += len(held)
        for notification, source_id in held:
            if problem := await _unfounded(kit.store, notification, source_id):
                tally.differs(_name(notification), "there", problem)
    await _check_groups(kit, tally)
    await _check_requests(kit, tally)
    await check_told(kit, tally)


def _name(one: Notification) -> str:
    kind = one.kind.name.lower()
    return f"notification {one.notification_id} ({kind}) of user {one.receiver_id} by user {one.actor_id}"


async def _all_of(store: Store) -> AsyncIterator[list[tuple[Notification, int]]]:
    """Each with its source, where that is known, or 0."""
    async for single in slices_of(store, tables.NOTIFICATIONS):
        yield [(row, 0) for row in single]
    async for packs in slices_of(store, tables.NOTIFICATION_PACKS):
        for pack in packs:
            yield [_unpacked(pack.receiver_id, one) for one in pack.members]
            await asyncio.sleep(0)


def _unpacked(receiver_id: int, one: rows.PackedNotification) -> tuple[Notification, int]:
    made_ms = unix_ms_of(one.source_id)
    made = Notification(
        receiver_id, one.notification_id, one.kind, one.actor_id, made_ms, one.tweet_id, one.hour
    )
    return made, one.source_id


async def _unfounded(store: Store, one: Notification, source_id: int) -> str:
    """Why it should not be there; empty where its cause stands."""
    match one.kind:
        case NotificationKind.LIKE | NotificationKind.RETWEET:
            return await _without_mark(store, one, source_id)
        case NotificationKind.FOLLOW | NotificationKind.FOLLOW_REQUEST:
            return await _without_edge(store, one, source_id)
        case NotificationKind.SIGN_UP:
            return "" if await store.get(tables.USERS, (one.actor_id,)) else "no such account"
        case NotificationKind.REPORT:
            return "" if await store.get(tables.REPORTS, (0, one.subject_id)) else "no such report"
        case NotificationKind.WARNING:
            key = one.receiver_id, one.subject_id
            return "" if await store.get(tables.STRIKES, key) else "no such strike"
    tweet = (await tweets_of(store, [one.tweet_id]))[0]
    if tweet is None:
        return "gone with its tweet"
    if tweet.author_id != one.actor_id:
        return f"the tweet's author is {tweet.author_id}"
    return await _unconcerned(store, one, tweet)


async def _without_mark(store: Store, one: Notification, source_id: int) -> str:
    row = await store.get(tables.MARKS, (one.actor_id, one.tweet_id, _MARKS[one.kind]))
    if row is None:
        return "taken back"
    if (source_id and row.mark_id != source_id) or unix_ms_of(row.mark_id) != one.made_ms:
        return "taken back, and done again later"
    tweet = (await tweets_of(store, [one.tweet_id]))[0]
    return "" if tweet is not None and tweet.author_id == one.receiver_id else "gone with its tweet"


async def _without_edge(store: Store, one: Notification, source_id: int) -> str:
    kind = _EDGES[one.kind]
    row = await store.get(tables.EDGES, (one.actor_id, one.receiver_id, SIDES[kind][0]))
    if row is None:
        return "taken back"
    edge: Edge = row.edge
    is_it = source_id in (0, edge.edge_id) and unix_ms_of(edge.edge_id) == one.made_ms
    return "" if is_it else "taken back, and done again later"


async def _unconcerned(store: Store, one: Notification, tweet: Tweet) -> str:
    match one.kind:
        case NotificationKind.MENTION:
            versions = [tweet]
            async for found in slices_below(store, tables.TWEET_VERSIONS, (tweet.tweet_id,)):
                versions += [row.tweet for row in found]
            named = {
                user_id for each in versions for user_id in (*each.addressed_ids, each.reply_to_author_id)
            }
            return "" if one.receiver_id in named else "the tweet does not name its receiver"
        case NotificationKind.QUOTE if tweet.quote_of_author_id != one.receiver_id:
            return "the tweet does not quote its receiver"
        case NotificationKind.EDIT:
            key = one.receiver_id, tweet.tweet_id, rows.Mark.RETWEETED
            return "" if await store.get(tables.MARKS, key) else "its receiver has not retweeted the tweet"
        case NotificationKind.EDIT | NotificationKind.QUOTE_EDIT if not tweet.edits:
            return "the tweet was not edited"
        case _:
            return ""


async def _check_groups(kit: Kit, tally: Tally) -> None:
    """Each counts its members, and stands where the newest of them does."""
    store, counted, groups = kit.store, 0, 0
    async for held in slices_of(store, tables.NOTIFICATION_GROUPS):
        for row in held:
            group = row.receiver_id, row.kind, row.tweet_id, row.hour
            what = f"group {group[1:]} of user {row.receiver_id}"
            found = await _members_of(store, group)
            tally.compare(
                f"{what}: count and newest", (row.count, row.newest_id), (len(found), max(found, default=0))
            )
            place = await store.get(tables.NOTIFICATION_ORDER, (row.receiver_id, row.newest_id))
            if place is None or (place.kind, place.tweet_id, place.hour) != group[1:]:
                tally.differs(what, "not among the groups in order", f"at {row.newest_id}")
            counted += len(found)
            groups += 1
    members = places = 0
    async for spans in slices_of(store, tables.NOTIFICATION_SPANS):
        members += sum(span.count for span in spans)
    async for single in slices_of(store, tables.NOTIFICATION_MEMBERS):
        members += len(single)
    async for orders in slices_of(store, tables.NOTIFICATION_ORDER):
        places += len(orders)
    tally.compare("members of groups, and groups in order", (members, places), (counted, groups))


async def _members_of(store: Store, group: tuple[int, int, int, int]) -> list[int]:
    found: list[int] = []
    async for single in slices_below(store, tables.NOTIFICATION_MEMBERS, group):
        keys = [(group[0], row.notification_id) for row in single]
        there = await store.get_many(tables.NOTIFICATIONS, keys)
        found += [row.notification_id for row in there if row is not None]
    async for spans in slices_below(store, tables.NOTIFICATION_SPANS, group):
        for span in spans:
            pack = await store.get(tables.NOTIFICATION_PACKS, (span.receiver_id, span.first_id))
            for one in pack.members if pack is not None else ():
                if (one.kind, one.tweet_id, one.hour) == group[1:]:
                    found.append(one.notification_id)
    return found


async def _check_requests(kit: Kit, tally: Tally) -> None:
    async for held in slices_of(kit.store, tables.NOTIFICATION_REQUESTS):
        for row in held:
            prefix = (rows.About.SENDER, row.receiver_id, row.sender_id, row.receiver_id)
            waiting = await count_below(kit.store, tables.NOTIFICATION_INDEX, prefix)
            tally.compare(f"request of user {row.sender_id} to user {row.receiver_id}", row.count, waiting)
