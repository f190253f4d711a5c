"""Trends: hashtags, statuses and links that are used more than usual."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer, raw_json_answer
from roost.api.mastodon.cards_json import card_fields
from roost.api.mastodon.common import Mastodon
from roost.api.mastodon.entities import Status, Tag, TrendsLink
from roost.api.mastodon.tags_json import history_json, tag_json
from roost.api.router import Route
from roost.limits import TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX, TRENDS_PAGE_DEFAULT, TRENDS_PAGE_MAX
from roost.service import LinkView, TrendsPage, TweetView

Offset = Annotated[int, Meta(ge=0)]
Limit = Annotated[int, Meta(ge=1)]


class TrendsForm(msgspec.Struct):
    offset: Offset = 0
    limit: Limit | None = None
    ranking: Annotated[int, Meta(ge=0, description="Of which ranking; pages that follow name it.")] = 0


class Trends:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        return [
            _route("/api/v1/trends", self.tags, "The older address of the trends of hashtags.", list[Tag]),
            _route("/api/v1/trends/tags", self.tags, "Hashtags that are used more than usual.", list[Tag]),
            _route(
                "/api/v1/trends/statuses",
                self.statuses,
                "Statuses that trend; where they are few, those for the reader follow.",
                list[Status],
            ),
            _route(
                "/api/v1/trends/links",
                self.links,
                "Links that are posted more than usual.",
                list[TrendsLink],
            ),
        ]

    async def tags(self, call: Call) -> Answer:
        form, limit = _page(call, TRENDS_PAGE_DEFAULT, TRENDS_PAGE_MAX)
        page = await call.service.trends.tags(call.user_id, form.offset, limit, form.ranking)
        tags = [tag_json(view, self._mastodon.public_url) for view in page.items]
        return json_answer(tags, headers=_links(call, form.offset, limit, page))

    async def statuses(self, call: Call) -> Answer:
        form, limit = _page(call, TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX)
        page = await call.service.trends.tweets(call.user_id, form.offset, limit, form.ranking)
        views = list(page.items)
        if call.user_id and not form.offset and len(views) < limit:
            views += await _for_you(call, {view.tweet.tweet_id for view in views}, limit - len(views))
        body = self._mastodon.statuses.page(views, call.user_id)
        return raw_json_answer(body, headers=_links(call, form.offset, limit, page))

    async def links(self, call: Call) -> Answer:
        form, limit = _page(call, TRENDS_PAGE_DEFAULT, TRENDS_PAGE_MAX)
        page = await call.service.trends.links(call.user_id, form.offset, limit, form.ranking)
        links = [_link_json(view, self._mastodon.public_url) for view in page.items]
        return json_answer(links, headers=_links(call, form.offset, limit, page))


async def _for_you(call: Call, shown: set[int], limit: int) -> list[TweetView]:
    """Where little trends, what is recommended to the reader follows it."""
    page = await call.service.recommendations.tweets(call.user_id, "", limit)
    return [each.tweet for each in page.items if each.tweet.tweet.tweet_id not in shown]


def _route(path: str, handler: Callable[[Call], Awaitable[Answer]], summary: str, answers: object) -> Route:
    return Route(
        method="GET",
        path=path,
        handler=handler,
        sees_with="read:statuses",
        summary=summary,
        takes=TrendsForm,
        answers=answers,
    )


def _page(call: Call, default: int, maximum: int) -> tuple[TrendsForm, int]:
    form = call.take(TrendsForm)
    return form, min(form.limit or default, maximum)


def _links(call: Call, offset: int, limit: int, page: TrendsPage[Any]) -> dict[str, str]:
    """Links to the pages beside this one, next first, as lists paged by offset have them. They name the
    ranking that this page is of, so that nothing moves from one to another meanwhile."""
    pairs = parse_qsl(call.request.query_string, keep_blank_values=True)
    kept = [(name, text) for name, text in pairs if name not in ("offset", "access_token", "ranking")]
    kept.append(("ranking", str(page.ranking)))
    count = len(page.items)
    address = f"{call.around.public_url}{call.request.path}"
    links: list[str] = []
    if count == limit:
        links.append(f'<{address}?{urlencode([*kept, ("offset", offset + limit)])}>; rel="next"')
    if offset and count:
        links.append(f'<{address}?{urlencode([*kept, ("offset", max(0, offset - limit))])}>; rel="prev"')
    return {"Link": ", ".join(links)} if links else {}


def _link_json(view: LinkView, public_url: str) -> TrendsLink:
    """A link that no preview was made of has its address for a title."""
    history = history_json(view.history)
    if view.card is not None:
        return TrendsLink(history=history, **{**card_fields(view.card, public_url), "url": view.url})
    parts = urlsplit(view.url)
    return TrendsLink(
        url=view.url,
        title=view.url,
        provider_name=parts.hostname or "",
        provider_url=f"{parts.scheme}://{parts.netloc}",
        history=history,
    )
