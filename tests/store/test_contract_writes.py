"""The contract of a store's writes: order, atomicity and conditions; every engine passes it."""

import asyncio
from collections.abc import Callable

import pytest

from roost.errors import Conflict
from roost.store import Batch, KeyValueStore
from tests.store.samples import (
    HIGHEST,
    LAST,
    MIXED,
    NOTES,
    WORDS,
    Mixed,
    Note,
    Word,
    deletes,
    put_new,
    puts,
    rows_of,
)


async def together(store: KeyValueStore, *batches: Batch) -> list[Conflict | None]:
    """Write batches in one commit group; what became of each."""
    before = store.statistics()
    results = await asyncio.gather(*map(store.write, batches), return_exceptions=True)
    after = store.statistics()
    assert after.syncs - before.syncs == 1, "the batches were to be one group"
    assert all(result is None or type(result) is Conflict for result in results)
    return list(results)


async def test_puts_and_deletes_of_one_batch_happen_together(store: KeyValueStore) -> None:
    await store.write(puts(NOTES, Note(1, 1, "old"), Note(1, 2, "old")))
    batch = puts(NOTES, Note(1, 1, "new"), Note(1, 3, "new"))
    batch.delete(NOTES, (1, 2))
    batch.delete(NOTES, (1, 9))
    batch.put(WORDS, Word("w", 1))
    assert len(batch) == 5
    await store.write(batch)
    assert await rows_of(store, NOTES) == [Note(1, 1, "new"), Note(1, 3, "new")]
    assert await rows_of(store, WORDS) == [Word("w", 1)]


async def test_of_two_changes_to_one_key_the_later_wins(store: KeyValueStore) -> None:
    batch = puts(NOTES, Note(1, 1, "first"), Note(1, 1, "second"), Note(1, 2, "gone"))
    batch.delete(NOTES, (1, 2))
    batch.delete(NOTES, (1, 3))
    batch.put(NOTES, Note(1, 3, "back"))
    await store.write(batch)
    assert await rows_of(store, NOTES) == [Note(1, 1, "second"), Note(1, 3, "back")]


async def test_a_row_can_be_empty_of_all_but_its_key(store: KeyValueStore) -> None:
    await store.write(puts(WORDS, Word("")))
    assert await store.get(WORDS, ("",)) == Word("")
    await store.write(deletes(WORDS, ("",)))
    assert await store.get(WORDS, ("",)) is None


async def test_an_empty_batch_is_accepted(store: KeyValueStore) -> None:
    await store.write(Batch())
    assert await rows_of(store, NOTES) == []


async def test_reads_see_every_write_that_has_returned(store: KeyValueStore) -> None:
    for place in range(20):
        await store.write(puts(NOTES, Note(1, place)))
        assert await store.get(NOTES, (1, place)) == Note(1, place)
        assert len(await store.scan(NOTES, (1,), limit=100)) == place + 1


async def test_put_if_absent_puts_a_new_row(store: KeyValueStore) -> None:
    await store.write(put_new(WORDS, Word("w", 1)))
    assert await store.get(WORDS, ("w",)) == Word("w", 1)


async def test_a_conflict_changes_nothing(store: KeyValueStore) -> None:
    await store.write(puts(WORDS, Word("taken", 1)))
    await store.write(puts(NOTES, Note(1, 1, "stays")))
    batch = puts(NOTES, Note(1, 2))
    batch.delete(NOTES, (1, 1))
    batch.put_if_absent(WORDS, Word("free", 2), "cannot be")
    batch.put_if_absent(WORDS, Word("taken", 2), "Username has already been taken")
    batch.put(NOTES, Note(1, 3))
    with pytest.raises(Conflict) as conflict:
        await store.write(batch)
    assert conflict.value.text == "Username has already been taken"
    assert await rows_of(store, WORDS) == [Word("taken", 1)]
    assert await rows_of(store, NOTES) == [Note(1, 1, "stays")]
    assert store.statistics().batches_written == 2


async def test_a_deleted_row_is_absent_again(store: KeyValueStore) -> None:
    await store.write(put_new(WORDS, Word("w", 1)))
    await store.write(deletes(WORDS, ("w",)))
    await store.write(put_new(WORDS, Word("w", 2)))
    assert await rows_of(store, WORDS) == [Word("w", 2)]


async def test_within_a_group_the_first_of_two_wins(store: KeyValueStore) -> None:
    second = put_new(WORDS, Word("w", 2))
    second.put(NOTES, Note(1, 1))
    lost = await together(store, put_new(WORDS, Word("w", 1)), second, put_new(WORDS, Word("v", 3)))
    assert [type(each) for each in lost] == [type(None), Conflict, type(None)]
    assert await rows_of(store, WORDS) == [Word("v", 3), Word("w", 1)]
    assert await rows_of(store, NOTES) == []


async def test_within_a_group_a_plain_put_takes_the_key(store: KeyValueStore) -> None:
    lost = await together(store, puts(WORDS, Word("w", 1)), put_new(WORDS, Word("w", 2)))
    assert [type(each) for each in lost] == [type(None), Conflict]
    assert await rows_of(store, WORDS) == [Word("w", 1)]


async def test_within_a_group_a_delete_frees_the_key(store: KeyValueStore) -> None:
    await store.write(puts(WORDS, Word("w", 1)))
    lost = await together(
        store,
        put_new(WORDS, Word("w", 2)),
        deletes(WORDS, ("w",)),
        put_new(WORDS, Word("w", 3)),
        put_new(WORDS, Word("w", 4)),
    )
    assert [type(each) for each in lost] == [Conflict, type(None), type(None), Conflict]
    assert await rows_of(store, WORDS) == [Word("w", 3)]


async def test_within_a_group_a_refused_batch_frees_what_it_claimed(store: KeyValueStore) -> None:
    await store.write(puts(WORDS, Word("taken", 1)))
    refused = put_new(WORDS, Word("w", 2))
    refused.put_if_absent(WORDS, Word("taken", 2), "taken")
    lost = await together(store, refused, put_new(WORDS, Word("w", 3)))
    assert [type(each) for each in lost] == [Conflict, type(None)]
    assert await rows_of(store, WORDS) == [Word("taken", 1), Word("w", 3)]


async def test_batches_take_effect_in_the_order_they_were_written_in(store: KeyValueStore) -> None:
    batches = [puts(NOTES, Note(1, place % 7, str(place))) for place in range(100)]
    await together(store, *batches)
    newest = {place % 7: Note(1, place % 7, str(place)) for place in range(100)}
    assert await rows_of(store, NOTES) == [newest[place] for place in range(7)]


async def test_a_reader_never_sees_half_a_batch(store: KeyValueStore) -> None:
    writers_left = 4

    async def write(shelf: int) -> None:
        nonlocal writers_left
        for turn in range(25):
            await store.write(puts(NOTES, *(Note(shelf, place, str(turn)) for place in range(3))))
        writers_left -= 1

    async def read() -> int:
        looks = 0
        while writers_left:
            for shelf in range(4):
                found = await store.scan(NOTES, (shelf,), limit=10)
                assert len(found) in (0, 3)
                assert len({note.text for note in found}) <= 1
            looks += 1
            # In turn amid a sync, and right after the next one; a loop without rest would starve the syncs.
            await (asyncio.sleep(0) if looks % 2 else store.write(Batch()))
        return looks

    *_, looks = await asyncio.gather(*map(write, range(4)), read())
    assert looks > 0


async def test_a_large_batch_is_one_batch(store: KeyValueStore) -> None:
    rows = [Note(1, place) for place in range(3_000)]
    await store.write(puts(NOTES, *rows))
    assert await rows_of(store, NOTES) == rows
    assert (store.statistics().batches_written, store.statistics().syncs) == (1, 1)


async def test_delete_prefix_forgets_whole_partitions(store: KeyValueStore) -> None:
    rows = [Note(shelf, place) for shelf in (0, 6, 7, 8, HIGHEST) for place in (0, 1, HIGHEST)]
    await store.write(puts(NOTES, *rows))
    await store.write(puts(LAST, *rows))
    await store.delete_prefix(NOTES, (7,))
    await store.delete_prefix(NOTES, (HIGHEST,))
    await store.delete_prefix(NOTES, (5,))
    left = [row for row in rows if row.shelf not in (7, HIGHEST)]
    assert await rows_of(store, NOTES) == left
    assert [await store.scan(NOTES, (shelf,), limit=9) for shelf in (7, HIGHEST)] == [[], []]
    assert await store.get(NOTES, (7, 1)) is None
    assert await rows_of(store, LAST) == rows


async def test_delete_prefix_takes_leading_clustering_columns_too(store: KeyValueStore) -> None:
    rows = [Mixed(1, word, raw, 1) for word in ("a", "a\x00", "ab") for raw in (b"", b"\x00", b"\xff")]
    await store.write(puts(MIXED, *rows))
    await store.delete_prefix(MIXED, (1, "a"))
    assert await rows_of(store, MIXED) == rows[3:]
    await store.delete_prefix(MIXED, (1, "a\x00", b"\xff"))
    assert await rows_of(store, MIXED) == rows[3:5] + rows[6:]


async def test_a_forgotten_row_can_be_put_again(store: KeyValueStore) -> None:
    await store.write(puts(NOTES, Note(7, 1, "old"), Note(7, 2, "old")))
    await store.delete_prefix(NOTES, (7,))
    await store.write(put_new(NOTES, Note(7, 1, "new")))
    assert await rows_of(store, NOTES) == [Note(7, 1, "new")]


async def test_two_stores_are_two(store: KeyValueStore, open_store: Callable[[str], KeyValueStore]) -> None:
    other = open_store("other")
    await store.write(puts(WORDS, Word("w", 1)))
    await other.write(put_new(WORDS, Word("w", 2)))
    assert (await rows_of(store, WORDS), await rows_of(other, WORDS)) == ([Word("w", 1)], [Word("w", 2)])
    await other.close()


async def test_closing_waits_for_what_was_begun(open_store: Callable[[str], KeyValueStore]) -> None:
    store = open_store("closing")
    writes = [asyncio.create_task(store.write(puts(NOTES, Note(1, place)))) for place in range(10)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writes) == [None] * 10


async def test_what_is_frozen_is_of_its_moment(store: KeyValueStore) -> None:
    notes = [Note(1, place, "before") for place in (1, 2, 3)]
    await store.write(puts(NOTES, *notes))
    await store.write(puts(LAST, Note(9, 9)))
    frozen = store.frozen()
    await store.write(puts(NOTES, Note(1, 1, "after"), Note(1, 4)))
    await store.delete_prefix(LAST, (9,))
    assert await rows_of(frozen, NOTES) == notes
    assert await rows_of(frozen, LAST) == [Note(9, 9)]
    assert await frozen.get(NOTES, (1, 1)) == notes[0]
    assert await frozen.get_many(NOTES, [(1, 4), (1, 3)]) == [None, notes[2]]
    assert await frozen.get(LAST, (9, 10)) is None
    found = await frozen.scan(NOTES, (1,), reverse=True, below=(3,), limit=5)
    assert found == notes[1::-1]
    await frozen.close()
    assert await rows_of(store, NOTES) == [Note(1, 1, "after"), *notes[1:], Note(1, 4)]


async def test_what_is_put_aside_is_nowhere_else_and_goes(store: KeyValueStore) -> None:
    everywhere = [Note(7, place) for place in (1, 2)]
    await store.write(puts(NOTES, *everywhere))
    for _ in range(2):
        aside = store.aside()
        assert await rows_of(aside, NOTES) == []
        await aside.write(puts(NOTES, Note(1, 1, "aside"), Note(1, 2), Note(2, 1)))
        await aside.write(puts(LAST, Note(1, 1)))
        await aside.delete_prefix(NOTES, (2,))
        assert await rows_of(aside, NOTES) == [Note(1, 1, "aside"), Note(1, 2)]
        assert await aside.get_many(NOTES, [(1, 2), (7, 1)]) == [Note(1, 2), None]
        assert await aside.scan(NOTES, (1,), reverse=True, limit=1) == [Note(1, 2)]
        assert await rows_of(store, NOTES) == everywhere
        assert await rows_of(store, LAST) == []
        await aside.close()
    assert await rows_of(store, NOTES) == everywhere
