"""Hashtags: their timelines, and what is known of one."""

from typing import Annotated

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import Mastodon, NoParameters
from roost.api.mastodon.entities import Status, Tag
from roost.api.mastodon.pages import PageForm, page_request
from roost.api.mastodon.tags_json import tag_json
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid
from roost.limits import TAG_TIMELINE_TAGS_MAX, TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX
from roost.service import TagQuery

TagNames = Annotated[list[str], Meta(description="Hashtags without their sign")]


class TagTimelineForm(PageForm):
    any: TagNames = msgspec.field(default_factory=list)
    """Statuses with one of these are on it too."""
    all: TagNames = msgspec.field(default_factory=list)
    none: TagNames = msgspec.field(default_factory=list)
    local: bool = False
    remote: bool = False
    """There are no remote accounts: nothing is answered."""
    only_media: bool = False


class LinkTimelineForm(PageForm):
    url: str = ""


class Tags:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/api/v1/timelines/tag/{hashtag}",
                handler=self.timeline,
                sees_with="read:statuses",
                summary="Everybody's public statuses with a hashtag, newest first, without an end.",
                takes=TagTimelineForm,
                answers=list[Status],
            ),
            Route(
                method="GET",
                path="/api/v1/timelines/link",
                handler=self.linked,
                sees_with="read:statuses",
                summary="Everybody's public statuses with a link to an address, newest first.",
                takes=LinkTimelineForm,
                answers=list[Status],
            ),
            Route(
                method="GET",
                path="/api/v1/tags/{id}",
                handler=self.one,
                sees_with="read:follows",
                summary="A hashtag, with how much it was used in the last seven days.",
                takes=NoParameters,
                answers=Tag,
            ),
        ]

    async def timeline(self, call: Call) -> Answer:
        form = call.take(TagTimelineForm)
        request = page_request(form, TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX)
        for name in ("any", "all", "none"):
            if len(getattr(form, name)) > TAG_TIMELINE_TAGS_MAX:
                problem = FieldProblem("ERR_TOO_MANY", f"has more than {TAG_TIMELINE_TAGS_MAX} hashtags")
                raise Invalid(f"Validation failed: {name} {problem.text}", {name: (problem,)})
        if form.remote:
            return json_answer([])  # every account is local
        query = TagQuery(
            _names([call.path["hashtag"], *form.any]), _names(form.all), _names(form.none), form.only_media
        )
        return self._mastodon.status_page(
            await call.service.tags.timeline(call.user_id, query, request), call
        )

    async def linked(self, call: Call) -> Answer:
        form = call.take(LinkTimelineForm)
        request = page_request(form, TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX)
        page = await call.service.tags.linked(call.user_id, form.url, request)
        return self._mastodon.status_page(page, call)

    async def one(self, call: Call) -> Answer:
        view = await call.service.tags.get(call.user_id, call.path["id"])
        return json_answer(tag_json(view, self._mastodon.public_url))


def _names(tags: list[str]) -> tuple[str, ...]:
    return tuple(name for tag in tags if (name := tag.removeprefix("#")))
