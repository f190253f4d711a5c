"""What a user is told of, and what they want to be told."""

import enum

import msgspec


class NotificationKind(enum.IntEnum):
    """Stored as its number."""

    MENTION = 1
    """A tweet mentions or answers the receiver."""
    FOLLOW = 2
    FOLLOW_REQUEST = 3
    LIKE = 4
    RETWEET = 5
    QUOTE = 6
    POLL = 7
    """A poll that the receiver made or voted in has ended."""
    TWEET = 8
    """Somebody whose tweets the receiver wants to be told of has tweeted."""
    EDIT = 9
    """A tweet that the receiver retweeted was edited."""
    QUOTE_EDIT = 10
    """A tweet that the receiver quoted was edited."""
    REPORT = 11
    SIGN_UP = 12
    WARNING = 13


class Notification(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One event, told to one receiver; `notification_id` is the event's position on the log."""

    receiver_id: int
    notification_id: int
    kind: NotificationKind
    actor_id: int
    """Who did it."""
    made_ms: int
    tweet_id: int = 0
    """The tweet to show: the new one of a mention or quote, the liked or retweeted one; 0 for none."""
    hour: int = 0
    """Names the group it belongs to, together with kind and tweet: the hour in which that began; 0 for a
    notification that stands alone."""
    filtered: bool = False
    """Whether it waits among the requests, as the receiver's policy says."""
    subject_id: int = 0
    """REPORT and WARNING: what it is about."""


class Verdict(enum.IntEnum):
    """What a policy does with a notification. Stored as its number."""

    ACCEPT = 0
    FILTER = 1
    """It waits among the requests until its receiver decides about its sender."""
    DROP = 2


class NotificationPolicy(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a user wants done with notifications from some kinds of senders; the strictest rule counts."""

    user_id: int
    not_following: Verdict = Verdict.ACCEPT
    not_followers: Verdict = Verdict.ACCEPT
    new_accounts: Verdict = Verdict.ACCEPT
    private_mentions: Verdict = Verdict.FILTER
    limited_accounts: Verdict = Verdict.FILTER


class NotificationRequest(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Filtered notifications from one sender, waiting for the receiver's decision.

    `request_id` is the first one's id.
    """

    receiver_id: int
    request_id: int
    sender_id: int
    count: int = 0
    last_tweet_id: int = 0
    made_ms: int = 0
    updated_ms: int = 0


class NotificationErasure(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The notifications of a group, up to `up_to` (inclusive), are gone: those of one kind (about one tweet)
    that began in one hour. Kind 0 stands for all of the receiver's.
    """

    receiver_id: int
    kind: int = 0
    tweet_id: int = 0
    hour: int = 0
    up_to: int = 0


class GroupTelling(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A group that grew faster than its receiver is told of each one is told of as it is at `at_ms`."""

    receiver_id: int
    kind: NotificationKind
    tweet_id: int
    hour: int
    at_ms: int


class FanoutPlace(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Up to where the receivers of one event have been told: those that a table names up to a key."""

    stage: int
    above: int


class ConversationMark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How far a user has read a conversation of direct tweets, and up to where they removed it."""

    user_id: int
    root_id: int
    read_to_id: int = 0
    removed_to_id: int = 0
