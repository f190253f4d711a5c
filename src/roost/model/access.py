"""Who may act for whom: apps, tokens, one-time codes. Secrets are kept as hashes only."""

import msgspec


class App(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A registered client program."""

    client_id: str
    secret_hash: bytes
    name: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    app_id: int
    website: str = ""


class Token(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An access token. `user_id` is 0 for a token that acts for the app alone."""

    token_hash: bytes
    client_id: str
    user_id: int
    scopes: tuple[str, ...]
    created_s: int
    token_id: int = 0
    """A snowflake, by which its owner names it; 0 for tokens older than this field."""


class AuthorizationCode(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a user granted to an app and the app has not yet fetched."""

    code_hash: bytes
    client_id: str
    user_id: int
    scopes: tuple[str, ...]
    redirect_uri: str
    expires_s: int
    challenge: str = ""
    """The S256 code challenge of PKCE (RFC 7636); empty where the client sent none."""
    token_hash: bytes = b""
    """The token that it was traded for; empty while it can be."""


class Credentials(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a user signs in."""

    user_id: int
    email: str
    password_hash: str
    """An argon2id string; empty for an account that cannot sign in by password."""
