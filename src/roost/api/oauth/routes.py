"""OAuth endpoints: app registration, authorization, token, revocation, metadata."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from authlib.oauth2 import OAuth2Error
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer
from roost.api.oauth.pages import code_page, problem_page, sign_in_page
from roost.api.oauth.provider import OUT_OF_BAND, Bridge, Provider, Reply, may_have
from roost.api.router import Route
from roost.api.scopes import SCOPES, parse_scopes
from roost.errors import Forbidden, Invalid, RateLimited, Unauthenticated
from roost.model import App

_HIDDEN = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)


class AppForm(msgspec.Struct):
    """A client program that wants to be known."""

    client_name: str = ""
    redirect_uris: list[str] | str = ""
    """One, several in lines, or a list."""
    scopes: str = ""
    website: str = ""


class Application(msgspec.Struct):
    id: str
    name: str
    website: str | None
    scopes: list[str]
    redirect_uri: str
    redirect_uris: list[str]
    vapid_key: str


class CredentialApplication(Application):
    client_id: str
    client_secret: str
    client_secret_expires_at: int


class AuthorizeForm(msgspec.Struct):
    """An authorization request (RFC 6749, 4.1.1; RFC 7636, 4.3)."""

    client_id: str = ""
    response_type: str = ""
    redirect_uri: str = ""
    scope: str = ""
    state: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""


class TokenForm(msgspec.Struct):
    """A token request (RFC 6749, 4.1.3, 4.3.2 and 4.4.2)."""

    grant_type: str = ""
    client_id: str = ""
    client_secret: str = ""
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    scope: str = ""
    username: str = ""
    password: str = ""


class RevokeForm(msgspec.Struct):
    token: str = ""
    client_id: str = ""
    client_secret: str = ""


class TokenAnswer(msgspec.Struct):
    access_token: str
    token_type: Annotated[str, Meta(description="Always Bearer.")]
    scope: str
    created_at: Annotated[int, Meta(description="Seconds since the Unix epoch.")]


class UserInfo(msgspec.Struct):
    """Who a token acts for, in the words of OpenID Connect."""

    iss: str
    sub: str
    name: str
    preferred_username: str
    profile: str
    picture: str


class Empty(msgspec.Struct):
    pass


class ServerMetadata(msgspec.Struct):
    """RFC 8414."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    userinfo_endpoint: str
    service_documentation: str
    app_registration_endpoint: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    code_challenge_methods_supported: list[str]


class OAuth:
    """The handlers; they share the provider, which needs the running event loop."""

    def __init__(self) -> None:
        self._provider: Provider | None = None

    def routes(self) -> list[Route]:
        return [
            Route(
                method="POST",
                path="/api/v1/apps",
                same_for_all=True,
                handler=self.register,
                summary="Register a client program.",
                takes=AppForm,
                answers=CredentialApplication,
            ),
            Route(
                method="GET",
                path="/api/v1/apps/verify_credentials",
                handler=self.verify,
                summary="The app that a token was given to.",
                scope="read",
                answers=Application,
            ),
            Route(
                method="GET",
                path="/oauth/authorize",
                same_for_all=True,
                handler=self.show,
                summary="The page where a user lets an app act for them.",
                takes=AuthorizeForm,
                answers="text/html",
                other_refusals=(400,),
                cross_origin=False,
            ),
            Route(
                method="POST",
                path="/oauth/authorize",
                same_for_all=True,
                handler=self.decide,
                summary="What the page's form sends: redirects back to the app, or shows the code.",
                takes=AuthorizeForm,
                answers="text/html",
                other_statuses=(302,),
                other_refusals=(400, 401, 403),
                rate="sign_ins",
                cross_origin=False,
            ),
            Route(
                method="POST",
                path="/oauth/token",
                same_for_all=True,
                handler=self.token,
                summary="Trade a code, or credentials, for an access token.",
                takes=TokenForm,
                answers=TokenAnswer,
                other_refusals=(400, 401),
                rate="sign_ins",
            ),
            Route(
                method="POST",
                path="/oauth/revoke",
                same_for_all=True,
                handler=self.revoke,
                summary="Take an access token out of use.",
                takes=RevokeForm,
                answers=Empty,
                other_refusals=(400, 401),
            ),
            *(
                Route(
                    method=method,
                    path="/oauth/userinfo",
                    handler=self.user_info,
                    summary="Who a token acts for.",
                    scope="profile",
                    needs_user=True,
                    answers=UserInfo,
                )
                for method in ("GET", "POST")
            ),
            Route(
                method="GET",
                path="/.well-known/oauth-authorization-server",
                same_for_all=True,
                handler=self.metadata,
                summary="What this OAuth server can do (RFC 8414).",
                answers=ServerMetadata,
            ),
        ]

    async def register(self, call: Call) -> Answer:
        form = call.take(AppForm)
        uris = form.redirect_uris
        listed = [uri for text in ([uris] if isinstance(uris, str) else uris) for uri in text.split()]
        scopes = parse_scopes(form.scopes)
        app, secret = await call.service.access.register_app(
            form.client_name, tuple(listed), scopes, form.website
        )
        shown = msgspec.structs.asdict(show_app(app, call.service.web_push.public_key))
        return json_answer(
            CredentialApplication(
                **shown, client_id=app.client_id, client_secret=secret, client_secret_expires_at=0
            )
        )

    async def verify(self, call: Call) -> Answer:
        app = await call.service.access.app(call.session.client_id)
        if app is None:
            raise Unauthenticated("The access token is invalid")
        return json_answer(show_app(app, call.service.web_push.public_key))

    async def show(self, call: Call) -> Answer:
        data = _text_fields(call)
        try:
            app, redirect_uri, scopes = await self._in_thread(call, lambda provider: provider.check(data))
        except OAuth2Error as error:
            return _refusal(call, error)
        return _form(call, app, redirect_uri, scopes, data)

    async def decide(self, call: Call) -> Answer:
        if _is_from_elsewhere(call):
            text = "This form was sent by another site. Begin again in the app."
            return problem_page(call.around, text, 403)
        data = _text_fields(call)
        try:
            app, redirect_uri, scopes = await self._in_thread(call, lambda provider: provider.check(data))
        except OAuth2Error as error:
            return _refusal(call, error)
        state = {"state": data["state"]} if "state" in data else {}
        if call.parameters.get("answer") == "deny":
            refusal = {"error": "access_denied", "error_description": "The user denied the request."}
            return _redirect(redirect_uri, {**refusal, **state}, call)
        given = call.parameters.get("user")
        login, password = _credentials(given if isinstance(given, dict) else {})
        problem, status = "The address or username and the password do not belong together.", 401
        try:
            user = await call.service.accounts.sign_in(login, password, call.address)
        except (Forbidden, RateLimited) as refusal:
            user, problem, status = None, refusal.text, 403 if isinstance(refusal, Forbidden) else 429
        if user is not None and not may_have(scopes, user):
            user, problem, status = None, "This app asks for what only the server's staff may do.", 403
        if user is None:
            return _form(call, app, redirect_uri, scopes, data, problem, status)
        code = await call.service.access.grant_code(
            app, user.user_id, scopes, redirect_uri, data.get("code_challenge", "")
        )
        return _redirect(redirect_uri, {"code": code, **state}, call)

    async def token(self, call: Call) -> Answer:
        data, headers = _text_fields(call), dict(call.request.headers)
        return _reply(
            await self._in_thread(call, lambda provider: provider.token(data, headers, call.address))
        )

    async def revoke(self, call: Call) -> Answer:
        data, headers = _text_fields(call), dict(call.request.headers)
        return _reply(await self._in_thread(call, lambda provider: provider.revoke(data, headers)))

    async def user_info(self, call: Call) -> Answer:
        user = (await call.service.accounts.by_id(call.user_id)).user
        url = call.around.public_url
        page = f"{url}/@{user.username}"
        picture = f"{url}/avatars/original/missing.png"
        shown = user.display_name or user.username
        return json_answer(UserInfo(f"{url}/", page, shown, user.username, page, picture))

    async def metadata(self, call: Call) -> Answer:
        url = call.around.public_url
        grant_types = ["authorization_code", "client_credentials"]
        if call.around.settings.password_grant:
            grant_types.append("password")
        return json_answer(
            ServerMetadata(
                issuer=f"{url}/",
                authorization_endpoint=f"{url}/oauth/authorize",
                token_endpoint=f"{url}/oauth/token",
                revocation_endpoint=f"{url}/oauth/revoke",
                userinfo_endpoint=f"{url}/oauth/userinfo",
                service_documentation=f"{url}/roost/v1/openapi.json",
                app_registration_endpoint=f"{url}/api/v1/apps",
                scopes_supported=list(SCOPES),
                response_types_supported=["code"],
                response_modes_supported=["query"],
                grant_types_supported=grant_types,
                token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post", "none"],
                code_challenge_methods_supported=["S256"],
            )
        )

    async def _in_thread(self, call: Call, work: "Callable[[Provider], Any]") -> Any:
        if self._provider is None:
            bridge = Bridge(call.service, asyncio.get_running_loop())
            self._provider = Provider(bridge, call.around.settings.password_grant)
        try:
            return await asyncio.to_thread(work, self._provider)
        except ValueError as cause:  # Authlib quotes parameters in its errors, which take ASCII only
            raise Invalid("A parameter has characters that are not allowed") from cause


def show_app(app: App, vapid_key: str) -> Application:
    return Application(
        id=str(app.app_id),
        name=app.name,
        website=app.website or None,
        scopes=list(app.scopes),
        redirect_uri="\n".join(app.redirect_uris),
        redirect_uris=list(app.redirect_uris),
        vapid_key=vapid_key,
    )


def _text_fields(call: Call) -> dict[str, str]:
    """The parameters that are plain text; Authlib knows no others."""
    return {name: value for name, value in call.parameters.items() if isinstance(value, str) and value}


def _is_from_elsewhere(call: Call) -> bool:
    """Whether a form comes from another site's page, as far as the browser says.

    It could sign a user in to an account that is not theirs. Our own page has no referrer, so that a browser
    which says nothing more names its origin `null`.
    """
    site = call.request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = call.request.headers.get("Origin", "null").lower()
    return origin not in ("null", call.around.public_url.lower()) and not origin.endswith(
        f"://{call.request.host.lower()}"
    )


def _credentials(user: dict[str, Any]) -> tuple[str, str]:
    login, password = user.get("email", ""), user.get("password", "")
    if not isinstance(login, str) or not isinstance(password, str):
        raise Invalid("The form cannot be read")
    return login, password


def _form(
    call: Call,
    app: App,
    redirect_uri: str,
    scopes: tuple[str, ...],
    data: dict[str, str],
    problem: str = "",
    status: int = 200,
) -> Answer:
    fields = {name: data[name] for name in _HIDDEN if name in data}
    return sign_in_page(call.around, app.name, app.website, scopes, redirect_uri, fields, problem, status)


def _refusal(call: Call, error: OAuth2Error) -> Answer:
    """A bad authorization request, shown to the user.

    RFC 6749 (4.1.2.1) would send it on to the app's redirect URI. Anybody can register an app, so that a link
    to this server would lead on to any site without a click (RFC 9700, 4.11.2).
    """
    text = error.get_error_description() or error.error
    return problem_page(call.around, text, 400)


def _redirect(redirect_uri: str, parameters: dict[str, str], call: Call) -> Answer:
    if redirect_uri == OUT_OF_BAND:
        if "code" in parameters:
            return code_page(call.around, parameters["code"])
        return problem_page(call.around, "The app was given no access.", 403, "You denied the request")
    target = redirect_uri + ("&" if "?" in redirect_uri else "?") + urlencode(parameters)
    return Answer(302, b"", {"Location": target, "Referrer-Policy": "no-referrer"})


def _reply(reply: Reply) -> Answer:
    status, body, headers = reply
    kept = {name: value for name, value in headers if name not in ("Content-Type", "Cache-Control")}
    if isinstance(body, dict) and body.get("error") == "invalid_client":
        status = 401
    return json_answer(body, status, kept)
