"""What can be subscribed to."""

import enum
from typing import NamedTuple


class TopicKind(enum.IntEnum):
    __hash__ = int.__hash__  # ten times as fast as that of enumerations: topics are keys
    HOME = 1
    """A user's home timeline, and what else is told to that user alone."""
    NOTIFICATIONS = 2
    """A user's notifications alone."""
    DIRECT = 3
    """A user's conversations."""
    LIST = 4
    """A list's timeline."""
    PUBLIC = 5
    """Everybody's public tweets."""
    HASHTAG = 6
    """Everybody's public tweets with a hashtag."""
    NOTHING = 7
    """Tweets of other servers: there are none."""


class Topic(NamedTuple):
    """Equal topics get the same messages, but for what a reader must not or does not want to see."""

    kind: TopicKind
    key: int = 0
    """HOME, NOTIFICATIONS and DIRECT: the user. LIST: the list. PUBLIC: 1 for tweets with media only."""
    word: str = ""
    """HASHTAG: the word in lower case, without its sign."""


PUBLIC = Topic(TopicKind.PUBLIC)
PUBLIC_MEDIA = Topic(TopicKind.PUBLIC, 1)
NOTHING = Topic(TopicKind.NOTHING)


def home_of(user_id: int) -> Topic:
    return Topic(TopicKind.HOME, user_id)


def notifications_of(user_id: int) -> Topic:
    return Topic(TopicKind.NOTIFICATIONS, user_id)


def direct_of(user_id: int) -> Topic:
    return Topic(TopicKind.DIRECT, user_id)


def list_of(list_id: int) -> Topic:
    return Topic(TopicKind.LIST, list_id)


def hashtag_of(word: str) -> Topic:
    return Topic(TopicKind.HASHTAG, word=word.lower())
