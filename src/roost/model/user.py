"""A user's profile as its owner last saved it, and how the account stands."""

import enum

import msgspec

from roost.model.quote import QuotePolicy
from roost.model.visibility import Visibility


class ProfileField(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row of the table that a profile shows."""

    name: str
    value: str


class Role(enum.IntEnum):
    """What an account may do for the server; each may all that the ones before may. Stored as its number."""

    USER = 0
    MODERATOR = 1
    ADMIN = 2
    OWNER = 3


class Standing(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What moderators decided of an account; all False for nearly everybody."""

    sensitive: bool = False
    """Its media are always shown as sensitive."""
    silenced: bool = False
    """Only its followers come upon it: it is on no public timeline, and in no search or trend."""
    disabled: bool = False
    """Its owner cannot sign in; what it said stays."""
    suspended: bool = False
    """It is shown to nobody, nor anything it said, and its owner cannot sign in. May be taken back."""
    deleted: bool = False
    """It is gone for good; its name is not given again."""
    pending: bool = False
    """It waits for a moderator to approve it, and its owner cannot sign in until then."""
    reason: str = ""
    """What its owner is told of the last decision."""
    changed_ms: int = 0


GOOD_STANDING = Standing()


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
    role: Role = Role.USER
    standing: Standing = GOOD_STANDING
    default_quote_policy: QuotePolicy = QuotePolicy.PUBLIC
    approves_follows: bool = False
    """Follows need approval, as with a protected account, but tweets are as they were posted."""
    hides_follows: bool = False
    """Nobody else sees whom it follows, nor who follows it."""
    shows_media: bool = True
    """Whether its page has a tab for media; so with the next two: clients heed them."""
    shows_media_of_replies: bool = True
    shows_featured: bool = True
    attribution_domains: tuple[str, ...] = ()
    """Sites that may name it as the author of their pages."""

    @property
    def is_locked(self) -> bool:
        """Whether follows need approval."""
        return self.protected or self.approves_follows

    @property
    def is_gone(self) -> bool:
        """Whether it is shown to nobody, as if it were not there."""
        return self.standing.suspended or self.standing.deleted or self.standing.pending

    @property
    def is_barred(self) -> bool:
        """Whether its owner may not sign in, and no token acts for it."""
        return self.is_gone or self.standing.disabled


class UserCounts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How many tweets a user has, and how many users on either side of its follows."""

    tweets: int = 0
    followers: int = 0
    following: int = 0
    last_tweet_ms: int = 0
