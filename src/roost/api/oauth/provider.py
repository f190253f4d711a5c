"""OAuth 2.0 by Authlib: which requests are right, and what is answered to those that are not.

Authlib's server is synchronous. It runs in a worker thread, and asks the service, which lives on the event
loop, over a bridge: signing in and fetching a token are rare and slow anyway (argon2). Authlib has no types:
mypy is told not to mind where a class derives from one of its own (`type: ignore[misc]`).
"""

import asyncio
import secrets
import time
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import (
    AuthorizationCodeMixin,
    AuthorizationServer,
    ClientMixin,
    InvalidClientError,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    TokenMixin,
    grants,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge

from roost.api.scopes import INGEST, covers_all, operator_scopes, parse_scopes
from roost.errors import Forbidden, Invalid
from roost.model import App, AuthorizationCode, Role, User
from roost.service import hash_secret
from roost.service.ports import Service

T = TypeVar("T")
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
Reply = tuple[int, Any, list[tuple[str, str]]]


class Bridge:
    """From a worker thread to the service on the event loop."""

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop) -> None:
        self.service = service
        self._loop = loop

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class _Client(ClientMixin):  # type: ignore[misc]
    def __init__(self, app: App) -> None:
        self.app = app
        self.client_id = app.client_id

    def get_client_id(self) -> str:
        return self.app.client_id

    def get_default_redirect_uri(self) -> str:
        return self.app.redirect_uris[0]

    def get_allowed_scope(self, scope: str | None) -> str:
        """As asked for: `Provider` checks scopes, with a message that says which is wrong."""
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.app.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(hash_secret(client_secret), self.app.secret_hash)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        del endpoint
        return method in ("none", "client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "client_credentials", "password")


class _Code(AuthorizationCodeMixin):  # type: ignore[misc]
    def __init__(self, secret: str, code: AuthorizationCode) -> None:
        self.secret = secret
        self.code = code
        self.code_challenge = code.challenge or None
        self.code_challenge_method = "S256" if code.challenge else None

    def get_redirect_uri(self) -> str:
        return self.code.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.code.scopes)


class _Token(TokenMixin):  # type: ignore[misc]
    def __init__(self, secret: str, client_id: str) -> None:
        self.secret = secret
        self.client_id = client_id

    def check_client(self, client: _Client) -> bool:
        return bool(client.client_id == self.client_id)


class _Request(OAuth2Request):  # type: ignore[misc]
    def __init__(
        self, method: str, data: Mapping[str, str], headers: Mapping[str, str], address: str = ""
    ) -> None:
        # Authlib refuses plain http; whether TLS ends here or at a proxy is the operator's business.
        super().__init__(method, "https://roost.invalid/", headers=dict(headers))
        self.payload = BasicOAuth2Payload(dict(data))
        self.address = address
        """Where the client is."""

    @property
    def args(self) -> Mapping[str, str]:
        data: Mapping[str, str] = self.payload.data
        return data

    @property
    def form(self) -> Mapping[str, str]:
        return self.args


class _Challenge(CodeChallenge):  # type: ignore[misc]
    """PKCE with S256; the plain method protects nothing."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        super().validate_code_challenge(grant, redirect_uri)
        data = grant.request.payload.data
        if data.get("code_challenge") and not data.get("code_challenge_method"):
            raise InvalidRequestError("Missing 'code_challenge_method'; S256 is supported")


class _CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    def query_authorization_code(self, code: str, client: _Client) -> _Code | None:
        found = self.server.bridge.wait(self.server.bridge.service.access.code(code))
        if found is None or found.client_id != client.client_id:
            return None
        if self.request.auth_method == "none" and not found.challenge:
            raise InvalidClientError(description="A client without a secret has to use PKCE.")
        return _Code(code, found)

    def delete_authorization_code(self, authorization_code: _Code) -> None:
        """Traded already; see `authenticate_user`."""

    def authenticate_user(self, authorization_code: _Code) -> "_Granted":
        """Trades the code, so that of two requests at once one alone gets a token."""
        service, wait = self.server.bridge.service, self.server.bridge.wait
        view = wait(service.accounts.by_id(authorization_code.code.user_id))
        secret = wait(service.access.trade_code(authorization_code.secret))
        if not secret:
            raise InvalidGrantError("Invalid 'code' in request.")
        return _Granted(view.user, secret)


class _Granted:
    """A user, and the token that a code was traded for."""

    def __init__(self, user: User, secret: str) -> None:
        self.user = user
        self.secret = secret


class _PasswordGrant(grants.ResourceOwnerPasswordCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def authenticate_user(self, username: str, password: str) -> User | None:
        accounts = self.server.bridge.service.accounts
        try:
            user: User | None = self.server.bridge.wait(
                accounts.sign_in(username, password, self.request.address)
            )
        except Forbidden as cause:
            raise InvalidGrantError(cause.text) from cause
        if user is None:
            raise InvalidGrantError("The username and the password do not belong together.")
        return user


class _ClientCredentialsGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


class _Revocation(RevocationEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    def query_token(self, token_string: str, token_type_hint: str | None) -> _Token | None:
        del token_type_hint
        try:
            session = self.server.bridge.wait(self.server.bridge.service.access.session(token_string))
        except Forbidden:  # whose account may not be used can still give up a token
            return _Token(token_string, self.request.client.client_id)
        return None if session is None else _Token(token_string, session.client_id)

    def revoke_token(self, token: _Token, request: _Request) -> None:
        del request
        self.server.bridge.wait(self.server.bridge.service.access.revoke(token.client_id, token.secret))


class Provider(AuthorizationServer):  # type: ignore[misc]
    """`token`, `revoke` and `check` are called in worker threads."""

    def __init__(self, bridge: Bridge, password_grant: bool) -> None:
        super().__init__()
        self.bridge = bridge
        self.register_grant(_CodeGrant, [_Challenge(required=False)])
        self.register_grant(_ClientCredentialsGrant)
        if password_grant:
            self.register_grant(_PasswordGrant)
        self.register_endpoint(_Revocation)
        self.register_token_generator("default", self._make_token)

    def token(self, data: Mapping[str, str], headers: Mapping[str, str], address: str) -> Reply:
        """The token endpoint."""
        reply: Reply = self.create_token_response(_Request("POST", data, headers, address))
        return reply

    def revoke(self, data: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """The revocation endpoint (RFC 7009)."""
        reply: Reply = self.create_endpoint_response("revocation", _Request("POST", data, headers))
        return reply

    def check(self, data: Mapping[str, str]) -> tuple[App, str, tuple[str, ...]]:
        """An authorization request's app, redirect URI and scopes. Raises Authlib's OAuth2Error."""
        grant = self.get_consent_grant(_Request("GET", data, {}))
        app: App = grant.client.app
        return app, grant.redirect_uri, self._checked_scopes(app, data.get("scope"))

    # -- what Authlib asks of a server

    def query_client(self, client_id: str) -> _Client | None:
        app = self.bridge.wait(self.bridge.service.access.app(client_id))
        return None if app is None else _Client(app)

    def save_token(self, token: Any, request: _Request) -> None:
        """Saved when it was made: the service makes tokens."""

    def create_oauth2_request(self, request: _Request) -> _Request:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Reply:
        return status, body, headers

    def send_signal(self, name: str, *arguments: Any, **options: Any) -> None:
        """Nobody listens."""

    def _make_token(
        self, client: _Client, user: User | _Granted | None, scope: str | None, **_: Any
    ) -> dict[str, Any]:
        scopes = self._checked_scopes(client.app, scope)
        if isinstance(user, _Granted):
            secret = user.secret
        else:
            if not may_have(scopes, user):
                raise InvalidScopeError("Scopes of the server's staff are given to them alone.")
            user_id = user.user_id if user is not None else 0
            secret = self.bridge.wait(
                self.bridge.service.access.make_token(client.client_id, user_id, scopes)
            )
        return {
            "access_token": secret,
            "token_type": "Bearer",
            "scope": " ".join(scopes),
            "created_at": int(time.time()),
        }

    def _checked_scopes(self, app: App, text: str | None) -> tuple[str, ...]:
        try:
            scopes = parse_scopes(text or "")
        except Invalid as cause:
            raise InvalidScopeError(cause.text) from cause
        if not covers_all(app.scopes, scopes):
            raise InvalidScopeError("The app did not register for this scope.")
        if INGEST in scopes:
            raise InvalidScopeError("Scopes of operators are not given to apps.")
        return scopes


def may_have(scopes: tuple[str, ...], user: User | None) -> bool:
    """Whether an app may have scopes for a user: those of the staff are for the staff."""
    return not operator_scopes(scopes) or (user is not None and user.role is not Role.USER)
