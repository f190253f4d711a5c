"""Roost's own search for tweets: in either order, by cursor; it says what it cannot understand."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, raw_json_answer
from roost.api.mastodon.common import Mastodon
from roost.api.mastodon.entities import Status
from roost.api.mastodon.search import Limit, require_search_scope
from roost.api.router import Route
from roost.limits import SEARCH_PAGE_DEFAULT, SEARCH_PAGE_MAX
from roost.service import SearchOrder, TweetSearch


class TweetSearchForm(msgspec.Struct):
    q: str
    """Words, "phrases", `-without`, `or`, parentheses, `#hashtag`, `@name`, operators as `from:me`."""
    order: Annotated[
        Literal["time", "relevance"], Meta(description="The newest first, or what fits best.")
    ] = "time"
    cursor: str = ""
    """What the page before answered."""
    limit: Limit = SEARCH_PAGE_DEFAULT


class TweetSearchResults(msgspec.Struct):
    statuses: list[Status]
    cursor: str | None
    """For the next page, which may be there even where this one is short; null at the end."""


class TweetSearchApi:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/roost/v1/search",
                handler=self.page,
                summary="Search for tweets; a token needs the scope read:search.",
                takes=TweetSearchForm,
                answers=TweetSearchResults,
            )
        ]

    async def page(self, call: Call) -> Answer:
        require_search_scope(call)
        form = call.take(TweetSearchForm)
        limit = min(form.limit, SEARCH_PAGE_MAX)
        found = await call.service.search.page(
            call.user_id, TweetSearch(form.q), SearchOrder(form.order), form.cursor, limit
        )
        statuses = self._mastodon.statuses.page(found.items, call.user_id)
        cursor = msgspec.json.encode(found.cursor or None)
        return raw_json_answer(b'{"statuses":%s,"cursor":%s}' % (statuses, cursor))
