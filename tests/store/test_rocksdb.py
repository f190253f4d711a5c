"""What only an engine on disk promises: it outlives its process, can be copied, and refuses damage."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.errors import Conflict, Corrupt, Invalid
from roost.store import Batch, KeyValueStore, open_memory, open_rocksdb
from tests.store.samples import HIGHEST, LAST, NOTES, WORDS, Note, Word, deletes, put_new, puts, rows_of
from tests.strategies import SEEDED


def open_at(folder: Path) -> KeyValueStore:
    return KeyValueStore(open_rocksdb(folder))


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    """A new folder each time."""
    return (tmp_path / str(number) for number in range(1_000_000))


async def test_a_reopened_store_has_everything(tmp_path: Path) -> None:
    rows = [Note(shelf, place, "x" * place) for shelf in (0, 7, HIGHEST) for place in range(50)]
    store = open_at(tmp_path / "store")
    await store.write(puts(NOTES, *rows))
    await store.write(puts(WORDS, Word("kept", 1), Word("gone", 2)))
    await store.write(deletes(WORDS, ("gone",)))
    await store.delete_prefix(NOTES, (7,))
    await store.close()
    for _ in range(2):
        store = open_at(tmp_path / "store")
        assert await rows_of(store, NOTES) == [row for row in rows if row.shelf != 7]
        assert await rows_of(store, WORDS) == [Word("kept", 1)]
        with pytest.raises(Conflict):
            await store.write(put_new(WORDS, Word("kept", 9)))
        await store.write(put_new(WORDS, Word("gone", 3)))
        await store.write(deletes(WORDS, ("gone",)))
        await store.close()


BatchPlan = dict[int, int | None]
"""What a batch puts at each place; None deletes."""


def test_any_history_of_batches_and_reopenings_is_kept(folders: Iterator[Path]) -> None:
    plans = st.dictionaries(st.integers(0, 9), st.none() | st.integers(0, 99), max_size=8)

    async def play(folder: Path, sessions: list[list[BatchPlan]]) -> None:
        naive: dict[int, Note] = {}
        for session in [*sessions, []]:
            store = open_at(folder)
            assert await rows_of(store, NOTES) == [naive[place] for place in sorted(naive)]
            for plan in session:
                await store.write(carry_out(plan, naive))
            await store.close()

    @settings(SEEDED, max_examples=10)
    @given(st.lists(st.lists(plans, max_size=5), min_size=2, max_size=4))
    def check(sessions: list[list[BatchPlan]]) -> None:
        asyncio.run(play(next(folders), sessions))

    check()


def carry_out(plan: BatchPlan, naive: dict[int, Note]) -> Batch:
    """A batch that does what the plan says; `naive` becomes what the store should then hold."""
    batch = Batch()
    for place, value in plan.items():
        if value is None:
            batch.delete(NOTES, (1, place))
            naive.pop(place, None)
        else:
            naive[place] = Note(1, place, str(value))
            batch.put(NOTES, naive[place])
    return batch


async def test_a_checkpoint_opens_by_itself_and_equals(tmp_path: Path) -> None:
    store = open_at(tmp_path / "store")
    rows = [Note(1, place, "x" * 100) for place in range(500)]
    await store.write(puts(NOTES, *rows))
    await store.write(puts(LAST, *rows[:3]))
    await store.checkpoint(tmp_path / "copy")
    await store.write(puts(NOTES, Note(2, 1)))  # the copy is of its moment
    await store.delete_prefix(LAST, (1,))
    copy = open_at(tmp_path / "copy")
    assert await rows_of(copy, NOTES) == rows
    assert await rows_of(copy, LAST) == rows[:3]
    await copy.write(puts(WORDS, Word("of the copy")))
    assert await rows_of(store, WORDS) == []
    assert await rows_of(store, NOTES) == [*rows, Note(2, 1)]
    await copy.close()
    await store.close()


async def test_a_checkpoint_amid_writes_holds_whole_batches(tmp_path: Path) -> None:
    store = open_at(tmp_path / "store")
    last_before = 0

    async def write() -> None:
        nonlocal last_before
        for turn in range(1, 30):
            await store.write(puts(NOTES, *(Note(1, place, str(turn)) for place in range(20))))
            last_before = turn

    async def copy() -> int:
        await store.write(puts(WORDS, Word("begun")))
        known = last_before
        await store.checkpoint(tmp_path / "copy")
        return known

    _, known = await asyncio.gather(write(), copy())
    copied = open_at(tmp_path / "copy")
    found = await rows_of(copied, NOTES)
    assert len(found) == 20
    assert len({note.text for note in found}) == 1
    assert int(found[0].text) >= known >= 1, "what was answered before the checkpoint is in it"
    await copied.close()
    await store.close()


def test_a_memory_store_says_that_it_cannot_be_copied(tmp_path: Path, runner: asyncio.Runner) -> None:
    store = KeyValueStore(open_memory(tmp_path / "nothing"))
    with pytest.raises(Invalid, match="copied"):
        runner.run(store.checkpoint(tmp_path / "copy"))
    assert list(tmp_path.iterdir()) == []
    runner.run(store.close())


async def test_what_was_written_is_on_disk(tmp_path: Path) -> None:
    store = open_at(tmp_path / "store")
    await store.write(puts(NOTES, *(Note(1, place, f"unmistakable {place}") for place in range(10))))
    logs = b"".join(path.read_bytes() for path in (tmp_path / "store").glob("*.log"))
    assert all(f"unmistakable {place}".encode() in logs for place in range(10))
    await store.close()


async def test_a_folder_with_a_damaged_start_is_corrupt(tmp_path: Path) -> None:
    store = open_at(tmp_path / "store")
    await store.write(puts(NOTES, Note(1, 1)))
    await store.close()
    (tmp_path / "store" / "CURRENT").write_bytes(b"\x00not a manifest")
    with pytest.raises(Corrupt, match="cannot be opened"):
        open_rocksdb(tmp_path / "store")


async def test_a_folder_whose_manifest_is_lost_is_corrupt(tmp_path: Path) -> None:
    store = open_at(tmp_path / "store")
    await store.write(puts(NOTES, Note(1, 1)))
    await store.close()
    for manifest in (tmp_path / "store").glob("MANIFEST-*"):
        manifest.unlink()
    with pytest.raises(Corrupt):
        open_rocksdb(tmp_path / "store")


def test_a_foreign_folder_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text("the current issue of a magazine")
    with pytest.raises(Corrupt) as refusal:
        open_rocksdb(tmp_path)
    assert str(tmp_path) in refusal.value.text


def test_a_folder_that_is_open_already_is_refused(tmp_path: Path) -> None:
    keyspace = open_rocksdb(tmp_path / "store")
    with pytest.raises(Corrupt, match="lock"):
        open_rocksdb(tmp_path / "store")
    keyspace.apply({b"\x01": b"one"})
    assert keyspace.get(b"\x01") == b"one"
    keyspace.close()
