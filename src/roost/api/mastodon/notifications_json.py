"""Notifications, and groups of them, as JSON: put together from parts that are encoded already."""

from collections.abc import Iterable
from typing import Any

import msgspec

from roost.api.mastodon.accounts_json import AccountsJson
from roost.api.mastodon.entities import Account, Status
from roost.api.mastodon.statuses_json import StatusesJson
from roost.api.mastodon.text import timestamp
from roost.ids import ID_MAX
from roost.model import NotificationKind
from roost.service import GroupKey, GroupView, NotificationView, RequestView, UserView

TYPES = {
    NotificationKind.MENTION: "mention",
    NotificationKind.FOLLOW: "follow",
    NotificationKind.FOLLOW_REQUEST: "follow_request",
    NotificationKind.LIKE: "favourite",
    NotificationKind.RETWEET: "reblog",
    NotificationKind.QUOTE: "quote",
    NotificationKind.POLL: "poll",
    NotificationKind.TWEET: "status",
    NotificationKind.EDIT: "update",
    NotificationKind.QUOTE_EDIT: "quoted_update",
    NotificationKind.REPORT: "admin.report",
    NotificationKind.SIGN_UP: "admin.sign_up",
    NotificationKind.WARNING: "moderation_warning",
}
KINDS = {text: kind for kind, text in TYPES.items()}
_ALONE = "ungrouped"

_encode = msgspec.json.Encoder().encode


class AccountWarning(msgspec.Struct):
    id: str
    action: str
    text: str
    status_ids: list[str] | None
    created_at: str
    target_account: Account
    appeal: None = None


class ReportOfAccount(msgspec.Struct):
    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    status_ids: list[str] | None
    rule_ids: list[str] | None
    target_account: Account


class Notification(msgspec.Struct, omit_defaults=True):
    """For the documentation, as all of these: notifications are put together from parts."""

    id: str
    type: str
    created_at: str
    group_key: str
    account: Account
    status: Status | None = None
    report: ReportOfAccount | None = None
    moderation_warning: AccountWarning | None = None
    notifications_count: int | None = None
    """In streams: how many its group has by now."""


class PartialAccount(msgspec.Struct):
    id: str
    acct: str
    locked: bool
    bot: bool
    url: str
    avatar: str
    avatar_static: str


class NotificationGroup(msgspec.Struct, omit_defaults=True):
    group_key: str
    notifications_count: int
    type: str
    most_recent_notification_id: int
    sample_account_ids: list[str]
    page_min_id: str | None = None
    page_max_id: str | None = None
    latest_page_notification_at: str | None = None
    status_id: str | None = None
    report: ReportOfAccount | None = None
    moderation_warning: AccountWarning | None = None


class GroupedNotifications(msgspec.Struct, omit_defaults=True):
    accounts: list[Account]
    statuses: list[Status]
    notification_groups: list[NotificationGroup]
    partial_accounts: list[PartialAccount] | None = None


class NotificationRequest(msgspec.Struct):
    id: str
    created_at: str
    updated_at: str
    notifications_count: str
    account: Account
    last_status: Status | None


def group_text(key: GroupKey) -> str:
    """A group's key on the wire."""
    if key.alone_id:
        return f"{_ALONE}-{key.alone_id}"
    tweet = f"-{key.tweet_id}" if key.tweet_id else ""
    return f"{TYPES[key.kind]}{tweet}-{key.hour}"


def parse_group(text: str) -> GroupKey | None:
    """A group's key from the wire; None for what is none."""
    name, *numbers = text.split("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 20 for part in numbers):
        return None
    values = [min(int(part), ID_MAX) for part in numbers]
    if name == _ALONE and len(values) == 1:
        return GroupKey(alone_id=values[0])
    if name in KINDS and len(values) in (1, 2):
        return GroupKey(KINDS[name], values[0] if len(values) == 2 else 0, values[-1])
    return None


class NotificationsJson:
    """Makes notifications for one server address."""

    def __init__(self, accounts: AccountsJson, statuses: StatusesJson) -> None:
        self._accounts = accounts
        self._statuses = statuses

    def encoded(self, view: NotificationView) -> bytes:
        """One notification, as its receiver sees it."""
        row = view.notification
        key = (
            GroupKey(row.kind, row.tweet_id, row.hour) if row.hour else GroupKey(alone_id=row.notification_id)
        )
        parts = [
            b'{"id":"%d","type":"%s","created_at":"%s","group_key":"%s","account":'
            % (
                row.notification_id,
                TYPES[row.kind].encode(),
                timestamp(row.made_ms).encode(),
                group_text(key).encode(),
            ),
            self._accounts.encoded(view.actor),
        ]
        if view.tweet is not None:
            parts += [b',"status":', self._statuses.encoded(view.tweet, row.receiver_id)]
        for name, value in self._subjects(view).items():
            parts.append(b',"%s":%s' % (name.encode(), value))
        if view.group_count > 1:
            parts.append(b',"notifications_count":%d' % view.group_count)
        parts.append(b"}")
        return b"".join(parts)

    def page(self, views: Iterable[NotificationView]) -> bytes:
        return b"[%s]" % b",".join(self.encoded(view) for view in views)

    def groups(self, views: Iterable[GroupView], partial: bool, receiver_id: int) -> bytes:
        """Groups with their accounts and statuses beside them, each once; with `partial`, all accounts but a
        group's first are cut down to what shows their pictures."""
        whole: dict[int, UserView] = {}
        rest: dict[int, UserView] = {}
        statuses: dict[int, bytes] = {}
        groups: list[bytes] = []
        for view in views:
            for place, actor in enumerate(view.actors):
                (rest if partial and place else whole)[actor.user.user_id] = actor
            tweet = view.newest.tweet
            if tweet is not None:
                statuses[tweet.tweet.tweet_id] = self._statuses.encoded(tweet, receiver_id)
            groups.append(self._group(view))
        parts = [
            b'{"accounts":[%s]' % b",".join(self._accounts.encoded(user) for user in whole.values()),
            b',"statuses":[%s]' % b",".join(statuses.values()),
            b',"notification_groups":[%s]' % b",".join(groups),
        ]
        if partial:
            cut = [self._partial(user) for user_id, user in rest.items() if user_id not in whole]
            parts.append(b',"partial_accounts":%s' % _encode(cut))
        return b"".join((*parts, b"}"))

    def request(self, view: RequestView) -> bytes:
        request = view.request
        last = b"null"
        if view.last_tweet is not None:
            last = self._statuses.encoded(view.last_tweet, request.receiver_id)
        return (
            b'{"id":"%d","created_at":"%s","updated_at":"%s","notifications_count":"%d"'
            b',"account":%s,"last_status":%s}'
        ) % (
            request.request_id,
            timestamp(request.made_ms).encode(),
            timestamp(request.updated_ms).encode(),
            request.count,
            self._accounts.encoded(view.sender),
            last,
        )

    def _group(self, view: GroupView) -> bytes:
        newest = view.newest.notification
        made = NotificationGroup(
            group_key=group_text(view.key),
            notifications_count=view.count,
            type=TYPES[newest.kind],
            most_recent_notification_id=newest.notification_id,
            page_min_id=str(view.place_id),
            page_max_id=str(view.place_id),
            latest_page_notification_at=timestamp(newest.made_ms),
            sample_account_ids=[str(user.user.user_id) for user in view.actors],
            status_id=str(newest.tweet_id) if newest.tweet_id else None,
        )
        subjects = [b',"%s":%s' % (k.encode(), v) for k, v in self._subjects(view.newest).items()]
        return b"".join((_encode(made)[:-1], *subjects, b"}"))

    def _subjects(self, view: NotificationView) -> dict[str, bytes]:
        """What a moderator's, or a warned user's, notification is about."""
        found: dict[str, bytes] = {}
        if view.report is not None and view.reported is not None:
            report = view.report
            taken = bool(report.resolved_by_id)
            found["report"] = _encode(
                {
                    "id": str(report.report_id),
                    "action_taken": taken,
                    "action_taken_at": timestamp(report.changed_ms) if taken else None,
                    "category": _REPORT_CATEGORIES[report.category],
                    "comment": report.comment,
                    "forwarded": False,
                    "created_at": timestamp(view.notification.made_ms),
                    "status_ids": [str(tweet_id) for tweet_id in report.tweet_ids],
                    "rule_ids": [str(rule) for rule in report.rules],
                    "target_account": msgspec.Raw(self._accounts.encoded(view.reported)),
                }
            )
        if view.strike is not None:
            strike = view.strike
            found["moderation_warning"] = _encode(
                {
                    "id": str(strike.strike_id),
                    "action": _WARNINGS.get(strike.action.name, "none"),
                    "text": strike.reason,
                    "status_ids": [str(tweet_id) for tweet_id in strike.tweet_ids],
                    "created_at": timestamp(view.notification.made_ms),
                    "target_account": msgspec.Raw(self._accounts.encoded(view.actor)),
                    "appeal": None,
                }
            )
        return found

    def _partial(self, view: UserView) -> dict[str, Any]:
        whole = self._accounts.account(view)
        return {name: getattr(whole, name) for name in PartialAccount.__struct_fields__}


_REPORT_CATEGORIES = ("other", "spam", "legal", "violation")
_WARNINGS = {
    "MARK_SENSITIVE": "sensitive",
    "SILENCE": "silence",
    "DISABLE": "disable",
    "SUSPEND": "suspend",
}
