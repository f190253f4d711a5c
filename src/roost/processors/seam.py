"""What reads the log."""

from typing import Protocol

from roost.eventlog import LogSlice


class Processor(Protocol):
    """Derives something from the log. Delivery is at least once and in order; applying twice equals once."""

    name: str

    async def begin(self) -> int:
        """The position up to which everything has been applied already."""
        ...

    async def apply(self, events: LogSlice) -> None:
        """Apply the next events."""
        ...

    async def rest(self) -> None:
        """There is nothing to apply just now, or it is some time since the last rest: tidy up."""
        ...
