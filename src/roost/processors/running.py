"""One processor as the runner has it: how far it is, how it fares, and what becomes of what it fails at."""

import asyncio
import enum
import logging
from collections.abc import Awaitable, Callable

import msgspec

from roost.eventlog import EventLog, LogSlice
from roost.limits import PROCESSOR_RETRY_S_MAX
from roost.processors.dead_letters import DeadLetters, error_text
from roost.processors.seam import Passing, Processor
from roost.store import rows

_log = logging.getLogger("roost.processors")


class ProcessorState(enum.StrEnum):
    RUNNING = "running"
    RETRYING = "retrying"
    """The last attempt failed; it is brought the same events again."""
    STOPPED = "stopped"
    """It cannot go on until somebody does something. It still tries now and then."""


class RebuildPhase(enum.StrEnum):
    NEVER = "never"
    WAITING = "waiting"
    TABLES = "tables"
    LOG = "log"
    SWITCHING = "switching"
    DONE = "done"
    FAILED = "failed"


class RebuildStatistics(msgspec.Struct):
    """The last rebuild since the start, or the one under way."""

    phase: RebuildPhase = RebuildPhase.NEVER
    what: str = ""
    """Which rows are being read, while that is from the tables."""
    done: int = 0
    """Rows of these, or the position in the log."""
    total: int = 0
    """The log's last position; 0 while it is not known."""
    error: str = ""


class ProcessorStatistics(msgspec.Struct, frozen=True):
    name: str
    state: ProcessorState
    position: int
    lag_events: int
    lag_s: float
    """How long the oldest event that was not applied has waited, as far as memory tells."""
    failures: int
    """Attempts that failed, since the start."""
    dead_letters: int
    error: str
    """Of the last attempt that failed; empty while it runs."""
    rebuild: RebuildStatistics


Heal = Callable[["Running", int], Awaitable[bool]]


class Running:
    """A `Receiver`: the runner delivers to it. `heal` finds a way on from a position."""

    def __init__(self, processor: Processor, log: EventLog, letters: DeadLetters, heal: Heal) -> None:
        self.processor = processor
        self.name = processor.name
        self.may_be_split = isinstance(processor, Passing)
        self.position = 0
        self.failures = 0
        self.state = ProcessorState.RUNNING
        self.error = ""
        self.rebuild = RebuildStatistics()
        self.healed_at = -1
        """Where a rebuild was tried by itself: it is tried once."""
        self.task: asyncio.Task[None] | None = None
        self.lock = asyncio.Lock()
        """Held while anything is applied, redone or switched."""
        self.moved = asyncio.Event()
        self._log = log
        self._letters = letters
        self._heal = heal

    async def begin(self) -> None:
        await self._letters.load(self.name)
        self.position = await self.processor.begin()

    def reach(self, position: int) -> None:
        """Everything up to a position has been applied, or passed over."""
        self.position = max(self.position, position)
        self.state, self.error = ProcessorState.RUNNING, ""
        self.notify()

    def notify(self) -> None:
        """Have those who wait look again."""
        self.moved.set()
        self.moved = asyncio.Event()

    @property
    def is_stopped(self) -> bool:
        return self.state is ProcessorState.STOPPED

    @property
    def is_waited_for(self) -> bool:
        """Not one that has stopped, or whose rebuild takes its place just now; but always one that passes
        nothing over: readers have to know that it is behind."""
        is_away = self.is_stopped or self.rebuild.phase is RebuildPhase.SWITCHING
        return not (is_away and self.may_be_split)

    async def take(self, events: LogSlice) -> None:
        async with self.lock:
            if events.last > self.position:  # else a rebuild has come further meanwhile
                await self.processor.apply(events)
                self.reach(events.last)

    def failed(self, events: LogSlice, cause: Exception, poisoned: bool) -> None:
        self.note_failure(cause)
        blamed = "events from" if poisoned else "what surrounds it at"
        _log.error("%s failed: %s position %d", self.name, blamed, events.first, exc_info=cause)

    def note_failure(self, cause: Exception) -> None:
        self.failures += 1
        self.error = error_text(cause)
        if not self.is_stopped:
            self.state = ProcessorState.RETRYING

    async def leave_out(self, events: LogSlice, cause: Exception, attempts: int) -> bool:
        if not isinstance(self.processor, Passing):
            healed = await self._heal(self, events.first - 1)
            if not healed:
                self.stop("it cannot go on without these events")
            return healed
        if self._letters.is_full(self.name):
            self.stop(f"it has {self._letters.count(self.name)} dead letters, and no room for more")
            return False
        await self._pass_over(events.first, events, cause, attempts)
        return True

    async def _pass_over(self, position: int, events: LogSlice, cause: Exception, attempts: int) -> None:
        assert isinstance(self.processor, Passing)
        async with self.lock:
            if position <= self.position:
                return
            await self.processor.rest()
            await self._letters.add(self.name, position, events.events[0], cause, attempts)
            self.processor.pass_over(position)
            self.reach(position)
        _log.error("%s goes on without the event at position %d, a dead letter now", self.name, position)

    def stop(self, reason: str) -> None:
        if not self.is_stopped:
            _log.critical(
                "%s has STOPPED at position %d: %s. The last error: %s. It tries again every %.0f s; see "
                "`roost processors`",
                self.name,
                self.position,
                reason,
                self.error,
                PROCESSOR_RETRY_S_MAX,
            )
        self.state = ProcessorState.STOPPED
        self.notify()

    async def redo(self, letter: rows.DeadLetterRow) -> None:
        """Raises what the processor raises; nothing has changed then."""
        assert isinstance(self.processor, Passing)
        event = await self._letters.event_of(letter)
        async with self.lock:
            removal = self._letters.removal(self.name, letter.position)
            await self.processor.redo(letter.position, event, removal)
            self._letters.removed(self.name, letter.position)

    def statistics(self) -> ProcessorStatistics:
        return ProcessorStatistics(
            self.name,
            self.state,
            self.position,
            max(0, self._log.last - self.position),
            round(self._log.age_s(self.position + 1), 3),
            self.failures,
            self._letters.count(self.name),
            self.error,
            msgspec.structs.replace(self.rebuild),
        )
