"""Looking around: what is new, people, and searching."""

from collections.abc import Sequence
from urllib.parse import urlencode

from roost.api import Answer, Call, Route
from roost.errors import Invalid, MalformedQuery, NotFound
from roost.limits import TIMELINE_PAGE_DEFAULT
from roost.model import Relation, TrendKind
from roost.service import PeopleOrder, SearchOrder, TweetSearch, UserView
from roost.web.forms import Feed, feed_of, page_request, text_of
from roost.web.site import Site, redirect, wants_fragment

_PEOPLE = 40
_RAIL_PEOPLE = 3
_RAIL_TRENDS = 5
_TRENDS = 10


class Explore:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/explore", self.explore),
            route("GET", "/explore/people", self.people),
            route("GET", "/explore/trends", self.trends),
            route("GET", "/explore/rail", self.rail),
            route("GET", "/search", self.search),
            route("GET", "/search/people", self.search_people),
            route("GET", "/search/tags", self.search_tags),
        ]

    async def explore(self, call: Call) -> Answer:
        page = await call.service.timelines.public(call.user_id, page_request(call))
        feed = feed_of(call, page)
        if wants_fragment(call):
            return await self._site.page(call, "fragments/feed.html", feed=feed)
        return await self._site.page(call, "explore.html", feed=feed, query="", tab="posts")

    async def people(self, call: Call) -> Answer:
        """Whom to follow, and who has posted lately."""
        page = await call.service.suggestions.page(call.user_id, "", _PEOPLE) if call.user_id else None
        suggested = page.items if page is not None else ()
        reasons = {each.user.user.user_id: each for each in suggested}
        found = [each.user for each in suggested]
        known = {view.user.user_id for view in found} | {call.user_id}
        active = await call.service.people.directory(call.user_id, PeopleOrder.ACTIVE, 0, _PEOPLE)
        found += [view for view in active if view.user.user_id not in known]
        return await self._site.page(
            call,
            "explore-people.html",
            people=found,
            reasons=reasons,
            relations=await _relations(call, found),
            query="",
            tab="people",
        )

    async def trends(self, call: Call) -> Answer:
        """What is used more than usual."""
        trends = call.service.trends
        tags = (await trends.tags(call.user_id, 0, _TRENDS)).items
        links = (await trends.links(call.user_id, 0, _TRENDS)).items
        hours = await trends.hours(TrendKind.TAG, [view.tag for view in tags])
        sparks = {view.tag: _spark(each) for view, each in zip(tags, hours, strict=True)}
        tweets = await trends.tweets(call.user_id, 0, TIMELINE_PAGE_DEFAULT)
        feed = Feed(items=tweets.items)
        return await self._site.page(
            call,
            "explore-trends.html",
            tags=tags,
            sparks=sparks,
            links=links,
            feed=feed,
            query="",
            tab="trends",
        )

    async def rail(self, call: Call) -> Answer:
        """What stands beside a page, for a script that asks when the page is there."""
        found = await self._suggested(call, _RAIL_PEOPLE)
        relations = await _relations(call, found)
        tags = (await call.service.trends.tags(call.user_id, 0, _RAIL_TRENDS)).items
        return await self._site.page(
            call, "fragments/rail.html", people=found, relations=relations, tags=tags
        )

    async def search(self, call: Call) -> Answer:
        query = text_of(call, "q").strip()
        if query.startswith("@") and " " not in query:
            try:
                user = await call.service.accounts.by_name(query[1:])
            except NotFound:
                return redirect(f"/search/people?{urlencode({'q': query[1:]})}")
            return redirect(f"/@{user.user.username}")
        order = SearchOrder.RELEVANCE if text_of(call, "order") == "relevance" else SearchOrder.TIME
        feed, problem = await _found(call, query, order)
        template = "fragments/feed.html" if wants_fragment(call) else "search.html"
        return await self._site.page(
            call, template, feed=feed, query=query, tab="posts", order=order.value, problem=problem
        )

    async def search_people(self, call: Call) -> Answer:
        query = text_of(call, "q").strip()
        found: list[UserView] = []
        if query:
            found = await call.service.search.people(call.user_id, query, False, 0, _PEOPLE)
        relations = await _relations(call, found)
        return await self._site.page(
            call, "search-people.html", people=found, relations=relations, query=query, tab="people"
        )

    async def search_tags(self, call: Call) -> Answer:
        query = text_of(call, "q").strip()
        tags = await call.service.search.tags(call.user_id, query.lstrip("#"), 0, _PEOPLE) if query else []
        return await self._site.page(call, "search-tags.html", tags=tags, query=query, tab="tags")

    async def _suggested(self, call: Call, limit: int) -> list[UserView]:
        if not call.user_id:
            return []
        return [found.user for found in await call.service.suggestions.of(call.user_id, limit)]


async def _relations(call: Call, people: list[UserView]) -> dict[int, Relation]:
    """By user id; empty for nobody in particular."""
    if not call.user_id or not people:
        return {}
    ids = [view.user.user_id for view in people]
    return {one.other_id: one for one in await call.service.edges.relations(call.user_id, ids)}


async def _found(call: Call, query: str, order: SearchOrder) -> tuple[Feed, MalformedQuery | None]:
    """A page of what is searched for. Of what cannot be understood, the newest as far as it can be."""
    search = TweetSearch(query)
    if not query:
        return Feed(items=()), None
    find = call.service.search
    try:
        page = await find.page(call.user_id, search, order, text_of(call, "cursor"), TIMELINE_PAGE_DEFAULT)
    except MalformedQuery as problem:
        tweets = await find.tweets(call.user_id, search, 0, TIMELINE_PAGE_DEFAULT)
        return Feed(items=tuple(tweets)), problem
    except Invalid:  # a cursor that was cut
        page = await find.page(call.user_id, search, order, "", TIMELINE_PAGE_DEFAULT)
    older = {"q": query, "order": order.value, "cursor": page.cursor}
    return Feed(items=page.items, older_url=f"/search?{urlencode(older)}" if page.cursor else ""), None


def _spark(hours: Sequence[int]) -> str:
    """Users of each hour as the points of a line in a box of 48 times 16."""
    top = max(hours, default=0) or 1
    step = 48 / max(1, len(hours) - 1)
    return " ".join(f"{at * step:.1f},{15 - 14 * users / top:.1f}" for at, users in enumerate(hours))
