"""What one is told of, in groups, and who waits for a decision."""

from roost.api import Answer, Call, Route
from roost.limits import NOTIFICATION_PAGE_DEFAULT
from roost.model import MarkedTimeline, NotificationKind
from roost.service import GROUPABLE, NotificationFilter
from roost.web.forms import feed_of, page_request, text_of
from roost.web.site import Site, wants_fragment

_MENTIONS = frozenset((NotificationKind.MENTION, NotificationKind.QUOTE))
_SIGNS = {
    NotificationKind.MENTION: ("reply", "mentioned you"),
    NotificationKind.FOLLOW: ("person", "followed you"),
    NotificationKind.FOLLOW_REQUEST: ("plus", "asks to follow you"),
    NotificationKind.LIKE: ("heart", "liked your post"),
    NotificationKind.RETWEET: ("retweet", "retweeted your post"),
    NotificationKind.QUOTE: ("quote", "quoted you"),
    NotificationKind.POLL: ("poll", "A poll has ended"),
    NotificationKind.TWEET: ("feather", "posted"),
    NotificationKind.EDIT: ("feather", "edited a post that you retweeted"),
    NotificationKind.QUOTE_EDIT: ("feather", "edited a post that you quoted"),
    NotificationKind.REPORT: ("flag", "reported somebody"),
    NotificationKind.SIGN_UP: ("person", "signed up"),
    NotificationKind.WARNING: ("warn", "The moderators have a word for you"),
}
"""By kind: a sign, and what follows the names of those who did it; a whole sentence where nobody is named."""


class Notifications:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        return [self._site.route("GET", "/notifications", self.show, signed_in=True)]

    async def show(self, call: Call) -> Answer:
        """A page of groups. Opening the first one is taken for having read them."""
        mentions = text_of(call, "only") == "mentions"
        wanted = NotificationFilter(kinds=_MENTIONS if mentions else frozenset())
        request = page_request(call, NOTIFICATION_PAGE_DEFAULT)
        kinds = frozenset(int(kind) for kind in GROUPABLE)
        page = await call.service.notifications.groups(call.user_id, request, wanted, kinds)
        markers = await call.service.markers.of(call.user_id, [MarkedTimeline.NOTIFICATIONS])
        seen = markers[0].last_read_id if markers else 0
        if not wants_fragment(call) and "max_id" not in call.parameters and page.newest_id > seen:
            await call.service.markers.move(call.user_id, {MarkedTimeline.NOTIFICATIONS: page.newest_id})
        policy = await call.service.notifications.policy(call.user_id)
        return await self._site.page(
            call,
            "fragments/notifications.html" if wants_fragment(call) else "notifications.html",
            feed=feed_of(call, page),
            seen=seen,
            only=mentions,
            waiting=policy.requests,
            signs={int(kind): sign for kind, sign in _SIGNS.items()},
        )
