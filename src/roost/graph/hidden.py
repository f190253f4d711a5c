"""Whom each user never sees: those they block, those who block them, those they mute.

Few users hide anybody, so these are Python sets, and for readers one sorted array a user that is replaced
when it changes, never written to.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_NOBODY = np.empty(0, np.uint32)


class _Entry:
    __slots__ = ("blocked_by", "blocks", "ends_ms", "mutes", "rows")

    def __init__(self) -> None:
        self.blocks: set[int] = set()
        self.blocked_by: set[int] = set()
        self.mutes: dict[int, int] = {}
        """Row -> when the mute ends, in ms since the Unix epoch; 0 for never."""
        self.rows = _NOBODY
        self.ends_ms = 0
        """Until when `rows` holds; 0 for ever."""

    def settle(self, now_ms: int) -> None:
        mutes = self.mutes.copy()  # a reader may come here while the writer adds one
        muted = {row for row, end_ms in mutes.items() if end_ms == 0 or end_ms > now_ms}
        ends_ms = min((end_ms for end_ms in mutes.values() if end_ms > now_ms), default=0)
        self.rows = np.array(sorted(self.blocks | self.blocked_by | muted), np.uint32)
        self.ends_ms = ends_ms


class Hidden:
    """Blocks and mutes between rows. One thread writes; `rows` may be asked beside it."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}

    def rows(self, row: int, now_ms: int) -> NDArray[np.uint32]:
        """Sorted: the rows that `row` blocks, is blocked by, or mutes at `now_ms`."""
        entry = self._entries.get(row)
        if entry is None:
            return _NOBODY
        if 0 < entry.ends_ms <= now_ms:
            entry.settle(now_ms)
        return entry.rows

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
        self._settle(source, source, now_ms)

    def unmute(self, source: int, target: int, now_ms: int) -> None:
        self._entry(source).mutes.pop(target, None)
        self._settle(source, source, now_ms)

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
            entry.settle(now_ms)
            if not (entry.blocks or entry.blocked_by or entry.mutes):
                del self._entries[row]
