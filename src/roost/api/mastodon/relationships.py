"""Follow, block, mute, and the lists of these."""

from collections.abc import Awaitable, Callable

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.accounts_json import relationship
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.entities import Account, Relationship
from roost.api.mastodon.pages import PageForm, page_request, parse_id
from roost.api.router import Route
from roost.limits import ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX, RELATIONSHIPS_MAX
from roost.model import Page, PageRequest, Relation
from roost.service import UserView


class RelationshipsForm(msgspec.Struct):
    id: list[str] = []
    with_suspended: bool = False


class FollowForm(msgspec.Struct):
    reblogs: bool | None = None
    """Whether the account's reblogs enter the home timeline."""
    notify: bool | None = None
    """Whether one is notified of each of the account's statuses."""


class MuteForm(msgspec.Struct):
    notifications: bool = True
    duration: int = 0
    """In seconds; 0 for good."""


Change = Callable[[Call], Awaitable[Relation]]


class Relationships:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        changes: list[tuple[str, Change, str, str, type[msgspec.Struct]]] = [
            ("follow", _follow, "write:follows", "Follow an account, or ask to.", FollowForm),
            ("unfollow", _unfollow, "write:follows", "Stop following an account.", NoParameters),
            (
                "remove_from_followers",
                _remove_follower,
                "write:follows",
                "Make an account not follow one.",
                NoParameters,
            ),
            ("block", _block, "write:blocks", "Block an account.", NoParameters),
            ("unblock", _unblock, "write:blocks", "Stop blocking an account.", NoParameters),
            ("mute", _mute, "write:mutes", "Mute an account.", MuteForm),
            ("unmute", _unmute, "write:mutes", "Stop muting an account.", NoParameters),
        ]
        routes = [
            _change_route(f"/api/v1/accounts/{{id}}/{verb}", change, scope, summary, takes)
            for verb, change, scope, summary, takes in changes
        ]
        routes += [
            _change_route(
                f"/api/v1/follow_requests/{{id}}/{verb}",
                _accept if verb == "authorize" else _reject,
                "write:follows",
                f"{verb.capitalize()} a request to follow one.",
                NoParameters,
            )
            for verb in ("authorize", "reject")
        ]
        lists = (
            ("/api/v1/follow_requests", self.requests, "read:follows", "Who asks to follow one."),
            ("/api/v1/blocks", self.blocks, "read:blocks", "Whom one blocks."),
            ("/api/v1/mutes", self.mutes, "read:mutes", "Whom one mutes."),
        )
        routes += [
            Route(
                method="GET",
                path=path,
                handler=handler,
                summary=summary,
                scope=scope,
                needs_user=True,
                takes=PageForm,
                answers=list[Account],
            )
            for path, handler, scope, summary in lists
        ]
        routes.append(
            Route(
                method="GET",
                path="/api/v1/accounts/relationships",
                handler=self.several,
                summary="What stands between one and some accounts.",
                scope="read:follows",
                needs_user=True,
                takes=RelationshipsForm,
                answers=list[Relationship],
            )
        )
        return routes

    async def several(self, call: Call) -> Answer:
        ids = [parse_id(text) for text in call.take(RelationshipsForm).id[:RELATIONSHIPS_MAX]]
        relations = await call.service.edges.relations(call.user_id, list(dict.fromkeys(ids)))
        return json_answer([relationship(relation) for relation in relations])

    async def requests(self, call: Call) -> Answer:
        return self._page(await call.service.edges.requesters(call.user_id, _request(call)), call)

    async def blocks(self, call: Call) -> Answer:
        return self._page(await call.service.edges.blocked(call.user_id, _request(call)), call)

    async def mutes(self, call: Call) -> Answer:
        return self._page(await call.service.edges.muted(call.user_id, _request(call)), call)

    def _page(self, page: Page[UserView], call: Call) -> Answer:
        return self._mastodon.account_page(page, call)


def _change_route(path: str, change: Change, scope: str, summary: str, takes: type[msgspec.Struct]) -> Route:
    async def handle(call: Call) -> Answer:
        return json_answer(relationship(await change(call)))

    return Route(
        method="POST",
        path=path,
        handler=handle,
        summary=summary,
        scope=scope,
        needs_user=True,
        takes=takes,
        answers=Relationship,
    )


def _request(call: Call) -> PageRequest:
    return page_request(call.take(PageForm), ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX, tweets=False)


async def _follow(call: Call) -> Relation:
    form = call.take(FollowForm)
    return await call.service.edges.follow(call.user_id, path_id(call), form.reblogs, form.notify)


async def _unfollow(call: Call) -> Relation:
    return await call.service.edges.unfollow(call.user_id, path_id(call))


async def _remove_follower(call: Call) -> Relation:
    return await call.service.edges.remove_follower(call.user_id, path_id(call))


async def _block(call: Call) -> Relation:
    return await call.service.edges.block(call.user_id, path_id(call))


async def _unblock(call: Call) -> Relation:
    return await call.service.edges.unblock(call.user_id, path_id(call))


async def _mute(call: Call) -> Relation:
    form = call.take(MuteForm)
    return await call.service.edges.mute(
        call.user_id, path_id(call), form.notifications, max(0, form.duration)
    )


async def _unmute(call: Call) -> Relation:
    return await call.service.edges.unmute(call.user_id, path_id(call))


async def _accept(call: Call) -> Relation:
    return await call.service.edges.answer_request(call.user_id, path_id(call), accept=True)


async def _reject(call: Call) -> Relation:
    return await call.service.edges.answer_request(call.user_id, path_id(call), accept=False)
