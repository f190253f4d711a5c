"""Lists: made, changed, and who is on them."""

import asyncio
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer, raw_json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.entities import Account
from roost.api.mastodon.pages import PageForm, page_request, parse_id
from roost.api.router import Handler, Route
from roost.limits import ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX
from roost.model import PageRequest, RepliesPolicy, UserList
from roost.service import ListTerms

_POLICY_NAMES = {
    RepliesPolicy.LIST: "list",
    RepliesPolicy.FOLLOWED: "followed",
    RepliesPolicy.NONE: "none",
}
_POLICIES = {name: policy for policy, name in _POLICY_NAMES.items()}
_CHUNK_ACCOUNTS = 100
PolicyName = Annotated[
    Literal["list", "followed", "none"],
    Meta(description="Whose replies to others it shows: to its members, to whom one follows, or none."),
]


class ListJson(msgspec.Struct):
    id: str
    title: str
    replies_policy: str
    exclusive: bool


class ListForm(msgspec.Struct):
    title: str | None = None
    replies_policy: PolicyName | None = None
    exclusive: bool | None = None
    """Whether what its members post stays away from the home timeline."""


class MembersForm(PageForm):
    """A `limit` of 0 means all of them."""


class AccountsForm(msgspec.Struct):
    account_ids: list[str]


class TagsForm(msgspec.Struct):
    tags: list[str]
    """With or without their sign."""


class TagsJson(msgspec.Struct):
    tags: list[str]


def _route(
    method: str,
    path: str,
    handler: Handler,
    summary: str,
    takes: type[msgspec.Struct] = NoParameters,
    answers: object = dict[str, str],
) -> Route:
    return Route(
        method=method,
        path=path,
        handler=handler,
        summary=summary,
        scope="read:lists" if method == "GET" else "write:lists",
        needs_user=True,
        takes=takes,
        answers=answers,
    )


class Lists:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        lists, one, members = "/api/v1/lists", "/api/v1/lists/{id}", "/api/v1/lists/{id}/accounts"
        tags, of_account = "/roost/v1/lists/{id}/tags", "/api/v1/accounts/{id}/lists"
        show_all = 'One\'s lists. The first may be "For you", which the server makes and nobody changes.'
        return [
            _route("GET", lists, self.all, show_all, answers=list[ListJson]),
            _route("POST", lists, self.create, "Make a list.", ListForm, ListJson),
            _route("GET", one, self.one, "A list of one's own.", answers=ListJson),
            _route("PUT", one, self.edit, "Change a list.", ListForm, ListJson),
            _route("DELETE", one, self.delete, "Delete a list."),
            _route("GET", members, self.members, "Who is on a list.", MembersForm, list[Account]),
            _route("POST", members, self.add, "Put accounts one follows on a list.", AccountsForm),
            _route("DELETE", members, self.remove, "Take accounts off a list.", AccountsForm),
            _route(
                "GET",
                of_account,
                self.of_account,
                "One's lists that have an account.",
                answers=list[ListJson],
            ),
            _route("GET", tags, self.tags, "The hashtags of a list.", answers=TagsJson),
            _route("POST", tags, self.add_tags, "Show hashtags on a list, too.", TagsForm, TagsJson),
            _route("DELETE", tags, self.remove_tags, "Take hashtags off a list.", TagsForm, TagsJson),
        ]

    async def all(self, call: Call) -> Answer:
        found = await call.service.lists.all(call.user_id)
        return json_answer([_list_json(userlist) for userlist in found])

    async def create(self, call: Call) -> Answer:
        made = await call.service.lists.create(call.user_id, _terms(call))
        return json_answer(_list_json(made))

    async def one(self, call: Call) -> Answer:
        return json_answer(_list_json(await call.service.lists.get(call.user_id, path_id(call))))

    async def edit(self, call: Call) -> Answer:
        edited = await call.service.lists.edit(call.user_id, path_id(call), _terms(call))
        return json_answer(_list_json(edited))

    async def delete(self, call: Call) -> Answer:
        await call.service.lists.delete(call.user_id, path_id(call))
        return json_answer({})

    async def members(self, call: Call) -> Answer:
        form = call.take(MembersForm)
        if form.limit == 0:
            return await self._all_members(call)
        request = page_request(form, ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX, tweets=False)
        page = await call.service.lists.members(call.user_id, path_id(call), request)
        return self._mastodon.account_page(page, call)

    async def _all_members(self, call: Call) -> Answer:
        bodies: list[bytes] = []
        request = PageRequest(_CHUNK_ACCOUNTS)
        while True:
            page = await call.service.lists.members(call.user_id, path_id(call), request)
            bodies.extend(self._mastodon.accounts.encoded(view) for view in page.items)
            if not page.full:
                return raw_json_answer(b"[" + b",".join(bodies) + b"]")
            request = PageRequest(_CHUNK_ACCOUNTS, max_id=page.oldest_id)
            await asyncio.sleep(0)  # others get their turn

    async def add(self, call: Call) -> Answer:
        await call.service.lists.add(call.user_id, path_id(call), _account_ids(call))
        return json_answer({})

    async def remove(self, call: Call) -> Answer:
        await call.service.lists.remove(call.user_id, path_id(call), _account_ids(call))
        return json_answer({})

    async def of_account(self, call: Call) -> Answer:
        found = await call.service.lists.of_member(call.user_id, path_id(call))
        return json_answer([_list_json(userlist) for userlist in found])

    async def tags(self, call: Call) -> Answer:
        return json_answer(TagsJson(await call.service.lists.tags(call.user_id, path_id(call))))

    async def add_tags(self, call: Call) -> Answer:
        tags = call.take(TagsForm).tags
        return json_answer(TagsJson(await call.service.lists.add_tags(call.user_id, path_id(call), tags)))

    async def remove_tags(self, call: Call) -> Answer:
        tags = call.take(TagsForm).tags
        return json_answer(TagsJson(await call.service.lists.remove_tags(call.user_id, path_id(call), tags)))


def _list_json(userlist: UserList) -> ListJson:
    return ListJson(
        str(userlist.list_id), userlist.title, _POLICY_NAMES[userlist.replies], userlist.exclusive
    )


def _terms(call: Call) -> ListTerms:
    form = call.take(ListForm)
    policy = None if form.replies_policy is None else _POLICIES[form.replies_policy]
    return ListTerms(title=form.title, replies=policy, exclusive=form.exclusive)


def _account_ids(call: Call) -> list[int]:
    return [parse_id(text, "account_ids") for text in call.take(AccountsForm).account_ids]
