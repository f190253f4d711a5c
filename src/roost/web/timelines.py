"""The way in, and home."""

from roost.api import Answer, Call, Route
from roost.limits import TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX
from roost.model import PageRequest
from roost.service import RankedRequest
from roost.web.forms import Feed, feed_of, id_of, page_request
from roost.web.site import Site, redirect, wants_fragment

_LANDING_TWEETS = 12


class Timelines:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/", self.landing),
            route("GET", "/home", self.home, signed_in=True),
            route("GET", "/home/for-you", self.for_you, signed_in=True),
            route("GET", "/public", self.public),
        ]

    async def landing(self, call: Call) -> Answer:
        if call.user_id:
            return redirect("/home")
        page = await call.service.timelines.public(0, PageRequest(_LANDING_TWEETS))
        return await self._site.page(call, "landing.html", feed=Feed(items=page.items))

    async def home(self, call: Call) -> Answer:
        request = page_request(
            call, TIMELINE_PAGE_MAX if wants_fragment(call) == "new" else TIMELINE_PAGE_DEFAULT
        )
        page = await call.service.timelines.home(call.user_id, request)
        feed = feed_of(call, page, live=True)
        if wants_fragment(call):
            return await self._site.page(call, "fragments/feed.html", feed=feed)
        news = [one for one in await call.service.bulletin.announcements(call.user_id) if not one.read]
        return await self._site.page(call, "home.html", feed=feed, tab="following", announcements=news)

    async def for_you(self, call: Call) -> Answer:
        """The home timeline, the best first; a page goes on with the order that the first one had."""
        request = RankedRequest(TIMELINE_PAGE_DEFAULT, id_of(call, "after"), 0, id_of(call, "ranking"))
        page = await call.service.for_you.page(call.user_id, request)
        older = f"/home/for-you?after={page.last_id}&ranking={page.ranking_id}" if page.more else ""
        feed = Feed(items=page.items, older_url=older, because=page.because)
        if wants_fragment(call):
            return await self._site.page(call, "fragments/feed.html", feed=feed)
        return await self._site.page(call, "home.html", feed=feed, tab="for-you")

    async def public(self, call: Call) -> Answer:
        page = await call.service.timelines.public(call.user_id, page_request(call))
        feed = feed_of(call, page)
        if wants_fragment(call):
            return await self._site.page(call, "fragments/feed.html", feed=feed)
        return await self._site.page(call, "public.html", feed=feed)
