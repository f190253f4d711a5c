"""An edge between two users: who follows, asks to follow, blocks or mutes whom."""

import enum

import msgspec


class EdgeKind(enum.IntEnum):
    """Stored as its number."""

    FOLLOW = 1
    FOLLOW_REQUEST = 2
    BLOCK = 3
    MUTE = 4


class Edge(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`source_id` follows (asks to follow, blocks, mutes) `target_id`.

    `edge_id` is a snowflake: its time is the edge's, and lists of edges are paged by it.
    """

    kind: EdgeKind
    source_id: int
    target_id: int
    edge_id: int
    shows_retweets: bool = True
    """FOLLOW and FOLLOW_REQUEST: whether the target's retweets enter the source's home timeline."""
    hides_notifications: bool = True
    """MUTE: whether the target's notifications are hidden too."""
    until_ms: int = 0
    """MUTE: when it ends by itself; 0 for never."""
    tells: bool = False
    """FOLLOW and FOLLOW_REQUEST: whether the source wants to be told of each of the target's tweets."""


class Relation(msgspec.Struct, frozen=True, gc=False):
    """What stands between a user and another, from the first one's side; None where nothing does."""

    user_id: int
    other_id: int
    follow: Edge | None = None
    request: Edge | None = None
    block: Edge | None = None
    mute: Edge | None = None
    followed_by: Edge | None = None
    requested_by: Edge | None = None
    blocked_by: Edge | None = None
    note: str = ""
    """What the first one noted about the other. Looked up, as `endorsed` is, where a relation is shown."""
    endorsed: bool = False

    @property
    def is_barred(self) -> bool:
        """Whether either of the two blocks the other."""
        return self.block is not None or self.blocked_by is not None
