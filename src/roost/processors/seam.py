"""What reads the log, and what the runner asks of it.

A `Processor` is brought every event, in order and at least once. One that is `Passing` may be brought past an
event that it fails at again and again: the event becomes a dead letter. One that is `Rebuildable` can be
derived anew while it serves. `docs/processors.md` says which ones are what, and why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from roost.eventlog import EventLog, LogSlice
from roost.model import Event
from roost.store import Batch, Store


class Processor(Protocol):
    """Derives something from the log. Delivery is at least once and in order; applying twice equals once."""

    name: str

    async def begin(self) -> int:
        """The position up to which everything has been applied already.

        Called before the first `apply`, and again after a rebuild has put other rows into its tables: what
        was kept of them in memory is then to be forgotten.
        """
        ...

    async def apply(self, events: LogSlice) -> None:
        """Apply the next events.

        Where it raises, the same events are brought again, perhaps fewer at once. What earlier calls applied
        stays applied, be it written or not.
        """
        ...

    async def rest(self) -> None:
        """There is nothing to apply just now, or it is some time since the last rest: write and tidy up."""
        ...


@runtime_checkable
class Passing(Protocol):
    """What a processor has whose later events do not depend on one that is left out."""

    def pass_over(self, position: int) -> None:
        """Go on after the event at `position` without it; that it was left out is durable already.

        Called after `rest`, so that everything before it has been written.
        """
        ...

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        """Apply an event that was passed over, with what came after it applied already.

        `also` (it takes the dead letter away) is written together with what comes of the event; or after it,
        where applying the event once more would change nothing. Where it raises, nothing has changed.
        """
        ...


Progress = Callable[[str, int], None]
"""Told what is being looked at, and how many of it so far."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a processor can be derived anew from."""

    store: Store
    """The tables as they were at `position`: a view that does not change."""
    position: int
    log: EventLog
    """The log as it is, for what came after that; also for what came before, as far as it is kept."""
    scratch: Store
    """An empty store for what is derived meanwhile. It goes with the rebuild."""


class Rebuild(Protocol):
    """A processor's state, derived anew beside the one that serves."""

    async def load(self, tell: Progress) -> int:
        """Derive what comes of the tables; the position up to which everything is in it then. What only the
        log says comes by `apply`: the answer may be as low as `log.first - 1`."""
        ...

    async def apply(self, events: LogSlice) -> None:
        """As `Processor.apply`."""
        ...

    async def pass_over(self, position: int) -> None:
        """Go on without the event at `position`; called only where the processor is `Passing`."""
        ...

    async def take_place(self, position: int, also: Batch) -> None:
        """Have the processor serve what was derived, which now reaches up to `position`; durably so.

        `also` is written with the last of it, or after it. Meanwhile nothing is applied to either, and the
        processor's `begin` is called after it, which answers `position`. Readers may still read. After a
        crash in the middle the processor is rebuilt again.
        """
        ...

    async def close(self) -> None:
        """It is done, or given up: let go of what it holds."""
        ...


@runtime_checkable
class Rebuildable(Protocol):
    """What a processor has that can be derived anew while it serves."""

    def rebuild(self, source: Source) -> Rebuild:
        """Begin to. Nothing that is served changes before `take_place`."""
        ...
