"""Damage on the disk is said, never answered with wrong or missing rows; what a crash cut short is gone."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rocksdict import Options, Rdict

from roost.errors import Corrupt, Invalid
from roost.store import KeyValueStore, open_memory, open_rocksdb
from tests.store.samples import NOTES, Note, puts, rows_of

ROWS = [Note(1, place, f"text of note {place} " * 3) for place in range(2_000)]
PER_BATCH = 4


def open_at(folder: Path) -> KeyValueStore:
    return KeyValueStore(open_rocksdb(folder))


async def filled(folder: Path, count: int) -> KeyValueStore:
    store = open_at(folder)
    for start in range(0, count, PER_BATCH):
        await store.write(puts(NOTES, *ROWS[start : start + PER_BATCH]))
    return store


def change(path: Path, to: Callable[[bytes], bytes]) -> None:
    path.write_bytes(to(path.read_bytes()))


def scrambled(data: bytes) -> bytes:
    """The second quarter of a file with every bit turned over."""
    start, end = len(data) // 4, len(data) // 2
    return data[:start] + bytes(byte ^ 0xFF for byte in data[start:end]) + data[end:]


async def damaged_table_file(folder: Path) -> KeyValueStore:
    """A store whose rows lie in a table file of which a part was overwritten."""
    store = open_at(folder / "store")
    await store.write(puts(NOTES, *ROWS))
    await store.checkpoint(folder / "copy")  # which writes what is in memory to a table file
    await store.close()
    (table_file,) = (folder / "copy").glob("*.sst")
    change(table_file, scrambled)
    return open_at(folder / "copy")


async def test_a_scan_that_meets_damage_is_corrupt(tmp_path: Path) -> None:
    store = await damaged_table_file(tmp_path)
    for reverse in (False, True):
        with pytest.raises(Corrupt):
            await store.scan(NOTES, (1,), reverse=reverse, limit=10_000)
    with pytest.raises(Corrupt):
        await rows_of(store, NOTES)
    await store.close()


async def test_a_damaged_row_is_corrupt_and_the_others_read(tmp_path: Path) -> None:
    store = await damaged_table_file(tmp_path)
    lost = 0
    for row in ROWS:
        try:
            assert await store.get(NOTES, (1, row.place)) == row
        except Corrupt:
            lost += 1
    assert 0 < lost < len(ROWS)
    with pytest.raises(Corrupt):
        await store.get_many(NOTES, [(1, row.place) for row in ROWS])
    await store.close()


async def copy_of_a_killed_store(folder: Path) -> tuple[Path, Path]:
    """What is on the disk while a store of 100 batches is open: a folder, and its write-ahead log."""
    store = await filled(folder / "store", 100 * PER_BATCH)
    shutil.copytree(folder / "store", folder / "copy")
    await store.close()
    (log,) = (folder / "copy").glob("*.log")
    return folder / "copy", log


async def test_a_store_that_was_not_closed_opens_whole(tmp_path: Path) -> None:
    copy, _ = await copy_of_a_killed_store(tmp_path)
    store = open_at(copy)
    assert await rows_of(store, NOTES) == ROWS[: 100 * PER_BATCH]
    await store.close()


@pytest.mark.parametrize("place", [0, 150, 398])
async def test_a_write_ahead_log_that_was_overwritten_is_corrupt(tmp_path: Path, place: int) -> None:
    copy, log = await copy_of_a_killed_store(tmp_path)
    text = f"text of note {place} ".encode()
    change(log, lambda data: data.replace(text, text.upper(), 1))
    with pytest.raises(Corrupt, match="cannot be opened"):
        open_rocksdb(copy)


@pytest.mark.parametrize("cut", [1, 50, 400, 5_000])
async def test_a_write_ahead_log_that_was_cut_short_keeps_whole_batches(tmp_path: Path, cut: int) -> None:
    copy, log = await copy_of_a_killed_store(tmp_path)
    change(log, lambda data: data[:-cut])
    store = open_at(copy)
    found = await rows_of(store, NOTES)
    assert found == ROWS[: len(found)]
    assert len(found) % PER_BATCH == 0
    assert 0 < len(found) < 100 * PER_BATCH
    await store.close()


async def test_a_row_that_cannot_be_decoded_is_corrupt(tmp_path: Path) -> None:
    keyspace = open_memory(tmp_path)
    store = KeyValueStore(keyspace)
    keyspace.apply({NOTES.encode_key((1, 1)): b"\xc1", NOTES.encode_key((1, 2)): b"\x90"})
    for place in (1, 2):
        with pytest.raises(Corrupt, match="notes"):
            await store.get(NOTES, (1, place))
        with pytest.raises(Corrupt, match="notes"):
            await store.get_many(NOTES, [(1, 0), (1, place)])
    with pytest.raises(Corrupt, match="notes"):
        await store.scan(NOTES, (1,), limit=9)
    with pytest.raises(Corrupt, match="notes"):
        await store.export(NOTES, b"", 9)
    await store.close()


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    def open_other() -> Rdict:
        return Rdict(str(tmp_path / "other"), options=Options(raw_mode=True))

    other = open_other()
    other[b"name"] = b"value"
    other.close()
    for _ in range(2):
        with pytest.raises(Corrupt, match="not Roost's"):
            open_rocksdb(tmp_path / "other")
    other = open_other()
    assert dict(other.items()) == {b"name": b"value"}
    other.close()


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Corrupt):
        open_rocksdb(tmp_path / "file")


async def test_a_copy_does_not_overwrite(tmp_path: Path) -> None:
    store = await filled(tmp_path / "store", 8)
    await store.checkpoint(tmp_path / "copy")
    with pytest.raises(Invalid, match="No copy"):
        await store.checkpoint(tmp_path / "copy")
    await store.write(puts(NOTES, ROWS[8]))
    assert await rows_of(store, NOTES) == ROWS[:9]
    await store.close()
