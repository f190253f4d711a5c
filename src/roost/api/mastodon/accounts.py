"""Accounts: register, look up, edit, and their lists."""

from typing import Annotated

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer, raw_json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.entities import Account, CredentialAccount, Status
from roost.api.mastodon.pages import PageForm, page_request, parse_id
from roost.api.mastodon.profile import own_account
from roost.api.oauth import TokenAnswer
from roost.api.router import Route
from roost.errors import FieldProblem, Forbidden, Invalid, NotFound
from roost.limits import (
    ACCOUNT_PAGE_DEFAULT,
    ACCOUNT_PAGE_MAX,
    STATUSES_BY_ID_MAX,
    TIMELINE_PAGE_DEFAULT,
    TIMELINE_PAGE_MAX,
)
from roost.model import PageRequest
from roost.service import Registration, UserTimelineFilter


class RegistrationForm(msgspec.Struct):
    username: str = ""
    email: str = ""
    password: str = ""
    agreement: bool = False
    locale: str = ""
    reason: str = ""


class LookupForm(msgspec.Struct):
    acct: Annotated[str, Meta(description="username, or username@this-server")] = ""


class IdsForm(msgspec.Struct):
    id: list[str] = []


class UserTimelineForm(PageForm):
    exclude_replies: bool = False
    exclude_reblogs: bool = False
    only_media: bool = False
    pinned: bool = False
    tagged: str = ""
    exclude_direct: bool = False


class Accounts:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        account, whose = list[Account], "/api/v1/accounts/{id}"
        return [
            Route(
                method="POST",
                path="/api/v1/accounts",
                handler=self.register,
                summary="Make an account, with an app's token; answers a token for it.",
                scope="write:accounts",
                takes=RegistrationForm,
                answers=TokenAnswer,
                rate="registrations",
            ),
            Route(
                method="GET",
                path="/api/v1/accounts/verify_credentials",
                handler=self.verify,
                summary="One's own account.",
                scope="profile",
                needs_user=True,
                answers=CredentialAccount,
                has_validator=True,
            ),
            Route(
                method="GET",
                path="/api/v1/accounts/lookup",
                handler=self.lookup,
                sees_with="read:accounts",
                summary="An account by its name.",
                takes=LookupForm,
                answers=Account,
            ),
            Route(
                method="GET",
                path="/api/v1/accounts",
                handler=self.several,
                sees_with="read:accounts",
                summary="Several accounts by their ids.",
                takes=IdsForm,
                answers=account,
            ),
            Route(
                method="GET",
                path=whose,
                handler=self.one,
                sees_with="read:accounts",
                summary="An account.",
                has_validator=True,
                takes=NoParameters,
                answers=Account,
            ),
            Route(
                method="GET",
                path=f"{whose}/statuses",
                handler=self.statuses,
                sees_with="read:statuses",
                summary="What an account posted.",
                takes=UserTimelineForm,
                answers=list[Status],
            ),
            Route(
                method="GET",
                path=f"{whose}/followers",
                handler=self.followers,
                sees_with="read:accounts",
                summary="Who follows an account.",
                takes=PageForm,
                answers=account,
            ),
            Route(
                method="GET",
                path=f"{whose}/following",
                handler=self.following,
                sees_with="read:accounts",
                summary="Whom an account follows.",
                takes=PageForm,
                answers=account,
            ),
        ]

    async def register(self, call: Call) -> Answer:
        form = call.take(RegistrationForm)
        if not call.around.settings.registration_open:
            raise Forbidden("Registrations are closed on this server")
        if not form.agreement:
            problem = (FieldProblem("ERR_ACCEPTED", "must be accepted"),)
            others = _blank_fields(form)
            raise Invalid("Validation failed: Agreement must be accepted", {**others, "agreement": problem})
        view = await call.service.accounts.register(
            Registration(username=form.username, email=form.email, password=form.password)
        )
        scopes = tuple(sorted(call.session.scopes))
        secret = await call.service.access.make_token(call.session.client_id, view.user.user_id, scopes)
        created_s = view.user.created_ms // 1000
        return json_answer(TokenAnswer(secret, "Bearer", " ".join(scopes), created_s))

    async def verify(self, call: Call) -> Answer:
        return await own_account(self._mastodon, call)

    async def lookup(self, call: Call) -> Answer:
        username, at, host = call.take(LookupForm).acct.removeprefix("@").partition("@")
        if at and host.lower() != call.around.host:
            raise NotFound("Record not found")
        return self._mastodon.account(await call.service.accounts.by_name(username))

    async def several(self, call: Call) -> Answer:
        ids = [parse_id(text) for text in call.take(IdsForm).id[:STATUSES_BY_ID_MAX]]
        return json_answer(
            [self._mastodon.accounts.account(view) for view in await call.service.accounts.by_ids(ids)]
        )

    async def one(self, call: Call) -> Answer:
        return self._mastodon.account(await call.service.accounts.by_id(path_id(call)))

    async def statuses(self, call: Call) -> Answer:
        form = call.take(UserTimelineForm)
        view = await call.service.accounts.by_id(path_id(call))
        request = page_request(form, TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX)
        if form.pinned:
            views = await call.service.tweet_marks.pinned(call.user_id, view.user.user_id)
            return raw_json_answer(self._mastodon.statuses.page(views, call.user_id))
        leave_out = UserTimelineFilter(
            form.exclude_replies,
            form.exclude_reblogs,
            form.tagged.lstrip("#"),
            form.only_media,
            form.exclude_direct,
        )
        page = await call.service.timelines.user(call.user_id, view.user.user_id, request, leave_out)
        return self._mastodon.status_page(page, call)

    async def followers(self, call: Call) -> Answer:
        view = await call.service.accounts.by_id(path_id(call))
        page = await call.service.edges.followers(call.user_id, view.user.user_id, _account_page(call))
        return self._mastodon.account_page(page, call)

    async def following(self, call: Call) -> Answer:
        view = await call.service.accounts.by_id(path_id(call))
        page = await call.service.edges.following(call.user_id, view.user.user_id, _account_page(call))
        return self._mastodon.account_page(page, call)


def _blank_fields(form: RegistrationForm) -> dict[str, tuple[FieldProblem, ...]]:
    """What else is wrong with a registration that is not made, its terms not being agreed to."""
    fields = {"username": form.username, "email": form.email, "password": form.password}
    blank = (FieldProblem("ERR_BLANK", "can't be blank"),)
    return {name: blank for name, value in fields.items() if not value}


def _account_page(call: Call) -> PageRequest:
    return page_request(call.take(PageForm), ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX, tweets=False)
