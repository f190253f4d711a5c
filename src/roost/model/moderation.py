"""Reports by users, and what moderators do about accounts."""

import enum

import msgspec


class ReportCategory(enum.IntEnum):
    """Stored as its number."""

    OTHER = 0
    SPAM = 1
    LEGAL = 2
    RULES = 3


class Report(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a user told the moderators of another, as it stands now. Its id is a snowflake."""

    report_id: int
    reporter_id: int
    target_id: int
    category: ReportCategory = ReportCategory.OTHER
    comment: str = ""
    tweet_ids: tuple[int, ...] = ()
    rules: tuple[int, ...] = ()
    """The numbers of the server's rules that were broken, from 1."""
    assigned_id: int = 0
    """The moderator who took it on; 0 for none."""
    resolved_by_id: int = 0
    """The moderator who closed it; 0 while it is open."""
    changed_ms: int = 0


class ModerationAction(enum.IntEnum):
    """What was done to an account. Stored as its number."""

    WARN = 0
    MARK_SENSITIVE = 1
    SILENCE = 2
    DISABLE = 3
    SUSPEND = 4
    UNMARK_SENSITIVE = 5
    UNSILENCE = 6
    ENABLE = 7
    UNSUSPEND = 8
    DELETE = 9
    APPROVE = 10


class Strike(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One act of moderation. Its id is a snowflake."""

    strike_id: int
    user_id: int
    moderator_id: int
    """0 for an operator at the command line, and for users who delete their own account."""
    action: ModerationAction
    reason: str = ""
    """What the account's owner is told."""
    report_id: int = 0
    tweet_ids: tuple[int, ...] = ()
