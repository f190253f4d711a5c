"""Time as a seam: a real clock, and a manual one that tests move by hand."""

import time
from typing import Protocol


class Clock(Protocol):
    """Wall time in ms since the Unix epoch, and a way to wait for it."""

    def now_ms(self) -> int: ...

    def wait_until_ms(self, deadline_ms: int) -> None:
        """Return once `now_ms() >= deadline_ms`. Blocks: only for waits of about a millisecond."""


class SystemClock:
    """The machine's wall clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def wait_until_ms(self, deadline_ms: int) -> None:
        while (remaining_ms := deadline_ms - self.now_ms()) > 0:
            time.sleep(remaining_ms / 2000)


class ManualClock:
    """A clock that stands still until it is told to move. Waiting on it moves it to the deadline."""

    def __init__(self, now_ms: int = 1_700_000_000_000) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def advance_ms(self, delta_ms: int) -> None:
        """Move by `delta_ms`; a negative delta is a clock that was set back."""
        self._now_ms += delta_ms

    def wait_until_ms(self, deadline_ms: int) -> None:
        self._now_ms = max(self._now_ms, deadline_ms)
