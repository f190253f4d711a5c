"""Building rings: for readers who have none, or whose ring no longer says what it should."""

import numpy as np

from roost.home.state import ShardState
from roost.home.strategies import SEMI_ACTIVE_LEVEL
from roost.kernels import (
    coldest_ring,
    drop_ring,
    free_slots,
    level_of,
    make_scratch,
    note_reads,
    reading_level,
    sweep_rings,
    warm_range,
    warm_ring,
)
from roost.limits import FOLLOWEES_MAX, ROWS_MAX, WARM_REQUESTS_MAX

_RAISE_SLACK = 1
"""A ring is built anew for a higher level when its owner reads more than so many levels above it."""
_EVICTION_SAMPLES = 16
_SWEEP_SLOTS = 4_096
_REVIVED_AT_ONCE = 64
_NOTHING = np.empty(0, np.uint32)


class Warmer:
    """Belongs to the writer thread. Building a ring for 300 followees takes about 40 us."""

    def __init__(self, state: ShardState) -> None:
        self._state = state
        self._scratch = make_scratch(state.capacity.ring_entries, FOLLOWEES_MAX, state.capacity.ring_entries)
        self._wanted: dict[int, None] = {}
        self._swept = 0
        self._revived = ROWS_MAX
        """The next row to revive; none from here on."""
        self._seed = 1
        self.built = 0
        self.evicted = 0

    @property
    def waiting(self) -> bool:
        """Whether there is a ring to build."""
        return bool(self._wanted) or self._revived < self._state.graph.users

    def note_reads(self, rows: list[int], now_s: int) -> None:
        """These users have read; those whose ring is missing or too low get one in time."""
        reads = np.array(rows, np.int64)
        stale = np.empty(len(reads), np.int64)
        count = note_reads(self._state.rings, self._state.paces, reads, now_s, _RAISE_SLACK, stale)
        for row in stale[:count]:
            self.want(int(row))

    def want(self, row: int) -> None:
        """Ask for a new ring. Above `WARM_REQUESTS_MAX` requests the user goes on being served by pull."""
        if len(self._wanted) < WARM_REQUESTS_MAX:
            self._wanted[row] = None

    def drop(self, row: int) -> None:
        """A user's ring no longer says what it should: take it away now, and build it anew in time."""
        if drop_ring(self._state.rings, row):
            self.want(row)

    def revive(self) -> None:
        """After a restart: build the rings of all who read lately, in the background, while there is room."""
        self._revived = 0

    def step(self, now_s: int) -> bool:
        """Build one ring that was asked for, or revive some; False where there is nothing to build."""
        if self._wanted:
            row = next(iter(self._wanted))
            del self._wanted[row]
            self.build(row, now_s)
            return True
        users = self._state.graph.users
        if self._revived >= users:
            return False
        stop = min(self._revived + _REVIVED_AT_ONCE, users)
        state = self._state
        self.built += warm_range(
            state.world,
            self._scratch,
            _NOTHING,
            state.paces,
            SEMI_ACTIVE_LEVEL,
            now_s,
            self._revived,
            stop,
        )
        self._revived = stop if stop < users else ROWS_MAX
        return True

    def build(self, row: int, now_s: int) -> bool:
        """Give a user a ring for the level they read at now; False for an inactive one, who gets none.

        A ring that is there already is replaced where its level is too low. The user whose ring was read
        longest ago, of a sample, makes room where there is none.
        """
        state = self._state
        level = int(reading_level(state.paces, row, now_s))
        held = level_of(state.rings, row)
        if level < SEMI_ACTIVE_LEVEL or held >= level:
            return False
        drop_ring(state.rings, row)
        if free_slots(state.rings) == 0 and not self._evict():
            return False
        self.built += 1
        return bool(warm_ring(state.world, self._scratch, _NOTHING, row, level, now_s))

    def sweep(self, now_s: int) -> bool:
        """Look at the next `_SWEEP_SLOTS` rings, lower the levels that sank and drop inactive users' rings.

        False at the end of a round. Not while deliveries wait: these are planned for the levels as they were.
        """
        touched = int(self._state.rings.counters[1])
        stop = min(self._swept + _SWEEP_SLOTS, touched)
        self.evicted += sweep_rings(
            self._state.rings, self._state.paces, SEMI_ACTIVE_LEVEL, now_s, self._swept, stop
        )
        self._swept = 0 if stop >= touched else stop
        return self._swept != 0

    def _evict(self) -> bool:
        self._seed = (self._seed * 69_069 + 1) & 0x7FFFFFFF
        coldest = int(coldest_ring(self._state.rings, self._seed, _EVICTION_SAMPLES))
        if coldest < 0:
            return False
        drop_ring(self._state.rings, coldest)
        self.evicted += 1
        return True
