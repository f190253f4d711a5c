"""Whom each user never sees: those they block, those who block them, those they mute.

Few users hide anybody, so these are Python sets, and for readers one sorted array a user that is replaced
when it changes, never written to. A mute ends without anybody's doing: the reader then makes an array of its
own, which holds until the writer replaces the one that it was made after.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_NOBODY = np.empty(0, np.uint32)


_Settled = tuple[NDArray[np.uint32], int]
"""Sorted rows, and until when they hold, in ms since the Unix epoch; 0 for ever."""
_NOTHING: _Settled = (_NOBODY, 0)


class _Entry:
    __slots__ = ("_later", "blocked_by", "blocks", "muted_by", "mutes", "settled")

    def __init__(self) -> None:
        self.blocks: set[int] = set()
        self.blocked_by: set[int] = set()
        self.mutes: dict[int, int] = {}
        """Row -> when the mute ends, in ms since the Unix epoch; 0 for never."""
        self.muted_by: dict[int, int] = {}
        """The same from the other side: who mutes this row, and until when."""
        self.settled = _NOTHING
        """Written by the writer only."""
        self._later = _NOTHING, _NOTHING
        """What followed on which `settled` when its time was over; written by the reader only."""

    def at(self, now_ms: int) -> NDArray[np.uint32]:
        """For the reader: the rows that are hidden now."""
        settled = self.settled
        if not 0 < settled[1] <= now_ms:
            return settled[0]
        if self._later[0] is not settled or 0 < self._later[1][1] <= now_ms:
            self._later = settled, self.found(now_ms)
        return self._later[1][0]

    def found(self, now_ms: int) -> _Settled:
        mutes = self.mutes.copy()  # a reader may come here while the writer adds one
        muted = {row for row, end_ms in mutes.items() if end_ms == 0 or end_ms > now_ms}
        ends_ms = min((end_ms for end_ms in mutes.values() if end_ms > now_ms), default=0)
        return np.array(sorted(self.blocks | self.blocked_by | muted), np.uint32), ends_ms


class Hidden:
    """Blocks and mutes between rows. One thread writes; `rows` may be asked beside it."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}

    def rows(self, row: int, now_ms: int) -> NDArray[np.uint32]:
        """Sorted: the rows that `row` blocks, is blocked by, or mutes at `now_ms`."""
        entry = self._entries.get(row)
        return _NOBODY if entry is None else entry.at(now_ms)

    def hiders(self, row: int, now_ms: int) -> set[int]:
        """The rows that hide `row` at `now_ms`: the other side of `rows`. 1 us and 0.1 us a hider."""
        entry = self._entries.get(row)
        if entry is None:
            return set()
        hiders = entry.blocks | entry.blocked_by
        if entry.muted_by:
            mutes = entry.muted_by.copy()  # the writer may add one meanwhile
            hiders.update(other for other, end_ms in mutes.items() if end_ms == 0 or end_ms > now_ms)
        return hiders

    def block(self, source: int, target: int, now_ms: int) -> None:
        self._entry(source).blocks.add(target)
        self._entry(target).blocked_by.add(source)
        self._settle(source, target, now_ms)

    def unblock(self, source: int, target: int, now_ms: int) -> None:
        self._entry(source).blocks.discard(target)
        self._entry(target).blocked_by.discard(source)
        self._settle(source, target, now_ms)

    def mute(self, source: int, target: int, until_ms: int, now_ms: int) -> None:
        self._entry(source).mutes[target] = until_ms
        self._entry(target).muted_by[source] = until_ms
        self._settle(source, target, now_ms)

    def unmute(self, source: int, target: int, now_ms: int) -> None:
        self._entry(source).mutes.pop(target, None)
        self._entry(target).muted_by.pop(source, None)
        self._settle(source, target, now_ms)

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Every block as (source, target), in order."""
        for row in sorted(self._entries):
            for target in sorted(self._entries[row].blocks):
                yield row, target

    def mutes(self) -> Iterator[tuple[int, int, int]]:
        """Every mute as (source, target, until_ms), in order."""
        for row in sorted(self._entries):
            for target, until_ms in sorted(self._entries[row].mutes.items()):
                yield row, target, until_ms

    def __len__(self) -> int:
        """How many blocks and mutes there are."""
        return sum(len(entry.blocks) + len(entry.mutes) for entry in self._entries.values())

    def _entry(self, row: int) -> _Entry:
        return self._entries.setdefault(row, _Entry())

    def _settle(self, source: int, target: int, now_ms: int) -> None:
        for row in {source, target}:
            entry = self._entries[row]
            entry.settled = entry.found(now_ms)
            if not (entry.blocks or entry.blocked_by or entry.mutes or entry.muted_by):
                del self._entries[row]
