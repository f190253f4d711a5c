"""Durations of the last ten minutes, in buckets whose width grows with the value: bounded memory, and at most
4.5% of error.

What was measured long ago, such as while a server was filled, says nothing of how it is now. So each minute
has a row of buckets of its own, which is used again ten minutes later."""

import time
from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

_STEPS_PER_DOUBLING = 16
_LOWEST_MS = 1e-3
_BUCKETS = 32 * _STEPS_PER_DOUBLING
"""From a microsecond to 50 days."""
_ROW_S = 60
_ROWS = 10


class Percentiles(msgspec.Struct, frozen=True):
    """Upper bounds, in ms, of what the last ten minutes have seen; 0 where nothing was recorded in them."""

    count: int
    p50_ms: float
    p99_ms: float
    p999_ms: float
    max_ms: float


class Histogram:
    """Recorded and read by any thread; a reading beside a recording may miss it. 40 KB."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._counts: NDArray[np.int64] = np.zeros((_ROWS, _BUCKETS), np.int64)
        self._longest_ms: NDArray[np.float64] = np.zeros(_ROWS)
        self._minutes: NDArray[np.int64] = np.full(_ROWS, -_ROWS)
        """Of which minute each row is."""

    def record_ms(self, value_ms: float) -> None:
        """2 us."""
        self.record_many_ms([value_ms])

    def record_many_ms(self, values_ms: ArrayLike, times: ArrayLike = 1) -> None:
        """Record values, each as often as `times` says. 5 us, and 20 ns a value."""
        values = np.maximum(np.asarray(values_ms, np.float64), _LOWEST_MS)
        if len(values) == 0:
            return
        buckets = (np.log2(values / _LOWEST_MS) * _STEPS_PER_DOUBLING).astype(np.int64)
        row = self._row()
        np.add.at(self._counts[row], np.minimum(buckets, _BUCKETS - 1), times)
        self._longest_ms[row] = max(self._longest_ms[row], values.max())

    def percentiles(self) -> Percentiles:
        """Of the minute that runs and the nine before it. 20 us."""
        recent = self._minutes > self._minute() - _ROWS
        running = np.cumsum(self._counts[recent].sum(axis=0))
        total = int(running[-1])
        max_ms = float(self._longest_ms[recent].max(initial=0.0))
        p50, p99, p999 = (_upper_bound(running, total * share, max_ms) for share in (0.5, 0.99, 0.999))
        return Percentiles(total, p50, p99, p999, round(max_ms, 3))

    def _minute(self) -> int:
        return int(self._now_s() // _ROW_S)

    def _row(self) -> int:
        """The row of the minute that runs."""
        minute = self._minute()
        row = minute % _ROWS
        if self._minutes[row] != minute:
            self._counts[row] = 0
            self._longest_ms[row] = 0.0
            self._minutes[row] = minute
        return row


def _upper_bound(running: NDArray[np.int64], rank: float, max_ms: float) -> float:
    if rank == 0:
        return 0.0
    bucket = int(np.searchsorted(running, rank))
    bound = _LOWEST_MS * 2 ** ((bucket + 1) / _STEPS_PER_DOUBLING)
    return round(min(bound, max_ms), 3)
