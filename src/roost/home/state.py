"""The hot state of a shard: flat arrays, changed by one thread, read beside it.

It is a function of the log, but for two things that are not in the log: which users hold a ring and at what
level (a matter of who reads), and what their rings hold (a cache of what the author rings and the tables
say). Both are built anew when they are missing.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.graph import Graph, GraphCapacity
from roost.kernels import (
    IN_USE,
    TOUCHED,
    WORDS,
    Authors,
    Columns,
    Rings,
    World,
    make_authors,
    make_columns,
    make_rings,
    reserve,
)
from roost.limits import AUTHOR_RING_ENTRIES


class ShardCapacity(msgspec.Struct, frozen=True):
    """What a shard is made for. Address space is reserved for all of it, memory used as it fills."""

    users: int = 1 << 20
    follows: int = 1 << 28
    rings: int = 1 << 18
    ring_entries: int = 256
    tweets: int = 1 << 20


class MemoryUse(msgspec.Struct, frozen=True):
    """Bytes in use by each structure, computed from what each holds."""

    id_map: int
    followers: int
    following: int
    cells: int
    rings: int
    author_rings: int
    tweet_columns: int
    activity: int

    @property
    def total(self) -> int:
        return sum(msgspec.structs.astuple(self))


class ShardState:
    def __init__(self, capacity: ShardCapacity) -> None:
        self.capacity = capacity
        self.graph = Graph(GraphCapacity(capacity.users, capacity.follows))
        self.rings: Rings = make_rings(capacity.users, capacity.rings, capacity.ring_entries)
        self.authors: Authors = make_authors(capacity.users, AUTHOR_RING_ENTRIES)
        self.columns: Columns = make_columns(capacity.tweets)
        self.paces: NDArray[np.int64] = reserve((capacity.users, 2), np.int64, huge=True)
        self.tallies: NDArray[np.int32] = reserve(capacity.users, np.int32)
        """Row -> how many tweets the user has."""
        self.position = 0
        """Everything up to this position of the log has been applied."""
        self.highest_id = 0
        """The highest tweet id that was pushed so far; a lower one comes late."""
        self.world = World(self.rings, self.authors, self.columns, self.graph.following, self.graph.flags)

    @property
    def rings_in_use(self) -> int:
        return int(self.rings.counters[IN_USE])

    @property
    def tweets_in_columns(self) -> int:
        return min(int(self.columns.added[0]), self.capacity.tweets)

    def last_tweet_ids(self) -> NDArray[np.int64]:
        """Row -> the newest tweet of the user, 0 for none. 20 ns a user."""
        return self.authors.recent[: self.graph.users, 0].copy()

    def memory(self) -> MemoryUse:
        graph = self.graph.statistics()
        users = graph.users
        return MemoryUse(
            id_map=graph.id_map_bytes,
            followers=graph.followers_bytes,
            following=graph.following_bytes,
            cells=users * 8,
            rings=int(self.rings.counters[TOUCHED]) * (self.capacity.ring_entries * 8 + 16),
            author_rings=users * (AUTHOR_RING_ENTRIES * 8 + 20),
            tweet_columns=self.tweets_in_columns * WORDS * 8 + self.capacity.tweets * 8,
            activity=users * 20,
        )
