"""What is sent: one message for all who get it."""

import enum
from typing import Any

import msgspec


class MessageKind(enum.IntEnum):
    """Of messages at one position of the log, lower kinds are sent first."""

    TWEET = 1
    EDIT = 2
    DELETION = 3
    NOTIFICATION = 4
    CONVERSATION = 5
    FILTERS_CHANGED = 6
    NOTIFICATIONS_MERGED = 7
    ANNOUNCEMENT = 8
    ANNOUNCEMENT_REACTION = 9
    ANNOUNCEMENT_DELETED = 10
    REFETCH = 11
    """What was missed is not known any more, or too much: read the timelines again."""
    POSITION = 12
    """Nothing more was missed: what comes now is live."""


class Message(msgspec.Struct, eq=False):
    """Something that happened, as its readers are told it. All of them share it."""

    position: int
    """Where it stands in the log."""
    kind: MessageKind
    content: Any = None
    """As most readers see it. What it is depends on the kind; nothing here looks into it."""
    personal: dict[int, Any] = {}
    """By user: the content as they see it, where that differs."""
    encoded: dict[Any, bytes] = {}
    """Room for whoever puts it into bytes, so that it is done once for all who get the same bytes."""
