"""What only the log says: all that happened, and who was once counted otherwise than now."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

from roost.eventlog import EventLog
from roost.limits import VERIFY_SLICE_ROWS
from roost.model import Event, User, UserCreated, UserUpdated


async def events_of(log: EventLog, last: int) -> AsyncIterator[tuple[int, Event]]:
    """Every event from where the log begins up to a position, with its own. Others get their turn."""
    position = log.first - 1
    while position < last:
        found = await log.read(position, VERIFY_SLICE_ROWS)
        for offset, event in enumerate(found.events):
            yield found.first + offset, event
        position = found.last
        await asyncio.sleep(0)


class Standing(NamedTuple):
    """What decides whether what a user does is counted."""

    is_open: bool
    """Neither protected, silenced, suspended nor gone."""
    is_findable: bool


def standing_of(user: User) -> Standing:
    hidden = user.protected or user.is_gone or user.standing.silenced
    return Standing(not hidden, user.discoverable)


async def changed_users(log: EventLog, last: int) -> set[int]:
    """Those whose standing was once another one than it is now, as far as the log goes back; and those of
    whom it does not say what they were before."""
    held: dict[int, Standing] = {}
    changed: set[int] = set()
    async for _, event in events_of(log, last):
        match event:
            case UserCreated(user):
                held[user.user_id] = standing_of(user)
            case UserUpdated(user):
                now = standing_of(user)
                if held.get(user.user_id) != now:
                    changed.add(user.user_id)
                held[user.user_id] = now
    return changed
