"""Group commit: who shares a sync, who is refused, and what a failed sync leaves."""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator

import pytest

from roost.errors import Conflict, Overloaded
from roost.limits import COMMIT_GROUP_ROWS_MAX
from roost.store import Batch, KeyValueStore
from tests.store.disk import Disk, DiskFailure
from tests.store.samples import NOTES, WORDS, Note, Word, put_new, puts, rows_of


@contextlib.asynccontextmanager
async def opened(disk: Disk) -> AsyncIterator[KeyValueStore]:
    store = KeyValueStore(disk)
    try:
        yield store
    finally:
        disk.release()
        with contextlib.suppress(DiskFailure):
            await store.close()


async def begin(store: KeyValueStore, *batches: Batch) -> list[asyncio.Task[None]]:
    """Writes that have been handed over and not waited for."""
    tasks = [asyncio.create_task(store.write(batch)) for batch in batches]
    await asyncio.sleep(0)  # each task runs up to where it waits for the disk
    return tasks


def notes(count: int, shelf: int = 1) -> list[Batch]:
    return [puts(NOTES, Note(shelf, place)) for place in range(count)]


async def test_writers_at_once_share_one_sync(store: KeyValueStore) -> None:
    await asyncio.gather(*map(store.write, notes(200)))
    assert (store.statistics().batches_written, store.statistics().syncs) == (200, 1)
    assert len(await rows_of(store, NOTES)) == 200


async def test_many_writers_share_syncs(store: KeyValueStore) -> None:
    async def writer(shelf: int) -> None:
        for batch in notes(5, shelf):
            await store.write(batch)

    await asyncio.gather(*map(writer, range(50)))
    statistics = store.statistics()
    assert statistics.batches_written == 250
    assert 5 <= statistics.syncs < 125, "each group carries many writers"
    assert len(await rows_of(store, NOTES)) == 250


async def test_a_group_is_bounded_in_rows(store: KeyValueStore) -> None:
    wide = [puts(NOTES, *(Note(shelf, place) for place in range(10))) for shelf in range(250)]
    await asyncio.gather(*map(store.write, wide))
    assert store.statistics().syncs == math.ceil(2_500 / COMMIT_GROUP_ROWS_MAX)
    assert len(await rows_of(store, NOTES)) == 2_500


async def test_nobody_is_answered_before_the_sync() -> None:
    disk = Disk(held=True)
    async with opened(disk) as store:
        tasks = await begin(store, *notes(3))
        await disk.under_way()
        later = await begin(store, *notes(2, shelf=2))
        assert not any(task.done() for task in (*tasks, *later))
        assert (disk.synced, store.statistics().syncs) == ({}, 0)
        disk.release()
        await asyncio.gather(*tasks, *later)
        assert (len(disk.synced), store.statistics().syncs) == (5, 2)


async def test_what_gathers_during_a_sync_is_the_next_group() -> None:
    disk = Disk(held=True)
    async with opened(disk) as store:
        first = await begin(store, *notes(1))
        await disk.under_way()
        gathered = await begin(store, *notes(100, shelf=2), put_new(NOTES, Note(1, 0)))
        disk.release()
        *written, refused = await asyncio.gather(*first, *gathered, return_exceptions=True)
        assert written == [None] * 101
        assert isinstance(refused, Conflict)
        assert (store.statistics().batches_written, store.statistics().syncs) == (101, 2)


async def test_a_cancelled_writer_does_not_take_its_batch_along() -> None:
    disk = Disk(held=True)
    async with opened(disk) as store:
        syncing, stays = await begin(store, puts(WORDS, Word("syncing")), puts(WORDS, Word("stays")))
        await disk.under_way()
        waiting, last = await begin(store, puts(WORDS, Word("waiting")), puts(WORDS, Word("last")))
        syncing.cancel()
        waiting.cancel()
        disk.release()
        assert await asyncio.gather(stays, last) == [None, None]
        assert (syncing.cancelled(), waiting.cancelled()) == (True, True)
        assert {row.word for row in await rows_of(store, WORDS)} == {"syncing", "stays", "waiting", "last"}
        assert disk.synced == disk.rows
        assert store.statistics().batches_written == 4


async def test_a_cancelled_writers_conflict_harms_nobody() -> None:
    disk = Disk(held=True)
    async with opened(disk) as store:
        first = await begin(store, puts(WORDS, Word("w", 1)))
        await disk.under_way()
        refused, other = await begin(store, put_new(WORDS, Word("w", 2)), puts(WORDS, Word("other")))
        refused.cancel()
        disk.release()
        await asyncio.gather(*first, other)
        assert await rows_of(store, WORDS) == [Word("other"), Word("w", 1)]


async def test_a_failed_sync_breaks_the_store_for_good() -> None:
    disk = Disk(held=True)
    async with opened(disk) as store:
        tasks = await begin(store, *notes(3))
        await disk.under_way()
        gathered = await begin(store, *notes(2, shelf=2))
        disk.fails.add("sync")
        disk.release()
        results = await asyncio.gather(*tasks, *gathered, return_exceptions=True)
        assert [type(result) for result in results] == [Overloaded] * 5
        disk.fails.clear()  # a disk that answers again has still lost what nobody knows
        for batch in notes(3, shelf=3):
            with pytest.raises(Overloaded, match="until it is restarted") as refusal:
                await store.write(batch)
            assert isinstance(refusal.value.__cause__, DiskFailure)
        with pytest.raises(Overloaded):
            await store.delete_prefix(NOTES, (9,))
        assert disk.synced == {}
        assert store.statistics().syncs == 0
        assert await store.scan(NOTES, (3,), limit=10) == []


async def test_a_writer_who_left_before_the_sync_failed_harms_nobody() -> None:
    disk = Disk(held=True)
    async with opened(disk) as store:
        gone, stays = await begin(store, *notes(2))
        await disk.under_way()
        gone.cancel()
        disk.fails.add("sync")
        disk.release()
        results = await asyncio.gather(gone, stays, return_exceptions=True)
        assert [type(result) for result in results] == [asyncio.CancelledError, Overloaded]


async def test_a_broken_store_still_reads() -> None:
    disk = Disk()
    async with opened(disk) as store:
        await store.write(puts(NOTES, Note(1, 1)))
        disk.fails.add("sync")
        with pytest.raises(Overloaded):
            await store.write(puts(NOTES, Note(1, 2)))
        assert await store.get(NOTES, (1, 1)) == Note(1, 1)
        assert Note(1, 1) in await store.scan(NOTES, (1,), limit=10)


async def test_a_failed_write_breaks_the_store_too() -> None:
    disk = Disk()
    async with opened(disk) as store:
        disk.fails.add("apply")
        results = await asyncio.gather(*map(store.write, notes(3)), return_exceptions=True)
        assert [type(result) for result in results] == [Overloaded] * 3
        disk.fails.clear()
        with pytest.raises(Overloaded):
            await store.write(puts(NOTES, Note(1, 1)))
        assert disk.rows == {}


async def test_a_condition_that_cannot_be_read_breaks_the_store_too() -> None:
    disk = Disk()
    async with opened(disk) as store:
        await store.write(puts(WORDS, Word("w")))
        disk.fails.add("get")
        batches = puts(WORDS, Word("before")), put_new(WORDS, Word("x")), puts(WORDS, Word("after"))
        results = await asyncio.gather(*map(store.write, batches), return_exceptions=True)
        assert [type(result) for result in results] == [Overloaded] * 3
        disk.fails.clear()
        assert await rows_of(store, WORDS) == [Word("w")]


async def test_closing_a_broken_store_closes_its_engine() -> None:
    disk = Disk()
    store = KeyValueStore(disk)
    disk.fails.add("sync")
    with pytest.raises(Overloaded):
        await store.write(puts(WORDS, Word("w")))
    await store.close()
    assert disk.closed


async def test_a_deletion_takes_its_turn_among_writes() -> None:
    disk = Disk(held=True)
    async with opened(disk) as store:
        first = await begin(store, puts(NOTES, Note(6, 1), Note(7, 1)))
        await disk.under_way()
        before = await begin(store, puts(NOTES, Note(7, 2)))
        deletion = asyncio.create_task(store.delete_prefix(NOTES, (7,)))
        await asyncio.sleep(0)
        after = await begin(store, put_new(NOTES, Note(7, 1, "new")))
        assert len(await store.scan(NOTES, (7,), limit=9)) == 1, "nothing goes before its turn"
        disk.release()
        await asyncio.gather(*first, *before, deletion, *after)
        assert await rows_of(store, NOTES) == [Note(6, 1), Note(7, 1, "new")]
        assert disk.synced == disk.rows


async def test_a_refused_deletion_deletes_nothing() -> None:
    disk = Disk()
    async with opened(disk) as store:
        await store.write(puts(NOTES, Note(7, 1)))
        disk.fails.add("sync")
        with pytest.raises(Overloaded):
            await store.write(Batch())
        with pytest.raises(Overloaded):
            await store.delete_prefix(NOTES, (7,))
        assert await rows_of(store, NOTES) == [Note(7, 1)]


async def test_above_the_limit_writers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.store.group_commit.COMMITS_WAITING_MAX", 5)
    disk = Disk(held=True)
    async with opened(disk) as store:
        syncing = await begin(store, *notes(2))
        await disk.under_way()
        waiting = await begin(store, *notes(5, shelf=2))
        for batch in notes(3, shelf=3):
            with pytest.raises(Overloaded, match="Too many writes") as refusal:
                await store.write(batch)
            assert refusal.value.retry_after_s >= 1
        disk.release()
        await asyncio.gather(*syncing, *waiting)
        await store.write(puts(NOTES, Note(4, 1)))
        assert [len(await store.scan(NOTES, (shelf,), limit=10)) for shelf in (1, 2, 3, 4)] == [2, 5, 0, 1]
