"""For operators: statistics, verification, snapshot, strategy; accounts, apps and tokens as they say."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer
from roost.api.departures import while_there
from roost.api.router import Handler, Route
from roost.api.scopes import INGEST, parse_scopes
from roost.errors import Invalid, NotFound, Overloaded
from roost.ids import ID_MAX
from roost.limits import VERIFY_SUBJECTS_MAX
from roost.model import Role, User
from roost.service import Registration, Statistics, Verification

RoleName = Literal["user", "moderator", "admin", "owner"]


class Health(msgspec.Struct):
    status: str


class VerifyForm(msgspec.Struct):
    users: Annotated[int, Meta(ge=1, le=1_000_000, description="How many users to sample.")] = 100
    seed: Annotated[int, Meta(ge=0, description="Which users.")] = 0
    subjects: Annotated[tuple[str, ...], Meta(max_length=VERIFY_SUBJECTS_MAX)] = ()
    """What to look at, such as `search`; everything if empty."""


class StrategyForm(msgspec.Struct):
    name: str


class UserForm(msgspec.Struct):
    """An account. Without an e-mail address and a password it cannot sign in."""

    username: str
    email: str = ""
    password: str = ""
    id: Annotated[int, Meta(ge=0, le=ID_MAX, description="0 lets the server choose.")] = 0
    display_name: str = ""
    protected: bool = False
    locked: bool = False
    """Follows need approval; but tweets are not for followers only, as a protected account's are."""
    bot: bool = False
    role: RoleName = "user"


class RoleForm(msgspec.Struct):
    username: str
    role: RoleName


class UserAnswer(msgspec.Struct):
    id: str
    username: str


class AppForm(msgspec.Struct):
    """An app whose id and secret are given; empty ones are chosen by the server."""

    name: str
    redirect_uris: tuple[str, ...] = ("urn:ietf:wg:oauth:2.0:oob",)
    scopes: str = "read write follow push"
    client_id: str = ""
    secret: str = ""


class AppAnswer(msgspec.Struct):
    client_id: str
    secret: str


class TokenForm(msgspec.Struct):
    """A token of any scopes for a user. An empty token is chosen by the server."""

    username: str = ""
    """Empty for a token that acts for its app alone."""
    scopes: str = "read write follow push"
    client_id: str = "operator"
    token: str = ""


class TokenMade(msgspec.Struct):
    token: str


async def health(call: Call) -> Answer:
    del call
    return json_answer(Health("ok"))


async def ready(call: Call) -> Answer:
    if not call.service.operations.ready():
        raise Overloaded("The processors are still catching up with the log", retry_after_s=5)
    return json_answer(Health("ready"))


async def stats(call: Call) -> Answer:
    return json_answer(call.service.operations.statistics())


async def verify(call: Call) -> Answer:
    form = call.take(VerifyForm)
    work = call.service.operations.verify(form.users, form.seed, form.subjects)
    return json_answer(await while_there(call.request, work))


async def snapshot(call: Call) -> Answer:
    await call.service.operations.snapshot()
    return json_answer(Health("ok"))


async def strategy(call: Call) -> Answer:
    await call.service.operations.use_strategy(call.take(StrategyForm).name)
    return json_answer(Health("ok"))


async def add_user(call: Call) -> Answer:
    form = call.take(UserForm)
    view = await call.service.accounts.register(
        Registration(
            username=form.username,
            email=form.email,
            password=form.password,
            user_id=form.id,
            display_name=form.display_name,
            protected=form.protected,
            approves_follows=form.locked,
            bot=form.bot,
            role=Role[form.role.upper()],
        ),
        needs_sign_in=False,
    )
    return json_answer(UserAnswer(str(view.user.user_id), view.user.username))


async def give_role(call: Call) -> Answer:
    form = call.take(RoleForm)
    user = await _named(call, form.username)
    await call.service.accounts.give_role(user.user_id, Role[form.role.upper()])
    return json_answer(UserAnswer(str(user.user_id), user.username))


async def add_app(call: Call) -> Answer:
    form = call.take(AppForm)
    scopes = parse_scopes(form.scopes)
    if INGEST in scopes:
        raise Invalid(f"No app is given the scope {INGEST}: make a token with it, `roost user token`")
    app, secret = await call.service.access.register_app(
        form.name,
        form.redirect_uris,
        scopes,
        client_id=form.client_id,
        secret=form.secret,
    )
    return json_answer(AppAnswer(app.client_id, secret))


async def add_token(call: Call) -> Answer:
    form = call.take(TokenForm)
    user_id = 0
    if form.username:
        user_id = (await _named(call, form.username)).user_id
    if form.client_id != "operator" and await call.service.access.app(form.client_id) is None:
        raise NotFound("There is no such app")
    token = await call.service.access.make_token(
        form.client_id, user_id, parse_scopes(form.scopes), form.token
    )
    return json_answer(TokenMade(token))


async def _named(call: Call, username: str) -> User:
    """Raises NotFound, which says who is not there: operators may know."""
    try:
        return (await call.service.accounts.by_name(username)).user
    except NotFound as cause:
        raise NotFound(f"There is no account {username[:100]}") from cause


def routes() -> list[Route]:
    return [
        Route(
            method="GET",
            path="/roost/v1/health",
            same_for_all=True,
            handler=health,
            summary="Whether the process answers.",
            answers=Health,
            rate="",
        ),
        Route(
            method="GET",
            path="/roost/v1/ready",
            handler=ready,
            summary="Whether home timelines are up to date: 200, or 503 while the log is replayed.",
            answers=Health,
            rate="",
        ),
        Route(
            method="GET",
            path="/roost/v1/stats",
            handler=stats,
            summary="Counts, lags, latencies, and memory to the byte.",
            scope="admin:read",
            answers=Statistics,
            rate="",
        ),
        _change("verify", verify, "Compare what is derived with the tables.", VerifyForm, Verification),
        _change("snapshot", snapshot, "Write the home state to disk now.", None, Health),
        _change("strategy", strategy, "Change the fan-out strategy, from now on.", StrategyForm, Health),
        _change("users", add_user, "Make an account.", UserForm, UserAnswer, Role.OWNER),
        _change("roles", give_role, "Say what an account may do here.", RoleForm, UserAnswer, Role.OWNER),
        _change("apps", add_app, "Make an app.", AppForm, AppAnswer, Role.OWNER),
        _change("tokens", add_token, "Make a token.", TokenForm, TokenMade, Role.OWNER),
    ]


def _change(
    name: str,
    handler: Handler,
    summary: str,
    takes: type[msgspec.Struct] | None,
    answers: type[msgspec.Struct],
    role: Role = Role.ADMIN,
) -> Route:
    """What could make an account more than its maker is (tokens of others, roles) is for owners alone."""
    return Route(
        method="POST",
        path=f"/roost/v1/{name}",
        handler=handler,
        summary=summary,
        scope="admin:write",
        role=role,
        takes=takes,
        answers=answers,
        rate="",
    )
