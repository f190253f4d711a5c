"""Engines by name. A new one is a file here, and a line here."""

from collections.abc import Callable
from pathlib import Path

from roost.store.engines.keyspace import Keyspace, open_memory
from roost.store.engines.keyvalue import KeyValueStore
from roost.store.engines.rocksdb import open_rocksdb

KEYSPACES: dict[str, Callable[[Path], Keyspace]] = {
    "memory": open_memory,
    "rocksdb": open_rocksdb,
}

__all__ = ["KEYSPACES", "KeyValueStore", "Keyspace", "open_memory", "open_rocksdb"]
