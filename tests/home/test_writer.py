"""The writer thread ends when it is asked to, whatever was noted meanwhile."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from roost.clock import ManualClock
from roost.home import Shard, ShardCapacity, ShardWriter
from roost.home.strategies import SEMI_ACTIVE_LEVEL
from roost.kernels import set_level
from tests.home.test_fanout import DAY_S, NOW_S, Town


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


def test_a_sweep_waits_for_nothing_but_what_it_sends_out_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else, while there always is something deferred, it never came, and the writer looked for the moment
    all the time."""
    monkeypatch.setattr("roost.home.writer.DEFERRED_FLUSH_S", 3_600.0)
    monkeypatch.setattr("roost.home.writer.SWEEP_S", 3_600.0)
    town = Town(2, "activity")
    town.follow(2, 1)
    town.read(2)
    set_level(town.shard.state.rings, 1, SEMI_ACTIVE_LEVEL)
    writer = ShardWriter(town.shard, ManualClock(1000 * (NOW_S + 8 * DAY_S)))

    def post() -> int:
        tweet_id = town.tweet(1)
        assert town.shard.fanout.has_deferred
        writer._sweep_at_s = 0.0  # now
        return tweet_id

    async def run() -> int:
        writer.start()
        await writer.run(lambda: None)  # nothing is deferred: what will be goes out in an hour
        tweet_id = await writer.run(post)
        await writer.stop()
        return tweet_id

    tweet_id = asyncio.run(run())
    assert not town.shard.fanout.has_deferred
    assert town.shard.warmer.evicted == 1, "who is away has no ring any more"
    assert town.home(2) == [tweet_id]


def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0)
