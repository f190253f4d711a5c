"""Hashtags that one follows."""

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import Mastodon, NoParameters
from roost.api.mastodon.entities import Tag
from roost.api.mastodon.pages import PageForm, link_header, page_request
from roost.api.mastodon.tags_json import tag_json
from roost.api.router import Handler, Route
from roost.limits import FOLLOWED_TAGS_PAGE_DEFAULT, FOLLOWED_TAGS_PAGE_MAX


class FollowedTags:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/api/v1/followed_tags",
                handler=self.page,
                summary="The hashtags that one follows, newest follow first.",
                scope="read:follows",
                needs_user=True,
                takes=PageForm,
                answers=list[Tag],
            ),
            _change("follow", self.follow, "Have a hashtag's public statuses on the home timeline."),
            _change("unfollow", self.unfollow, "Stop following a hashtag."),
        ]

    async def page(self, call: Call) -> Answer:
        request = page_request(
            call.take(PageForm), FOLLOWED_TAGS_PAGE_DEFAULT, FOLLOWED_TAGS_PAGE_MAX, tweets=False
        )
        page = await call.service.followed_tags.page(call.user_id, request)
        tags = [tag_json(view, self._mastodon.public_url) for view in page.items]
        return json_answer(tags, headers=link_header(call, page))

    async def follow(self, call: Call) -> Answer:
        view = await call.service.followed_tags.follow(call.user_id, call.path["id"])
        return json_answer(tag_json(view, self._mastodon.public_url))

    async def unfollow(self, call: Call) -> Answer:
        view = await call.service.followed_tags.unfollow(call.user_id, call.path["id"])
        return json_answer(tag_json(view, self._mastodon.public_url))


def _change(verb: str, handler: Handler, summary: str) -> Route:
    return Route(
        method="POST",
        path=f"/api/v1/tags/{{id}}/{verb}",
        handler=handler,
        summary=summary,
        scope="write:follows",
        needs_user=True,
        takes=NoParameters,
        answers=Tag,
    )
