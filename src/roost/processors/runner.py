"""Runs processors over the log, each by itself: a slow or failing one delays nobody else."""

import asyncio
import logging
from collections.abc import Iterable

from roost.errors import Invalid, NotFound, is_passing
from roost.eventlog import EventLog
from roost.limits import LOG_READ_EVENTS_MAX, PROCESSOR_REST_S, PROCESSOR_RETRY_S_MAX
from roost.processors.dead_letters import DeadLetters
from roost.processors.delivery import deliver
from roost.processors.rebuilding import Rebuilder
from roost.processors.running import ProcessorStatistics, Running
from roost.processors.seam import Passing, Processor
from roost.store import rows

_log = logging.getLogger("roost.processors")


class ProcessorRunner:
    """Started and stopped with the node. A processor that has stopped is waited for by nobody."""

    def __init__(
        self, log: EventLog, letters: DeadLetters, rebuilder: Rebuilder, processors: list[Processor]
    ) -> None:
        self._log = log
        self._letters = letters
        self._rebuilder = rebuilder
        self._running = {each.name: Running(each, log, letters, self._heal) for each in processors}

    @property
    def names(self) -> list[str]:
        return list(self._running)

    async def start(self) -> None:
        """Begin where each processor left off. Returns when all have begun, not when they have caught up."""
        for running in self._running.values():
            await running.begin()
            if await self._rebuilder.is_half_switched(running.name):
                self._rebuilder.begin(running)
            running.task = asyncio.create_task(self._run(running), name=f"roost-{running.name}")

    async def stop(self) -> None:
        tasks = [running.task for running in self._running.values() if running.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for running in self._running.values():
            await running.processor.rest()

    def position(self) -> int:
        """Everything up to here has been applied by every processor that has not stopped."""
        waited_for = (each.position for each in self._running.values() if each.is_waited_for)
        return min(waited_for, default=self._log.last)

    def position_of(self, name: str) -> int:
        """Everything up to here has been applied by one processor."""
        return self._running[name].position

    async def applied(self, position: int, timeout_s: float, name: str = "") -> bool:
        """Wait until every processor, or the one called `name`, has applied `position`.

        False where that takes too long, and at once where that one has stopped, or one that passes over
        nothing has.
        """
        wanted = [self._running[name]] if name else list(self._running.values())
        try:
            async with asyncio.timeout(timeout_s):
                for running in wanted:
                    while running.position < position and running.is_waited_for:
                        if running.is_stopped:
                            return False
                        await running.moved.wait()
                    if name and running.position < position:
                        return False
        except TimeoutError:
            return False
        return True

    async def applied_by_all(self, position: int) -> None:
        """Wait until every processor that goes on has applied `position`, however long that takes."""
        for running in self._running.values():
            while running.position < position and running.is_waited_for:
                await running.moved.wait()

    def statistics(self) -> list[ProcessorStatistics]:
        return [running.statistics() for running in self._running.values()]

    async def retry(self, name: str, position: int) -> rows.DeadLetterRow | None:
        """Apply a dead letter's event. None where that went well and it is gone; else the letter, with the
        new error. Raises NotFound, and what the surroundings raise."""
        running = self._running[name]
        if not isinstance(running.processor, Passing):
            raise Invalid(f"{name} passes nothing over")
        letter = await self._letters.get(name, position)
        try:
            await asyncio.shield(asyncio.create_task(running.redo(letter)))
        except Exception as cause:
            if is_passing(cause) or isinstance(cause, Invalid):
                raise
            _log.warning("%s failed again at the dead letter of position %d", name, position, exc_info=cause)
            return await self._letters.failed_again(letter, cause)
        return None

    def rebuild(self, name: str) -> None:
        """Begin to derive a processor's state anew, while it serves. Raises Invalid and Conflict."""
        self._rebuilder.begin(self._running[name])

    async def _run(self, running: Running) -> None:
        while True:
            try:
                await self._wait_for_events(running)
                events = await self._log.read(running.position, LOG_READ_EVENTS_MAX)
                if events.events:
                    await deliver(events, running)
            except NotFound as cause:
                running.note_failure(cause)
                if not await self._heal(running, running.position):
                    running.stop("the log does not reach back so far any more")
                    await asyncio.sleep(PROCESSOR_RETRY_S_MAX)
            except Exception as cause:
                running.note_failure(cause)
                _log.exception("%s could not rest or go on at position %d", running.name, running.position)
                await asyncio.sleep(PROCESSOR_RETRY_S_MAX)

    async def _wait_for_events(self, running: Running) -> None:
        try:
            async with asyncio.timeout(PROCESSOR_REST_S):
                await self._log.wait_beyond(running.position)
        except TimeoutError:
            async with running.lock:
                await running.processor.rest()

    async def _heal(self, running: Running, position: int) -> bool:
        """Rebuild a processor that cannot go on from a position, once; whether it is beyond that now."""
        if running.healed_at != position:
            running.healed_at = position
            await self._rebuilder.run(running)
        return running.position > position


async def drop_cursors(log: EventLog, runners: Iterable[ProcessorRunner]) -> None:
    """Those of processors that are no more: the log would be kept for them."""
    names = {name for runner in runners for name in runner.names}
    for name in await log.cursors():
        if name not in names:
            await log.drop_cursor(name)
