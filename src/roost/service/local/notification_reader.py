"""Notifications from their table to views: whatever its receiver must not or does not want to see by now is
left out, whatever was so when it was written."""

import asyncio
from collections.abc import Sequence

import msgspec

from roost.errors import NotFound
from roost.graph import relations_with
from roost.ids import ID_MAX
from roost.limits import GROUP_LOOKED_AT_ONCE, NOTIFICATION_SCAN_ROWS_MAX
from roost.model import (
    Notification,
    NotificationErasure,
    NotificationKind,
    NotificationRequest,
    Page,
    PageRequest,
    Role,
    Tweet,
)
from roost.processors import FROM_NOBODY, GroupId, is_barred, scan_group, scan_notifications
from roost.service.local.kit import Kit
from roost.service.local.tweets import LocalTweets
from roost.service.notices import NotificationFilter, NotificationView, RequestView
from roost.store import rows, tables

_ERASURES_MAX = 100
_FOR_STAFF = frozenset((NotificationKind.REPORT, NotificationKind.SIGN_UP))


class NotificationReader:
    def __init__(self, kit: Kit, tweets: LocalTweets) -> None:
        self._kit = kit
        self._tweets = tweets

    async def page(
        self, user_id: int, page: PageRequest, wanted: NotificationFilter
    ) -> Page[NotificationView]:
        """Looks at `NOTIFICATION_SCAN_ROWS_MAX` rows or few more; a page may be short for it, and then goes
        on from its cursor."""
        found: list[Notification] = []
        looked_at: list[int] = []
        bound = page.low if page.ascending else page.max_id
        chunk_rows = max(2 * page.limit, 40)
        ended = False
        while len(found) < page.limit and len(looked_at) < NOTIFICATION_SCAN_ROWS_MAX and not ended:
            chunk = await self.chunk(user_id, page, bound, chunk_rows)
            found.extend(await self.welcome(user_id, [row for row in chunk if wanted.wants(row)]))
            looked_at.extend(row.notification_id for row in chunk)
            ended = len(chunk) < chunk_rows
            bound = looked_at[-1] if looked_at else bound
            await asyncio.sleep(0)  # others get their turn
        del found[page.limit :]
        found.sort(key=lambda row: row.notification_id, reverse=True)
        views = tuple(await self.views(user_id, found))
        if len(found) < page.limit and not ended:
            return Page(views, max(looked_at), min(looked_at), True)
        if not found:
            return Page(())
        ids = found[0].notification_id, found[-1].notification_id
        return Page(views, *ids, len(found) == page.limit)

    async def chunk(self, user_id: int, page: PageRequest, bound: int, limit: int) -> list[Notification]:
        """The next rows in the page's direction from `bound` (exclusive) on."""
        low, high = (bound, page.max_id) if page.ascending else (page.low, bound)
        return await scan_notifications(
            self._kit.store, user_id, low, high, reverse=not page.ascending, limit=limit
        )

    async def some(
        self, user_id: int, notifications: Sequence[Notification], needed: bool
    ) -> list[NotificationView]:
        """Views of those that are welcome. Raises NotFound where there are none but one is `needed`."""
        views = await self.views(user_id, await self.welcome(user_id, notifications))
        if needed and not views:
            raise NotFound("Record not found")
        return views

    async def welcome(self, user_id: int, found: Sequence[Notification]) -> list[Notification]:
        """Those that the receiver may and wants to see now, in order. About 30 us each."""
        if not found:
            return []
        kit = self._kit
        erasures = await kit.store.scan(tables.NOTIFICATION_ERASURES, (user_id,), limit=_ERASURES_MAX)
        actor_ids = list(dict.fromkeys(row.actor_id for row in found))
        users = {user.user_id: user for user in await kit.users.get_many(actor_ids) if user is not None}
        relations = await relations_with(kit.store, user_id, actor_ids, kit.clock.now_ms())
        seen = await self._seen_tweets(user_id, found)
        is_staff = await self._is_staff(user_id) if any(row.kind in _FOR_STAFF for row in found) else False

        def welcome(row: Notification) -> bool:
            actor, relation = users.get(row.actor_id), relations.get(row.actor_id)
            if actor is None or (row.tweet_id and row.tweet_id not in seen) or _is_erased(row, erasures):
                return False
            if row.kind in _FOR_STAFF and not is_staff:
                return False
            if row.kind in FROM_NOBODY:
                return True
            return not actor.is_gone and (relation is None or not is_barred(relation))

        return [row for row in found if welcome(row)]

    async def newest(self, group: GroupId, count: int) -> list[Notification]:
        """The newest welcome ones of a group, `count` or more where there are so many; newest first. Looks at
        `NOTIFICATION_SCAN_ROWS_MAX` at most."""
        found: list[Notification] = []
        bound, looked_at = ID_MAX, 0
        while len(found) < count and looked_at < NOTIFICATION_SCAN_ROWS_MAX:
            some = await scan_group(
                self._kit.store, group, 0, bound, reverse=True, limit=GROUP_LOOKED_AT_ONCE
            )
            found += await self.welcome(group[0], some)
            if len(some) < GROUP_LOOKED_AT_ONCE:
                break
            looked_at += len(some)
            bound = some[-1].notification_id
            await asyncio.sleep(0)  # others get their turn
        return found

    async def counted(self, view: NotificationView) -> NotificationView:
        """With how many its group has."""
        row = view.notification
        if not row.hour:
            return view
        key = row.receiver_id, row.kind, row.tweet_id, row.hour
        group = await self._kit.store.get(tables.NOTIFICATION_GROUPS, key)
        return view if group is None else msgspec.structs.replace(view, group_count=group.count)

    async def views(self, user_id: int, found: Sequence[Notification]) -> list[NotificationView]:
        """Views of notifications that are welcome."""
        kit = self._kit
        users = await kit.hydration.users([row.actor_id for row in found])
        tweet_ids = list(dict.fromkeys(row.tweet_id for row in found if row.tweet_id))
        tweets = {view.tweet.tweet_id: view for view in await kit.hydration.tweets_by_id(tweet_ids, user_id)}
        views = [
            NotificationView(row, actor, tweets.get(row.tweet_id))
            for row, actor in zip(found, users, strict=True)
            if actor is not None and (not row.tweet_id or row.tweet_id in tweets)
        ]
        return [await self._with_subject(view) if view.notification.subject_id else view for view in views]

    async def requests(self, user_id: int, found: Sequence[NotificationRequest]) -> list[RequestView]:
        """Requests whose senders are there, and whom the receiver does not block."""
        kit = self._kit
        sender_ids = [request.sender_id for request in found]
        senders = await kit.hydration.users(sender_ids)
        relations = await relations_with(kit.store, user_id, sender_ids, kit.clock.now_ms())
        tweets = await self._tweets.get_many(user_id, [r.last_tweet_id for r in found if r.last_tweet_id])
        shown = {view.tweet.tweet_id: view for view in tweets}
        return [
            RequestView(request, sender, shown.get(request.last_tweet_id))
            for request, sender in zip(found, senders, strict=True)
            if sender is not None and not sender.user.is_gone and not is_barred(relations[request.sender_id])
        ]

    async def _is_staff(self, user_id: int) -> bool:
        """Now: who has lost the role is told no more of what is for moderators, of before either."""
        user = await self._kit.users.get(user_id)
        return user is not None and user.role is not Role.USER

    async def _seen_tweets(self, user_id: int, found: Sequence[Notification]) -> set[int]:
        tweet_ids = list(dict.fromkeys(row.tweet_id for row in found if row.tweet_id))
        tweets: list[Tweet] = [
            tweet for tweet in await self._kit.tweets.get_many(tweet_ids) if tweet is not None
        ]
        marks = await self._kit.marks.of(user_id, [tweet.root_id for tweet in tweets])
        loud = [tweet for tweet in tweets if rows.Mark.MUTED not in marks.get(tweet.root_id, {})]
        return {tweet.tweet_id for tweet in await self._tweets.visible(loud, user_id)}

    async def _with_subject(self, view: NotificationView) -> NotificationView:
        """With the report that a moderator is told of, or what a user is warned of."""
        kit, row = self._kit, view.notification
        if row.kind is NotificationKind.REPORT:
            report = await kit.store.get(tables.REPORTS, (0, row.subject_id))
            if report is None:
                return view
            (reported,) = await kit.hydration.users([report.target_id])
            return msgspec.structs.replace(view, report=report, reported=reported)
        strike = await kit.store.get(tables.STRIKES, (row.receiver_id, row.subject_id))
        return msgspec.structs.replace(view, strike=strike)


def _is_erased(row: Notification, erasures: Sequence[NotificationErasure]) -> bool:
    group = row.kind, row.tweet_id, row.hour
    return any(
        row.notification_id <= erasure.up_to
        and (not erasure.kind or (erasure.kind, erasure.tweet_id, erasure.hour) == group)
        for erasure in erasures
    )
