"""Clients that go before they have their answer."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from aiohttp.web import BaseRequest

T = TypeVar("T")


def note_lost(request: BaseRequest, when_lost: Callable[[], object] | None) -> None:
    """Have `when_lost` called when the client is gone; None for nothing."""
    request.protocol.when_lost = when_lost  # type: ignore[attr-defined]


async def while_there(request: BaseRequest, work: Coroutine[Any, Any, T]) -> T:
    """What long work comes to; it is given up when the client is gone, with ConnectionResetError."""
    if request.transport is None:
        work.close()
        raise ConnectionResetError
    task = asyncio.ensure_future(work)
    gone = asyncio.Event()

    def leave() -> None:
        gone.set()
        task.cancel()

    note_lost(request, leave)
    try:
        return await task
    except asyncio.CancelledError:
        if gone.is_set():
            raise ConnectionResetError from None
        raise
    finally:
        note_lost(request, None)
