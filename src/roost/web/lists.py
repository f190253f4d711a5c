"""Lists of people."""

from roost.api import Answer, Call, Route
from roost.errors import Invalid, NotFound
from roost.limits import ACCOUNT_PAGE_DEFAULT
from roost.model import FOR_YOU_ID, RepliesPolicy
from roost.service import ListTerms
from roost.web.forms import feed_of, id_of, page_request, path_id, text_of
from roost.web.site import Site, redirect, wants_fragment

_REPLIES = {
    "list": RepliesPolicy.LIST,
    "followed": RepliesPolicy.FOLLOWED,
    "none": RepliesPolicy.NONE,
}


class Lists:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        one = "/lists/{id}"
        return [
            route("GET", "/lists", self.all, signed_in=True),
            route("POST", "/lists", self.create, signed_in=True),
            route("GET", one, self.timeline, signed_in=True),
            route("GET", f"{one}/members", self.members, signed_in=True),
            route("POST", f"{one}/members", self.add, signed_in=True),
            route("POST", f"{one}/members/remove", self.remove, signed_in=True),
            route("POST", f"{one}/edit", self.edit, signed_in=True),
            route("POST", f"{one}/delete", self.delete, signed_in=True),
        ]

    async def all(self, call: Call) -> Answer:
        return await self._all(call)

    async def timeline(self, call: Call) -> Answer:
        if path_id(call) == FOR_YOU_ID:
            return redirect("/home/for-you")
        found = await call.service.lists.get(call.user_id, path_id(call))
        page = await call.service.timelines.of_list(call.user_id, found.list_id, page_request(call))
        feed = feed_of(call, page, live=True)
        template = "fragments/feed.html" if wants_fragment(call) else "list.html"
        return await self._site.page(call, template, feed=feed, list=found)

    async def create(self, call: Call) -> Answer:
        try:
            made = await call.service.lists.create(call.user_id, _terms(call))
        except Invalid as error:
            return await self._all(call, error.text, 422)
        return redirect(f"/lists/{made.list_id}/members")

    async def members(self, call: Call) -> Answer:
        return await self._members(call)

    async def add(self, call: Call) -> Answer:
        list_id, name = path_id(call), text_of(call, "name").strip().removeprefix("@")
        try:
            user = await call.service.accounts.by_name(name)
            await call.service.lists.add(call.user_id, list_id, [user.user.user_id])
        except NotFound:
            return await self._members(call, f"@{name} is not among those whom you follow", 422)
        return redirect(f"/lists/{list_id}/members")

    async def remove(self, call: Call) -> Answer:
        list_id = path_id(call)
        await call.service.lists.remove(call.user_id, list_id, [id_of(call, "user")])
        return redirect(f"/lists/{list_id}/members")

    async def edit(self, call: Call) -> Answer:
        list_id = path_id(call)
        try:
            await call.service.lists.edit(call.user_id, list_id, _terms(call))
        except Invalid as error:
            return await self._members(call, error.text, 422)
        return redirect(f"/lists/{list_id}/members")

    async def delete(self, call: Call) -> Answer:
        await call.service.lists.delete(call.user_id, path_id(call))
        return redirect("/lists")

    async def _all(self, call: Call, problem: str = "", status: int = 200) -> Answer:
        lists = await call.service.lists.all(call.user_id)
        return await self._site.page(
            call, "lists.html", status, lists=lists, problem=problem, title=text_of(call, "title")
        )

    async def _members(self, call: Call, problem: str = "", status: int = 200) -> Answer:
        found = await call.service.lists.get(call.user_id, path_id(call))
        request = page_request(call, ACCOUNT_PAGE_DEFAULT)
        page = await call.service.lists.members(call.user_id, found.list_id, request)
        template = "fragments/people.html" if wants_fragment(call) else "list-members.html"
        return await self._site.page(
            call, template, status, list=found, feed=feed_of(call, page), problem=problem
        )


def _terms(call: Call) -> ListTerms:
    return ListTerms(
        title=text_of(call, "title").strip(),
        replies=_REPLIES.get(text_of(call, "replies")),
        exclusive=bool(text_of(call, "exclusive")),
    )
