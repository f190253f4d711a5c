"""What an embedded log shows while the disk is still at work, and when it fails."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from roost.errors import Overloaded
from roost.eventlog import EmbeddedLog, EventLog, MemoryLog
from roost.store import Batch, KeyValueStore
from roost.store.rows import SettingRow
from tests.eventlog.ground import SETTINGS, read_all, said, setting
from tests.store.disk import Disk, DiskFailure


@contextlib.asynccontextmanager
async def opened(disk: Disk) -> AsyncIterator[tuple[EmbeddedLog, KeyValueStore]]:
    store = KeyValueStore(disk)
    try:
        yield EmbeddedLog(store, Batch), store
    finally:
        disk.release()
        with contextlib.suppress(DiskFailure):
            await store.close()


async def begin_append(log: EmbeddedLog, disk: Disk, *numbers: int) -> asyncio.Task[int]:
    """An append whose record is applied and whose sync has begun."""
    disk.hold()
    task = asyncio.create_task(log.append(said(*numbers)))
    await disk.under_way()
    return task


@pytest.mark.parametrize("tail", ["long", "short"])
async def test_an_event_is_shown_once_it_is_durable(tail: str, request: pytest.FixtureRequest) -> None:
    if tail == "short":
        request.getfixturevalue("short_tail")
    disk = Disk()
    async with opened(disk) as (log, _):
        await log.append(said(1, 2))
        await log.append(said(3))
        waiter = asyncio.create_task(log.wait_beyond(3))
        task = await begin_append(log, disk, 4, 5)
        assert not task.done()
        assert (log.last, await read_all(log), await read_all(log, 3)) == (3, [1, 2, 3], [])
        assert not waiter.done()
        disk.release()
        assert await task == 5
        await waiter
        assert (log.last, await read_all(log)) == (5, [1, 2, 3, 4, 5])


async def test_a_failed_sync_shows_nothing_and_ends_appending() -> None:
    disk = Disk()
    async with opened(disk) as (log, store):
        await log.append(said(1), setting("color", b"red"))
        disk.fails.add("sync")
        results = await asyncio.gather(
            *(log.append(said(number)) for number in (2, 3)), return_exceptions=True
        )
        assert [type(result) for result in results] == [Overloaded] * 2
        disk.fails.clear()
        with pytest.raises(Overloaded, match="until it is restarted"):
            await log.append(said(4))
        with pytest.raises(Overloaded):
            await log.commit_cursor("home", 1)
        assert (log.last, await read_all(log)) == (1, [1])
        assert await store.get(SETTINGS, ("color",)) == SettingRow("color", b"red")


async def test_after_a_failed_sync_the_disk_decides_what_a_restart_finds() -> None:
    disk = Disk()
    async with opened(disk) as (log, _):
        await log.append(said(1))
        disk.fails.add("sync")
        with pytest.raises(Overloaded):
            await log.append(said(2))
        survived = dict(disk.synced)
    restarted = Disk()
    restarted.rows.update(survived)
    async with opened(restarted) as (log, _):
        assert await read_all(log) == [1]
        assert await log.append(said(3)) == 2


@pytest.mark.parametrize("kind", ["embedded", "memory"])
async def test_a_cancelled_append_is_still_there_whole(kind: str) -> None:
    disk = Disk()
    store = KeyValueStore(disk)
    log: EventLog = EmbeddedLog(store, Batch) if kind == "embedded" else MemoryLog(store)
    disk.hold()
    syncing = asyncio.create_task(log.append(said(1), setting("size", b"big")))
    await disk.under_way()
    waiting = asyncio.create_task(log.append(said(2, 3), setting("color", b"red")))
    noting = asyncio.create_task(log.commit_cursor("home", 1, setting("seen", b"1")))
    last = asyncio.create_task(log.append(said(4), Batch()))
    await asyncio.sleep(0)
    for task in (syncing, waiting, noting):
        task.cancel()
    disk.release()
    assert await last == 4
    assert [task.cancelled() for task in (syncing, waiting, noting)] == [True] * 3
    assert await read_all(log) == [1, 2, 3, 4]
    assert await log.cursors() == {"home": 1}
    rows = await store.get_many(SETTINGS, [("size",), ("color",), ("seen",)])
    assert rows == [SettingRow("size", b"big"), SettingRow("color", b"red"), SettingRow("seen", b"1")]
    assert disk.synced == disk.rows
    await store.close()


async def test_appends_at_once_share_a_sync() -> None:
    disk = Disk()
    async with opened(disk) as (log, store):
        await asyncio.gather(*(log.append(said(number), setting(str(number))) for number in range(100)))
        assert (store.statistics().batches_written, store.statistics().syncs) == (100, 1)
        assert log.last == 100
