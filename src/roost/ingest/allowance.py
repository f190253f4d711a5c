"""How much of the time something may take."""

import time
from collections.abc import Callable


class Allowance:
    """A share of the time on the wall; what is not used is saved, up to a burst. One step may overdraw it."""

    def __init__(self, share: float, burst_s: float, now_s: Callable[[], float] = time.perf_counter) -> None:
        self._share = share
        self._burst_s = burst_s
        self._now_s = now_s
        self._left_s = burst_s
        self._seen_s = now_s()

    def is_left(self) -> bool:
        now_s = self._now_s()
        self._left_s = min(self._burst_s, self._left_s + (now_s - self._seen_s) * self._share)
        self._seen_s = now_s
        return self._left_s > 0.0

    def spend(self, spent_s: float) -> None:
        self._left_s -= spent_s
