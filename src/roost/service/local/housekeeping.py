"""Forgets what has run out: idempotency keys and authorization codes."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from roost.limits import (
    EXPORT_ROWS_MAX,
    HOUSEKEEPING_S,
    USAGE_DAYS,
)
from roost.processors import MS_PER_DAY
from roost.service.local.kit import Kit
from roost.store import Batch, tables

_log = logging.getLogger("roost.housekeeping")
_HOURS_BACK = 48
_DAYS_BACK = 60


class Housekeeping:
    """A task of its own; started and stopped with the node."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._task: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._others: list[Callable[[], Awaitable[None]]] = []

    def also(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do this too, each time."""
        self._others.append(work)

    def soon(self) -> None:
        """There is something to do that should not wait."""
        self._wanted.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="roost-housekeeping")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def tidy(self) -> None:
        """Forget everything that ran out by now."""
        now_ms = self._kit.clock.now_ms()
        this_hour = tables.hour_at(now_ms)
        for hour in range(max(0, this_hour - _HOURS_BACK), this_hour - 1):
            await self._kit.store.delete_prefix(tables.IDEMPOTENCY, (hour,))
        today = now_ms // MS_PER_DAY
        for day in range(max(0, today - _DAYS_BACK), today - USAGE_DAYS + 1):
            await self._kit.store.delete_prefix(tables.USAGE, (day,))
        codes, _ = await self._kit.store.export(tables.CODES, b"", EXPORT_ROWS_MAX)
        batch = Batch()
        for code in codes:
            if code.expires_s * 1000 <= now_ms:
                batch.delete(tables.CODES, (code.code_hash,))
        if len(batch):
            await self._kit.store.write(batch)
        for work in self._others:
            await work()

    async def _run(self) -> None:
        while True:
            try:
                await self.tidy()
            except Exception:
                _log.exception("Tidying up failed; it is tried again in %d s", HOUSEKEEPING_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HOUSEKEEPING_S):
                    await self._wanted.wait()
            self._wanted.clear()
