"""The port of operators to what reads the log; see `ports`."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from roost.processors import ProcessorStatistics


class DeadLetter(msgspec.Struct, frozen=True):
    """An event that a processor could not apply."""

    processor: str
    position: int
    """Of the event, on the log."""
    event: str
    """The event's type."""
    error: str
    """Of the last attempt."""
    attempts: int
    failed_ms: int
    """When that was, since the Unix epoch."""


class Retried(msgspec.Struct, frozen=True):
    """What became of dead letters that were retried."""

    applied: list[int]
    """Positions of those that are gone now."""
    failed: list[DeadLetter]


class Processors(Protocol):
    """Each method raises NotFound for a processor that there is not."""

    def statistics(self) -> list[ProcessorStatistics]: ...

    async def dead_letters(self, name: str, above: int, limit: int) -> list[DeadLetter]: ...

    async def retry(self, name: str, positions: Sequence[int]) -> Retried: ...

    async def drop(self, name: str, positions: Sequence[int]) -> list[int]: ...

    async def rebuild(self, name: str) -> None: ...
