"""A user's page: who they are, their tweets, and who follows whom."""

from roost.api import Answer, Call, Route
from roost.errors import NotFound
from roost.limits import ACCOUNT_PAGE_DEFAULT
from roost.model import Relation
from roost.service import TweetView, UserTimelineFilter, UserView
from roost.web.forms import feed_of, page_request
from roost.web.site import Site, redirect, wants_fragment

_FILTERS = {
    "posts": UserTimelineFilter(replies=True),
    "replies": UserTimelineFilter(),
    "media": UserTimelineFilter(retweets=True, without_media=True),
}


class Profiles:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/@{name}", self.posts),
            route("GET", "/@{name}/replies", self.replies),
            route("GET", "/@{name}/media", self.media),
            route("GET", "/@{name}/followers", self.followers),
            route("GET", "/@{name}/following", self.following),
        ]

    async def posts(self, call: Call) -> Answer:
        return await self._tweets(call, "posts")

    async def replies(self, call: Call) -> Answer:
        return await self._tweets(call, "replies")

    async def media(self, call: Call) -> Answer:
        return await self._tweets(call, "media")

    async def followers(self, call: Call) -> Answer:
        user = await self._user(call)
        page = await call.service.edges.followers(
            call.user_id, user.user.user_id, page_request(call, ACCOUNT_PAGE_DEFAULT)
        )
        return await self._people(call, user, feed_of(call, page), "Followers", "Nobody follows them yet.")

    async def following(self, call: Call) -> Answer:
        user = await self._user(call)
        page = await call.service.edges.following(
            call.user_id, user.user.user_id, page_request(call, ACCOUNT_PAGE_DEFAULT)
        )
        return await self._people(call, user, feed_of(call, page), "Following", "They follow nobody yet.")

    async def _tweets(self, call: Call, tab: str) -> Answer:
        user = await self._user(call)
        if call.path["name"] != user.user.username:
            return redirect(call.request.path.replace(f"@{call.path['name']}", f"@{user.user.username}", 1))
        user_id = user.user.user_id
        page = await call.service.timelines.user(call.user_id, user_id, page_request(call), _FILTERS[tab])
        feed = feed_of(call, page)
        if wants_fragment(call):
            return await self._site.page(call, "fragments/feed.html", feed=feed)
        relation = await relation_of(call, user_id)
        pinned: list[TweetView] = []
        if tab == "posts" and "max_id" not in call.parameters:
            pinned = await call.service.tweet_marks.pinned(call.user_id, user_id)
        return await self._site.page(
            call, "profile.html", user=user, relation=relation, feed=feed, tab=tab, pinned=pinned
        )

    async def _people(self, call: Call, user: UserView, feed: object, title: str, nothing: str) -> Answer:
        template = "fragments/people.html" if wants_fragment(call) else "people.html"
        up = f"/@{user.user.username}"
        return await self._site.page(
            call, template, feed=feed, title=f"{title} · @{user.user.username}", nothing=nothing, up=up
        )

    async def _user(self, call: Call) -> UserView:
        name, _, host = call.path["name"].partition("@")
        if host and host.lower() != call.around.host:
            raise NotFound("There is nothing here")
        return await call.service.accounts.by_name(name)


async def relation_of(call: Call, user_id: int) -> Relation:
    """What stands between whoever looks and a user."""
    if not call.user_id:
        return Relation(0, user_id)
    return (await call.service.edges.relations(call.user_id, [user_id]))[0]
