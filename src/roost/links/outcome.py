"""What comes of a link."""

import enum

import msgspec

from roost.limits import LINK_FAILED_FOR_NOW_S, LINK_FAILED_S
from roost.media import Page


class Reason(enum.Enum):
    """Why nothing could be read."""

    REFUSED = "refused"
    """It leads where nothing may be asked for."""
    UNREACHABLE = "unreachable"
    """No such name, or nobody who answers there, or none with a certificate."""
    SLOW = "slow"
    BUSY = "busy"
    """Too much is being asked for already, of that host or altogether."""
    REDIRECTS = "redirects"
    """It leads around in a circle, or on and on."""
    STATUS = "status"
    """There is no such page, or none for us."""
    KIND = "kind"
    """It is not what was looked for."""
    SIZE = "size"
    DAMAGED = "damaged"
    """It is not what it says that it is."""


_FOR_NOW = frozenset((Reason.UNREACHABLE, Reason.SLOW, Reason.BUSY))


class Unreadable(Exception):
    """Nothing could be read; the text is for the operator."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text

    @property
    def lasts_s(self) -> int:
        """For how long it is not worth trying again."""
        return LINK_FAILED_FOR_NOW_S if self.reason in _FOR_NOW else LINK_FAILED_S


class LinkStatistics(msgspec.Struct, frozen=True):
    """Since the start."""

    pages: int
    """Links that were followed to a page, which was read."""
    pictures: int
    running: int
    """Links that are being followed, or wait for it."""
    failures: dict[str, int]
    """Links that led nowhere, by `Reason`."""


class Resolved(msgspec.Struct, frozen=True):
    """A link that leads to a page."""

    link: str
    final_url: str
    """Where the last redirect led."""
    page: Page
