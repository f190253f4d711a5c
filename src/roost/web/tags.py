"""A hashtag's tweets, and one's bookmarks and likes."""

from roost.api import Answer, Call, Route
from roost.service import TagQuery
from roost.web.forms import Feed, feed_of, page_request
from roost.web.site import Site, back, wants_fragment


class Tags:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/tags/{tag}", self.tag),
            route("POST", "/tags/{tag}/follow", self.follow, signed_in=True),
            route("POST", "/tags/{tag}/unfollow", self.unfollow, signed_in=True),
            route("GET", "/bookmarks", self.bookmarks, signed_in=True),
            route("GET", "/likes", self.likes, signed_in=True),
        ]

    async def tag(self, call: Call) -> Answer:
        name = call.path["tag"]
        view = await call.service.tags.get(call.user_id, name)
        page = await call.service.tags.timeline(call.user_id, TagQuery(any_of=(name,)), page_request(call))
        feed = feed_of(call, page)
        if wants_fragment(call):
            return await self._site.page(call, "fragments/feed.html", feed=feed)
        people = sum(day.users for day in view.history)
        return await self._site.page(call, "tag.html", tag=view, feed=feed, people=people)

    async def follow(self, call: Call) -> Answer:
        await call.service.followed_tags.follow(call.user_id, call.path["tag"])
        return back(call)

    async def unfollow(self, call: Call) -> Answer:
        await call.service.followed_tags.unfollow(call.user_id, call.path["tag"])
        return back(call)

    async def bookmarks(self, call: Call) -> Answer:
        page = await call.service.tweet_marks.bookmarks(call.user_id, page_request(call))
        words = "Nothing kept yet", "Press the bookmark on a post to find it here again. Only you see this."
        return await self._list(call, feed_of(call, page), "Bookmarks", "bookmark", words)

    async def likes(self, call: Call) -> Answer:
        page = await call.service.tweets.likes(call.user_id, page_request(call))
        words = "No likes yet", "What you like shows up here. Only you see this list."
        return await self._list(call, feed_of(call, page), "Likes", "heart", words)

    async def _list(self, call: Call, feed: Feed, title: str, sign: str, words: tuple[str, str]) -> Answer:
        template = "fragments/feed.html" if wants_fragment(call) else "kept.html"
        return await self._site.page(call, template, feed=feed, title=title, sign=sign, words=words)
