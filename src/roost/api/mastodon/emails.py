"""Confirming e-mail addresses, which Roost does not ask for: every account is taken as confirmed."""

from typing import Any

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import NoParameters
from roost.api.router import Route


class EmailForm(msgspec.Struct):
    email: str = ""


def routes() -> list[Route]:
    return [
        Route(
            method="POST",
            path="/api/v1/emails/confirmations",
            handler=resend,
            summary="Ask for the message that confirms an address again. None is sent, as none is needed.",
            scope="write:accounts",
            takes=EmailForm,
            answers=dict[str, Any],
        ),
        Route(
            method="GET",
            path="/api/v1/emails/check_confirmation",
            handler=check,
            summary="Whether one's address is confirmed: it always is.",
            scope="read:accounts",
            takes=NoParameters,
            answers=bool,
        ),
    ]


async def resend(call: Call) -> Answer:
    call.take(EmailForm)
    return json_answer({})


async def check(call: Call) -> Answer:
    del call
    return json_answer(True)
