"""Editing statuses, and what they said before."""

import base64
import tempfile
from contextlib import ExitStack
from typing import Any

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.edits_json import edits_json
from roost.api.mastodon.entities import Status, StatusEdit, StatusSource
from roost.api.mastodon.pages import parse_id
from roost.api.mastodon.quote_policies import quote_policy
from roost.api.parameters import checked
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid
from roost.media import SentFile
from roost.model import ComposedPoll
from roost.service import MediaChange, TweetChange


class PollForm(msgspec.Struct):
    options: list[str] = []
    expires_in: int = 86_400
    multiple: bool = False
    hide_totals: bool = False


class EditForm(msgspec.Struct):
    """A status as it is to be: what is left out goes, but for the language. Who may see it stays."""

    status: str = ""
    spoiler_text: str = ""
    sensitive: bool = False
    language: str = ""
    media_ids: list[str] = []
    media_attributes: list[dict[str, Any]] = []
    poll: dict[str, Any] | None = None
    quote_approval_policy: str = ""


class StatusEdits:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        one = "/api/v1/statuses/{id}"
        return [
            Route(
                method="PUT",
                path=one,
                handler=self.edit,
                summary="Edit one's status; its earlier version stays in its history.",
                scope="write:statuses",
                needs_user=True,
                takes=EditForm,
                answers=Status,
            ),
            Route(
                method="GET",
                path=f"{one}/history",
                handler=self.history,
                sees_with="read:statuses",
                summary="All versions of a status, oldest first.",
                takes=NoParameters,
                answers=list[StatusEdit],
            ),
            Route(
                method="GET",
                path=f"{one}/source",
                handler=self.source,
                summary="A status's text as it was written, to be edited.",
                scope="read:statuses",
                takes=NoParameters,
                answers=StatusSource,
            ),
        ]

    async def edit(self, call: Call) -> Answer:
        form = call.take(EditForm)
        with ExitStack() as files:
            change = TweetChange(
                text=form.status,
                spoiler=form.spoiler_text,
                sensitive=form.sensitive,
                language=form.language,
                media_ids=tuple(parse_id(text, "media_ids") for text in form.media_ids),
                media_changes=dict(map(_media_change, form.media_attributes)),
                thumbnails=_thumbnails(form.media_attributes, files),
                poll=_composed(form.poll),
                quote_policy=quote_policy(form.quote_approval_policy),
            )
            view = await call.service.tweet_edits.edit(call.user_id, path_id(call), change)
        return self._mastodon.status(view, call)

    async def history(self, call: Call) -> Answer:
        found = await call.service.tweet_edits.history(call.user_id, path_id(call))
        return json_answer(edits_json(found, self._mastodon))

    async def source(self, call: Call) -> Answer:
        view = await call.service.tweets.get(call.user_id, path_id(call))
        shown = (view.retweet_of or view).tweet
        return json_answer(StatusSource(str(view.tweet.tweet_id), shown.text, shown.spoiler))


def _media_change(given: dict[str, Any]) -> tuple[int, MediaChange]:
    """What a client says of a file: its id, and a description, or a focus as "x,y"."""
    media_id = parse_id(str(given.get("id", "")), "media_attributes")
    description = given.get("description")
    focus = given.get("focus")
    return media_id, MediaChange(
        description=None if description is None else str(description),
        focus=_focus(str(focus)) if focus else None,
    )


def _thumbnails(attributes: list[dict[str, Any]], files: ExitStack) -> dict[int, SentFile]:
    """Previews of one's own, each as a data URI (RFC 2397) in base64."""
    return {
        parse_id(str(given.get("id", "")), "media_attributes"): _data_file(str(given["thumbnail"]), files)
        for given in attributes
        if given.get("thumbnail")
    }


def _data_file(uri: str, files: ExitStack) -> SentFile:
    head, _, body = uri.partition(",")
    try:
        if head.startswith("data:") and head.endswith(";base64"):
            content = base64.b64decode(body, validate=True)
            file = files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - `files` closes it
            file.write(content)
            return SentFile(file, len(content))
    except ValueError:
        pass
    problem = "must be a data URI in base64"
    fields = {"thumbnail": (FieldProblem("ERR_INVALID", problem),)}
    raise Invalid(f"Validation failed: thumbnail {problem}", fields)


def _focus(text: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in text.split(","))
        if -1 <= x <= 1 and -1 <= y <= 1:
            return x, y
    except ValueError:
        pass
    problem = "must be two numbers from -1 to 1"
    raise Invalid(f"Validation failed: focus {problem}", {"focus": (FieldProblem("ERR_INVALID", problem),)})


def _composed(given: dict[str, Any] | None) -> ComposedPoll | None:
    if given is None:
        return None
    form = checked(given, PollForm)
    return ComposedPoll(tuple(form.options), form.expires_in, form.multiple, form.hide_totals)
