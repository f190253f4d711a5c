"""Lists of users, and what else a user chose to read: hashtags."""

import enum

import msgspec

FOR_YOU_ID = 1
"""The list that every user has, of what may interest them most. No snowflake is so low."""


class RepliesPolicy(enum.IntEnum):
    """Whose answers to others a list shows. Stored as its number."""

    LIST = 1
    """Those that answer a member of the list."""
    FOLLOWED = 2
    """Those that answer anybody whom the list's owner follows."""
    NONE = 3


class UserList(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`list_id` is a snowflake."""

    list_id: int
    owner_id: int
    title: str
    replies: RepliesPolicy = RepliesPolicy.LIST
    exclusive: bool = False
    """Whether what its members tweet is left out of the owner's home timeline."""


class ListMember(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`user_id` is on a list. `member_id` is a snowflake: members are paged by it."""

    list_id: int
    owner_id: int
    user_id: int
    member_id: int


class ListTag(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A list shows the public tweets with a hashtag, too. `tag` is in the form that tags are found by."""

    list_id: int
    owner_id: int
    tag: str


class TagFollow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Public tweets with a hashtag enter a user's home timeline.

    `follow_id` is a snowflake: a user's tags are paged by it.
    """

    user_id: int
    tag: str
    follow_id: int
