"""What users do about their own accounts: how these stand, their sessions, password, and deletion."""

from typing import Any

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.router import Handler, Route
from roost.errors import NotFound
from roost.ids import unix_ms_of
from roost.service import AppSession


class StandingAnswer(msgspec.Struct):
    """What moderators decided of an account, as its owner is told."""

    sensitive: bool
    silenced: bool
    disabled: bool
    suspended: bool
    reason: str
    history: list["StrikeAnswer"]


class StrikeAnswer(msgspec.Struct):
    id: str
    action: str
    reason: str
    at_ms: int


class SessionAnswer(msgspec.Struct):
    id: str
    app_name: str
    website: str
    scopes: list[str]
    created_ms: int
    used_ms: int
    """When it was last used; 0 for never."""
    current: bool
    """Whether it is the one that asks."""


class PasswordForm(msgspec.Struct):
    current: str = ""
    new: str = ""


class DeletionForm(msgspec.Struct):
    password: str = ""


class Ended(msgspec.Struct):
    ended: int
    """How many sessions were ended."""


def routes() -> list[Route]:
    def route(
        method: str,
        name: str,
        handler: Handler,
        summary: str,
        answers: Any,
        takes: Any = None,
        rate: str = "requests",
    ) -> Route:
        return Route(
            method=method,
            path=f"/roost/v1/account{name}",
            handler=handler,
            summary=summary,
            scope="read:accounts" if method == "GET" else "write:accounts",
            needs_user=True,
            takes=takes,
            answers=answers,
            rate=rate,
        )

    return [
        route("GET", "/standing", standing, "What moderators decided of one's account.", StandingAnswer),
        route(
            "GET",
            "/sessions",
            sessions,
            "The apps and browsers that one is signed in with.",
            list[SessionAnswer],
        ),
        route("DELETE", "/sessions/{id}", end_session, "Sign one of them out.", Ended),
        route("DELETE", "/sessions", end_sessions, "Sign all of them out, but the one that asks.", Ended),
        route(
            "POST",
            "/password",
            change_password,
            "Change one's password; all other sessions are ended.",
            Ended,
            PasswordForm,
            "sign_ins",
        ),
        route(
            "POST",
            "/delete",
            delete,
            "Delete one's account, for good.",
            dict[str, Any],
            DeletionForm,
            "sign_ins",
        ),
    ]


async def standing(call: Call) -> Answer:
    user = (await call.service.accounts.by_id(call.user_id)).user
    found = user.standing
    history = [
        StrikeAnswer(
            str(strike.strike_id), strike.action.name.lower(), strike.reason, unix_ms_of(strike.strike_id)
        )
        for strike in await call.service.moderation.strikes(call.user_id)
    ]
    return json_answer(
        StandingAnswer(
            found.sensitive, found.silenced, found.disabled, found.suspended, found.reason, history
        )
    )


async def sessions(call: Call) -> Answer:
    found = await call.service.access.sessions(call.user_id)
    return json_answer([_shown(each, call) for each in found])


async def end_session(call: Call) -> Answer:
    text = call.path["id"]
    known = text.isascii() and text.isdigit() and len(text) < 20
    if not known or not await call.service.access.end_session(call.user_id, int(text)):
        raise NotFound
    return json_answer(Ended(1))


async def end_sessions(call: Call) -> Answer:
    ended = await call.service.access.end_sessions(call.user_id, call.session.token_hash)
    return json_answer(Ended(ended))


async def change_password(call: Call) -> Answer:
    form = call.take(PasswordForm)
    before = len(await call.service.access.sessions(call.user_id))
    await call.service.accounts.change_password(call.user_id, form.current, form.new, call.session.token_hash)
    return json_answer(Ended(max(0, before - 1)))


async def delete(call: Call) -> Answer:
    await call.service.moderation.delete_own(call.user_id, call.take(DeletionForm).password)
    return json_answer({})


def _shown(session: AppSession, call: Call) -> SessionAnswer:
    return SessionAnswer(
        str(session.session_id),
        session.app_name,
        session.website,
        list(session.scopes),
        session.created_ms,
        session.used_ms,
        session.token_hash == call.session.token_hash,
    )
