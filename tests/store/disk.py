"""A keyspace of the tests' own: a dictionary whose syncs can be held back and can fail, as a disk's do."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from roost.errors import Invalid
from roost.store import Keyspace

_PATIENCE_S = 20.0
"""A sync that nobody releases, or that never comes, fails the test after so long."""


class DiskFailure(OSError):
    pass


class Disk:
    """`hold` keeps syncs from ending until `release`; calls named in `fails` raise."""

    name = "disk"

    def __init__(self, *, held: bool = False) -> None:
        self.rows: dict[bytes, bytes] = {}
        self.synced: dict[bytes, bytes] = {}
        self.fails: set[str] = set()
        self.closed = False
        self.syncing = threading.Event()
        self._free = threading.Event()
        if not held:
            self._free.set()

    def hold(self) -> None:
        self._free.clear()
        self.syncing.clear()

    def release(self) -> None:
        self._free.set()

    async def under_way(self) -> None:
        """Return once a sync has begun."""
        assert await asyncio.to_thread(self.syncing.wait, _PATIENCE_S)

    def _perhaps_fail(self, call: str) -> None:
        if call in self.fails:
            raise DiskFailure(f"{call}: input/output error")

    def get(self, key: bytes) -> bytes | None:
        self._perhaps_fail("get")
        return self.rows.get(key)

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        return [self.get(key) for key in keys]

    def scan(self, start: bytes, stop: bytes, reverse: bool, limit: int) -> list[tuple[bytes, bytes]]:
        keys = sorted((key for key in self.rows if start <= key < stop), reverse=reverse)
        return [(key, self.rows[key]) for key in keys[:limit]]

    def apply(self, changes: Mapping[bytes, bytes | None]) -> None:
        self._perhaps_fail("apply")
        for key, value in changes.items():
            if value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = value

    def delete_range(self, start: bytes, stop: bytes) -> None:
        self.apply(dict.fromkeys(key for key in self.rows if start <= key < stop))

    def sync(self) -> None:
        applied = dict(self.rows)
        self.syncing.set()
        assert self._free.wait(_PATIENCE_S)
        self._perhaps_fail("sync")
        self.synced = applied

    def checkpoint(self, folder: Path) -> None:
        raise Invalid("nothing to copy")

    def frozen(self) -> Keyspace:
        raise Invalid("nothing to freeze")

    def aside(self) -> Keyspace:
        raise Invalid("there is no room aside")

    def size(self) -> tuple[int, int]:
        return 0, sum(map(len, self.rows.values()))

    def close(self) -> None:
        self.closed = True
