"""Everything that can happen. One event is one change; the log is a sequence of them.

An event says all that its readers need: applying it takes no look at other events, and applying it twice
equals applying it once. Encoded by position under a number that is never used for anything else; a new field
goes at the end and has a default.
"""

import msgspec

from roost.model.bulletin import Announcement, AnnouncementDismissal, AnnouncementReaction, CustomEmoji
from roost.model.composed import SavedDraft, ScheduledTweet
from roost.model.edge import Edge
from roost.model.edit import Edit
from roost.model.enriched import Enriched
from roost.model.filter import FilterSet
from roost.model.like import Click, Like
from roost.model.mark import Bookmark, ConversationMute, Pin
from roost.model.marker import Marker
from roost.model.moderation import Report, Strike
from roost.model.notification import (
    ConversationMark,
    FanoutPlace,
    GroupTelling,
    Notification,
    NotificationErasure,
    NotificationPolicy,
    NotificationRequest,
)
from roost.model.poll import PollEnding, Vote
from roost.model.remarks import Endorsement, FeaturedTag, SuggestionDismissal, UserNote
from roost.model.trend import TrendBar, TrendSetting
from roost.model.tweet import Tweet
from roost.model.upload import Upload
from roost.model.user import User
from roost.model.userlist import ListMember, ListTag, TagFollow, UserList


class UserCreated(msgspec.Struct, frozen=True, array_like=True, tag=1, gc=False):
    user: User


class UserUpdated(msgspec.Struct, frozen=True, array_like=True, tag=2, gc=False):
    """`user` is the whole profile as it is from now on."""

    user: User


class TweetPosted(msgspec.Struct, frozen=True, array_like=True, tag=3, gc=False):
    tweet: Tweet


class TweetDeleted(msgspec.Struct, frozen=True, array_like=True, tag=4, gc=False):
    """`tweet` names what was deleted and where it is indexed; of its text, hashtags and links are left."""

    tweet: Tweet


class EdgeAdded(msgspec.Struct, frozen=True, array_like=True, tag=5, gc=False):
    """A new edge; or, under the id that it has, new terms of one that stands."""

    edge: Edge


class EdgeRemoved(msgspec.Struct, frozen=True, array_like=True, tag=6, gc=False):
    edge: Edge


class TweetLiked(msgspec.Struct, frozen=True, array_like=True, tag=7, gc=False):
    like: Like


class TweetUnliked(msgspec.Struct, frozen=True, array_like=True, tag=8, gc=False):
    like: Like


class TweetClicked(msgspec.Struct, frozen=True, array_like=True, tag=80, gc=False):
    """Only the interaction graph knows of it."""

    click: Click


class TweetEdited(msgspec.Struct, frozen=True, array_like=True, tag=10, gc=False):
    """A tweet says something else. Its id, author, visibility, and what it answers and quotes stay."""

    edit: Edit


class QuotePolicySet(msgspec.Struct, frozen=True, array_like=True, tag=11, gc=False):
    """`tweet` is the whole tweet, with who may quote it from now on."""

    tweet: Tweet


class TweetBookmarked(msgspec.Struct, frozen=True, array_like=True, tag=12, gc=False):
    bookmark: Bookmark


class TweetUnbookmarked(msgspec.Struct, frozen=True, array_like=True, tag=13, gc=False):
    bookmark: Bookmark


class TweetPinned(msgspec.Struct, frozen=True, array_like=True, tag=14, gc=False):
    pin: Pin


class TweetUnpinned(msgspec.Struct, frozen=True, array_like=True, tag=15, gc=False):
    pin: Pin


class ConversationMuted(msgspec.Struct, frozen=True, array_like=True, tag=16, gc=False):
    silence: ConversationMute


class ConversationUnmuted(msgspec.Struct, frozen=True, array_like=True, tag=17, gc=False):
    silence: ConversationMute


class FiltersChanged(msgspec.Struct, frozen=True, array_like=True, tag=18, gc=False):
    """`filterset` is all filters of a user from now on."""

    filterset: FilterSet


class QuoteRevoked(msgspec.Struct, frozen=True, array_like=True, tag=19, gc=False):
    """`tweet` is the whole quoting tweet, which does not show what it quotes any more."""

    tweet: Tweet


class MediaKept(msgspec.Struct, frozen=True, array_like=True, tag=20, gc=False):
    """A user's file: new, or as it is from now on."""

    upload: Upload


class MediaRemoved(msgspec.Struct, frozen=True, array_like=True, tag=21, gc=False):
    """A file that no tweet has is gone, with its blobs."""

    upload: Upload


class PollVoted(msgspec.Struct, frozen=True, array_like=True, tag=22, gc=False):
    vote: Vote


class PollEnded(msgspec.Struct, frozen=True, array_like=True, tag=23, gc=False):
    """A poll's time is over; once for each poll."""

    ending: PollEnding


class TweetScheduled(msgspec.Struct, frozen=True, array_like=True, tag=24, gc=False):
    scheduled: ScheduledTweet


class TweetUnscheduled(msgspec.Struct, frozen=True, array_like=True, tag=25, gc=False):
    """It was cancelled; or it was posted, by the event after this one."""

    scheduled: ScheduledTweet


class DraftKept(msgspec.Struct, frozen=True, array_like=True, tag=26, gc=False):
    draft: SavedDraft


class DraftRemoved(msgspec.Struct, frozen=True, array_like=True, tag=27, gc=False):
    draft: SavedDraft


class MarkerMoved(msgspec.Struct, frozen=True, array_like=True, tag=40, gc=False):
    """`marker` replaces the one that its user had for its timeline."""

    marker: Marker


class ListSaved(msgspec.Struct, frozen=True, array_like=True, tag=41, gc=False):
    """A new list; or, under the id that it has, new terms of one that stands."""

    userlist: UserList


class ListDeleted(msgspec.Struct, frozen=True, array_like=True, tag=42, gc=False):
    """Its members and hashtags have been taken off it before."""

    userlist: UserList


class ListMemberAdded(msgspec.Struct, frozen=True, array_like=True, tag=43, gc=False):
    member: ListMember


class ListMemberRemoved(msgspec.Struct, frozen=True, array_like=True, tag=44, gc=False):
    member: ListMember


class ListTagAdded(msgspec.Struct, frozen=True, array_like=True, tag=45, gc=False):
    tag: ListTag


class ListTagRemoved(msgspec.Struct, frozen=True, array_like=True, tag=46, gc=False):
    tag: ListTag


class TagFollowed(msgspec.Struct, frozen=True, array_like=True, tag=47, gc=False):
    follow: TagFollow


class TagUnfollowed(msgspec.Struct, frozen=True, array_like=True, tag=48, gc=False):
    follow: TagFollow


class UserModerated(msgspec.Struct, frozen=True, array_like=True, tag=60, gc=False):
    """A moderator acted; where that changed how the account stands, a UserUpdated comes with it."""

    strike: Strike


class ReportFiled(msgspec.Struct, frozen=True, array_like=True, tag=61, gc=False):
    report: Report


class ReportChanged(msgspec.Struct, frozen=True, array_like=True, tag=62, gc=False):
    """`report` is the whole report as it is from now on."""

    report: Report


class AnnouncementPublished(msgspec.Struct, frozen=True, array_like=True, tag=63, gc=False):
    """A new announcement or, under the id that it has, a changed one."""

    announcement: Announcement


class AnnouncementRemoved(msgspec.Struct, frozen=True, array_like=True, tag=64, gc=False):
    announcement: Announcement


class AnnouncementReacted(msgspec.Struct, frozen=True, array_like=True, tag=65, gc=False):
    reaction: AnnouncementReaction


class AnnouncementUnreacted(msgspec.Struct, frozen=True, array_like=True, tag=66, gc=False):
    reaction: AnnouncementReaction


class AnnouncementDismissed(msgspec.Struct, frozen=True, array_like=True, tag=67, gc=False):
    dismissal: AnnouncementDismissal


class EmojiAdded(msgspec.Struct, frozen=True, array_like=True, tag=68, gc=False):
    """A new custom emoji or, under the shortcode that it has, a changed one."""

    emoji: CustomEmoji


class EmojiRemoved(msgspec.Struct, frozen=True, array_like=True, tag=69, gc=False):
    """`emoji` has its picture no more."""

    emoji: CustomEmoji


class TweetEnriched(msgspec.Struct, frozen=True, array_like=True, tag=70, gc=False):
    """Something was found out about a tweet after it was accepted."""

    enriched: Enriched


class TrendTermsSet(msgspec.Struct, frozen=True, array_like=True, tag=76, gc=False):
    """By what trends are judged from now on."""

    setting: TrendSetting


class TrendBarSet(msgspec.Struct, frozen=True, array_like=True, tag=77, gc=False):
    """The staff keep something from trending, or do so no more."""

    bar: TrendBar


class PolicyChanged(msgspec.Struct, frozen=True, array_like=True, tag=30, gc=False):
    """`policy` is the whole policy as it is from now on."""

    policy: NotificationPolicy


class RequestAccepted(msgspec.Struct, frozen=True, array_like=True, tag=31, gc=False):
    """The sender's notifications are welcome from now on, those that waited among them."""

    request: NotificationRequest


class RequestDismissed(msgspec.Struct, frozen=True, array_like=True, tag=32, gc=False):
    """The notifications that waited are gone; later ones make a new request."""

    request: NotificationRequest


class NotificationDismissed(msgspec.Struct, frozen=True, array_like=True, tag=33, gc=False):
    notification: Notification


class NotificationsErased(msgspec.Struct, frozen=True, array_like=True, tag=34, gc=False):
    erasure: NotificationErasure


class NotificationsGathered(msgspec.Struct, frozen=True, array_like=True, tag=78, gc=False):
    """It is time to tell a receiver how a group has grown."""

    telling: GroupTelling


class NotificationsContinued(msgspec.Struct, frozen=True, array_like=True, tag=79, gc=False):
    """The next receivers of an event that has more than are told at once, those beyond `after`."""

    position: int
    """The event's, on the log."""
    origin: TweetPosted | PollEnded | TweetEdited
    after: FanoutPlace


class ConversationMarked(msgspec.Struct, frozen=True, array_like=True, tag=35, gc=False):
    """`mark` is the whole mark as it is from now on."""

    mark: ConversationMark


class UserNoted(msgspec.Struct, frozen=True, array_like=True, tag=50, gc=False):
    """`note` replaces what its user had noted about the other."""

    note: UserNote


class TagFeatured(msgspec.Struct, frozen=True, array_like=True, tag=51, gc=False):
    featured: FeaturedTag


class TagUnfeatured(msgspec.Struct, frozen=True, array_like=True, tag=52, gc=False):
    featured: FeaturedTag


class UserEndorsed(msgspec.Struct, frozen=True, array_like=True, tag=53, gc=False):
    endorsement: Endorsement


class UserUnendorsed(msgspec.Struct, frozen=True, array_like=True, tag=54, gc=False):
    endorsement: Endorsement


class SuggestionDismissed(msgspec.Struct, frozen=True, array_like=True, tag=55, gc=False):
    suggestion: SuggestionDismissal


class UserErased(msgspec.Struct, frozen=True, array_like=True, tag=90, gc=False):
    """The account of `user_id` was deleted, and all that only its owner saw of what it did is gone."""

    user_id: int


Event = (
    UserCreated
    | UserUpdated
    | TweetPosted
    | TweetDeleted
    | EdgeAdded
    | EdgeRemoved
    | TweetLiked
    | TweetUnliked
    | TweetClicked
    | TweetEdited
    | QuotePolicySet
    | TweetBookmarked
    | TweetUnbookmarked
    | TweetPinned
    | TweetUnpinned
    | ConversationMuted
    | ConversationUnmuted
    | FiltersChanged
    | QuoteRevoked
    | MediaKept
    | MediaRemoved
    | PollVoted
    | PollEnded
    | TweetScheduled
    | TweetUnscheduled
    | DraftKept
    | DraftRemoved
    | MarkerMoved
    | ListSaved
    | ListDeleted
    | ListMemberAdded
    | ListMemberRemoved
    | ListTagAdded
    | ListTagRemoved
    | TagFollowed
    | TagUnfollowed
    | UserModerated
    | ReportFiled
    | ReportChanged
    | AnnouncementPublished
    | AnnouncementRemoved
    | AnnouncementReacted
    | AnnouncementUnreacted
    | AnnouncementDismissed
    | EmojiAdded
    | EmojiRemoved
    | TweetEnriched
    | TrendTermsSet
    | TrendBarSet
    | PolicyChanged
    | RequestAccepted
    | RequestDismissed
    | NotificationDismissed
    | NotificationsErased
    | NotificationsGathered
    | NotificationsContinued
    | ConversationMarked
    | UserNoted
    | TagFeatured
    | TagUnfeatured
    | UserEndorsed
    | UserUnendorsed
    | SuggestionDismissed
    | UserErased
)
"""Any event."""
