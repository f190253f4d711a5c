"""Search for accounts, statuses and hashtags."""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import Mastodon
from roost.api.mastodon.entities import Account, SearchResults, Status
from roost.api.mastodon.pages import parse_id
from roost.api.mastodon.tags_json import tag_json
from roost.api.router import Route
from roost.api.scopes import covers
from roost.errors import Forbidden, NotFound
from roost.ids import ID_MAX
from roost.limits import (
    ACCOUNT_PAGE_DEFAULT,
    ACCOUNT_PAGE_MAX,
    SEARCH_PAGE_DEFAULT,
    SEARCH_PAGE_MAX,
    SEARCH_QUERY_CHARACTERS_MAX,
)
from roost.service import TagView, TweetSearch, TweetView, UserView

_ADDRESS = re.compile(
    r"https?://(?P<host>[^/?#\s]+)/(?:@|users/)(?P<name>\w+)(?:(?:/statuses)?/(?P<id>\d+))?/?\Z"
)
_NAME = re.compile(r"@?(?P<name>\w+)@(?P<host>[^@\s/]+)\Z")

Limit = Annotated[int, Meta(ge=1)]
Offset = Annotated[int, Meta(ge=0)]


class SearchForm(msgspec.Struct):
    q: str = ""
    """Words, `@name`, `#hashtag`, the address of an account or a status, and operators as `from:me`."""
    type: Literal["accounts", "statuses", "hashtags"] | None = None
    resolve: bool = False
    """There are no remote servers: it makes no difference."""
    following: bool = False
    account_id: str = ""
    exclude_unreviewed: bool = False
    max_id: str = ""
    min_id: str = ""
    limit: Limit = SEARCH_PAGE_DEFAULT
    offset: Offset = 0


class AccountSearchForm(msgspec.Struct):
    q: str = ""
    resolve: bool = False
    following: bool = False
    limit: Limit = ACCOUNT_PAGE_DEFAULT
    offset: Offset = 0


class OldSearchResults(msgspec.Struct):
    accounts: list[Account]
    statuses: list[Status]
    hashtags: list[str]


class _Found(msgspec.Struct):
    users: list[UserView] = []
    tweets: list[TweetView] = []
    tags: list[TagView] = []


class Search:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/api/v2/search",
                handler=self.everything,
                summary="Accounts, statuses and hashtags; a token needs the scope read:search.",
                takes=SearchForm,
                answers=SearchResults,
            ),
            Route(
                method="GET",
                path="/api/v1/search",
                handler=self.old_everything,
                summary="As version 2, with the bare names of hashtags.",
                takes=SearchForm,
                answers=OldSearchResults,
            ),
            Route(
                method="GET",
                path="/api/v1/accounts/search",
                handler=self.accounts,
                summary="Accounts by any part of their names.",
                scope="read:accounts",
                needs_user=True,
                takes=AccountSearchForm,
                answers=list[Account],
            ),
        ]

    async def everything(self, call: Call) -> Answer:
        found = await _find(call)
        tags = [tag_json(view, self._mastodon.public_url) for view in found.tags]
        return json_answer({**self._accounts_and_statuses(found, call), "hashtags": tags})

    async def old_everything(self, call: Call) -> Answer:
        found = await _find(call)
        tags = [view.tag for view in found.tags]
        return json_answer({**self._accounts_and_statuses(found, call), "hashtags": tags})

    async def accounts(self, call: Call) -> Answer:
        form = call.take(AccountSearchForm)
        limit = min(form.limit, ACCOUNT_PAGE_MAX)
        users = await _people(call, form.q.strip(), form.following, form.offset, limit)
        return json_answer([self._mastodon.accounts.account(view) for view in users])

    def _accounts_and_statuses(self, found: _Found, call: Call) -> dict[str, object]:
        statuses = self._mastodon.statuses
        return {
            "accounts": [self._mastodon.accounts.account(view) for view in found.users],
            "statuses": msgspec.Raw(statuses.page(found.tweets, call.user_id)),
        }


def require_search_scope(call: Call) -> None:
    """Of a token, where there is one. Raises Forbidden."""
    if call.session.client_id and not covers(call.session.scopes, "read:search"):
        raise Forbidden("This action is outside the authorized scopes")


async def _find(call: Call) -> _Found:
    require_search_scope(call)
    form = call.take(SearchForm)
    text = form.q.strip()[:SEARCH_QUERY_CHARACTERS_MAX]
    limit = min(form.limit, SEARCH_PAGE_MAX)
    if not text:
        return _Found()
    address = _ADDRESS.match(text)
    if address is not None and address["host"].lower() == call.around.host:
        return await _at_address(call, form, address) if not form.offset else _Found()
    found = _Found()
    if form.type in (None, "accounts") and not text.startswith("#"):
        found.users = await _people(call, text, form.following, form.offset, limit)
    if form.type in (None, "statuses") and not _NAME.match(text):
        search = TweetSearch(
            text,
            parse_id(form.account_id, "account_id") if form.account_id else 0,
            parse_id(form.min_id, "min_id") if form.min_id else 0,
            parse_id(form.max_id, "max_id") if form.max_id else ID_MAX,
        )
        found.tweets = await call.service.search.tweets(call.user_id, search, form.offset, limit)
    if form.type in (None, "hashtags") and "@" not in text and not any(map(str.isspace, text)):
        found.tags = await call.service.search.tags(call.user_id, text, form.offset, limit)
    return found


async def _people(call: Call, text: str, following: bool, offset: int, limit: int) -> list[UserView]:
    """Those of another server's are none."""
    named = _NAME.match(text)
    if named is not None:
        if named["host"].lower() != call.around.host:
            return []
        text = named["name"]
    return await call.service.search.people(call.user_id, text, following, offset, limit)


async def _at_address(call: Call, form: SearchForm, address: re.Match[str]) -> _Found:
    """What is at an address on this server, as far as the caller may see it."""
    wanted = "statuses" if address["id"] else "accounts"
    if form.type not in (None, wanted):
        return _Found()
    try:
        if address["id"]:
            tweet_id = parse_id(address["id"])
            return _Found(tweets=[await call.service.tweets.get(call.user_id, tweet_id)])
        return _Found(users=[await call.service.accounts.by_name(address["name"])])
    except NotFound:
        return _Found()
