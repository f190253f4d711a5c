"""Waiting out what the surroundings do: a disk that is full, a queue without room."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from roost.errors import is_passing
from roost.limits import PROCESSOR_RETRY_S_FIRST, PROCESSOR_RETRY_S_MAX

T = TypeVar("T")
_log = logging.getLogger("roost.store")


async def in_the_end(work: Callable[[], Awaitable[T]]) -> T:
    """What comes of something that can be done twice, once the surroundings let it be done. Raises any other
    error."""
    wait_s = PROCESSOR_RETRY_S_FIRST
    while True:
        try:
            return await work()
        except Exception as cause:
            if not is_passing(cause):
                raise
            _log.warning("What has to be read or written waits: %s", cause)
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, PROCESSOR_RETRY_S_MAX)
