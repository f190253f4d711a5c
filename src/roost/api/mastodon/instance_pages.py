"""What the server says of itself at length, and what it says of other servers, of which it knows none."""

from typing import Any

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.admin_json import rules_of
from roost.api.mastodon.common import NoParameters, empty_list
from roost.api.mastodon.text import note_html, timestamp
from roost.api.router import Handler, Route
from roost.errors import NotFound

_NO_FEDERATION = "Roost speaks to no other servers."


class Page(msgspec.Struct):
    """HTML, safe to show."""

    updated_at: str
    content: str


class Terms(msgspec.Struct):
    effective_date: str
    effective: bool
    content: str
    succeeded_by: str | None


class Week(msgspec.Struct):
    week: str
    """When it began, in s since the Unix epoch."""
    statuses: str
    logins: str
    registrations: str


class Language(msgspec.Struct):
    code: str
    name: str


class DomainForm(msgspec.Struct):
    domain: str = ""


def routes() -> list[Route]:
    def look(name: str, handler: Handler, summary: str, answers: Any) -> Route:
        return Route(
            method="GET",
            path=f"/api/v1/instance/{name}",
            same_for_all=True,
            handler=handler,
            summary=summary,
            takes=NoParameters,
            answers=answers,
            other_refusals=(404,) if handler in (description, no_blocks, privacy, terms) else (),
        )

    return [
        look("rules", rules, "The server's rules.", list[dict[str, str]]),
        look("peers", nothing, f"The servers that this one knows: none. {_NO_FEDERATION}", list[str]),
        look("domain_blocks", no_blocks, f"Answers 404, as where the list is kept. {_NO_FEDERATION}", Any),
        look("activity", activity, "What happened in each of the last twelve weeks.", list[Week]),
        look("extended_description", description, "What the server is about, at length.", Page),
        look("privacy_policy", privacy, "The privacy policy.", Page),
        look("terms_of_service", terms, "The terms of service.", Terms),
        look("languages", languages, "The languages that the server is run in.", list[Language]),
        look(
            "translation_languages",
            no_translations,
            "Which languages can be translated into which: none.",
            dict[str, list[str]],
        ),
        *_domain_blocks(),
    ]


def _domain_blocks() -> list[Route]:
    def route(method: str, handler: Handler, summary: str, scope: str, answers: Any) -> Route:
        return Route(
            method=method,
            path="/api/v1/domain_blocks",
            handler=handler,
            summary=f"{summary} {_NO_FEDERATION}",
            scope=scope,
            needs_user=True,
            takes=NoParameters if method == "GET" else DomainForm,
            answers=answers,
        )

    return [
        route("GET", nothing, "The servers that a user blocks: none.", "read:blocks", list[str]),
        route("POST", no_change, "Changes nothing.", "write:blocks", dict[str, Any]),
        route("DELETE", no_change, "Changes nothing.", "write:blocks", dict[str, Any]),
    ]


async def rules(call: Call) -> Answer:
    return json_answer(rules_of(call))


async def nothing(call: Call) -> Answer:
    del call
    return empty_list()


async def no_change(call: Call) -> Answer:
    call.take(DomainForm)
    return json_answer({})


async def no_blocks(call: Call) -> Answer:
    del call
    raise NotFound


async def no_translations(call: Call) -> Answer:
    del call
    return json_answer({})


async def activity(call: Call) -> Answer:
    weeks = await call.service.operations.activity()
    return json_answer(
        [Week(str(week.began_s), str(week.tweets), str(week.active), str(week.users)) for week in weeks]
    )


async def description(call: Call) -> Answer:
    settings = call.around.settings
    return _page(call, settings.extended_description or settings.description)


async def privacy(call: Call) -> Answer:
    return _page(call, call.around.settings.privacy_policy)


async def terms(call: Call) -> Answer:
    text = call.around.settings.terms_of_service
    if not text:
        raise NotFound
    since = timestamp(call.around.started_ms)[:10]
    return json_answer(Terms(since, True, note_html(text, call.around.public_url), None))


async def languages(call: Call) -> Answer:
    del call
    return json_answer([Language("en", "English")])


def _page(call: Call, text: str) -> Answer:
    if not text:
        raise NotFound
    return json_answer(Page(timestamp(call.around.started_ms), note_html(text, call.around.public_url)))
