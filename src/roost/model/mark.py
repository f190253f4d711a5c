"""What users do with tweets for themselves alone. Each has a snowflake: when it was done."""

import msgspec


class Bookmark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    user_id: int
    tweet_id: int
    bookmark_id: int


class Pin(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tweet that stands at the top of its author's profile."""

    user_id: int
    tweet_id: int
    pin_id: int


class ConversationMute(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A user does not want to be told of what is said in a conversation: all that began with a tweet."""

    user_id: int
    conversation_id: int
    mute_id: int
