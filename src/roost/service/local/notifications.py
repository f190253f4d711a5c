"""Notifications: read, dismissed, and what is decided about their senders."""

from collections.abc import Sequence

import msgspec

from roost.errors import NotFound
from roost.limits import (
    NOTIFICATION_REQUESTS_COUNTED_MAX,
)
from roost.model import (
    Event,
    MarkedTimeline,
    Notification,
    NotificationDismissed,
    NotificationErasure,
    NotificationPolicy,
    NotificationRequest,
    NotificationsErased,
    Page,
    PageRequest,
    PolicyChanged,
    RequestAccepted,
    RequestDismissed,
)
from roost.processors import get_notification
from roost.service.local.kit import Kit
from roost.service.local.notification_groups import NotificationGroups
from roost.service.local.notification_reader import NotificationReader
from roost.service.local.paging import scan_page
from roost.service.local.tweets import LocalTweets
from roost.service.notices import (
    GroupKey,
    GroupPage,
    GroupView,
    NotificationFilter,
    NotificationView,
    PolicyChange,
    PolicyView,
    RequestView,
)
from roost.service.views import UserView
from roost.store import tables


class LocalNotifications:
    """Reads wait, a little, until what is on the log has been told."""

    def __init__(self, kit: Kit, tweets: LocalTweets) -> None:
        self._kit = kit
        self._reader = NotificationReader(kit, tweets)
        self._groups = NotificationGroups(kit, self._reader)

    async def page(
        self, user_id: int, page: PageRequest, wanted: NotificationFilter
    ) -> Page[NotificationView]:
        """A page of what a user is told, newest first; without whom they block or mute by now."""
        await self._settled()
        return await self._reader.page(user_id, page, wanted)

    async def get(self, user_id: int, notification_id: int) -> NotificationView:
        """Raises NotFound."""
        await self._settled()
        return (await self._reader.some(user_id, [await self._held(user_id, notification_id)], True))[0]

    async def several(self, notifications: Sequence[Notification]) -> list[NotificationView]:
        """Views of notifications of one receiver, of those that they may see; in order."""
        if not notifications:
            return []
        views = await self._reader.some(notifications[0].receiver_id, notifications, False)
        return [await self._reader.counted(view) for view in views]

    async def unread(self, user_id: int, wanted: NotificationFilter, limit: int) -> int:
        """How many came after the user's marker; at most `limit`."""
        page = PageRequest(limit, since_id=await self._last_read(user_id))
        await self._settled()
        return len((await self._reader.page(user_id, page, wanted)).items)

    async def dismiss(self, user_id: int, notification_id: int) -> None:
        """Raises NotFound."""
        await self._settled()
        async with self._kit.locks.hold("notifications", user_id):
            held = await self._held(user_id, notification_id)
            await self._commit(user_id, NotificationDismissed(held))

    async def clear(self, user_id: int) -> None:
        """Dismiss everything."""
        erasure = NotificationErasure(user_id, up_to=self._kit.log.last)
        await self._commit(user_id, NotificationsErased(erasure))

    # -- groups

    async def groups(
        self, user_id: int, page: PageRequest, wanted: NotificationFilter, grouped: frozenset[int]
    ) -> GroupPage:
        """A page of groups, by their newest notifications. `grouped` names the kinds that come in groups."""
        await self._settled()
        return await self._groups.page(user_id, page, wanted, grouped)

    async def group(self, user_id: int, key: GroupKey) -> GroupView:
        """Raises NotFound."""
        await self._settled()
        return await self._groups.one(user_id, key)

    async def group_actors(self, user_id: int, key: GroupKey, page: PageRequest) -> Page[UserView]:
        """Who did what a group tells of. Raises NotFound."""
        await self._settled()
        return await self._groups.actors(user_id, key, page)

    async def dismiss_group(self, user_id: int, key: GroupKey) -> None:
        """What is added to it later is told anew."""
        if key.alone_id:
            await self.dismiss(user_id, key.alone_id)
            return
        await self._settled()
        erasure = NotificationErasure(user_id, key.kind, key.tweet_id, key.hour, self._kit.log.last)
        await self._commit(user_id, NotificationsErased(erasure))

    async def unread_groups(
        self, user_id: int, wanted: NotificationFilter, grouped: frozenset[int], limit: int
    ) -> int:
        """How many groups have something that came after the user's marker; at most `limit`."""
        page = PageRequest(limit, since_id=await self._last_read(user_id))
        return len((await self.groups(user_id, page, wanted, grouped)).items)

    # -- policy and requests

    async def policy(self, user_id: int) -> PolicyView:
        await self._settled()
        store = self._kit.store
        policy = await store.get(tables.NOTIFICATION_POLICIES, (user_id,))
        limit = NOTIFICATION_REQUESTS_COUNTED_MAX
        waiting = await store.scan(tables.NOTIFICATION_REQUESTS, (user_id,), reverse=True, limit=limit)
        count = sum(request.count for request in waiting)
        return PolicyView(policy or NotificationPolicy(user_id), len(waiting), min(count, limit))

    async def change_policy(self, user_id: int, change: PolicyChange) -> PolicyView:
        async with self._kit.locks.hold("notifications", user_id):
            held = (await self.policy(user_id)).policy
            given = {
                name: value for name, value in msgspec.structs.asdict(change).items() if value is not None
            }
            await self._commit(user_id, PolicyChanged(msgspec.structs.replace(held, **given)))
        return await self.policy(user_id)

    async def requests(self, user_id: int, page: PageRequest) -> Page[RequestView]:
        """Senders whose notifications wait, newest request first."""
        await self._settled()
        found = await scan_page(
            self._kit.store, tables.NOTIFICATION_REQUESTS, (user_id,), page, lambda row: row.request_id
        )
        if not found:
            return Page(())
        views = await self._reader.requests(user_id, found)
        return Page(tuple(views), found[0].request_id, found[-1].request_id, len(found) == page.limit)

    async def request(self, user_id: int, request_id: int) -> RequestView:
        """Raises NotFound."""
        await self._settled()
        views = await self._reader.requests(user_id, await self._requests(user_id, [request_id]))
        if not views:
            raise NotFound("Record not found")
        return views[0]

    async def answer_requests(self, user_id: int, request_ids: Sequence[int], accept: bool) -> None:
        """Let the senders' notifications pass from now on, or dismiss those that wait. Raises NotFound."""
        await self._settled()
        async with self._kit.locks.hold("notifications", user_id):
            found = await self._requests(user_id, request_ids)
            kind = RequestAccepted if accept else RequestDismissed
            await self._commit(user_id, *(kind(request) for request in found))

    async def merged(self, user_id: int) -> bool:
        """Whether what was accepted is among the user's notifications."""
        del user_id
        return await self._settled()

    # -- parts

    async def _held(self, user_id: int, notification_id: int) -> Notification:
        held = await get_notification(self._kit.store, user_id, notification_id)
        if held is None:
            raise NotFound("Record not found")
        return held

    async def _requests(self, user_id: int, request_ids: Sequence[int]) -> list[NotificationRequest]:
        """Raises NotFound where one is not there."""
        keys = [(user_id, request_id) for request_id in dict.fromkeys(request_ids)]
        found = await self._kit.store.get_many(tables.NOTIFICATION_REQUESTS, keys)
        there = [request for request in found if request is not None]
        if len(there) < len(found):
            raise NotFound("Record not found")
        return there

    async def _last_read(self, user_id: int) -> int:
        key = user_id, MarkedTimeline.NOTIFICATIONS
        marker = await self._kit.store.get(tables.MARKERS, key)
        return marker.last_read_id if marker is not None else 0

    async def _commit(self, user_id: int, *events: Event) -> None:
        if events:
            self._kit.positions.note(user_id, await self._kit.committer.commit(events))
            await self._settled()

    async def _settled(self) -> bool:
        """Wait a little until the processor has come to the end of the log; whether it has."""
        kit = self._kit
        return await kit.background.applied(kit.log.last, kit.settings.read_wait_ms / 1000, kit.notices.name)
