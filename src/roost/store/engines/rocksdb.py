"""RocksDB through rocksdict.

rocksdict holds the interpreter lock in `put` and `write` and releases it in `flush_wal`, so a group is
written unsynced (about 5 us a row) and then synced in a worker thread: see `group_commit`. After `kill -9`
RocksDB replays its write-ahead log up to the last whole record; a log that is damaged elsewhere is refused.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from rocksdict import (
    BlockBasedOptions,
    Cache,
    Checkpoint,
    DBCompressionType,
    DBRecoveryMode,
    Options,
    Rdict,
    ReadOptions,
    WriteBatch,
)

from roost.errors import Corrupt, Invalid
from roost.store.engines.corner import Corner
from roost.store.engines.keyspace import Keyspace
from roost.store.engines.rocksdb_reading import FrozenRocksdb, check_status, damaged, scan_with, sentence

_MEMTABLE_BYTES = 64 << 20
_MEMTABLES = 4
_BLOCK_CACHE_BYTES = 256 << 20
_BLOOM_BITS_A_KEY = 10.0
_OPEN_FILES_MAX = 512
_BYTES_PER_SYNC = 1 << 20
_FORMAT_KEY = b"\x00F"
_FORMAT = b"roost store 1"


def _options() -> Options:
    table = BlockBasedOptions()
    table.set_bloom_filter(_BLOOM_BITS_A_KEY, block_based=False)
    table.set_block_cache(Cache(_BLOCK_CACHE_BYTES))
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_block_based_table_factory(table)
    options.set_compression_type(DBCompressionType.lz4())
    options.set_write_buffer_size(_MEMTABLE_BYTES)
    options.set_max_write_buffer_number(_MEMTABLES)
    options.set_max_background_jobs(2)
    options.set_max_open_files(_OPEN_FILES_MAX)
    options.set_level_compaction_dynamic_level_bytes(True)
    options.set_keep_log_file_num(3)
    # New files go to the disk as they are written, not all at their end: a commit's sync would wait for that.
    options.set_bytes_per_sync(_BYTES_PER_SYNC)
    # A last record that is cut short is what a crash leaves. Damage before it means that something which was
    # synced is gone: that must not be passed over in silence, as the usual mode does.
    options.set_wal_recovery_mode(DBRecoveryMode.tolerate_corrupted_tail_records())
    return options


class RocksdbKeyspace:
    name = "rocksdb"

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._folder = folder
            self._db = Rdict(str(folder), options=_options())
        except Exception as cause:  # rocksdict raises a bare Exception for everything
            raise Corrupt(f"The store in {folder} cannot be opened: {sentence(cause)}") from cause
        try:
            self._check_format(folder)
        except BaseException:
            self._db.close()
            raise

    def get(self, key: bytes) -> bytes | None:
        try:
            value: bytes | None = self._db.get(key)
        except Exception as cause:
            raise damaged(cause) from cause
        return value

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        if not keys:
            return []
        try:
            values: list[bytes | None] = self._db.get(list(keys))
        except Exception as cause:
            raise damaged(cause) from cause
        return values

    def scan(self, start: bytes, stop: bytes, reverse: bool, limit: int) -> list[tuple[bytes, bytes]]:
        return scan_with(self._db.iter(ReadOptions()), start, stop, reverse, limit)

    def apply(self, changes: Mapping[bytes, bytes | None]) -> None:
        batch = WriteBatch(raw_mode=True)
        for key, value in changes.items():
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        self._db.write(batch)

    def delete_range(self, start: bytes, stop: bytes) -> None:
        self._db.delete_range(start, stop)

    def sync(self) -> None:
        self._db.flush_wal(True)

    def checkpoint(self, folder: Path) -> None:
        try:
            Checkpoint(self._db).create_checkpoint(str(folder))
        except Exception as cause:
            raise Invalid(f"No copy can be made in {folder}: {sentence(cause)}") from cause

    def frozen(self) -> Keyspace:
        """Costs nothing but that what is overwritten meanwhile stays on disk."""
        return FrozenRocksdb(self._db)

    def aside(self) -> Keyspace:
        return Corner(self)

    def size(self) -> tuple[int, int]:
        read = self._db.property_int_value
        on_disk = sum(entry.stat().st_size for entry in os.scandir(self._folder) if entry.is_file())
        in_memory = (read("rocksdb.cur-size-all-mem-tables") or 0) + (read("rocksdb.block-cache-usage") or 0)
        return on_disk, in_memory

    def close(self) -> None:
        self._db.close()

    def _check_format(self, folder: Path) -> None:
        """Mark a new database as Roost's; refuse one that is not."""
        if self.get(_FORMAT_KEY) == _FORMAT:
            return
        cursor = self._db.iter(ReadOptions())
        cursor.seek_to_first()
        if cursor.valid():
            raise Corrupt(f"The database in {folder} is not Roost's, or is of another format of it")
        check_status(cursor)
        self._db.put(_FORMAT_KEY, _FORMAT)
        self.sync()


def open_rocksdb(folder: Path) -> Keyspace:
    return RocksdbKeyspace(folder)
