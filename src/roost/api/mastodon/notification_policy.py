"""From whom one wants to be notified, and the requests of those of whom one has not decided."""

from typing import Literal

import msgspec

from roost.api.calls import Answer, Call, json_answer, raw_json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.notifications import Nothing
from roost.api.mastodon.notifications_json import NotificationRequest
from roost.api.mastodon.pages import PageForm, link_header, page_request, parse_id
from roost.api.router import Handler, Route
from roost.limits import ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX, NOTIFICATION_REQUESTS_AT_ONCE_MAX
from roost.model import Verdict
from roost.service import PolicyChange, PolicyView

Choice = Literal["accept", "filter", "drop"]
_VERDICTS: dict[Choice, Verdict] = {"accept": Verdict.ACCEPT, "filter": Verdict.FILTER, "drop": Verdict.DROP}
_NAMES = {verdict: name for name, verdict in _VERDICTS.items()}
_RULES = ("not_following", "not_followers", "new_accounts", "private_mentions", "limited_accounts")


class PolicyForm(msgspec.Struct):
    for_not_following: Choice | None = None
    for_not_followers: Choice | None = None
    for_new_accounts: Choice | None = None
    for_private_mentions: Choice | None = None
    for_limited_accounts: Choice | None = None


class OldPolicyForm(msgspec.Struct):
    filter_not_following: bool | None = None
    filter_not_followers: bool | None = None
    filter_new_accounts: bool | None = None
    filter_private_mentions: bool | None = None


class Summary(msgspec.Struct):
    pending_requests_count: int
    pending_notifications_count: int


class Policy(msgspec.Struct):
    for_not_following: Choice
    for_not_followers: Choice
    for_new_accounts: Choice
    for_private_mentions: Choice
    for_limited_accounts: Choice
    summary: Summary


class OldPolicy(msgspec.Struct):
    filter_not_following: bool
    filter_not_followers: bool
    filter_new_accounts: bool
    filter_private_mentions: bool
    summary: Summary


class RequestIdsForm(msgspec.Struct):
    id: list[str] = []


class Merged(msgspec.Struct):
    merged: bool


class NotificationPolicyApi:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        requests, one = "/api/v1/notifications/requests", "/api/v1/notifications/requests/{id}"
        new, old = "/api/v2/notifications/policy", "/api/v1/notifications/policy"
        routes: list[tuple[str, str, Handler, str, type[msgspec.Struct], object]] = [
            ("GET", new, _policy, "From whom one wants to be notified.", NoParameters, Policy),
            ("PATCH", new, _change, "Change from whom one wants to be notified.", PolicyForm, Policy),
            ("GET", old, _old_policy, "The same, in its older form.", NoParameters, OldPolicy),
            ("PATCH", old, _old_change, "The same, in its older form.", OldPolicyForm, OldPolicy),
            (
                "GET",
                requests,
                self.page,
                "Whose notifications wait for one's decision.",
                PageForm,
                list[NotificationRequest],
            ),
            (
                "GET",
                f"{requests}/merged",
                _merged,
                "Whether accepted notifications are among the others.",
                NoParameters,
                Merged,
            ),
            ("GET", one, self.one, "A request.", NoParameters, NotificationRequest),
        ]
        for verb, accept, text in (("accept", True, "Accept"), ("dismiss", False, "Dismiss")):
            routes.append(
                ("POST", f"{requests}/{verb}", _several(accept), f"{text} requests.", RequestIdsForm, Nothing)
            )
            routes.append(
                ("POST", f"{one}/{verb}", _single(accept), f"{text} a request.", NoParameters, Nothing)
            )
        return [
            Route(
                method=method,
                path=path,
                handler=handler,
                summary=summary,
                scope="read:notifications" if method == "GET" else "write:notifications",
                needs_user=True,
                takes=takes,
                answers=answers,
            )
            for method, path, handler, summary, takes, answers in routes
        ]

    async def page(self, call: Call) -> Answer:
        request = page_request(call.take(PageForm), ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX, tweets=False)
        page = await call.service.notifications.requests(call.user_id, request)
        body = b"[%s]" % b",".join(self._mastodon.notifications.request(view) for view in page.items)
        return raw_json_answer(body, headers=link_header(call, page))

    async def one(self, call: Call) -> Answer:
        view = await call.service.notifications.request(call.user_id, path_id(call))
        return raw_json_answer(self._mastodon.notifications.request(view))


def _summary(view: PolicyView) -> Summary:
    return Summary(view.requests, view.notifications)


def _answer(view: PolicyView) -> Answer:
    rules = {f"for_{name}": _NAMES[getattr(view.policy, name)] for name in _RULES}
    return json_answer(Policy(**rules, summary=_summary(view)))


def _old_answer(view: PolicyView) -> Answer:
    rules = {f"filter_{name}": getattr(view.policy, name) is not Verdict.ACCEPT for name in _RULES[:4]}
    return json_answer(OldPolicy(**rules, summary=_summary(view)))


async def _policy(call: Call) -> Answer:
    return _answer(await call.service.notifications.policy(call.user_id))


async def _old_policy(call: Call) -> Answer:
    return _old_answer(await call.service.notifications.policy(call.user_id))


async def _change(call: Call) -> Answer:
    given = msgspec.structs.asdict(call.take(PolicyForm))
    change = PolicyChange(
        **{name.removeprefix("for_"): _VERDICTS[text] for name, text in given.items() if text is not None}
    )
    return _answer(await call.service.notifications.change_policy(call.user_id, change))


async def _old_change(call: Call) -> Answer:
    given = msgspec.structs.asdict(call.take(OldPolicyForm))
    change = PolicyChange(
        **{
            name.removeprefix("filter_"): Verdict.FILTER if on else Verdict.ACCEPT
            for name, on in given.items()
            if on is not None
        }
    )
    return _old_answer(await call.service.notifications.change_policy(call.user_id, change))


async def _merged(call: Call) -> Answer:
    return json_answer({"merged": await call.service.notifications.merged(call.user_id)})


def _single(accept: bool) -> Handler:
    async def handle(call: Call) -> Answer:
        await call.service.notifications.answer_requests(call.user_id, [path_id(call)], accept)
        return json_answer({})

    return handle


def _several(accept: bool) -> Handler:
    async def handle(call: Call) -> Answer:
        ids = [parse_id(text) for text in call.take(RequestIdsForm).id[:NOTIFICATION_REQUESTS_AT_ONCE_MAX]]
        await call.service.notifications.answer_requests(call.user_id, ids, accept)
        return json_answer({})

    return handle
