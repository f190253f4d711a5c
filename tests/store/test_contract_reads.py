"""The contract of a store's reads; every engine passes it."""

from typing import Any

import msgspec
import pytest

from roost.errors import Corrupt
from roost.store import Batch, Column, Consistency, KeyValueStore, Table
from tests.store.samples import (
    BLOBS,
    EDGE_INTEGERS,
    HIGHEST,
    LAST,
    MIXED,
    NOTES,
    TRICKY_BYTES,
    TRICKY_WORDS,
    WORDS,
    Blob,
    Mixed,
    Note,
    Word,
    puts,
)

SHELF = [Note(7, place, f"note {place}") for place in (1, 2, 3, 5, 8, 13)]


async def places(store: KeyValueStore, **bounds: Any) -> list[int]:
    return [note.place for note in await store.scan(NOTES, (7,), **{"limit": 100, **bounds})]


async def test_an_empty_store_has_no_rows(store: KeyValueStore) -> None:
    assert await store.get(NOTES, (1, 2)) is None
    assert await store.get_many(NOTES, [(1, 2), (3, 4)]) == [None, None]
    assert await store.scan(NOTES, (1,), limit=10) == []
    assert await store.export(NOTES, b"", 10) == ([], None)


async def test_get_finds_a_row_by_its_whole_key(store: KeyValueStore) -> None:
    await store.write(puts(NOTES, *SHELF))
    assert await store.get(NOTES, (7, 5)) == Note(7, 5, "note 5")
    assert await store.get(NOTES, (7, 4)) is None
    assert await store.get(NOTES, (5, 7)) is None


async def test_get_many_answers_in_the_order_of_the_keys(store: KeyValueStore) -> None:
    await store.write(puts(NOTES, *SHELF))
    keys = [(7, 13), (7, 4), (7, 1), (7, 13), (8, 1)]
    found = await store.get_many(NOTES, keys)
    assert found == [SHELF[-1], None, SHELF[0], SHELF[-1], None]
    assert await store.get_many(NOTES, []) == []


async def test_scan_finds_one_partition_in_key_order(store: KeyValueStore) -> None:
    others = [Note(6, HIGHEST), Note(8, 0), Note(0, 7), Note(HIGHEST, 7)]
    await store.write(puts(NOTES, *reversed(SHELF), *others))
    assert await store.scan(NOTES, (7,), limit=100) == SHELF
    assert await store.scan(NOTES, (7,), limit=100, reverse=True) == SHELF[::-1]
    assert await store.scan(NOTES, (7, 5), limit=100) == [Note(7, 5, "note 5")]
    assert await store.scan(NOTES, (9,), limit=100) == []


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        ((0,), None, [1, 2, 3, 5, 8, 13]),
        ((3,), None, [5, 8, 13]),
        ((4,), None, [5, 8, 13]),
        ((13,), None, []),
        ((HIGHEST,), None, []),
        (None, (0,), []),
        (None, (1,), []),
        (None, (5,), [1, 2, 3]),
        (None, (6,), [1, 2, 3, 5]),
        (None, (HIGHEST,), [1, 2, 3, 5, 8, 13]),
        ((1,), (13,), [2, 3, 5, 8]),
        ((5,), (8,), []),
        ((5,), (5,), []),
        ((8,), (5,), []),
    ],
)
async def test_bounds_of_a_scan_are_exclusive(
    store: KeyValueStore, above: tuple[int] | None, below: tuple[int] | None, expected: list[int]
) -> None:
    await store.write(puts(NOTES, *SHELF))
    assert await places(store, above=above, below=below) == expected
    assert await places(store, above=above, below=below, reverse=True) == expected[::-1]


async def test_a_limit_keeps_the_end_that_the_scan_begins_at(store: KeyValueStore) -> None:
    await store.write(puts(NOTES, *SHELF))
    assert await places(store, limit=2) == [1, 2]
    assert await places(store, limit=2, reverse=True) == [13, 8]
    assert await places(store, limit=2, above=(2,)) == [3, 5]
    assert await places(store, limit=2, above=(2,), reverse=True) == [13, 8]
    assert await places(store, limit=2, below=(8,), reverse=True) == [5, 3]
    assert await places(store, limit=6) == await places(store, limit=7) == [1, 2, 3, 5, 8, 13]


async def test_bounds_may_name_the_first_clustering_columns_only(store: KeyValueStore) -> None:
    rows = [Mixed(1, word, raw, number) for word in "abc" for raw in (b"", b"x") for number in (1, 2)]
    await store.write(puts(MIXED, *rows))
    assert await store.scan(MIXED, (1,), above=("a",), below=("c",), limit=100) == rows[4:8]
    assert await store.scan(MIXED, (1, "b"), limit=100) == rows[4:8]
    assert await store.scan(MIXED, (1, "b"), above=(b"",), limit=100) == rows[6:8]
    assert await store.scan(MIXED, (1, "b", b"x"), above=(1,), limit=100) == rows[7:8]
    assert await store.scan(MIXED, (1,), above=("a", b"x", 1), below=("b", b"x"), limit=100) == rows[3:6]


async def test_text_keys_sort_by_code_point_and_stay_apart(store: KeyValueStore) -> None:
    rows = [Mixed(1, word, b"", 0, value) for value, word in enumerate(TRICKY_WORDS)]
    await store.write(puts(MIXED, *rows[::2]))
    await store.write(puts(MIXED, *rows[1::2]))
    assert await store.scan(MIXED, (1,), limit=100) == rows
    assert await store.scan(MIXED, (1,), limit=100, reverse=True) == rows[::-1]
    for place, row in enumerate(rows):
        assert await store.scan(MIXED, (1, row.word), limit=100) == [row]
        assert await store.scan(MIXED, (1,), above=(row.word,), limit=100) == rows[place + 1 :]
        assert await store.scan(MIXED, (1,), below=(row.word,), limit=100) == rows[:place]


async def test_bytes_keys_sort_as_bytes_and_stay_apart(store: KeyValueStore) -> None:
    rows = [Mixed(1, "", raw, 0, value) for value, raw in enumerate(TRICKY_BYTES)]
    await store.write(puts(MIXED, *rows))
    assert await store.scan(MIXED, (1,), limit=100) == rows
    for place, row in enumerate(rows):
        assert await store.scan(MIXED, (1, "", row.raw), limit=100) == [row]
        assert await store.scan(MIXED, (1, ""), above=(row.raw,), limit=100) == rows[place + 1 :]
        assert (
            await store.scan(MIXED, (1, ""), below=(row.raw,), limit=100, reverse=True) == rows[:place][::-1]
        )


async def test_partitions_of_text_and_bytes_stay_apart(store: KeyValueStore) -> None:
    await store.write(puts(WORDS, *(Word(word, len(word)) for word in TRICKY_WORDS)))
    await store.write(
        puts(BLOBS, *(Blob(raw, rank, len(raw)) for raw in TRICKY_BYTES for rank in (0, HIGHEST)))
    )
    for word in TRICKY_WORDS:
        assert await store.get(WORDS, (word,)) == Word(word, len(word))
        assert await store.scan(WORDS, (word,), limit=100) == [Word(word, len(word))]
    for raw in TRICKY_BYTES:
        both = [Blob(raw, 0, len(raw)), Blob(raw, HIGHEST, len(raw))]
        assert await store.scan(BLOBS, (raw,), limit=100) == both


async def test_integer_keys_sort_as_numbers_up_to_the_highest(store: KeyValueStore) -> None:
    rows = [Note(shelf, place) for shelf in EDGE_INTEGERS for place in EDGE_INTEGERS]
    await store.write(puts(NOTES, *reversed(rows)))
    for start, shelf in enumerate(EDGE_INTEGERS):
        own = rows[start * len(EDGE_INTEGERS) :][: len(EDGE_INTEGERS)]
        assert await store.scan(NOTES, (shelf,), limit=100) == own
        assert await store.scan(NOTES, (shelf,), above=(0,), below=(HIGHEST,), limit=100) == own[1:-1]
        assert await store.scan(NOTES, (shelf,), above=(HIGHEST - 1,), limit=100) == own[-1:]


async def test_tables_never_see_each_others_rows(store: KeyValueStore) -> None:
    shared = [Note(1, 1), Note(HIGHEST, HIGHEST)]
    await store.write(puts(NOTES, *shared))
    await store.write(puts(LAST, *shared[:1]))
    await store.write(puts(WORDS, Word("w")))
    assert await store.export(NOTES, b"", 100) == (shared, None)
    assert await store.export(LAST, b"", 100) == (shared[:1], None)
    assert await store.export(WORDS, b"", 100) == ([Word("w")], None)
    assert await store.scan(NOTES, (HIGHEST,), limit=100) == shared[1:]


@pytest.mark.parametrize("chunk", [1, 2, 5, 6, 7, 1_000])
async def test_an_export_in_chunks_sees_each_row_once(store: KeyValueStore, chunk: int) -> None:
    rows = [Mixed(1, word, b"\x00", 3) for word in TRICKY_WORDS[:6]]
    await store.write(puts(MIXED, *rows))
    seen: list[Mixed] = []
    after: bytes | None = b""
    while after is not None:
        found, after = await store.export(MIXED, after, chunk)
        assert len(found) <= chunk
        seen += found
    assert seen == rows


async def test_an_export_keeps_its_place_while_rows_come_and_go(store: KeyValueStore) -> None:
    await store.write(puts(NOTES, *SHELF))
    found, after = await store.export(NOTES, b"", 3)
    assert [note.place for note in found] == [1, 2, 3]
    assert after is not None
    changes = puts(NOTES, Note(7, 0), Note(7, 4))
    changes.delete(NOTES, (7, 3))
    changes.delete(NOTES, (7, 8))
    await store.write(changes)
    found, after = await store.export(NOTES, after, 100)
    assert ([note.place for note in found], after) == ([4, 5, 13], None)


@pytest.mark.parametrize("level", list(Consistency))
async def test_every_consistency_level_is_accepted(store: KeyValueStore, level: Consistency) -> None:
    await store.write(puts(NOTES, *SHELF), level)
    assert await store.get(NOTES, (7, 5), level) == Note(7, 5, "note 5")
    assert await store.get_many(NOTES, [(7, 5), (7, 6)], level) == [Note(7, 5, "note 5"), None]
    assert await store.scan(NOTES, (7,), limit=2, consistency=level) == SHELF[:2]


async def test_rows_written_before_a_column_was_added_still_read(store: KeyValueStore) -> None:
    class LongerNote(Note, frozen=True, array_like=True):
        color: str = "white"
        stars: int = 3

    class ShorterNote(msgspec.Struct, frozen=True, array_like=True):
        shelf: int
        place: int

    def table_of(row: type[msgspec.Struct]) -> Table[Any]:
        return Table(NOTES.number, "notes", row, [Column("shelf")], [Column("place")])

    old, new = table_of(ShorterNote), table_of(LongerNote)
    batch = puts(old, ShorterNote(7, 1))
    batch.put(NOTES, Note(7, 2, "two"))
    batch.put(new, LongerNote(7, 3, "three", "red", 5))
    await store.write(batch)
    as_new = [LongerNote(7, 1), LongerNote(7, 2, "two"), LongerNote(7, 3, "three", "red", 5)]
    assert await store.scan(new, (7,), limit=10) == as_new
    assert await store.scan(NOTES, (7,), limit=10) == [Note(7, 1), Note(7, 2, "two"), Note(7, 3, "three")]
    assert await store.get_many(new, [(7, 1)]) == as_new[:1]


async def test_statistics_count_what_was_done(store: KeyValueStore) -> None:
    await store.write(puts(NOTES, *SHELF))
    before = store.statistics()
    await store.get(NOTES, (7, 1))
    await store.get_many(NOTES, [(7, 1), (7, 2)])
    await store.scan(NOTES, (7,), limit=4)
    await store.write(puts(NOTES, Note(8, 1)))
    after = store.statistics()
    assert after.engine == before.engine != ""
    assert after.rows_read - before.rows_read == 1 + 2 + 4
    assert after.scans - before.scans == 1
    assert after.batches_written - before.batches_written == 1
    assert after.syncs - before.syncs == 1
    assert after.bytes_on_disk + after.bytes_in_memory > 0


async def test_mistakes_in_keys_are_asserted(store: KeyValueStore) -> None:
    with pytest.raises(AssertionError, match="key columns"):
        await store.get(NOTES, (7,))
    with pytest.raises(AssertionError, match="partition is needed"):
        await store.scan(NOTES, (), limit=1)
    with pytest.raises(AssertionError, match="partition is needed"):
        await store.delete_prefix(NOTES, ())
    with pytest.raises(AssertionError):
        await store.scan(NOTES, (7,), limit=0)
    with pytest.raises(AssertionError, match="key columns"):
        Batch().delete(NOTES, (7,))


async def test_what_is_no_row_can_be_exported_as_bytes(store: KeyValueStore) -> None:
    """A table that cannot be read can still be looked through, and mended."""
    await store.write(puts(NOTES, *SHELF[:2]))
    batch, key = Batch(), NOTES.encode_key((7, 1))
    batch.put_raw(key, b"\xc1")
    await store.write(batch)
    with pytest.raises(Corrupt):
        await store.export(NOTES, b"", 10)
    first, following = await store.export_raw(NOTES, b"", 1)
    assert (first, following) == ([(key, b"\xc1")], key)
    second = (NOTES.key_of(SHELF[1]), NOTES.encode(SHELF[1]))
    assert await store.export_raw(NOTES, key, 10) == ([second], None)
