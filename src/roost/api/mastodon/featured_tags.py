"""The hashtags that accounts show on their profiles."""

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.entities import FeaturedTag, Tag
from roost.api.mastodon.tags_json import featured_tag_json, tag_json
from roost.api.router import Route


class FeatureForm(msgspec.Struct):
    name: str = ""
    """The hashtag, with or without its sign."""


class Nothing(msgspec.Struct):
    """An empty object."""


class FeaturedTags:
    def __init__(self, mastodon: Mastodon) -> None:
        self._public_url = mastodon.public_url

    def routes(self) -> list[Route]:
        own = "/api/v1/featured_tags"
        return [
            Route(
                method="GET",
                path=own,
                handler=self.own,
                summary="The hashtags that one shows on one's profile.",
                scope="read:accounts",
                needs_user=True,
                takes=NoParameters,
                answers=list[FeaturedTag],
            ),
            Route(
                method="POST",
                path=own,
                handler=self.feature,
                summary="Show a hashtag on one's profile.",
                scope="write:accounts",
                needs_user=True,
                takes=FeatureForm,
                answers=FeaturedTag,
            ),
            Route(
                method="DELETE",
                path=f"{own}/{{id}}",
                handler=self.unfeature,
                summary="Show a hashtag no more.",
                scope="write:accounts",
                needs_user=True,
                takes=NoParameters,
                answers=Nothing,
            ),
            Route(
                method="GET",
                path=f"{own}/suggestions",
                handler=self.suggestions,
                summary="The hashtags that one has used most lately, and does not show.",
                scope="read:accounts",
                needs_user=True,
                takes=NoParameters,
                answers=list[Tag],
            ),
            Route(
                method="GET",
                path="/api/v1/accounts/{id}/featured_tags",
                handler=self.others,
                sees_with="read:accounts",
                summary="The hashtags that an account shows on its profile.",
                takes=NoParameters,
                answers=list[FeaturedTag],
            ),
            *(self._by_name(verb) for verb in ("feature", "unfeature")),
        ]

    def _by_name(self, verb: str) -> Route:
        return Route(
            method="POST",
            path=f"/api/v1/tags/{{id}}/{verb}",
            handler=self.feature_tag if verb == "feature" else self.unfeature_tag,
            summary=f"{verb.capitalize()} a hashtag on one's profile, by its name.",
            scope="write:accounts",
            needs_user=True,
            takes=NoParameters,
            answers=Tag,
        )

    async def own(self, call: Call) -> Answer:
        return await self._of(call, call.user_id)

    async def others(self, call: Call) -> Answer:
        return await self._of(call, path_id(call))

    async def feature(self, call: Call) -> Answer:
        view = await call.service.featured_tags.feature(call.user_id, call.take(FeatureForm).name)
        return json_answer(featured_tag_json(view, self._public_url))

    async def unfeature(self, call: Call) -> Answer:
        await call.service.featured_tags.unfeature(call.user_id, path_id(call))
        return json_answer(Nothing())

    async def suggestions(self, call: Call) -> Answer:
        tags = await call.service.featured_tags.suggestions(call.user_id)
        views = await call.service.tags.get_many(call.user_id, tags)
        return json_answer([tag_json(view, self._public_url) for view in views])

    async def feature_tag(self, call: Call) -> Answer:
        await call.service.featured_tags.feature(call.user_id, call.path["id"])
        return await self._tag(call)

    async def unfeature_tag(self, call: Call) -> Answer:
        await call.service.featured_tags.unfeature_tag(call.user_id, call.path["id"])
        return await self._tag(call)

    async def _tag(self, call: Call) -> Answer:
        view = await call.service.tags.get(call.user_id, call.path["id"])
        return json_answer(tag_json(view, self._public_url))

    async def _of(self, call: Call, user_id: int) -> Answer:
        views = await call.service.featured_tags.of(user_id)
        return json_answer([featured_tag_json(view, self._public_url) for view in views])
