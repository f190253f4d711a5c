"""Changes that become durable and visible together, or not at all."""

from collections.abc import Sequence

from roost.store.keys import KeyValue
from roost.store.table import Row, Table


class Batch:
    """An ordered set of puts and deletes; of two changes to one key the later one wins.

    A row put by `put_if_absent` makes the whole batch fail with `Conflict` where its key exists when the
    batch's turn comes. Building a batch touches no store: about 2 us a row.
    """

    __slots__ = ("absent", "changes", "forgotten")

    def __init__(self) -> None:
        self.changes: dict[bytes, bytes | None] = {}
        self.absent: dict[bytes, str] = {}
        self.forgotten: list[tuple[bytes, bytes]] = []
        """Ranges of keys, each with its end excluded, that go before the changes are made."""

    def put(self, table: Table[Row], row: Row) -> None:
        self.changes[table.key_of(row)] = table.encode(row)

    def put_if_absent(self, table: Table[Row], row: Row, complaint: str) -> None:
        """`complaint` is the text of the Conflict."""
        key = table.key_of(row)
        self.absent[key] = complaint
        self.changes[key] = table.encode(row)

    def delete(self, table: Table[Row], key: Sequence[KeyValue]) -> None:
        table.check_key(key)
        self.changes[table.encode_key(key)] = None

    def forget_raw(self, start: bytes, stop: bytes) -> None:
        """Delete every key from `start` up to below `stop`, before what else the batch changes."""
        self.forgotten.append((start, stop))

    def add(self, other: "Batch") -> None:
        """Make another batch's changes too, after what this one holds so far."""
        assert not other.forgotten, "ranges would go before what this batch puts"
        self.changes.update(other.changes)
        self.absent.update(other.absent)

    def put_raw(self, key: bytes, value: bytes) -> None:
        """For the event log, which shares the write and has keys of its own below every table's."""
        self.changes[key] = value

    def __len__(self) -> int:
        return len(self.changes)
