"""Durations in buckets whose width grows with the value: bounded memory, and at most 4.5% of error."""

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

_STEPS_PER_DOUBLING = 16
_LOWEST_MS = 1e-3
_BUCKETS = 32 * _STEPS_PER_DOUBLING
"""From a microsecond to 50 days."""


class Percentiles(msgspec.Struct, frozen=True):
    """Upper bounds, in ms; 0 where nothing was recorded."""

    count: int
    p50_ms: float
    p99_ms: float
    p999_ms: float
    max_ms: float


class Histogram:
    """Recorded and read by any thread; a reading beside a recording may miss it."""

    def __init__(self) -> None:
        self._counts: NDArray[np.int64] = np.zeros(_BUCKETS, np.int64)
        self._max_ms = 0.0

    def record_ms(self, value_ms: float) -> None:
        """2 us."""
        self.record_many_ms([value_ms])

    def record_many_ms(self, values_ms: ArrayLike, times: ArrayLike = 1) -> None:
        """Record values, each as often as `times` says. 5 us, and 20 ns a value."""
        values = np.maximum(np.asarray(values_ms, np.float64), _LOWEST_MS)
        if len(values) == 0:
            return
        buckets = (np.log2(values / _LOWEST_MS) * _STEPS_PER_DOUBLING).astype(np.int64)
        np.add.at(self._counts, np.minimum(buckets, _BUCKETS - 1), times)
        self._max_ms = max(self._max_ms, float(values.max()))

    def percentiles(self) -> Percentiles:
        total = int(self._counts.sum())
        running = np.cumsum(self._counts)
        p50, p99, p999 = (self._upper_bound(running, total, share) for share in (0.5, 0.99, 0.999))
        return Percentiles(total, p50, p99, p999, round(self._max_ms, 3))

    def reset(self) -> None:
        self._counts[:] = 0
        self._max_ms = 0.0

    def _upper_bound(self, running: NDArray[np.int64], total: int, share: float) -> float:
        if total == 0:
            return 0.0
        bucket = int(np.searchsorted(running, share * total))
        bound = _LOWEST_MS * 2 ** ((bucket + 1) / _STEPS_PER_DOUBLING)
        return round(float(min(bound, self._max_ms)), 3)
