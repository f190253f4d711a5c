"""What moderators ask for."""

import enum
from typing import Any

import msgspec

from roost.model import ModerationAction, Report, ReportCategory, Role, User

CHANGES: dict[ModerationAction, dict[str, bool]] = {
    ModerationAction.MARK_SENSITIVE: {"sensitive": True},
    ModerationAction.UNMARK_SENSITIVE: {"sensitive": False},
    ModerationAction.SILENCE: {"silenced": True},
    ModerationAction.UNSILENCE: {"silenced": False},
    ModerationAction.DISABLE: {"disabled": True},
    ModerationAction.ENABLE: {"disabled": False},
    ModerationAction.SUSPEND: {"suspended": True},
    ModerationAction.UNSUSPEND: {"suspended": False},
    ModerationAction.APPROVE: {"pending": False},
    ModerationAction.DELETE: {"deleted": True, "suspended": True},
}
"""What each action changes of a standing; a warning changes nothing."""


class ReportForm(msgspec.Struct, frozen=True):
    target_id: int
    category: ReportCategory = ReportCategory.OTHER
    comment: str = ""
    tweet_ids: tuple[int, ...] = ()
    rules: tuple[int, ...] = ()


class ReportFilter(msgspec.Struct, frozen=True):
    """Which reports; 0 for whosever."""

    resolved: bool | None = False
    """None for both."""
    reporter_id: int = 0
    target_id: int = 0

    def matches(self, report: Report) -> bool:
        return (
            self.resolved in (None, report.resolved_by_id != 0)
            and self.reporter_id in (0, report.reporter_id)
            and self.target_id in (0, report.target_id)
        )


class ReportChange(enum.Enum):
    ASSIGN = "assign_to_self"
    UNASSIGN = "unassign"
    RESOLVE = "resolve"
    REOPEN = "reopen"

    def fields(self, moderator_id: int) -> dict[str, Any]:
        """What it changes of a report. Operators close reports under the number -1, having no account."""
        changes = {
            ReportChange.ASSIGN: {"assigned_id": moderator_id},
            ReportChange.UNASSIGN: {"assigned_id": 0},
            ReportChange.RESOLVE: {"resolved_by_id": moderator_id or -1},
            ReportChange.REOPEN: {"resolved_by_id": 0},
        }
        return changes[self]


class AccountFilter(msgspec.Struct, frozen=True):
    """Which accounts; everything that is set has to be so."""

    standing: str = ""
    """One of active, pending, disabled, silenced, suspended, sensitized; empty for any."""
    username: str = ""
    """The beginning of the username, in lower case."""
    display_name: str = ""
    """A part of the display name, in lower case."""
    email: str = ""
    """A part of the e-mail address."""
    staff: bool = False
    roles: tuple[Role, ...] = ()

    def matches(self, user: User) -> bool:
        """All but the e-mail address."""
        return (
            not user.standing.deleted
            and (not self.standing or _STANDINGS[self.standing](user))
            and user.username.lower().startswith(self.username)
            and self.display_name in user.display_name.lower()
            and (not self.staff or user.role is not Role.USER)
            and (not self.roles or user.role in self.roles)
        )


_STANDINGS: dict[str, Any] = {
    "active": lambda user: not user.is_barred,
    "pending": lambda user: user.standing.pending,
    "disabled": lambda user: user.standing.disabled,
    "silenced": lambda user: user.standing.silenced,
    "suspended": lambda user: user.standing.suspended,
    "sensitized": lambda user: user.standing.sensitive,
}
STANDINGS = tuple(_STANDINGS)
