"""A user's profile as its owner last saved it."""

import msgspec

from roost.model.visibility import Visibility


class ProfileField(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row of the table that a profile shows."""

    name: str
    value: str


class User(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Encoded by position: a new field goes at the end and has a default."""

    user_id: int
    username: str
    """As its owner writes it; unique without regard to case."""
    created_ms: int
    display_name: str = ""
    note: str = ""
    protected: bool = False
    """Follows need approval, and every tweet is seen by followers only, whatever its own visibility."""
    bot: bool = False
    discoverable: bool = True
    fields: tuple[ProfileField, ...] = ()
    default_visibility: Visibility = Visibility.PUBLIC
    default_sensitive: bool = False
    default_language: str = ""
    avatar: str = ""
    """The blob with the user's picture; empty for none. So with `header`, the picture above the profile."""
    header: str = ""
    avatar_description: str = ""
    header_description: str = ""


class UserCounts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How many tweets a user has, and how many users on either side of its follows."""

    tweets: int = 0
    followers: int = 0
    following: int = 0
    last_tweet_ms: int = 0
