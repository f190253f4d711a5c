"""Looking around: what is new, and people."""

from roost.api import Answer, Call, Route
from roost.errors import NotFound
from roost.web.forms import feed_of, page_request, text_of
from roost.web.site import Site, redirect, wants_fragment


class Explore:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/explore", self.explore),
            route("GET", "/search", self.search),
        ]

    async def explore(self, call: Call) -> Answer:
        page = await call.service.timelines.public(call.user_id, page_request(call))
        feed = feed_of(call, page)
        template = "fragments/feed.html" if wants_fragment(call) else "explore.html"
        return await self._site.page(call, template, feed=feed, query="")

    async def search(self, call: Call) -> Answer:
        query = text_of(call, "q").strip()
        if query.startswith("@"):
            try:
                user = await call.service.accounts.by_name(query[1:])
            except NotFound:
                pass
            else:
                return redirect(f"/@{user.user.username}")
        return redirect("/explore")
