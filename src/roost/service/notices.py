"""Notifications, as a caller asks for them and is answered."""

import msgspec

from roost.model import (
    Notification,
    NotificationKind,
    NotificationPolicy,
    NotificationRequest,
    Page,
    Report,
    Strike,
    Verdict,
)
from roost.service.views import TweetView, UserView

GROUPABLE = frozenset(
    (
        NotificationKind.LIKE,
        NotificationKind.RETWEET,
        NotificationKind.FOLLOW,
        NotificationKind.SIGN_UP,
    )
)
"""Kinds of notifications that come in groups."""


class NotificationFilter(msgspec.Struct, frozen=True):
    """Which notifications are wanted."""

    kinds: frozenset[NotificationKind] = frozenset()
    """Only these; empty for all."""
    without: frozenset[NotificationKind] = frozenset()
    actor_id: int = 0
    """Only what this user did; 0 for everybody."""
    filtered: bool = False
    """Also those that wait among the requests."""

    def wants_kind(self, kind: NotificationKind) -> bool:
        return (not self.kinds or kind in self.kinds) and kind not in self.without

    def wants(self, notification: Notification) -> bool:
        if not self.wants_kind(notification.kind):
            return False
        if self.actor_id and notification.actor_id != self.actor_id:
            return False
        return self.filtered or not notification.filtered


class NotificationView(msgspec.Struct, frozen=True, gc=False):
    """A notification as its receiver may see it now."""

    notification: Notification
    actor: UserView
    tweet: TweetView | None = None
    report: Report | None = None
    reported: UserView | None = None
    strike: Strike | None = None
    group_count: int = 0
    """How many its group has, where that was asked for."""


class GroupKey(msgspec.Struct, frozen=True, gc=False):
    """Names a group: of a kind, a tweet and an hour; or the one notification that stands alone."""

    kind: NotificationKind = NotificationKind.MENTION
    tweet_id: int = 0
    hour: int = 0
    alone_id: int = 0


class GroupView(msgspec.Struct, frozen=True):
    """Notifications of one kind about one thing. It stands in pages where its newest one stands."""

    key: GroupKey
    newest: NotificationView
    count: int
    """How many the whole group has."""
    place_id: int
    """Its newest notification's id, or that of one that its receiver does not see."""
    actors: tuple[UserView, ...]
    """Some of those who did it, the latest first."""


class RequestView(msgspec.Struct, frozen=True):
    request: NotificationRequest
    sender: UserView
    last_tweet: TweetView | None = None


class PolicyView(msgspec.Struct, frozen=True):
    """A policy, and how much waits for its owner's decision. The counts end at a limit."""

    policy: NotificationPolicy
    requests: int
    notifications: int


class PolicyChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of a policy; None leaves a rule as it is."""

    not_following: Verdict | None = None
    not_followers: Verdict | None = None
    new_accounts: Verdict | None = None
    private_mentions: Verdict | None = None
    limited_accounts: Verdict | None = None


GroupPage = Page[GroupView]
