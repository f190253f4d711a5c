"""Timelines: home, and public."""

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import (
    Mastodon,
    path_id,
)
from roost.api.mastodon.entities import Status
from roost.api.mastodon.for_you import ForYou, RankedForm
from roost.api.mastodon.pages import PageForm, page_request
from roost.api.router import Route
from roost.limits import TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX
from roost.model import FOR_YOU_ID


class PublicForm(PageForm):
    local: bool = False
    """All accounts are local: it makes no difference."""
    remote: bool = False
    """There are no remote accounts: nothing is answered."""
    only_media: bool = False


class Timelines:
    def __init__(self, mastodon: Mastodon, for_you: ForYou) -> None:
        self._mastodon = mastodon
        self._for_you = for_you

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/api/v1/timelines/home",
                handler=self.home,
                summary="One's home timeline, newest first, without holes and without an end.",
                scope="read:statuses",
                needs_user=True,
                takes=PageForm,
                answers=list[Status],
            ),
            Route(
                method="GET",
                path="/api/v1/timelines/list/{id}",
                handler=self.of_list,
                summary='One of one\'s lists, newest first, without holes and without an end; or "For you".',
                scope="read:lists",
                needs_user=True,
                takes=RankedForm,
                answers=list[Status],
            ),
            Route(
                method="GET",
                path="/api/v1/timelines/public",
                handler=self.public,
                sees_with="read:statuses",
                summary="Everybody's public statuses, newest first.",
                takes=PublicForm,
                answers=list[Status],
            ),
        ]

    async def home(self, call: Call) -> Answer:
        request = page_request(call.take(PageForm), TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX)
        return self._mastodon.status_page(await call.service.timelines.home(call.user_id, request), call)

    async def of_list(self, call: Call) -> Answer:
        if path_id(call) == FOR_YOU_ID:
            return await self._for_you.page(call)
        request = page_request(call.take(PageForm), TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX)
        page = await call.service.timelines.of_list(call.user_id, path_id(call), request)
        return self._mastodon.status_page(page, call)

    async def public(self, call: Call) -> Answer:
        form = call.take(PublicForm)
        request = page_request(form, TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX)
        if form.remote or form.only_media:
            return json_answer([])  # every account is local, and no tweet has media
        page = await call.service.timelines.public(call.user_id, request)
        return self._mastodon.status_page(page, call)
