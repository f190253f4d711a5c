"""The event log as the rest of Roost sees it."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from roost.model import Event


class Changes(Protocol):
    """Table rows that ride in the same atomic write; made by the store, not looked into here."""

    def put_raw(self, key: bytes, value: bytes) -> None: ...

    def forget_raw(self, start: bytes, stop: bytes) -> None: ...


class LogSlice(msgspec.Struct, frozen=True):
    """`events[i]` stands at position `first + i`."""

    first: int
    events: Sequence[Event]

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1


class LogStatistics(msgspec.Struct, frozen=True):
    """Positions, and what is kept decoded in memory."""

    first: int
    last: int
    tail_events: int


class EventLog(Protocol):
    """A durable sequence of events. Positions begin with 1 and have no gaps.

    `append` returns when the events, and the rows that ride with them, are durable. A reader that was given
    position p by `append` finds p by `read`. Order is the order in which appends became durable.
    """

    @property
    def first(self) -> int:
        """The oldest position that can still be read; `last + 1` where the log is empty."""
        ...

    @property
    def last(self) -> int:
        """The newest durable position; 0 where nothing was ever appended."""
        ...

    async def append(self, events: Sequence[Event], changes: Changes | None = None) -> int:
        """The position of the last of `events`. Nothing is appended where the changes' conditions fail."""
        ...

    async def read(self, after: int, limit: int) -> LogSlice:
        """At most `limit` events (and `LOG_READ_EVENTS_MAX`) from position `after + 1` on; none at the end.

        Raises NotFound where those events were forgotten, Corrupt where they are damaged.
        """
        ...

    async def wait_beyond(self, position: int) -> None:
        """Return once `last > position`."""
        ...

    def age_s(self, position: int) -> float:
        """How long ago `position` became durable; 0 where it has not. Of what is no longer in memory, at
        least so long ago: since the log was opened, say."""
        ...

    async def cursor(self, name: str) -> int:
        """How far the reader `name` has come; 0 for a new one."""
        ...

    async def commit_cursor(self, name: str, position: int, changes: Changes | None = None) -> None:
        """Note that `name` has applied everything up to `position`, together with what it derived."""
        ...

    async def drop_cursor(self, name: str, changes: Changes | None = None) -> None:
        """Forget a reader that there is no more, together with what it derived."""
        ...

    async def cursors(self) -> dict[str, int]:
        """Every reader's position."""
        ...

    async def forget(self, before: int) -> None:
        """Drop whole records below `before`; what is dropped cannot be read again."""
        ...

    def statistics(self) -> LogStatistics: ...
