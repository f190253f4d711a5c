"""The durable tables, as data, over interchangeable engines."""

from roost.store import rows, tables
from roost.store.batch import Batch
from roost.store.derivation import SIDES, derive, without_text
from roost.store.engines import KEYSPACES, Keyspace, KeyValueStore, open_memory, open_rocksdb
from roost.store.keys import KeyKind, KeyValue
from roost.store.seam import Consistency, Store, StoreStatistics
from roost.store.table import Column, Row, Table

__all__ = [
    "KEYSPACES",
    "SIDES",
    "Batch",
    "Column",
    "Consistency",
    "KeyKind",
    "KeyValue",
    "KeyValueStore",
    "Keyspace",
    "Row",
    "Store",
    "StoreStatistics",
    "Table",
    "derive",
    "open_memory",
    "open_rocksdb",
    "rows",
    "tables",
    "without_text",
]
