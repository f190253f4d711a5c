"""Apps, authorization codes and tokens. Only hashes of their secrets are kept."""

import secrets
from collections import OrderedDict
from urllib.parse import urlsplit

from roost import limits
from roost.errors import FieldProblem, Invalid
from roost.model import App, AuthorizationCode, Token
from roost.service.local.kit import Kit
from roost.service.secrets import hash_secret
from roost.service.views import Session
from roost.store import Batch, tables

_SECRET_BYTES = 32


class LocalAccess:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._operator = b""
        self._operator_scopes: frozenset[str] = frozenset()

    def admit_operator(self, secret: str, scopes: frozenset[str]) -> None:
        """Take `secret` for a token of these scopes while this process runs; nothing of it is stored."""
        self._operator = hash_secret(secret)
        self._operator_scopes = scopes

    async def register_app(
        self,
        name: str,
        redirect_uris: tuple[str, ...],
        scopes: tuple[str, ...],
        website: str = "",
        client_id: str = "",
        secret: str = "",
    ) -> tuple[App, str]:
        """Register a client program; answers it and its secret, which is shown this once.

        `client_id` and `secret` are chosen by the server where they are empty. Raises Invalid.
        """
        _check_app(name, redirect_uris, scopes, website)
        secret = secret or secrets.token_urlsafe(_SECRET_BYTES)
        app = App(
            client_id or secrets.token_urlsafe(_SECRET_BYTES),
            hash_secret(secret),
            name,
            redirect_uris,
            scopes,
            self._kit.ids.next_id(),
            website,
        )
        batch = Batch()
        batch.put(tables.APPS, app)
        await self._kit.store.write(batch)
        return app, secret

    async def app(self, client_id: str) -> App | None:
        if not 0 < len(client_id) <= limits.URI_CHARACTERS_MAX:
            return None
        return await self._kit.store.get(tables.APPS, (client_id,))

    async def grant_code(
        self, app: App, user_id: int, scopes: tuple[str, ...], redirect_uri: str, challenge: str
    ) -> str:
        """A code that the app can trade for a token once, within ten minutes."""
        code = secrets.token_urlsafe(_SECRET_BYTES)
        expires_s = self._now_s() + limits.AUTHORIZATION_CODE_LIFE_S
        batch = Batch()
        batch.put(
            tables.CODES,
            AuthorizationCode(
                hash_secret(code), app.client_id, user_id, scopes, redirect_uri, expires_s, challenge
            ),
        )
        await self._kit.store.write(batch)
        return code

    async def code(self, code: str) -> AuthorizationCode | None:
        """What a code stands for, if it has not expired."""
        found = await self._kit.store.get(tables.CODES, (hash_secret(code),))
        return found if found is not None and found.expires_s > self._now_s() else None

    async def spend_code(self, code: str) -> bool:
        """Take a code out of use; False where it was spent already."""
        async with self._kit.locks.hold("code", hash_secret(code)):
            if await self._kit.store.get(tables.CODES, (hash_secret(code),)) is None:
                return False
            batch = Batch()
            batch.delete(tables.CODES, (hash_secret(code),))
            await self._kit.store.write(batch)
            return True

    async def make_token(
        self, client_id: str, user_id: int, scopes: tuple[str, ...], secret: str = ""
    ) -> str:
        """An access token; `user_id` 0 for one that acts for the app alone. `secret` sets the token."""
        secret = secret or secrets.token_urlsafe(_SECRET_BYTES)
        batch = Batch()
        batch.put(tables.TOKENS, Token(hash_secret(secret), client_id, user_id, scopes, self._now_s()))
        await self._kit.store.write(batch)
        return secret

    async def session(self, secret: str) -> Session | None:
        """Whom a token stands for. 0.2 us for one that was used lately."""
        session = self._sessions.get(secret)
        if session is not None:
            self._sessions.move_to_end(secret)
            return session
        if not 0 < len(secret) <= limits.URI_CHARACTERS_MAX:
            return None
        token_hash = hash_secret(secret)
        if secrets.compare_digest(token_hash, self._operator):
            return Session(0, "operator", self._operator_scopes, token_hash)
        token = await self._kit.store.get(tables.TOKENS, (token_hash,))
        if token is None:
            return None
        session = Session(token.user_id, token.client_id, frozenset(token.scopes), token.token_hash)
        self._sessions[secret] = session
        if len(self._sessions) > limits.TOKEN_CACHE_ENTRIES:
            self._sessions.popitem(last=False)
        return session

    async def revoke(self, client_id: str, secret: str) -> bool:
        """Take a token of an app out of use, at once; False where the app has no such token."""
        token = await self._kit.store.get(tables.TOKENS, (hash_secret(secret),))
        if token is None or token.client_id != client_id:
            return False
        batch = Batch()
        batch.delete(tables.TOKENS, (token.token_hash,))
        await self._kit.store.write(batch)
        self._sessions.pop(secret, None)
        return True

    def _now_s(self) -> int:
        return self._kit.clock.now_ms() // 1000


def _check_app(name: str, redirect_uris: tuple[str, ...], scopes: tuple[str, ...], website: str) -> None:
    problems: dict[str, tuple[FieldProblem, ...]] = {}
    if not name.strip():
        problems["client_name"] = (FieldProblem("ERR_BLANK", "can't be blank"),)
    elif len(name) > limits.APP_NAME_CHARACTERS_MAX:
        problems["client_name"] = (FieldProblem("ERR_TOO_LONG", "is too long"),)
    if not redirect_uris:
        problems["redirect_uris"] = (FieldProblem("ERR_BLANK", "can't be blank"),)
    elif len(redirect_uris) > limits.REDIRECT_URIS_MAX:
        problems["redirect_uris"] = (FieldProblem("ERR_TOO_MANY", "are too many"),)
    elif not all(_is_redirect_uri(uri) for uri in redirect_uris):
        problems["redirect_uris"] = (FieldProblem("ERR_INVALID", "must be absolute URIs"),)
    if len(scopes) > limits.SCOPES_MAX:
        problems["scopes"] = (FieldProblem("ERR_TOO_MANY", "are too many"),)
    if len(website) > limits.URI_CHARACTERS_MAX:
        problems["website"] = (FieldProblem("ERR_TOO_LONG", "is too long"),)
    elif website and not _is_web_address(website):
        problems["website"] = (FieldProblem("ERR_INVALID", "must be an address that begins with https://"),)
    if problems:
        texts = [
            f"{field.replace('_', ' ').capitalize()} {found[0].text}" for field, found in problems.items()
        ]
        raise Invalid(f"Validation failed: {', '.join(texts)}", problems)


def _is_redirect_uri(uri: str) -> bool:
    """Absolute, without a fragment (RFC 6749, 3.1.2); not one that a browser would run as a script."""
    scheme, colon, rest = uri.partition(":")
    harmless = scheme.lower() not in ("javascript", "data", "vbscript", "file")
    absolute = bool(colon) and bool(rest) and scheme[:1].isalpha()
    return (
        absolute
        and harmless
        and "#" not in uri
        and uri.isprintable()
        and len(uri) <= limits.URI_CHARACTERS_MAX
    )


def _is_web_address(url: str) -> bool:
    """What may become a link: of any other scheme, a browser could run a script."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable() and " " not in url
