"""A user's like of a tweet."""

import msgspec


class Like(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`like_id` is a snowflake: its time is the like's, and lists of likes are paged by it."""

    user_id: int
    tweet_id: int
    author_id: int
    like_id: int


class Click(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Somebody opened a tweet, or a link in it."""

    user_id: int
    tweet_id: int
    at_ms: int
