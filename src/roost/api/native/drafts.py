"""Drafts: what a user began to write, kept by the server for all of the user's apps."""

from typing import Any

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import NoParameters
from roost.api.mastodon.media_json import attachments
from roost.api.mastodon.pages import PageForm, link_header, page_request, parse_id
from roost.api.mastodon.text import timestamp
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid, NotFound
from roost.limits import LANGUAGE_CHARACTERS_MAX, TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX
from roost.model import ComposedPoll, Visibility
from roost.service import Draft, DraftView

_NAMES = {visibility: visibility.name.lower() for visibility in Visibility}
_VISIBILITIES = {name: visibility for visibility, name in _NAMES.items()}


class DraftPoll(msgspec.Struct):
    options: list[str] = []
    lasts_s: int = 86_400
    multiple: bool = False
    hides_totals: bool = False


class DraftForm(msgspec.Struct):
    """All that a tweet is composed of; what is left out is empty. `visibility` is `public`, `unlisted`,
    `followers` or `direct`."""

    text: str = ""
    visibility: str = "public"
    language: str = ""
    sensitive: bool = False
    spoiler: str = ""
    reply_to_id: str = ""
    quote_of_id: str = ""
    media_ids: list[str] = []
    poll: DraftPoll | None = None


class SavedDraft(msgspec.Struct):
    id: str
    saved_at: str
    text: str
    visibility: str
    language: str
    sensitive: bool
    spoiler: str
    reply_to_id: str | None
    quote_of_id: str | None
    media_ids: list[str]
    media: list[dict[str, Any]]
    """Its files, as Mastodon's API shows them."""
    poll: DraftPoll | None


async def _several(call: Call) -> Answer:
    request = page_request(call.take(PageForm), TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX, tweets=False)
    page = await call.service.drafts.page(call.user_id, request)
    return json_answer([_json(view, call) for view in page.items], headers=link_header(call, page))


async def _make(call: Call) -> Answer:
    return json_answer(_json(await call.service.drafts.save(call.user_id, _draft(call)), call))


async def _one(call: Call) -> Answer:
    return json_answer(_json(await call.service.drafts.get(call.user_id, _id(call)), call))


async def _replace(call: Call) -> Answer:
    return json_answer(_json(await call.service.drafts.save(call.user_id, _draft(call), _id(call)), call))


async def _remove(call: Call) -> Answer:
    await call.service.drafts.remove(call.user_id, _id(call))
    return json_answer({})


def routes() -> list[Route]:
    every, one = "/roost/v1/drafts", "/roost/v1/drafts/{id}"

    def route(method: str, path: str, handler: Any, summary: str, takes: Any, answers: Any) -> Route:
        return Route(
            method=method,
            path=path,
            handler=handler,
            summary=summary,
            scope="read:statuses" if method == "GET" else "write:statuses",
            needs_user=True,
            takes=takes,
            answers=answers,
        )

    return [
        route("GET", every, _several, "One's drafts, newest first.", PageForm, list[SavedDraft]),
        route("POST", every, _make, "Keep a draft.", DraftForm, SavedDraft),
        route("GET", one, _one, "A draft.", NoParameters, SavedDraft),
        route("PUT", one, _replace, "Keep another in its place.", DraftForm, SavedDraft),
        route("DELETE", one, _remove, "Throw a draft away.", NoParameters, dict[str, str]),
    ]


def _id(call: Call) -> int:
    try:
        return parse_id(call.path["id"])
    except Invalid as cause:
        raise NotFound from cause


def _draft(call: Call) -> Draft:
    form = call.take(DraftForm)
    visibility = _VISIBILITIES.get(form.visibility)
    if visibility is None:
        problem = FieldProblem("ERR_INCLUSION", "is not included in the list")
        fields = {"visibility": (problem,)}
        raise Invalid("Validation failed: Visibility is not included in the list", fields)
    poll = form.poll
    return Draft(
        text=form.text,
        visibility=visibility,
        language=form.language[:LANGUAGE_CHARACTERS_MAX],
        sensitive=form.sensitive,
        spoiler=form.spoiler,
        reply_to_id=parse_id(form.reply_to_id, "reply_to_id") if form.reply_to_id else 0,
        quote_of_id=parse_id(form.quote_of_id, "quote_of_id") if form.quote_of_id else 0,
        media_ids=tuple(parse_id(text, "media_ids") for text in form.media_ids),
        poll=ComposedPoll(tuple(poll.options), poll.lasts_s, poll.multiple, poll.hides_totals)
        if poll is not None
        else None,
    )


def _json(view: DraftView, call: Call) -> SavedDraft:
    composed = view.draft.composed
    poll = composed.poll
    return SavedDraft(
        id=str(view.draft.draft_id),
        saved_at=timestamp(view.draft.saved_ms),
        text=composed.text,
        visibility=_NAMES[composed.visibility],
        language=composed.language,
        sensitive=composed.sensitive,
        spoiler=composed.spoiler,
        reply_to_id=str(composed.reply_to_id) if composed.reply_to_id else None,
        quote_of_id=str(composed.quote_of_id) if composed.quote_of_id else None,
        media_ids=[str(media_id) for media_id in composed.media_ids],
        media=msgspec.to_builtins(attachments(view.media, call.around.public_url)),
        poll=DraftPoll(list(poll.options), poll.lasts_s, poll.multiple, poll.hides_totals)
        if poll is not None
        else None,
    )
