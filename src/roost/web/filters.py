"""Settings: what one does not want to see."""

from roost.api import Answer, Call, Route
from roost.errors import Invalid
from roost.model import FilterAction, FilterContext
from roost.service import FilterChange, KeywordChange
from roost.web.forms import path_id, text_of
from roost.web.site import Site, redirect

_ACTIONS = {"warn": FilterAction.WARN, "hide": FilterAction.HIDE, "blur": FilterAction.BLUR}
_CONTEXTS = {
    "home": FilterContext.HOME,
    "notifications": FilterContext.NOTIFICATIONS,
    "public": FilterContext.PUBLIC,
    "thread": FilterContext.THREAD,
    "account": FilterContext.ACCOUNT,
}
_LASTS_S = {"": 0, "day": 86_400, "week": 7 * 86_400, "month": 30 * 86_400}


class FilterPages:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/settings/filters", self.show, signed_in=True),
            route("POST", "/settings/filters", self.add, signed_in=True),
            route("POST", "/settings/filters/{id}/remove", self.remove, signed_in=True),
        ]

    async def show(self, call: Call) -> Answer:
        return await self._page(call)

    async def add(self, call: Call) -> Answer:
        words = [word.strip() for word in text_of(call, "words").replace(",", "\n").splitlines()]
        contexts = FilterContext(0)
        for name, context in _CONTEXTS.items():
            if text_of(call, name):
                contexts |= context
        whole = bool(text_of(call, "whole"))
        change = FilterChange(
            title=text_of(call, "title").strip() or ", ".join(word for word in words if word)[:60],
            contexts=contexts,
            action=_ACTIONS.get(text_of(call, "action"), FilterAction.WARN),
            lasts_s=_LASTS_S.get(text_of(call, "lasts"), 0),
            keywords=tuple(KeywordChange(keyword=word, whole_word=whole) for word in words if word),
        )
        try:
            await call.service.filters.add(call.user_id, change)
        except Invalid as error:
            return await self._page(call, error.text, 422)
        return redirect("/settings/filters")

    async def remove(self, call: Call) -> Answer:
        await call.service.filters.remove(call.user_id, path_id(call))
        return redirect("/settings/filters")

    async def _page(self, call: Call, problem: str = "", status: int = 200) -> Answer:
        filters = await call.service.filters.all(call.user_id)
        return await self._site.page(
            call,
            "settings/filters.html",
            status,
            filters=filters,
            problem=problem,
            words=text_of(call, "words"),
            places={name: int(context) for name, context in _CONTEXTS.items()},
        )
