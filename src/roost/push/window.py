"""What happened lately, so that who was away for a while can be told what they missed.

A ring of happenings in the order of the log, whole above `floor`. Whoever goes on from a position at or above
it misses nothing; others have to read their timelines again.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.kernels import TWEET_FACTS, EdgeLists, list_candidates
from roost.limits import STREAM_REPLAY_ENTRIES_MAX
from roost.model import Tweet
from roost.push.messages import MessageKind


class Happening(msgspec.Struct, frozen=True, eq=False):
    """Something that streams tell, and by what it is found who is told."""

    position: int
    kind: MessageKind
    tweet: Tweet | None = None
    """TWEET, EDIT and DELETION: which."""
    user_id: int = 0
    """Whom it is for, where that is one user alone."""
    content: Any = None
    """Of other kinds: what is told."""


class Window:
    """`capacity` happenings. Belongs to one thread."""

    def __init__(self, capacity: int = STREAM_REPLAY_ENTRIES_MAX) -> None:
        self.floor = 0
        self._capacity = capacity
        self._happenings: list[Happening | None] = [None] * capacity
        self._facts: NDArray[np.int64] = np.zeros((capacity, TWEET_FACTS), np.int64)
        self._positions: NDArray[np.int64] = np.zeros(capacity, np.int64)
        self._count = 0
        """How many were ever added."""
        self._found = np.zeros(capacity, np.int64)

    def begin(self, position: int) -> None:
        """Nothing up to `position` will be known."""
        self.floor = position

    def add(self, happening: Happening, facts: NDArray[np.int64]) -> None:
        """`facts` as in `kernels.audience`: of a tweet; with an author of -1 for what is none."""
        slot = self._count % self._capacity
        dropped = self._happenings[slot]
        if dropped is not None:
            self.floor = dropped.position
        self._happenings[slot] = happening
        self._facts[slot] = facts
        self._positions[slot] = happening.position
        self._count += 1

    def between(self, low: int, high: int) -> Iterator[Happening]:
        """Those above position `low` and up to `high`, in order."""
        for first, stop in self._ranges(low, high):
            for happening in self._happenings[first:stop]:
                assert happening is not None
                yield happening

    def candidates(self, following: EdgeLists, viewer: int, low: int, high: int) -> Iterator[Happening]:
        """Those `between` that may concern row `viewer`. 50 ns for each that there is."""
        for first, stop in self._ranges(low, high):
            count = list_candidates(following, self._facts, first, stop, viewer, self._found)
            for index in self._found[:count].tolist():
                happening = self._happenings[index]
                assert happening is not None
                yield happening

    def _ranges(self, low: int, high: int) -> list[tuple[int, int]]:
        """Slots from one up to below another, in order."""
        oldest = max(0, self._count - self._capacity)
        turn = self._count % self._capacity
        pieces = [(0, self._count)] if oldest == 0 else [(turn, self._capacity), (0, turn)]
        found = []
        for begin, end in pieces:
            positions = self._positions[begin:end]
            first = begin + int(np.searchsorted(positions, low, "right"))
            stop = begin + int(np.searchsorted(positions, high, "right"))
            if first < stop:
                found.append((first, stop))
        return found
