"""Bringing events to a receiver until they are applied: again after a pause, in halves, and at last without
the one event that cannot be.

An error of the surroundings (a disk, a queue, memory) says nothing about the event: such errors are waited
out for as long as it takes. Any other error counts as an attempt. A batch that goes on failing is halved, and
each half is brought by itself, down to the single event that fails: 12 more failures for one among 4,096.
"""

import asyncio
from typing import Protocol

from roost.errors import is_passing
from roost.eventlog import LogSlice
from roost.limits import (
    PROCESSOR_BATCH_ATTEMPTS,
    PROCESSOR_EVENT_ATTEMPTS,
    PROCESSOR_RETRY_S_FIRST,
    PROCESSOR_RETRY_S_MAX,
)


class Receiver(Protocol):
    """What a delivery needs to know of whom it brings events to."""

    may_be_split: bool
    """Whether halves of a batch may be tried, and an event left out."""

    async def take(self, events: LogSlice) -> None: ...

    def failed(self, events: LogSlice, cause: Exception, poisoned: bool) -> None:
        """An attempt failed; `poisoned` where the events themselves are to blame, as far as one can tell."""
        ...

    async def leave_out(self, events: LogSlice, cause: Exception, attempts: int) -> bool:
        """These events failed too often. True once there is a way past them; where False, or where it raises,
        they are brought again after the longest pause."""
        ...


async def deliver(events: LogSlice, receiver: Receiver) -> None:
    """Return when every event was applied, or left out."""
    waiting = [events]
    while waiting:
        part = waiting.pop()
        patience = PROCESSOR_BATCH_ATTEMPTS if part is events else 1
        cause = await _bring(part, receiver, patience)
        if cause is None:
            continue
        count = len(part.events)
        if count > 1 and receiver.may_be_split:
            half = count // 2
            waiting.append(LogSlice(part.first + half, part.events[half:]))
            waiting.append(LogSlice(part.first, part.events[:half]))
        elif not await _is_left_out(part, receiver, cause):
            await asyncio.sleep(PROCESSOR_RETRY_S_MAX)
            waiting.append(part)


async def _bring(events: LogSlice, receiver: Receiver, patience: int) -> Exception | None:
    """None where they were applied; the last error where they failed too often."""
    if len(events.events) == 1 or not receiver.may_be_split:
        patience = PROCESSOR_EVENT_ATTEMPTS
    wait_s = PROCESSOR_RETRY_S_FIRST
    while True:
        try:
            await receiver.take(events)
            return None
        except Exception as cause:
            poisoned = not is_passing(cause)
            receiver.failed(events, cause, poisoned)
            patience -= poisoned
            if patience <= 0:
                return cause
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, PROCESSOR_RETRY_S_MAX)


async def _is_left_out(events: LogSlice, receiver: Receiver, cause: Exception) -> bool:
    try:
        return await receiver.leave_out(events, cause, PROCESSOR_EVENT_ATTEMPTS)
    except Exception as another:
        receiver.failed(events, another, poisoned=False)
        return False
