"""The writer thread ends when it is asked to, whatever was noted meanwhile."""

import asyncio
import threading
import time
from collections.abc import Callable

from roost.clock import ManualClock
from roost.home import Shard, ShardCapacity, ShardWriter


def test_a_read_that_was_seen_already_keeps_no_writer_busy() -> None:
    """A reader notes a read, the writer sees it, and only then the reader says that there is one."""
    shard = Shard(ShardCapacity(users=64, follows=4_096, rings=16, ring_entries=16, tweets=256), "push")
    writer = ShardWriter(shard, ManualClock(1_750_000_000_000))
    writer.start()
    working, go_on = threading.Event(), threading.Event()

    def work() -> None:
        working.set()
        go_on.wait()

    async def race() -> None:
        job = asyncio.create_task(writer.run(work))
        await asyncio.to_thread(working.wait)
        reader = threading.Thread(target=writer.note_read, args=(0, True))
        with writer._wake:  # where the reader comes to a halt between the two
            reader.start()
            _until(lambda: len(writer._reads) == 1)
            go_on.set()
            _until(lambda: not writer._reads)
        await job
        await asyncio.to_thread(reader.join)
        await writer.stop()

    asyncio.run(race())


def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0)
