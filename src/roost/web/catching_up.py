"""What was posted since the last visit: the best of it, or all of it, the oldest first."""

from roost.api import Answer, Call, Route
from roost.limits import TIMELINE_PAGE_DEFAULT
from roost.model import MarkedTimeline, PageRequest
from roost.service import RankedRequest
from roost.web.forms import Feed, id_of, text_of
from roost.web.site import Site, redirect, wants_fragment


class CatchingUp:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/home/catch-up", self.show, signed_in=True),
            route("POST", "/home/read", self.read, signed_in=True),
        ]

    async def show(self, call: Call) -> Answer:
        oldest = text_of(call, "order") == "oldest"
        after, for_you = id_of(call, "after"), call.service.for_you
        if oldest:
            found = await for_you.oldest_unread(call.user_id, TIMELINE_PAGE_DEFAULT, after)
        else:
            request = RankedRequest(TIMELINE_PAGE_DEFAULT, after, 0, id_of(call, "ranking"))
            found = await for_you.best_since(call.user_id, request)
        page = found.page
        order = "order=oldest" if oldest else f"ranking={page.ranking_id}"
        older = f"/home/catch-up?{order}&after={page.last_id}" if page.more else ""
        feed = Feed(items=page.items, older_url=older)
        if wants_fragment(call):
            return await self._site.page(call, "fragments/feed.html", feed=feed)
        newest = (await call.service.timelines.home(call.user_id, PageRequest(1))).newest_id
        return await self._site.page(
            call, "catch-up.html", feed=feed, oldest=oldest, found=found, newest_id=newest
        )

    async def read(self, call: Call) -> Answer:
        """Home is read as far as a tweet."""
        if tweet_id := id_of(call, "id"):
            await call.service.markers.move(call.user_id, {MarkedTimeline.HOME: tweet_id})
        return Answer(204, b"", {}) if wants_fragment(call) else redirect("/home")
