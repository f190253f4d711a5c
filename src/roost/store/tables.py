"""Every table. Numbers and key columns are for good; columns are added at a row's end only.

| question                                           | table              |
|----------------------------------------------------|--------------------|
| who is user N, who is called so                    | users, usernames   |
| what stands between A and B                        | edges (one partition scan finds every side) |
| whom does A follow, newest first                   | edge_lists         |
| what is tweet N; what was said, newest first       | tweets, tweet_hours |
| what did A say, newest first                       | tweets_by_author   |
| what answers N; who retweeted N; who liked N       | replies, retweets, likes |
| what is file N, and what holds it; what holds none | uploads, media_holders, idle_media |
| what was read at link L                             | cards              |
| which tweets show a card's picture; which are shown by none | card_images, idle_card_images |
| which blobs are to go                              | blobs_to_remove    |
| who voted in N's poll, for what; how many          | votes, tallies     |
| which polls end next; what is to be posted next    | poll_endings, scheduled_times |
| what has A scheduled; what drafts has A            | scheduled, drafts  |
| what has hashtag T, newest first; which begin with T | tagged, tags |
| with which hashtags did A say what, newest first    | author_tags        |
| what did A note about B; whom does A recommend     | user_notes, endorsements |
| which hashtags does A show; whom not to suggest to A | featured_tags, dismissed_suggestions |
| how often, and by whom, was T used on day D        | usage              |
| by what are trends judged; what is kept from trending | trend_terms, trend_bars |
| what links to U, newest first                      | linked             |
| what did A do to N; what did A like, newest first  | marks, likes_of_user |
| what did A bookmark; pin; newest first             | bookmarks, pins    |
| what did N say before it was edited                | tweet_versions     |
| what quotes N                                      | quotes             |
| which filters has A                                | filters            |
| how far has A read                                 | markers            |
| which lists has A; who is on L                     | lists, list_members |
| which lists has B on them, A's and anybody's       | lists_of_member    |
| which hashtags has L; which lists have tag T       | list_tags, lists_of_tag |
| which hashtags does A follow; who follows tag T    | followed_tags, tag_followers |
| what was reported; what was done to A              | reports, strikes   |
| who is there, by id; who are the staff             | user_ids, staff    |
| whose data is yet to go                            | purges             |
| what is announced                                  | announcements      |
| who reacted to it; who dismissed it                | announcement_reactions, announcement_dismissals |
| which emojis are there                             | emojis             |
| which tokens act for A                             | tokens_of_user     |
| what was a user told; what of it is about N         | notifications, notification_index |
| what could a processor not apply; whose rows are half old | dead_letters, switches |
"""

from typing import Any

from roost.ids import TIME_SHIFT, first_id_at
from roost.model import (
    Announcement,
    AnnouncementDismissal,
    AnnouncementReaction,
    App,
    AuthorizationCode,
    Bookmark,
    ConversationMark,
    Credentials,
    CustomEmoji,
    Endorsement,
    FeaturedTag,
    FilterSet,
    Like,
    ListMember,
    ListTag,
    Marker,
    Notification,
    NotificationErasure,
    NotificationPolicy,
    NotificationRequest,
    Pin,
    PushSubscription,
    Report,
    SavedDraft,
    ScheduledTweet,
    Strike,
    SuggestionDismissal,
    TagFollow,
    Token,
    TrendBar,
    TrendSetting,
    Tweet,
    Upload,
    User,
    UserList,
    UserNote,
    Vote,
)
from roost.store import rows
from roost.store.keys import KeyKind
from roost.store.table import Column, Table

_MS_PER_HOUR = 3_600_000
_HOURS_PER_YEAR = 8_766


def hour_of(snowflake: int) -> int:
    """The number of the hour, since the snowflake epoch, in which an id was made."""
    return (snowflake >> TIME_SHIFT) // _MS_PER_HOUR


def hour_at(unix_ms: int) -> int:
    """The number of the hour that a time falls in."""
    return hour_of(first_id_at(unix_ms))


def year_of(hour: int) -> int:
    """The partition of `tweet_hours` that holds an hour; a year is 365.25 days."""
    return hour // _HOURS_PER_YEAR


def _tweet_hour(tweet: Tweet) -> int:
    return hour_of(tweet.tweet_id)


def _together(row: Any) -> int:
    """The partition of tables that are so small that one holds all their rows."""
    del row
    return 0


_HASH = KeyKind.BYTES

USERS = Table(1, "users", User, [Column("user_id")])
USERNAMES = Table(2, "usernames", rows.UsernameRow, [Column("username_key", KeyKind.TEXT)])
CREDENTIALS = Table(3, "credentials", Credentials, [Column("user_id")])
EMAILS = Table(4, "emails", rows.EmailRow, [Column("email_key", KeyKind.TEXT)])
APPS = Table(5, "apps", App, [Column("client_id", KeyKind.TEXT)])
TOKENS = Table(6, "tokens", Token, [Column("token_hash", _HASH)])
CODES = Table(7, "codes", AuthorizationCode, [Column("code_hash", _HASH)])
EDGES = Table(8, "edges", rows.EdgeRow, [Column("owner_id")], [Column("other_id"), Column("side")])
EDGE_LISTS = Table(
    9, "edge_lists", rows.EdgeListRow, [Column("owner_id"), Column("side")], [Column("edge_id")]
)
TWEETS = Table(10, "tweets", Tweet, [Column("hour", of=_tweet_hour)], [Column("tweet_id")])
TWEET_HOURS = Table(11, "tweet_hours", rows.HourRow, [Column("year")], [Column("hour")])
TWEETS_BY_AUTHOR = Table(
    12, "tweets_by_author", rows.AuthorTweetRow, [Column("author_id")], [Column("tweet_id")]
)
REPLIES = Table(13, "replies", rows.ReplyRow, [Column("parent_id")], [Column("tweet_id")])
RETWEETS = Table(14, "retweets", rows.RetweetRow, [Column("original_id")], [Column("tweet_id")])
MARKS = Table(15, "marks", rows.MarkRow, [Column("user_id")], [Column("tweet_id"), Column("mark")])
LIKES = Table(16, "likes", Like, [Column("tweet_id")], [Column("like_id")])
LIKES_OF_USER = Table(17, "likes_of_user", Like, [Column("user_id")], [Column("like_id")])
TWEET_COUNTS = Table(18, "tweet_counts", rows.CountsRow, [Column("tweet_id")])
IDEMPOTENCY = Table(
    19,
    "idempotency",
    rows.IdempotencyRow,
    [Column("hour")],
    [Column("user_id"), Column("key", KeyKind.TEXT)],
)
SETTINGS = Table(20, "settings", rows.SettingRow, [Column("name", KeyKind.TEXT)])
BOOKMARKS = Table(21, "bookmarks", Bookmark, [Column("user_id")], [Column("bookmark_id")])
PINS = Table(22, "pins", Pin, [Column("user_id")], [Column("pin_id")])
TWEET_VERSIONS = Table(23, "tweet_versions", rows.VersionRow, [Column("tweet_id")], [Column("number")])
QUOTES = Table(24, "quotes", rows.QuoteRow, [Column("quoted_id")], [Column("tweet_id")])
FILTERS = Table(25, "filters", FilterSet, [Column("user_id")])
UPLOADS = Table(31, "uploads", Upload, [Column("media_id")])
MEDIA_HOLDERS = Table(32, "media_holders", rows.MediaHolderRow, [Column("media_id")], [Column("holder_id")])
IDLE_MEDIA = Table(33, "idle_media", rows.IdleMediaRow, [Column("shelf")], [Column("media_id")])
BLOBS_TO_REMOVE = Table(34, "blobs_to_remove", rows.BlobToRemoveRow, [Column("name", KeyKind.TEXT)])
VOTES = Table(35, "votes", Vote, [Column("tweet_id")], [Column("edition"), Column("user_id")])
TALLIES = Table(36, "tallies", rows.TallyRow, [Column("tweet_id")], [Column("edition")])
POLL_ENDINGS = Table(
    37, "poll_endings", rows.PollEndingRow, [Column("shelf")], [Column("ends_ms"), Column("tweet_id")]
)
SCHEDULED = Table(38, "scheduled", ScheduledTweet, [Column("author_id")], [Column("scheduled_id")])
SCHEDULED_TIMES = Table(
    39,
    "scheduled_times",
    rows.ScheduledTimeRow,
    [Column("shelf")],
    [Column("at_ms"), Column("scheduled_id")],
)
DRAFTS = Table(40, "drafts", SavedDraft, [Column("author_id")], [Column("draft_id")])
TAGGED = Table(61, "tagged", rows.TaggedRow, [Column("tag", KeyKind.TEXT)], [Column("tweet_id")])
TAGS = Table(62, "tags", rows.TagRow, [Column("initial", KeyKind.TEXT)], [Column("tag", KeyKind.TEXT)])
LINKED = Table(63, "linked", rows.LinkedRow, [Column("link", KeyKind.TEXT)], [Column("tweet_id")])

# Lists, followed hashtags, markers: 51 to 60
MARKERS = Table(51, "markers", Marker, [Column("user_id")], [Column("timeline")])
LISTS = Table(52, "lists", UserList, [Column("owner_id")], [Column("list_id")])
LIST_MEMBERS = Table(53, "list_members", ListMember, [Column("list_id")], [Column("member_id")])
LISTS_OF_MEMBER = Table(
    54, "lists_of_member", ListMember, [Column("user_id")], [Column("owner_id"), Column("list_id")]
)
LIST_TAGS = Table(55, "list_tags", ListTag, [Column("list_id")], [Column("tag", KeyKind.TEXT)])
LISTS_OF_TAG = Table(
    56, "lists_of_tag", ListTag, [Column("tag", KeyKind.TEXT)], [Column("owner_id"), Column("list_id")]
)
FOLLOWED_TAGS = Table(57, "followed_tags", TagFollow, [Column("user_id")], [Column("follow_id")])
TAG_FOLLOWERS = Table(58, "tag_followers", TagFollow, [Column("tag", KeyKind.TEXT)], [Column("user_id")])
_WHOLE = [Column("whole", of=_together)]
REPORTS = Table(71, "reports", Report, _WHOLE, [Column("report_id")])
STRIKES = Table(72, "strikes", Strike, [Column("user_id")], [Column("strike_id")])
ANNOUNCEMENTS = Table(73, "announcements", Announcement, _WHOLE, [Column("announcement_id")])
ANNOUNCEMENT_REACTIONS = Table(
    74,
    "announcement_reactions",
    AnnouncementReaction,
    [Column("announcement_id")],
    [Column("name", KeyKind.TEXT), Column("user_id")],
)
ANNOUNCEMENT_DISMISSALS = Table(
    75, "announcement_dismissals", AnnouncementDismissal, [Column("user_id")], [Column("announcement_id")]
)
EMOJIS = Table(76, "emojis", CustomEmoji, _WHOLE, [Column("shortcode", KeyKind.TEXT)])
TOKENS_OF_USER = Table(77, "tokens_of_user", rows.UserTokenRow, [Column("user_id")], [Column("token_id")])
STAFF = Table(78, "staff", rows.StaffRow, _WHOLE, [Column("user_id")])
USER_IDS = Table(80, "user_ids", rows.UserIdRow, _WHOLE, [Column("user_id")])
PURGES = Table(79, "purges", rows.PurgeRow, _WHOLE, [Column("user_id")])
NOTIFICATIONS = Table(41, "notifications", Notification, [Column("receiver_id")], [Column("notification_id")])
NOTIFICATION_INDEX = Table(
    42,
    "notification_index",
    rows.NotificationIndexRow,
    [Column("about"), Column("subject_id")],
    [Column("source_id"), Column("receiver_id"), Column("notification_id")],
)
NOTIFICATION_GROUPS = Table(
    43,
    "notification_groups",
    rows.NotificationGroupRow,
    [Column("receiver_id")],
    [Column("kind"), Column("tweet_id"), Column("hour")],
)
NOTIFICATION_MEMBERS = Table(
    44,
    "notification_members",
    rows.NotificationMemberRow,
    [Column("receiver_id")],
    [Column("kind"), Column("tweet_id"), Column("hour"), Column("notification_id")],
)
_GROUP = [Column("kind"), Column("tweet_id"), Column("hour")]
NOTIFICATION_PACKS = Table(
    135, "notification_packs", rows.NotificationPackRow, [Column("receiver_id")], [Column("first_id")]
)
NOTIFICATION_SPANS = Table(
    136,
    "notification_spans",
    rows.NotificationSpanRow,
    [Column("receiver_id")],
    [*_GROUP, Column("first_id")],
)
NOTIFICATION_ORDER = Table(
    137, "notification_order", rows.NotificationOrderRow, [Column("receiver_id")], [Column("newest_id")]
)
QUIET_GROUPS = Table(138, "quiet_groups", rows.QuietGroupRow, _WHOLE, [Column("receiver_id"), *_GROUP])
NOTIFICATION_FANOUTS = Table(
    139, "notification_fanouts", rows.NotificationFanoutRow, _WHOLE, [Column("position")]
)
NOTIFICATION_POLICIES = Table(45, "notification_policies", NotificationPolicy, [Column("user_id")])
NOTIFICATION_REQUESTS = Table(
    46, "notification_requests", NotificationRequest, [Column("receiver_id")], [Column("request_id")]
)
NOTIFICATION_SENDERS = Table(
    47,
    "notification_senders",
    rows.NotificationSenderRow,
    [Column("receiver_id")],
    [Column("sender_id")],
)
PUSH_SUBSCRIPTIONS = Table(
    48, "push_subscriptions", PushSubscription, [Column("user_id")], [Column("token_hash", _HASH)]
)
NOTIFICATION_ERASURES = Table(
    49,
    "notification_erasures",
    NotificationErasure,
    [Column("receiver_id")],
    [Column("kind"), Column("tweet_id"), Column("hour")],
)
CONVERSATIONS = Table(50, "conversations", rows.ConversationRow, [Column("user_id")], [Column("root_id")])
CONVERSATION_ORDER = Table(
    101, "conversation_order", rows.ConversationOrderRow, [Column("user_id")], [Column("last_id")]
)
DIRECT_TWEETS = Table(102, "direct_tweets", rows.DirectTweetRow, [Column("root_id")], [Column("tweet_id")])
CONVERSATION_MARKS = Table(
    103, "conversation_marks", ConversationMark, [Column("user_id")], [Column("root_id")]
)
ACCEPTED_SENDERS = Table(
    105, "accepted_senders", rows.AcceptedSenderRow, [Column("receiver_id")], [Column("sender_id")]
)
TWEET_ALERTS = Table(104, "tweet_alerts", rows.TweetAlertRow, [Column("author_id")], [Column("edge_id")])
AUTHOR_TAGS = Table(
    64,
    "author_tags",
    rows.AuthorTagRow,
    [Column("author_id")],
    [Column("tag", KeyKind.TEXT), Column("tweet_id")],
)
USER_NOTES = Table(65, "user_notes", UserNote, [Column("user_id")], [Column("other_id")])
ENDORSEMENTS = Table(66, "endorsements", Endorsement, [Column("user_id")], [Column("other_id")])
FEATURED_TAGS = Table(67, "featured_tags", FeaturedTag, [Column("user_id")], [Column("tag", KeyKind.TEXT)])
DISMISSED_SUGGESTIONS = Table(
    68, "dismissed_suggestions", SuggestionDismissal, [Column("user_id")], [Column("other_id")]
)
RETIRED_NUMBERS = (69,)
"""Of tables that there are no more; rows of an old data folder may still stand under them."""
USAGE = Table(70, "usage", rows.UsageRow, [Column("day")], [Column("used"), Column("key", KeyKind.TEXT)])
DEAD_LETTERS = Table(
    120,
    "dead_letters",
    rows.DeadLetterRow,
    [Column("processor", KeyKind.TEXT)],
    [Column("position")],
)
SWITCHES = Table(121, "switches", rows.SwitchRow, _WHOLE, [Column("processor", KeyKind.TEXT)])

CARDS = Table(115, "cards", rows.CardRow, [Column("link", KeyKind.TEXT)])
CARD_IMAGES = Table(
    116, "card_images", rows.CardImageRow, [Column("image", KeyKind.TEXT)], [Column("tweet_id")]
)
IDLE_CARD_IMAGES = Table(
    117,
    "idle_card_images",
    rows.IdleCardImageRow,
    [Column("shelf")],
    [Column("image", KeyKind.TEXT)],
)
TREND_TERMS = Table(130, "trend_terms", TrendSetting, _WHOLE)
TREND_BARS = Table(131, "trend_bars", TrendBar, _WHOLE, [Column("kind"), Column("key", KeyKind.TEXT)])

TABLES: dict[str, Table[Any]] = {
    table.name: table for table in tuple(globals().values()) if isinstance(table, Table)
}

assert len({table.number for table in TABLES.values()}) == len(TABLES)
