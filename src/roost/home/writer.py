"""The writer thread: the one thread that changes a shard.

It takes jobs in the order in which they were given, and between two jobs does background work, one piece at a
time: so a slice of a large delivery delays a small tweet by a millisecond at most.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from roost.clock import Clock
from roost.home.shard import Shard
from roost.limits import DEFERRED_FLUSH_S, READS_NOTED_MAX, READS_WAITING_MAX, SWEEP_S

T = TypeVar("T")
_log = logging.getLogger("roost.home")


class _Job(NamedTuple):
    do: Callable[[], None]
    fail: Callable[[BaseException], None]


class ShardWriter:
    """Started by `start`, ended by `stop`; its jobs are given from an event loop's thread."""

    def __init__(self, shard: Shard, clock: Clock) -> None:
        self.shard = shard
        self._clock = clock
        self._jobs: deque[_Job] = deque()
        self._reads: deque[int] = deque(maxlen=READS_WAITING_MAX)
        self._reads_due = False
        self._wake = threading.Condition()
        self._stopping = False
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None
        self._flush_at_s = 0.0
        self._sweep_at_s = time.monotonic() + SWEEP_S

    def start(self) -> None:
        """Unless it has been."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="roost-writer", daemon=True)
            self._thread.start()

    async def stop(self) -> None:
        """Return when the jobs given so far are done."""
        await self._end()
        self.shard.close()

    async def adopt(self, shard: Shard) -> None:
        """Write another shard from now on, also where the one so far has failed. Jobs given before are done
        with that one, or have failed with it."""
        await self._end()
        old, self.shard = self.shard, shard
        self._failure, self._stopping = None, False
        self.start()
        old.close()

    async def _end(self) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        self._thread = None

    async def run(self, work: Callable[[], T]) -> T:
        """Do `work` in the writer thread, after everything given before it; answer what it answers."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            try:
                result = work()
            except BaseException as cause:
                loop.call_soon_threadsafe(_fail, future, cause)
                raise
            loop.call_soon_threadsafe(_resolve, future, result)

        def fail(cause: BaseException) -> None:
            loop.call_soon_threadsafe(_fail, future, _failed(cause))

        with self._wake:
            if self._failure is not None:
                raise _failed(self._failure) from self._failure
            self._jobs.append(_Job(job, fail))
            self._wake.notify()
        return await future

    def note_read(self, row: int, urgent: bool) -> None:
        """A user has read their home timeline; `urgent` where they had no ring to read from."""
        self._reads.append(row)
        if urgent or len(self._reads) == READS_NOTED_MAX:
            with self._wake:
                self._reads_due = True
                self._wake.notify()

    def _run(self) -> None:
        try:
            while self._await_work():
                while self._jobs:
                    self._jobs.popleft().do()
                    self._one_step()
                self._note_reads()
                self._one_step()
        except BaseException as cause:
            with self._wake:
                self._failure = cause
                while self._jobs:
                    self._jobs.popleft().fail(cause)
            _log.critical("The home state's writer has failed; it takes another state", exc_info=cause)

    def _await_work(self) -> bool:
        """Wait until there is something to do; False when the thread is to end."""
        with self._wake:
            while not (self._jobs or self._reads_due or self._background_due()):
                if self._stopping:
                    return False
                self._wake.wait(self._patience_s())
        return True

    def _background_due(self) -> bool:
        shard = self.shard
        now_s = time.monotonic()
        return (
            shard.fanout.has_large
            or shard.warmer.waiting
            or (shard.fanout.has_deferred and now_s >= self._flush_at_s)
            or now_s >= self._sweep_at_s
        )

    def _patience_s(self) -> float:
        due_s = self._sweep_at_s
        if self.shard.fanout.has_deferred:
            due_s = min(due_s, self._flush_at_s)
        return max(0.0, due_s - time.monotonic())

    def _note_reads(self) -> None:
        self._reads_due = False  # whoever notes another from now on makes them due again
        reads = [self._reads.popleft() for _ in range(len(self._reads))]
        if reads:
            self.shard.warmer.note_reads(reads, self._clock.now_ms() // 1000)

    def _one_step(self) -> None:
        """One piece of background work. Rings are not swept while deliveries wait: what is deferred goes out
        first, so that no sweep that is due keeps this thread looking for the moment."""
        shard, fanout = self.shard, self.shard.fanout
        monotonic_s = time.monotonic()
        now_s = self._clock.now_ms() // 1000
        sweep = monotonic_s >= self._sweep_at_s
        flush = fanout.has_deferred and (sweep or monotonic_s >= self._flush_at_s)
        if flush or not fanout.has_deferred:
            self._flush_at_s = monotonic_s + DEFERRED_FLUSH_S
        shard.step(now_s, flush)
        waiting = fanout.has_deferred or fanout.has_large
        if sweep and not waiting and not shard.warmer.sweep(now_s):
            self._sweep_at_s = monotonic_s + SWEEP_S


def _failed(cause: BaseException) -> RuntimeError:
    return RuntimeError(f"the shard's writer has failed: {type(cause).__name__}: {cause}")


def _resolve(future: "asyncio.Future[T]", result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[T]", cause: BaseException) -> None:
    if not future.done():
        future.set_exception(cause)
