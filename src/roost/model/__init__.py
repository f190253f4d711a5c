"""Frozen, slotted facts. Imports nothing else of Roost's.

They hold nothing but each other, so they cannot be part of a cycle: Python's collector need not look at them
(`gc=False`), and a million of them in caches do not make it pause.
"""

from roost.model.access import App, AuthorizationCode, Credentials, Token
from roost.model.edge import Edge, EdgeKind, Relation
from roost.model.event import (
    EdgeAdded,
    EdgeRemoved,
    Event,
    TweetDeleted,
    TweetLiked,
    TweetPosted,
    TweetUnliked,
    UserCreated,
    UserUpdated,
)
from roost.model.like import Like
from roost.model.media import Media, MediaKind
from roost.model.page import Page, PageRequest
from roost.model.poll import Poll
from roost.model.tweet import NO_COUNTS, NO_ENTITIES, Entities, MentionSpan, Span, Tweet, TweetCounts
from roost.model.user import ProfileField, User, UserCounts
from roost.model.visibility import Visibility

__all__ = [
    "NO_COUNTS",
    "NO_ENTITIES",
    "App",
    "AuthorizationCode",
    "Credentials",
    "Edge",
    "EdgeAdded",
    "EdgeKind",
    "EdgeRemoved",
    "Entities",
    "Event",
    "Like",
    "Media",
    "MediaKind",
    "MentionSpan",
    "Page",
    "PageRequest",
    "Poll",
    "ProfileField",
    "Relation",
    "Span",
    "Token",
    "Tweet",
    "TweetCounts",
    "TweetDeleted",
    "TweetLiked",
    "TweetPosted",
    "TweetUnliked",
    "User",
    "UserCounts",
    "UserCreated",
    "UserUpdated",
    "Visibility",
]
