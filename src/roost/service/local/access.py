"""Apps, authorization codes and tokens. Only hashes of their secrets are kept."""

import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from roost import limits
from roost.errors import Forbidden
from roost.ids import ID_MAX
from roost.model import App, AuthorizationCode, Role, Token, User
from roost.service.local.app_checks import check_app
from roost.service.local.kit import Kit
from roost.service.secrets import hash_secret
from roost.service.views import OPERATOR, AppSession, Session
from roost.store import Batch, rows, tables

_SECRET_BYTES = 32
Revoked = Callable[[Sequence[bytes]], None]


class LocalAccess:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._secrets: dict[bytes, str] = {}
        """By the hash of each, the secrets in `_sessions`."""
        self._used_ms: dict[bytes, int] = {}
        """When tokens were last used, as far as that is not written yet."""
        self._listeners: list[Revoked] = []
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
        check_app(name, redirect_uris, scopes, website)
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

    async def trade_code(self, code: str) -> str:
        """Take a code out of use for the token that it stands for; "" where it was traded before.

        A code that comes twice has been stolen, or was made by a thief: the token that it was traded for is
        taken out of use too (RFC 6749, 4.1.2).
        """
        code_hash = hash_secret(code)
        async with self._kit.locks.hold("code", code_hash):
            found = await self._kit.store.get(tables.CODES, (code_hash,))
            if found is None:
                return ""
            if found.token_hash:
                await self._forget_tokens([found.token_hash])
                return ""
            secret = secrets.token_urlsafe(_SECRET_BYTES)
            batch = Batch()
            token_hash = hash_secret(secret)
            batch.put(tables.CODES, msgspec.structs.replace(found, token_hash=token_hash))
            self._put_token(batch, token_hash, found.client_id, found.user_id, found.scopes)
            await self._kit.store.write(batch)
            return secret

    async def make_token(
        self, client_id: str, user_id: int, scopes: tuple[str, ...], secret: str = ""
    ) -> str:
        """An access token; `user_id` 0 for one that acts for the app alone. `secret` sets the token: one that
        means the same already goes on being valid, one that means something else is taken out of use."""
        secret = secret or secrets.token_urlsafe(_SECRET_BYTES)
        token_hash = hash_secret(secret)
        async with self._kit.locks.hold("token", token_hash):
            found = await self._kit.store.get(tables.TOKENS, (token_hash,))
            if found is not None:
                if (found.client_id, found.user_id, found.scopes) == (client_id, user_id, scopes):
                    return secret
                await self._forget_tokens([token_hash])
            batch = Batch()
            self._put_token(batch, token_hash, client_id, user_id, scopes)
            await self._kit.store.write(batch)
            return secret

    async def session(self, secret: str) -> Session | None:
        """Whom a token stands for, None for one that is not valid. 0.4 us for one that was used lately.

        Raises Forbidden, with the reason, where the account may not be used.
        """
        session = self._sessions.get(secret)
        if session is not None:
            self._sessions.move_to_end(secret)
        else:
            session = await self._load(secret)
            if session is None:
                return None
        user_id = session.user_id
        if not user_id:
            return session
        user = self._kit.users.peek(user_id) or await self._kit.users.get(user_id)
        if user is None:
            return None
        if user.is_barred:
            raise Forbidden(barred_text(user))
        if user.role is not session.role:
            session = msgspec.structs.replace(session, role=user.role)
            self._keep(secret, session)
        if len(self._used_ms) < limits.TOKEN_CACHE_ENTRIES:
            self._used_ms[session.token_hash] = self._kit.clock.now_ms()
        return session

    async def holds(self, token_hash: bytes) -> bool:
        """Whether a token has not been taken out of use."""
        if token_hash == self._operator:
            return True
        return await self._kit.store.get(tables.TOKENS, (token_hash,)) is not None

    async def revoke(self, client_id: str, secret: str) -> bool:
        """Take a token of an app out of use, at once; False where the app has no such token."""
        token = await self._kit.store.get(tables.TOKENS, (hash_secret(secret),))
        if token is None or token.client_id != client_id:
            return False
        await self._forget_tokens([token.token_hash])
        return True

    async def sessions(self, user_id: int) -> list[AppSession]:
        """The tokens that act for a user, newest first."""
        found = await self._tokens_of(user_id)
        tokens = await self._kit.store.get_many(tables.TOKENS, [(row.token_hash,) for row in found])
        apps = await self._kit.store.get_many(tables.APPS, [(row.client_id,) for row in found])
        return [
            AppSession(
                session_id=row.token_id,
                token_hash=row.token_hash,
                client_id=row.client_id,
                app_name=app.name if app is not None else row.client_id,
                website=app.website if app is not None else "",
                scopes=token.scopes,
                created_ms=token.created_s * 1000,
                used_ms=max(row.used_ms, self._used_ms.get(row.token_hash, 0)),
            )
            for row, token, app in zip(found, tokens, apps, strict=True)
            if token is not None
        ]

    async def end_session(self, user_id: int, session_id: int) -> bool:
        """Take one of a user's tokens out of use, at once; False where there is no such token."""
        found = await self._kit.store.get(tables.TOKENS_OF_USER, (user_id, session_id))
        if found is not None:
            await self._forget_tokens([found.token_hash])
        return found is not None

    async def end_sessions(self, user_id: int, but: bytes = b"") -> int:
        """Take all of a user's tokens out of use, but for the one with the hash `but`; how many that were.

        Codes that wait to be traded for one are forgotten too.
        """
        await self._forget_codes(user_id)
        count = 0
        async for rows_of_user in self._all_tokens_of(user_id):
            ended = [row.token_hash for row in rows_of_user if row.token_hash != but]
            await self._forget_tokens(ended)
            count += len(ended)
        return count

    async def _forget_codes(self, user_id: int) -> None:
        """There are few: a code lives for ten minutes, and is forgotten then by housekeeping."""
        batch, place = Batch(), b""
        while True:
            codes, following = await self._kit.store.export(tables.CODES, place, limits.EXPORT_ROWS_MAX)
            for code in codes:
                if code.user_id == user_id and not code.token_hash:
                    batch.delete(tables.CODES, (code.code_hash,))
            if following is None:
                break
            place = following
        if len(batch):
            await self._kit.store.write(batch)

    def listen(self, listener: Revoked) -> None:
        """Tell `listener` the hashes of tokens at the moment when they are taken out of use."""
        self._listeners.append(listener)

    async def bar(self, user_id: int) -> None:
        """A user's account may not be used any more: end what goes on with their tokens, which stay."""
        async for rows_of_user in self._all_tokens_of(user_id):
            self._tell([row.token_hash for row in rows_of_user])

    async def write_used(self) -> None:
        """Write down when tokens were last used."""
        noted, self._used_ms = self._used_ms, {}
        batch = Batch()
        tokens = await self._kit.store.get_many(tables.TOKENS, [(token_hash,) for token_hash in noted])
        keys = [(token.user_id, token.token_id) for token in tokens if token is not None and token.token_id]
        for row in await self._kit.store.get_many(tables.TOKENS_OF_USER, keys):
            if row is not None:
                batch.put(tables.TOKENS_OF_USER, msgspec.structs.replace(row, used_ms=noted[row.token_hash]))
        if len(batch):
            await self._kit.store.write(batch)

    async def _load(self, secret: str) -> Session | None:
        if not 0 < len(secret) <= limits.URI_CHARACTERS_MAX:
            return None
        token_hash = hash_secret(secret)
        if secrets.compare_digest(token_hash, self._operator):
            return Session(0, OPERATOR, self._operator_scopes, token_hash, Role.OWNER)
        token = await self._kit.store.get(tables.TOKENS, (token_hash,))
        if token is None:
            return None
        session = Session(token.user_id, token.client_id, frozenset(token.scopes), token.token_hash)
        self._keep(secret, session)
        return session

    def _keep(self, secret: str, session: Session) -> None:
        self._sessions[secret] = session
        self._secrets[session.token_hash] = secret
        if len(self._sessions) > limits.TOKEN_CACHE_ENTRIES:
            _, oldest = self._sessions.popitem(last=False)
            self._secrets.pop(oldest.token_hash, None)

    def _put_token(
        self, batch: Batch, token_hash: bytes, client_id: str, user_id: int, scopes: tuple[str, ...]
    ) -> None:
        token_id = self._kit.ids.next_id()
        batch.put(tables.TOKENS, Token(token_hash, client_id, user_id, scopes, self._now_s(), token_id))
        if user_id:
            batch.put(tables.TOKENS_OF_USER, rows.UserTokenRow(user_id, token_id, token_hash, client_id))

    async def _tokens_of(self, user_id: int, before: int = ID_MAX) -> list[rows.UserTokenRow]:
        """The newest of those that were made before another one."""
        return await self._kit.store.scan(
            tables.TOKENS_OF_USER,
            (user_id,),
            below=(before,),
            reverse=True,
            limit=limits.SESSIONS_OF_USER_MAX,
        )

    async def _all_tokens_of(self, user_id: int) -> AsyncIterator[list[rows.UserTokenRow]]:
        """However many there are: what ends all sessions must not leave the oldest ones."""
        before = ID_MAX
        while found := await self._tokens_of(user_id, before):
            yield found
            before = found[-1].token_id

    async def _forget_tokens(self, token_hashes: Sequence[bytes]) -> None:
        found = await self._kit.store.get_many(tables.TOKENS, [(each,) for each in token_hashes])
        batch = Batch()
        for token in found:
            if token is not None:
                batch.delete(tables.TOKENS, (token.token_hash,))
                if token.user_id and token.token_id:
                    batch.delete(tables.TOKENS_OF_USER, (token.user_id, token.token_id))
        if len(batch):
            await self._kit.store.write(batch)
            self._tell(token_hashes)

    def _tell(self, token_hashes: Sequence[bytes]) -> None:
        for token_hash in token_hashes:
            self._sessions.pop(self._secrets.pop(token_hash, ""), None)
        for listener in self._listeners:
            listener(token_hashes)

    def _now_s(self) -> int:
        return self._kit.clock.now_ms() // 1000


def barred_text(user: User) -> str:
    """Why an account may not be used, for its owner."""
    standing = user.standing
    what = "Your login is currently disabled"
    if standing.deleted:
        what = "This account has been deleted"
    elif standing.suspended:
        what = "Your account has been suspended"
    elif standing.pending:
        what = "Your account waits for approval by a moderator"
    return f"{what}: {standing.reason}" if standing.reason else what
