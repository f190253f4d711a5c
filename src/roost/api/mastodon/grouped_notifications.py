"""Notifications in groups."""

from collections.abc import Sequence

import msgspec

from roost.api.calls import Answer, Call, json_answer, raw_json_answer
from roost.api.mastodon.common import Mastodon, NoParameters
from roost.api.mastodon.entities import Account
from roost.api.mastodon.notifications import Count, CountForm, Nothing, NotificationsForm, count_limit, wanted
from roost.api.mastodon.notifications_json import KINDS, GroupedNotifications, parse_group
from roost.api.mastodon.pages import PageForm, link_header, page_request
from roost.api.router import Handler, Route
from roost.errors import FieldProblem, Invalid, NotFound
from roost.limits import (
    ACCOUNT_PAGE_DEFAULT,
    ACCOUNT_PAGE_MAX,
    NOTIFICATION_PAGE_DEFAULT,
    NOTIFICATION_PAGE_MAX,
)
from roost.service import GROUPABLE, GroupKey

_EXPANSIONS = ("full", "partial_avatars")


class GroupsForm(NotificationsForm):
    grouped_types: list[str] = msgspec.field(default_factory=list)
    """The types that come in groups; all that can, if none is named."""
    expand_accounts: str = "full"
    """`full`, or `partial_avatars` to have all but a group's first account cut down."""


class GroupCountForm(CountForm):
    grouped_types: list[str] = msgspec.field(default_factory=list)


class GroupedNotificationsApi:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        base = "/api/v2/notifications"
        one = f"{base}/{{group_key}}"
        read: list[tuple[str, Handler, str, type[msgspec.Struct], object]] = [
            (base, self.page, "What one is notified of, in groups.", GroupsForm, GroupedNotifications),
            (f"{base}/unread_count", _unread, "How many groups one has not read.", GroupCountForm, Count),
            (one, self.one, "A group of notifications.", NoParameters, GroupedNotifications),
            (
                f"{one}/accounts",
                self.accounts,
                "Who did what a group of notifications tells of.",
                PageForm,
                list[Account],
            ),
        ]
        routes = [
            Route(
                method="GET",
                path=path,
                handler=handler,
                summary=summary,
                scope="read:notifications",
                needs_user=True,
                takes=takes,
                answers=answers,
            )
            for path, handler, summary, takes, answers in read
        ]
        dismiss = Route(
            method="POST",
            path=f"{one}/dismiss",
            handler=_dismiss,
            summary="Dismiss a group of notifications.",
            scope="write:notifications",
            needs_user=True,
            takes=NoParameters,
            answers=Nothing,
        )
        return [*routes, dismiss]

    async def page(self, call: Call) -> Answer:
        form = call.take(GroupsForm)
        if form.expand_accounts not in _EXPANSIONS:
            text = f"must be {' or '.join(_EXPANSIONS)}"
            problem = {"expand_accounts": (FieldProblem("ERR_INCLUSION", text),)}
            raise Invalid(f"Validation failed: expand_accounts {text}", problem)
        request = page_request(form, NOTIFICATION_PAGE_DEFAULT, NOTIFICATION_PAGE_MAX, tweets=False)
        page = await call.service.notifications.groups(
            call.user_id, request, wanted(form), _grouped(form.grouped_types)
        )
        partial = form.expand_accounts == "partial_avatars"
        body = self._mastodon.notifications.groups(page.items, partial, call.user_id)
        return raw_json_answer(body, headers=link_header(call, page))

    async def one(self, call: Call) -> Answer:
        view = await call.service.notifications.group(call.user_id, _key(call))
        return raw_json_answer(self._mastodon.notifications.groups([view], False, call.user_id))

    async def accounts(self, call: Call) -> Answer:
        request = page_request(call.take(PageForm), ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX, tweets=False)
        page = await call.service.notifications.group_actors(call.user_id, _key(call), request)
        return self._mastodon.account_page(page, call)


def _key(call: Call) -> GroupKey:
    key = parse_group(call.path["group_key"])
    if key is None:
        raise NotFound("Record not found")
    return key


def _grouped(names: Sequence[str]) -> frozenset[int]:
    if not names:
        return frozenset(GROUPABLE)
    return frozenset(KINDS[name] for name in names if name in KINDS) & GROUPABLE


async def _unread(call: Call) -> Answer:
    form = call.take(GroupCountForm)
    count = await call.service.notifications.unread_groups(
        call.user_id, wanted(form), _grouped(form.grouped_types), count_limit(form.limit)
    )
    return json_answer({"count": count})


async def _dismiss(call: Call) -> Answer:
    await call.service.notifications.dismiss_group(call.user_id, _key(call))
    return json_answer({})
