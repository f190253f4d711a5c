"""What a user does not want to see, or wants to be warned of."""

import enum

import msgspec


class FilterAction(enum.IntEnum):
    """What apps do with a tweet that a filter matches. Stored as its number."""

    WARN = 0
    HIDE = 1
    BLUR = 2
    """Its media are covered."""


class FilterContext(enum.IntFlag):
    """Where a filter is wanted. Stored as its number."""

    HOME = 1
    NOTIFICATIONS = 2
    PUBLIC = 4
    THREAD = 8
    ACCOUNT = 16


class FilterKeyword(msgspec.Struct, frozen=True, array_like=True, gc=False):
    keyword_id: int
    keyword: str
    whole_word: bool = False
    """Whether it must not be a part of a longer word."""


class FilteredTweet(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tweet that a filter is for by itself. `entry_id` names it among its filter's."""

    entry_id: int
    tweet_id: int


class Filter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    filter_id: int
    title: str
    contexts: FilterContext
    action: FilterAction = FilterAction.WARN
    expires_ms: int = 0
    """0 for never."""
    keywords: tuple[FilterKeyword, ...] = ()
    tweets: tuple[FilteredTweet, ...] = ()


class FilterSet(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All filters of a user, oldest first."""

    user_id: int
    filters: tuple[Filter, ...] = ()
