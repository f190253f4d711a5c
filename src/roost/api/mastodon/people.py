"""Finding people: the directory, familiar followers, and suggestions."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.entities import Account, FamiliarFollowers, Suggestion
from roost.api.mastodon.pages import parse_id
from roost.api.router import Route
from roost.limits import (
    ACCOUNT_PAGE_DEFAULT,
    ACCOUNT_PAGE_MAX,
    RELATIONSHIPS_MAX,
    SUGGESTIONS_DEFAULT,
    SUGGESTIONS_MAX,
)
from roost.service import PeopleOrder, SuggestionSource

_SOURCES = {
    SuggestionSource.FRIENDS_OF_FRIENDS: ("past_interactions", "friends_of_friends"),
    SuggestionSource.INTERACTIONS: ("past_interactions", "most_interactions"),
    SuggestionSource.MOST_FOLLOWED: ("global", "most_followed"),
}
"""The older name of each, and the newer one."""

Limit = Annotated[int, Meta(ge=1)]
Offset = Annotated[int, Meta(ge=0)]


class DirectoryForm(msgspec.Struct):
    order: Literal["active", "new"] = "active"
    offset: Offset = 0
    limit: Limit = ACCOUNT_PAGE_DEFAULT
    local: bool = False
    """All accounts are local: it makes no difference."""


class FamiliarForm(msgspec.Struct):
    id: list[str] = []


class SuggestionsForm(msgspec.Struct):
    limit: Limit = SUGGESTIONS_DEFAULT


class Nothing(msgspec.Struct):
    """An empty object."""


class People:
    def __init__(self, mastodon: Mastodon) -> None:
        self._accounts = mastodon.accounts

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/api/v1/directory",
                handler=self.directory,
                sees_with="read:accounts",
                summary="Accounts that want to be found, by their activity or newness.",
                takes=DirectoryForm,
                answers=list[Account],
            ),
            Route(
                method="GET",
                path="/api/v1/accounts/familiar_followers",
                handler=self.familiar,
                summary="For some accounts, those of their followers whom one follows.",
                scope="read:follows",
                needs_user=True,
                takes=FamiliarForm,
                answers=list[FamiliarFollowers],
            ),
            Route(
                method="GET",
                path="/api/v1/suggestions",
                handler=self.suggestions_v1,
                summary="Accounts that one may want to follow.",
                scope="read:accounts",
                needs_user=True,
                takes=SuggestionsForm,
                answers=list[Account],
            ),
            Route(
                method="GET",
                path="/api/v2/suggestions",
                handler=self.suggestions,
                summary="Accounts that one may want to follow, and why.",
                scope="read:accounts",
                needs_user=True,
                takes=SuggestionsForm,
                answers=list[Suggestion],
            ),
            Route(
                method="DELETE",
                path="/api/v1/suggestions/{id}",
                handler=self.dismiss,
                summary="Have an account suggested no more.",
                scope="write:accounts",
                needs_user=True,
                takes=NoParameters,
                answers=Nothing,
            ),
        ]

    async def directory(self, call: Call) -> Answer:
        form = call.take(DirectoryForm)
        limit = min(form.limit, ACCOUNT_PAGE_MAX)
        views = await call.service.people.directory(call.user_id, PeopleOrder(form.order), form.offset, limit)
        return json_answer([self._accounts.account(view) for view in views])

    async def familiar(self, call: Call) -> Answer:
        ids = [parse_id(text) for text in call.take(FamiliarForm).id[:RELATIONSHIPS_MAX]]
        found = await call.service.people.familiar(call.user_id, list(dict.fromkeys(ids)))
        return json_answer(
            [
                FamiliarFollowers(
                    str(item.user_id), [self._accounts.account(view) for view in item.followers]
                )
                for item in found
            ]
        )

    async def suggestions(self, call: Call) -> Answer:
        limit = min(call.take(SuggestionsForm).limit, SUGGESTIONS_MAX)
        found = await call.service.suggestions.of(call.user_id, limit)
        return json_answer(
            [
                Suggestion(older, [newer], self._accounts.account(item.user))
                for item in found
                for older, newer in [_SOURCES[item.source]]
            ]
        )

    async def suggestions_v1(self, call: Call) -> Answer:
        limit = min(call.take(SuggestionsForm).limit, SUGGESTIONS_MAX)
        found = await call.service.suggestions.of(call.user_id, limit)
        return json_answer([self._accounts.account(item.user) for item in found])

    async def dismiss(self, call: Call) -> Answer:
        await call.service.suggestions.dismiss(call.user_id, path_id(call))
        return json_answer(Nothing())
