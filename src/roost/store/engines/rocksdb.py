"""RocksDB through rocksdict.

rocksdict holds the interpreter lock in `put` and `write` and releases it in `flush_wal`, so a group is
written unsynced (about 5 us a row) and then synced in a worker thread: see `group_commit`. After `kill -9`
RocksDB replays its write-ahead log up to the last whole record.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rocksdict import (
    BlockBasedOptions,
    Cache,
    Checkpoint,
    DBCompressionType,
    Options,
    Rdict,
    ReadOptions,
    WriteBatch,
)

from roost.errors import Corrupt
from roost.store.engines.keyspace import Keyspace

_MEMTABLE_BYTES = 64 << 20
_MEMTABLES = 4
_BLOCK_CACHE_BYTES = 256 << 20
_BLOOM_BITS_A_KEY = 10.0
_OPEN_FILES_MAX = 512


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
    return options


class RocksdbKeyspace:
    name = "rocksdb"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._db = Rdict(str(folder), options=_options())
        except Exception as cause:  # rocksdict raises a bare Exception for everything
            raise Corrupt(f"The store in {folder} cannot be opened: {cause}") from cause

    def get(self, key: bytes) -> bytes | None:
        value: bytes | None = self._db.get(key)
        return value

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        if not keys:
            return []
        values: list[bytes | None] = self._db.get(list(keys))
        return values

    def scan(self, start: bytes, stop: bytes, reverse: bool, limit: int) -> list[tuple[bytes, bytes]]:
        # rocksdict's `seek_to_first` does not mind a lower bound: the ends are kept here.
        cursor = self._db.iter(ReadOptions())
        pairs: list[tuple[bytes, bytes]] = []
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
        return pairs

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
        Checkpoint(self._db).create_checkpoint(str(folder))

    def size(self) -> tuple[int, int]:
        read = self._db.property_int_value
        on_disk = read("rocksdb.total-sst-files-size") or 0
        in_memory = (read("rocksdb.cur-size-all-mem-tables") or 0) + (read("rocksdb.block-cache-usage") or 0)
        return on_disk, in_memory

    def close(self) -> None:
        self._db.flush_wal(True)
        self._db.close()


def open_rocksdb(folder: Path) -> Keyspace:
    return RocksdbKeyspace(folder)
