"""Filters, version 1, over the same rows: each keyword is one of these, under the keyword's id."""

from typing import Any

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import NoParameters, path_id
from roost.api.mastodon.entities import FilterV1Entity
from roost.api.mastodon.filter_forms import contexts, filter_route, lasts_s
from roost.api.mastodon.filters_json import context_names, expiry
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid
from roost.model import Filter, FilterAction, FilterKeyword
from roost.service import FilterChange, KeywordChange


class FilterV1Form(msgspec.Struct):
    """`expires_in` is in seconds; 0 or empty for never."""

    phrase: str | None = None
    context: list[str] | None = None
    irreversible: bool | None = None
    whole_word: bool | None = None
    expires_in: str | None = None


class FiltersV1:
    def routes(self) -> list[Route]:
        path, one = "/api/v1/filters", "/api/v1/filters/{id}"
        return [
            filter_route(
                "GET",
                path,
                self.all,
                "One's filters.",
                NoParameters,
                list[FilterV1Entity],
            ),
            filter_route(
                "POST", path, self.add, "Make a filter of one keyword.", FilterV1Form, FilterV1Entity
            ),
            filter_route("GET", one, self.one, "A keyword's filter.", NoParameters, FilterV1Entity),
            filter_route(
                "PUT", one, self.change, "Change a keyword and its filter.", FilterV1Form, FilterV1Entity
            ),
            filter_route("DELETE", one, self.remove, "Remove a keyword.", NoParameters, dict[str, Any]),
        ]

    async def all(self, call: Call) -> Answer:
        found = await call.service.filters.all(call.user_id)
        return json_answer([_json(one, entry) for one in found for entry in one.keywords])

    async def one(self, call: Call) -> Answer:
        return json_answer(_json(*await call.service.filters.of_keyword(call.user_id, path_id(call))))

    async def add(self, call: Call) -> Answer:
        form = call.take(FilterV1Form)
        keyword = KeywordChange(keyword=form.phrase, whole_word=form.whole_word is True)
        change = msgspec.structs.replace(_change(form), title=form.phrase, keywords=(keyword,))
        made = await call.service.filters.add(call.user_id, change)
        return json_answer(_json(made, made.keywords[0]))

    async def change(self, call: Call) -> Answer:
        form, keyword_id = call.take(FilterV1Form), path_id(call)
        held, entry = await call.service.filters.of_keyword(call.user_id, keyword_id)
        change = _change(form)
        if len(held.keywords) > 1 and change != FilterChange():
            problem = (
                "These parameters cannot be changed from this application because they apply to more than one"
            )
            raise Invalid(f"{problem} filter keyword", {"base": (FieldProblem("ERR_INVALID", problem),)})
        title = form.phrase if held.title == entry.keyword else None
        keyword = KeywordChange(keyword_id=keyword_id, keyword=form.phrase, whole_word=form.whole_word)
        change = msgspec.structs.replace(change, title=title, keywords=(keyword,))
        await call.service.filters.change(call.user_id, held.filter_id, change)
        return await self.one(call)

    async def remove(self, call: Call) -> Answer:
        held, entry = await call.service.filters.of_keyword(call.user_id, path_id(call))
        if held.keywords == (entry,) and not held.tweets:
            await call.service.filters.remove(call.user_id, held.filter_id)
        else:
            await call.service.filters.remove_keyword(call.user_id, entry.keyword_id)
        return json_answer({})


def _change(form: FilterV1Form) -> FilterChange:
    """What a form says of a filter as a whole."""
    action = None
    if form.irreversible is not None:
        action = FilterAction.HIDE if form.irreversible else FilterAction.WARN
    return FilterChange(contexts=contexts(form.context), action=action, lasts_s=lasts_s(form.expires_in))


def _json(found: Filter, entry: FilterKeyword) -> FilterV1Entity:
    return FilterV1Entity(
        id=str(entry.keyword_id),
        phrase=entry.keyword,
        context=context_names(found.contexts),
        whole_word=entry.whole_word,
        expires_at=expiry(found.expires_ms),
        irreversible=found.action is FilterAction.HIDE,
    )
