"""Web Push: where a client wants to be woken, about what, and what it is told then."""

import binascii
from base64 import urlsafe_b64decode
from typing import Literal

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import NoParameters
from roost.api.mastodon.notifications import Nothing
from roost.api.mastodon.notifications_json import KINDS, TYPES
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid
from roost.limits import PUSH_TEXT_CHARACTERS_MAX
from roost.model import NotificationKind, PushPolicy, PushSubscription
from roost.service import NotificationView, PushTarget, PushTerms

PolicyName = Literal["all", "followed", "follower", "none"]
_POLICIES: dict[PolicyName, PushPolicy] = {
    "all": PushPolicy.ALL,
    "followed": PushPolicy.FOLLOWED,
    "follower": PushPolicy.FOLLOWER,
    "none": PushPolicy.NOBODY,
}
_POLICY_NAMES = {policy: name for name, policy in _POLICIES.items()}
_TITLES = {
    NotificationKind.MENTION: "%s mentioned you",
    NotificationKind.FOLLOW: "%s is now following you",
    NotificationKind.FOLLOW_REQUEST: "%s has requested to follow you",
    NotificationKind.LIKE: "%s favourited your post",
    NotificationKind.RETWEET: "%s boosted your post",
    NotificationKind.QUOTE: "%s quoted your post",
    NotificationKind.POLL: "A poll by %s has ended",
    NotificationKind.TWEET: "%s just posted",
    NotificationKind.EDIT: "%s edited a post that you boosted",
    NotificationKind.QUOTE_EDIT: "%s edited a post that you quoted",
    NotificationKind.REPORT: "%s reported an account",
    NotificationKind.SIGN_UP: "%s signed up",
    NotificationKind.WARNING: "The moderators have sent you a message",
}
_TOGETHER = (NotificationKind.LIKE, NotificationKind.RETWEET)
"""What is said of all in a group."""


class Keys(msgspec.Struct):
    p256dh: str = ""
    auth: str = ""


class Subscription(msgspec.Struct):
    endpoint: str = ""
    keys: Keys = msgspec.field(default_factory=Keys)
    standard: bool = False
    """Whether messages are encrypted as RFC 8291 says; else as its draft did."""


class Data(msgspec.Struct):
    alerts: dict[str, bool | None] | None = None
    """By type of notification."""
    policy: PolicyName | None = None


class SubscriptionForm(msgspec.Struct):
    subscription: Subscription
    data: Data = msgspec.field(default_factory=Data)
    policy: PolicyName | None = None


class DataForm(msgspec.Struct):
    data: Data = msgspec.field(default_factory=Data)
    policy: PolicyName | None = None


class WebPushSubscription(msgspec.Struct):
    id: str
    endpoint: str
    standard: bool
    alerts: dict[str, bool]
    policy: PolicyName
    server_key: str


def routes() -> list[Route]:
    path = "/api/v1/push/subscription"
    calls = (
        ("POST", _subscribe, "Have notifications pushed to a place, for this token.", SubscriptionForm),
        ("GET", _show, "Where notifications are pushed to for this token.", NoParameters),
        ("PUT", _change, "Change what is pushed for this token.", DataForm),
        ("DELETE", _unsubscribe, "Have nothing pushed for this token any more.", NoParameters),
    )
    return [
        Route(
            method=method,
            path=path,
            handler=handler,
            summary=summary,
            scope="push",
            needs_user=True,
            takes=takes,
            other_refusals=() if method == "POST" else (404,),
            answers=Nothing if method == "DELETE" else WebPushSubscription,
        )
        for method, handler, summary, takes in calls
    ]


def compose(view: NotificationView, token: str) -> bytes:
    """What an app is told: enough to show it at once, and to find the rest."""
    row = view.notification
    actor = view.actor.user
    title = _TITLES[row.kind]
    name = actor.display_name or actor.username
    if row.kind in _TOGETHER:
        name += _and_others(view.group_count - 1)
    text = (view.tweet.tweet.spoiler or view.tweet.tweet.text) if view.tweet is not None else ""
    return msgspec.json.encode(
        {
            "access_token": token,
            "preferred_locale": "en",
            "notification_id": str(row.notification_id),
            "notification_type": TYPES[row.kind],
            "icon": "",
            "title": title % name if "%s" in title else title,
            "body": text[:PUSH_TEXT_CHARACTERS_MAX],
        }
    )


def _and_others(count: int) -> str:
    if count <= 0:
        return ""
    return f" and {count:,} others" if count > 1 else " and another one"


async def _subscribe(call: Call) -> Answer:
    form = call.take(SubscriptionForm)
    given = form.subscription
    target = PushTarget(
        given.endpoint,
        _decoded(given.keys.p256dh, "p256dh"),
        _decoded(given.keys.auth, "auth"),
        given.standard,
    )
    terms = _terms(form.data, form.policy)
    made = await call.service.web_push.subscribe(call.session, target, terms, _token_of(call))
    return _answer(made, call)


async def _show(call: Call) -> Answer:
    return _answer(await call.service.web_push.subscription(call.session), call)


async def _change(call: Call) -> Answer:
    form = call.take(DataForm)
    changed = await call.service.web_push.change(call.session, _terms(form.data, form.policy))
    return _answer(changed, call)


async def _unsubscribe(call: Call) -> Answer:
    await call.service.web_push.unsubscribe(call.session)
    return json_answer({})


def _answer(subscription: PushSubscription, call: Call) -> Answer:
    return json_answer(
        WebPushSubscription(
            str(subscription.subscription_id),
            subscription.endpoint,
            subscription.standard,
            {name: kind in subscription.kinds for name, kind in KINDS.items()},
            _POLICY_NAMES[subscription.policy],
            call.service.web_push.public_key,
        )
    )


def _terms(data: Data, policy: PolicyName | None) -> PushTerms:
    kinds = None
    if data.alerts is not None:
        kinds = tuple(KINDS[name] for name, on in data.alerts.items() if on and name in KINDS)
    named = data.policy or policy
    return PushTerms(kinds, _POLICIES[named] if named else None)


def _decoded(text: str, name: str) -> bytes:
    """From base64, in either alphabet, padded or not. Raises Invalid."""
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        if not plain.isascii() or len(plain) > 200:
            raise ValueError(name)
        return urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError) as cause:
        problem = FieldProblem("ERR_INVALID", "is not base64")
        raise Invalid(f"Validation failed: {name} is not base64", {name: (problem,)}) from cause


def _token_of(call: Call) -> str:
    """The token that the client showed: apps find their account by it."""
    header = call.request.headers.get("Authorization", "")
    if header[:7].lower() == "bearer ":
        return header[7:].strip()
    return str(call.request.query.get("access_token", ""))
