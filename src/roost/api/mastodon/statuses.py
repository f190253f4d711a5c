"""Statuses: post, read, delete, reblog, favourite, and the conversation around one."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from roost.api.calls import Answer, Call, json_answer, raw_json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.entities import Account, Context, Status
from roost.api.mastodon.pages import PageForm, page_request, parse_id
from roost.api.mastodon.polls import PollForm, composed_poll
from roost.api.mastodon.quote_policies import quote_policy
from roost.api.mastodon.scheduled import ScheduledStatus, parse_time, scheduled_json
from roost.api.mastodon.text import VISIBILITIES
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid, UnexpectedMentions
from roost.limits import (
    ACCOUNT_PAGE_DEFAULT,
    ACCOUNT_PAGE_MAX,
    STATUSES_BY_ID_MAX,
    TIMELINE_PAGE_DEFAULT,
    TIMELINE_PAGE_MAX,
)
from roost.model import QuotePolicy, User, Visibility
from roost.service import Draft, TweetView


class StatusForm(msgspec.Struct):
    """A status to post. Header `Idempotency-Key`: the same key within an hour posts nothing new."""

    status: str = ""
    in_reply_to_id: str = ""
    quoted_status_id: str = ""
    sensitive: bool | None = None
    spoiler_text: str = ""
    visibility: str = ""
    language: str = ""
    media_ids: list[str] = []
    poll: PollForm | None = None
    scheduled_at: str = ""
    quote_approval_policy: str = ""
    allowed_mentions: list[str] | None = None
    """Accounts that may be mentioned; a status that mentions others is refused."""


class DeleteForm(msgspec.Struct):
    """With `delete_media` its files go at once; else they can be posted anew for a day."""

    delete_media: bool = False


class ReblogForm(msgspec.Struct):
    visibility: str = ""


class IdsForm(msgspec.Struct):
    id: list[str] = []


class Statuses:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        one = "/api/v1/statuses/{id}"
        routes = [
            Route(
                method="POST",
                path="/api/v1/statuses",
                handler=self.post,
                summary="Post a status; with `scheduled_at`, have it posted at that time.",
                scope="write:statuses",
                needs_user=True,
                takes=StatusForm,
                answers=(Status, ScheduledStatus),
            ),
            Route(
                method="GET",
                path="/api/v1/statuses",
                handler=self.several,
                sees_with="read:statuses",
                summary="Several statuses by their ids.",
                takes=IdsForm,
                answers=list[Status],
            ),
            Route(
                method="GET",
                path=one,
                handler=self.one,
                sees_with="read:statuses",
                summary="A status.",
                takes=NoParameters,
                answers=Status,
            ),
            Route(
                method="DELETE",
                path=one,
                handler=self.delete,
                summary="Delete one's status; answers it with its text, to be edited and posted anew.",
                scope="write:statuses",
                needs_user=True,
                takes=DeleteForm,
                answers=dict[str, Any],
                rate="deletes",
            ),
            Route(
                method="GET",
                path=f"{one}/context",
                handler=self.context,
                sees_with="read:statuses",
                summary="The conversation around a status.",
                takes=NoParameters,
                answers=Context,
            ),
            Route(
                method="GET",
                path=f"{one}/favourited_by",
                handler=self.favourited_by,
                sees_with="read:accounts",
                summary="Who favourited a status.",
                takes=PageForm,
                answers=list[Account],
            ),
            Route(
                method="GET",
                path=f"{one}/reblogged_by",
                handler=self.reblogged_by,
                sees_with="read:accounts",
                summary="Who reblogged a status.",
                takes=PageForm,
                answers=list[Account],
            ),
            Route(
                method="GET",
                path="/api/v1/favourites",
                handler=self.favourites,
                summary="What one favourited.",
                scope="read:favourites",
                needs_user=True,
                takes=PageForm,
                answers=list[Status],
            ),
        ]
        return routes + [
            self._change_route(verb, change, scope, summary, takes)
            for verb, change, scope, summary, takes in (
                ("reblog", _reblog, "write:statuses", "Reblog a status.", ReblogForm),
                ("unreblog", _unreblog, "write:statuses", "Take a reblog back.", NoParameters),
                ("favourite", _favourite, "write:favourites", "Favourite a status.", NoParameters),
                ("unfavourite", _unfavourite, "write:favourites", "Take a favourite back.", NoParameters),
            )
        ]

    async def post(self, call: Call) -> Answer:
        form = call.take(StatusForm)
        author = (await call.service.accounts.by_id(call.user_id)).user
        app = await call.service.access.app(call.session.client_id)
        sensitive = author.default_sensitive if form.sensitive is None else form.sensitive
        draft = Draft(
            text=form.status,
            visibility=_visibility(form.visibility, author.default_visibility),
            reply_to_id=parse_id(form.in_reply_to_id, "in_reply_to_id") if form.in_reply_to_id else 0,
            quote_of_id=parse_id(form.quoted_status_id, "quoted_status_id") if form.quoted_status_id else 0,
            sensitive=sensitive,
            spoiler=form.spoiler_text,
            language=form.language or author.default_language,
            quote_policy=_policy(form.quote_approval_policy, author),
            app_name=app.name if app is not None else "",
            app_website=app.website if app is not None else "",
            media_ids=tuple(parse_id(text, "media_ids") for text in form.media_ids),
            poll=composed_poll(form.poll) if form.poll is not None else None,
            allowed_mentions=_allowed(form.allowed_mentions),
        )
        key = call.request.headers.get("Idempotency-Key", "")
        if form.scheduled_at:
            at_ms = parse_time(form.scheduled_at)
            scheduled = await call.service.scheduled.add(call.user_id, at_ms, draft, key)
            return json_answer(scheduled_json(scheduled, self._mastodon.public_url))
        try:
            return self._mastodon.status(await call.service.tweets.post(call.user_id, draft, key), call)
        except UnexpectedMentions as error:
            return await self._unexpected(error, call)

    async def _unexpected(self, error: UnexpectedMentions, call: Call) -> Answer:
        """An error that shows the accounts that the author did not mean."""
        views = await call.service.accounts.by_ids(error.user_ids)
        accounts = [msgspec.Raw(self._mastodon.accounts.encoded(view)) for view in views]
        answer = {"error": error.text, "details": {}, "unexpected_accounts": accounts}
        return json_answer(answer, 422)

    async def several(self, call: Call) -> Answer:
        ids = [parse_id(text) for text in call.take(IdsForm).id[:STATUSES_BY_ID_MAX]]
        views = await call.service.tweets.get_many(call.user_id, ids)
        return raw_json_answer(self._mastodon.statuses.page(views, call.user_id))

    async def one(self, call: Call) -> Answer:
        return self._mastodon.status(await call.service.tweets.get(call.user_id, path_id(call)), call)

    async def delete(self, call: Call) -> Answer:
        with_media = call.take(DeleteForm).delete_media
        view = await call.service.tweets.delete(call.user_id, path_id(call), with_media)
        return raw_json_answer(self._mastodon.statuses.deleted(view, call.user_id))

    async def context(self, call: Call) -> Answer:
        context = await call.service.conversations.context(call.user_id, path_id(call))
        ancestors = await self._mastodon.long_list(context.ancestors, call.user_id)
        descendants = await self._mastodon.long_list(context.descendants, call.user_id)
        return raw_json_answer(b'{"ancestors":%s,"descendants":%s}' % (ancestors, descendants))

    async def favourited_by(self, call: Call) -> Answer:
        request = page_request(call.take(PageForm), ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX, tweets=False)
        page = await call.service.tweets.likers(call.user_id, path_id(call), request)
        return self._mastodon.account_page(page, call)

    async def reblogged_by(self, call: Call) -> Answer:
        request = page_request(call.take(PageForm), ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX, tweets=False)
        page = await call.service.tweets.retweeters(call.user_id, path_id(call), request)
        return self._mastodon.account_page(page, call)

    async def favourites(self, call: Call) -> Answer:
        request = page_request(call.take(PageForm), TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX, tweets=False)
        return self._mastodon.status_page(await call.service.tweets.likes(call.user_id, request), call)

    def _change_route(
        self,
        verb: str,
        change: Callable[[Call], Awaitable[TweetView]],
        scope: str,
        summary: str,
        takes: type[msgspec.Struct],
    ) -> Route:
        async def handle(call: Call) -> Answer:
            return self._mastodon.status(await change(call), call)

        return Route(
            method="POST",
            path=f"/api/v1/statuses/{{id}}/{verb}",
            handler=handle,
            summary=summary,
            scope=scope,
            needs_user=True,
            takes=takes,
            answers=Status,
        )


async def _reblog(call: Call) -> TweetView:
    visibility = _visibility(call.take(ReblogForm).visibility, Visibility.PUBLIC)
    return await call.service.tweets.retweet(call.user_id, path_id(call), visibility)


async def _unreblog(call: Call) -> TweetView:
    return await call.service.tweets.unretweet(call.user_id, path_id(call))


async def _favourite(call: Call) -> TweetView:
    return await call.service.tweets.like(call.user_id, path_id(call))


async def _unfavourite(call: Call) -> TweetView:
    return await call.service.tweets.unlike(call.user_id, path_id(call))


def _policy(text: str, author: User) -> QuotePolicy:
    policy = quote_policy(text)
    return author.default_quote_policy if policy is None else policy


def _allowed(texts: list[str] | None) -> tuple[int, ...] | None:
    if texts is None:
        return None
    return tuple(parse_id(text, "allowed_mentions") for text in texts if text)


def _visibility(text: str, default: Visibility) -> Visibility:
    if not text:
        return default
    visibility = VISIBILITIES.get(text)
    if visibility is None:
        problem = (FieldProblem("ERR_INCLUSION", "is not included in the list"),)
        raise Invalid("Validation failed: Visibility is not included in the list", {"visibility": problem})
    return visibility
