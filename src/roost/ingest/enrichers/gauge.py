"""What is known of an enricher's work."""

import time

from roost.ingest.enrichers.seam import EnricherStatistics
from roost.telemetry import Histogram

_RECORDED_AT_ONCE = 64
"""A histogram takes many values as fast as one."""


class Gauge:
    """Counts; belongs to the event loop's thread."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tweets = 0
        self.failures = 0
        self.over_budget = 0
        self.left_out = 0
        self._histogram = Histogram()
        self._fresh_ms: list[float] = []

    def took(self, began_s: float) -> float:
        """Note a piece of work that began at a reading of `perf_counter`; answers how many ms it took."""
        spent_ms = (time.perf_counter() - began_s) * 1000
        self.tweets += 1
        self._fresh_ms.append(spent_ms)
        if len(self._fresh_ms) >= _RECORDED_AT_ONCE:
            self._record()
        return spent_ms

    def statistics(self) -> EnricherStatistics:
        self._record()
        return EnricherStatistics(
            self.name,
            self.tweets,
            self.failures,
            self.over_budget,
            self.left_out,
            self._histogram.percentiles(),
        )

    def _record(self) -> None:
        self._histogram.record_many_ms(self._fresh_ms)
        self._fresh_ms.clear()
