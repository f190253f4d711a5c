"""A keyspace within another one, for what is needed for a while: under a prefix above every table's.

Not synced, for it is empty after a crash: what a process that was killed left is deleted when the next one is
made.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from roost.errors import Invalid
from roost.store.engines.keyspace import Keyspace

_PREFIX = b"\xff"
_END = b"\xff\xff"
"""Tables' numbers are below 255."""


class Corner:
    """See `Keyspace.aside`."""

    def __init__(self, whole: Keyspace) -> None:
        self.name = whole.name
        self._whole = whole
        whole.delete_range(_PREFIX, _END)

    def get(self, key: bytes) -> bytes | None:
        return self._whole.get(_PREFIX + key)

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        return self._whole.get_many([_PREFIX + key for key in keys])

    def scan(self, start: bytes, stop: bytes, reverse: bool, limit: int) -> list[tuple[bytes, bytes]]:
        found = self._whole.scan(_PREFIX + start, _PREFIX + stop, reverse, limit)
        return [(key[1:], value) for key, value in found]

    def apply(self, changes: Mapping[bytes, bytes | None]) -> None:
        self._whole.apply({_PREFIX + key: value for key, value in changes.items()})

    def delete_range(self, start: bytes, stop: bytes) -> None:
        self._whole.delete_range(_PREFIX + start, _PREFIX + stop)

    def sync(self) -> None:
        return

    def checkpoint(self, folder: Path) -> None:
        raise Invalid(f"What is there for a while only is not copied to {folder}")

    def frozen(self) -> Keyspace:
        raise Invalid("What is there for a while only is not frozen")

    def aside(self) -> Keyspace:
        raise Invalid("There is one room aside at a time")

    def size(self) -> tuple[int, int]:
        return 0, 0

    def close(self) -> None:
        self._whole.delete_range(_PREFIX, _END)
