"""Rows of the tables that index facts. A row that is a fact itself is its model's record."""

import enum

import msgspec

from roost.model import (
    Card,
    Edge,
    FanoutPlace,
    NotificationKind,
    PollEnded,
    Role,
    Tally,
    Tweet,
    TweetEdited,
    TweetPosted,
    Visibility,
)


class Side(enum.IntEnum):
    """An edge as one of its two users sees it; kept for both. Stored as its number."""

    FOLLOWS = 1
    REQUESTS = 2
    BLOCKS = 3
    MUTES = 4
    FOLLOWED_BY = 17
    REQUESTED_BY = 18
    BLOCKED_BY = 19
    MUTED_BY = 20


class Mark(enum.IntEnum):
    """What a user did to a tweet. Stored as its number."""

    LIKED = 1
    RETWEETED = 2
    BOOKMARKED = 3
    PINNED = 4
    """To the top of their own profile."""
    MUTED = 5
    """Of the tweet that a conversation began with: they do not want to be told of what is said in it."""


class UsernameRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    username_key: str
    """The username in lower case."""
    user_id: int


class EmailRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    email_key: str
    user_id: int


class EdgeRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    owner_id: int
    other_id: int
    side: Side
    edge: Edge


class EdgeListRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    owner_id: int
    side: Side
    edge_id: int
    other_id: int


class AuthorTweetRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """As much of a tweet as decides whose timeline it belongs to."""

    author_id: int
    tweet_id: int
    visibility: Visibility
    reply_to_id: int = 0
    reply_to_author_id: int = 0
    retweet_of_id: int = 0
    retweet_of_author_id: int = 0
    has_media: bool = False


class HourRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An hour in which a tweet was made; `year` only groups them."""

    year: int
    hour: int


class ReplyRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    parent_id: int
    tweet_id: int
    author_id: int


class RetweetRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    original_id: int
    tweet_id: int
    author_id: int
    visibility: Visibility


class MarkRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`mark_id` is the id of the like, bookmark, pin or mute, or the retweet's tweet id."""

    user_id: int
    tweet_id: int
    mark: Mark
    mark_id: int


class VersionRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tweet as it was when it had been edited `number` times."""

    tweet_id: int
    number: int
    tweet: Tweet


class QuoteRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    quoted_id: int
    tweet_id: int
    author_id: int
    visibility: Visibility


class CountsRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    tweet_id: int
    likes: int
    retweets: int
    replies: int
    quotes: int


class IdempotencyRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    hour: int
    user_id: int
    key: str
    tweet_id: int


class TaggedRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tweet that has a hashtag, of whatever visibility: readers have to look at that."""

    tag: str
    """As `fold_tag` has it."""
    tweet_id: int
    author_id: int
    visibility: Visibility


class TagRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A hashtag that a public tweet has had; `initial` only groups them."""

    initial: str
    tag: str


class AuthorTagRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An author's tweet that has a hashtag."""

    author_id: int
    tag: str
    tweet_id: int
    visibility: Visibility


class Used(enum.IntEnum):
    """What was used. Stored as its number."""

    TAG = 1
    LINK = 2
    TWEET = 3
    """Of earlier versions; nothing reads it any more."""


class UsageRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How often something was used on a day, and by whom."""

    day: int
    """Since the Unix epoch, in UTC."""
    used: Used
    key: str
    """A hashtag, a link, or a tweet's id."""
    count: int
    users: bytes
    """A packed `Distinct`."""


class LinkedRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tweet that has a link, of whatever visibility."""

    link: str
    """As `fold_link` has it."""
    tweet_id: int
    author_id: int
    visibility: Visibility


class SettingRow(msgspec.Struct, frozen=True, array_like=True):
    name: str
    value: bytes


class MediaHolderRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """That something holds a file: a tweet, a scheduled tweet or a draft."""

    media_id: int
    holder_id: int
    kind: "Holder"


class Holder(enum.IntEnum):
    """Stored as its number."""

    TWEET = 1
    SCHEDULED = 2
    DRAFT = 3


class IdleMediaRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file that perhaps nothing holds."""

    shelf: int
    """0: all are in one place."""
    media_id: int
    owner_id: int
    since_ms: int
    """0: nobody has looked yet since it was let go."""


class CardRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What was read at a link, in the form that links are found by."""

    link: str
    read_ms: int
    card: Card | None = None
    """None where the page has nothing to show."""
    image_url: str = ""
    """Where its picture was fetched."""


class CardImageRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tweet whose card shows a picture."""

    image: str
    tweet_id: int


class IdleCardImageRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A picture of cards that perhaps no tweet shows."""

    shelf: int
    """0: all are in one place."""
    image: str
    since_ms: int
    """0: nobody has looked yet since it was let go."""


class BlobToRemoveRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A blob that goes after a time, unless a fact takes it before."""

    name: str
    after_ms: int


class PollEndingRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    shelf: int
    ends_ms: int
    tweet_id: int
    author_id: int
    edition: int


class TallyRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    tweet_id: int
    edition: int
    tally: Tally


class ScheduledTimeRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    shelf: int
    at_ms: int
    scheduled_id: int
    author_id: int


class UserTokenRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A token among those that act for a user. `token_id` is a snowflake: its time is the token's."""

    user_id: int
    token_id: int
    token_hash: bytes
    client_id: str
    used_ms: int = 0
    """When it was last used, give or take an hour; 0 for never."""


class StaffRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A user whose role is above that of a user."""

    user_id: int
    role: Role


class PurgeRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A deleted account whose tweets and edges are still being deleted."""

    user_id: int


class About(enum.IntEnum):
    """What an entry of the notification index is found by. Stored as its number."""

    TWEET = 1
    """By a tweet, and by the like, retweet or tweet that caused it."""
    EDGE = 2
    """By an edge's id."""
    SENDER = 3
    """Filtered ones: by receiver, and by sender."""
    REPORT = 4
    """By a report's id, or a strike's."""
    USER = 5


class NotificationIndexRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Finds a notification by what caused it, so that it goes when that goes."""

    about: About
    subject_id: int
    source_id: int
    receiver_id: int
    notification_id: int


class NotificationGroupRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of a group as a whole; `hour` is when it began."""

    receiver_id: int
    kind: NotificationKind
    tweet_id: int
    hour: int
    count: int
    """How many notifications it has."""
    joined: int = 0
    """How many it ever had."""
    newest_id: int = 0
    told_ms: int = 0
    """When its receiver was last told at once that it grew."""


class NotificationMemberRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    receiver_id: int
    kind: NotificationKind
    tweet_id: int
    hour: int
    notification_id: int
    actor_id: int


class PackedNotification(msgspec.Struct, frozen=True, array_like=True, gc=False):
    notification_id: int
    kind: NotificationKind
    actor_id: int
    source_id: int
    """The like, retweet or edge; when it was made is in its id."""
    tweet_id: int
    hour: int
    is_told: bool
    """Whether streams tell of it by itself."""


class NotificationPackRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Notifications of one receiver, of groups that have many: in the order of their ids, which begin at
    `first_id` or above and end below the next pack's."""

    receiver_id: int
    first_id: int
    members: tuple[PackedNotification, ...]


class NotificationSpanRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a pack has of one group, and between which sources' ids these lie (inclusive)."""

    receiver_id: int
    kind: NotificationKind
    tweet_id: int
    hour: int
    first_id: int
    count: int
    low_source_id: int
    high_source_id: int


class NotificationOrderRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A receiver's groups by their newest notifications."""

    receiver_id: int
    newest_id: int
    kind: NotificationKind
    tweet_id: int
    hour: int


class QuietGroupRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A group that has grown since its receiver was told."""

    receiver_id: int
    kind: NotificationKind
    tweet_id: int
    hour: int


class NotificationFanoutRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event whose receivers are not all told yet; `position` is the event's on the log."""

    position: int
    origin: TweetPosted | PollEnded | TweetEdited
    after: FanoutPlace | None
    """None for one that is done, which has no row."""


class NotificationSenderRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A sender whose notifications wait for the receiver's decision."""

    receiver_id: int
    sender_id: int
    request_id: int


class AcceptedSenderRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A sender whose notifications the receiver's policy lets pass."""

    receiver_id: int
    sender_id: int


class ConversationRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A thread of direct tweets as one of its people has it; `root_id` names it."""

    user_id: int
    root_id: int
    last_id: int
    last_author_id: int
    people: tuple[int, ...] = ()
    """The others who wrote or were addressed."""


class ConversationOrderRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    user_id: int
    last_id: int
    root_id: int


class DirectTweetRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A direct tweet, and whom it concerns."""

    root_id: int
    tweet_id: int
    author_id: int
    people: tuple[int, ...] = ()


class TweetAlertRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`follower_id` wants to be told of each of the author's tweets."""

    author_id: int
    edge_id: int
    follower_id: int


class UserIdRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A user among all, in the order of their ids."""

    user_id: int


class DeadLetterRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event that a processor could not apply and was brought past."""

    processor: str
    position: int
    kind: str
    """The event's type."""
    error: str
    """Of the last attempt."""
    attempts: int
    failed_ms: int
    record: bytes
    """The event as the log writes it, without what somebody said."""


class SwitchRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A processor whose rows are being replaced by those of a rebuild: where this is found at a start, they
    are some old and some new, and it is rebuilt again."""

    processor: str
