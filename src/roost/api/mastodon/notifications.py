"""Notifications, one by one."""

from collections.abc import Iterable
from typing import Any

import msgspec

from roost.api.calls import Answer, Call, json_answer, raw_json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.notifications_json import KINDS, Notification
from roost.api.mastodon.pages import PageForm, link_header, page_request, parse_id
from roost.api.router import Handler, Route
from roost.errors import FieldProblem, Invalid
from roost.limits import (
    NOTIFICATION_PAGE_DEFAULT,
    NOTIFICATION_PAGE_MAX,
    NOTIFICATIONS_COUNTED_DEFAULT,
    NOTIFICATIONS_COUNTED_MAX,
)
from roost.model import NotificationKind
from roost.service import NotificationFilter


class NotificationsForm(PageForm):
    """Which notifications are wanted. Types that Roost does not have match nothing."""

    types: list[str] = msgspec.field(default_factory=list)
    exclude_types: list[str] = msgspec.field(default_factory=list)
    account_id: str = ""
    """Only what this account did."""
    include_filtered: bool = False
    """Also those that wait among the requests."""


class CountForm(msgspec.Struct):
    """Which notifications are counted; at most `limit`."""

    limit: int | None = None
    types: list[str] = msgspec.field(default_factory=list)
    exclude_types: list[str] = msgspec.field(default_factory=list)
    account_id: str = ""


class DismissForm(msgspec.Struct):
    id: str = ""


class Count(msgspec.Struct):
    count: int


class Nothing(msgspec.Struct):
    """An empty object."""


class Notifications:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        base = "/api/v1/notifications"
        return [
            _read(base, self.page, "What one is notified of.", NotificationsForm, list[Notification]),
            _read(f"{base}/unread_count", self.unread, "How many one has not read.", CountForm, Count),
            _read(f"{base}/{{id}}", self.one, "A notification.", NoParameters, Notification),
            _write(f"{base}/clear", _clear, "Dismiss all notifications.", NoParameters),
            _write(f"{base}/{{id}}/dismiss", _dismiss, "Dismiss a notification.", NoParameters),
            _write(f"{base}/dismiss", _dismiss_named, "Dismiss a notification.", DismissForm),
        ]

    async def page(self, call: Call) -> Answer:
        form = call.take(NotificationsForm)
        request = page_request(form, NOTIFICATION_PAGE_DEFAULT, NOTIFICATION_PAGE_MAX, tweets=False)
        page = await call.service.notifications.page(call.user_id, request, wanted(form))
        return raw_json_answer(self._mastodon.notifications.page(page.items), headers=link_header(call, page))

    async def one(self, call: Call) -> Answer:
        view = await call.service.notifications.get(call.user_id, path_id(call))
        return raw_json_answer(self._mastodon.notifications.encoded(view))

    async def unread(self, call: Call) -> Answer:
        form = call.take(CountForm)
        count = await call.service.notifications.unread(call.user_id, wanted(form), count_limit(form.limit))
        return json_answer({"count": count})


def wanted(form: NotificationsForm | CountForm) -> NotificationFilter:
    """The filter that a form says. Raises Invalid."""
    kinds = _kinds(form.types)
    if form.types and not kinds:
        kinds = frozenset((NotificationKind.MENTION,))
        return NotificationFilter(kinds, kinds)
    return NotificationFilter(
        kinds,
        _kinds(form.exclude_types),
        parse_id(form.account_id, "account_id") if form.account_id else 0,
        isinstance(form, NotificationsForm) and form.include_filtered,
    )


def count_limit(limit: int | None) -> int:
    """Raises Invalid."""
    count = NOTIFICATIONS_COUNTED_DEFAULT if limit is None else limit
    if count < 1:
        problem = FieldProblem("ERR_INVALID", "must be at least 1")
        raise Invalid("Validation failed: limit must be at least 1", {"limit": (problem,)})
    return min(count, NOTIFICATIONS_COUNTED_MAX)


def _kinds(names: Iterable[str]) -> frozenset[NotificationKind]:
    return frozenset(KINDS[name] for name in names if name in KINDS)


def _read(path: str, handler: Handler, summary: str, takes: type[msgspec.Struct], answers: Any) -> Route:
    return Route(
        method="GET",
        path=path,
        handler=handler,
        summary=summary,
        scope="read:notifications",
        needs_user=True,
        takes=takes,
        answers=answers,
    )


def _write(path: str, handler: Handler, summary: str, takes: type[msgspec.Struct]) -> Route:
    return Route(
        method="POST",
        path=path,
        handler=handler,
        summary=summary,
        scope="write:notifications",
        needs_user=True,
        takes=takes,
        answers=Nothing,
    )


async def _clear(call: Call) -> Answer:
    await call.service.notifications.clear(call.user_id)
    return json_answer({})


async def _dismiss(call: Call) -> Answer:
    await call.service.notifications.dismiss(call.user_id, path_id(call))
    return json_answer({})


async def _dismiss_named(call: Call) -> Answer:
    await call.service.notifications.dismiss(call.user_id, parse_id(call.take(DismissForm).id))
    return json_answer({})
