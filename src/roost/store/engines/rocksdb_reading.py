"""Reading RocksDB: scans, and a view that does not change. Bare exceptions of rocksdict end here."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rocksdict import Rdict, RdictIter, ReadOptions

from roost.errors import Corrupt, Invalid
from roost.store.engines.keyspace import Keyspace

Pairs = list[tuple[bytes, bytes]]


def scan_with(cursor: RdictIter, start: bytes, stop: bytes, reverse: bool, limit: int) -> Pairs:
    """As `Keyspace.scan`. rocksdict's `seek_to_first` does not mind a lower bound: ends are kept here."""
    pairs: Pairs = []
    if reverse:
        cursor.seek_for_prev(stop)
        if cursor.valid() and cursor.key() == stop:
            cursor.prev()
        while cursor.valid() and len(pairs) < limit and (key := cursor.key()) >= start:
            pairs.append((key, cursor.value()))
            cursor.prev()
    else:
        cursor.seek(start)
        while cursor.valid() and len(pairs) < limit and (key := cursor.key()) < stop:
            pairs.append((key, cursor.value()))
            cursor.next()
    if not cursor.valid():
        check_status(cursor)
    return pairs


def check_status(cursor: RdictIter) -> None:
    """An iterator that meets a damaged block just ends; only its status tells."""
    try:
        cursor.status()
    except Exception as cause:
        raise damaged(cause) from cause


def damaged(cause: Exception) -> Corrupt:
    return Corrupt(f"The store is damaged: {sentence(cause)}")


def sentence(cause: Exception) -> str:
    return str(cause).strip().rstrip(".")


class FrozenRocksdb:
    """A `Keyspace` to be read: the database as it was when this was made; by one thread at a time.

    All reads go through one iterator, which sees what there was when it was made, however long it lives;
    those of rocksdict's own snapshots see later writes. It costs no disk but for what is overwritten
    meanwhile, which stays until it is closed. 10 us a key.
    """

    name = "rocksdb"

    def __init__(self, database: Rdict) -> None:
        self._made: RdictIter | None = database.iter(ReadOptions())

    def get(self, key: bytes) -> bytes | None:
        cursor = self._cursor
        cursor.seek(key)
        if cursor.valid():
            return cursor.value() if cursor.key() == key else None
        check_status(cursor)
        return None

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        return [self.get(key) for key in keys]

    def scan(self, start: bytes, stop: bytes, reverse: bool, limit: int) -> Pairs:
        return scan_with(self._cursor, start, stop, reverse, limit)

    def apply(self, changes: Mapping[bytes, bytes | None]) -> None:
        assert not changes, "it does not change"

    def delete_range(self, start: bytes, stop: bytes) -> None:
        raise AssertionError(f"it does not change, nor between {start!r} and {stop!r}")

    def sync(self) -> None:
        return

    def checkpoint(self, folder: Path) -> None:
        raise Invalid(f"A view of the past cannot be copied to {folder}")

    def frozen(self) -> Keyspace:
        raise Invalid("A view of the past is frozen already")

    def aside(self) -> Keyspace:
        raise Invalid("A view of the past has no room")

    def size(self) -> tuple[int, int]:
        return 0, 0

    def close(self) -> None:
        self._made = None

    @property
    def _cursor(self) -> RdictIter:
        assert self._made is not None, "closed"
        return self._made
