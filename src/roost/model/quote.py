"""Who may quote a tweet."""

import enum


class QuotePolicy(enum.IntEnum):
    """Of those who may see a tweet that is not for followers only; its author may quote it in any case.
    Stored as its number."""

    PUBLIC = 0
    FOLLOWERS = 1
    NOBODY = 2
