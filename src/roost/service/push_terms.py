"""Web Push, as a caller asks for it."""

from collections.abc import Callable

import msgspec

from roost.model import NotificationKind, PushPolicy
from roost.service.notices import NotificationView

Compose = Callable[[NotificationView, str], bytes]
"""Makes the text of a message, of a notification and the access token that it is pushed for."""


class PushTarget(msgspec.Struct, frozen=True):
    """Where to push to, and the receiver's keys."""

    endpoint: str
    public_key: bytes
    secret: bytes
    standard: bool = False


class PushTerms(msgspec.Struct, frozen=True):
    """What to push, and from whom; None leaves that as it is."""

    kinds: tuple[NotificationKind, ...] | None = None
    policy: PushPolicy | None = None
