"""Runs processors over the log, each by itself: a slow or failing one delays nobody else."""

import asyncio
import logging

import msgspec

from roost.eventlog import EventLog, LogSlice
from roost.limits import LOG_READ_EVENTS_MAX, PROCESSOR_REST_S, PROCESSOR_RETRY_S_MAX
from roost.processors.seam import Processor

_log = logging.getLogger("roost.processors")
_RETRY_S_FIRST = 0.05


class ProcessorStatistics(msgspec.Struct, frozen=True):
    name: str
    position: int
    lag_events: int
    failures: int


class _Running:
    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self.position = 0
        self.failures = 0
        self.task: asyncio.Task[None] | None = None


class ProcessorRunner:
    """Started and stopped with the node."""

    def __init__(self, log: EventLog, processors: list[Processor]) -> None:
        self._log = log
        self._running = {processor.name: _Running(processor) for processor in processors}
        self._moved = asyncio.Event()

    async def start(self) -> None:
        """Begin where each processor left off. Returns when all have begun, not when they have caught up."""
        for running in self._running.values():
            running.position = await running.processor.begin()
            running.task = asyncio.create_task(self._run(running), name=f"roost-{running.processor.name}")

    async def stop(self) -> None:
        tasks = [running.task for running in self._running.values() if running.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for running in self._running.values():
            await running.processor.rest()

    def position(self) -> int:
        """Everything up to here has been applied by every processor."""
        return min(running.position for running in self._running.values())

    def position_of(self, name: str) -> int:
        """Everything up to here has been applied by one processor."""
        return self._running[name].position

    async def applied(self, position: int, timeout_s: float, name: str = "") -> bool:
        """Wait until every processor, or the one called `name`, has applied `position`.

        False where that takes too long.
        """

        def reached() -> int:
            return self.position_of(name) if name else self.position()

        if reached() >= position:
            return True
        try:
            async with asyncio.timeout(timeout_s):
                while reached() < position:
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def applied_by_all(self, position: int) -> None:
        """Wait until every processor has applied `position`, however long that takes."""
        while self.position() < position:
            await self._moved.wait()

    def statistics(self) -> list[ProcessorStatistics]:
        return [
            ProcessorStatistics(name, running.position, self._log.last - running.position, running.failures)
            for name, running in self._running.items()
        ]

    async def _run(self, running: _Running) -> None:
        while True:
            await self._wait_for_events(running)
            events = await self._log.read(running.position, LOG_READ_EVENTS_MAX)
            if events.events:
                await self._apply(running, events)

    async def _wait_for_events(self, running: _Running) -> None:
        try:
            async with asyncio.timeout(PROCESSOR_REST_S):
                await self._log.wait_beyond(running.position)
        except TimeoutError:
            await running.processor.rest()

    async def _apply(self, running: _Running, events: LogSlice) -> None:
        """Apply until it succeeds: what was accepted is never passed over."""
        wait_s = _RETRY_S_FIRST
        while True:
            try:
                await running.processor.apply(events)
                break
            except Exception:
                running.failures += 1
                _log.exception("%s failed at position %d; retrying", running.processor.name, events.first)
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, PROCESSOR_RETRY_S_MAX)
        running.position = events.last
        self._moved.set()
        self._moved = asyncio.Event()
