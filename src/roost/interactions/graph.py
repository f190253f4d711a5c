"""The live graph of who interacted with what, over a window of time: GraphJet's idea, in arrays.

One thread writes; any number read, without locks, each from a `View` that stays as it is while it is held.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.errors import Corrupt, Invalid
from roost.interactions.kinds import ALL_KINDS
from roost.interactions.sealing import SealJob, clear
from roost.interactions.segments import InteractionCapacity, Rows, Segment, live_words
from roost.kernels import (
    CANCELLED,
    DATA,
    DEAD_BIT,
    EDGES,
    KIND_MASK,
    KIND_SHIFT,
    LATEST_MS,
    NEWEST_MS,
    TABLE,
    TIME_SHIFT,
    TemporalGraph,
    add_interactions,
    cancel_interaction,
    delete_node,
    homes_for,
    make_temporal_graph,
)
from roost.limits import INTERACTION_SEGMENT_EDGES_MAX

Ids = NDArray[np.int64]
Directory = NDArray[np.int64]
"""(segments, DIRECTORY_WORDS)."""
_LIVE_ROWS = 2


class InteractionStatistics(msgspec.Struct, frozen=True):
    segments: int
    """Sealed ones."""
    sealed_edges_bytes: int
    """Everything that the sealed segments' edges need, both ways."""
    live_edges: int
    """Edges of segments that are not sealed."""
    edges_ever: int
    """Since the start."""
    segments_dropped: int


class View:
    """The segments at one moment. Cheap: make one for each query."""

    __slots__ = ("arrays", "directory", "segments")

    def __init__(self, arrays: TemporalGraph, segments: tuple[Segment, ...], directory: Directory) -> None:
        self.arrays = arrays
        self.segments = segments
        """In order of time; held, so that nothing else is written to their rows."""
        self.directory = directory.copy()
        for place in range(len(segments) - 1, -1, -1):
            if segments[place].is_sealed:
                break  # so are all before
            self.directory[place, LATEST_MS] = arrays.facts[segments[place].words[DATA], NEWEST_MS]


class InteractionGraph:
    """Methods that change it are the writer's."""

    def __init__(
        self, capacity: InteractionCapacity, leaving: Callable[[Segment], None] = lambda _segment: None
    ) -> None:
        """`leaving` is told of each segment that is dropped, in the writer's thread: the last moment to copy
        it."""
        if not 0 < capacity.segment_edges <= INTERACTION_SEGMENT_EDGES_MAX:
            raise Invalid(f"A segment holds 1 to {INTERACTION_SEGMENT_EDGES_MAX} edges")
        if min(capacity.segment_users, capacity.segment_tweets) <= 0:
            raise Invalid("A segment holds a user and a tweet at least")
        self.capacity = capacity
        self._leaving = leaving
        sealed_rows = capacity.segments + 2
        self.arrays = make_temporal_graph(
            sealed_rows,
            _LIVE_ROWS,
            capacity.segment_edges,
            capacity.segment_users,
            capacity.segment_tweets,
        )
        self.job: SealJob | None = None
        """A segment that is to be sealed: its `run` may be called in another thread; then `publish`."""
        self.position = 0
        """Of the log; kept for the writer, with a snapshot."""
        self._rows = Rows(sealed_rows, _LIVE_ROWS)
        self._numbers = 0
        self._edges_ever = 0
        self._segments_dropped = 0
        self._sealed: tuple[Segment, ...] = ()
        self._live = self._new_live()
        self._shown = _shown(self._live)

    def view(self) -> View:
        """The graph as it is now. Any thread; about 2 us."""
        return View(self.arrays, *self._shown)

    def add(self, users: Ids, tweets: Ids, kinds: NDArray[np.uint8], times_ms: Ids) -> None:
        """Add edges, in order. Ids are positive. Readers see each edge at once. About 0.2 us an edge; now and
        then a full segment waits for the one before it to be sealed."""
        assert len(users) == len(tweets) == len(kinds) == len(times_ms)
        if len(users) and (min(users.min(), tweets.min()) <= 0 or kinds.max() >= len(ALL_KINDS)):
            raise Invalid("An interaction has a user, a tweet and a kind")
        done = 0
        while True:
            words = self._live.words
            done = add_interactions(
                self.arrays,
                words,
                self.capacity.segment_users,
                self.capacity.segment_tweets,
                self.capacity.segment_span_ms,
                users,
                tweets,
                kinds,
                times_ms,
                done,
            )
            if done == len(users):
                break
            self.rotate()
        self._edges_ever += len(users)

    def cancel(self, user: int, tweet: int, kind: int) -> bool:
        """Take back the newest living edge of that kind; False where there is none."""
        segments, directory = self._shown
        place = cancel_interaction(self.arrays, directory, user, tweet, kind)
        if place < 0:
            return False
        segments[place].changes += 1
        if self.job is not None and segments[place] is self.job.live:
            self.job.cancelled.append((user, tweet, kind))
        return True

    def delete_tweet(self, tweet: int) -> None:
        """Take back every edge to a tweet."""
        self._delete(0, tweet)

    def delete_user(self, user: int) -> None:
        """Take back every edge of a user."""
        self._delete(1, user)

    def rotate(self) -> None:
        """End the segment that takes edges and begin another. There must be no other that waits to be sealed,
        or it is sealed first."""
        self.settle()
        ended = self._live
        self.job = SealJob(self.arrays, ended, self._rows)
        self._live = self._new_live()
        self._shown = _shown(*self._sealed, ended, self._live)

    def publish(self) -> None:
        """Put the sealed form of a segment in place of its live form, once its job is done."""
        job = self.job
        assert job is not None
        assert job.done.is_set()
        if job.sealed is None:
            assert job.live is not None
            self.job = SealJob(self.arrays, job.live, self._rows)  # another attempt, at the next call
            raise RuntimeError("a segment could not be sealed") from job.failure
        self._repeat_cancels(job.sealed, job.cancelled)
        self._sealed = (*self._sealed, job.sealed)
        while len(self._sealed) > self.capacity.segments:
            self._leaving(self._sealed[0])
            self._sealed = self._sealed[1:]
            self._segments_dropped += 1
        self._shown = _shown(*self._sealed, self._live)
        job.live = self.job = None

    def settle(self) -> None:
        """Seal what waits to be sealed: here, or by waiting for the thread that does."""
        job = self.job
        if job is None:
            return
        job.run()
        job.done.wait()
        self.publish()

    def refill(self, ids: NDArray[np.int64], words: NDArray[np.int64]) -> None:
        """Fill the empty live segment with edges that were captured: (edges, 2) ids, and their second
        words."""
        kinds = (words >> KIND_SHIFT & KIND_MASK).astype(np.uint8)
        before = self._live
        self.add(ids[:, 0].copy(), ids[:, 1].copy(), kinds, words >> TIME_SHIFT)
        if self._live is not before:
            raise Corrupt("The snapshot of interactions does not fit the settings")
        row = before.words[DATA]
        self.arrays.edges[row, : len(words), 1] = words
        self.arrays.facts[row, CANCELLED] = np.count_nonzero(words & DEAD_BIT)

    def adopt(self, sealed: Segment) -> None:
        """Put a restored sealed segment behind those that are there."""
        self._sealed = (*self._sealed, sealed)
        self._shown = _shown(*self._sealed, self._live)
        self._live.number = sealed.number + 1
        self._numbers = sealed.number + 2

    def new_sealed_row(self) -> tuple[int, int, Rows]:
        """A row for a segment that is restored, and its row of the tables."""
        return (*self._rows.take(is_sealed=True), self._rows)

    def statistics(self) -> InteractionStatistics:
        segments, _ = self._shown
        facts = self.arrays.facts
        return InteractionStatistics(
            segments=sum(segment.is_sealed for segment in segments),
            sealed_edges_bytes=sum(each.memory_bytes() for each in segments if each.is_sealed),
            live_edges=sum(
                int(facts[each.words[DATA], EDGES] - facts[each.words[DATA], CANCELLED])
                for each in segments
                if not each.is_sealed
            ),
            edges_ever=self._edges_ever,
            segments_dropped=self._segments_dropped,
        )

    def _delete(self, is_user: int, key: int) -> None:
        segments, directory = self._shown
        changed = np.zeros(len(segments), np.uint8)
        delete_node(self.arrays, directory, is_user, key, changed)
        for place in np.flatnonzero(changed).tolist():
            segments[place].changes += 1
        if self.job is not None:
            self.job.cancelled.append((is_user, key))

    def _repeat_cancels(self, sealed: Segment, cancelled: Sequence[tuple[int, ...]]) -> None:
        """What was cancelled while the segment was being sealed, in the same order, of the same edges."""
        _, directory = _shown(sealed)
        for entry in cancelled:
            if len(entry) == 3:
                cancel_interaction(self.arrays, directory, *entry)
            else:
                delete_node(self.arrays, directory, entry[0], entry[1], np.zeros(1, np.uint8))

    def _new_live(self) -> Segment:
        row, table = self._rows.take(is_sealed=False)
        self.arrays.facts[row] = 0
        homes = []
        for side, nodes in (
            (self.arrays.users, self.capacity.segment_users),
            (self.arrays.tweets, self.capacity.segment_tweets),
        ):
            clear(side.table[table])
            homes.append(homes_for(nodes))
        segment = Segment(self._numbers, live_words(row, table, (homes[0], homes[1])), self._rows, False)
        self._numbers += 1
        assert segment.words[TABLE] == table
        return segment


def _shown(*segments: Segment) -> tuple[tuple[Segment, ...], Directory]:
    """Segments, and what kernels know of them: one value, so that a reader has both of the same moment."""
    return segments, np.array([segment.words for segment in segments])
