"""Whether the event loop's thread has time for what is optional."""

import time
from collections.abc import Callable

from roost.limits import PRESSURE_CALM_SHARE, PRESSURE_HIGH_SHARE, PRESSURE_WINDOW_S, PRESSURE_WINDOWS

Reading = Callable[[], tuple[float, float]]
"""What a clock on the wall says, and how much processor time the calling thread has had; in seconds."""


def _read() -> tuple[float, float]:
    return time.perf_counter(), time.thread_time()


class Pressure:
    """Asked on the event loop's thread: which share of the time it computed, a window at a time.

    High after some windows in a row in which it hardly ever waited, and until one in which it waited again.
    What is left out under pressure makes the room in which the pressure falls: so optional work gets what is
    left of the thread's time, and no more.
    """

    def __init__(self, read: Reading = _read) -> None:
        self._read = read
        self._wall_s, self._worked_s = read()
        self._windows = 0
        """How many in a row were full."""

    def is_high(self) -> bool:
        """0.3 us."""
        wall_s, worked_s = self._read()
        if wall_s - self._wall_s >= PRESSURE_WINDOW_S:
            share = (worked_s - self._worked_s) / (wall_s - self._wall_s)
            self._wall_s, self._worked_s = wall_s, worked_s
            if share >= PRESSURE_HIGH_SHARE:
                self._windows = min(self._windows + 1, PRESSURE_WINDOWS)
            elif share < PRESSURE_CALM_SHARE or self._windows < PRESSURE_WINDOWS:
                self._windows = 0
        return self._windows >= PRESSURE_WINDOWS
