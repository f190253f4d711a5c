"""Following, muting and blocking, and answering those who ask to follow."""

from collections.abc import Awaitable, Callable

from roost.api import Answer, Call, Route
from roost.errors import NotFound
from roost.limits import ACCOUNT_PAGE_DEFAULT
from roost.model import Page, Relation
from roost.service import UserView
from roost.web.forms import feed_of, page_request, path_id
from roost.web.site import Site, back, wants_fragment


class Relations:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._verbs: dict[str, Callable[[Call, int], Awaitable[Relation]]] = {
            "follow": lambda call, other: call.service.edges.follow(call.user_id, other),
            "unfollow": lambda call, other: call.service.edges.unfollow(call.user_id, other),
            "block": lambda call, other: call.service.edges.block(call.user_id, other),
            "unblock": lambda call, other: call.service.edges.unblock(call.user_id, other),
            "mute": lambda call, other: call.service.edges.mute(call.user_id, other),
            "unmute": lambda call, other: call.service.edges.unmute(call.user_id, other),
            "remove": lambda call, other: call.service.edges.remove_follower(call.user_id, other),
            "accept": lambda call, other: call.service.edges.answer_request(call.user_id, other, True),
            "reject": lambda call, other: call.service.edges.answer_request(call.user_id, other, False),
        }

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("POST", "/users/{id}/{verb}", self.change, signed_in=True),
            route("GET", "/requests", self.requests, signed_in=True),
            route("GET", "/settings/muted", self.muted, signed_in=True),
            route("GET", "/settings/blocked", self.blocked, signed_in=True),
        ]

    async def change(self, call: Call) -> Answer:
        change = self._verbs.get(call.path["verb"])
        if change is None:
            raise NotFound("There is nothing here")
        other_id = path_id(call)
        relation = await change(call, other_id)
        if wants_fragment(call):
            user = await call.service.accounts.by_id(other_id)
            return await self._site.page(call, "fragments/follow.html", user=user, relation=relation)
        return back(call)

    async def requests(self, call: Call) -> Answer:
        page = await call.service.edges.requesters(call.user_id, page_request(call, ACCOUNT_PAGE_DEFAULT))
        return await self._site.page(call, "requests.html", feed=feed_of(call, page), title="Follow requests")

    async def muted(self, call: Call) -> Answer:
        page = await call.service.edges.muted(call.user_id, page_request(call, ACCOUNT_PAGE_DEFAULT))
        return await self._hidden(call, page, "Muted people", "unmute")

    async def blocked(self, call: Call) -> Answer:
        page = await call.service.edges.blocked(call.user_id, page_request(call, ACCOUNT_PAGE_DEFAULT))
        return await self._hidden(call, page, "Blocked people", "unblock")

    async def _hidden(self, call: Call, page: Page[UserView], title: str, verb: str) -> Answer:
        feed = feed_of(call, page)
        return await self._site.page(call, "settings/people.html", feed=feed, title=title, verb=verb)
