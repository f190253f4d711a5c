"""The newest events, decoded: processors near the log's end need not read what was just written."""

import asyncio
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence

from roost.limits import LOG_TAIL_EVENTS_MAX
from roost.model import Event


class Tail:
    """Slices in order without gaps, at most `LOG_TAIL_EVENTS_MAX` events of them (or one longer slice)."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.events = 0
        self._slices: deque[tuple[int, Sequence[Event]]] = deque()
        self._times_s: deque[float] = deque([time.monotonic()])
        """When the slice before each slice was pushed, and when the last one was."""
        self._grown = asyncio.Event()

    def push(self, events: Sequence[Event]) -> None:
        self._slices.append((self.last + 1, events))
        self.last += len(events)
        self.events += len(events)
        self._times_s.append(time.monotonic())
        while self.events > LOG_TAIL_EVENTS_MAX and len(self._slices) > 1:
            self.events -= len(self._slices.popleft()[1])
            self._times_s.popleft()
        self._grown.set()
        self._grown = asyncio.Event()

    def read(self, after: int, limit: int) -> list[Event] | None:
        """Up to `limit` events after a position, or None where the tail does not reach back so far."""
        if after >= self.last:
            return []
        if not self._slices or after + 1 < self._slices[0][0]:
            return None
        found: list[Event] = []
        for first, events in self._from(after):
            start = max(0, after + 1 - first)
            found.extend(events[start : start + limit - len(found)])
            if len(found) >= limit:
                break
        return found

    def age_s(self, position: int) -> float:
        """How long ago a position was pushed, 0 for one that was not yet; at least so long ago where the tail
        does not reach back so far. 5 us, 50 us for a long tail."""
        if position > self.last:
            return 0.0
        slices_before = bisect_right(self._slices, position, key=lambda entry: entry[0])
        return time.monotonic() - self._times_s[slices_before]

    def _from(self, after: int) -> list[tuple[int, Sequence[Event]]]:
        """The slices that hold anything after a position; found from the new end, where readers are."""
        wanted: list[tuple[int, Sequence[Event]]] = []
        for entry in reversed(self._slices):
            if entry[0] + len(entry[1]) - 1 <= after:
                break
            wanted.append(entry)
        wanted.reverse()
        return wanted

    async def wait_beyond(self, position: int) -> None:
        while self.last <= position:
            await self._grown.wait()
