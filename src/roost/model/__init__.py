"""Frozen, slotted facts. Imports nothing else of Roost's.

They hold nothing but each other, so they cannot be part of a cycle: Python's collector need not look at them
(`gc=False`), and a million of them in caches do not make it pause.
"""

from roost.model.access import App, AuthorizationCode, Credentials, Token
from roost.model.composed import Composed, ComposedPoll, SavedDraft, ScheduledTweet
from roost.model.edge import Edge, EdgeKind, Relation
from roost.model.event import (
    DraftKept,
    DraftRemoved,
    EdgeAdded,
    EdgeRemoved,
    Event,
    ListDeleted,
    ListMemberAdded,
    ListMemberRemoved,
    ListSaved,
    ListTagAdded,
    ListTagRemoved,
    MarkerMoved,
    MediaKept,
    MediaRemoved,
    PollEnded,
    PollVoted,
    TagFollowed,
    TagUnfollowed,
    TweetDeleted,
    TweetLiked,
    TweetPosted,
    TweetScheduled,
    TweetUnliked,
    TweetUnscheduled,
    UserCreated,
    UserUpdated,
)
from roost.model.like import Like
from roost.model.marker import MarkedTimeline, Marker
from roost.model.media import Media, MediaKind
from roost.model.page import Page, PageRequest
from roost.model.poll import NO_VOTES, Poll, PollEnding, Tally, Vote
from roost.model.tweet import NO_COUNTS, NO_ENTITIES, Entities, MentionSpan, Span, Tweet, TweetCounts
from roost.model.upload import Upload, UploadState
from roost.model.user import ProfileField, User, UserCounts
from roost.model.userlist import ListMember, ListTag, RepliesPolicy, TagFollow, UserList
from roost.model.visibility import Visibility

__all__ = [
    "NO_COUNTS",
    "NO_ENTITIES",
    "NO_VOTES",
    "App",
    "AuthorizationCode",
    "Composed",
    "ComposedPoll",
    "Credentials",
    "DraftKept",
    "DraftRemoved",
    "Edge",
    "EdgeAdded",
    "EdgeKind",
    "EdgeRemoved",
    "Entities",
    "Event",
    "Like",
    "ListDeleted",
    "ListMember",
    "ListMemberAdded",
    "ListMemberRemoved",
    "ListSaved",
    "ListTag",
    "ListTagAdded",
    "ListTagRemoved",
    "MarkedTimeline",
    "Marker",
    "MarkerMoved",
    "Media",
    "MediaKept",
    "MediaKind",
    "MediaRemoved",
    "MentionSpan",
    "Page",
    "PageRequest",
    "Poll",
    "PollEnded",
    "PollEnding",
    "PollVoted",
    "ProfileField",
    "Relation",
    "RepliesPolicy",
    "SavedDraft",
    "ScheduledTweet",
    "Span",
    "TagFollow",
    "TagFollowed",
    "TagUnfollowed",
    "Tally",
    "Token",
    "Tweet",
    "TweetCounts",
    "TweetDeleted",
    "TweetLiked",
    "TweetPosted",
    "TweetScheduled",
    "TweetUnliked",
    "TweetUnscheduled",
    "Upload",
    "UploadState",
    "User",
    "UserCounts",
    "UserCreated",
    "UserList",
    "UserUpdated",
    "Visibility",
    "Vote",
]
