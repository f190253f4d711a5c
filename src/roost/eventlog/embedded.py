"""The event log in the same ordered keyspace as the tables: one atomic write for an event and its rows.

Keys lie below every table's: 00 "L" + position of a record's first event -> record; 00 "C" + name -> cursor.
"""

import struct
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from roost.errors import Corrupt, NotFound
from roost.eventlog.coding import decode_record, encode_record
from roost.eventlog.seam import Changes, LogSlice, LogStatistics
from roost.eventlog.tail import Tail
from roost.limits import LOG_READ_EVENTS_MAX
from roost.model import Event

_RECORD = b"\x00L"
_RECORD_END = b"\x00M"
_CURSOR = b"\x00C"
_CURSOR_END = b"\x00D"
_POSITION = struct.Struct(">Q")
_RECORDS_AT_ONCE = 64


class Space(Protocol):
    """What the log needs of the store that it shares: ordered atomic commits, and raw reads."""

    async def commit(self, batch: Any, at_turn: Callable[[Any], Callable[[], None]]) -> None: ...

    def scan_raw(self, start: bytes, stop: bytes, reverse: bool, limit: int) -> list[tuple[bytes, bytes]]: ...


class EmbeddedLog:
    """`new_changes` makes an empty set of changes, for appends that carry no rows."""

    def __init__(self, space: Space, new_changes: Callable[[], Changes]) -> None:
        self._space = space
        self._new_changes = new_changes
        newest = space.scan_raw(_RECORD, _RECORD_END, True, 1)
        last = _position(newest[0][0]) + len(decode_record(newest[0][1])) - 1 if newest else 0
        oldest = space.scan_raw(_RECORD, _RECORD_END, False, 1)
        self._first = _position(oldest[0][0]) if oldest else last + 1
        self._assigned = last
        self._tail = Tail(last)

    @property
    def first(self) -> int:
        return self._first

    @property
    def last(self) -> int:
        return self._tail.last

    async def append(self, events: Sequence[Event], changes: Changes | None = None) -> int:
        assert events
        events = tuple(events)  # the caller may go on with its list
        record = encode_record(events)
        position = 0

        def at_turn(batch: Changes) -> Callable[[], None]:
            nonlocal position
            batch.put_raw(_RECORD + _POSITION.pack(self._assigned + 1), record)
            self._assigned += len(events)
            position = self._assigned
            return lambda: self._tail.push(events)

        await self._space.commit(self._new_changes() if changes is None else changes, at_turn)
        return position

    async def read(self, after: int, limit: int) -> LogSlice:
        if after + 1 < self._first:
            raise NotFound(f"Events before position {self._first} were forgotten")
        limit = min(limit, LOG_READ_EVENTS_MAX)
        found = self._tail.read(after, limit)
        if found is None:
            found = self._read_records(after, limit)
        return LogSlice(after + 1, found)

    async def wait_beyond(self, position: int) -> None:
        await self._tail.wait_beyond(position)

    def age_s(self, position: int) -> float:
        return self._tail.age_s(position)

    async def cursor(self, name: str) -> int:
        return (await self.cursors()).get(name, 0)

    async def commit_cursor(self, name: str, position: int, changes: Changes | None = None) -> None:
        def at_turn(batch: Changes) -> Callable[[], None]:
            batch.put_raw(_CURSOR + name.encode(), _POSITION.pack(position))
            return _nothing

        await self._space.commit(self._new_changes() if changes is None else changes, at_turn)

    async def drop_cursor(self, name: str, changes: Changes | None = None) -> None:
        key = _CURSOR + name.encode()

        def at_turn(batch: Changes) -> Callable[[], None]:
            batch.forget_raw(key, key + b"\x00")
            return _nothing

        await self._space.commit(self._new_changes() if changes is None else changes, at_turn)

    async def cursors(self) -> dict[str, int]:
        pairs = self._space.scan_raw(_CURSOR, _CURSOR_END, False, 1_000)
        return {key[len(_CURSOR) :].decode(): _POSITION.unpack(value)[0] for key, value in pairs}

    async def forget(self, before: int) -> None:
        """Records are dropped whole; the newest one stays, for it says where the log ends."""
        bound = _RECORD + _POSITION.pack(max(before, 1))
        newest = self._space.scan_raw(_RECORD, bound, True, 1)
        if not newest:
            return
        kept = _position(newest[0][0])
        following = kept + len(decode_record(newest[0][1]))
        if following <= before and following <= self.last:
            kept = following
        changes = self._new_changes()
        changes.forget_raw(_RECORD, _RECORD + _POSITION.pack(kept))
        self._first = max(self._first, kept)
        await self._space.commit(changes, lambda _: _nothing)

    def statistics(self) -> LogStatistics:
        return LogStatistics(self.first, self.last, self._tail.events)

    def _read_records(self, after: int, limit: int) -> list[Event]:
        """Read back from the engine. Long reads are cut after `_RECORDS_AT_ONCE` records."""
        begin = self._space.scan_raw(_RECORD, _RECORD + _POSITION.pack(after + 2), True, 1)
        if not begin:
            raise Corrupt(f"The event log has no record for position {after + 1}")
        found: list[Event] = []
        expected = _position(begin[0][0])
        for key, record in self._space.scan_raw(begin[0][0], _RECORD_END, False, _RECORDS_AT_ONCE):
            if _position(key) > self.last:
                break
            if _position(key) != expected:
                raise Corrupt(f"The event log has a gap at position {expected}")
            events = decode_record(record)
            start = max(0, after + 1 - expected)
            found.extend(events[start : start + limit - len(found)])
            expected += len(events)
            if len(found) >= limit:
                break
        return found


def _position(key: bytes) -> int:
    position: int = _POSITION.unpack(key[len(_RECORD) :])[0]
    return position


def _nothing() -> None:
    return
