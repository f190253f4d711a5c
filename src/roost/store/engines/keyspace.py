"""What an embedded engine must do with bytes, and its twin in memory."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

from sortedcontainers import SortedDict

from roost.errors import Invalid


class Keyspace(Protocol):
    """An ordered map from bytes to bytes. One thread writes; every method but `sync` is quick."""

    name: str

    def get(self, key: bytes) -> bytes | None: ...

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]: ...

    def scan(self, start: bytes, stop: bytes, reverse: bool, limit: int) -> list[tuple[bytes, bytes]]:
        """Pairs with start <= key < stop, at most `limit`, in key order or against it."""
        ...

    def apply(self, changes: Mapping[bytes, bytes | None]) -> None:
        """Make the changes visible, all at once. They are durable after the next `sync`."""
        ...

    def delete_range(self, start: bytes, stop: bytes) -> None:
        """Forget every key with start <= key < stop; durable after the next `sync`."""
        ...

    def sync(self) -> None:
        """Return when everything applied so far is on disk. Called in a worker thread; releases the GIL."""
        ...

    def checkpoint(self, folder: Path) -> None: ...

    def frozen(self) -> "Keyspace":
        """What this one holds now, to be read: it stays as it is until it is closed."""
        ...

    def aside(self) -> "Keyspace":
        """An empty keyspace for a while: what is put there is nowhere else, and goes when it is closed. There
        is one at a time; it needs no `sync`, and is empty after a crash."""
        ...

    def size(self) -> tuple[int, int]:
        """(bytes on disk, bytes in memory), as the engine reports them."""
        ...

    def close(self) -> None: ...


class MemoryKeyspace:
    """The in-memory twin: a sorted dictionary. Nothing outlives the process."""

    name = "memory"

    def __init__(self) -> None:
        self._map: SortedDict[bytes, bytes] = SortedDict()
        self._bytes = 0

    def get(self, key: bytes) -> bytes | None:
        value: bytes | None = self._map.get(key)
        return value

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        return [self._map.get(key) for key in keys]

    def scan(self, start: bytes, stop: bytes, reverse: bool, limit: int) -> list[tuple[bytes, bytes]]:
        keys = self._map.irange(start, stop, inclusive=(True, False), reverse=reverse)
        return [(key, self._map[key]) for key in islice(keys, limit)]

    def apply(self, changes: Mapping[bytes, bytes | None]) -> None:
        for key, value in changes.items():
            old = self._map.pop(key, None)
            if old is not None:
                self._bytes -= len(key) + len(old)
            if value is not None:
                self._map[key] = value
                self._bytes += len(key) + len(value)

    def delete_range(self, start: bytes, stop: bytes) -> None:
        self.apply(dict.fromkeys(self._map.irange(start, stop, inclusive=(True, False))))

    def sync(self) -> None:
        return

    def checkpoint(self, folder: Path) -> None:
        raise Invalid(f"The memory store keeps nothing that could be copied to {folder}")

    def frozen(self) -> Keyspace:
        other = MemoryKeyspace()
        other._map, other._bytes = self._map.copy(), self._bytes
        return other

    def aside(self) -> Keyspace:
        return MemoryKeyspace()

    def size(self) -> tuple[int, int]:
        return 0, self._bytes

    def close(self) -> None:
        self._map.clear()
        self._bytes = 0


def open_memory(folder: Path) -> Keyspace:
    """`folder` is not used: nothing is written."""
    del folder
    return MemoryKeyspace()
