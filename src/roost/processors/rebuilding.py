"""Rebuilding processors while they serve, one at a time.

tables      what comes of a copy of the tables is derived, beside the processor
log         events since then are applied to it, until it is nearly as far as the processor
switching   the processor pauses, the last events are applied, and what was derived takes its place
"""

import asyncio
import logging

from roost.errors import Conflict, Corrupt, Invalid
from roost.eventlog import EventLog, LogSlice
from roost.limits import DEAD_LETTERS_MAX, LOG_READ_EVENTS_MAX
from roost.model import Event
from roost.processors.dead_letters import DeadLetters, error_text
from roost.processors.delivery import deliver
from roost.processors.running import RebuildPhase, RebuildStatistics, Running
from roost.processors.seam import Passing, Rebuild, Rebuildable
from roost.processors.sources import OpenSource
from roost.store import Batch, Store, rows, tables

_log = logging.getLogger("roost.processors")
_HOLD = "rebuild of "
_UNDER_WAY = (RebuildPhase.WAITING, RebuildPhase.TABLES, RebuildPhase.LOG, RebuildPhase.SWITCHING)


class Rebuilder:
    """Shared by all runners of a process. Rebuilds that are wanted at once come one after another."""

    def __init__(self, store: Store, log: EventLog, letters: DeadLetters, open_source: OpenSource) -> None:
        self._store = store
        self._log = log
        self._letters = letters
        self._open_source = open_source
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[bool]] = set()

    async def is_half_switched(self, name: str) -> bool:
        """Whether a switch of a processor was begun and not ended."""
        return await self._store.get(tables.SWITCHES, (0, name)) is not None

    def begin(self, running: Running) -> None:
        """Rebuild in the background. Raises Invalid where there is nothing to rebuild, Conflict where it is
        being done already."""
        if not isinstance(running.processor, Rebuildable):
            raise Invalid(
                f"{running.name} is none of those that are rebuilt while they serve; docs/processors.md says "
                "which are, and what there is instead"
            )
        if running.rebuild.phase in _UNDER_WAY:
            raise Conflict(f"{running.name} is being rebuilt already")
        running.rebuild = RebuildStatistics(RebuildPhase.WAITING)
        task = asyncio.create_task(self.run(running), name=f"roost-rebuild-{running.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Give up what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def run(self, running: Running) -> bool:
        """Rebuild; whether that went well. What went wrong is in the processor's statistics."""
        report = running.rebuild = RebuildStatistics(RebuildPhase.WAITING)
        if not isinstance(running.processor, Rebuildable):
            return False
        async with self._turn:
            try:
                _log.info("%s is being rebuilt", running.name)
                await self._rebuild(running, running.processor, report)
            except Exception as cause:
                report.phase, report.error = RebuildPhase.FAILED, error_text(cause)
                _log.exception("The rebuild of %s failed; it serves what it had", running.name)
                return False
            except BaseException:
                report.phase, report.error = RebuildPhase.FAILED, "it was given up"
                raise
        report.phase = RebuildPhase.DONE
        _log.info("%s has been rebuilt up to position %d", running.name, running.position)
        return True

    async def _rebuild(self, running: Running, processor: Rebuildable, report: RebuildStatistics) -> None:
        hold = _HOLD + running.name
        await self._log.commit_cursor(hold, self._log.first - 1)  # what is yet to be read is not forgotten
        try:
            async with self._open_source() as source:
                rebuild = processor.rebuild(source)
                try:
                    await self._carry_out(running, rebuild, report)
                finally:
                    await rebuild.close()
        finally:
            await self._log.drop_cursor(hold)

    async def _carry_out(self, running: Running, rebuild: Rebuild, report: RebuildStatistics) -> None:
        def tell(what: str, done: int) -> None:
            report.what, report.done = what, done

        report.phase = RebuildPhase.TABLES
        follower = _Follower(rebuild, isinstance(running.processor, Passing))
        follower.position = await rebuild.load(tell)
        report.phase, report.what = RebuildPhase.LOG, "events"
        while running.position - follower.position > LOG_READ_EVENTS_MAX:
            await self._follow(follower, LOG_READ_EVENTS_MAX)
            report.done, report.total = follower.position, self._log.last
            await asyncio.sleep(0)
        async with running.lock:
            while running.position > follower.position:
                await self._follow(follower, running.position - follower.position)
            report.phase = RebuildPhase.SWITCHING
            running.notify()  # nobody waits for it now
            await self._switch(running, rebuild, follower)

    async def _follow(self, follower: "_Follower", limit: int) -> None:
        events = await self._log.read(follower.position, min(limit, LOG_READ_EVENTS_MAX))
        await deliver(events, follower)

    async def _switch(self, running: Running, rebuild: Rebuild, follower: "_Follower") -> None:
        name, position = running.name, follower.position
        mark, also = Batch(), Batch()
        mark.put(tables.SWITCHES, rows.SwitchRow(name))
        await self._store.write(mark)
        also.delete(tables.SWITCHES, (0, name))
        outdated = self._letters.up_to(name, position)
        also.add(self._letters.removal(name, *outdated))
        for left_out in follower.left_out:
            also.put(tables.DEAD_LETTERS, self._letters.made(name, *left_out))
        await rebuild.take_place(position, also)
        await self._letters.load(name)
        running.position = await running.processor.begin()
        running.reach(running.position)


class _Follower:
    """A `Receiver` that a rebuild is delivered to."""

    def __init__(self, rebuild: Rebuild, may_be_split: bool) -> None:
        self.may_be_split = may_be_split
        self.position = 0
        self.left_out: list[tuple[int, Event, Exception, int]] = []
        self._rebuild = rebuild

    async def take(self, events: LogSlice) -> None:
        await self._rebuild.apply(events)
        self.position = events.last

    def failed(self, events: LogSlice, cause: Exception, poisoned: bool) -> None:
        _log.warning("A rebuild failed at position %d", events.first, exc_info=cause if poisoned else None)

    async def leave_out(self, events: LogSlice, cause: Exception, attempts: int) -> bool:
        if not self.may_be_split:
            raise Corrupt(f"It cannot go on from position {events.first}: {error_text(cause)}") from cause
        if len(self.left_out) >= DEAD_LETTERS_MAX:
            raise Corrupt(f"More than {DEAD_LETTERS_MAX} events cannot be applied: {error_text(cause)}")
        self.left_out.append((events.first, events.events[0], cause, attempts))
        await self._rebuild.pass_over(events.first)
        self.position = events.first
        return True
