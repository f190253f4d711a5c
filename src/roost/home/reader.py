"""Reading a shard beside its writer, from one thread of its own."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.home.state import ShardState
from roost.ids import ID_MAX
from roost.kernels import (
    EXACT_ABOVE,
    LEVEL,
    MEMBER_COUNT,
    NOT_ALONE,
    UNKNOWN,
    count_users,
    gather_home,
    gather_list,
    gather_list_page,
    gather_page,
    gather_recent,
    make_scratch,
)
from roost.limits import AUTHOR_RING_ENTRIES, FOLLOWEES_MAX, REPOST_WINDOW_ENTRIES, RING_CAPACITY_MAX
from roost.model import UserCounts

ANSWERS_MAX = RING_CAPACITY_MAX


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A tweet of a home timeline. `shown_id` is the original of a retweet, else the tweet itself."""

    tweet_id: int
    shown_id: int


class Gathered(msgspec.Struct):
    """The newest entries below a bound, newest first."""

    entries: list[Entry]
    unsure: list[bool]
    """Where the columns did not say enough: the tweet itself has to be judged, and its `shown_id` found."""
    exact_above: int
    """Nothing is missing above this id; 0 where nothing is missing at all."""
    had_ring: bool


class HotPage(msgspec.Struct):
    """A page of tweet ids, newest first."""

    ids: list[int]
    had_ring: bool


class ListRows(msgspec.Struct, frozen=True, gc=False):
    """A list's members, as rows in ascending order, and whose replies it shows (`TO_MEMBERS` and so on)."""

    rows: NDArray[np.uint32]
    replies: int


class ShardReader:
    """Belongs to one thread, the event loop's."""

    def __init__(self, state: ShardState) -> None:
        self.state = state
        self._scratch = make_scratch(state.capacity.ring_entries, FOLLOWEES_MAX, ANSWERS_MAX)

    def use(self, state: ShardState) -> None:
        """Read another state of the same capacity, in which users have the same rows."""
        self.state = state

    def gather(self, viewer: int, high: int, need: int, now_ms: int) -> Gathered:
        """The newest `need` entries below id `high` of row `viewer`'s home timeline; see `gather_home`."""
        hidden = self.state.graph.hidden.rows(viewer, now_ms)
        scratch = self._scratch
        count = gather_home(self.state.world, scratch, hidden, viewer, high, min(need, ANSWERS_MAX))
        return self._gathered(count)

    def _gathered(self, count: int) -> Gathered:
        scratch = self._scratch
        answers = scratch.answers[:count].tolist()
        return Gathered(
            [Entry(tweet_id, shown_id) for tweet_id, shown_id, _ in answers],
            [verdict == UNKNOWN for _, _, verdict in answers],
            int(scratch.facts[EXACT_ABOVE]),
            bool(scratch.facts[LEVEL]),
        )

    def page(self, viewer: int, high: int, low: int, limit: int, now_ms: int) -> HotPage | None:
        """The newest `limit` tweets between two ids (exclusive) of row `viewer`'s home timeline, without
        reposts; None where memory alone does not know. 12 us for 20 tweets."""
        hidden = self.state.graph.hidden.rows(viewer, now_ms)
        scratch = self._scratch
        count = gather_page(
            self.state.world, scratch, hidden, viewer, high, low, limit, REPOST_WINDOW_ENTRIES
        )
        if count == NOT_ALONE:
            return None
        return HotPage(scratch.answers[:count, 0].tolist(), bool(scratch.facts[LEVEL]))

    def gather_list(self, viewer: int, of: ListRows, high: int, need: int, now_ms: int) -> Gathered:
        """`gather` for a list of row `viewer`'s."""
        hidden = self.state.graph.hidden.rows(viewer, now_ms)
        self._take_members(of)
        need = min(need, ANSWERS_MAX)
        count = gather_list(self.state.world, self._scratch, hidden, viewer, of.replies, high, need)
        return self._gathered(count)

    def list_page(
        self, viewer: int, of: ListRows, high: int, low: int, limit: int, now_ms: int
    ) -> list[int] | None:
        """`page` for a list of row `viewer`'s. 12 us, and 0.05 us a member."""
        hidden = self.state.graph.hidden.rows(viewer, now_ms)
        scratch, world = self._scratch, self.state.world
        self._take_members(of)
        count = gather_list_page(
            world, scratch, hidden, viewer, of.replies, high, low, limit, REPOST_WINDOW_ENTRIES
        )
        return None if count == NOT_ALONE else scratch.answers[:count, 0].tolist()

    def _take_members(self, of: ListRows) -> None:
        self._scratch.members[: len(of.rows)] = of.rows
        self._scratch.facts[MEMBER_COUNT] = len(of.rows)

    def newest(
        self, rows: NDArray[np.int64], high: int = ID_MAX
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Some authors' newest tweets below `high`, one author after another; and for each author the id
        above which these are all it has. About 0.1 us an author."""
        ids = np.empty(len(rows) * AUTHOR_RING_ENTRIES, np.int64)
        counts = np.empty(len(rows), np.int64)
        floors = np.empty(len(rows), np.int64)
        total = gather_recent(self.state.authors, rows, high, ids, counts, floors)
        return ids[:total], floors

    def user_counts(self, user_ids: Sequence[int]) -> list[UserCounts]:
        """One answer a user, in order; zeros for a user who is not known. 5 us and 0.3 us a user."""
        counts = np.empty((len(user_ids), 4), np.int64)
        counts[:, 0] = user_ids
        state = self.state
        graph = state.graph
        count_users(graph.ids, graph.followers, graph.following, state.paces, state.tallies, counts)
        return [UserCounts(*values) for values in counts.tolist()]
