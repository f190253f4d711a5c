"""Translating statuses, which no service does here: clients learn it from the instance, or from a 503."""

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import NoParameters, path_id
from roost.api.mastodon.entities import Status
from roost.api.router import Route


def routes() -> list[Route]:
    return [
        Route(
            method="POST",
            path="/api/v1/statuses/{id}/translate",
            handler=_translate,
            summary="Translate a status: there is no translation service, which a 503 says.",
            scope="read:statuses",
            takes=NoParameters,
            answers=Status,
        )
    ]


async def _translate(call: Call) -> Answer:
    await call.service.tweets.get(call.user_id, path_id(call))
    return json_answer({"error": "This server has no translation service"}, 503)
