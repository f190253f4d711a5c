"""Where a browser or phone wants to be woken, and about what. Holds secrets: no part of any event."""

import enum

import msgspec

from roost.model.notification import NotificationKind


class PushPolicy(enum.IntEnum):
    """From whom notifications are pushed. Stored as its number."""

    ALL = 0
    FOLLOWED = 1
    """Those whom the receiver follows."""
    FOLLOWER = 2
    """Those who follow the receiver."""
    NOBODY = 3


class PushSubscription(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One a token. `public_key` and `secret` are the receiver's, for the encryption (RFC 8291)."""

    user_id: int
    token_hash: bytes
    subscription_id: int
    endpoint: str
    public_key: bytes
    """An uncompressed point of P-256, 65 bytes."""
    secret: bytes
    """16 bytes."""
    kinds: tuple[NotificationKind, ...] = ()
    policy: PushPolicy = PushPolicy.ALL
    standard: bool = False
    """Whether it is encrypted as RFC 8291 says, not as its draft of 2016 that older apps know."""
    sealed_token: bytes = b""
    """The access token, which apps find their account by; sealed with a key that is not in the store."""
