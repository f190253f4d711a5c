"""What the people of the town do, as requests to Mastodon's API, each with a token of their own.

A token is a keyed hash of its owner's name, so that a town finds its tokens again after a restart and makes
those only that it needs.
"""

import hashlib
import hmac
from typing import Any
from urllib.parse import quote

import msgspec

from roost.errors import Unauthenticated
from roost.load.calls import Answer, Calls

SCOPES = "read write follow"


class Residents:
    """Asks a server as somebody; `secret` is the town's own."""

    def __init__(self, calls: Calls, secret: str) -> None:
        self.calls = calls
        self._secret = secret.encode()

    def token_of(self, username: str) -> str:
        return hmac.new(self._secret, username.encode(), hashlib.sha256).hexdigest()

    async def make_token(self, username: str) -> str:
        """Let the server know somebody's token. Raises what `Calls.ask` raises."""
        token = self.token_of(username)
        form = {"username": username, "scopes": SCOPES, "token": token}
        await self.calls.ask("POST", "/roost/v1/tokens", msgspec.json.encode(form))
        return token

    async def ask(
        self, username: str, method: str, path: str, form: dict[str, Any] | None = None, key: str = ""
    ) -> Answer:
        """Ask as somebody; where the server does not know their token yet, it is made. `key` makes it safe
        to post twice."""
        body = msgspec.json.encode(form) if form is not None else None
        headers = {"Idempotency-Key": key} if key else {}
        token = self.token_of(username)
        try:
            return await self.calls.ask(method, path, body, token=token, headers=headers)
        except Unauthenticated:
            await self.make_token(username)
            return await self.calls.ask(method, path, body, token=token, headers=headers)


async def look_up(calls: Calls, username: str) -> int:
    """The id of a user. Raises NotFound."""
    answer = await calls.ask("GET", f"/api/v1/accounts/lookup?acct={quote(username)}")
    return int(msgspec.json.decode(answer.body)["id"])
