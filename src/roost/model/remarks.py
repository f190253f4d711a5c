"""What users say about other users, and what they show on their own profiles."""

import msgspec


class UserNote(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What `user_id` noted about `other_id`, for nobody else to see; empty for nothing."""

    user_id: int
    other_id: int
    text: str = ""


class Endorsement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`user_id` recommends `other_id` on their profile, for as long as that follow lasts."""

    user_id: int
    other_id: int
    endorsement_id: int
    """A snowflake: endorsements are listed by it."""
    follow_id: int
    """The edge of the follow that the endorsement stands on."""


class FeaturedTag(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`user_id` shows a hashtag on their profile."""

    user_id: int
    tag: str
    """As `fold_tag` has it."""
    feature_id: int
    """A snowflake: featured hashtags are listed by it."""
    name: str
    """As the user wrote it, without its sign."""


class SuggestionDismissal(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`other_id` is not to be suggested to `user_id` any more."""

    user_id: int
    other_id: int
