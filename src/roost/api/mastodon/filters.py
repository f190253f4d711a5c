"""Filters, version 2: each with keywords and statuses of its own."""

from typing import Any

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import NoParameters, path_id
from roost.api.mastodon.entities import FilterEntity, FilterKeywordEntity, FilterStatusEntity
from roost.api.mastodon.filter_forms import action, contexts, filter_route, lasts_s
from roost.api.mastodon.filters_json import filter_json, keyword_json, status_json
from roost.api.mastodon.pages import parse_id
from roost.api.parameters import checked
from roost.api.router import Route
from roost.service import FilterChange, KeywordChange

Word = FilterKeywordEntity
Entry = FilterStatusEntity
_FILTERS = "/api/v2/filters"


class FilterForm(msgspec.Struct):
    """`expires_in` is in seconds; 0 or empty for never. A keyword with an id is changed, or with `_destroy`
    removed; one without is added."""

    title: str | None = None
    context: list[str] | None = None
    filter_action: str = ""
    expires_in: str | None = None
    keywords_attributes: list[dict[str, Any]] = []


class KeywordForm(msgspec.Struct):
    id: str = ""
    keyword: str | None = None
    whole_word: bool | None = None
    destroy: bool = msgspec.field(default=False, name="_destroy")


class NewKeywordForm(msgspec.Struct):
    keyword: str = ""
    whole_word: bool = True


class ChangedKeywordForm(msgspec.Struct):
    keyword: str | None = None
    whole_word: bool | None = None


class FilteredStatusForm(msgspec.Struct):
    status_id: str = ""


class Filters:
    def routes(self) -> list[Route]:
        one = f"{_FILTERS}/{{id}}"
        keywords, statuses = f"{one}/keywords", f"{one}/statuses"
        keyword, status = f"{_FILTERS}/keywords/{{id}}", f"{_FILTERS}/statuses/{{id}}"
        return [
            filter_route("GET", _FILTERS, self.all, "One's filters.", NoParameters, list[FilterEntity]),
            filter_route("POST", _FILTERS, self.add, "Make a filter.", FilterForm, FilterEntity),
            filter_route("GET", one, self.one, "A filter.", NoParameters, FilterEntity),
            filter_route("PUT", one, self.change, "Change a filter.", FilterForm, FilterEntity),
            filter_route("DELETE", one, self.remove, "Remove a filter.", NoParameters, dict[str, Any]),
            filter_route("GET", keywords, self.keywords, "A filter's keywords.", NoParameters, list[Word]),
            filter_route("POST", keywords, self.add_keyword, "Add a keyword.", NewKeywordForm, Word),
            filter_route("GET", keyword, self.keyword, "A keyword.", NoParameters, Word),
            filter_route("PUT", keyword, self.change_keyword, "Change a keyword.", ChangedKeywordForm, Word),
            filter_route(
                "DELETE", keyword, self.remove_keyword, "Remove a keyword.", NoParameters, dict[str, Any]
            ),
            filter_route("GET", statuses, self.statuses, "A filter's statuses.", NoParameters, list[Entry]),
            filter_route("POST", statuses, self.add_status, "Filter a status.", FilteredStatusForm, Entry),
            filter_route("GET", status, self.status, "A status of a filter.", NoParameters, Entry),
            filter_route("DELETE", status, self.remove_status, "Filter it no more.", NoParameters, Entry),
        ]

    async def all(self, call: Call) -> Answer:
        return json_answer([filter_json(found) for found in await call.service.filters.all(call.user_id)])

    async def one(self, call: Call) -> Answer:
        return json_answer(filter_json(await call.service.filters.get(call.user_id, path_id(call))))

    async def add(self, call: Call) -> Answer:
        change = _filter_change(call.take(FilterForm))
        return json_answer(filter_json(await call.service.filters.add(call.user_id, change)))

    async def change(self, call: Call) -> Answer:
        change = _filter_change(call.take(FilterForm))
        made = await call.service.filters.change(call.user_id, path_id(call), change)
        return json_answer(filter_json(made))

    async def remove(self, call: Call) -> Answer:
        await call.service.filters.remove(call.user_id, path_id(call))
        return json_answer({})

    async def keywords(self, call: Call) -> Answer:
        found = await call.service.filters.get(call.user_id, path_id(call))
        return json_answer([keyword_json(entry) for entry in found.keywords])

    async def add_keyword(self, call: Call) -> Answer:
        form = call.take(NewKeywordForm)
        change = FilterChange(keywords=(KeywordChange(keyword=form.keyword, whole_word=form.whole_word),))
        made = await call.service.filters.change(call.user_id, path_id(call), change)
        return json_answer(keyword_json(made.keywords[-1]))

    async def keyword(self, call: Call) -> Answer:
        _, found = await call.service.filters.of_keyword(call.user_id, path_id(call))
        return json_answer(keyword_json(found))

    async def change_keyword(self, call: Call) -> Answer:
        form, keyword_id = call.take(ChangedKeywordForm), path_id(call)
        held, _ = await call.service.filters.of_keyword(call.user_id, keyword_id)
        entry = KeywordChange(keyword_id=keyword_id, keyword=form.keyword, whole_word=form.whole_word)
        await call.service.filters.change(call.user_id, held.filter_id, FilterChange(keywords=(entry,)))
        return await self.keyword(call)

    async def remove_keyword(self, call: Call) -> Answer:
        await call.service.filters.remove_keyword(call.user_id, path_id(call))
        return json_answer({})

    async def statuses(self, call: Call) -> Answer:
        found = await call.service.filters.get(call.user_id, path_id(call))
        return json_answer([status_json(entry) for entry in found.tweets])

    async def add_status(self, call: Call) -> Answer:
        tweet_id = parse_id(call.take(FilteredStatusForm).status_id, "status_id")
        return json_answer(
            status_json(await call.service.filters.add_tweet(call.user_id, path_id(call), tweet_id))
        )

    async def status(self, call: Call) -> Answer:
        _, found = await call.service.filters.of_tweet(call.user_id, path_id(call))
        return json_answer(status_json(found))

    async def remove_status(self, call: Call) -> Answer:
        return json_answer(status_json(await call.service.filters.remove_tweet(call.user_id, path_id(call))))


def _filter_change(form: FilterForm) -> FilterChange:
    return FilterChange(
        title=form.title,
        contexts=contexts(form.context),
        action=action(form.filter_action),
        lasts_s=lasts_s(form.expires_in),
        keywords=tuple(_keyword_change(given) for given in form.keywords_attributes),
    )


def _keyword_change(given: dict[str, Any]) -> KeywordChange:
    form = checked(given, KeywordForm)
    return KeywordChange(
        keyword_id=parse_id(form.id, "keywords_attributes") if form.id else 0,
        keyword=form.keyword,
        whole_word=form.whole_word,
        removed=form.destroy,
    )
