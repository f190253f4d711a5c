"""What the service answers with: facts, together with what a viewer has to do with them."""

import enum
from collections.abc import Mapping

import msgspec

from roost.interactions import InteractionKind
from roost.media import SentFile
from roost.model import (
    Announcement,
    ComposedPoll,
    Filter,
    FilterAction,
    FilterContext,
    Media,
    Poll,
    QuotePolicy,
    RepliesPolicy,
    Role,
    SavedDraft,
    ScheduledTweet,
    Tally,
    Tweet,
    TweetCounts,
    User,
    UserCounts,
    Visibility,
)

OPERATOR = "operator"
"""The client id of tokens that an operator made without naming an app."""


class Session(msgspec.Struct, frozen=True, gc=False):
    """Who asks. `user_id` is 0 for nobody in particular, and for an app that acts for itself."""

    user_id: int = 0
    client_id: str = ""
    scopes: frozenset[str] = frozenset()
    token_hash: bytes = b""
    role: Role = Role.USER


class AppSession(msgspec.Struct, frozen=True, gc=False):
    """A token that acts for a user, as its owner is shown it."""

    session_id: int
    token_hash: bytes
    client_id: str
    app_name: str
    website: str
    scopes: tuple[str, ...]
    created_ms: int
    used_ms: int
    """When it was last used; 0 for never."""


NOBODY = Session()


class AnnouncementView(msgspec.Struct, frozen=True):
    """An announcement as one user sees it."""

    announcement: Announcement
    read: bool
    reactions: tuple[tuple[str, int, bool], ...]
    """Emoji or shortcode, how many reacted with it, and whether the user is one of them."""


class UserView(msgspec.Struct, frozen=True, gc=False):
    user: User
    counts: UserCounts


class PollView(msgspec.Struct, frozen=True, gc=False):
    """A poll as one viewer may see it. `tally` may be shorter than the options: nobody chose the rest."""

    tweet_id: int
    author_id: int
    poll: Poll
    tally: Tally
    ended: bool
    choices: tuple[int, ...]
    """What the viewer chose, in the order of choosing."""


class ScheduledView(msgspec.Struct, frozen=True):
    scheduled: ScheduledTweet
    media: tuple[Media, ...]
    """Its files as they are now; those that are gone are left out."""


class DraftView(msgspec.Struct, frozen=True):
    draft: SavedDraft
    media: tuple[Media, ...]


class QuoteState(enum.Enum):
    """What became of a quote, for one viewer. The quoted tweet is shown where it is ACCEPTED only."""

    NONE = "none"
    """The tweet quotes nothing."""
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    """The author of the quoted tweet does not want to be quoted here."""
    DELETED = "deleted"
    UNAUTHORIZED = "unauthorized"
    """The viewer may not see the quoted tweet."""
    BLOCKED = "blocked_account"
    MUTED = "muted_account"
    """The viewer blocks, or mutes, the author of the quoted tweet."""


class FilterMatch(msgspec.Struct, frozen=True, gc=False):
    """A filter of the viewer's, and what of it is in a tweet."""

    filter: Filter
    keywords: tuple[str, ...]
    tweet_ids: tuple[int, ...] = ()
    """The tweet's own id, where the filter is for it by itself."""


class TweetView(msgspec.Struct, frozen=True, gc=False):
    """A tweet as one viewer may see it."""

    tweet: Tweet
    author: UserView
    visibility: Visibility
    """The effective one: a protected account's tweets are for followers."""
    counts: TweetCounts
    liked: bool
    retweeted: bool
    retweet_of: "TweetView | None" = None
    quote_of: "TweetView | None" = None
    poll: PollView | None = None
    """Only where `quote_state` is ACCEPTED; and None in a quoted tweet, whose own quote is not shown."""
    bookmarked: bool = False
    pinned: bool = False
    """Only to its author."""
    muted: bool = False
    """Whether the viewer does not want to be told of its conversation."""
    quote_state: QuoteState = QuoteState.NONE
    may_quote: bool = False
    """Whether the viewer may quote it, where its policy is FOLLOWERS; nobody asks elsewhere."""
    filtered: tuple[FilterMatch, ...] = ()
    """Which of the viewer's filters match it; of a retweet, its original."""


class MediaChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to say of a file; None leaves it as it is."""

    description: str | None = None
    focus: tuple[float, float] | None = None


class TweetChange(msgspec.Struct, frozen=True, kw_only=True):
    """A tweet as its author wants it from now on. The whole of it: what is left out goes."""

    text: str
    spoiler: str = ""
    sensitive: bool = False
    language: str = ""
    """Empty leaves it as it is."""
    media_ids: tuple[int, ...] = ()
    media_changes: dict[int, MediaChange] = {}
    """By media id."""
    thumbnails: dict[int, SentFile] = {}
    """Previews of one's own, by media id."""
    poll: ComposedPoll | None = None
    quote_policy: QuotePolicy | None = None


class KeywordChange(msgspec.Struct, frozen=True, kw_only=True):
    """A keyword of a filter to add, or under its id to change; None leaves something as it is."""

    keyword_id: int = 0
    keyword: str | None = None
    whole_word: bool | None = None
    removed: bool = False


class FilterChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of a filter; None leaves something as it is."""

    title: str | None = None
    contexts: FilterContext | None = None
    action: FilterAction | None = None
    lasts_s: int | None = None
    """How long it lasts from now on; 0 for ever."""
    keywords: tuple[KeywordChange, ...] = ()


class History(msgspec.Struct, frozen=True):
    """A tweet, and what it said: its versions, oldest first; the last one is the tweet as it is now."""

    view: TweetView
    versions: tuple[Tweet, ...]


class ConversationView(msgspec.Struct, frozen=True):
    """A thread of direct tweets as one of its people has it; `root_id` names it."""

    root_id: int
    people: tuple[UserView, ...]
    """The others; oneself where there is nobody else."""
    last: TweetView
    unread: bool


class Context(msgspec.Struct, frozen=True):
    """The conversation around a tweet: from its root down to it, and below it, depth first."""

    ancestors: tuple[TweetView, ...]
    descendants: tuple[TweetView, ...]


class RankedRequest(msgspec.Struct, frozen=True):
    """Which part of a ranked timeline is wanted: its top, or what stands after or before a tweet."""

    limit: int
    after_id: int = 0
    before_id: int = 0
    ranking_id: int = 0
    """The order that is gone on with; 0 for whichever has the tweet."""
    from_top: bool = False
    """Of what stands before a tweet, the best; else its next neighbours."""


class Reason(msgspec.Struct, frozen=True):
    """Somebody's interaction that speaks for a tweet."""

    user: UserView
    kind: InteractionKind


class Because(msgspec.Struct, frozen=True):
    """Why a tweet is recommended."""

    reasons: tuple[Reason, ...]
    """Some of those who interacted with it, whom the reader may know of."""
    others: int
    """How many did so besides."""


class RankedPage(msgspec.Struct, frozen=True):
    """Tweets in the order of a ranking, with the ids of the first and the last."""

    items: tuple[TweetView, ...]
    ranking_id: int
    first_id: int
    last_id: int
    more: bool
    """Whether more follows the last."""
    because: Mapping[int, Because] = {}
    """Of tweets that are not from the home timeline, by id: why they are here."""


class CatchUp(msgspec.Struct, frozen=True):
    """A page of what is unread, and how much is."""

    page: RankedPage
    last_read_id: int
    unread: int
    is_exact: bool
    """False where more is unread than was counted."""


class ListTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What to set of a list; None leaves a field as it is, or as it is at first."""

    title: str | None = None
    replies: RepliesPolicy | None = None
    exclusive: bool | None = None


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """A new account. `user_id` 0 lets the server choose; an empty password makes one that cannot sign in."""

    username: str
    email: str = ""
    password: str = ""
    user_id: int = 0
    display_name: str = ""
    note: str = ""
    protected: bool = False
    bot: bool = False
    approves_follows: bool = False
    role: Role = Role.USER
    reason: str = ""
    """Why its owner wants it, where moderators approve accounts."""


class ProfileChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of a profile; None leaves a field as it is."""

    display_name: str | None = None
    note: str | None = None
    protected: bool | None = None
    bot: bool | None = None
    discoverable: bool | None = None
    fields: tuple[tuple[str, str], ...] | None = None
    default_visibility: Visibility | None = None
    default_sensitive: bool | None = None
    default_language: str | None = None
    default_quote_policy: QuotePolicy | None = None
    avatar_description: str | None = None
    header_description: str | None = None
    avatar: str | None = None
    """Empty to have none; a new one is a file that comes with the change. So with `header`."""
    header: str | None = None
    hides_follows: bool | None = None
    shows_media: bool | None = None
    shows_media_of_replies: bool | None = None
    shows_featured: bool | None = None
    attribution_domains: tuple[str, ...] | None = None


class UserTimelineFilter(msgspec.Struct, frozen=True):
    """What to leave out of a user's own timeline."""

    replies: bool = False
    """Replies to others; a thread, which answers oneself, stays."""
    retweets: bool = False
    tag: str = ""
    """Only tweets with this hashtag, without its sign."""
    without_media: bool = False
    direct: bool = False


class TagQuery(msgspec.Struct, frozen=True):
    """Which tweets a timeline of hashtags has: hashtags without their sign, written in any way."""

    any_of: tuple[str, ...]
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    with_media: bool = False


class DayUse(msgspec.Struct, frozen=True, gc=False):
    """How often something was used on a day, which begins at `day_ms` (UTC), and by how many users."""

    day_ms: int
    uses: int
    users: int


class TagView(msgspec.Struct, frozen=True):
    """A hashtag as one viewer sees it."""

    tag: str
    """Without its sign, folded."""
    history: tuple[DayUse, ...]
    """The last seven days, newest first."""
    following: bool = False
    featuring: bool = False
