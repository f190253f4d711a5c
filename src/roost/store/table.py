"""Tables as data: what a row is, which columns place it and which columns order it."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from roost.store.keys import KeyKind, KeyValue, encoder_of

Row = TypeVar("Row", bound=msgspec.Struct)


class Column(msgspec.Struct, frozen=True):
    """A key column. `of` computes it from a row where it is not a field of that name."""

    name: str
    kind: KeyKind = KeyKind.INTEGER
    of: Callable[[Any], KeyValue] | None = None


class Table(Generic[Row]):
    """A named set of rows.

    Rows with the same partition columns live together (on one node of a cluster) and are ordered by the
    clustering columns; the two together are the row's key. A row is a msgspec Struct coded by position, so
    that columns can be added at its end. `number` is the table's name on disk and is never used again.
    """

    def __init__(
        self,
        number: int,
        name: str,
        row: type[Row],
        partition: Sequence[Column],
        clustering: Sequence[Column] = (),
    ) -> None:
        assert 0 < number < 255
        assert partition
        self.number = number
        self.name = name
        self.row = row
        self.partition = tuple(partition)
        self.clustering = tuple(clustering)
        columns = (*self.partition, *self.clustering)
        self._columns = columns
        self._getters = tuple(column.of or _field(column.name) for column in columns)
        self.prefix = bytes([number])
        self.encode_key = encoder_of(self.prefix, [column.kind for column in columns])
        self._encoder = msgspec.msgpack.Encoder()
        self.decode: Callable[[bytes], Row] = msgspec.msgpack.Decoder(row).decode

    def key_of(self, row: Row) -> bytes:
        return self.encode_key([getter(row) for getter in self._getters])

    def encode(self, row: Row) -> bytes:
        return self._encoder.encode(row)

    def check_key(self, values: Sequence[KeyValue]) -> None:
        """Assert that `values` name exactly one row."""
        assert len(values) == len(self._columns), f"{self.name} has {len(self._columns)} key columns"

    def check_prefix(self, values: Sequence[KeyValue]) -> None:
        """Assert that `values` name at least one whole partition."""
        assert len(self.partition) <= len(values) <= len(self._columns), f"{self.name}: a partition is needed"

    def __repr__(self) -> str:
        return f"Table({self.name})"


def _field(name: str) -> Callable[[Any], KeyValue]:
    def get(row: Any) -> KeyValue:
        value: KeyValue = getattr(row, name)
        return value

    return get
