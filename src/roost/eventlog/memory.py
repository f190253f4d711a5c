"""The in-memory twin of the event log: a list. Nothing outlives the process."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from roost.errors import NotFound
from roost.eventlog.seam import Changes, LogSlice, LogStatistics
from roost.eventlog.tail import Tail
from roost.limits import LOG_READ_EVENTS_MAX
from roost.model import Event


class Riders(Protocol):
    """Applies the rows that ride with an append, in one order with all others."""

    async def commit(self, batch: Any, at_turn: Callable[[Any], Callable[[], None]]) -> None: ...


class MemoryLog:
    """Positions are list indexes. `riders` takes the rows; without one, appends may carry none."""

    def __init__(self, riders: Riders | None = None) -> None:
        self._events: list[Event] = []
        self._forgotten = 0
        self._tail = Tail(0)
        self._cursors: dict[str, int] = {}
        self._riders = riders

    @property
    def first(self) -> int:
        return self._forgotten + 1

    @property
    def last(self) -> int:
        return self._tail.last

    async def append(self, events: Sequence[Event], changes: Changes | None = None) -> int:
        assert events
        kept = tuple(events)
        position = 0

        def add() -> None:
            nonlocal position
            self._events.extend(kept)
            self._tail.push(kept)
            position = self.last

        await self._ride(changes, add)
        return position

    async def read(self, after: int, limit: int) -> LogSlice:
        if after < self._forgotten:
            raise NotFound(f"Events before position {self.first} were forgotten")
        start = after - self._forgotten
        return LogSlice(after + 1, self._events[start : start + min(limit, LOG_READ_EVENTS_MAX)])

    async def wait_beyond(self, position: int) -> None:
        await self._tail.wait_beyond(position)

    def age_s(self, position: int) -> float:
        return self._tail.age_s(position)

    async def cursor(self, name: str) -> int:
        return self._cursors.get(name, 0)

    async def commit_cursor(self, name: str, position: int, changes: Changes | None = None) -> None:
        def note() -> None:
            self._cursors[name] = position

        await self._ride(changes, note)

    async def drop_cursor(self, name: str, changes: Changes | None = None) -> None:
        def drop() -> None:
            self._cursors.pop(name, None)

        await self._ride(changes, drop)

    async def cursors(self) -> dict[str, int]:
        return dict(self._cursors)

    async def forget(self, before: int) -> None:
        dropped = min(before - 1, self.last) - self._forgotten
        if dropped > 0:
            del self._events[:dropped]
            self._forgotten += dropped

    def statistics(self) -> LogStatistics:
        return LogStatistics(self.first, self.last, len(self._events))

    async def _ride(self, changes: Changes | None, then: Callable[[], None]) -> None:
        """Do `then` when the rows are durable, whether or not the caller still waits for it."""
        if changes is None:
            then()
            return
        assert self._riders is not None, "this log was made without a store for the rows to go to"
        await self._riders.commit(changes, lambda _: then)
