"""Who follows, blocks and mutes whom, in memory.

Users are rows: small numbers given in the order in which users were made. Everything else of a shard's hot
state is indexed by them. One thread writes; reads are safe beside it.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.errors import Overloaded
from roost.graph.hidden import Hidden
from roost.kernels import (
    FLAG_BITS,
    HAS_CHOICES,
    HIDES_FOLLOWS,
    LIMITED,
    POOL_FULL,
    PROTECTED,
    QUIET,
    EdgeLists,
    IdMap,
    copy_list,
    edge_count,
    find_row,
    find_rows,
    follow,
    follow_flags,
    follow_many,
    insert_ids,
    live_counts,
    live_of,
    make_edge_lists,
    make_id_map,
    pool_used,
    reserve,
    unfollow,
)
from roost.limits import ROWS_MAX
from roost.model import User


def flags_of(user: User) -> int:
    """What the graph knows of an account besides its edges."""
    return (
        PROTECTED * user.protected
        | HIDES_FOLLOWS * (user.hides_follows or user.is_gone)
        | LIMITED * (user.standing.silenced or user.is_gone)
    )


class GraphCapacity(msgspec.Struct, frozen=True):
    """How much address space is reserved; memory is used as it fills."""

    users: int
    follows: int


class GraphStatistics(msgspec.Struct, frozen=True):
    """Counts, and bytes in use."""

    users: int
    follows: int
    blocks_and_mutes: int
    id_map_bytes: int
    followers_bytes: int
    following_bytes: int


class Graph:
    def __init__(self, capacity: GraphCapacity) -> None:
        if not 0 < capacity.users <= ROWS_MAX:
            raise ValueError(f"capacity.users must be from 1 to {ROWS_MAX}")
        self.capacity = capacity
        self.users = 0
        self.ids: IdMap = make_id_map(capacity.users)
        self.user_ids: NDArray[np.int64] = reserve(capacity.users, np.int64)
        self.flags: NDArray[np.uint8] = reserve(capacity.users, np.uint8)
        self.followers: EdgeLists = make_edge_lists(capacity.users, capacity.follows)
        self.following: EdgeLists = make_edge_lists(capacity.users, capacity.follows)
        self.hidden = Hidden()
        self.withheld_changes = 0
        """Grows with every change of what `withheld` answers."""

    # -- reading

    def row_of(self, user_id: int) -> int:
        """A user's row, or NO_ROW. About 1 us."""
        return int(find_row(self.ids, user_id))

    def rows_of(self, user_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """`row_of` for many."""
        rows = np.empty(len(user_ids), np.int64)
        find_rows(self.ids, user_ids, rows)
        return rows

    def follows(self, follower: int, followee: int) -> bool:
        """Whether row `follower` follows row `followee`. O(log n)."""
        return follow_flags(self.following, follower, followee) >= 0

    def followees(self, row: int) -> NDArray[np.int64]:
        """The rows that `row` follows, in no order."""
        return self._members(self.following, row)

    def follower_rows(self, row: int) -> NDArray[np.int64]:
        """The rows that follow `row`, in no order."""
        return self._members(self.followers, row)

    def follower_count(self, row: int) -> int:
        return int(live_of(self.followers, row))

    def followee_count(self, row: int) -> int:
        return int(live_of(self.following, row))

    def follower_counts(self) -> NDArray[np.int64]:
        """Row -> how many followers, of all users there are. 1 ns a user."""
        return live_counts(self.followers, self.users)

    def closed_to(self, row: int, now_ms: int) -> NDArray[np.uint8]:
        """Row -> other than 0 where it is not for user `row` to know whom that one follows, and who follows
        them: those who hide it, and whom `row` does not see. A new array; 0.3 ns a user."""
        closed = self.flags[: self.users] & np.uint8(HIDES_FOLLOWS)
        closed[self.hidden.rows(row, now_ms)] = HIDES_FOLLOWS
        return closed

    def withheld(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The ids of accounts that are limited, and of those that are protected. 2 ns a user."""
        flags, ids = self.flags[: self.users], self.user_ids[: self.users]
        return ids[flags & np.uint8(LIMITED) != 0], ids[flags & np.uint8(PROTECTED) != 0]

    # -- writing

    def add_users(self, user_ids: Sequence[int], flags: Sequence[int]) -> None:
        """Give a row to each that has none, and set the flags (`flags_of`) of all. Raises Overloaded where
        the capacity is reached, and has changed nothing then."""
        rows = self.rows_of(np.array(user_ids, np.int64)).tolist()
        fresh: dict[int, int] = {}
        known: dict[int, int] = {}
        for user_id, flag, row in zip(user_ids, flags, rows, strict=True):
            if row < 0:
                fresh[user_id] = flag
            else:
                known[row] = flag
        if self.users + len(fresh) > self.capacity.users:
            raise Overloaded(f"This server was set up for {self.capacity.users} accounts (capacity_users)")
        first = self.users
        keys = np.fromiter(fresh, np.int64, len(fresh))
        self.user_ids[first : first + len(keys)] = keys
        self.flags[first : first + len(keys)] = np.fromiter(fresh.values(), np.uint8, len(keys))
        insert_ids(self.ids, keys, first)
        self.users += len(keys)
        self.withheld_changes += any(flag & (LIMITED | PROTECTED) for flag in fresh.values())
        for row, flag in known.items():
            self.set_flags(row, flag)

    def restore_users(self, user_ids: NDArray[np.int64], flags: NDArray[np.uint8]) -> None:
        """Fill an empty graph with users in the order of their rows."""
        if len(user_ids) > self.capacity.users:
            raise Overloaded(f"{len(user_ids)} accounts are more than the setting capacity_users allows")
        self.user_ids[: len(user_ids)] = user_ids
        self.flags[: len(user_ids)] = flags
        insert_ids(self.ids, user_ids, 0)
        self.users = len(user_ids)
        self.withheld_changes += 1

    def set_flags(self, row: int, flags: int) -> None:
        """What an account is now (`flags_of`); that it made choices stays noted."""
        before = int(self.flags[row])
        self.flags[row] = before & HAS_CHOICES | flags
        self.withheld_changes += ((before ^ flags) & (LIMITED | PROTECTED)) != 0

    def has_choices(self, row: int) -> bool:
        """Whether a user may have exclusive lists or follow hashtags. 0.1 us."""
        return bool(self.flags[row] & HAS_CHOICES)

    def note_choices(self, row: int) -> None:
        """A user made a choice. Stays noted when they take it back."""
        self.flags[row] |= HAS_CHOICES

    def follow(self, follower: int, followee: int, shows_retweets: bool) -> None:
        """Add the edge, or change what it shows. Raises Overloaded where the capacity is reached."""
        flags = 0 if shows_retweets else QUIET
        if follow(self.followers, self.following, follower, followee, flags) == POOL_FULL:
            raise Overloaded("This server's follow graph is full (capacity_follows)")

    def follow_all(
        self, followers: NDArray[np.int64], followees: NDArray[np.int64], shows_retweets: NDArray[np.bool_]
    ) -> None:
        """`follow` for many pairs of rows at once, without the interpreter lock; 0.7 us a pair."""
        flags = np.where(shows_retweets, 0, QUIET).astype(np.int64)
        if follow_many(self.followers, self.following, followers, followees, flags) < len(followers):
            raise Overloaded("This server's follow graph is full (capacity_follows)")

    def unfollow(self, follower: int, followee: int) -> bool:
        """False where there was nothing to remove."""
        return bool(unfollow(self.followers, self.following, follower, followee))

    def statistics(self) -> GraphStatistics:
        slots = len(self.ids.keys)
        return GraphStatistics(
            users=self.users,
            follows=edge_count(self.following),
            blocks_and_mutes=len(self.hidden),
            id_map_bytes=slots * 12 + self.users * 9,
            followers_bytes=pool_used(self.followers) * 4 + self.users * 32,
            following_bytes=pool_used(self.following) * 4 + self.users * 32,
        )

    def _members(self, lists: EdgeLists, row: int) -> NDArray[np.int64]:
        entries = np.empty(int(live_of(lists, row)) + 64, np.uint32)
        count = copy_list(lists, row, entries)
        while count > len(entries):
            entries = np.empty(count + 64, np.uint32)
            count = copy_list(lists, row, entries)
        return entries[:count].astype(np.int64) >> FLAG_BITS
