"""What a line of a bulk ingest can be, and what is answered to it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from roost.ids import ID_MAX
from roost.limits import (
    DISPLAY_NAME_CHARACTERS_MAX,
    IDEMPOTENCY_KEY_CHARACTERS_MAX,
    NOTE_CHARACTERS_MAX,
    USERNAME_CHARACTERS_MAX,
)

Id = Annotated[int, Meta(gt=0, le=ID_MAX)]
NoOrId = Annotated[int, Meta(ge=0, le=ID_MAX)]


class TweetLine(msgspec.Struct, tag="tweet", tag_field="type", forbid_unknown_fields=True):
    """A tweet to post; with `retweet_of`, a retweet, which has no text. Ids of 0 do not apply."""

    author: Id
    text: str = ""
    visibility: str = "public"
    reply_to: NoOrId = 0
    retweet_of: NoOrId = 0
    quote_of: NoOrId = 0
    language: str = ""
    sensitive: bool = False
    spoiler: str = ""
    key: Annotated[str, Meta(max_length=IDEMPOTENCY_KEY_CHARACTERS_MAX)] = ""
    """A second line of the author with the same key within an hour answers the first one's tweet."""


class UserLine(msgspec.Struct, tag="user", tag_field="type", forbid_unknown_fields=True):
    """An account to make. It has no password, and cannot sign in."""

    username: Annotated[
        str, Meta(min_length=1, max_length=USERNAME_CHARACTERS_MAX, pattern="^[A-Za-z0-9_]+$")
    ]
    id: NoOrId = 0
    """0 lets the server choose."""
    display_name: Annotated[str, Meta(max_length=DISPLAY_NAME_CHARACTERS_MAX)] = ""
    note: Annotated[str, Meta(max_length=NOTE_CHARACTERS_MAX)] = ""
    protected: bool = False
    bot: bool = False


class FollowLine(msgspec.Struct, tag="follow", tag_field="type", forbid_unknown_fields=True):
    """Follows to make, from one account to some. Those that stand already are passed over."""

    follower: Id
    followees: Annotated[list[Id], Meta(min_length=1, max_length=10_000)]


class LikeLine(msgspec.Struct, tag="like", tag_field="type", forbid_unknown_fields=True):
    """A like; one that stands already is passed over."""

    user: Id
    tweet: Id


Line = TweetLine | UserLine | FollowLine | LikeLine


class LineResult(msgspec.Struct, omit_defaults=True):
    """What became of a line: the id of what was made, how many edges were added, or what was wrong."""

    ok: bool
    id: str = ""
    added: int = 0
    error: str = ""
