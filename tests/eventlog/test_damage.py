"""An embedded log whose records were damaged says so, and never makes events up."""

from collections.abc import Callable
from pathlib import Path

import pytest

from roost.errors import Corrupt, TooLarge
from roost.eventlog import EmbeddedLog
from roost.store import Batch, Keyspace, KeyValueStore, open_memory
from tests.eventlog.by_hand import record_of
from tests.eventlog.ground import numbers_in, read_all, said

RECORDS = b"\x00L"


def key_at(position: int) -> bytes:
    return RECORDS + position.to_bytes(8, "big")


async def damaged_log(folder: Path, damage: Callable[[Keyspace], None]) -> EmbeddedLog:
    """A log of the records 1, 2-3, 4, 5-6, 7, opened anew after the damage."""
    keyspace = open_memory(folder)
    store = KeyValueStore(keyspace)
    log = EmbeddedLog(store, Batch)
    for numbers in ([1], [2, 3], [4], [5, 6], [7]):
        await log.append(said(*numbers))
    damage(keyspace)
    return EmbeddedLog(store, Batch)


def flip(keyspace: Keyspace, position: int, place: int) -> None:
    record = bytearray(keyspace.get(key_at(position)) or b"")
    record[place] ^= 0x10
    keyspace.apply({key_at(position): bytes(record)})


async def test_without_damage_everything_reads(tmp_path: Path) -> None:
    log = await damaged_log(tmp_path, lambda keyspace: None)
    assert await read_all(log) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("place", [0, 2, 4, 8, 12, 20, 25, -1])
async def test_a_damaged_record_is_corrupt_and_the_others_read(tmp_path: Path, place: int) -> None:
    log = await damaged_log(tmp_path, lambda keyspace: flip(keyspace, 4, place))
    assert (log.first, log.last) == (1, 7)
    assert numbers_in((await log.read(0, 3)).events) == [1, 2, 3]
    for after in (0, 2, 3):
        with pytest.raises(Corrupt):
            await log.read(after, 10)
    assert await read_all(log, 4) == [5, 6, 7]


async def test_a_lost_record_is_a_gap(tmp_path: Path) -> None:
    log = await damaged_log(tmp_path, lambda keyspace: keyspace.apply({key_at(4): None}))
    assert numbers_in((await log.read(0, 3)).events) == [1, 2, 3]
    for after in (0, 3):
        with pytest.raises(Corrupt, match="gap at position 4"):
            await log.read(after, 10)
    assert await read_all(log, 4) == [5, 6, 7]


async def test_a_lost_first_record_is_missed(tmp_path: Path) -> None:
    keyspaces: list[Keyspace] = []
    log = await damaged_log(tmp_path, keyspaces.append)
    keyspaces[0].apply({key_at(1): None})
    with pytest.raises(Corrupt, match="no record for position 1"):
        await log.read(0, 10)
    assert await read_all(log, 1) == [2, 3, 4, 5, 6, 7]


async def test_a_record_in_anothers_place_is_a_gap(tmp_path: Path) -> None:
    def swap(keyspace: Keyspace) -> None:
        keyspace.apply({key_at(2): keyspace.get(key_at(4)), key_at(4): keyspace.get(key_at(2))})

    log = await damaged_log(tmp_path, swap)
    with pytest.raises(Corrupt, match="gap"):
        await log.read(0, 10)


async def test_a_record_of_a_newer_version_is_named(tmp_path: Path) -> None:
    newer = record_of([[7, [1, 2, 3, 4]]], version=9)
    log = await damaged_log(tmp_path, lambda keyspace: keyspace.apply({key_at(4): newer}))
    with pytest.raises(Corrupt, match="newer Roost"):
        await log.read(3, 10)


@pytest.mark.parametrize("position", [1, 7])
async def test_a_record_cut_to_nothing_is_noticed(tmp_path: Path, position: int) -> None:
    async def open_and_read() -> None:
        log = await damaged_log(tmp_path, lambda keyspace: keyspace.apply({key_at(position): b"RL"}))
        await log.read(0, 10)

    with pytest.raises(Corrupt, match="cut short"):
        await open_and_read()


@pytest.mark.parametrize("place", [0, 2, 3, 4, 8, 12, 20, -1])
async def test_a_log_whose_newest_record_is_damaged_does_not_open(tmp_path: Path, place: int) -> None:
    """Where it ends is not known, so no position can be given out."""
    with pytest.raises(Corrupt):
        await damaged_log(tmp_path, lambda keyspace: flip(keyspace, 7, place))


async def test_an_append_that_is_too_large_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = await damaged_log(tmp_path, lambda keyspace: None)
    monkeypatch.setattr("roost.eventlog.coding.LOG_RECORD_BYTES_MAX", 60)
    with pytest.raises(TooLarge):
        await log.append(said(8, 9, 10))
    assert await log.append(said(8)) == 8
    assert await read_all(log) == [1, 2, 3, 4, 5, 6, 7, 8]
