"""How far a user has read a timeline."""

import enum

import msgspec


class MarkedTimeline(enum.IntEnum):
    """Stored as its number."""

    HOME = 1
    NOTIFICATIONS = 2


class Marker(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`last_read_id` is a tweet's id, or a notification's."""

    user_id: int
    timeline: MarkedTimeline
    last_read_id: int
    version: int
    """How often it was set; one more each time."""
    updated_ms: int
