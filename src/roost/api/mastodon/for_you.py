"""Ranked timelines: "For you", and catching up."""

from typing import Annotated, Literal
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, raw_json_answer
from roost.api.mastodon.common import Mastodon
from roost.api.mastodon.entities import Status
from roost.api.mastodon.pages import PageForm, page_request, parse_id
from roost.api.router import Route
from roost.ids import ID_MAX
from roost.limits import TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX
from roost.service import CatchUp, RankedPage, RankedRequest


class RankedForm(PageForm):
    """`max_id` is the last status of the page before, `min_id` or `since_id` the first of the page after."""

    ranking: str = ""
    """Which order is gone on with; the Link header has it."""


class CatchUpForm(RankedForm):
    order: Annotated[
        Literal["oldest", "best"],
        Meta(description="`oldest` first, from the read marker on; or the `best` since the last visit."),
    ] = "oldest"


class CatchUpJson(msgspec.Struct):
    order: str
    last_read_id: str
    unread_count: int
    unread_count_is_exact: bool
    """False where there are more than are counted."""
    statuses: list[Status]


class ForYou:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/roost/v1/timelines/for_you",
                handler=self.page,
                summary='The newest of the home timeline, ranked; the same as the list "For you".',
                scope="read:statuses",
                needs_user=True,
                takes=RankedForm,
                answers=list[Status],
            ),
            Route(
                method="GET",
                path="/roost/v1/timelines/home/catchup",
                handler=self.catch_up,
                summary="What is unread at home: the oldest first, or the best.",
                scope="read:statuses",
                needs_user=True,
                takes=CatchUpForm,
                answers=CatchUpJson,
            ),
        ]

    async def page(self, call: Call) -> Answer:
        form = call.take(RankedForm)
        page = await call.service.for_you.page(call.user_id, ranked_request(form))
        body = self._mastodon.statuses.page(page.items, call.user_id)
        return raw_json_answer(body, headers=_links(call, page, form))

    async def catch_up(self, call: Call) -> Answer:
        form = call.take(CatchUpForm)
        request = ranked_request(form)
        if form.order == "best":
            found = await call.service.for_you.best_since(call.user_id, request)
            headers = _links(call, found.page, form, order="best")
        else:
            found = await call.service.for_you.oldest_unread(call.user_id, request.limit, request.before_id)
            headers = _forward(call, found.page, request.limit)
        statuses = self._mastodon.statuses.page(found.page.items, call.user_id)
        return raw_json_answer(_catch_up_body(form.order, found, statuses), headers=headers)


def ranked_request(form: RankedForm) -> RankedRequest:
    """Raises Invalid."""
    page = page_request(form, TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX)
    return RankedRequest(
        page.limit,
        0 if page.max_id == ID_MAX else page.max_id,
        page.low,
        parse_id(form.ranking, "ranking") if form.ranking else 0,
        from_top=not page.ascending,
    )


def _catch_up_body(order: str, found: CatchUp, statuses: bytes) -> bytes:
    head = b'{"order":"%s","last_read_id":"%d","unread_count":%d' % (
        order.encode(),
        found.last_read_id,
        found.unread,
    )
    exact = b"true" if found.is_exact else b"false"
    return b'%s,"unread_count_is_exact":%s,"statuses":%s}' % (head, exact, statuses)


def _links(call: Call, page: RankedPage, form: RankedForm, **also: str) -> dict[str, str]:
    """Links to the pages beside this one in the same order, next first."""
    if not page.items:
        return {}
    limit = {} if form.limit is None else {"limit": str(form.limit)}
    kept = {**also, **limit, "ranking": str(page.ranking_id)}
    found = []
    if page.more:
        found.append(_link(call, {**kept, "max_id": str(page.last_id)}, "next"))
    found.append(_link(call, {**kept, "min_id": str(page.first_id)}, "prev"))
    return {"Link": ", ".join(found)}


def _forward(call: Call, page: RankedPage, limit: int) -> dict[str, str]:
    """A link to the next page of what is read the oldest first."""
    if not page.more:
        return {}
    kept = {"order": "oldest", "limit": str(limit), "min_id": str(page.last_id)}
    return {"Link": _link(call, kept, "next")}


def _link(call: Call, parameters: dict[str, str], relation: str) -> str:
    address = f"{call.around.public_url}{call.request.path}"
    return f'<{address}?{urlencode(parameters)}>; rel="{relation}"'
